package figure

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// Labels of readings. A statistical figure comes as preliminary, then official, and may be revised; of one year the
// best vintage is taken, whenever it was recorded, unless another is asked for. Which is better the catalogue says: the
// list of vintages begins with the best.
const (
	vintageLabel     = "vintage"
	sourceLabel      = "source"
	publishedField   = "published"
	noteField        = "note"
	unknownVintage   = "official" // of readings that do not say
	mostOtherSources = 6
)

// readingOf is one reading with its labels. rank is the place of its vintage in the list, 0 the best.
type readingOf struct {
	factRow
	labels string
	rank   int
}

func (r readingOf) vintage() string { return catalog.Label(r.labels, vintageLabel) }

// newer says whether r is to be taken before o: the later year, in it the better vintage, then the later day, then the
// later entry.
func (r readingOf) newer(o readingOf) bool {
	if a, b := r.day.Year(), o.day.Year(); a != b {
		return a > b
	}
	if r.rank != o.rank {
		return r.rank < o.rank
	}
	if r.day != o.day {
		return r.day > o.day
	}
	return r.entry > o.entry
}

// vintages are the places of the vintages in the list of the kind, the best first.
func (t *question) vintages(kind string) map[string]int {
	out := map[string]int{}
	if k := t.ed.Kind(kind); k != nil && k.Field(vintageLabel) != nil {
		for i, o := range k.Field(vintageLabel).Choices() {
			out[o.Code] = i
		}
	}
	return out
}

func (t *question) readings(c call, unit org.UnitID) ([]readingOf, error) {
	f := factFilter{window: window{t.from, t.to}, status: t.status, asOf: t.asOf, unit: unit}
	if c.series.By != "" {
		f.upTo = t.cutOff
	}
	rows, err := t.currentFacts(c.ids, f)
	if err != nil {
		return nil, err
	}
	labels := map[int64]string{}
	for _, k := range t.keys[c.series.Code] {
		labels[k.id] = k.labels
	}
	ranks := t.vintages(c.series.Kind)
	var out []readingOf
	for _, r := range rows {
		o := readingOf{factRow: r, labels: labels[r.series]}
		o.rank = ranks[unknownVintage]
		if at, known := ranks[o.vintage()]; known {
			o.rank = at
		}
		if v := t.ask.Vintage; v == "" || o.vintage() == "" || o.vintage() == v {
			out = append(out, o)
		}
	}
	return out, nil
}

// reading is the latest reading of exactly the unit asked for, in the period.
func (t *question) reading(c call) (term, error) {
	out := term{call: c, listed: true}
	rows, err := t.readings(c, t.reader())
	if err != nil || len(rows) == 0 {
		return out, err
	}
	best := rows[0]
	for _, r := range rows[1:] {
		if r.newer(best) {
			best = r
		}
	}
	out.n, out.entries, out.reported = 1, []int64{best.entry}, []org.UnitID{best.unit}
	out.val = new(big.Rat).Quo(new(big.Rat).SetInt64(best.value), tenTo(c.series.Scale))
	if out.source, err = t.sourceOf(best); err != nil {
		return out, err
	}
	out.source.Others, err = t.others(best, rows, c.series.Scale)
	return out, err
}

// others are the readings of the same year that were not taken, the better first.
func (t *question) others(best readingOf, rows []readingOf, scale int) ([]Source, error) {
	rest := slices.DeleteFunc(slices.Clone(rows), func(r readingOf) bool {
		return r.entry == best.entry || r.day.Year() != best.day.Year() || withoutVintage(r.labels) != withoutVintage(best.labels)
	})
	slices.SortFunc(rest, func(a, b readingOf) int {
		if a.newer(b) {
			return -1
		}
		return 1
	})
	var out []Source
	for _, r := range rest[:min(len(rest), mostOtherSources)] {
		src, err := t.sourceOf(r)
		if err != nil {
			return nil, err
		}
		src.Value = civil.DecimalString(new(big.Rat).Quo(new(big.Rat).SetInt64(r.value), tenTo(scale)), scale)
		out = append(out, *src)
	}
	return out, nil
}

