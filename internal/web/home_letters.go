package web

import (
	"context"
	"fmt"

	"danvan/internal/access"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/petition"
)

// lettersView counts the letters of the period by class and by how far they have come: counts only.
type lettersView struct {
	Heads []string
	Rows  []letterRow
	Href  string
}

type letterRow struct {
	Class  string
	Counts []string
	Whole  bool
}

// letterSteps are the figures that tell how far letters have come.
var letterSteps = []struct{ Indicator, Name string }{
	{"petition.received", "Tiếp nhận"}, {"petition.accepted", "Thụ lý"}, {"petition.settled", "Đã giải quyết"},
}

// newsOfSenders are how many letters that the viewer reads have something new from their senders.
func (s *server) newsOfSenders(ctx context.Context, who *access.Viewer) (n int, err error) {
	unread, err := s.follows().Unread(ctx, s.DB.Read())
	for _, u := range unread {
		if who.May(access.ReadLetters, u.Unit) && (!petition.Denounces(u.Class) || who.May(access.ReadDenunciations, u.Unit)) {
			n++
		}
	}
	return n, err
}

// letters counts the unit's letters of the period, nil where there were none.
func (s *server) letters(ctx context.Context, sc *scope) (*lettersView, error) {
	return keep(ctx, s, fmt.Sprint("letters", sc.query()), func(ctx context.Context) (*lettersView, error) {
		return s.countLetters(ctx, sc)
	})
}

func (s *server) countLetters(ctx context.Context, sc *scope) (*lettersView, error) {
	v := &lettersView{Href: "/ghi-nhan" + sc.query("loai", "petition_letter")}
	byClass := map[string]int{}
	whole := letterRow{Class: "Tất cả", Whole: true}
	for i, step := range letterSteps {
		b, err := s.Figures.Breakdown(ctx, figure.Query{Indicator: step.Indicator, Unit: sc.UnitRef, Period: sc.Period, Basis: sc.Basis, Status: sc.Status}, "label:"+classField)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				return nil, err
			}
			return nil, nil
		}
		s.nameRows(b, b.Ind, sc.Period.To)
		v.Heads = append(v.Heads, step.Name)
		for _, row := range b.Rows {
			at, ok := byClass[row.Key]
			if !ok {
				at = len(v.Rows)
				byClass[row.Key] = at
				v.Rows = append(v.Rows, letterRow{Class: row.Name, Counts: make([]string, len(letterSteps))})
			}
			v.Rows[at].Counts[i] = rowText(b.Measure, row)
		}
		whole.Counts = append(whole.Counts, valueText(b.Measure, b.Val, b.Display))
	}
	if len(v.Rows) == 0 {
		return nil, nil
	}
	for _, row := range v.Rows {
		for i, c := range row.Counts {
			row.Counts[i] = or(c, "–")
		}
	}
	v.Rows = append(v.Rows, whole)
	return v, nil
}
