package duty

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// reportFiled is the kind of entry that says that a report was handed in. A filing leaves one too.
const reportFiled = "report_filed"

// kindOf is one kind of entries of one body. The entries of a report have, as their kind, what was reported and how
// often: "report/petition/quarter".
type kindOf struct {
	unit org.UnitID
	kind string
}

// periodOf is a report of one body for exactly a period.
type periodOf struct {
	kindOf
	from, to civil.Date
}

// evidence is what was recorded, by body and kind, in the order of days.
type evidence struct {
	rows   map[kindOf][]row
	exact  map[periodOf][]row
	events map[string][]event // by the duty's code
	says   map[int64]string   // by entry: its fields, of the kinds of which a duty takes only some
}

// event is an entry that calls a duty forth, with the fields that say when and how it was met.
type event struct {
	row
	title string
	from  civil.Date // the days are counted from here
	met   civil.Date // by its own field, 0 where it is not
}

// reportKind is the kind under which reports of a duty are kept.
func reportKind(report, every string) string { return "report/" + report + "/" + every }

// reportTypes translates how often a duty comes round to what the entry of a report says of itself.
var reportTypes = map[string]string{"month": "month", "quarter": "quarter", "half": "half", "nine_months": "nine_months", "year": "year", "five_year": "five_years", "term": "term", "quick": "event"}

// fewUnits is up to how many bodies entries are looked for by their body, and above it by their kind.
const fewUnits = 300

