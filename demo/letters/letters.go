// Package letters invents what people write to public bodies, and what the bodies answer: for the demo and for
// tests of what reads letters. Nobody in them exists: every person, school and farm bears a name that says so
// ("Nguyễn Văn Minh Họa 123", "trang trại Minh Họa 4").
//
// A Matter is what happened: a story of stories.yaml with its facts. Many letters come of one matter: a person
// writes (Write), writes again in other words (again Write), sends a photocopy elsewhere (Copy), a neighbour
// writes of the same (Write with another sender). All are drawn from the dice that are handed in, so that the same
// dice give the same letters.
package letters

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"danvan/internal/civil"
)

//go:embed stories.yaml
var storiesYAML []byte

// story is a kind of trouble: its points, each in several wordings.
type story struct {
	Field   string     `yaml:"field"`
	Classes []string   `yaml:"classes"`
	About   string     `yaml:"about"`
	Points  [][]string `yaml:"points"`
	Asks    []string   `yaml:"asks"`
	Answer  string     `yaml:"answer"`
}

var read = sync.OnceValue(func() []story {
	var out []story
	if err := yaml.UnmarshalWithOptions(storiesYAML, &out, yaml.Strict()); err != nil {
		panic(fmt.Sprintf("stories.yaml: %v", err)) // embedded: a test reads it
	}
	return out
})

// Fields are the fields of which a letter of the class can be written, in their order.
func Fields(class string) []string {
	var out []string
	for _, s := range read() {
		if slices.Contains(s.Classes, class) && !slices.Contains(out, s.Field) {
			out = append(out, s.Field)
		}
	}
	return out
}

// Place is where a matter lies, as the letter names it.
type Place struct {
	Commune string // "xã Văn Lang"
	Issuer  string // who decides: "Ủy ban nhân dân xã Văn Lang"
	Village string // empty: one is invented
}

// Matter is what happened. Class is complaint, denunciation, proposal or reflection.
type Matter struct {
	Class, Field string
	Day          civil.Date // when the first letter of it was written
	Facts        Facts
	story        *story
}

// Happen invents a matter. A field that nobody tells of in this class becomes one that somebody does.
func Happen(r *rand.Rand, class, field string, day civil.Date, at Place) *Matter {
	var fits, all []*story
	list := read()
	for i := range list {
		if !slices.Contains(list[i].Classes, class) {
			continue
		}
		all = append(all, &list[i])
		if list[i].Field == field {
			fits = append(fits, &list[i])
		}
	}
	if len(fits) == 0 {
		fits = all
	}
	s := fits[r.IntN(len(fits))]
	return &Matter{Class: class, Field: s.Field, Day: day, Facts: happen(r, day, at), story: s}
}

// Sender is who writes. Nobody of that name exists.
type Sender struct {
	Name, Address, Phone, Document string
	Joint                          bool // writes for several
}

// Letter is one letter as it was written.
type Letter struct {
	Summary, Text, Request, Respondent string
	Parcel, Decision                   bool // it names the parcel, the decision
}

// Write is a letter of the matter in words of its own: each point in one of its wordings, some left out, in an
// order that the writer chose.
func (m *Matter) Write(r *rand.Rand, from Sender, to string, day civil.Date) Letter {
	fill := m.Facts.filler(from.Joint, m.Class == "denunciation")
	var body []string
	for i, ways := range m.story.Points {
		if i > 1 && r.Float64() < .12 {
			continue // not everybody tells everything
		}
		body = append(body, fill(ways[r.IntN(len(ways))]))
	}
	if len(body) > 3 && r.Float64() < .35 {
		body[2], body[3] = body[3], body[2]
	}
	ask := fill(m.story.Asks[r.IntN(len(m.story.Asks))])
	all := strings.Join(append(body, m.Summary()), " ")
	return Letter{Summary: m.Summary(), Request: ask, Parcel: strings.Contains(all, fmt.Sprint(m.Facts.Parcel)), Decision: strings.Contains(all, m.Facts.Decision), Respondent: m.Facts.respondent(m.Class, m.story),
		Text: strings.Join([]string{heading(m.Class, m.Summary(), to), opening(r, m.Class, from.Joint), strings.Join(body, joints[r.IntN(len(joints))]), ask, closing(r, from.Joint, day)}, "\n\n")}
}

// Copy is the same paper sent to another body: only the addressee differs, and what the reading of a photocopy does.
func (m *Matter) Copy(r *rand.Rand, l Letter, to string) Letter {
	lines := strings.Split(l.Text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "Kính gửi: ") {
			lines[i] = "Kính gửi: " + to
			continue
		}
		lines[i] = blur(r, line)
	}
	l.Text = strings.Join(lines, "\n")
	return l
}

// Summary is the matter in a line, without the sender.
func (m *Matter) Summary() string { return upper(m.Facts.filler(false, true)(m.story.About)) }

// Answer is what the body found and decided, in a sentence or two.
func (m *Matter) Answer() string { return m.Facts.filler(false, true)(m.story.Answer) }

var joints = []string{"\n", " ", "\n- "}

var titles = map[string]string{"complaint": "ĐƠN KHIẾU NẠI", "denunciation": "ĐƠN TỐ CÁO", "proposal": "ĐƠN KIẾN NGHỊ", "reflection": "ĐƠN PHẢN ÁNH"}

func heading(class, about, to string) string {
	return fmt.Sprintf("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n%s\nVề việc: %s\nKính gửi: %s", titles[class], about, to)
}

func opening(r *rand.Rand, class string, joint bool) string {
	who := "Tôi"
	if joint {
		who = "Chúng tôi"
	}
	verb := map[string]string{"complaint": "khiếu nại", "denunciation": "tố cáo", "proposal": "kiến nghị", "reflection": "phản ánh"}[class]
	return fmt.Sprintf([]string{"%s làm đơn này %s nội dung như sau:", "%s xin %s với quý cơ quan như sau:", "%s viết đơn này để %s sự việc dưới đây."}[r.IntN(3)], who, verb)
}

func closing(r *rand.Rand, joint bool, day civil.Date) string {
	who := "Tôi"
	if joint {
		who = "Chúng tôi"
	}
	line := []string{"%s xin chịu trách nhiệm về nội dung trình bày trên đây.", "%s cam đoan những điều trên là đúng sự thật. Xin trân trọng cảm ơn.", "Rất mong được xem xét, giải quyết. %s xin cảm ơn."}[r.IntN(3)]
	return fmt.Sprintf(line, who) + "\nNgày " + day.Vi()
}

// blur does what a photocopy of a photocopy does: here and there a letter loses its mark, a space goes.
func blur(r *rand.Rand, text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case c > 127 && r.Float64() < .015:
			b.WriteString(civil.Fold(string(c)))
		case c == ' ' && r.Float64() < .006:
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// upper makes the first letter a capital.
func upper(s string) string {
	c, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(c)) + s[n:]
}

// Lower makes the first letter small: a name inside a sentence.
func Lower(s string) string {
	c, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(c)) + s[n:]
}
