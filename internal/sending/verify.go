package sending

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// What the leaves cover. Those of the first version did not cover the code.

func sentContent(number string, day civil.Date, unit org.UnitID, said, code []byte) []byte {
	return fmt.Appendf(nil, "danvan/sending/2\n%s\n%d\n%d\n%x\n%x\n", number, day, unit, said, code)
}

func sentContent1(number string, day civil.Date, unit org.UnitID, said []byte) []byte {
	return fmt.Appendf(nil, "danvan/sending/1\n%s\n%d\n%d\n%x\n", number, day, unit, said)
}

func deniedContent(code, body []byte) []byte {
	return append(fmt.Appendf(nil, "danvan/denounced/2\n%x\n", code), body...)
}

func actContent(n int64, act, ground string, unit org.UnitID, note []byte) []byte {
	return append(fmt.Appendf(nil, "danvan/sending-act/1\n%d\n%s\n%s\n%d\n", n, act, ground, unit), note...)
}

func erasedContent(id, atMS int64) []byte {
	return fmt.Appendf(nil, "danvan/sending-erased/1\n%d\n%d\n", id, atMS)
}

// Verify compares what was sent over the portal, and what offices did with it, with the log, and says in Vietnamese what
// differs. It opens nothing.
func Verify(ctx context.Context, q db.Querier) ([]string, error) {
	v := &verifier{q: q}
	for _, check := range []func(context.Context) error{v.readUnits, v.sent, v.acts, v.states, v.denounced, v.papers} {
		if err := check(ctx); err != nil {
			return nil, fmt.Errorf("verify sendings: %w", err)
		}
	}
	return v.found, nil
}

type verifier struct {
	q     db.Querier
	units []org.UnitID
	rows  []sentRow
	last  map[int64]string // the last act on a sending that changes how it stands
	moved map[int64]org.UnitID
	found []string
	acted int
}

type sentRow struct {
	id, leaf, erased int64
	number           string
	day              civil.Date
	unit             org.UnitID
	said, code, hash []byte
	state            State
	entry            int64
}

func (v *verifier) say(format string, args ...any) {
	v.found = append(v.found, fmt.Sprintf(format, args...))
}

func (v *verifier) readUnits(ctx context.Context) error {
	return each(ctx, v.q, `SELECT id FROM org_unit ORDER BY id`, func(rows *sql.Rows) error {
		var id org.UnitID
		err := rows.Scan(&id)
		v.units = append(v.units, id)
		return err
	})
}