// inList writes $n, $n+1, ... for values, which are put behind args.
func inList[T any](args []any, values []T) (string, []any) {
	marks := make([]string, len(values))
	for i, v := range values {
		args = append(args, v)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return strings.Join(marks, ", "), args
}

// readEvidence reads the entries of the kinds, but void ones, of days and bodies.
func readEvidence(ctx context.Context, q db.Querier, kinds []string, units []org.UnitID, from, to civil.Date) (*evidence, error) {
	e := &evidence{rows: map[kindOf][]row{}, exact: map[periodOf][]row{}, events: map[string][]event{}, says: map[int64]string{}}
	if len(kinds) == 0 || len(units) == 0 {
		return e, nil
	}
	args := []any{int32(from), int32(to)}
	in := map[org.UnitID]bool{}
	for _, u := range units {
		in[u] = true
	}
	marks, args := inList(args, kinds)
	where := ` AND kind IN (` + marks + `)`
	if len(units) <= fewUnits {
		marks, args = inList(args, units)
		where += ` AND unit IN (` + marks + `)`
	}
	rows, err := q.QueryContext(ctx, `SELECT id, unit, kind, day, coalesce(carries, 0) FROM entry WHERE state <> 'void' AND day BETWEEN $1 AND $2`+where+` ORDER BY day, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read what was recorded: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		var kind string
		if err := rows.Scan(&r.id, &r.unit, &kind, &r.day, &r.carries); err != nil {
			return nil, fmt.Errorf("read what was recorded: %w", err)
		}
		if in[r.unit] {
			k := kindOf{r.unit, kind}
			e.rows[k] = append(e.rows[k], r)
		}
	}
	return e, rows.Err()
}

// readSaid reads what the entries of a kind say, for duties that take only some of them.
func (e *evidence) readSaid(ctx context.Context, q db.Querier, kind string, units []org.UnitID, from, to civil.Date) error {
	args, where := []any{kind, int32(from), int32(to)}, ""
	if len(units) > 0 && len(units) <= fewUnits {
		var marks string
		marks, args = inList(args, units)
		where = ` AND e.unit IN (` + marks + `)`
	}
	rows, err := q.QueryContext(ctx, `SELECT e.id, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.kind = $1 AND e.day BETWEEN $2 AND $3 AND e.state <> 'void'`+where, args...)
	if err != nil {
		return fmt.Errorf("read what entries of kind %s say: %w", kind, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var fields string
		if err := rows.Scan(&id, &fields); err != nil {
			return fmt.Errorf("read what entries of kind %s say: %w", kind, err)
		}
		e.says[id] = fields
	}
	return rows.Err()
}

// only are the rows that a duty takes. On a day that counts once, the first entry stands for it.
func (e *evidence) only(d *catalog.Duty, rows []row) []row {
	if d.Only == nil && !d.PerDay {
		return rows
	}
	var out []row
	for _, r := range rows {
		if d.PerDay && len(out) > 0 && out[len(out)-1].day == r.day || !e.takes(d.Only, r.id) {
			continue
		}
		out = append(out, r)
	}
	return out
}

func (e *evidence) takes(only *catalog.DutyOnly, id int64) bool {
	if only == nil {
		return true
	}
	fields := map[string]any{}
	if json.Unmarshal([]byte(e.says[id]), &fields) != nil {
		return false
	}
	value, _ := fields[only.Field].(string)
	return slices.Contains(only.In, value)
}

// fielded reads entries of one kind with their fields.
func fielded(ctx context.Context, q db.Querier, kind string, from, to civil.Date, take func(row, string, map[string]any)) error {
	rows, err := q.QueryContext(ctx, `SELECT e.id, e.unit, e.day, coalesce(e.carries, 0), e.title, v.fields
		FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.kind = $1 AND e.day BETWEEN $2 AND $3 AND e.state <> 'void' ORDER BY e.day, e.id`, kind, int32(from), int32(to))
	if err != nil {
		return fmt.Errorf("read entries of kind %s: %w", kind, err)
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		var title, text string
		if err := rows.Scan(&r.id, &r.unit, &r.day, &r.carries, &title, &text); err != nil {
			return fmt.Errorf("read entries of kind %s: %w", kind, err)
		}
		fields := map[string]any{}
		if err := json.Unmarshal([]byte(text), &fields); err != nil {
			return fmt.Errorf("fields of entry %d: %w", r.id, err)
		}
		take(r, title, fields)
	}
	return rows.Err()
}

func dayField(fields map[string]any, name string) civil.Date {
	text, _ := fields[name].(string)
	day, err := civil.ParseDate(text)
	if err != nil {
		return 0
	}
	return day
}

// readReports adds the entries that say that a report was handed in.
func (e *evidence) readReports(ctx context.Context, q db.Querier, from, to civil.Date) error {
	return fielded(ctx, q, reportFiled, from, to, func(r row, _ string, f map[string]any) {
		typ, _ := f["type"].(string)
		field, _ := f["field"].(string)
		k := kindOf{r.unit, reportKind(field, reportTypes[typ])}
		if first, last := dayField(f, "period_from"), dayField(f, "period_to"); first != 0 && last != 0 {
			p := periodOf{k, first, last}
			e.exact[p] = append(e.exact[p], r)
			return
		}
		e.rows[k] = append(e.rows[k], r)
	})
}

// eventBack is how many days before a window an event may lie whose duty falls due in it: the longest time allowed,
// and the time until such an entry names its day.
const eventBack = 800

// readEvents adds the entries that call a duty forth.
func (e *evidence) readEvents(ctx context.Context, q db.Querier, d *catalog.Duty, from, to civil.Date) error {
	return fielded(ctx, q, d.Event.Kind, from.AddDays(-eventBack), to, func(r row, title string, f map[string]any) {
		if d.Event.Field != "" && fmt.Sprint(f[d.Event.Field]) != d.Event.Is {
			return
		}
		x := event{row: r, title: title, from: r.day}
		if d.Event.Day != "" {
			if x.from = dayField(f, d.Event.Day); x.from == 0 {
				return // not there yet
			}
		}
		if p := d.Proof; p != nil {
			x.met = r.day
			switch {
			case p.Is != "" && fmt.Sprint(f[p.Field]) != p.Is:
				x.met = 0
			case p.Is == "" && p.Field != "":
				x.met = dayField(f, p.Field)
			}
		}
		e.events[d.Code] = append(e.events[d.Code], x)
	})
}

// of are the entries of a kind of several bodies, by day.
func (e *evidence) of(units []org.UnitID, kind string) []row {
	if len(units) == 1 {
		return e.rows[kindOf{units[0], kind}]
	}
	var out []row
	for _, u := range units {
		out = append(out, e.rows[kindOf{u, kind}]...)
	}
	slices.SortStableFunc(out, func(a, b row) int { return int(a.day - b.day) })
	return out
}
