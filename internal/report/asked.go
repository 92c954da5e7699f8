package report

import (
	"strings"

	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// Query is the question behind a printed figure as the engine takes it, and
// false where one question cannot say it: a row of a breakdown by unit that is
// not a unit's whole.
func (r *Report) Query(e Evidence) (figure.Query, bool) {
	q, err := r.whole(e)
	if err != nil {
		return q, false
	}
	label, byLabel := strings.CutPrefix(e.By, "label:")
	switch {
	case e.By == "":
	case byLabel:
		q.Label, q.LabelValue = label, e.Row
	case e.By == "unit":
		return q, false
	default:
		p, err := civil.ParsePeriod(e.Row)
		if err != nil {
			return q, false
		}
		if q.CutOff == 0 {
			q.CutOff = q.Period.To
		}
		q.Period = spanOf(max(q.Period.From, p.From), min(q.Period.To, p.To))
	}
	return q, true
}

// whole is the question of which a printed row is a part.
func (r *Report) whole(e Evidence) (figure.Query, error) {
	q := figure.Query{Indicator: e.Indicator, Unit: e.Unit, Status: figure.Status(r.Status)}
	var err error
	if q.Basis, err = org.ParseBasis(r.Basis); err != nil {
		return q, err
	}
	from, err := civil.ParseDate(e.From)
	if err != nil {
		return q, err
	}
	to, err := civil.ParseDate(e.To)
	if err != nil {
		return q, err
	}
	q.Period = spanOf(from, to)
	if e.CutOff != "" {
		if q.CutOff, err = civil.ParseDate(e.CutOff); err != nil {
			return q, err
		}
	}
	return q, nil
}

// before is the same question about the year before.
func before(q figure.Query) figure.Query {
	q.Period = spanOf(q.Period.From.AddYears(-1), yearBefore(q.Period.To))
	if q.CutOff != 0 {
		q.CutOff = yearBefore(q.CutOff)
	}
	return q
}

func spanOf(from, to civil.Date) civil.Period {
	return civil.Period{From: from, To: to, Name: civil.NamePeriod(from, to)}
}
