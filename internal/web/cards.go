package web

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// cardAsk is an indicator that a card is to show: of a unit, or of a part of it.
type cardAsk struct {
	ID        int64 // on the own board
	Indicator string
	UnitRef   string
	Label     string // of a part: the label and its value
	Value     string
}

// deskCard is one key figure: its value, how it went over the last periods, and against the year before.
type deskCard struct {
	cardAsk
	Name, UnitName, Part string
	Href                 string
	Text, Measure        string
	Estimated            bool
	Line, Area           string // of the spark, as paths in a field of 100 × 30
	Points               []cardPoint
	Change               string // +8,2%: against the same days of the year before
	Refused              string // why there is no figure
}

type cardPoint struct {
	Name, Text string
	val        *big.Rat
}

// cards answers the asks for the period and boundaries of the page. One that cannot be answered says why.
func (s *server) cards(ctx context.Context, sc *scope, asks []cardAsk) ([]deskCard, error) {
	periods := sparkPeriods(sc)
	var queries []figure.Query
	for _, a := range asks {
		for _, p := range append([]civil.Period{sc.Period}, periods...) {
			queries = append(queries, a.query(sc, p))
		}
	}
	figures, refused, err := s.Figures.Each(ctx, queries)
	if err != nil {
		return nil, err
	}
	step := 1 + len(periods)
	out := make([]deskCard, 0, len(asks))
	for i, a := range asks {
		c := deskCard{cardAsk: a, Href: "/so-lieu/" + a.Indicator + sc.query("don-vi", a.UnitRef)}
		at := i * step
		if err := refused[at]; err != nil {
			if fault.KindOf(err) == fault.Internal {
				return nil, err
			}
			c.Refused = fault.Say(err)
			c.Name = s.indicatorName(sc.Period.To, a.Indicator)
		} else {
			c.fill(figures[at])
		}
		for j, p := range periods {
			if f := figures[at+1+j]; refused[at+1+j] == nil && f != nil {
				c.Points = append(c.Points, cardPoint{shortPeriod(p), valueText(f.Measure, f.Val, f.Display), f.Val})
			}
		}
		c.draw()
		if c.Refused == "" {
			if err := s.compareCard(ctx, sc, &c); err != nil {
				return nil, err
			}
		}
		if a.Label != "" {
			c.Part = s.partName(sc.Period.To, a)
		}
		out = append(out, c)
	}
	return out, nil
}

func (a cardAsk) query(sc *scope, p civil.Period) figure.Query {
	return figure.Query{Indicator: a.Indicator, Unit: a.UnitRef, Period: p, Basis: sc.Basis, Status: sc.Status, Label: a.Label, LabelValue: a.Value}
}

func (c *deskCard) fill(f *figure.Figure) {
	c.Name, c.UnitName, c.Estimated = f.Name, f.UnitName, f.Estimated
	c.Text, c.Measure = valueText(f.Measure, f.Val, f.Display), measureOf(f.Measure)
}

// compareCard sets the card against the same days of the year before; a period that runs is compared up to today.
func (s *server) compareCard(ctx context.Context, sc *scope, c *deskCard) error {
	p := sc.Period
	if p.To >= p.From.AddYears(1) || p.From > sc.Today {
		return nil
	}
	if p.To > sc.Today {
		p = civil.Period{From: p.From, To: sc.Today}
	}
	than, err := s.Figures.Compare(ctx, c.query(sc, p))
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return nil
	}
	if than.Change == nil {
		return nil
	}
	change, ok := ratOf(*than.Change)
	if !ok {
		return nil
	}
	switch {
	case change.Sign() == 0:
		c.Change = "bằng"
	case percentSign(than.Now.Measure) != "":
		c.Change = signed(*than.Change) + " điểm"
	case than.Percent != nil:
		c.Change = percentText(*than.Percent)
	default:
		c.Change = signed(*than.Change)
	}
	return nil
}

// percentText is a change in percent with one decimal, whole where it is large.
func percentText(s string) string {
	r, ok := ratOf(s)
	if !ok {
		return s
	}
	decimals := 1
	if r.Cmp(big.NewRat(100, 1)) >= 0 {
		decimals = 0
	}
	sign := "+"
	if r.Sign() < 0 {
		sign, r = "−", new(big.Rat).Neg(r)
	}
	return sign + civil.FormatTrim(new(big.Rat).Set(r), decimals) + "%"
}

// sparkPeriods are the periods of a spark: the years of a run of years, else the last ones of the page's kind, oldest
// first, the page's own at the end.
func sparkPeriods(sc *scope) []civil.Period {
	p := sc.Period
	if p.To >= p.From.AddYears(1) {
		var out []civil.Period
		for y := max(p.From.Year(), p.To.Year()-14); y <= p.To.Year(); y++ {
			year, err := civil.Between(max(p.From, civil.NewDate(y, 1, 1)), min(p.To, civil.NewDate(y, 12, 31)))
			if err == nil {
				out = append(out, year)
			}
		}
		return out
	}
	n := 8
	if wholeMonths(p.From, p.To) == 1 {
		n = 12
	}
	out := []civil.Period{p}
	for at := p; len(out) < n; {
		before, ok := shiftPeriod(sc.regimes, at, -1)
		if !ok || before.From < firstRecords {
			break
		}
		out, at = append(out, before), before
	}
	slices.Reverse(out)
	return out
}

// firstRecords is the first day of the time that the system looks back on.
const firstRecords civil.Date = 20100101

