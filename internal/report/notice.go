package report

import (
	"fmt"
	"sort"

	"danvan/internal/civil"
)

// notices are what must be known before signing, the gravest first: checks
// that fail, parts without data, estimates, sentences said twice.
func (f *filler) notices(sections []Section) []Notice {
	out := f.failedChecks()
	for _, g := range f.tree.Gaps(f.subject.unit.ID, f.subject.basis, f.subject.period.From, f.subject.period.To.AddDays(1)) {
		out = append(out, Notice{Kind: "missing", Evidence: NoEvidence, Text: fmt.Sprintf(
			"Không có dữ liệu của %s từ ngày %s đến ngày %s; số liệu trong báo cáo chưa gồm phần này.",
			uncapital(g.Name), g.From.Vi(), g.To.AddDays(-1).Vi())})
	}
	out = append(out, f.missing()...)
	for n, e := range f.evidence {
		if e.Estimated && e.Row == "" {
			out = append(out, Notice{Kind: "estimate", Evidence: n, Text: fmt.Sprintf(
				"%s (%s) là số ước: có phần của đơn vị đã chia tách được tính theo tỷ lệ.", capital(e.Name), e.Exact)})
		}
	}
	for _, s := range repeated(sections) {
		out = append(out, Notice{Kind: "repeat", Evidence: NoEvidence, Text: "Câu được nói hai lần: “" + capital(s) + "”."})
	}
	return out
}

// failedChecks lists every check that failed among the figures asked.
func (f *filler) failedChecks() []Notice {
	type failed struct{ name, message, key string }
	seen := map[string]bool{}
	var list []failed
	for q, a := range f.inquiry.answers {
		if a.figure == nil {
			continue
		}
		for _, c := range a.figure.Checks {
			one := failed{a.figure.Name, c.Message, questionKey(q, a.figure, nil)}
			if id := one.key + c.Code; !c.OK && !seen[id] {
				seen[id] = true
				list = append(list, one)
			}
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].key < list[j].key })
	var out []Notice
	for _, c := range list {
		n, ok := f.index[c.key]
		if !ok {
			n = NoEvidence
		}
		out = append(out, Notice{Kind: "check", Evidence: n, Text: capital(c.name) + ": " + c.message})
	}
	return out
}

// missing says for which figures of the report bodies that must record have
// recorded nothing.
func (f *filler) missing() []Notice {
	var out []Notice
	seen := map[string]bool{}
	for n, e := range f.evidence {
		if e.Row != "" || seen[e.Indicator] {
			continue
		}
		for q, a := range f.inquiry.answers {
			if q.by != "" || a.figure == nil || a.figure.Coverage == nil || questionKey(q, a.figure, nil) != e.Key {
				continue
			}
			c := a.figure.Coverage
			if c.Reported == 0 || len(c.Missing) == 0 {
				continue
			}
			seen[e.Indicator] = true
			out = append(out, Notice{Kind: "missing", Evidence: n, Text: fmt.Sprintf(
				"%s: %s trong %s đơn vị phải ghi nhận chưa có ghi nhận nào trong kỳ.", capital(e.Name),
				civil.FormatInt(int64(len(c.Missing))), civil.FormatInt(int64(c.Expected)))})
		}
	}
	return out
}
