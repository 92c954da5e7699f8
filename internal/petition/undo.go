package petition

import (
	"context"
	"maps"
	"reflect"

	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// lastStep are the fields of a case before its last recorded step and as that step left them, by the versions of the
// entry. Both are nil where no version brought that step alone: it was entered with the letter, or in an import.
func (o *Office) lastStep(ctx context.Context, tx *db.Tx, c *Case) (before, made catalog.Values, err error) {
	e, err := o.Ledger.Entry(ctx, tx, c.Entry)
	if err != nil {
		return nil, nil, err
	}
	n := len(c.Values.Rows("steps"))
	later := c.Values
	for i := len(e.Versions) - 2; i >= 0; i-- {
		v, err := decode(e.Versions[i].Fields)
		if err != nil {
			return nil, nil, err
		}
		switch rows := len(v.Rows("steps")); {
		case rows == n-1:
			return v, later, nil
		case rows < n:
			return nil, nil, nil
		}
		later = v
	}
	return nil, nil, nil
}

// undoing are the fields without the last recorded step: everything that the step changed stands again as before it,
// unless somebody mended it since. Where no version tells what it was, the rules do.
func undoing(c *Case, before, made catalog.Values) (map[string]any, error) {
	rows := c.Values.Rows("steps")
	if len(rows) == 0 || rows[len(rows)-1].Text("act") == "received" {
		return nil, fault.New(fault.Invalid, "Hồ sơ không còn bước nào để bỏ. Đơn vào sổ nhầm thì hủy ghi nhận ở trang ghi nhận.")
	}
	last, left := rows[len(rows)-1], rows[:len(rows)-1]
	set := byRules(last.Text("act"), left)
	if made != nil {
		for _, fields := range []map[string]any{maps.Clone(set), made, before} {
			for code := range fields {
				restore(set, code, c.Values, before, made)
			}
		}
	}
	set["steps"] = rowsOf(c)[:len(left)]
	return set, nil
}

// restore puts a field as it was before a step, unless somebody changed it since.
func restore(set map[string]any, code string, now, before, made catalog.Values) {
	if !reflect.DeepEqual(now[code], made[code]) {
		return
	}
	delete(set, code)
	v, was := before[code]
	switch {
	case reflect.DeepEqual(v, made[code]):
	case !was:
		set[code] = nil
	case before.Rows(code) != nil:
		set[code] = plainRows(before.Rows(code))
	default:
		set[code] = plain(v)
	}
}

// byRules are the fields that an act sets by itself, as the steps that are left say: the entry's own day of the act is
// that of the one before, or goes with it.
func byRules(act string, left []catalog.Values) map[string]any {
	set := map[string]any{}
	if f := dateField[act]; f != "" {
		set[f] = nil
		for _, r := range left {
			if dateField[r.Text("act")] == f {
				set[f] = r.Text("on")
			}
		}
	}
	switch {
	case settles(act):
		set["outcome"] = nil
	case act == "transferred":
		set["transferred_to"], set["transferred_unit"] = nil, nil
	case act == "withdrawn":
		set["withdrawal"] = nil
	case act == "reopened":
		standAgain(set, left)
	}
	return set
}

// standAgain gives back the days that a reopening took away.
func standAgain(set map[string]any, left []catalog.Values) {
	for _, r := range left {
		switch r.Text("act") {
		case "withdrawn":
			set["withdrawn_on"], set["withdrawal"] = r.Text("on"), r.Text("scope")
		case "terminated":
			set["terminated_on"] = r.Text("on")
		}
	}
}
