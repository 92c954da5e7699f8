package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/figure"
)

// mostNamed is how many units or figures one sentence names.
const mostNamed = 5

// note adds a finding that is about no single figure.
func (x *examiner) note(kind FindingKind, detail string, must bool, text string) *Finding {
	x.found = append(x.found, Finding{Key: strings.TrimSuffix(string(kind)+"~"+detail, "~"), Kind: kind, Must: must, Text: text, Evidence: NoEvidence})
	return &x.found[len(x.found)-1]
}

// surroundings are how the units below have filed and how far entries are confirmed.
func (x *examiner) surroundings(s Surroundings) {
	if len(s.Unfiled) > 0 {
		f := x.note(FindingUnfiled, "", true, fmt.Sprintf("%s đơn vị cấp dưới chưa nộp báo cáo cùng kỳ: %s.", civil.FormatInt(int64(len(s.Unfiled))), names(s.Unfiled)))
		f.Units = codes(s.Unfiled)
	}
	if len(s.Nil) > 0 {
		f := x.note(FindingNil, "", false, fmt.Sprintf("%s đơn vị cấp dưới báo cáo không phát sinh: %s.", civil.FormatInt(int64(len(s.Nil))), names(s.Nil)))
		f.Units = codes(s.Nil)
	}
	if s.Entries > 0 && x.report.Status != string(figure.Confirmed) && s.Waiting*100 > s.Entries*int64(x.bounds.unconfirmed()) {
		x.note(FindingUnconfirmed, "", false, fmt.Sprintf("%s trong %s ghi nhận của kỳ chưa được xác nhận; số liệu có thể còn đổi.",
			civil.FormatInt(s.Waiting), civil.FormatInt(s.Entries)))
	}
	if s.Returned > 0 {
		x.note(FindingReturned, "", true, fmt.Sprintf("%s ghi nhận của kỳ bị trả lại, chưa sửa xong.", civil.FormatInt(s.Returned)))
	}
}

func names(list []Body) string {
	var out []string
	for _, b := range list[:min(len(list), mostNamed)] {
		out = append(out, b.Name)
	}
	text := strings.Join(out, "; ")
	if more := len(list) - mostNamed; more > 0 {
		text += fmt.Sprintf(" và %s đơn vị khác", civil.FormatInt(int64(more)))
	}
	return text
}

func codes(list []Body) []string {
	var out []string
	for _, b := range list {
		out = append(out, b.Code)
	}
	return out
}

// changed are figures of an earlier report that are others now.
func (x *examiner) changed(e Earlier) {
	for _, d := range e.Moved {
		if d.Printed.By != "" {
			continue // its whole is on the list
		}
		q, err := e.Report.whole(d.Printed)
		if err != nil {
			continue
		}
		var causes []figure.Cause
		if d.Trace != nil {
			causes = d.Trace.Causes
		}
		x.found = append(x.found, Finding{
			Key:  fmt.Sprintf("%s~%d~%s~%s", FindingChanged, e.Filing, d.Printed.Key, orEmpty(d.Printed.Value)),
			Kind: FindingChanged, Must: true, Evidence: NoEvidence, Ask: q, Filing: e.Filing, Entries: causes[:min(len(causes), mostNamed)],
			Text: fmt.Sprintf("%s đã in %s trong %s, nay là %s%s.", e.about(d), with(d.Printed.Exact, d.Printed.Measure), uncapital(e.Name), with(d.Exact, d.Printed.Measure), d.because()),
		})
	}
}

// about names a printed figure, and its unit where it is not the report's own.
func (e Earlier) about(d Difference) string {
	name := capital(d.Printed.Name)
	if code, _, _ := strings.Cut(d.Printed.Unit, "@"); code != e.Report.Unit.Code {
		name += " (" + d.Printed.UnitName + ")"
	}
	return name
}

// with is a value with its measure; percents have theirs already.
func with(exact, measure string) string {
	if exact == nothing || exact == "" {
		return "chưa có số liệu"
	}
	if measure == "" || strings.HasSuffix(exact, "%") {
		return exact
	}
	return exact + " " + measure
}

// because says in a few words what moved a printed figure.
func (d Difference) because() string {
	var why []string
	if d.Trace != nil && len(d.Trace.Causes) > 0 {
		n := 0
		for _, c := range d.Trace.Causes {
			n += max(1, c.Others)
		}
		why = append(why, fmt.Sprintf("do %s ghi nhận", civil.FormatInt(int64(n))))
	}
	if d.Elsewhere != nil {
		why = append(why, "do đơn vị hoặc danh mục đã đổi")
	}
	if len(why) == 0 {
		return ""
	}
	return ", " + strings.Join(why, " và ")
}

// rest is what nobody must explain but should know: bodies that recorded nothing, estimates.
func (x *examiner) rest() {
	x.unrecorded()
	for n, e := range x.report.Evidence {
		if e.Estimated && e.By == "" {
			q, _ := x.report.whole(e)
			x.add(asked{index: n, q: q}, FindingEstimate, "", false, fmt.Sprintf(
				"%s (%s) là số ước: có phần của đơn vị đã chia tách được tính theo tỷ lệ.", capital(e.Name), e.Exact))
		}
	}
}

// unrecorded names the bodies that must record and have recorded nothing for any figure of the report, and the figures
// for which most are missing.
func (x *examiner) unrecorded() {
	silent, asked := map[string]int{}, map[string]int{}
	var worst []gap
	for _, a := range x.asked {
		if a.index == NoEvidence || a.now == nil || a.now.Coverage == nil {
			continue
		}
		c := a.now.Coverage
		for _, code := range c.Missing {
			silent[code]++
		}
		asked[fmt.Sprint(c.Expected)]++
		if c.Reported > 0 && len(c.Missing) > 0 {
			worst = append(worst, gap{a.index, a.now.Name, len(c.Missing), c.Expected})
		}
	}
	var all []string
	most := 0
	for _, n := range asked {
		most = max(most, n)
	}
	for code, n := range silent {
		if n >= most && most > 1 {
			all = append(all, code)
		}
	}
	if len(all) > 0 {
		slices.Sort(all)
		f := x.note(FindingUnrecorded, "", false, fmt.Sprintf("%s đơn vị thuộc diện ghi nhận chưa ghi gì cho bất cứ số nào của báo cáo.", civil.FormatInt(int64(len(all)))))
		f.Units = all
	}
	sort.Slice(worst, func(i, j int) bool {
		if a, b := worst[i].missing*worst[j].expected, worst[j].missing*worst[i].expected; a != b {
			return a > b
		}
		return worst[i].name < worst[j].name
	})
	for _, g := range worst[:min(mostNamed, len(worst))] {
		e := x.report.Evidence[g.evidence]
		f := x.note(FindingUnrecorded, e.Indicator, false, fmt.Sprintf("%s: %s trong %s đơn vị thuộc diện ghi nhận chưa ghi gì.",
			capital(g.name), civil.FormatInt(int64(g.missing)), civil.FormatInt(int64(g.expected))))
		f.Evidence = g.evidence
		f.Ask, _ = x.report.whole(e)
	}
}
