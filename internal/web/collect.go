package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/org"
	"danvan/internal/report"
)

// collectRoutes are the pages of who gathers the reports of the units below: the grid, reading and judging one, the texts
// side by side, what has changed since printing, the controls before filing.
func (s *server) collectRoutes() []route {
	return []route{
		{"GET /ky-bao-cao/cap-duoi", access.ReadWork, onScope, s.collectPage},
		{"GET /ky-bao-cao/cap-duoi/tep", access.ReadWork, onScope, s.collectFile},
		{"POST /ky-bao-cao/cap-duoi", access.ConfirmWork, onScope, s.collectAccept},
		{"GET /ky-bao-cao/cap-duoi/loi", access.ReadWork, onScope, s.wordsPage},
		{"POST /ky-bao-cao/cap-duoi/loi", access.RecordWork, onScope, s.wordsQuote},
		{"GET /ky-bao-cao/cap-duoi/tong-hop", access.RecordWork, onScope, s.gatherPage},
		{"POST /ky-bao-cao/cap-duoi/tong-hop", access.RecordWork, onScope, s.gatherSave},
		{"GET /ky-bao-cao/{id}/xem-xet", access.ReadWork, onFiling, s.judgePage},
		{"POST /ky-bao-cao/{id}/nhan", access.ConfirmWork, onSuperior, s.judgeAccept},
		{"POST /ky-bao-cao/{id}/tra-lai", access.ConfirmWork, onSuperior, s.judgeReturn},
		{"GET /ky-bao-cao/{id}/doi-chieu", access.ReadWork, onFiling, s.pairPage},
		{"GET /ky-bao-cao/{id}/doi-chieu/tep", access.ReadWork, onFiling, s.pairFile},
		{"GET /ky-bao-cao/{id}/khac", access.ReadWork, onFiling, s.differencePage},
		{"GET /ky-bao-cao/{id}/khac/tep", access.ReadWork, onFiling, s.differenceFile},
		{"GET /ky-bao-cao/{id}/kiem", access.ReadWork, onFiling, s.checkPage},
		{"POST /ky-bao-cao/{id}/kiem", access.RecordWork, onFiling, s.checkExplain},
	}
}

// onFiling is the body that answers for the filing in the path.
func onFiling(s *server, r *http.Request) (org.UnitID, error) {
	f, err := s.filingOf(r)
	if err != nil {
		return 0, err
	}
	return f.Body, nil
}

// onSuperior is the unit over the one that the filing in the path is about: nobody accepts or returns his own report.
func onSuperior(s *server, r *http.Request) (org.UnitID, error) {
	f, err := s.filingOf(r)
	if err != nil {
		return 0, err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return 0, err
	}
	return superior(tree, f), nil
}

// superior is the territory that a filing goes up to: the parent of its unit at the end of the period.
func superior(tree *org.Tree, f *filing.Filing) org.UnitID {
	if u := tree.Unit(f.Unit); u != nil {
		return u.SpanOn(filedNameDay(tree, f)).Parent
	}
	return 0
}

// filedNameDay is the day on which the unit of a filing is called by its name: the period's end, while it lives.
func filedNameDay(tree *org.Tree, f *filing.Filing) civil.Date {
	u := tree.Unit(f.Unit)
	if u == nil {
		return f.Period.To
	}
	day := f.Period.To
	if day >= u.Closed {
		day = u.Closed.AddDays(-1)
	}
	return max(day, u.Opened)
}

func (s *server) filingOf(r *http.Request) (*filing.Filing, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	return filing.Get(r.Context(), s.DB.Read(), id)
}

// filed is a filing with what its pages show of it.
type filed struct {
	*filing.Filing
	UnitName string
	Versions []filing.Version
	tree     *org.Tree
}

func (s *server) filed(ctx context.Context, f *filing.Filing) (filed, error) {
	out := filed{Filing: f}
	var err error
	if out.tree, err = s.Tree(ctx); err != nil {
		return out, err
	}
	out.UnitName = out.tree.NameOn(f.Unit, filedNameDay(out.tree, f))
	out.Versions, err = filing.Versions(ctx, s.DB.Read(), f.ID)
	return out, err
}

