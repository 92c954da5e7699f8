package web_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/web"
)

var keptAccounts sync.Map // by office: the store of tests that do not sign in

// accountsOf is the store of accounts of the test office.
func accountsOf(o *office) *identity.Store {
	if o.deps.Accounts != nil {
		return o.deps.Accounts
	}
	s, _ := keptAccounts.LoadOrStore(o, identity.New(o.app.DB, identity.NewKey()))
	return s.(*identity.Store)
}

// accountOf is the account with a login, made where there is none, with grants as "role unit".
func accountOf(t testing.TB, o *office, login string, grants ...string) identity.Account {
	t.Helper()
	ctx := context.Background()
	store := accountsOf(o)
	a, err := store.ByLogin(ctx, o.app.DB.Read(), login)
	if err == nil {
		return a
	}
	if fault.KindOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	tree, err := o.app.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	err = o.app.DB.Write(ctx, func(tx *db.Tx) error {
		if a, err = store.Create(ctx, tx, "thu", identity.NewAccount{Login: login, Name: "Thử " + login}); err != nil {
			return err
		}
		for _, g := range grants {
			role, unit, _ := strings.Cut(g, " ")
			_, err := access.Give(ctx, tx, access.By{Login: "thu", Today: today, Tree: tree}, access.Grant{
				Account: a.ID, Role: access.Role(role), Unit: unitOf(t, o, unit), From: today, To: civil.Forever}, "Kiểm thử")
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// counter answers pages to whoever the header names, with the grants that he really has.
type counter struct {
	t     *testing.T
	o     *office
	pages http.Handler
}

func openCounter(t *testing.T) *counter {
	t.Helper()
	o := open(t)
	d := o.deps
	d.Accounts = accountsOf(o)
	d.Who = func(r *http.Request) (*access.Viewer, error) {
		login := r.Header.Get(asHeader)
		if login == "" {
			return nil, nil
		}
		a, err := d.Accounts.ByLogin(r.Context(), d.DB.Read(), login)
		if err != nil {
			return nil, err
		}
		tree, err := o.app.Org.Tree(r.Context())
		if err != nil {
			return nil, err
		}
		grants, err := access.Grants(r.Context(), d.DB.Read(), a.ID)
		return access.NewViewer(tree, today, a.ID, a.Login, a.Name, grants), err
	}
	pages, err := web.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return &counter{t, o, pages}
}

func (c *counter) send(as string, r *http.Request) answer {
	c.t.Helper()
	r.Header.Set(asHeader, as)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	c.pages.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), html.UnescapeString(w.Body.String())}
}

func (c *counter) get(as, path string) answer {
	c.t.Helper()
	return c.send(as, httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil))
}

func (c *counter) post(as, path string, pairs ...string) answer {
	c.t.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+path, strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.send(as, r)
}

func (c *counter) upload(as, path, name string, content []byte) answer {
	c.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("tep", name)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := io.Copy(part, bytes.NewReader(content)); err != nil {
		c.t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return c.send(as, r)
}

func (c *counter) want(a answer, status int, words ...string) answer {
	c.t.Helper()
	if a.status != status {
		c.t.Errorf("status %d, want %d: %.600s", a.status, status, textOf(a.body))
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			c.t.Errorf("page lacks %q: %.900s", w, textOf(a.body))
		}
	}
	return a
}

var tags = regexp.MustCompile(`(?s)<[^>]*>`)

func textOf(body string) string {
	if _, main, ok := strings.Cut(body, "<main"); ok {
		body = main
	}
	return strings.Join(strings.Fields(tags.ReplaceAllString(body, " ")), " ")
}

var secretForm = regexp.MustCompile(`<code class="secret">([^<]+)</code>`)

func TestNewAccountWithItsSlip(t *testing.T) {
	c := openCounter(t)
	accountOf(t, c.o, "qt.tinh", "administrator 19")
	c.want(c.get("qt.tinh", "/quan-tri/tai-khoan/moi"), 200, "Tài khoản mới", "Cán bộ ghi nhận")

	wrong := c.want(c.post("qt.tinh", "/quan-tri/tai-khoan/moi", "khoa", "k0", "ten", "Thử Thị Hà", "dang-nhap", "Hà!", "vai-tro", "clerk", "don-vi", "02143", "ly-do", "QĐ 1"),
		422, "<title>Lỗi: Tài khoản mới", "Tên đăng nhập gồm", `value="Thử Thị Hà"`, `value="02143"`, `href="#dang-nhap"`, `aria-invalid="true"`)
	if strings.Contains(wrong.body, "secret") {
		t.Error("a refused form shows a password")
	}
	c.want(c.post("qt.tinh", "/quan-tri/tai-khoan/moi", "khoa", "k1", "ten", "Thử", "dang-nhap", "thu.ha"), 422, "Hãy chọn vai trò", "Hãy chọn đơn vị", "Hãy ghi lý do")

	form := []string{"khoa", "k2", "ten", "Thử Thị Hà", "dang-nhap", "thu.ha", "thu", "", "vai-tro", "clerk", "don-vi", "02143", "tu-ngay", today.String(), "den-ngay", "", "ly-do", "Quyết định 12"}
	made := c.want(c.post("qt.tinh", "/quan-tri/tai-khoan/moi", form...), 200, "Phiếu giao mật khẩu tạm", "thu.ha", "Cán bộ ghi nhận")
	if m := secretForm.FindStringSubmatch(made.body); m == nil || len(m[1]) < 16 {
		t.Errorf("no temporary password on the slip: %v", m)
	}
	if made.header.Get("Cache-Control") != "no-store" {
		t.Error("the slip may be kept by the browser")
	}
	again := c.want(c.post("qt.tinh", "/quan-tri/tai-khoan/moi", form...), 200, "đã hiện ở lần gửi trước")
	if secretForm.MatchString(again.body) {
		t.Error("the password is shown twice")
	}
	a := accountOf(t, c.o, "thu.ha")
	grants, err := access.OfAccount(t.Context(), c.o.app.DB.Read(), a.ID)
	if err != nil || len(grants) != 1 || !a.HasPassword || !a.MustChange {
		t.Errorf("after two sendings: %d grants, %+v, %v", len(grants), a, err)
	}
	c.want(c.post("qt.tinh", "/quan-tri/tai-khoan/moi", "khoa", "k3", "ten", "Người khác", "dang-nhap", "thu.ha", "vai-tro", "clerk", "don-vi", "02143", "ly-do", "x"), 422, "đã được cấp")
}

func TestListOfAccountsFinds(t *testing.T) {
	c := openCounter(t)
	accountOf(t, c.o, "qt.tinh", "administrator 19")
	accountOf(t, c.o, "thu.kiem", "inspector 02143.UBND")
	accountOf(t, c.o, "thu.lanh", "leader 01879")
	for _, x := range []struct{ query, has, lacks string }{
		{"?tim=thu+kiem", "thu.kiem", "thu.lanh"},
		{"?tim=THỬ+lánh", "thu.lanh", "thu.kiem"},
		{"?don-vi=02143", "thu.kiem", "thu.lanh"},
		{"?vai-tro=leader", "thu.lanh", "thu.kiem"},
		{"?tinh-trang=chua-mat-khau&xep=-ten", "thu.lanh", "khongcoai"},
		{"?tim=khongcoai", "Không có tài khoản nào khớp", "thu.kiem"},
	} {
		a := c.want(c.get("qt.tinh", "/quan-tri/tai-khoan"+x.query), 200, x.has)
		if strings.Contains(a.body, ">"+x.lacks+"<") {
			t.Errorf("%s shows %s", x.query, x.lacks)
		}
	}
	file := c.want(c.get("qt.tinh", "/quan-tri/tai-khoan.csv?vai-tro=leader"), 200, "Tên đăng nhập", "thu.lanh")
	if strings.Contains(file.body, "thu.kiem") || !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") {
		t.Error("the file does not follow the filter")
	}
}