// each reads all rows of a query.
func each(ctx context.Context, q db.Querier, query string, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sent compares each sending with the leaf of its sending.
func (v *verifier) sent(ctx context.Context) error {
	v.moved = map[int64]org.UnitID{}
	err := each(ctx, v.q, `SELECT sending, unit FROM sending_act WHERE act = 'forward' ORDER BY id`, func(rows *sql.Rows) error {
		var id int64
		var unit org.UnitID
		err := rows.Scan(&id, &unit)
		v.moved[id] = unit
		return err
	})
	if err != nil {
		return err
	}
	return each(ctx, v.q, `SELECT s.id, s.leaf, s.erased_ms, s.number, s.day, s.unit, s.said, s.code, s.state, s.entry, a.hash FROM sending s
		LEFT JOIN audit_leaf a ON a.id = s.leaf AND a.act = 'send' AND a.subject = 'sending' AND a.subject_id = s.id AND a.actor = s.actor AND a.at_ms = s.at_ms ORDER BY s.id`, func(rows *sql.Rows) error {
		var s sentRow
		if err := rows.Scan(&s.id, &s.leaf, &s.erased, &s.number, &s.day, &s.unit, &s.said, &s.code, &s.state, &s.entry, &s.hash); err != nil {
			return err
		}
		v.rows = append(v.rows, s)
		if !v.sentAs(s) {
			v.say("Lần gửi %s khác với sổ niêm phong.", s.number)
		}
		return nil
	})
}

// sentAs reports whether the leaf says what the row says. One that was forwarded was sent to a body that only the leaf
// knows: any of the units, and it must be now where it was forwarded last.
func (v *verifier) sentAs(s sentRow) bool {
	is := func(unit org.UnitID) bool {
		return bytes.Equal(s.hash, audit.ContentHash(sentContent(s.number, s.day, unit, s.said, s.code))) ||
			bytes.Equal(s.hash, audit.ContentHash(sentContent1(s.number, s.day, unit, s.said)))
	}
	to, forwarded := v.moved[s.id]
	if !forwarded {
		return is(s.unit)
	}
	return to == s.unit && slices.ContainsFunc(v.units, is)
}

// acts compares each act with its leaf.
func (v *verifier) acts(ctx context.Context) error {
	v.last = map[int64]string{}
	return each(ctx, v.q, `SELECT t.id, t.sending, t.act, t.ground, t.unit, t.note, a.subject_id, a.hash FROM sending_act t
		LEFT JOIN audit_leaf a ON a.id = t.leaf AND a.subject = 'sending' AND a.actor = t.actor AND a.at_ms = t.at_ms ORDER BY t.id`, func(rows *sql.Rows) error {
		var n, id int64
		var act, ground string
		var unit org.UnitID
		var note, hash []byte
		var of *int64
		if err := rows.Scan(&n, &id, &act, &ground, &unit, &note, &of, &hash); err != nil {
			return err
		}
		v.acted++
		if act != "forward" {
			v.last[id] = act
		}
		if of == nil || *of != id || !bytes.Equal(hash, audit.ContentHash(actContent(n, act, ground, unit, note))) {
			v.say("Việc số %d với lần gửi #%d khác với sổ niêm phong.", n, id)
		}
		return nil
	})
}

// states compares how sendings stand with what was done with them, and counts the leaves.
func (v *verifier) states(ctx context.Context) error {
	erased := map[int64][]byte{}
	err := each(ctx, v.q, `SELECT subject_id, hash FROM audit_leaf WHERE act = 'sending_erase' AND subject = 'sending'`, func(rows *sql.Rows) error {
		var id int64
		var hash []byte
		err := rows.Scan(&id, &hash)
		erased[id] = hash
		return err
	})
	if err != nil {
		return err
	}
	want := map[string]State{"": New, "undo": New, "refuse": Refused, "take": Taken}
	for _, s := range v.rows {
		if should := want[v.last[s.id]]; s.state != should || (s.entry != 0) != (should == Taken) {
			v.say("Lần gửi %s đang ở tình trạng %q, theo các việc đã ghi phải là %q.", s.number, s.state, should)
		}
		if hash, ok := erased[s.id]; ok != (s.erased != 0) || ok && !bytes.Equal(hash, audit.ContentHash(erasedContent(s.id, s.erased))) {
			v.say("Việc xóa nội dung lần gửi %s khác với sổ niêm phong.", s.number)
		}
	}
	n, err := audit.LeavesOn(ctx, v.q, "sending")
	if err != nil {
		return err
	}
	if have := len(v.rows) + v.acted + len(erased); n != have {
		v.say("Lần gửi qua cổng có %d dòng nhưng sổ niêm phong có %d lá: có dòng bị xóa hoặc thêm ngoài chương trình.", have, n)
	}
	return nil
}

// denounced compares denunciations with their leaves: what was sealed, with its code, and how it stands. An erased one
// holds nothing to compare any more but its state.
func (v *verifier) denounced(ctx context.Context) error {
	state := map[int64]string{}
	var erased []int64
	leaves := 0
	err := each(ctx, v.q, `SELECT subject_id, act FROM audit_leaf WHERE subject = 'sending_sealed' ORDER BY id`, func(rows *sql.Rows) error {
		var id int64
		var act string
		if err := rows.Scan(&id, &act); err != nil {
			return err
		}
		if act == "denounce" {
			leaves++
		}
		if act == "denounce_erase" {
			erased = append(erased, id)
		} else {
			state[id] = act
		}
		return nil
	})
	if err != nil {
		return err
	}
	want := map[string]State{"denounce": New, "denounce_undo": New, "denounce_refuse": Refused, "denounce_take": Taken}
	rowsSeen := 0
	err = each(ctx, v.q, `SELECT s.id, s.number, s.code, s.body, s.state, s.entry, s.erased_ms, a.subject_id, a.hash FROM sending_sealed s
		LEFT JOIN audit_leaf a ON a.id = s.leaf AND a.act = 'denounce' AND a.subject = 'sending_sealed' AND a.at_ms = s.at_ms ORDER BY s.id`, func(rows *sql.Rows) error {
		var s sentRow
		var body []byte
		var of *int64
		if err := rows.Scan(&s.id, &s.number, &s.code, &body, &s.state, &s.entry, &s.erased, &of, &s.hash); err != nil {
			return err
		}
		rowsSeen++
		same := bytes.Equal(s.hash, audit.ContentHash(deniedContent(s.code, body))) || bytes.Equal(s.hash, audit.ContentHash(body))
		if of == nil || *of != s.id || s.erased == 0 && !same || s.erased != 0 && len(body) > 0 {
			v.say("Lần gửi tố cáo %s khác với sổ niêm phong.", s.number)
		}
		if should := want[state[s.id]]; s.state != should || (s.entry != 0) != (should == Taken) || slices.Contains(erased, s.id) != (s.erased != 0) {
			v.say("Lần gửi tố cáo %s đang ở tình trạng %q, theo sổ niêm phong phải là %q.", s.number, s.state, should)
		}
		return nil
	})
	if err == nil && rowsSeen != leaves {
		v.say("Có %d lần gửi tố cáo nhưng sổ niêm phong có %d lá: có dòng bị xóa hoặc thêm ngoài chương trình.", rowsSeen, leaves)
	}
	return err
}

// papers counts the files of what still waits.
func (v *verifier) papers(ctx context.Context) error {
	for owner, table := range map[string]string{"sending": "sending", "sealed": "sending_sealed"} {
		err := each(ctx, v.q, `SELECT s.number, s.papers, (SELECT count(*) FROM sending_file f WHERE f.sending = s.id AND f.owner = '`+owner+`') FROM `+table+` s
			WHERE s.state <> 'taken' AND s.erased_ms = 0`, func(rows *sql.Rows) error {
			var number string
			var said, have int
			if err := rows.Scan(&number, &said, &have); err != nil {
				return err
			}
			if said != have {
				v.say("Lần gửi %s gửi kèm %d tệp, còn giữ %d.", number, said, have)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
