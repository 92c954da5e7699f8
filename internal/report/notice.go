package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"danvan/internal/civil"
)

// notices are what must be known before signing, the gravest first: what
// the office wrote and cannot be filled, checks that fail, parts without data, estimates, sentences said twice.
func (f *filler) notices(sections []Section) []Notice {
	out := append(slices.Clone(f.wrong), f.failedChecks()...)
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

// missing says in one notice for how many figures of the report bodies that
// must record have recorded nothing, and names the worst.
func (f *filler) missing() []Notice {
	var worst []gap
	for q, a := range f.inquiry.answers {
		if q.by != "" || a.figure == nil || a.figure.Coverage == nil {
			continue
		}
		c := a.figure.Coverage
		if n, ok := f.index[questionKey(q, a.figure, nil)]; ok && c.Reported > 0 && len(c.Missing) > 0 {
			worst = append(worst, gap{n, a.figure.Name, len(c.Missing), c.Expected})
		}
	}
	if len(worst) == 0 {
		return nil
	}
	sort.Slice(worst, func(i, j int) bool {
		a, b := worst[i], worst[j]
		if x, y := a.missing*b.expected, b.missing*a.expected; x != y {
			return x > y
		}
		return a.name < b.name
	})
	var named []string
	for _, g := range worst[:min(3, len(worst))] {
		named = append(named, fmt.Sprintf("“%s” (%s trong %s)", g.name, civil.FormatInt(int64(g.missing)), civil.FormatInt(int64(g.expected))))
	}
	return []Notice{{Kind: "missing", Evidence: worst[0].evidence, Text: fmt.Sprintf(
		"Có %s chỉ tiêu mà một số cơ quan thuộc diện ghi nhận chưa ghi gì trong kỳ, nhiều nhất là %s.",
		civil.FormatInt(int64(len(worst))), strings.Join(named, "; "))}}
}

// gap is a figure to which some bodies have added nothing.
type gap struct {
	evidence          int
	name              string
	missing, expected int
}
