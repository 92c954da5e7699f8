package web

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/org"
)

// adminRoutes are the pages of accounts and grants. An administrator manages the accounts whose grants all lie in his
// own units, so that the administrator of a commune cannot take over the account of a provincial leader.
func (s *server) adminRoutes() []route {
	const manage = access.ManageAccounts
	return append(s.startRoutes(), []route{
		{"GET /quan-tri/tai-khoan", manage, nil, s.accountList},
		{"GET /quan-tri/tai-khoan.csv", manage, nil, s.accountFile},
		{"POST /quan-tri/mat-khau.csv", manage, nil, s.passwordFile},
		{"GET /quan-tri/tai-khoan/moi", manage, nil, s.newAccount},
		{"POST /quan-tri/tai-khoan/moi", manage, nil, s.makeAccount},
		{"GET /quan-tri/nhap", manage, nil, s.importAccounts},
		{"POST /quan-tri/nhap", manage, nil, s.readAccounts},
		{"POST /quan-tri/nhap/luu", manage, nil, s.saveAccounts},
		{"GET /quan-tri/nhap/mau.csv", manage, nil, s.accountTemplate},
		{"GET /quan-tri/nhap/mau.xlsx", manage, nil, s.accountTemplate},
		{"GET /quan-tri/tai-khoan/{id}", manage, nil, s.accountPage},
		{"POST /quan-tri/tai-khoan/{id}", manage, nil, s.renameAccount},
		{"POST /quan-tri/tai-khoan/{id}/mat-khau", manage, nil, s.resetPassword},
		{"POST /quan-tri/tai-khoan/{id}/viec", manage, nil, s.accountAct},
		{"POST /quan-tri/tai-khoan/{id}/quyen", manage, nil, s.giveGrant},
		{"POST /quan-tri/quyen/{id}/ket-thuc", manage, nil, s.endGrant},
		{"GET /quan-tri/vai-tro", access.SignedIn, nil, s.rolePage},
		{"GET /uy-quyen", access.SignedIn, nil, s.delegationPage},
		{"POST /uy-quyen", access.SignedIn, nil, s.delegate},
		{"POST /uy-quyen/{id}/thu-hoi", access.SignedIn, nil, s.revoke},
		{"GET /uy-quyen/nguoi", access.SignedIn, nil, s.colleagues},
	}...)
}

// person is an account with all its grants, those that ended included.
type person struct {
	identity.Account
	Grants []access.Record
}

// holding are the grants that hold on the day or later.
func (p person) holding(day civil.Date) []access.Record {
	return slices.DeleteFunc(slices.Clone(p.Grants), func(g access.Record) bool { return g.To <= day || g.To <= g.From })
}

// people are all accounts with their grants, by login.
func (s *server) people(ctx context.Context, q db.Querier) ([]person, error) {
	accounts, err := s.Accounts.List(ctx, q, identity.Filter{Limit: 1 << 20})
	if err != nil {
		return nil, err
	}
	grants, err := access.OfUnits(ctx, q)
	if err != nil {
		return nil, err
	}
	of := map[int64][]access.Record{}
	for _, g := range grants {
		of[g.Account] = append(of[g.Account], g)
	}
	out := make([]person, len(accounts))
	for i, a := range accounts {
		out[i] = person{a, of[a.ID]}
	}
	return out, nil
}

// person is one account with its grants.
func (s *server) person(ctx context.Context, q db.Querier, id int64) (person, error) {
	a, err := s.Accounts.Account(ctx, q, id)
	if err != nil {
		return person{}, err
	}
	grants, err := access.OfAccount(ctx, q, id)
	return person{a, grants}, err
}

// manages reports whether the viewer runs the account: all its grants that hold lie in his units.
func manages(v *access.Viewer, p person, day civil.Date) bool {
	units := v.Units(access.ManageAccounts)
	for _, g := range p.holding(day) {
		if !units[g.Unit] {
			return false
		}
	}
	return v.May(access.ManageAccounts, 0)
}

// mayManage refuses acts on accounts that the viewer does not run, and on his own.
func mayManage(v *access.Viewer, p person, day civil.Date) error {
	switch {
	case p.ID == v.Account:
		return fault.New(fault.Denied, "Đây là tài khoản của chính bạn. Hãy sửa ở trang Tài khoản của tôi, hoặc nhờ người quản trị khác.")
	case !manages(v, p, day):
		return fault.New(fault.Denied, "Tài khoản này có quyền ở đơn vị ngoài phạm vi bạn quản trị. Hãy nhờ người quản trị cấp trên.")
	}
	return nil
}

// accountRow is a line of the list.
type accountRow struct {
	person
	State stateMark
	Posts []string // role and unit of each grant that holds
	Seen  string
}

// stateMark is a state in a word, with the class of its chip.
type stateMark struct{ Code, Name, Class string }

