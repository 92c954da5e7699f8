package report

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"

	"danvan/internal/civil"
)

// Source is a template as it lies in the catalogue.
type Source struct{ Path, Text string }

// Parts are the sources by name, those named phan-... being parts
// that others include.
type Parts map[string]Source

func (p Parts) names() []string {
	var out []string
	for n := range p {
		if strings.HasPrefix(n, partPrefix) {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}

// Template is a report as written, before it is filled.
type Template struct {
	Head Head
	Path string
	body []node
	// headNodes are the strings of the head that hold slots.
	subject []node
	issuers []issuer
}

// Head is the first part of a template, between two lines of ---.
type Head struct {
	Code    string   `yaml:"code"`
	Name    string   `yaml:"name"`    // for lists of reports
	Title   string   `yaml:"title"`   // BÁO CÁO
	Subject string   `yaml:"subject"` // with slots
	For     []string `yaml:"for"`     // classes that may have it: province, */department
	Period  string   `yaml:"period"`  // month, quarter, half, year, years, any
	// Reports are the reports of the catalogue's duties that this template serves: mobilisation, front.
	Reports []string `yaml:"reports"`
	// By are the classes of bodies that answer for a territory's report by this template.
	By      []string `yaml:"by"`
	Cite    string   `yaml:"cite"`
	Issuers []Issuer `yaml:"issuers"`
	// Use names a part that holds the issuers, where several templates share
	// them.
	Use string `yaml:"use"`
	// Checks are the bounds beyond which a figure is asked about before the
	// report is filed.
	Checks Bounds `yaml:"checks"`
	// Key are the indicators that stand for the report where the reports of
	// many units are set side by side.
	Key []string `yaml:"key"`
	// Forms names the report whose statistical forms go with it: petition.
	Forms string `yaml:"forms"`
}

// Issuer says in whose name a report goes out. The first that fits unit and
// period is taken. Texts may hold slots of the unit and period.
type Issuer struct {
	For        []string `yaml:"for"`
	Since      string   `yaml:"since"`
	Until      string   `yaml:"until"`
	Format     Format   `yaml:"format"`
	Superior   string   `yaml:"superior"`
	Name       string   `yaml:"name"`
	Symbol     string   `yaml:"symbol"`
	Place      string   `yaml:"place"`
	Authority  []string `yaml:"authority"`
	Position   string   `yaml:"position"`
	Recipients []string `yaml:"recipients"`
}

// issuer is an Issuer whose texts have been read.
type issuer struct {
	Issuer
	since, until                  civil.Date
	superior, name, symbol, place []node
	authority, recipients         [][]node
}

var periodKinds = []string{"month", "quarter", "half", "nine_months", "year", "years", "any"}

// Parse reads the template name of parts. It gives all its problems at once.
func Parse(name string, parts Parts) (*Template, error) {
	src, ok := parts[name]
	if !ok {
		var issues Problems
		issues.add(pos{name, 0}, "không có mẫu này")
		return nil, issues.fault()
	}
	var issues Problems
	t := &Template{Path: src.Path}
	head, body, line := cutHead(src, &issues)
	t.readHead(head, parts, &issues)
	t.body = parseBody(body, pos{src.Path, line}, &issues, parts, []string{name})
	if err := issues.fault(); err != nil {
		return nil, err
	}
	return t, nil
}

// cutHead parts the head from the body and gives the body's first line.
func cutHead(src Source, issues *Problems) (head, body string, line int) {
	text := strings.ReplaceAll(src.Text, "\r\n", "\n")
	rest, ok := strings.CutPrefix(text, "---\n")
	stop := strings.Index(rest, "\n---\n")
	if !ok || stop < 0 {
		issues.add(pos{src.Path, 1}, "mẫu phải mở đầu bằng phần khai báo giữa hai dòng ---")
		return "", text, 1
	}
	head = rest[:stop+1]
	return head, rest[stop+len("\n---\n"):], 3 + strings.Count(head, "\n")
}

// headKeys are what the head of a template may say.
var headKeys = []string{"code", "name", "title", "subject", "for", "period", "reports", "by", "cite", "issuers", "use", "checks", "key",
	"jump", "of", "times", "least", "points", "unconfirmed", "forms",
	"since", "until", "format", "superior", "symbol", "place", "authority", "position", "recipients"}

// headError says in Vietnamese what is wrong with the head, and in which line
// of the file: the head begins after the first one.
func headError(at pos, err error) (pos, string) {
	var faulty yaml.Error
	if !errors.As(err, &faulty) || faulty.GetToken() == nil {
		return at, strings.TrimSpace(yaml.FormatError(err, false, false))
	}
	token := faulty.GetToken()
	at.line = token.Position.Line + 1
	var unknown *yaml.UnknownFieldError
	var twice *yaml.DuplicateKeyError
	switch {
	case errors.As(err, &unknown):
		return at, fmt.Sprintf("khóa lạ %q%s (dùng: %s)", token.Value, meant(token.Value, headKeys), strings.Join(headKeys, ", "))
	case errors.As(err, &twice):
		return at, fmt.Sprintf("khóa %q viết hai lần", token.Value)
	}
	return at, fmt.Sprintf("hãy xem lại thụt lề, dấu hai chấm, ngoặc và nháy ở dòng này và dòng trước (%s)", faulty.GetMessage())
}

func (t *Template) readHead(head string, parts Parts, issues *Problems) {
	at := pos{t.Path, 1}
	d := yaml.NewDecoder(bytes.NewReader([]byte(head)), yaml.Strict())
	if err := d.Decode(&t.Head); err != nil && head != "" {
		where, what := headError(at, err)
		issues.add(where, "phần khai báo không đọc được: %s", what)
		return
	}
	t.shared(parts, at, issues)
	h := t.Head
	for _, must := range []struct{ name, value string }{{"code", h.Code}, {"name", h.Name}, {"title", h.Title}, {"subject", h.Subject}, {"cite", h.Cite}} {
		if must.value == "" {
			issues.add(at, "phần khai báo thiếu %s", must.name)
		}
	}
	if !contains(periodKinds, h.Period) {
		issues.add(at, "period %q không có%s; dùng %s", h.Period, meant(h.Period, periodKinds), strings.Join(periodKinds, ", "))
	}
	if len(h.Issuers) == 0 || len(h.For) == 0 {
		issues.add(at, "phần khai báo cần for (loại đơn vị) và issuers (cơ quan ban hành)")
	}
	h.Checks.verify(at, issues)
	t.subject = parseHead(h.Subject, at, issues)
	for _, i := range h.Issuers {
		t.issuers = append(t.issuers, readIssuer(i, at, issues))
	}
}

// shared takes the issuers from the part that the head names.
func (t *Template) shared(parts Parts, at pos, issues *Problems) {
	if t.Head.Use == "" {
		return
	}
	src, ok := parts[t.Head.Use]
	if !ok {
		issues.add(at, "use: không có phần %q%s", t.Head.Use, meant(t.Head.Use, parts.names()))
		return
	}
	d := yaml.NewDecoder(strings.NewReader(src.Text), yaml.Strict())
	var list []Issuer
	if err := d.Decode(&list); err != nil {
		issues.add(pos{src.Path, 1}, "danh sách cơ quan ban hành không đọc được: %s", strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	t.Head.Issuers = append(t.Head.Issuers, list...)
}

func readIssuer(i Issuer, at pos, issues *Problems) issuer {
	out := issuer{Issuer: i, since: civil.Floor, until: civil.Forever}
	for _, d := range []struct {
		text string
		into *civil.Date
	}{{i.Since, &out.since}, {i.Until, &out.until}} {
		if d.text == "" {
			continue
		}
		day, err := civil.ParseDate(d.text)
		if err != nil {
			issues.add(at, "issuers: ngày %q không đúng", d.text)
		}
		*d.into = day
	}
	if i.Format != Party && i.Format != State {
		issues.add(at, "issuers: format là party hoặc state, không phải %q", i.Format)
	}
	out.superior = parseHead(i.Superior, at, issues)
	out.name = parseHead(i.Name, at, issues)
	out.symbol = parseHead(i.Symbol, at, issues)
	out.place = parseHead(i.Place, at, issues)
	for _, a := range i.Authority {
		out.authority = append(out.authority, parseHead(a, at, issues))
	}
	for _, r := range i.Recipients {
		out.recipients = append(out.recipients, parseHead(r, at, issues))
	}
	return out
}

// parseHead reads a text of the head: slots and conditions, digits allowed as
// in the body.
func parseHead(s string, at pos, issues *Problems) []node {
	return parseBody(s, at, issues, nil, nil)
}
