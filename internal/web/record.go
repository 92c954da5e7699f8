package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// recordRoutes are the pages of recording, amending and voiding entries. Whether the right over work or over letters
// is needed depends on the kind, and is asked again for the very unit when something is saved.
func (s *server) recordRoutes() []route {
	return []route{
		{"GET /ghi-nhan/moi", access.RecordAny, nil, s.recordKinds},
		{"GET /ghi-nhan/moi/{kind}", access.RecordAny, nil, s.recordNew},
		{"POST /ghi-nhan/moi/{kind}", access.RecordAny, nil, s.recordPost},
		{"POST /ghi-nhan/xem-truoc", access.RecordAny, nil, s.recordPreview},
		{"GET /ghi-nhan/goi-y-viec", access.RecordAny, nil, s.carrySuggestions},
		{"POST /ghi-nhan/tep", access.RecordAny, nil, s.attachOne},
		{"GET /ghi-nhan/{id}/sua", access.RecordAny, onEntry, s.amendOpen},
		{"POST /ghi-nhan/{id}/sua", access.RecordAny, onEntry, s.amendPost},
		{"GET /ghi-nhan/{id}/huy", access.RecordAny, onEntry, s.voidOpen},
		{"POST /ghi-nhan/{id}/huy", access.RecordAny, onEntry, s.voidPost},
		{"GET /ghi-nhan/{id}/tep/{n}", access.ReadWork, onEntry, s.attachment},
		{"GET /ghi-nhan/{id}/tep/{n}/anh", access.ReadWork, onEntry, s.attachmentPicture},
	}
}

// recordRight is the right that recording a kind takes.
func recordRight(k *catalog.Kind) access.Right {
	if guarded(k) {
		return access.RecordLetters
	}
	return access.RecordWork
}

// kindsView is the page on which a kind is chosen.
type kindsView struct {
	Day     civil.Date
	Search  string
	Latest  []*catalog.Kind // what the viewer's bodies recorded last
	Systems []kindGroup
	Count   int
	Query   string // carried along to the form
	Carries string // the entry that the work carries out, as #123

	CarriesID   int64
	CarriesUnit string // body that the work is to be recorded for
	CarriesName string // its title, for who may read it
}

type kindGroup struct {
	Number int
	Name   string
	Kinds  []*catalog.Kind
}

// carriedName is the title of the entry that work is to carry out, its number for who may not read it.
func (s *server) carriedName(ctx context.Context, tree *org.Tree, id int64) (string, error) {
	h, err := s.Ledger.Referred(ctx, s.DB.Read(), "#"+itoa(id))
	if err != nil {
		return "", err
	}
	if h == nil || !s.mayReadHead(viewer(ctx), tree, *h) {
		return "ghi nhận #" + itoa(id), nil
	}
	return s.headTitle(*h), nil
}

func (s *server) recordKinds(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v := kindsView{Day: s.Today(), Search: strings.TrimSpace(q.Get("tim"))}
	if text := strings.TrimSpace(q.Get("ngay")); text != "" {
		if v.Day, err = civil.ParseDate(text); err != nil {
			return fault.Wrap(err, fault.Invalid, "Ngày chưa đúng: "+err.Error()+".")
		}
		v.Query = "?ngay=" + v.Day.String()
	}
	if id, ok := entryNumber(q.Get(carriesField)); ok { // the work to be recorded carries this entry out
		if v.CarriesName, err = s.carriedName(r.Context(), tree, id); err != nil {
			return err
		}
		v.Carries, v.CarriesID, v.CarriesUnit = "#"+itoa(id), id, q.Get(bodyField)
		v.Query = "?" + url.Values{"ngay": {v.Day.String()}, carriesField: {itoa(id)}, bodyField: {q.Get(bodyField)}}.Encode()
	}
	ed := s.Catalog.EditionOn(v.Day)
	may := kindsFor(tree, viewer(r.Context()), ed, v.Day)
	words := strings.Fields(civil.Fold(v.Search))
	for n, name := range systemNames {
		group := kindGroup{Number: n, Name: name}
		for _, k := range ed.Kinds {
			if k.System == n && may[k.Code] && hasAll(civil.Fold(k.Name+" "+name+" "+k.Code), words) {
				group.Kinds = append(group.Kinds, k)
			}
		}
		if len(group.Kinds) > 0 {
			v.Systems, v.Count = append(v.Systems, group), v.Count+len(group.Kinds)
		}
	}
	if v.Search == "" {
		if v.Latest, err = s.latestKinds(r.Context(), tree, ed, may, v.Day); err != nil {
			return err
		}
	}
	p := page{Title: "Ghi nhận việc: chọn loại việc", Section: "ghi-moi", Scripts: []string{"record.js"}}
	return s.render(w, r, http.StatusOK, p, recordKindsPage(v))
}

// kindsFor are the kinds that some body of the viewer may record on a day.
func kindsFor(tree *org.Tree, v *access.Viewer, ed *catalog.Edition, day civil.Date) map[string]bool {
	work := classesOf(tree, v.Units(access.RecordWork), day)
	letters := classesOf(tree, v.Units(access.RecordLetters), day)
	out := map[string]bool{}
	for _, k := range ed.Kinds {
		units := work
		if guarded(k) {
			units = letters
		}
		out[k.Code] = slices.ContainsFunc(units, func(u *org.Unit) bool { return ledger.MayRecord(tree, k, u, day) })
	}
	return out
}

// classesOf picks one unit of each class among units, since a class decides which kinds are recorded.
func classesOf(tree *org.Tree, units map[org.UnitID]bool, day civil.Date) []*org.Unit {
	seen := map[string]bool{}
	var out []*org.Unit
	for id := range units {
		u := tree.Unit(id)
		if u == nil || !u.Open(day) || u.NoData {
			continue
		}
		if class := u.Form + u.SpanOn(day).Class(); !seen[class] {
			seen[class] = true
			out = append(out, u)
		}
	}
	return out
}

// latestShown is how many kinds stand above the list; homesAsked bounds how many bodies are asked for them.
const latestShown, homesAsked = 8, 40

// latestKinds are the kinds that the viewer's own bodies recorded last.
func (s *server) latestKinds(ctx context.Context, tree *org.Tree, ed *catalog.Edition, may map[string]bool, day civil.Date) ([]*catalog.Kind, error) {
	var homes []org.UnitID
	for _, id := range viewer(ctx).Homes() {
		homes = append(homes, id)
		homes = append(homes, tree.Children(id, day, org.Body)...)
	}
	seen := map[string]bool{}
	var out []*catalog.Kind
	for _, id := range homes[:min(len(homes), homesAsked)] {
		codes, err := s.Ledger.LatestKinds(ctx, s.DB.Read(), id, 30)
		if err != nil {
			return nil, err
		}
		for _, code := range codes[:min(len(codes), latestShown)] {
			if k := ed.Kind(code); k != nil && may[code] && !seen[code] {
				seen[code] = true
				out = append(out, k)
			}
		}
	}
	return out[:min(len(out), latestShown)], nil
}
