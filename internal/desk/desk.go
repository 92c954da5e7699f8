// Package desk keeps what a person has put on the own board: indicators that he wants before his eyes. It stores;
// the figures are computed when the board is opened. A board is nobody else's, is no official act and leaves no leaf
// in the log.
package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Card is one indicator on a board.
type Card struct {
	ID        int64
	Indicator string     // its code
	Unit      org.UnitID // 0: the unit that the page is about
	Label     string     // "class=complaint": only this part of the indicator; empty is all of it
}

// Part is the label with the value that the card is restricted to, both empty where it is not.
func (c Card) Part() (label, value string) {
	label, value, _ = strings.Cut(c.Label, "=")
	return label, value
}

// Most is how many cards a board holds: more cannot be taken in at a glance.
const Most = 24

// Cards are an account's cards in their order.
func Cards(ctx context.Context, q db.Querier, account int64) ([]Card, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, indicator, unit, label FROM desk_card WHERE account = $1 ORDER BY place, id`, account)
	if err != nil {
		return nil, fmt.Errorf("read board of account %d: %w", account, err)
	}
	defer rows.Close()
	var out []Card
	for rows.Next() {
		var c Card
		if err := rows.Scan(&c.ID, &c.Indicator, &c.Unit, &c.Label); err != nil {
			return nil, fmt.Errorf("read card of account %d: %w", account, err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Add puts a card at the end of the board. One that is there already stays where it is, so that the same form sent
// twice adds one.
func Add(ctx context.Context, tx *db.Tx, account int64, c Card) error {
	cards, err := hold(ctx, tx, account)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(cards, func(x Card) bool { return x.Indicator == c.Indicator && x.Unit == c.Unit && x.Label == c.Label }) {
		return nil
	}
	if len(cards) >= Most {
		return fault.Newf(fault.Conflict, "Bảng đã đủ %d chỉ tiêu. Hãy bỏ bớt một chỉ tiêu rồi thêm lại.", Most)
	}
	id, err := tx.ID(ctx, "desk_card")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO desk_card (id, account, indicator, unit, label, place, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, account, c.Indicator, c.Unit, c.Label, len(cards), time.Now().UnixMilli())
	if err != nil {
		return fmt.Errorf("add card %s to board of account %d: %w", c.Indicator, account, err)
	}
	return nil
}

// Remove takes a card from the board. One that is not there, or not the account's, is left as it is.
func Remove(ctx context.Context, tx *db.Tx, account, card int64) error {
	cards, err := hold(ctx, tx, account)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cards, func(c Card) bool { return c.ID == card })
	if i < 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM desk_card WHERE id = $1 AND account = $2`, card, account); err != nil {
		return fmt.Errorf("remove card %d: %w", card, err)
	}
	return order(ctx, tx, slices.Delete(cards, i, i+1))
}

// Place puts a card at a place counted from 0; beyond the end is the end. The same asked twice moves once.
func Place(ctx context.Context, tx *db.Tx, account, card int64, place int) error {
	cards, err := hold(ctx, tx, account)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cards, func(c Card) bool { return c.ID == card })
	if i < 0 {
		return fault.New(fault.NotFound, "Chỉ tiêu này không còn trên bảng của bạn. Hãy tải lại trang.")
	}
	c := cards[i]
	cards = slices.Delete(cards, i, i+1)
	return order(ctx, tx, slices.Insert(cards, max(0, min(place, len(cards))), c))
}

// hold makes other changes of the board wait until this one is over, and reads it.
func hold(ctx context.Context, tx *db.Tx, account int64) ([]Card, error) {
	_, err := tx.ExecContext(ctx, `INSERT INTO desk_board (account, version) VALUES ($1, 1)
		ON CONFLICT (account) DO UPDATE SET version = desk_board.version + 1`, account)
	if err != nil {
		return nil, fmt.Errorf("hold board of account %d: %w", account, err)
	}
	return Cards(ctx, tx, account)
}

func order(ctx context.Context, tx *db.Tx, cards []Card) error {
	for place, c := range cards {
		if _, err := tx.ExecContext(ctx, `UPDATE desk_card SET place = $2 WHERE id = $1 AND place <> $2`, c.ID, place); err != nil {
			return fmt.Errorf("place card %d: %w", c.ID, err)
		}
	}
	return nil
}