// printed are the versions that have a printed report, newest first.
func (f filed) printed() []filing.Version {
	var out []filing.Version
	for _, v := range slices.Backward(f.Versions) {
		if v.HasContent {
			out = append(out, v)
		}
	}
	return out
}

// remark is the newest remark with which the report was returned, empty where it has been filed again since.
func (f filed) remark() (filing.Version, bool) {
	for _, v := range slices.Backward(f.Versions) {
		switch v.Act {
		case filing.ActReturn:
			return v, f.State == filing.Returned
		case filing.ActFile, filing.ActNil:
			return v, false
		}
	}
	return filing.Version{}, false
}

// link is the address of a page of the filing.
func (f filed) link(page string) string {
	out := "/ky-bao-cao/" + itoa(f.ID)
	if page != "" {
		out += "/" + page
	}
	return out
}

// title names the report: "Báo cáo tháng về công tác dân vận, tháng 10 năm 2026".
func (f filed) title() string { return f.Name + ", " + f.Period.Name }

// scopeOf is the scope in which the figures of a filing are asked.
func (s *server) scopeOf(f *filing.Filing, tree *org.Tree) (*scope, error) {
	basis, err := org.ParseBasis(f.Basis)
	if err != nil {
		return nil, err
	}
	u := tree.Unit(f.Unit)
	if u == nil {
		return nil, fault.New(fault.NotFound, "Đơn vị của kỳ báo cáo này không còn trong cây đơn vị. Hãy mở từ danh sách kỳ báo cáo.")
	}
	sc := &scope{Action: "/bao-cao/" + f.Template, tree: tree, Today: s.Today(), Basis: basis, Unit: u, Period: f.Period}
	sc.regimes = s.Catalog.EditionOn(f.Period.To).Regimes
	sc.UnitRef = unitRef(tree, u, f.Period.To)
	sc.UnitName = tree.NameOn(u.ID, sc.nameDay())
	return sc, nil
}

// printedReports keeps printed reports as they were read: what was printed never changes.
type printedReports struct {
	mu   sync.Mutex
	done map[printedKey]*report.Report
	gist map[printedKey]*gist
}

type printedKey struct {
	filing  int64
	version int
	sight   string // of the reader, where it says what was taken out of it for him
}

// mostPrinted is how many printed reports are kept in memory.
const mostPrinted = 60

// printingOf is the report of a version as it was printed. It knows the acts up to its Leaf; an older one that does
// not say so knows those before its own.
func (s *server) printingOf(ctx context.Context, q db.Querier, id int64, v filing.Version) (*report.Report, error) {
	key := printedKey{filing: id, version: v.Number}
	s.printed.mu.Lock()
	rep := s.printed.done[key]
	s.printed.mu.Unlock()
	if rep != nil {
		return s.shownTo(ctx, rep)
	}
	rep, err := s.decodePrinted(ctx, q, id, v.Number)
	if err != nil {
		return nil, err
	}
	if rep.Leaf == 0 {
		rep.Leaf = v.Leaf
	}
	s.printed.mu.Lock()
	defer s.printed.mu.Unlock()
	if s.printed.done == nil || len(s.printed.done) >= mostPrinted {
		s.printed.done = map[printedKey]*report.Report{}
	}
	s.printed.done[key] = rep
	return s.shownTo(ctx, rep)
}

// actDay is the day of an act at the office.
func actDay(v filing.Version) string { return civil.FromTime(v.At.In(vietnam)).Vi() }

func (s *server) decodePrinted(ctx context.Context, q db.Querier, id int64, version int) (*report.Report, error) {
	content, err := filing.Content(ctx, q, id, version)
	if err != nil {
		return nil, err
	}
	rep := new(report.Report)
	if err := json.Unmarshal(content, rep); err != nil {
		return nil, fmt.Errorf("read the printed report of filing %d version %d: %w", id, version, err)
	}
	return rep, nil
}
