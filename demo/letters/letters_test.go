package letters_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"danvan/demo/letters"
)

var slot = regexp.MustCompile(`[{}]`)

func dice(n uint64) *rand.Rand { return rand.New(rand.NewPCG(n, 7)) }

var classes = []string{"complaint", "denunciation", "proposal", "reflection"}

func TestLettersAreWhole(t *testing.T) {
	at := letters.Place{Commune: "xã Văn Lang", Issuer: "Ủy ban nhân dân xã Văn Lang"}
	for _, class := range classes {
		fields := letters.Fields(class)
		if len(fields) < 2 {
			t.Errorf("%s: only %v", class, fields)
		}
		for i, field := range fields {
			for n := range uint64(20) {
				r := dice(uint64(i)*100 + n)
				m := letters.Happen(r, class, field, 20260504, at)
				l := m.Write(r, m.Person(r), "Ủy ban nhân dân xã Văn Lang", 20260504)
				if m.Field != field {
					t.Errorf("asked for %s, told of %s", field, m.Field)
				}
				for name, s := range map[string]string{"text": l.Text, "summary": l.Summary, "request": l.Request, "respondent": l.Respondent, "answer": m.Answer()} {
					if slot.MatchString(s) || s != strings.TrimSpace(s) || s == "" && name != "respondent" {
						t.Errorf("%s/%s: %s: %q", class, field, name, s)
					}
				}
				if (class == "denunciation" || class == "complaint") && l.Respondent == "" {
					t.Errorf("%s/%s: against nobody", class, field)
				}
			}
		}
	}
}

func TestSameDiceSameLetters(t *testing.T) {
	write := func() string {
		r := dice(3)
		m := letters.Happen(r, "complaint", "land", 20260504, letters.Place{Commune: "xã A", Issuer: "UBND xã A"})
		return m.Write(r, m.Person(r), "UBND xã A", 20260504).Text
	}
	if a, b := write(), write(); a != b {
		t.Errorf("%s\n\n%s", a, b)
	}
}

// A second letter of the same matter says the same facts in other words; a photocopy the same words elsewhere.
func TestSecondLettersOfAMatter(t *testing.T) {
	reworded := 0
	for n := range uint64(50) {
		r := dice(n)
		m := letters.Happen(r, "complaint", "land", 20260504, letters.Place{Commune: "xã A", Issuer: "Ủy ban nhân dân xã A"})
		who := m.Person(r)
		first := m.Write(r, who, "Ủy ban nhân dân xã A", 20260504)
		if second := m.Write(r, who, "Ủy ban nhân dân xã A", 20260611); second.Text != first.Text {
			reworded++
		}
		copied := m.Copy(r, first, "Thanh tra tỉnh")
		if !strings.Contains(copied.Text, "Kính gửi: Thanh tra tỉnh") || len(copied.Text) < len(first.Text)*9/10 {
			t.Errorf("photocopy %q of %q", copied.Text, first.Text)
		}
	}
	if reworded < 48 {
		t.Errorf("only %d of 50 second letters have other words", reworded)
	}
}
