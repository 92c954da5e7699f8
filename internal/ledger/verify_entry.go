package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"

	"danvan/internal/audit"
)

// check compares the entries of a page with their versions, leaves and facts.
func (p *page) check(series map[int64]seriesName) []Finding {
	var out []Finding
	for _, h := range p.heads {
		c := entryCheck{page: p, head: h}
		c.run()
		out = append(out, c.found...)
		delete(p.versions, h.id)
		delete(p.facts, h.id)
	}
	for _, id := range sortedIDs(p.versions) {
		out = append(out, Finding{What: "version", Entry: id, Text: fmt.Sprintf("Có bản ghi của ghi nhận %d nhưng không có ghi nhận đó.", id)})
	}
	for _, id := range sortedIDs(p.facts) {
		out = append(out, Finding{What: "fact", Entry: id, Text: fmt.Sprintf("Có số cộng của ghi nhận %d nhưng không có ghi nhận đó.", id)})
	}
	return out
}

func sortedIDs[T any](m map[int64]T) []int64 {
	ids := make([]int64, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}

// entryCheck recomputes one entry.
type entryCheck struct {
	page  *page
	head  *headRow
	facts []factRow // not yet accounted for
	found []Finding
}

func (c *entryCheck) find(what string, version int, found, expected any, format string, args ...any) {
	f := Finding{What: what, Entry: c.head.id, Version: version, Day: c.head.day.String(),
		Text: fmt.Sprintf("Ghi nhận %d: ", c.head.id) + fmt.Sprintf(format, args...)}
	if found != nil {
		f.Found = fmt.Sprint(found)
	}
	if expected != nil {
		f.Expected = fmt.Sprint(expected)
	}
	c.found = append(c.found, f)
}

func (c *entryCheck) run() {
	versions := c.page.versions[c.head.id]
	c.facts = c.page.facts[c.head.id]
	if len(versions) == 0 {
		c.find("entry", 0, 0, c.head.version, "không có bản nào.")
		return
	}
	var held []sum
	state := State("")
	for i, v := range versions {
		c.order(i, v, state)
		c.leaf(v)
		said, ok := c.said(v)
		if !ok {
			return // nothing can be recomputed from here on
		}
		next := said.sums
		posted := posting(v.act, standing(held, state), next, v.state)
		c.posted(v, posted)
		if held, state = next, v.state; state == Void {
			held = nil
		}
		if i == len(versions)-1 {
			c.headIs(v, versions[0], said)
		}
	}
	for _, f := range c.facts {
		c.fact("Số cộng thừa", &f, f.amount, nil)
	}
}

// order checks that versions are numbered without a gap and that each act may follow the state before it.
func (c *entryCheck) order(i int, v *sealed, before State) {
	if v.number != i+1 {
		c.find("version", v.number, v.number, i+1, "các bản không liên tục.")
	}
	ok := false
	switch v.act {
	case ActRecord:
		ok = i == 0 && v.state != Void
	case ActAmend:
		ok = i > 0 && v.state != Void && (before != Void && v.state == c.anew(v) || v.saidBefore(c.page.versions[c.head.id][:i]))
	case ActConfirm:
		ok = i > 0 && before == Recorded && v.state == Confirmed
	case ActVoid:
		ok = i > 0 && before != Void && v.state == Void
	}
	if !ok {
		c.find("version", v.number, fmt.Sprintf("%s/%s", v.act, v.state), nil, "bản %d không thể theo sau trạng thái “%s”.", v.number, before)
	}
}

// anew is the state that an amendment leads to under the version's edition.
func (c *entryCheck) anew(v *sealed) State {
	if ed := c.page.editions[v.edition]; ed != nil && ed.Kind(c.head.kind) != nil {
		return anew(ed.Kind(c.head.kind))
	}
	return Recorded
}

// leaf compares a version with what the log says of it.
func (c *entryCheck) leaf(v *sealed) {
	hash := audit.ContentHash(v.content(c.head.key, c.head.kind, c.head.batch))
	switch {
	case v.leafHash == nil:
		c.find("leaf", v.number, v.leaf, nil, "bản %d không có trong sổ niêm phong.", v.number)
	case !bytes.Equal(hash, v.leafHash):
		c.find("version", v.number, fmt.Sprintf("%x", hash), fmt.Sprintf("%x", v.leafHash), "nội dung bản %d không khớp sổ niêm phong.", v.number)
	case v.leafSubject != subject || v.leafSubjectID != v.entry || v.leafAct != string(v.act) || v.leafActor != v.actor || v.leafAt != v.at:
		c.find("leaf", v.number, fmt.Sprintf("%s %d %s %s %d", v.leafSubject, v.leafSubjectID, v.leafAct, v.leafActor, v.leafAt),
			fmt.Sprintf("%s %d %s %s %d", subject, v.entry, v.act, v.actor, v.at), "dòng sổ niêm phong của bản %d không khớp.", v.number)
	}
}

// said reads a version back under its own edition, with the sums that follow from it.
func (c *entryCheck) said(v *sealed) (*said, bool) {
	ed := c.page.editions[v.edition]
	if ed == nil {
		c.find("version", v.number, v.edition, nil, "không còn danh mục mà bản %d dựa vào.", v.number)
		return nil, false
	}
	s := &said{edition: ed, kind: ed.Kind(c.head.kind)}
	if s.kind == nil {
		c.find("entry", v.number, c.head.kind, nil, "danh mục %s không có loại ghi nhận này.", ed.Code)
		return nil, false
	}
	var err error
	if !json.Valid([]byte(v.fields)) {
		err = fmt.Errorf("not JSON")
	}
	if err == nil {
		s.values, err = s.kind.Decode([]byte(v.fields))
	}
	if err == nil {
		err = v.lists(&s.partners, &s.files)
	}
	if err == nil {
		s.sums, err = sumsOf(ed, s.kind, v.day, s.values, v.unit, v.place, s.partners)
	}
	if err != nil {
		c.find("version", v.number, err, nil, "không đọc lại được nội dung bản %d.", v.number)
		return nil, false
	}
	s.title, s.fold = describe(s.kind, s.values)
	return s, true
}

// headIs compares the head with the last version.
func (c *entryCheck) headIs(last, first *sealed, s *said) {
	h := c.head
	want := headRow{id: h.id, key: h.key, kind: h.kind, unit: last.unit, place: last.place, day: last.day,
		state: last.state, version: last.number, edition: last.edition, title: s.title, fold: s.fold,
		carries: last.carries, batch: h.batch, at: first.at}
	if *h != want {
		c.find("entry", last.number, fmt.Sprintf("%+v", *h), fmt.Sprintf("%+v", want), "dòng đầu khác với bản cuối.")
	}
}

// posted compares the facts of one version with those that it should have posted.
func (c *entryCheck) posted(v *sealed, want []sum) {
	n := 0
	for n < len(c.facts) && c.facts[n].leaf == v.leaf {
		n++
	}
	have := c.facts[:n]
	c.facts = c.facts[n:]
	for i, s := range want {
		id := factID(v.leaf, i)
		if len(have) == 0 || have[0].id > id {
			f := factRow{id: id, version: v.number, sum: s}
			c.fact("Thiếu số cộng", &f, nil, s.amount)
			continue
		}
		f := have[0]
		have = have[1:]
		if f.id != id || f.version != v.number || f.sum != s {
			c.fact("Số cộng sai", &f, f.describe(), fmt.Sprintf("%d bản %d %s", id, v.number, s.describe()))
		}
	}
	for i := range have {
		c.fact("Số cộng thừa", &have[i], have[i].amount, nil)
	}
}

func (c *entryCheck) fact(what string, f *factRow, found, expected any) {
	c.find("fact", f.version, found, expected, "%s ở chuỗi %s.", what, f.sum.series)
	last := &c.found[len(c.found)-1]
	last.Series, last.Unit, last.Day = f.sum.series.String(), fmt.Sprint(f.unit), f.day.String()
}

func (f *factRow) describe() string {
	return fmt.Sprintf("%d bản %d %s", f.id, f.version, f.sum.describe())
}

func (s sum) describe() string {
	return fmt.Sprintf("%s đơn vị %d ngày %s (chốt %s): %d/%d, đã xác nhận %d/%d", s.series, s.unit, s.day, s.by,
		s.amount.Value, s.amount.N, s.amount.CValue, s.amount.CN)
}

// String writes a series as formulas do.
func (n seriesName) String() string {
	out := n.code
	if n.labels != "" {
		out += "{" + n.labels + "}"
	}
	if n.role == Partner {
		out += " (phối hợp)"
	}
	return out
}
