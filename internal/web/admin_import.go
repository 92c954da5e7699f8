package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/org"
	"danvan/internal/xlsx"
)

// Accounts from a list: CSV or XLSX, one row a grant; several rows of one login are one account with several posts.
// The list is tried out first in a transaction that is taken back, so that the preview says what saving will say.

// The bounds of a list of accounts.
const (
	accountFileBytes = 2 << 20
	accountFileRows  = 1000
)

// accountColumns are the columns of the list, as the template heads them.
var accountColumns = []struct{ Key, Head, Example string }{
	{"dang-nhap", "Tên đăng nhập", "ha.nguyenthi"},
	{"ten", "Họ và tên", "Nguyễn Thị Hà"},
	{"thu", "Thư điện tử", ""},
	{"vai-tro", "Vai trò", "Cán bộ ghi nhận"},
	{"don-vi", "Mã đơn vị", "02143"},
	{"tu-ngay", "Từ ngày", "01/07/2025"},
	{"den-ngay", "Đến hết ngày", ""},
	{"ly-do", "Lý do", "Quyết định số 12-QĐ/ĐU"},
}

// accountLine is a row of the list, with what is wrong with it.
type accountLine struct {
	Number int // as the file counts
	Cells  map[string]string
	Unit   string // name of the unit, where it was found
	Does   string // what saving would do
	Wrong  string
}

// importView is the list as read, tried out, not saved.
type importView struct {
	Form             form
	Name             string
	Lines            []accountLine
	Made, Given, Had int
	Bad              int
	Data             string // the list, to be sent back when it is saved
}

func (s *server) importAccounts(w http.ResponseWriter, r *http.Request) error {
	return s.showImport(w, r, importView{Form: newForm()})
}

func (s *server) showImport(w http.ResponseWriter, r *http.Request, v importView) error {
	title, status := "Nhập danh sách tài khoản", http.StatusOK
	if v.Bad+len(v.Form.Wrong) > 0 {
		title, status = "Lỗi: nhập danh sách tài khoản", http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, page{Title: title, Section: "tai-khoan"}, importAccountsPage(v))
}

// readAccounts reads the file that was sent and tries it out.
func (s *server) readAccounts(w http.ResponseWriter, r *http.Request) error {
	v := importView{Form: newForm()}
	name, rows, err := sentTable(w, r)
	if err == nil {
		v.Name = name
		v.Lines, err = accountLines(rows)
	}
	if said := sentence(err); said != "" {
		v.Form.say("tep", said)
		return s.showImport(w, r, v)
	}
	if err != nil {
		return err
	}
	by, err := s.by(r)
	if err != nil {
		return err
	}
	if err := s.tryAccounts(r, by, &v); err != nil {
		return err
	}
	v.Data = accountsCSV(v.Lines)
	return s.showImport(w, r, v)
}

var errTried = errors.New("tried out, taken back")

