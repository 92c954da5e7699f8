package disclosure

import (
	"fmt"
	"math/big"

	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/ledger"
)

// Kinds of supervision by the people.
const (
	BoardKind   = "supervision_board"
	FindingKind = "supervision_finding"
)

// Types of boards.
const (
	Inspection = "inspection" // Ban Thanh tra nhân dân
	Investment = "investment" // Ban Giám sát đầu tư của cộng đồng
)

// SupervisionBoard is one board: its members are numbers.
type SupervisionBoard struct {
	ledger.Head `json:"-"`
	Title       string     `json:"title"`
	Type        string     `json:"type"`
	Members     int64      `json:"members"`
	Residents   int64      `json:"residents"`
	Deputies    int64      `json:"deputies"`
	Project     string     `json:"project"`
	Number      string     `json:"number"`
	TermTo      civil.Date `json:"term_to"`
	EndedOn     civil.Date `json:"ended_on"`
	EndedNumber string     `json:"ended_number"`
	Village     string     `json:"place"`

	Findings []*Finding `json:"-"`
}

// Running reports whether the board works on a day.
func (b *SupervisionBoard) Running(day civil.Date) bool {
	return b.Day <= day && (b.EndedOn == 0 || b.EndedOn > day)
}

// Finding is what a board found and asks for.
type Finding struct {
	ledger.Head    `json:"-"`
	Finding        string     `json:"finding"`
	Type           string     `json:"type"`
	Recommendation string     `json:"recommendation"`
	Addressee      string     `json:"addressee"`
	AnsweredOn     civil.Date `json:"answered_on"`
	Answer         string     `json:"answer"`
	Outcome        string     `json:"outcome"`
	Money          jsonNumber `json:"recovered_money"` // đồng
	Land           jsonNumber `json:"recovered_land"`  // m²
	Material       jsonNumber `json:"recovered_material"`
}

// jsonNumber is an amount as entries keep it: a number or its text.
type jsonNumber string

// UnmarshalJSON takes a number with or without quotes.
func (n *jsonNumber) UnmarshalJSON(b []byte) error {
	if s := string(b); s != "null" {
		if len(s) > 1 && s[0] == '"' {
			s = s[1 : len(s)-1]
		}
		*n = jsonNumber(s)
	}
	return nil
}

// Rat is the amount, 0 where none is said.
func (n jsonNumber) Rat() *big.Rat {
	if r, ok := new(big.Rat).SetString(string(n)); ok {
		return r
	}
	return new(big.Rat)
}

// Answered is whether and until when a finding must be answered.
func (l *Law) Answered(f *Finding) *clock.Deadline {
	return l.Clock("answer_"+f.Type, f.Day, f.AnsweredOn)
}

// Overdue reports whether a finding has not been answered although it should have been.
func (l *Law) Overdue(f *Finding, today civil.Date) bool {
	d := l.Answered(f)
	return d != nil && f.AnsweredOn == 0 && d.Late(today)
}

// Recovered are the sums over findings.
type Recovered struct{ Money, Land, Material *big.Rat }

// Sum adds up what was recovered by findings.
func Sum(list []*Finding) Recovered {
	out := Recovered{new(big.Rat), new(big.Rat), new(big.Rat)}
	for _, f := range list {
		out.Money.Add(out.Money, f.Money.Rat())
		out.Land.Add(out.Land, f.Land.Rat())
		out.Material.Add(out.Material, f.Material.Rat())
	}
	return out
}

// Warnings say where a board departs from the numbers of the law, as sentences with their article.
func (l *Law) Warnings(b *SupervisionBoard, today civil.Date) []string {
	var out []string
	check := func(code string, have int64, most bool) {
		lim := l.Limit(code, b.Day)
		if lim == nil || have == 0 || most && have <= int64(lim.Value) || !most && have >= int64(lim.Value) {
			return
		}
		out = append(out, fmt.Sprintf("%s là %d; ban này ghi %d (%s).", lim.Name, lim.Value, have, lim.Article))
	}
	switch b.Type {
	case Investment:
		check("investment_residents_max", b.Residents, true)
		check("investment_deputies_max", b.Deputies, true)
	case Inspection:
		check("inspection_members_min", b.Members, false)
		check("inspection_members_max", b.Members, true)
	}
	if b.TermTo != 0 && b.TermTo < today && b.EndedOn == 0 {
		out = append(out, "Hết nhiệm kỳ từ ngày "+b.TermTo.Vi()+" mà chưa kiện toàn hoặc kết thúc.")
	}
	return out
}
