package web

import (
	"net/http"
	"reflect"
	"runtime"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Row is a row of the permission matrix as tests see it.
type Row struct {
	Pattern string
	Right   access.Right
	Subject string // name of the function that finds the unit, "" for any unit
}

// Rows are all rows.
func Rows() []Row {
	var out []Row
	for _, r := range (&server{}).routes() {
		out = append(out, Row{r.Pattern, r.Right, subjectName(r.On)})
	}
	return out
}

func subjectName(on subject) string {
	if on == nil {
		return ""
	}
	name := runtime.FuncForPC(reflect.ValueOf(on).Pointer()).Name()
	return name[strings.LastIndex(name, ".")+1:]
}

// NewWrong is New with one row's right replaced, to see that the matrix notices.
func NewWrong(d Deps, pattern string, right access.Right) (http.Handler, error) {
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	s := &server{Deps: d, assets: a, built: newReports()}
	rows := s.routes()
	for i := range rows {
		if rows[i].Pattern == pattern {
			rows[i].Right = right
		}
	}
	return s.handler(rows), nil
}

// PreviewQuestions are the figures that a form asks about before it is saved.
func PreviewQuestions(c *catalog.Catalog, tree *org.Tree, fo *ledger.Foreseen) ([]figure.Query, []figure.Added) {
	s := &server{Deps: Deps{Catalog: c}}
	sums := netted(fo.Sums)
	var lead []ledger.Sum
	for _, x := range sums {
		if x.Role == ledger.Lead {
			lead = append(lead, x)
		}
	}
	return s.askedOf(tree, lead), addedOf(fo.Entry, sums)
}
