package cli

import (
	"fmt"
	"slices"
	"time"

	"danvan/internal/civil"
	"danvan/internal/figure"
)

// fastest runs fn a few times and gives the shortest time in milliseconds: what else runs on the machine only adds
// to it. The first run warms up and does not count.
func fastest(fn func() error) (float64, error) {
	if err := fn(); err != nil {
		return 0, err
	}
	var times []float64
	started := time.Now()
	for len(times) < 5 || len(times) < 25 && time.Since(started) < 1500*time.Millisecond {
		begin := time.Now()
		if err := fn(); err != nil {
			return 0, err
		}
		times = append(times, float64(time.Since(begin).Microseconds())/1000)
	}
	return slices.Min(times), nil
}

// benchWindow is a period of the measurement, with its days for the yardstick.
type benchWindow struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// officialYear runs 15 December to 14 December (Thông tư 01/2024/TT-TTCP); officialMonths are its twelve months.
func officialYear() civil.Period {
	return civil.Period{From: civil.NewDate(benchTo-1, 12, 15), To: civil.NewDate(benchTo, 12, 14)}
}

func officialMonths() []civil.Period {
	var out []civil.Period
	for from := civil.NewDate(benchTo-1, 12, 15); from < civil.NewDate(benchTo, 12, 1); from = from.AddMonths(1) {
		out = append(out, civil.Period{From: from, To: from.AddMonths(1).AddDays(-1)})
	}
	return out
}

func tenYears() civil.Period {
	return civil.Period{From: civil.NewDate(benchFrom, 1, 1), To: civil.NewDate(benchTo, 12, 31)}
}

// questions ask all 60 indicators in each period.
func (w *benchWorld) questions(periods ...civil.Period) []figure.Query {
	var qs []figure.Query
	for _, p := range periods {
		for _, ind := range w.cat.Latest().Indicators {
			qs = append(qs, figure.Query{Indicator: ind.Code, Unit: benchUnit, Period: p})
		}
	}
	return qs
}

// benchReads are the times of the questions, in milliseconds.
type benchReads struct {
	TenYears       float64 `json:"ten_years_ms"`
	OfficialYear   float64 `json:"official_year_ms"`
	OfficialMonths float64 `json:"official_months_ms"`
	ByMonth        float64 `json:"by_month_ms"`
	OneFigure      float64 `json:"one_figure_ms"`
	CacheBytes     int64   `json:"cache_bytes,omitempty"`
}

// reads measures the questions; all is false for the first only.
func (w *benchWorld) reads(e *figure.Engine, all bool) (benchReads, error) {
	var r benchReads
	many := func(into *float64, qs []figure.Query) error {
		ms, err := fastest(func() error {
			figures, err := e.Many(w.ctx, qs)
			if err == nil && (len(figures) != len(qs) || figures[0].Val == nil) {
				return fmt.Errorf("the measurement found no figures")
			}
			return err
		})
		*into = ms
		return err
	}
	if err := many(&r.TenYears, w.questions(tenYears())); err != nil {
		return r, err
	}
	if !all {
		return r, nil
	}
	if err := many(&r.OfficialYear, w.questions(officialYear())); err != nil {
		return r, err
	}
	if err := many(&r.OfficialMonths, w.questions(officialMonths()...)); err != nil {
		return r, err
	}
	if err := many(&r.OneFigure, w.questions(tenYears())[:1]); err != nil {
		return r, err
	}
	var err error
	r.ByMonth, err = fastest(func() error {
		b, err := e.Breakdown(w.ctx, w.questions(tenYears())[0], "month")
		if err == nil && len(b.Rows) != 120 {
			return fmt.Errorf("by month: %d rows", len(b.Rows))
		}
		return err
	})
	if e.Cache != nil {
		r.CacheBytes = e.Cache.Bytes()
	}
	return r, err
}
