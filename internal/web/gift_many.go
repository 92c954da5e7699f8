package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/xlsx"
)

// How many gifts one form holds: what a village brings together in an evening.
const (
	giftsAtFirst = 6
	giftsMost    = 200
	giftsMore    = 6
	giftsBytes   = 4 << 20
)

// giftColumns are the columns of a gift, by the last part of the control's name; heads of a pasted table lead to them.
var giftColumns = []struct {
	Key, Name, Mode string
	Heads           []string // folded beginnings of a head
}{
	{"ben", "Bên góp", "", []string{"ben"}},
	{"ho", "Lượt hộ", "numeric", []string{"luot ho", "so ho", "ho"}},
	{"tien", "Tiền (đồng)", "numeric", []string{"tien", "so tien"}},
	{"cong", "Ngày công", "decimal", []string{"ngay cong", "cong"}},
	{"dat", "Đất (m²)", "decimal", []string{"dat"}},
	{"hv", "Hiện vật", "", []string{"hien vat"}},
	{"sl", "Số lượng", "decimal", []string{"so luong", "luong"}},
	{"dv", "Đơn vị tính", "", []string{"don vi"}},
	{"ten", "Tên, nếu muốn nêu", "", []string{"ten", "ho ten", "ho va ten"}},
	{"y", "Muốn nêu tên", "", []string{"muon neu", "neu ten", "dong y"}},
}

// giftManyView is the form for many gifts in one go.
type giftManyView struct {
	pieceForm
	*giftView
	Rows   int
	Givers []option
	Units  []option
	Source []option
	Read   int // rows that were just read from a table

	Villages []string // that the commune's records name
}

func (s *server) giftMany(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("gop")
	v, err := s.giftManyView(r, f)
	if err != nil {
		return err
	}
	v.pieceForm.Values.Set("ngay", v.Today.Vi())
	v.pieceForm.Values.Set("thon", v.Village)
	v.pieceForm.Values.Set("nguon", "people")
	return s.showGiftMany(w, r, http.StatusOK, v)
}

func (s *server) giftManyView(r *http.Request, f pieceForm) (*giftManyView, error) {
	g, err := s.giftView(r)
	if err != nil {
		return nil, err
	}
	if !g.Mine {
		return nil, fault.New(fault.Conflict, "Công trình này đã hủy ở sổ việc nên không ghi thêm được nữa.")
	}
	gift := s.kindNear(contribution.GiftKind, g.Today)
	v := &giftManyView{pieceForm: f, giftView: g, Rows: giftsAtFirst, Givers: choiceOptions(gift, "giver", "", g.Today), Units: choiceOptions(gift, "goods_unit", "—", g.Today),
		Source: choiceOptions(gift, "source", "", g.Today)}
	if n, err := strconv.Atoi(f.get("so-dong")); err == nil {
		v.Rows = min(max(n, 1), giftsMost)
	}
	return v, nil
}

func (s *server) showGiftMany(w http.ResponseWriter, r *http.Request, status int, v *giftManyView) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	if v.Villages, err = s.villagesNear(r.Context(), tree, v.Unit); err != nil {
		return err
	}
	title := "Ghi nhiều lần đóng góp"
	if len(v.pieceForm.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "dong-gop"}, giftManyPage(v))
}

// readGifts reads the form, with a table in a file where one was chosen.
func (s *server) readGifts(w http.ResponseWriter, r *http.Request) (f pieceForm, file []byte, name string, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, giftsBytes)
	if err := r.ParseMultipartForm(giftsBytes); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return f, nil, "", fault.Wrap(err, fault.Invalid, "Không đọc được biểu mẫu đã gửi, hoặc tệp lớn hơn 4 MB. Hãy quay lại trang trước rồi gửi lại.")
	}
	values := url.Values{}
	for k, list := range r.PostForm {
		for _, v := range list {
			values.Add(k, strings.ReplaceAll(v, "\r\n", "\n"))
		}
	}
	f = pieceForm{form: sentForm(values), Act: "gop"}
	part, head, err := r.FormFile("tep")
	if err != nil {
		return f, nil, "", nil // no file was chosen
	}
	defer part.Close()
	file, err = io.ReadAll(part)
	if err != nil {
		return f, nil, "", fault.Wrap(err, fault.Invalid, "Tệp tải lên bị ngắt giữa chừng. Hãy chọn lại tệp rồi gửi lại.")
	}
	return f, file, head.Filename, nil
}

