package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// route is one row of the permission matrix: who may ask for what. A page that has no row has no address.
type route struct {
	Pattern string
	Right   access.Right
	On      subject // which unit the right is asked over; nil: any unit will do
	Do      handler
}

// subject finds the unit that a request is about.
type subject func(s *server, r *http.Request) (org.UnitID, error)

// routes are all pages, by subject: each list stands in the file of its subject. A new page is one row there; its right
// is asked before it is answered, and docs/permissions.csv is made from these rows.
func (s *server) routes() []route {
	return slices.Concat(
		s.deskRoutes(), s.searchRoutes(), s.recordRoutes(), s.unsavedRoutes(), s.partRoutes(), s.offlineRoutes(), s.entryRoutes(), s.reviewRoutes(), s.importRoutes(),
		s.workRoutes(), s.letterRoutes(), s.sendingRoutes(), s.matterRoutes(),
		s.doubleRoutes(), s.readingRoutes(),
		s.caseRoutes(), s.casePaperRoutes(), s.replyRoutes(),
		s.taskRoutes(), s.documentRoutes(),
		s.figureRoutes(), s.reportRoutes(), s.unitRoutes(), s.catalogRoutes(),
		s.signInRoutes(), s.adminRoutes(), s.logRoutes(), s.noticeRoutes(),
		s.dutyRoutes(), s.clockRoutes(),
		s.receptionRoutes(), s.oneStopRoutes(),
		s.dialogueRoutes(), s.promiseRoutes(),
		s.giftRoutes(),
		s.newsRoutes(), s.newsSayRoutes(),
		s.modelRoutes(), s.driveRoutes(),
		s.contestRoutes(),
		s.petitionStatsRoutes(),
		s.collectRoutes(),
		s.discloseRoutes(), s.decideRoutes(), s.superviseRoutes(),
		s.filingRoutes(), s.filingPublicRoutes(), s.sealCheckRoutes(),
		s.sealedRoutes(), s.redactRoutes(),
	)
}

// onScope is the unit that stands in the address, or the one that the page takes where none stands there.
func onScope(s *server, r *http.Request) (org.UnitID, error) {
	sc, err := s.readScope(r)
	if err != nil {
		return 0, err
	}
	return sc.Unit.ID, nil
}

// onEntry is the body that is answerable for the entry in the path.
func onEntry(s *server, r *http.Request) (org.UnitID, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "Số ghi nhận chỉ gồm chữ số. Hãy mở từ danh sách ghi nhận.")
	}
	e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), id)
	if err != nil {
		return 0, err
	}
	return e.Unit, nil
}

type viewerKey struct{}

// known finds who is asking, once a request.
func (s *server) known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, assetRoot) {
			next.ServeHTTP(w, r)
			return
		}
		a, err := s.whoAsks(w, r)
		if err != nil {
			s.Log.Error("who is asking", "path", r.URL.Path, "err", err)
		}
		next.ServeHTTP(w, r.WithContext(a.with(r.Context())))
	})
}

// viewer is who is asking, nil for nobody signed in.
func viewer(ctx context.Context) *access.Viewer {
	v, _ := ctx.Value(viewerKey{}).(*access.Viewer)
	return v
}

// guarded asks the row's right before the page is answered.
func (s *server) guarded(row route) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := viewer(r.Context())
		if other := r.Header.Get(accountHeader); other != "" && v != nil && other != itoa(v.Account) {
			return writeJSON(w, http.StatusUnauthorized, scriptReply{Say: "Máy này đang đăng nhập bằng tài khoản khác.", SignIn: true})
		}
		if !v.May(row.Right, 0) {
			return s.refused(w, r, notInRole)
		}
		if row.On != nil {
			unit, err := row.On(s, r)
			if err != nil {
				return err
			}
			if !v.May(row.Right, unit) {
				return s.refused(w, r, outOfReach)
			}
		}
		return row.Do(w, r)
	}
}

// Why somebody who is signed in may not open a page.
const (
	notInRole  = "Vai trò của bạn không gồm việc này. Nếu công việc cần đến, hãy đề nghị người quản trị giao thêm quyền."
	outOfReach = "Trang này thuộc đơn vị ngoài phạm vi bạn được giao. Hãy chọn đơn vị của mình, hoặc hỏi người quản trị."
)

// refused sends who is not signed in to the sign-in page, and tells who is that he may not. What was typed into a form
// is not lost either way.
func (s *server) refused(w http.ResponseWriter, r *http.Request, why string) error {
	here := r.URL.RequestURI()
	posts := r.Method != http.MethodGet && r.Method != http.MethodHead
	switch {
	case asksJSON(r) && viewer(r.Context()) == nil:
		return writeJSON(w, http.StatusUnauthorized, scriptReply{Say: "Phiên đăng nhập đã hết. Hãy đăng nhập lại; phần đã gõ vẫn được giữ.", SignIn: true})
	case asksJSON(r):
		return writeJSON(w, http.StatusForbidden, scriptReply{Say: why})
	case viewer(r.Context()) != nil && !posts:
		return fault.New(fault.Denied, why)
	case viewer(r.Context()) != nil:
		return s.showTyped(w, r, typed(w, r), http.StatusForbidden, false)
	case !posts:
		http.Redirect(w, r, "/dang-nhap"+thenQuery(here), http.StatusSeeOther)
		return nil
	}
	c := typed(w, r)
	return s.showSignIn(w, r, http.StatusForbidden, step{form: form{Values: url.Values{}}, Then: c.From, Carried: c, SSO: s.ssoName()})
}

// Pages are the patterns of all addresses that show something, for measuring.
func Pages() []string {
	var out []string
	for _, row := range (&server{}).routes() {
		if strings.HasPrefix(row.Pattern, "GET ") {
			out = append(out, row.Pattern)
		}
	}
	return out
}
