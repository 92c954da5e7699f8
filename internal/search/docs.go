package search

import (
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
	"danvan/internal/report"
)

// Sort is one of the sorts of things that are found.
type Sort string

// The sorts, in the order of the page.
const (
	Entries   Sort = "ghi-nhan"
	Units     Sort = "don-vi"
	Catalogue Sort = "danh-muc"
	Reports   Sort = "bao-cao"
)

// Sorts are all sorts.
func Sorts() []Sort { return []Sort{Units, Catalogue, Entries, Reports} }

// Thing is what a hit that is no entry leads to.
type Thing struct {
	What    string // unit, kind, indicator, duty, report
	Code    string // of the catalogue or report
	Unit    org.UnitID
	Name    string
	Note    string // the other name, the article, the code
	Edition string // of what only an older edition has
}

// doc is one text that leads to a thing. A unit has one for each name that it ever bore.
type doc struct {
	sort  Sort
	thing Thing
	text  uint32
	below uint8 // among equals: today's units before those that ended
}

type docs struct {
	texts *texts
	list  []doc
}

func (x *Index) readDocs(tree *org.Tree) (*docs, error) {
	d := &docs{texts: newTexts()}
	for _, u := range tree.Units() {
		d.addUnit(tree, u)
	}
	editions := []*catalog.Edition{x.Catalog.Latest()}
	if x.wide {
		editions = x.Catalog.Editions()
		slices.Reverse(editions) // the newest words first
	}
	had := map[string]bool{}
	for i, ed := range editions {
		d.addEdition(ed, i > 0, had)
	}
	for i, ed := range editions {
		if err := d.addReports(ed, i > 0, had); err != nil {
			return nil, err
		}
	}
	d.texts.order()
	return d, nil
}

func (d *docs) add(sort Sort, below uint8, t Thing, title string, rest ...string) {
	d.list = append(d.list, doc{sort, t, d.texts.add(title, rest...), below})
}

// addUnit adds a unit under every name that it ever bore.
func (d *docs) addUnit(tree *org.Tree, u *org.Unit) {
	last := u.Spans[len(u.Spans)-1]
	var had []string
	for i := len(u.Spans) - 1; i >= 0; i-- {
		sp := u.Spans[i]
		if slices.Contains(had, sp.Name) {
			continue
		}
		had = append(had, sp.Name)
		t := Thing{What: "unit", Code: u.Code, Unit: u.ID, Name: last.Name, Note: u.Code}
		below := levelRank(last.Level)
		if u.Form == org.Body {
			below += 4
		}
		if u.Closed != civil.Forever {
			below += 8
			t.Note += " · đến " + u.Closed.AddDays(-1).Vi()
		}
		if sp.Name != last.Name {
			below++
			t.Note += " · trước là " + sp.Name
		}
		above := ""
		if p := tree.Unit(sp.Parent); p != nil {
			above = p.SpanOn(sp.From).Name
		}
		d.add(Units, below, t, sp.Name, u.Code, above)
	}
}

func levelRank(level string) uint8 {
	switch level {
	case org.Province:
		return 0
	case org.District:
		return 1
	}
	return 2
}

// addEdition adds what an edition declares and no newer one does.
func (d *docs) addEdition(ed *catalog.Edition, past bool, had map[string]bool) {
	note, code, below := "", "", uint8(0)
	if past {
		note, code, below = " · đến hết "+ed.To.Vi(), ed.Code, 4
	}
	first := func(key string) bool {
		is := !had[key]
		had[key] = true
		return is
	}
	for _, ind := range ed.Indicators {
		if first("i:" + ind.Code) {
			ref := strings.Join(ind.Ref, " ")
			d.add(Catalogue, below, Thing{What: "indicator", Code: ind.Code, Name: ind.Name, Note: strings.TrimPrefix(strings.TrimSpace(ref+" · "+ind.Code), "· ") + note, Edition: code}, ind.Name, ref, ind.Code)
		}
	}
	for _, k := range ed.Kinds {
		if first("k:" + k.Code) {
			d.add(Catalogue, below+1, Thing{What: "kind", Code: k.Code, Name: k.Name, Note: k.Cite + note, Edition: code}, k.Name, k.Code)
		}
	}
	for _, u := range ed.Duties {
		if first("d:" + u.Code) {
			d.add(Catalogue, below+2, Thing{What: "duty", Code: u.Code, Name: u.Name, Note: u.Cite + note, Edition: code}, u.Name, u.Cite)
		}
	}
}

func (d *docs) addReports(ed *catalog.Edition, past bool, had map[string]bool) error {
	below := uint8(0)
	if past {
		below = 4
	}
	for _, name := range report.Names(ed) {
		if had["r:"+name] {
			continue
		}
		had["r:"+name] = true
		t, err := report.Load(ed, name)
		if err != nil {
			return err
		}
		d.add(Reports, below, Thing{What: "report", Code: t.Head.Code, Name: t.Head.Name, Note: t.Head.Cite}, t.Head.Name, t.Head.Code, t.Head.Cite, t.Head.Title)
	}
	return nil
}