func (s *server) giftManySave(w http.ResponseWriter, r *http.Request) error {
	f, file, name, err := s.readGifts(w, r)
	if err != nil {
		return err
	}
	v, err := s.giftManyView(r, f)
	if err != nil {
		return err
	}
	at := "/dong-gop/" + itoa(v.ID) + "?xong=dong-gop#so-thu-chi"
	switch f.get("viec") {
	case "them":
		v.Rows = min(v.Rows+giftsMore, giftsMost)
		return s.showGiftMany(w, r, http.StatusOK, v)
	case "doc":
		return s.giftsRead(w, r, v, file, name)
	}
	if done, err := s.sentFormBefore(r, v.pieceForm.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, at)
	}
	if err := s.giftsSave(r, v); err != nil {
		return err
	}
	if len(v.pieceForm.Wrong) > 0 {
		return s.showGiftMany(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, at)
}

// giftCellName is the control of a column in a row.
func giftCellName(n int, key string) string { return "g-" + strconv.Itoa(n) + "-" + key }

// giftsSave records every row that is filled, all or none. What is wrong is said with the number of its row.
func (s *server) giftsSave(r *http.Request, v *giftManyView) error {
	f := &v.pieceForm
	day := f.wantDay("ngay", "Hãy ghi ngày nhận.")
	if day > v.Today {
		f.say("ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi phần đã nhận.")
	}
	rows := map[int]map[string]any{}
	var order []int
	for n := 1; n <= v.Rows; n++ {
		if set := v.gift(n); set != nil {
			rows[n] = set
			order = append(order, n)
		}
	}
	if len(order) == 0 && len(f.Wrong) == 0 {
		f.say(giftCellName(1, "tien"), "Chưa có dòng nào có số. Hãy ghi tiền, ngày công, đất hoặc hiện vật ở ít nhất một dòng.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	at := 0
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		for _, n := range order {
			at = n
			draft := s.giftDraft(tree, v.Work, contribution.GiftKind, day, rows[n], fmt.Sprintf("gop:%s:%d", pieceKey(r, *f), n), nil)
			if _, err := s.recordPiece(ctx, tx, tree, draft); err != nil {
				return err
			}
		}
		return nil
	})
	return v.rowRefusal(err, at)
}

// rowRefusal says in the form why a row was refused.
func (v *giftManyView) rowRefusal(err error, n int) error {
	if err == nil {
		return nil
	}
	f, line := &v.pieceForm, "Dòng "+strconv.Itoa(n)+": "
	var problems ledger.Problems
	if errors.As(err, &problems) {
		keys := map[string]string{"money": "tien", "workdays": "cong", "land": "dat", "goods": "hv", "households": "ho", "giver": "ben", "donors": "ten", "pledge": "tien"}
		for _, p := range problems {
			field, _, _ := strings.Cut(strings.TrimPrefix(p.Field, "fields."), "[")
			control := "ngay"
			if k := keys[field]; k != "" {
				control = giftCellName(n, k)
			}
			f.say(control, line+codedUnit.ReplaceAllString(p.Say, "$1"))
		}
		return nil
	}
	if said := sentence(err); said != "" {
		f.say(giftCellName(n, "tien"), line+said)
		return nil
	}
	return err
}

// gift reads a row; nil for one that is not filled.
func (v *giftManyView) gift(n int) map[string]any {
	f := &v.pieceForm
	get := func(key string) string { return f.text(giftCellName(n, key)) }
	line := "Dòng " + strconv.Itoa(n) + ": "
	set := map[string]any{}
	put(set, "money", get("tien"))
	put(set, "workdays", get("cong"))
	put(set, "land", get("dat"))
	if get("hv") != "" || get("sl") != "" {
		row := map[string]any{}
		put(row, "item", get("hv"))
		put(row, "quantity", get("sl"))
		put(row, "goods_unit", get("dv"))
		set["goods"] = []any{row}
		if len(row) < 3 {
			f.say(giftCellName(n, "hv"), line+"Hiện vật cần đủ tên, số lượng và đơn vị tính.")
		}
	}
	if len(set) == 0 {
		if get("ten") != "" || get("ho") != "" {
			f.say(giftCellName(n, "tien"), line+"Chưa có số góp. Hãy ghi tiền, ngày công, đất hoặc hiện vật, hoặc xóa dòng.")
		}
		return nil
	}
	set["title"], set["source"], set["giver"] = v.Title, or(f.get("nguon"), "people"), or(get("ben"), "household")
	households := int64(0)
	if set["giver"] == "household" {
		households = 1
	}
	if text := get("ho"); text != "" {
		households = f.number(giftCellName(n, "ho"))
	}
	put(set, "households", households)
	put(set, "village", or(oneLine(f.get("thon"), 120), v.Village))
	put(set, "pledge", f.get("cam-ket"))
	giftNamed(f, giftCellName(n, "ten"), giftCellName(n, "y"), line, set)
	return set
}

