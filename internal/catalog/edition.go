package catalog

import (
	"slices"

	"danvan/internal/civil"
)

// Catalog is all editions of the regulation, oldest first. Those of a prepared folder (prepared.go) are read
// when they are first asked for.
type Catalog struct {
	slots []slot
}

type slot struct {
	code, hash string
	from       civil.Date
	edition    func() *Edition
}

// Edition is the whole regulation as in force from a day until the next edition.
type Edition struct {
	Code     string // 2010, 2021, 2025
	Title    string
	Cite     string
	Hash     string // SHA-256 of Bundle, hex
	From, To civil.Date
	Overlays []string // the provinces' own folders that were added

	Kinds        []*Kind
	Series       []*Series
	Indicators   []*Indicator
	Duties       []*Duty
	Lists        []*List
	UnitTypes    []*UnitType
	Regimes      Regimes
	Calendars    []*Calendar
	Procedures   []*Procedure
	Forms        []*Form
	OpenFigures  []*OpenFigure
	PetitionActs []*PetitionAct

	PublicationRules []*PublicationRule
	DecisionRules    []*DecisionRule

	Templates []Template // of the folder; not part of the hash, since no fact follows from them

	stored     bool         // brought back from a bundle
	compile    func() error // compiles rules and series of a stored edition, once; nil where that is done
	bundle     []byte
	kinds      map[string]*Kind
	series     map[string]*Series
	indicators map[string]*Indicator
	duties     map[string]*Duty
	lists      map[string]*List
	unitTypes  map[string]*UnitType
	procedures map[string]*Procedure
	calendars  map[string]*Calendar
	forms      map[string]*Form
}

// Template is a report template as written; package report reads it.
type Template struct {
	Name string // tong-ket-10-nam
	Path string // catalog path, for error messages
	Body []byte
}

// newCatalog lets each edition end on the day before the next.
func newCatalog(editions []*Edition) *Catalog {
	c := &Catalog{}
	for i, e := range editions {
		e.To = civil.Forever
		if i+1 < len(editions) {
			e.To = editions[i+1].From.AddDays(-1)
		}
		c.slots = append(c.slots, slot{e.Code, e.Hash, e.From, func() *Edition { return e }})
	}
	return c
}

// Editions are all editions, oldest first.
func (c *Catalog) Editions() []*Edition {
	list := make([]*Edition, len(c.slots))
	each(len(list), func(i int) { list[i] = c.slots[i].edition() })
	return list
}

// Latest is the newest edition.
func (c *Catalog) Latest() *Edition { return c.slots[len(c.slots)-1].edition() }

// EditionOn is the edition in force on a day; the first one also for days before it.
func (c *Catalog) EditionOn(day civil.Date) *Edition {
	found := c.slots[0]
	for _, s := range c.slots[1:] {
		if s.from <= day {
			found = s
		}
	}
	return found.edition()
}

// Edition returns the edition of that hash or code, nil where there is none.
func (c *Catalog) Edition(ref string) *Edition {
	i := slices.IndexFunc(c.slots, func(s slot) bool { return s.hash == ref || s.code == ref })
	if i < 0 {
		return nil
	}
	return c.slots[i].edition()
}

// Kind returns the kind of that code, nil where there is none.
func (e *Edition) Kind(code string) *Kind { return e.kinds[code] }

// SeriesByCode returns the series of that code, nil where there is none.
func (e *Edition) SeriesByCode(code string) *Series { return e.series[code] }

// Indicator returns the indicator of that code or ref; nil where there is none or, for a ref, where several
// indicators share it (F29): then IndicatorsByRef has them all.
func (e *Edition) Indicator(ref string) *Indicator {
	if i := e.indicators[ref]; i != nil {
		return i
	}
	if found := e.IndicatorsByRef(ref); len(found) == 1 {
		return found[0]
	}
	return nil
}

// IndicatorsByRef are the indicators that carry a ref such as F29.
func (e *Edition) IndicatorsByRef(ref string) []*Indicator {
	var found []*Indicator
	for _, i := range e.Indicators {
		for _, r := range i.Ref {
			if r == ref {
				found = append(found, i)
			}
		}
	}
	return found
}

// Duty returns the duty of that code, nil where there is none.
func (e *Edition) Duty(code string) *Duty { return e.duties[code] }

// List returns the list of that code, nil where there is none.
func (e *Edition) List(code string) *List { return e.lists[code] }

// UnitType returns the unit type of that code, nil where there is none.
func (e *Edition) UnitType(code string) *UnitType { return e.unitTypes[code] }

// Procedure returns the procedure of that code, nil where there is none.
func (e *Edition) Procedure(code string) *Procedure { return e.procedures[code] }

// Calendar returns the calendar of that code, nil where there is none.
func (e *Edition) Calendar(code string) *Calendar { return e.calendars[code] }

// Template returns the template of that name, ok false where there is none.
func (e *Edition) Template(name string) (Template, bool) {
	for _, t := range e.Templates {
		if t.Name == name {
			return t, true
		}
	}
	return Template{}, false
}

// Bundle is the canonical text of everything in the edition, from which Hash is made.
func (e *Edition) Bundle() []byte { return e.bundle }