// tryAccounts saves the list in a transaction that is taken back.
func (s *server) tryAccounts(r *http.Request, by access.By, v *importView) error {
	err := s.DB.WriteAlone(r.Context(), func(tx *db.Tx) error {
		if err := s.applyAccounts(r.Context(), tx, viewer(r.Context()), by, v); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

func (s *server) saveAccounts(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 4*accountFileBytes)
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	v := importView{Form: f, Data: f.get("du-lieu")}
	rows, err := csv.NewReader(strings.NewReader(v.Data)).ReadAll()
	if err == nil {
		v.Lines, err = accountLines(rows)
	}
	if err != nil {
		return fault.New(fault.Invalid, "Danh sách gửi lại không đọc được. Hãy chọn lại tệp từ đầu.")
	}
	by, err := s.by(r)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("accounts/%d/%s", by.Account, f.Key)
	err = s.DB.WriteAlone(r.Context(), func(tx *db.Tx) error {
		_, err := db.Once(r.Context(), tx, key, []byte(v.Data), func() ([]byte, error) {
			v.Made, v.Given, v.Had, v.Bad = 0, 0, 0, 0
			if err := s.applyAccounts(r.Context(), tx, viewer(r.Context()), by, &v); err != nil {
				return nil, err
			}
			if v.Bad > 0 {
				return nil, errTried
			}
			return nil, nil
		})
		return err
	})
	if errors.Is(err, errTried) {
		return s.showImport(w, r, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/quan-tri/tai-khoan?xong=nhap-tai-khoan")
}

// applyAccounts makes what is missing: accounts, then grants. What stands already is left alone, so that a list may
// be sent again with more rows. A row that is refused says why; the others go on, for the preview.
func (s *server) applyAccounts(ctx context.Context, tx *db.Tx, v *access.Viewer, by access.By, list *importView) error {
	for i := range list.Lines {
		l := &list.Lines[i]
		l.Wrong, l.Does = "", ""
		made, given, err := s.applyLine(ctx, tx, v, by, l)
		if said := sentence(err); said != "" {
			l.Wrong = said
		} else if fault.KindOf(err) == fault.Denied && err != nil {
			l.Wrong = fault.Say(err)
		} else if err != nil {
			return err
		}
		switch {
		case l.Wrong != "":
			list.Bad++
		case made:
			list.Made++
			list.Given++
			l.Does = "Lập tài khoản, giao quyền"
		case given:
			list.Given++
			l.Does = "Giao thêm quyền"
		default:
			list.Had++
			l.Does = "Đã có, giữ nguyên"
		}
	}
	return nil
}

func (s *server) applyLine(ctx context.Context, tx *db.Tx, v *access.Viewer, by access.By, l *accountLine) (made, given bool, err error) {
	f := form{Values: map[string][]string{}}
	for key, cell := range l.Cells {
		f.Values.Set(key, cell)
	}
	if role := roleNamed(l.Cells["vai-tro"]); role != "" {
		f.Values.Set("vai-tro", string(role))
	}
	g := wantedGrant(&f, by)
	checkOver(v, &f, g)
	if g.Unit != 0 {
		l.Unit = lastNameOf(by.Tree, g.Unit, by.Today)
	}
	if len(f.Wrong) > 0 {
		var said []string
		for _, w := range f.Wrong {
			said = append(said, w.Say)
		}
		return false, false, fault.New(fault.Invalid, strings.Join(said, " "))
	}
	n := identity.NewAccount{Login: identity.CleanLogin(l.Cells["dang-nhap"]), Name: l.Cells["ten"], Email: l.Cells["thu"]}
	a, err := s.Accounts.ByLogin(ctx, tx, n.Login)
	switch {
	case fault.KindOf(err) == fault.NotFound && err != nil:
		if a, err = s.Accounts.Create(ctx, tx, by.Login, n); err != nil {
			return false, false, err
		}
		made = true
	case err != nil:
		return false, false, err
	case civil.Fold(a.Name) != civil.Fold(strings.Join(strings.Fields(n.Name), " ")):
		return false, false, fault.Newf(fault.Conflict, "Tên đăng nhập “%s” đã cấp cho %s. Hãy chọn tên khác.", n.Login, a.Name)
	}
	p, err := s.person(ctx, tx, a.ID)
	if err != nil {
		return false, false, err
	}
	if err := mayManage(v, p, by.Today); err != nil {
		return false, false, err
	}
	if slices.ContainsFunc(p.holding(by.Today), func(x access.Record) bool { return x.Role == g.Role && x.Unit == g.Unit && x.For == 0 }) {
		return made, false, nil
	}
	g.Account = a.ID
	_, err = access.Give(ctx, tx, by, g, l.Cells["ly-do"])
	return made, err == nil, err
}

// roleNamed finds a role by its code or its Vietnamese name, with or without marks.
func roleNamed(text string) access.Role {
	want := civil.Fold(strings.Join(strings.Fields(text), " "))
	for _, role := range access.Roles() {
		if want == civil.Fold(role.Name()) || want == string(role) {
			return role
		}
	}
	return ""
}

// sentTable is the file of a form as rows of cells.
func sentTable(w http.ResponseWriter, r *http.Request) (name string, rows [][]string, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, accountFileBytes+64<<10)
	file, head, err := r.FormFile("tep")
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return "", nil, fault.New(fault.Invalid, "Tệp lớn hơn 2 MB. Hãy chia thành nhiều tệp.")
	case err != nil:
		return "", nil, fault.Wrap(err, fault.Invalid, "Hãy chọn tệp CSV hoặc XLSX theo mẫu.")
	}
	defer file.Close()
	lim := xlsx.Limits{File: accountFileBytes, Unpacked: 64 << 20, Rows: accountFileRows + 50, Cols: 64, Text: 4000, Cells: 64 * (accountFileRows + 50)}
	if strings.EqualFold(path.Ext(head.Filename), ".xlsx") {
		rows, err = xlsx.Read(file, head.Size, "", lim)
		if err != nil {
			err = fault.Wrap(err, fault.Invalid, "Không đọc được tệp: "+lastOf(err)+".")
		}
		return head.Filename, rows, err
	}
	text, err := io.ReadAll(io.LimitReader(file, accountFileBytes+1))
	if err != nil {
		return "", nil, fmt.Errorf("read list of accounts: %w", err)
	}
	rows, err = readCSV(text)
	return head.Filename, rows, err
}

// lastOf is the sentence of a file's refusal, which package xlsx writes for people.
func lastOf(err error) string {
	for _, known := range []error{xlsx.ErrNotXLSX, xlsx.ErrTooBig, xlsx.ErrMacros, xlsx.ErrOldFormat, xlsx.ErrNoSheet, xlsx.ErrErrorValue} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return xlsx.ErrNotXLSX.Error()
}

// readCSV reads UTF-8 with comma or semicolon, as Vietnamese spreadsheets save it.
func readCSV(text []byte) ([][]string, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	in := csv.NewReader(bytes.NewReader(text))
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		in.Comma = ';'
	}
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil || bytes.ContainsRune(text, 0) {
		return nil, fault.New(fault.Invalid, "Tệp không phải CSV đúng dạng. Hãy lưu lại theo mẫu, mã UTF-8.")
	}
	return rows, nil
}

// accountLines finds the columns by their heads and leaves out empty rows.
func accountLines(rows [][]string) ([]accountLine, error) {
	head := slices.IndexFunc(rows, func(cells []string) bool { return columnAt(cells, "Tên đăng nhập") >= 0 })
	if head < 0 {
		return nil, fault.New(fault.Invalid, "Không thấy cột “Tên đăng nhập”. Dòng đầu của tệp phải là tên các cột, như tệp mẫu.")
	}
	at := map[string]int{}
	for _, c := range accountColumns {
		at[c.Key] = columnAt(rows[head], c.Head)
		if at[c.Key] < 0 && slices.Contains([]string{"ten", "vai-tro", "don-vi"}, c.Key) {
			return nil, fault.Newf(fault.Invalid, "Tệp thiếu cột “%s”. Hãy dùng tệp mẫu.", c.Head)
		}
	}
	var out []accountLine
	for i, cells := range rows[head+1:] {
		l := accountLine{Number: head + i + 2, Cells: map[string]string{}}
		for key, k := range at {
			if k >= 0 && k < len(cells) {
				l.Cells[key] = strings.TrimPrefix(strings.TrimSpace(cells[k]), "'")
			}
		}
		if strings.Join(slices.Collect(valuesOf(l.Cells)), "") == "" {
			continue
		}
		out = append(out, l)
	}
	switch {
	case len(out) == 0:
		return nil, fault.New(fault.Invalid, "Tệp không có dòng nào dưới dòng tên cột.")
	case len(out) > accountFileRows:
		return nil, fault.Newf(fault.Invalid, "Tệp có %d dòng, nhiều nhất %d dòng mỗi lần. Hãy chia thành nhiều tệp.", len(out), accountFileRows)
	}
	return out, nil
}

func valuesOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

func columnAt(cells []string, head string) int {
	return slices.IndexFunc(cells, func(c string) bool { return civil.Fold(strings.TrimSpace(c)) == civil.Fold(head) })
}

// accountsCSV is the list as it is sent back for saving.
func accountsCSV(lines []accountLine) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var heads []string
	for _, c := range accountColumns {
		heads = append(heads, c.Head)
	}
	_ = w.Write(heads) // a buffer takes everything
	for _, l := range lines {
		var cells []string
		for _, c := range accountColumns {
			cells = append(cells, l.Cells[c.Key])
		}
		_ = w.Write(cells)
	}
	w.Flush()
	return b.String()
}