func TestGrantsThroughThePages(t *testing.T) {
	c := openCounter(t)
	accountOf(t, c.o, "qt.tinh", "administrator 19")
	a := accountOf(t, c.o, "thu.quyen")
	page := fmt.Sprintf("/quan-tri/tai-khoan/%d", a.ID)
	c.want(c.get("qt.tinh", page), 200, "Chưa được giao quyền nào")
	c.want(c.post("qt.tinh", page+"/quyen", "khoa", "g0", "vai-tro", "clerk", "don-vi", "khôngcó", "ly-do", "x"), 422, "Lỗi: ", "don-vi-e")
	c.want(c.post("qt.tinh", page+"/quyen", "khoa", "g1", "vai-tro", "clerk", "don-vi", "02143", "tu-ngay", "2027-01-01", "den-ngay", "2026-12-31", "ly-do", "x"), 422, "sau ngày bắt đầu")
	c.want(c.post("qt.tinh", page+"/quyen", "khoa", "g2", "vai-tro", "clerk", "don-vi", "02143", "tu-ngay", today.String(), "den-ngay", "31/12/2026", "ly-do", "QĐ 5"), 303)
	c.want(c.get("qt.tinh", page+"?xong=giao"), 200, "Đã giao quyền.", "QĐ 5", "Còn hiệu lực đến hết 31/12/2026")
	c.want(c.post("qt.tinh", page+"/quyen", "khoa", "g3", "vai-tro", "clerk", "don-vi", "02143", "ly-do", "x"), 422, "đã có quyền này")
	grants, err := access.OfAccount(t.Context(), c.o.app.DB.Read(), a.ID)
	if err != nil || len(grants) != 1 {
		t.Fatal(len(grants), err)
	}
	c.want(c.post("qt.tinh", fmt.Sprintf("/quan-tri/quyen/%d/ket-thuc", grants[0].ID), "khoa", "g4"), 400, "lý do")
	c.want(c.post("qt.tinh", fmt.Sprintf("/quan-tri/quyen/%d/ket-thuc", grants[0].ID), "khoa", "g5", "ly-do", "Chuyển"), 303)
	c.want(c.get("qt.tinh", page), 200, "Đã kết thúc", "qt.tinh: Chuyển", "Giao quyền", "Kết thúc quyền")
	c.want(c.post("qt.tinh", page+"/viec", "khoa", "g6", "viec", "ngung"), 303)
	c.want(c.get("qt.tinh", page), 200, "Đã ngừng", "Mở lại tài khoản")
}

