package report

import (
	"strings"
)

// tableSpec is a [[table]] as written. Either rows are given one by one, each
// cell with its slots, or a breakdown makes them and columns name indicators.
type tableSpec struct {
	caption []node
	id      string
	unit    string
	by      string // breakdown that makes the rows, "" where rows are written
	class   string // only unit rows of this class
	top     int
	options slot // from, to, @ for all columns
	columns []columnSpec
	rows    []rowSpec
	total   string // label of the sum row, "" for none
	notes   [][]node
	minRows int
	at      pos
}

// columnSpec heads a column; the first column of a breakdown has no slot.
type columnSpec struct {
	head, unit string
	slot       *slot
	at         pos
}

// rowSpec is a written row: cells of nodes, shown where its condition holds.
type rowSpec struct {
	cells [][]node
	when  cond
	total bool
	at    pos
}

// chartSpec is a [[chart]].
type chartSpec struct {
	id      string
	kind    ChartKind
	caption []node
	unit    string
	by      string
	top     int
	options slot
	series  []columnSpec
	// per makes one series for each row of a breakdown by unit.
	per   *slot
	notes [][]node
	at    pos
}

var chartKinds = []string{"bars", "overlaid", "stacked", "lines", "ranking", "multiples"}

// each calls f for each line that is not empty or a comment, cut into its
// first word and the rest.
func (t *token) each(f func(word, rest string, at pos)) {
	for i, l := range strings.Split(t.raw, "\n") {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "[[#") {
			continue
		}
		word, rest, _ := strings.Cut(l, " ")
		f(word, strings.TrimSpace(rest), pos{t.at.file, t.rawLine + i})
	}
}

var tableLines = []string{"by", "class", "col", "row", "sum", "total", "unit", "note", "min"}

// parseTable reads a table: [[table ID "Caption"]].
func parseTable(rest string, t *token, issues *Problems) tableSpec {
	s := tableSpec{at: t.at, minRows: 1}
	s.id, s.caption = idAndCaption(rest, t.at, issues)
	t.each(func(word, rest string, at pos) { s.line(word, rest, at, issues) })
	if len(s.columns) == 0 {
		issues.add(t.at, "bảng %q không có cột nào; thêm dòng col \"Đầu cột\" mã_chỉ_tiêu", s.id)
	}
	if s.by == "" && len(s.rows) == 0 {
		issues.add(t.at, "bảng %q cần dòng by ... hoặc các dòng row ...", s.id)
	}
	for _, r := range s.rows {
		if len(r.cells) != len(s.columns) {
			issues.add(r.at, "dòng có %d ô, bảng có %d cột", len(r.cells), len(s.columns))
		}
	}
	return s
}

func (s *tableSpec) line(word, rest string, at pos, issues *Problems) {
	switch word {
	case "by":
		p := &slotParser{words: append([]string{"by"}, words(rest)...), at: at, issues: issues}
		for p.option(&s.options) {
		}
		s.by, s.top = s.options.ask.by, s.options.top
		if w := p.peek(); w != "" {
			issues.add(at, "dòng by: thừa từ %q%s", w, meant(w, optionWords))
		}
	case "class":
		s.class = rest
	case "min":
		p := &slotParser{words: []string{"min", rest}, at: at, issues: issues}
		s.minRows = p.numberAfter()
	case "col":
		s.columns = append(s.columns, parseColumn(rest, at, issues))
	case "row", "sum":
		s.rows = append(s.rows, parseRow(rest, word == "sum", at, issues))
	case "total":
		s.total = unquote(rest)
	case "unit":
		s.unit = unquote(rest)
	case "note":
		s.notes = append(s.notes, parseLine(rest, at, issues))
	default:
		issues.add(at, "không có dòng %q trong bảng%s", word, meant(word, tableLines))
	}
}