// accountTemplate is an empty list with one example row.
func (s *server) accountTemplate(w http.ResponseWriter, r *http.Request) error {
	var heads, example []string
	for _, c := range accountColumns {
		heads, example = append(heads, c.Head), append(example, c.Example)
	}
	if strings.HasSuffix(r.URL.Path, ".csv") {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="mau-tai-khoan.csv"`)
		var b bytes.Buffer
		b.WriteString("\ufeff")
		out := csv.NewWriter(&b)
		_ = out.WriteAll([][]string{heads, example}) // a buffer takes everything
		_, _ = w.Write(b.Bytes())                    // the reader went away: nobody to tell
		return nil
	}
	sheet := xlsx.Sheet{Name: "Tài khoản", Rows: []xlsx.Row{xlsx.Texts(example...)}}
	for _, h := range heads {
		sheet.Columns = append(sheet.Columns, xlsx.Column{Head: h, Width: 20})
	}
	roles := xlsx.Sheet{Name: "Vai trò", Columns: []xlsx.Column{{Head: "Vai trò", Width: 26}, {Head: "Làm được gì", Width: 80}}}
	for _, role := range access.Roles() {
		roles.Rows = append(roles.Rows, xlsx.Texts(role.Name(), role.Does()))
	}
	var b bytes.Buffer
	if err := xlsx.Write(&b, &xlsx.Workbook{Title: "Mẫu danh sách tài khoản", Sheets: []xlsx.Sheet{sheet, roles}}); err != nil {
		return fmt.Errorf("write template of accounts: %w", err)
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="mau-tai-khoan.xlsx"`)
	_, _ = w.Write(b.Bytes()) // the reader went away: nobody to tell
	return nil
}