// The states that the list filters by, in the order of its select.
var accountStates = []stateMark{
	{"hoat-dong", "Hoạt động", "done"},
	{"chua-mat-khau", "Chưa có mật khẩu", "wait"},
	{"cho-doi", "Chờ đổi mật khẩu", "wait"},
	{"tam-khoa", "Tạm khóa đăng nhập", "late"},
	{"ngung", "Đã ngừng", "plain"},
	{"khong-quyen", "Chưa được giao quyền", "wait"},
}

// stateOf is what stands first between an account and its work.
func stateOf(p person, day civil.Date, now time.Time) stateMark {
	code := "hoat-dong"
	switch {
	case p.State == identity.Disabled:
		code = "ngung"
	case p.Locked(now):
		code = "tam-khoa"
	case len(p.holding(day)) == 0:
		code = "khong-quyen"
	case !p.HasPassword:
		code = "chua-mat-khau"
	case p.MustChange:
		code = "cho-doi"
	}
	return accountStates[slices.IndexFunc(accountStates, func(m stateMark) bool { return m.Code == code })]
}

// accountsView is the list of accounts as asked for.
type accountsView struct {
	Form  form // what it is filtered by
	Rows  []accountRow
	Pages pages
	Query url.Values
	Total int // before filtering
	None  int // accounts without a password that the viewer runs
	Units string
	Done  string
}

const accountsPerPage = 50

func (s *server) accountList(w http.ResponseWriter, r *http.Request) error {
	rows, view, err := s.accounts(r)
	if err != nil {
		return err
	}
	from := 0
	if n, err := strconv.Atoi(r.URL.Query().Get("trang")); err == nil && n > 1 {
		from = min((n-1)*accountsPerPage, max(0, (len(rows)-1)/accountsPerPage*accountsPerPage))
	}
	to := min(from+accountsPerPage, len(rows))
	view.Rows = rows[from:to]
	view.Pages = pages{From: int64(from + 1), To: int64(to), Total: int64(len(rows)), Noun: "tài khoản"}
	if from > 0 {
		view.Pages.Prev = view.at("trang", strconv.Itoa(from/accountsPerPage))
	}
	if to < len(rows) {
		view.Pages.Next = view.at("trang", strconv.Itoa(from/accountsPerPage+2))
	}
	return s.render(w, r, http.StatusOK, page{Title: "Tài khoản", Section: "tai-khoan"}, accountListPage(view))
}

// at is the list's address with one condition changed.
func (v accountsView) at(name, value string) string {
	q := url.Values{}
	for k, list := range v.Query {
		if k != "trang" && k != "xong" {
			q[k] = list
		}
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return "/quan-tri/tai-khoan"
	}
	return "/quan-tri/tai-khoan?" + q.Encode()
}

// sort is the head of a column; choosing it again turns the order round.
func (v accountsView) sort(name, key string) sortLink {
	l := sortLink{Name: name}
	now := or(v.Query.Get("xep"), "dang-nhap")
	switch now {
	case key:
		l.Order, l.Href = "ascending", v.at("xep", "-"+key)
	case "-" + key:
		l.Order, l.Href = "descending", v.at("xep", key)
	default:
		l.Href = v.at("xep", key)
	}
	return l
}

// accounts are those that the viewer runs, filtered and sorted as the address asks.
func (s *server) accounts(r *http.Request) ([]accountRow, accountsView, error) {
	ctx, v := r.Context(), viewer(r.Context())
	q := r.URL.Query()
	view := accountsView{Form: form{Values: q, Key: newForm().Key}, Query: q, Done: q.Get("xong")}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, view, err
	}
	all, err := s.people(ctx, s.DB.Read())
	if err != nil {
		return nil, view, err
	}
	var under org.UnitID
	if ref := strings.TrimSpace(q.Get("don-vi")); ref != "" {
		u, err := tree.Resolve(ref, org.AsThen(), s.Today())
		if err != nil {
			return nil, view, err
		}
		under, view.Units = u.ID, tree.NameOn(u.ID, s.Today())
	}
	day, now := s.Today(), time.Now()
	words := strings.Fields(civil.Fold(q.Get("tim")))
	var rows []accountRow
	for _, p := range all {
		if !manages(v, p, day) {
			continue
		}
		view.Total++
		if !p.HasPassword && p.State == identity.Active {
			view.None++
		}
		row := accountRow{person: p, State: stateOf(p, day, now), Seen: whenText(p.SignedIn)}
		if keepAccount(tree, row, words, under, access.Role(q.Get("vai-tro")), q.Get("tinh-trang"), day) {
			row.Posts = posts(tree, p.holding(day), day)
			rows = append(rows, row)
		}
	}
	sortAccounts(rows, q.Get("xep"))
	return rows, view, nil
}