// giftsRead puts the rows of a pasted table or a file into the form: nothing is saved before they were looked at.
func (s *server) giftsRead(w http.ResponseWriter, r *http.Request, v *giftManyView, file []byte, name string) error {
	f := &v.pieceForm
	rows, err := tableRows(f.get("dan"), file, name)
	if err != nil {
		f.say("dan", fault.Say(err))
		return s.showGiftMany(w, r, http.StatusUnprocessableEntity, v)
	}
	if len(rows) == 0 {
		f.say("dan", "Chưa có dòng nào. Hãy dán các dòng từ bảng tính, hoặc chọn tệp XLSX, CSV.")
		return s.showGiftMany(w, r, http.StatusUnprocessableEntity, v)
	}
	columns, headed := giftHeads(rows[0])
	if headed {
		rows = rows[1:]
	}
	if len(rows) > giftsMost {
		f.say("dan", fmt.Sprintf("Có %d dòng, mỗi lần đọc được %d. Hãy chia thành nhiều lần.", len(rows), giftsMost))
		return s.showGiftMany(w, r, http.StatusUnprocessableEntity, v)
	}
	gift := s.kindNear(contribution.GiftKind, v.Today)
	v.Rows, v.Read = max(len(rows), 1), len(rows)
	for n, row := range rows {
		for i, cell := range row {
			if i < len(columns) && columns[i] != "" {
				v.fill(gift, n+1, columns[i], strings.TrimSpace(cell))
			}
		}
	}
	f.Values.Set("dan", "")
	status := http.StatusOK
	if len(f.Wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.showGiftMany(w, r, status, v)
}

// fill puts a cell of a table into its control; a choice may be named by code or name.
func (v *giftManyView) fill(k *catalog.Kind, n int, key, text string) {
	f, name := &v.pieceForm, giftCellName(n, key)
	field := map[string]string{"ben": "giver", "dv": "goods_unit"}[key]
	switch {
	case text == "":
	case field != "":
		code := ""
		for _, o := range choiceOptions(k, field, "", v.Today) {
			if o.Value == text || civil.Fold(o.Name) == civil.Fold(text) {
				code = o.Value
			}
		}
		if code == "" {
			f.say(name, fmt.Sprintf("Dòng %d: không có “%s” trong danh sách %s. Hãy chọn lại.", n, oneLine(text, 60), map[string]string{"ben": "bên góp", "dv": "đơn vị tính"}[key]))
		}
		f.Values.Set(name, code)
	case key == "y":
		if t := civil.Fold(text); t == "x" || t == "co" || t == "1" || t == "yes" || strings.HasPrefix(t, "dong y") || strings.HasPrefix(t, "muon") {
			f.Values.Set(name, "1")
		}
	default:
		f.Values.Set(name, text)
	}
}

// giftHeads says which column each cell of a head is; a table without a head has the columns of the form in their order.
func giftHeads(row []string) (columns []string, headed bool) {
	for _, cell := range row {
		text, key, best := civil.Fold(strings.TrimSpace(cell)), "", 0
		for _, c := range giftColumns {
			for _, h := range c.Heads {
				if strings.HasPrefix(text, h) && len(h) > best {
					key, best = c.Key, len(h)
				}
			}
		}
		headed = headed || key != "" && key != "ben" && !strings.ContainsAny(text, "0123456789")
		columns = append(columns, key)
	}
	if headed {
		return columns, true
	}
	columns = nil
	for _, c := range giftColumns {
		columns = append(columns, c.Key)
	}
	return columns, false
}

// tableRows are the rows of a table that was pasted, or of a file, empty ones left out.
func tableRows(pasted string, file []byte, name string) ([][]string, error) {
	var rows [][]string
	switch {
	case len(file) > 0 && strings.EqualFold(filepath.Ext(name), ".xlsx"):
		got, err := xlsx.Read(bytes.NewReader(file), int64(len(file)), "", xlsx.Limits{})
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Không đọc được bảng tính này. Hãy lưu lại dạng XLSX hoặc CSV rồi chọn lại.")
		}
		rows = got
	case len(file) > 0:
		pasted = string(file)
		fallthrough
	default:
		got, err := separated(strings.TrimPrefix(pasted, "\ufeff"))
		if err != nil {
			return nil, err
		}
		rows = got
	}
	out := rows[:0]
	for _, row := range rows {
		if strings.TrimSpace(strings.Join(row, "")) != "" {
			out = append(out, row)
		}
	}
	return out, nil
}

// separated splits text at tabs, semicolons or commas, whichever its first line holds.
func separated(text string) ([][]string, error) {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if first == "" {
		return nil, nil
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for _, c := range "\t;," {
		if strings.ContainsRune(first, c) {
			r.Comma = c
			break
		}
	}
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không tách được các cột. Hãy chép cả khối ô từ bảng tính rồi dán vào, hoặc chọn tệp XLSX.")
	}
	return rows, nil
}
