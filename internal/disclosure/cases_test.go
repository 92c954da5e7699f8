package disclosure

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// today's law, read once from the catalogue that the program carries.
var lawNow = sync.OnceValue(func() *Law {
	c, err := catalog.Load(catalogdata.FS, catalog.FromYAML())
	if err != nil {
		panic(err)
	}
	return In(c.Latest())
})

var clockWords = map[string]string{"giữ bảng niêm yết": KeepClock, "gửi quyết định": SendClock, "công nhận quyết định": RecogniseClock,
	"trả lời thanh tra nhân dân": "answer_inspection", "trả lời giám sát đầu tư": "answer_investment"}

// lawCase is one block of the case file.
type lawCase struct {
	title, of, due, article, why string
	from                         civil.Date
}

func readCases(t *testing.T) []lawCase {
	t.Helper()
	f, err := os.Open("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []lawCase
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line := sc.Text()
		word, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" || line[0] == '#':
			continue
		case line[0] == '[':
			out = append(out, lawCase{title: strings.Trim(line, "[]")})
			continue
		}
		c := &out[len(out)-1]
		switch word {
		case "Nội dung":
			c.of = value
		case "Từ ngày":
			if c.from, err = civil.ParseDate(value); err != nil {
				t.Fatal(err)
			}
		case "Hạn":
			c.due = value
		case "Điều":
			c.article = value
		case "Vì sao":
			c.why = value
		default:
			t.Fatalf("%s: unknown word %q", c.title, word)
		}
	}
	return out
}

// Every case of the file comes out as it was reckoned by hand.
func TestLawCases(t *testing.T) {
	all := readCases(t)
	if len(all) < 40 {
		t.Fatalf("%d cases; want 40 and more", len(all))
	}
	l := lawNow()
	names := [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}
	for _, c := range all {
		t.Run(c.title, func(t *testing.T) {
			code, article, inForce := clockWords[c.of], "", true
			if r := l.Rule(c.of); r != nil {
				code, article, inForce = r.Clock, r.Article, r.InForce(c.from)
			}
			if code == "" || c.why == "" {
				t.Fatal("the block is not complete")
			}
			d := l.Clock(code, c.from, 0)
			if c.due == "không có" {
				if inForce && d != nil {
					t.Errorf("due %s, want none", d.Due)
				}
				return
			}
			if d == nil || !inForce {
				t.Fatalf("no deadline, want %s", c.due)
			}
			if got := fmt.Sprintf("%s %02d/%02d/%d", names[d.Due.Weekday()], d.Due.Day(), d.Due.Month(), d.Due.Year()); got != c.due {
				t.Errorf("%s, want %s (%s)", got, c.due, c.why)
			}
			if !strings.Contains(article+d.Article, c.article) {
				t.Errorf("article %q, want %q", article+d.Article, c.article)
			}
		})
	}
}

// A decision holds from the share of the law on, and one household fewer is too few.
func TestDecide(t *testing.T) {
	l := lawNow()
	for _, c := range []struct {
		subject                 string
		day                     civil.Date
		households, present, by int64
		needs                   int64
		valid                   bool
	}{
		{"contribution", 20261001, 90, 80, 60, 60, true},
		{"contribution", 20261001, 90, 80, 59, 60, false},
		{"contribution", 20261001, 100, 90, 66, 67, false},
		{"contribution", 20261001, 100, 90, 67, 67, true},
		{"fund", 20261001, 1, 1, 1, 1, true},
		{"convention", 20261001, 100, 60, 50, 51, false},
		{"convention", 20261001, 100, 60, 51, 51, true},
		{"convention", 20261001, 99, 60, 50, 50, true},
		{"elect_head", 20261001, 81, 80, 40, 41, false},
		{"self_management", 20261001, 0, 0, 0, 1, false},
		{"contribution", 20230630, 90, 80, 46, 46, true},
		{"contribution", 20230701, 90, 80, 46, 60, false},
	} {
		got := l.Decide(&Decision{Head: headOf(c.day), Subject: c.subject, Households: c.households, Present: c.present, For: c.by})
		if got.Needs != c.needs || got.Valid != c.valid || !strings.Contains(got.Explain, "hộ") {
			t.Errorf("%s on %s: %d of %d: needs %d, valid %v; want %d, %v", c.subject, c.day, c.by, c.households, got.Needs, got.Valid, c.needs, c.valid)
		}
	}
}

func TestFollow(t *testing.T) {
	l := lawNow()
	head := headOf(20261009) // a Friday: to be sent by 16 October
	for _, c := range []struct {
		subject     string
		by          int64
		sent, known civil.Date
		today       civil.Date
		want        Stage
	}{
		{"contribution", 60, 0, 0, 20261016, NotSent},
		{"contribution", 60, 0, 0, 20261017, SendLate},
		{"contribution", 60, 20261016, 0, 20261120, Sent},
		{"contribution", 60, 20261019, 0, 20261120, SentLate},
		{"contribution", 59, 20261016, 0, 20261120, NotAdopted},
		{"convention", 60, 20261015, 0, 20261022, Waiting},
		{"convention", 60, 20261015, 0, 20261023, Unanswered},
		{"convention", 60, 20261015, 20261023, 20261120, Recognised},
	} {
		d := &Decision{Head: head, Subject: c.subject, Households: 90, Present: 80, For: c.by, SentOn: c.sent, RecognisedOn: c.known}
		if got := l.Follow(d, c.today); got.Stage != c.want {
			t.Errorf("%s %+v: %s, want %s", c.subject, c, got.Stage, c.want)
		}
	}
}