// passwordFile gives every account without a password a temporary one and sends the list: the only time that the
// passwords are seen. Each row is saved before it is sent; who is not on the list when the line breaks still has
// none, and is on the next.
func (s *server) passwordFile(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), viewer(r.Context())
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	if f.get(keyField) == "" {
		return fault.New(fault.Invalid, "Hãy mở danh sách tài khoản rồi bấm nút cấp mật khẩu ở đó.")
	}
	all, err := s.people(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	day := s.Today()
	all = slices.DeleteFunc(all, func(p person) bool {
		return p.HasPassword || p.State != identity.Active || mayManage(v, p, day) != nil
	})
	if err := s.onceFor(r, f, func(*db.Tx) error { return nil }); err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "Không còn tài khoản nào chưa có mật khẩu. Nếu tệp trước bị mất, hãy cấp lại từng người ở trang tài khoản.")
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="mat-khau-tam.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("\ufeff"))
	send, out := http.NewResponseController(w), csv.NewWriter(w)
	_ = out.Write([]string{"Tên đăng nhập", "Họ và tên", "Mật khẩu tạm", "Quyền", "Dùng trước"})
	for _, p := range all {
		if err := s.sendPassword(ctx, out, send, tree, v.Login, p, day); err != nil {
			s.Log.Error("temporary passwords", "account", p.ID, "err", err)
			return nil // the head is sent; what is missing is on the next list
		}
	}
	return nil
}

func (s *server) sendPassword(ctx context.Context, out *csv.Writer, send *http.ResponseController, tree *org.Tree, actor string, p person, day civil.Date) error {
	pw, err := identity.Temporary()
	if err != nil {
		return err
	}
	had := false
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := s.Accounts.Account(ctx, tx, p.ID)
		if had = a.HasPassword; err != nil || had { // somebody else gave one meanwhile
			return err
		}
		return s.Accounts.SetPassword(ctx, tx, actor, p.ID, pw, identity.MustChange)
	})
	if err != nil || had {
		return err
	}
	a, err := s.Accounts.Account(ctx, s.DB.Read(), p.ID)
	if err != nil {
		return err
	}
	_ = out.Write([]string{p.Login, inert(p.Name), pw.Plain, inert(strings.Join(posts(tree, p.holding(day), day), "; ")), whenText(a.Until)})
	out.Flush()
	_ = send.SetWriteDeadline(time.Now().Add(time.Minute)) // a long list takes longer than a page may
	_ = send.Flush()
	return out.Error()
}
