package web

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// The first start of an empty installation: one page with three steps (administrator, units, catalogue), open only to
// who reads the code on the program's console. Every other address leads there until it is done; then it is shut for
// ever, and what it left in the database says so.

// Start is a first start that is to be done.
type Start struct {
	Code string // printed on the console: 26 letters, 130 bits
	Data fs.FS  // the lists of units that the program carries

	mu   sync.Mutex
	done bool
	load unitLoad
}

// unitLoad is the loading of units in the background.
type unitLoad struct {
	busy  bool
	name  string
	began time.Time
	err   error
}

// The meta keys of a first start: the account of the administrator while it lasts, and when it was done.
const (
	startAccountKey = "start_account"
	startDoneKey    = "start_done"
)

// NeedsStart reports whether nobody runs the installation yet: it was never started up, and no account that is not
// the demo's has the administrator's post.
func NeedsStart(ctx context.Context, q db.Querier, today civil.Date) (bool, error) {
	done, err := db.Meta(ctx, q, startDoneKey)
	if err != nil || done != "" {
		return false, err
	}
	all, err := access.OfUnits(ctx, q)
	if err != nil {
		return false, err
	}
	for _, g := range all {
		if g.Role == access.Administrator && g.To > today {
			return false, nil
		}
	}
	return true, nil
}

func (s *server) startRoutes() []route {
	return []route{
		{"GET /bat-dau", access.Public, nil, s.startPage},
		{"POST /bat-dau/ma", access.Public, nil, s.startCode},
		{"POST /bat-dau/quan-tri", access.Public, nil, s.startAdministrator},
		{"POST /bat-dau/don-vi", access.Public, nil, s.startUnits},
		{"POST /bat-dau/xong", access.Public, nil, s.startDone},
	}
}

// starting reports whether the first start is still to be done.
func (s *server) starting() bool {
	if s.Start == nil {
		return false
	}
	s.Start.mu.Lock()
	defer s.Start.mu.Unlock()
	return !s.Start.done
}

// first leads every address to the first start until it is done.
func (s *server) first(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.Path
		if s.starting() && p != "/bat-dau" && !strings.HasPrefix(p, "/bat-dau/") && !strings.HasPrefix(p, assetRoot) {
			http.Redirect(w, r, "/bat-dau", http.StatusSeeOther)
			return
		}
		next.ServeHTTP(w, r)
	})
}

const startCookie = "bat-dau"

// admitted reports whether the browser has shown the code.
func (s *server) admitted(r *http.Request) bool {
	c, err := r.Cookie(startCookie)
	return err == nil && sameCode(c.Value, s.Start.Code)
}

func sameCode(a, b string) bool {
	clean := func(s string) []byte {
		return []byte(strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(s)))
	}
	return b != "" && subtle.ConstantTimeCompare(clean(a), clean(b)) == 1
}

// startView is where the first start stands.
type startView struct {
	Step     int // 0 code, 1 administrator, 2 units, 3 catalogue
	Form     form
	Busy     bool
	Name     string // of the units that are being loaded
	Seconds  int
	Sets     []option
	Preview  *setPreview
	Units    []string // roots with what is below them
	Editions []*catalog.Edition
	Overlays []string
	Login    string
}

// setPreview is what loading a list of units would make.
type setPreview struct {
	Set, Name string
	Roots     []string
	Counts    string
	Acts      int
}

func (s *server) startPage(w http.ResponseWriter, r *http.Request) error {
	if !s.starting() {
		return s.missing(w, r)
	}
	v := startView{Form: newForm()}
	if set := r.URL.Query().Get("tap"); set != "" && s.admitted(r) {
		p, err := s.previewSet(set)
		if err != nil {
			return err
		}
		v.Preview = p
		v.Form.Values.Set("tap", set)
	}
	return s.showStart(w, r, v)
}