// parseColumn reads: "Đầu cột" [đơn vị "đơn"] slot...
func parseColumn(rest string, at pos, issues *Problems) columnSpec {
	w := words(rest)
	if len(w) == 0 || !strings.HasPrefix(rest, `"`) {
		issues.add(at, "cột cần đầu cột trong ngoặc kép, ví dụ col \"Tiếp nhận\" petition.received")
		return columnSpec{at: at}
	}
	c := columnSpec{head: w[0], at: at}
	checkDigits(c.head, at, issues)
	c.head = unescape(c.head)
	w = w[1:]
	if len(w) > 1 && w[0] == "unit" {
		c.unit, w = w[1], w[2:]
	}
	if len(w) == 0 {
		return c
	}
	p := &slotParser{words: w, at: at, issues: issues}
	s := p.slot()
	s.src, s.at = strings.Join(w, " "), at
	if more := p.peek(); more != "" {
		issues.add(at, "cột %q: thừa từ %q%s", c.head, more, meant(more, optionWords))
	}
	c.slot = &s
	return c
}

// parseRow reads cells parted by "|". A row may begin with "if COND :".
func parseRow(rest string, total bool, at pos, issues *Problems) rowSpec {
	r := rowSpec{total: total, at: at}
	if strings.HasPrefix(rest, "if ") {
		when, more, ok := strings.Cut(rest[3:], " : ")
		if !ok {
			issues.add(at, "sau điều kiện của dòng cần \" : \" rồi mới đến các ô")
		}
		r.when, rest = parseCond(when, at, issues), more
	}
	for _, cell := range strings.Split(rest, "|") {
		r.cells = append(r.cells, parseLine(strings.TrimSpace(cell), at, issues))
	}
	return r
}

// parseLine reads text with slots, without block structure.
func parseLine(s string, at pos, issues *Problems) []node {
	return parseBody(unquote(s), at, issues, nil, nil)
}

func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

func idAndCaption(rest string, at pos, issues *Problems) (string, []node) {
	id, caption, _ := strings.Cut(rest, " ")
	caption = strings.TrimSpace(caption)
	if id == "" || strings.HasPrefix(id, `"`) || !strings.HasPrefix(caption, `"`) {
		issues.add(at, "bảng và biểu đồ cần mã và tên, ví dụ [[table don-theo-nam \"Đơn theo năm\"]]")
		return "khong-ten", nil
	}
	return id, parseLine(caption, at, issues)
}

var chartLines = []string{"by", "series", "per", "unit", "note"}

// parseChart reads a chart: [[chart KIND ID "Caption"]].
func parseChart(rest string, t *token, issues *Problems) chartSpec {
	kind, rest, _ := strings.Cut(rest, " ")
	s := chartSpec{kind: ChartKind(kind), at: t.at}
	if !contains(chartKinds, kind) {
		issues.add(t.at, "không có loại biểu đồ %q%s; dùng %s", kind, meant(kind, chartKinds), strings.Join(chartKinds, ", "))
	}
	s.id, s.caption = idAndCaption(strings.TrimSpace(rest), t.at, issues)
	t.each(func(word, rest string, at pos) { s.line(word, rest, at, issues) })
	if s.by == "" || len(s.series) == 0 && s.per == nil {
		issues.add(t.at, "biểu đồ %q cần một dòng by ... và ít nhất một dòng series hoặc per", s.id)
	}
	return s
}

func (s *chartSpec) line(word, rest string, at pos, issues *Problems) {
	switch word {
	case "by":
		p := &slotParser{words: append([]string{"by"}, words(rest)...), at: at, issues: issues}
		for p.option(&s.options) {
		}
		s.by, s.top = s.options.ask.by, s.options.top
		if w := p.peek(); w != "" {
			issues.add(at, "dòng by: thừa từ %q%s", w, meant(w, optionWords))
		}
	case "series":
		s.series = append(s.series, parseColumn(rest, at, issues))
	case "per":
		p := &slotParser{words: words(rest), at: at, issues: issues}
		one := p.slot()
		one.src, one.at = rest, at
		s.per = &one
	case "unit":
		s.unit = unquote(rest)
	case "note":
		s.notes = append(s.notes, parseLine(rest, at, issues))
	default:
		issues.add(at, "không có dòng %q trong biểu đồ%s", word, meant(word, chartLines))
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
