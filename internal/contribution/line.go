package contribution

import (
	"encoding/json"
	"fmt"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// The kinds of the catalogue.
const (
	WorkKind    = "contribution_work"
	PledgeKind  = "contribution_pledge"
	GiftKind    = "contribution"
	SpendKind   = "contribution_spend"
	ReturnKind  = "contribution_return"
	AcceptKind  = "contribution_use"
	PictureKind = "contribution_picture"
)

// Named is the consent of who wishes to be named.
const Named = "named"

// State is the source of gifts that are not the people's: they stand beside the account.
const State = "state"

// What is what a line does to the account of a work.
type What string

// What lines do.
const (
	Pledge   What = "pledge"
	Gift     What = "gift"
	Spend    What = "spend"
	GiveBack What = "returned"
	MoveOut  What = "moved"
	MoveIn   What = "moved_in"
	Support  What = "support" // of the state: beside the account
)

// Line is one entry of a work's account.
type Line struct {
	ledger.Head

	What       What
	Title      string
	Document   string // of a use; the decision of a return
	Giver      string // code of contribution_givers
	Source     string
	Village    string
	Households int64
	Amounts    Amounts
	Goods      []Goods
	Names      []string // of those who wish to be named; nobody else's name is read
	Pledge     string   // reference of the pledge that a gift carries out
	To         string   // reference of the work that a move goes to
	From       string   // title of the work that a move came from
	FromID     int64
	DueOn      civil.Date
	Receipt    Receipt // of a gift; zero for none
}

// Goods is one row of goods.
type Goods struct {
	Item     string
	Unit     string
	Quantity int64 // hundredths
	Value    int64 // đồng
}

// said is an entry of the account as it is stored.
type said struct {
	Title      string      `json:"title"`
	Document   string      `json:"document"`
	Decision   string      `json:"decision_text"`
	Giver      string      `json:"giver"`
	Source     string      `json:"source"`
	Village    string      `json:"village"`
	Households int64       `json:"households"`
	Land       json.Number `json:"land"`
	Workdays   json.Number `json:"workdays"`
	Money      json.Number `json:"money"`
	Goods      []struct {
		Item     string      `json:"item"`
		Unit     string      `json:"goods_unit"`
		Quantity json.Number `json:"quantity"`
		Value    int64       `json:"goods_value"`
	} `json:"goods"`
	Donors  []donor    `json:"donors"`
	Consent string     `json:"consent"`
	Pledge  string     `json:"pledge"`
	Way     string     `json:"way"`
	ToWork  string     `json:"to_work"`
	DueOn   civil.Date `json:"due_on"`
}

type donor struct {
	Name   string `json:"name"`
	Office string `json:"office"`
}

// LineOf reads an entry of a work's account; ok is false for entries of other kinds.
func LineOf(l ledger.Line) (line Line, ok bool, err error) {
	line = Line{Head: l.Head}
	var s said
	if err := json.Unmarshal([]byte(l.Fields), &s); err != nil {
		return line, false, fmt.Errorf("read entry %d: %w", l.ID, err)
	}
	switch l.Kind {
	case PledgeKind:
		line.What = Pledge
	case GiftKind:
		line.What = Gift
		if s.Source == State {
			line.What = Support
		}
	case SpendKind:
		line.What = Spend
	case ReturnKind:
		line.What = GiveBack
		if s.Way == string(MoveOut) {
			line.What = MoveOut
		}
	default:
		return line, false, nil
	}
	line.Title, line.Document, line.Giver, line.Source = s.Title, s.Document+s.Decision, s.Giver, s.Source
	line.Village, line.Households, line.Pledge, line.DueOn = s.Village, s.Households, s.Pledge, s.DueOn
	if line.What == MoveOut {
		line.To = s.ToWork
	}
	if line.Giver == "" && line.What == Gift {
		line.Giver = "several"
	}
	if s.Consent == Named {
		for _, d := range s.Donors {
			line.Names = append(line.Names, strings.TrimSpace(d.Name))
		}
	}
	line.Amounts, line.Goods, err = s.amounts()
	if err != nil {
		return line, false, fmt.Errorf("read entry %d: %w", l.ID, err)
	}
	return line, true, nil
}

func (s *said) amounts() (Amounts, []Goods, error) {
	out := Amounts{}
	for nature, n := range map[Nature]json.Number{Land: s.Land, Workdays: s.Workdays, Money: s.Money} {
		item := Item{Nature: nature}
		v, err := scaled(n, item.Scale())
		if err != nil {
			return nil, nil, err
		}
		if v != 0 {
			out[item] += v
		}
	}
	var goods []Goods
	for _, g := range s.Goods {
		item := Item{InKind, g.Unit}
		v, err := scaled(g.Quantity, item.Scale())
		if err != nil {
			return nil, nil, err
		}
		out[item] += v
		goods = append(goods, Goods{g.Item, g.Unit, v, g.Value})
	}
	return out, goods, nil
}