// reader is the unit whose readings count: the one asked for, or the only one that it came from when it did not
// exist yet.
func (t *question) reader() org.UnitID {
	u := t.at
	for u.Opened > t.to {
		from := t.tree.Predecessors(u.ID)
		if len(from) != 1 || from[0].Kind != org.Merge {
			break
		}
		u = t.tree.Unit(from[0].From)
	}
	return u.ID
}

// last adds up the latest readings of the units open at the period's end, one for each unit and set of labels.
func (t *question) last(c call) (term, error) {
	out := term{call: c, listed: true}
	r := t.reach(c.series)
	shares := t.openShares(r)
	rows, err := t.readings(c, 0)
	if err != nil {
		return out, err
	}
	type group struct {
		unit   org.UnitID
		labels string
	}
	best := map[group]readingOf{}
	for _, x := range rows {
		if _, open := shares[x.unit]; !open {
			continue
		}
		g := group{x.unit, withoutVintage(x.labels)}
		if old, ok := best[g]; !ok || x.newer(old) {
			best[g] = x
		}
	}
	var total amount
	for g, x := range best {
		total.add(x.value, 1, shares[g.unit])
		out.entries = append(out.entries, x.entry)
		out.reported = append(out.reported, g.unit)
	}
	out.entries = sortedSet(out.entries)
	slices.Sort(out.reported)
	out.reported = slices.Compact(out.reported)
	out.n, out.estimated, out.val = total.n, total.estimated, total.rat(c.series.Scale)
	return out, nil
}

// openShares is the share of each unit that is open on the period's last day.
func (t *question) openShares(r *reach) map[org.UnitID]share {
	out := map[org.UnitID]share{}
	for _, s := range t.shares(r) {
		e := t.eras.era[s.era]
		if e.From <= t.to && t.to < e.To && s.part != 0 && len(e.Chain) > 0 && e.Chain[0] == e.Unit {
			out[e.Unit] = s
		}
	}
	return out
}

func withoutVintage(labels string) string {
	parts := strings.Split(labels, ";")
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool {
		return strings.HasPrefix(p, vintageLabel+"=") || strings.HasPrefix(p, sourceLabel+"=")
	}), ";")
}

// sourceOf says where a reading comes from: its labels, else the fields of the entry.
func (t *question) sourceOf(r readingOf) (*Source, error) {
	src := &Source{Day: r.day.String(), Entry: r.entry, Vintage: r.vintage(), Source: catalog.Label(r.labels, sourceLabel)}
	if r.entry == math.MaxInt64 { // of After: not written yet
		src.Entry = 0
		return src, nil
	}
	var kind, text string
	err := t.q.QueryRowContext(t.ctx, `SELECT e.kind, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id
		WHERE e.id = $1 ORDER BY v.version DESC LIMIT 1`, r.entry).Scan(&kind, &text)
	if err != nil {
		return nil, fmt.Errorf("read source of entry %d: %w", r.entry, err)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return nil, fmt.Errorf("read source of entry %d: %w", r.entry, err)
	}
	k := t.ed.Kind(kind)
	src.Source = fieldText(k, sourceLabel, src.Source, fields)
	src.Vintage = fieldText(k, vintageLabel, src.Vintage, fields)
	src.Published, _ = fields[publishedField].(string)
	src.Note, _ = fields[noteField].(string)
	return src, nil
}

// fieldText is the name of a choice or the text of a field.
func fieldText(k *catalog.Kind, code, value string, fields map[string]any) string {
	if s, ok := fields[code].(string); ok && value == "" {
		value = s
	}
	if k == nil {
		return value
	}
	if f := k.Field(code); f != nil {
		if o := f.Option(value); o != nil {
			return o.Name
		}
	}
	return value
}

// yearOf names a calendar year.
func yearOf(d civil.Date) string { return fmt.Sprint(d.Year()) }