// draw makes the spark of the points, from the first that is known: a gap where nothing was reported.
func (c *deskCard) draw() {
	c.Points = c.Points[max(0, slices.IndexFunc(c.Points, func(p cardPoint) bool { return p.val != nil })):]
	var most *big.Rat
	known := 0
	for _, p := range c.Points {
		if p.val == nil {
			continue
		}
		known++
		if most == nil || p.val.Cmp(most) > 0 {
			most = p.val
		}
	}
	if known < 2 || most.Sign() <= 0 {
		return
	}
	var line, area strings.Builder
	pen, start := "M", 0.0
	last := 0.0
	closeArea := func() {
		if area.Len() > 0 && pen == "L" {
			fmt.Fprintf(&area, "L%.1f 30L%.1f 30Z", last, start)
		}
	}
	for i, p := range c.Points {
		x := 100 * float64(i) / float64(len(c.Points)-1)
		if p.val == nil {
			closeArea()
			pen = "M"
			continue
		}
		share, _ := new(big.Rat).Quo(p.val, most).Float64()
		y := 28 - 26*max(share, 0)
		fmt.Fprintf(&line, "%s%.1f %.1f", pen, x, y)
		fmt.Fprintf(&area, "%s%.1f %.1f", pen, x, y)
		if pen == "M" {
			start = x
		}
		pen, last = "L", x
	}
	closeArea()
	c.Line, c.Area = line.String(), area.String()
}

func (s *server) indicatorName(day civil.Date, code string) string {
	if ind := s.Catalog.EditionOn(day).Indicator(code); ind != nil {
		return ind.Name
	}
	if ind := s.Catalog.Latest().Indicator(code); ind != nil {
		return ind.Name
	}
	return code
}

// partName says in words to which part a card is restricted.
func (s *server) partName(day civil.Date, a cardAsk) string {
	ed := s.Catalog.EditionOn(day)
	ind := ed.Indicator(a.Indicator)
	if ind == nil {
		return a.Value
	}
	for _, code := range seriesOf(ind.Formula()) {
		series := ed.SeriesByCode(code)
		if series != nil && series.Labels[a.Label] != "" {
			return labelName(ed, series, a.Label) + ": " + lowerFirst(labelValue(ed, series, a.Label, a.Value))
		}
	}
	return a.Value
}

// usualFigures are what the first page shows to whoever has no board of the own, by how much they say about the work of
// most bodies; those without records in the period give way to the next.
var usualFigures = []string{
	"outreach.attendances", "petition.settled_rate", "training.conference_attendances", "contribution.workdays",
	"directives.issued", "petition.received", "outreach.sessions", "inspection.units_inspected", "media.items",
	"contribution.money", "contribution.land", "council.resolutions",
}

// deskFigures are what the reception desk sees first.
var deskFigures = []string{"petition.received", "petition.accepted", "petition.settled", "petition.settled_rate"}

// mostKPIs is how many key figures the first page shows: more is a board.
const mostKPIs = 5

// usual are the cards for whoever has no board.
func (s *server) usual(ctx context.Context, sc *scope, desk bool) ([]deskCard, error) {
	codes := usualFigures
	if desk {
		codes = append(slices.Clone(deskFigures), slices.DeleteFunc(slices.Clone(usualFigures), func(c string) bool { return slices.Contains(deskFigures, c) })...)
	}
	ed := s.Catalog.EditionOn(sc.Period.To)
	var queries []figure.Query
	var asks []cardAsk
	for _, code := range codes {
		if ed.Indicator(code) == nil {
			continue
		}
		a := cardAsk{Indicator: code, UnitRef: sc.UnitRef}
		asks = append(asks, a)
		queries = append(queries, a.query(sc, sc.Period))
	}
	figures, refused, err := s.Figures.Each(ctx, queries)
	if err != nil {
		return nil, err
	}
	var kept []cardAsk
	for i, a := range asks {
		if refused[i] == nil && figures[i].Val != nil && figures[i].Entries > 0 && len(kept) < mostKPIs {
			kept = append(kept, a)
		}
	}
	return s.cards(ctx, sc, kept)
}

// cardPeriods are the names of the periods that any of the cards has a point for, in the order of the sparks.
func cardPeriods(cards []deskCard) []string {
	var out []string
	for _, c := range cards {
		for _, p := range c.Points {
			if !slices.Contains(out, p.Name) {
				out = append(out, p.Name)
			}
		}
	}
	return out
}

func (c deskCard) pointText(period string) string {
	for _, p := range c.Points {
		if p.Name == period {
			return p.Text
		}
	}
	return "–"
}

// labelOptions are the parts into which an indicator can be split for a card, as label=value.
func labelOptions(ed *catalog.Edition, ind *catalog.Indicator) []option {
	var out []option
	for _, code := range seriesOf(ind.Formula()) {
		series := ed.SeriesByCode(code)
		if series == nil {
			continue
		}
		for _, label := range series.LabelNames() {
			f := labelField(ed, series, label)
			if f == nil {
				continue
			}
			for _, o := range f.Choices() {
				out = append(out, option{Value: label + "=" + o.Code, Name: f.Name + ": " + o.Name})
			}
		}
		break
	}
	slices.SortStableFunc(out, func(a, b option) int {
		return cmp.Compare(a.Value[:strings.IndexByte(a.Value, '=')], b.Value[:strings.IndexByte(b.Value, '=')])
	})
	return out
}

// unitOf resolves the unit of a card, the page's where it names none.
func (sc *scope) unitOf(id org.UnitID) (ref string, ok bool) {
	if id == 0 {
		return sc.UnitRef, true
	}
	u := sc.tree.Unit(id)
	if u == nil {
		return "", false
	}
	return unitRef(sc.tree, u, sc.Period.To), true
}