func keepAccount(tree *org.Tree, row accountRow, words []string, under org.UnitID, role access.Role, state string, day civil.Date) bool {
	text := civil.Fold(row.Login + " " + row.Name + " " + row.Email)
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	if state != "" && row.State.Code != state {
		return false
	}
	if under == 0 && role == "" {
		return true
	}
	return slices.ContainsFunc(row.holding(day), func(g access.Record) bool {
		return (role == "" || g.Role == role) && (under == 0 || standsUnder(tree, g.Unit, under, day))
	})
}

// standsUnder: the unit, or what stands in its place today, is the other one or below it.
func standsUnder(tree *org.Tree, unit, other org.UnitID, day civil.Date) bool {
	if unit == other {
		return true
	}
	return slices.ContainsFunc(access.Heirs(tree, unit, day), func(id org.UnitID) bool {
		return slices.Contains(tree.Chain(id, day), other)
	})
}

func sortAccounts(rows []accountRow, by string) {
	key, down := strings.CutPrefix(by, "-")
	slices.SortStableFunc(rows, func(a, b accountRow) int {
		var n int
		switch key {
		case "ten":
			n = strings.Compare(nameKey(a.Name), nameKey(b.Name))
		case "lan-cuoi":
			n = a.SignedIn.Compare(b.SignedIn)
		}
		n = cmp.Or(n, strings.Compare(a.Login, b.Login))
		if down {
			return -n
		}
		return n
	})
}

// nameKey sorts people as a Vietnamese list does: by the given name, which stands last, then the rest.
func nameKey(name string) string {
	words := strings.Fields(civil.Fold(name))
	if len(words) == 0 {
		return ""
	}
	last := len(words) - 1
	return words[last] + " " + strings.Join(words[:last], " ")
}

// posts are grants in words: what somebody is, and where.
func posts(tree *org.Tree, grants []access.Record, day civil.Date) []string {
	var out []string
	for _, g := range grants {
		text := g.Role.Name() + " – " + lastNameOf(tree, g.Unit, day)
		if g.For != 0 {
			text += " (được ủy quyền)"
		}
		if g.From > day {
			text += ", từ " + g.From.Vi()
		}
		out = append(out, text)
	}
	return out
}

// lastNameOf is a unit's name on the day, or the last one that it had.
func lastNameOf(tree *org.Tree, id org.UnitID, day civil.Date) string {
	u := tree.Unit(id)
	if u == nil {
		return fmt.Sprintf("đơn vị số %d (không còn)", id)
	}
	if !u.Open(day) {
		day = max(u.Opened, min(day, u.Closed.AddDays(-1)))
	}
	return tree.NameOn(id, day)
}

// whenText is a moment in words, empty for never.
func whenText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return momentText(t)
}

func (s *server) accountFile(w http.ResponseWriter, r *http.Request) error {
	rows, _, err := s.accounts(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="tai-khoan.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return nil
	}
	out := csv.NewWriter(w)
	_ = out.Write([]string{"Tên đăng nhập", "Họ và tên", "Thư điện tử", "Tình trạng", "Quyền", "Hai lớp", "Đăng nhập gần nhất"})
	for _, a := range rows {
		_ = out.Write([]string{a.Login, inert(a.Name), inert(a.Email), a.State.Name, inert(strings.Join(a.Posts, "; ")), yesNo(a.TOTP), a.Seen})
	}
	out.Flush() // a broken connection has nobody to tell
	return nil
}

func yesNo(b bool) string {
	if b {
		return "có"
	}
	return "không"
}

func (s *server) rolePage(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, page{Title: "Vai trò và quyền", Section: "vai-tro"}, roleTable(access.Roles(), rightWords))
}

// rightWord is a right in words, for the table of roles.
type rightWord struct {
	Right access.Right
	Name  string
}

var rightWords = []rightWord{
	{access.ReadWork, "Xem việc, số liệu, báo cáo"},
	{access.RecordWork, "Ghi nhận, sửa, hủy, nhập tệp"},
	{access.ConfirmWork, "Xác nhận việc đã ghi"},
	{access.ReadLetters, "Xem nội dung đơn thư, tiếp công dân"},
	{access.RecordLetters, "Ghi nhận đơn thư, tiếp công dân"},
	{access.ReadDenunciations, "Xem nội dung đơn tố cáo (danh tính niêm phong riêng)"},
	{access.SeeSender, "Xem người gửi đơn khi cần, có lý do, có ghi sổ"},
	{access.VerifyLetters, "Xác minh vụ việc được giao"},
	{access.OpenIdentity, "Mở danh tính người tố cáo (nửa của cán bộ)"},
	{access.KeepKeys, "Giữ khóa danh tính (nửa của người giữ khóa)"},
	{access.ReadLog, "Xem sổ niêm phong, ai làm gì"},
	{access.ManageAccounts, "Lập tài khoản, giao quyền"},
	{access.ChangeUnits, "Sáp nhập, chia tách, đổi tên đơn vị"},
	{access.RunSystem, "Đặt các thông số hệ thống"},
}