// The administrator of a commune runs the accounts of the commune, and no others; nobody runs his own.
func TestAdministratorsStayInTheirUnits(t *testing.T) {
	c := openCounter(t)
	accountOf(t, c.o, "qt.tinh", "administrator 19")
	own := accountOf(t, c.o, "qt.xa", "administrator 02143")
	mine := accountOf(t, c.o, "thu.xa", "clerk 02143.UBND")
	chief := accountOf(t, c.o, "thu.tinh", "leader 19")
	both := accountOf(t, c.o, "thu.haivi", "clerk 02143", "clerk 01879")
	at := func(a identity.Account) string { return fmt.Sprintf("/quan-tri/tai-khoan/%d", a.ID) }
	c.want(c.get("qt.xa", at(mine)), 200)
	for _, a := range []identity.Account{chief, both} {
		c.want(c.get("qt.xa", at(a)), 403, "ngoài phạm vi")
		c.want(c.post("qt.xa", at(a)+"/mat-khau", "khoa", "x"), 403)
		c.want(c.post("qt.xa", at(a)+"/viec", "khoa", "x", "viec", "ngung"), 403)
		c.want(c.post("qt.xa", at(a)+"/quyen", "khoa", "x", "vai-tro", "clerk", "don-vi", "02143", "ly-do", "x"), 403)
	}
	c.want(c.post("qt.xa", at(mine)+"/quyen", "khoa", "y", "vai-tro", "leader", "don-vi", "19", "ly-do", "x"), 422, "ngoài phạm vi bạn quản trị")
	c.want(c.post("qt.xa", at(own)+"/quyen", "khoa", "z", "vai-tro", "leader", "don-vi", "02143", "ly-do", "x"), 403, "chính bạn")
	if a := c.get("qt.xa", "/quan-tri/tai-khoan"); strings.Contains(a.body, ">thu.tinh<") {
		t.Error("the list shows accounts of others")
	}
	grants, err := access.OfAccount(t.Context(), c.o.app.DB.Read(), chief.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.want(c.post("qt.xa", fmt.Sprintf("/quan-tri/quyen/%d/ket-thuc", grants[0].ID), "khoa", "w", "ly-do", "x"), 403)
}

// Whoever runs the system reads neither work nor letters, on no page.
func TestTheAdministratorReadsNoWorkAndNoLetters(t *testing.T) {
	c := openCounter(t)
	accountOf(t, c.o, "qt.tinh", "administrator 19")
	asker := newAsker(t, c.o, nil)
	shut := 0
	for _, row := range web.Rows() {
		method, _, _ := strings.Cut(row.Pattern, " ")
		ex, ok := examples[row.Pattern]
		if !ok || method != http.MethodGet {
			continue
		}
		a := c.get("qt.tinh", asker.fill(t, ex.Path))
		switch row.Right {
		case access.ReadWork, access.RecordWork, access.ConfirmWork, access.ReadLetters, access.RecordLetters:
			shut++
			if a.status != http.StatusForbidden {
				t.Errorf("%s: the administrator gets %d", row.Pattern, a.status)
			}
		}
	}
	if shut < 8 {
		t.Errorf("only %d pages were asked", shut)
	}
}

func TestAccountsFromAList(t *testing.T) {
	c := openCounter(t)
	accountOf(t, c.o, "qt.tinh", "administrator 19")
	head := "Tên đăng nhập;Họ và tên;Thư điện tử;Vai trò;Mã đơn vị;Từ ngày;Đến hết ngày;Lý do\n"
	bad := "\ufeff" + head + "nhap.mot;Thử Một;;Cán bộ ghi nhận;02143;22/11/2026;;QĐ 1\n" + "nhap.hai;Thử Hai;;vua;99999;;;QĐ 1\n" + "x;Thử Ba;;clerk;02143;;;QĐ 1\n"
	a := c.want(c.upload("qt.tinh", "/quan-tri/nhap", "ds.csv", []byte(bad)), 422, "<title>Lỗi: ", "2 dòng cần sửa", "Hãy chọn vai trò", "Tên đăng nhập gồm 3")
	if strings.Contains(a.body, "Lưu danh sách") {
		t.Error("a list with wrong rows can be saved")
	}
	good := head + "nhap.mot;Thử Một;;Cán bộ ghi nhận;02143;22/11/2026;;QĐ 1\nnhap.mot;Thử Một;;can bo ghi nhan;01879;22/11/2026;;QĐ 2\nnhap.hai;Thử Hai;;leader;02143;;31/12/2026;QĐ 1\n"
	before := lastLeafOf(t, c.o)
	a = c.want(c.upload("qt.tinh", "/quan-tri/nhap", "ds.csv", []byte(good)), 200, "2 tài khoản mới", "3 quyền", "Lưu danh sách")
	if lastLeafOf(t, c.o) != before {
		t.Error("the preview saved something")
	}
	list := html.UnescapeString(regexp.MustCompile(`(?s)name="du-lieu" value="([^"]*)"`).FindStringSubmatch(c.rawUpload("qt.tinh", good))[1])
	c.want(c.post("qt.tinh", "/quan-tri/nhap/luu", "khoa", "n1", "du-lieu", list), 303)
	c.want(c.post("qt.tinh", "/quan-tri/nhap/luu", "khoa", "n1", "du-lieu", list), 303)
	c.want(c.upload("qt.tinh", "/quan-tri/nhap", "ds.csv", []byte(good)), 200, "0 tài khoản mới", "3 dòng đã có")

	for name, content := range map[string]string{"mau.xlsx": "PK\x03\x04 hỏng", "ds.csv": "a\x00b", "rong.csv": "", "khac.csv": "Một;Hai\n1;2\n"} {
		c.want(c.upload("qt.tinh", "/quan-tri/nhap", name, []byte(content)), 422, "tep-e")
	}
	c.want(c.upload("qt.tinh", "/quan-tri/nhap", "to.csv", bytes.Repeat([]byte("x"), 3<<20)), 422, "2 MB")
	template := c.get("qt.tinh", "/quan-tri/nhap/mau.xlsx")
	c.want(template, 200)

	file := c.want(c.post("qt.tinh", "/quan-tri/mat-khau.csv", "khoa", "p1"), 200, "nhap.mot", "nhap.hai", "Mật khẩu tạm")
	if !accountOf(t, c.o, "nhap.hai").MustChange || len(strings.Split(file.body, "\n")) < 3 {
		t.Error("no temporary passwords were given")
	}
	if again := c.post("qt.tinh", "/quan-tri/mat-khau.csv", "khoa", "p2"); again.status != 404 {
		t.Errorf("the file can be had twice: %d", again.status)
	}
}

// rawUpload is the page of an upload as it was sent, for values in attributes.
func (c *counter) rawUpload(as, text string) string {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, _ := m.CreateFormFile("tep", "ds.csv")
	_, _ = part.Write([]byte(text))
	_ = m.Close()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/quan-tri/nhap", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set(asHeader, as)
	w := httptest.NewRecorder()
	c.pages.ServeHTTP(w, r)
	return w.Body.String()
}

func TestDelegationThroughThePages(t *testing.T) {
	c := openCounter(t)
	chief := accountOf(t, c.o, "thu.truong", "approver 02143")
	accountOf(t, c.o, "thu.pho")
	grants, err := access.OfAccount(t.Context(), c.o.app.DB.Read(), chief.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.want(c.get("thu.pho", "/ghi-nhan?don-vi=02143"), 403)
	c.want(c.post("thu.truong", "/uy-quyen", "khoa", "u0", "nguoi", "khong.co"), 422, "Lỗi: Ủy quyền", "Hãy chọn quyền", "Không có tài khoản", "ngày cuối cùng")
	own := fmt.Sprint(grants[0].ID)
	c.want(c.post("thu.truong", "/uy-quyen", "khoa", "u1", "quyen", own, "nguoi", "thu.pho", "tu-ngay", today.String(), "den-ngay", "2026-12-01", "ly-do", "Nghỉ phép"), 303)
	c.want(c.get("thu.truong", "/uy-quyen?xong=uy-quyen"), 200, "Đã ủy quyền.", "thu.pho", "Thu hồi")
	c.want(c.get("thu.pho", "/ghi-nhan?don-vi=02143&ky=2026-M10"), 200)
	c.want(c.get("thu.pho", "/uy-quyen"), 200, "Đang làm thay người khác", "thu.truong")
	lent, err := access.FromAccount(t.Context(), c.o.app.DB.Read(), chief.ID)
	if err != nil || len(lent) != 1 {
		t.Fatal(len(lent), err)
	}
	take := fmt.Sprintf("/uy-quyen/%d/thu-hoi", lent[0].ID)
	c.want(c.post("thu.pho", take, "khoa", "u2"), 403)
	c.want(c.post("thu.truong", take, "khoa", "u3"), 303)
	c.want(c.get("thu.pho", "/ghi-nhan?don-vi=02143"), 403)
}