func (s *server) showStart(w http.ResponseWriter, r *http.Request, v startView) error {
	if !s.admitted(r) {
		return s.renderStart(w, r, v)
	}
	ctx := r.Context()
	id, err := s.startAccount(ctx)
	if err != nil {
		return err
	}
	v.Step = 1
	if id != 0 {
		a, err := s.Accounts.Account(ctx, s.DB.Read(), id)
		if err != nil {
			return err
		}
		v.Login, v.Step = a.Login, 2
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	if day := s.Today(); v.Step == 2 && len(tree.Roots(day)) > 0 {
		v.Step, v.Units = 3, rootLines(tree, day)
		v.Editions = s.Catalog.Editions()
	}
	if v.Step == 2 {
		s.Start.mu.Lock()
		load := s.Start.load
		s.Start.mu.Unlock()
		v.Busy, v.Name, v.Seconds = load.busy, load.name, int(time.Since(load.began).Seconds())
		if load.err != nil && !load.busy && len(v.Form.Wrong) == 0 {
			v.Form.say("tap", fault.Say(load.err))
		}
		if v.Sets, err = s.unitSets(); err != nil {
			return err
		}
		if v.Busy {
			w.Header().Set("Refresh", "2;url=/bat-dau") // works without script
		}
	}
	return s.renderStart(w, r, v)
}

func (s *server) renderStart(w http.ResponseWriter, r *http.Request, v startView) error {
	title, status := "Bắt đầu", http.StatusOK
	if len(v.Form.Wrong) > 0 {
		title, status = "Lỗi: bắt đầu", http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, page{Title: title}, startBody(v))
}

// startAccount is the administrator that the first step made, 0 for none.
func (s *server) startAccount(ctx context.Context) (int64, error) {
	text, err := db.Meta(ctx, s.DB.Read(), startAccountKey)
	if err != nil || text == "" {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

// startForm is the form of a step: only while the first start lasts, and only with the code.
func (s *server) startForm(r *http.Request) (form, error) {
	if !s.starting() {
		return form{}, fault.New(fault.NotFound, "Hệ thống đã bắt đầu xong. Hãy đăng nhập.")
	}
	f, err := postedForm(r)
	if err == nil && !s.admitted(r) {
		err = fault.New(fault.Denied, "Hãy nhập mã bắt đầu trước. Mã in ở cửa sổ chạy danvan serve.")
	}
	return f, err
}

func (s *server) startCode(w http.ResponseWriter, r *http.Request) error {
	if !s.starting() {
		return s.missing(w, r)
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	if !sameCode(f.get("ma"), s.Start.Code) {
		f.Values.Del("ma")
		f.say("ma", "Mã bắt đầu không đúng. Mã in ở cửa sổ chạy danvan serve, mỗi lần chạy một mã mới.")
		return s.renderStart(w, r, startView{Form: f})
	}
	http.SetCookie(w, &http.Cookie{Name: startCookie, Value: s.Start.Code, Path: "/bat-dau", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: !s.Plain})
	return seeOther(w, r, "/bat-dau")
}

func (s *server) startAdministrator(w http.ResponseWriter, r *http.Request) error {
	f, err := s.startForm(r)
	if err != nil {
		return err
	}
	n := identity.NewAccount{Login: f.get("dang-nhap"), Name: f.get("ten")}
	var pw identity.Password
	if f.get("mat-khau") != f.get("mat-khau-2") {
		f.say("mat-khau-2", "Hai lần gõ mật khẩu không giống nhau.")
	} else if pw, err = identity.Hash(n.Login, f.get("mat-khau")); sentence(err) != "" {
		f.say("mat-khau", sentence(err))
	} else if err != nil {
		return err
	}
	if len(f.Wrong) == 0 {
		err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
			if was, err := db.Meta(r.Context(), tx, startAccountKey); err != nil || was != "" {
				return err // a second click: the first made it
			}
			a, err := s.Accounts.Create(r.Context(), tx, n.Login, n)
			if err != nil {
				return err
			}
			if err := s.Accounts.SetPassword(r.Context(), tx, a.Login, a.ID, pw, identity.Keep); err != nil {
				return err
			}
			return db.SetMeta(r.Context(), tx, startAccountKey, strconv.FormatInt(a.ID, 10))
		})
		if said := sentence(err); said != "" {
			f.say(fieldSaid(said, "tên đăng nhập", "dang-nhap", "ten"), said)
		} else if err != nil {
			return err
		}
	}
	if len(f.Wrong) > 0 {
		return s.showStart(w, r, startView{Form: f})
	}
	return seeOther(w, r, "/bat-dau")
}

// unitSets are the lists to choose from: what is known in full, the country, each province of today.
func (s *server) unitSets() ([]option, error) {
	units, acts, err := org.ReadFolder(s.Start.Data, "nation")
	if err != nil {
		return nil, err
	}
	out := []option{{"@bac_kan", "Bắc Kạn và Thái Nguyên, đủ từ năm 2010 đến nay", ""}, {"@nation", "Cả nước, từ tháng 3/2025", ""}}
	gone := map[string]bool{}
	for _, a := range acts {
		for _, src := range a.Sources {
			gone[src.Code] = gone[src.Code] || a.Kind == org.Merge && src.Code != a.Code
		}
	}
	for _, u := range units {
		if u.Level == org.Province && !gone[u.Code] {
			out = append(out, option{u.Code, u.Name, ""})
		}
	}
	return out, nil
}

// setTruth reads a list of units by the name in the form.
func (s *server) setTruth(set string) (*org.Truth, error) {
	folder := "nation"
	if set == "@bac_kan" {
		folder = "units/bac_kan"
	}
	units, acts, err := org.ReadFolder(s.Start.Data, folder)
	if err != nil {
		return nil, err
	}
	t := &org.Truth{Floor: units, Changes: acts}
	if strings.HasPrefix(set, "@") {
		return t, nil
	}
	t, err = org.ProvinceOf(t, set, s.Today())
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không có danh mục đơn vị này. Hãy chọn trong danh sách.")
	}
	return t, nil
}

func (s *server) previewSet(set string) (*setPreview, error) {
	t, err := s.setTruth(set)
	if err != nil {
		return nil, err
	}
	t.Rules = ledger.BodyRules(s.Catalog.Latest())
	tree, problems := org.Derive(t)
	if tree == nil {
		return nil, fault.New(fault.Invalid, "Danh mục đơn vị không nhất quán: "+problems[0].Vi)
	}
	return &setPreview{Set: set, Roots: rootLines(tree, s.Today()), Acts: len(t.Changes)}, nil
}

// rootLines are the provinces of a day with how many units each has.
func rootLines(tree *org.Tree, day civil.Date) []string {
	var out []string
	for _, id := range tree.Roots(day) {
		communes := len(tree.Existing(day, id, org.Filter{Levels: []string{org.Commune}, Forms: []string{org.Territory}}))
		bodies := len(tree.Existing(day, id, org.Filter{Forms: []string{org.Body}}))
		out = append(out, fmt.Sprintf("%s: %s xã, phường; %s tổ chức", tree.NameOn(id, day), civil.FormatInt(int64(communes)), civil.FormatInt(int64(bodies))))
	}
	return out
}

// startUnits loads a list of units in the background; the page tells how long it has been at it.
func (s *server) startUnits(w http.ResponseWriter, r *http.Request) error {
	f, err := s.startForm(r)
	if err != nil {
		return err
	}
	set := f.get("tap")
	if set == "" {
		f.say("tap", "Hãy chọn danh mục đơn vị.")
		return s.showStart(w, r, startView{Form: f})
	}
	id, err := s.startAccount(r.Context())
	if err != nil {
		return err
	}
	a, err := s.Accounts.Account(r.Context(), s.DB.Read(), id)
	if err != nil {
		return err
	}
	s.Start.mu.Lock()
	defer s.Start.mu.Unlock()
	if !s.Start.load.busy {
		s.Start.load = unitLoad{busy: true, name: set, began: time.Now()}
		go s.loadUnits(context.WithoutCancel(r.Context()), set, a.Login)
	}
	return seeOther(w, r, "/bat-dau")
}

func (s *server) loadUnits(ctx context.Context, set, actor string) {
	t, err := s.setTruth(set)
	if err == nil {
		err = s.DB.WriteAlone(ctx, func(tx *db.Tx) error {
			_, err := s.Units.LoadUnits(ctx, tx, t.Floor, t.Changes, ledger.BodyRules(s.Catalog.Latest()), actor)
			return err
		})
	}
	if err != nil {
		s.Log.Error("load units at the first start", "set", set, "err", err)
	}
	s.Start.mu.Lock()
	defer s.Start.mu.Unlock()
	s.Start.load.busy, s.Start.load.err = false, err
}

// startDone gives the administrator his post over all units and shuts the first start for ever.
func (s *server) startDone(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.startForm(r); err != nil {
		return err
	}
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	id, err := s.startAccount(ctx)
	if err != nil {
		return err
	}
	day := s.Today()
	if id == 0 || len(tree.Roots(day)) == 0 {
		return fault.New(fault.Conflict, "Còn bước chưa xong. Hãy quay lại trang Bắt đầu.")
	}
	a, err := s.Accounts.Account(ctx, s.DB.Read(), id)
	if err != nil {
		return err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if was, err := db.Meta(ctx, tx, startDoneKey); err != nil || was != "" {
			return err
		}
		by := access.By{Login: a.Login, Today: day, Tree: tree}
		for _, root := range tree.Roots(day) {
			g := access.Grant{Account: id, Role: access.Administrator, Unit: root, From: day, To: civil.Forever}
			if _, err := access.Give(ctx, tx, by, g, "Bắt đầu hệ thống"); err != nil {
				return err
			}
		}
		return s.sealStart(ctx, tx, a.Login)
	})
	if err != nil {
		return err
	}
	s.Start.mu.Lock()
	s.Start.done = true
	s.Start.mu.Unlock()
	return seeOther(w, r, "/dang-nhap")
}

// sealStart writes down that the first start is done, and with which editions of the catalogue.
func (s *server) sealStart(ctx context.Context, tx *db.Tx, actor string) error {
	var content bytes.Buffer
	editions := map[string]string{}
	for _, e := range s.Catalog.Editions() {
		editions[e.Code] = e.Hash
	}
	if err := json.NewEncoder(&content).Encode(editions); err != nil {
		return err
	}
	if _, err := audit.Append(ctx, tx, audit.Leaf{Act: "setup", Subject: "setup", Content: content.Bytes(), Actor: actor}); err != nil {
		return err
	}
	return db.SetMeta(ctx, tx, startDoneKey, time.Now().UTC().Format(time.RFC3339))
}
