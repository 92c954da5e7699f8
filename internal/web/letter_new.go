package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"danvan/data"
	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// letterForm is a letter as the desk takes it in: the form, and the page on which the citizen checks it.
type letterForm struct {
	form
	Kind      *catalog.Kind
	Today     civil.Date
	Class     string
	Denounces bool // a denunciation, whole or in part: nobody is named, no file is taken
	Units     []option
	Home      string
	Unit      *org.Unit
	Place     *org.Unit
	Received  civil.Date
	Remote    *petition.RemotePlace
	Guess     *petition.Guess // another class that its words speak for
	Visit     string          // number of the visit at which it was handed in
	Brought   *brought        // that visit
	AskPaper  bool            // the law asks for an identity document
	tree      *org.Tree
}

// mixedDenounces is the choice of a letter of several contents of which one is a denunciation.
const mixedDenounces = "mixed-tc"

// letterClass is one choice of the first page, with what tells it from the others.
type letterClass struct{ Value, Name, Means, Sign string }

// letterClasses tell the classes apart in plain words: by what the letter is about and asks for.
var letterClasses = []letterClass{
	{"complaint", "Khiếu nại", "Người gửi không đồng ý với một quyết định hoặc việc làm của cơ quan, cán bộ ảnh hưởng trực tiếp đến quyền lợi của chính họ, và đòi xem lại.", "Ví dụ: không đồng ý quyết định thu hồi đất, mức bồi thường, quyết định xử phạt, kỷ luật."},
	{"denunciation", "Tố cáo", "Người gửi báo cho cơ quan biết một người, một tổ chức vi phạm pháp luật, dù việc đó có hại trực tiếp đến họ hay không.", "Ví dụ: báo việc nhận hối lộ, lập khống hồ sơ, chiếm đoạt tiền hỗ trợ. Danh tính phải được giữ bí mật."},
	{"proposal", "Kiến nghị", "Người gửi nêu nguyện vọng, đề xuất cơ quan làm một việc, sửa một chính sách.", "Ví dụ: đề xuất làm đường, sửa mức hỗ trợ."},
	{"reflection", "Phản ánh", "Người gửi cho biết một tình trạng, sự việc để cơ quan xử lý; không nhằm vào hành vi vi phạm của một người cụ thể.", "Ví dụ: ô nhiễm, đường hỏng, thủ tục phiền hà."},
	{"mixed", "Nhiều nội dung, không có tố cáo", "Một đơn có từ hai loại trên trở lên. Vào sổ là một đơn; cán bộ xử lý tách từng nội dung.", ""},
	{mixedDenounces, "Nhiều nội dung, trong đó có tố cáo", "Như trên, nhưng có nội dung tố cáo: cả đơn được giữ bí mật danh tính như đơn tố cáo.", ""},
}

func classNamed(value string) *letterClass {
	if i := slices.IndexFunc(letterClasses, func(c letterClass) bool { return c.Value == value }); i >= 0 {
		return &letterClasses[i]
	}
	return nil
}

// remotePlaces is read once: the list is part of the program's data.
var remotePlaces = sync.OnceValues(func() (petition.RemotePlaces, error) { return petition.ReadRemotePlaces(data.FS) })

// letterNew asks for the class first, then shows the form of that class.
func (s *server) letterNew(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	q := r.URL.Query()
	if visit := strings.TrimSpace(q.Get("luot")); visit != "" {
		return s.letterOfVisit(w, r, visit)
	}
	if classNamed(q.Get("loai")) == nil {
		p := page{Title: "Nhận đơn: đơn thuộc loại nào", Section: "don-thu"}
		return s.render(w, r, http.StatusOK, p, letterClassPage(""))
	}
	f := newForm()
	f.Values.Set("loai", q.Get("loai"))
	f.Values.Set("nhan", s.Today().Vi())
	lf, err := s.letterForm(r.Context(), f)
	if err != nil {
		return err
	}
	return s.showLetterForm(w, r, http.StatusOK, lf)
}

// letterForm reads what was typed, without judging it.
func (s *server) letterForm(ctx context.Context, f form) (*letterForm, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	c := classNamed(f.get("loai"))
	if c == nil {
		return nil, fault.New(fault.Invalid, "Hãy chọn loại đơn ở trang Nhận đơn.")
	}
	lf := &letterForm{form: f, Today: s.Today(), Class: c.Value, tree: tree, Visit: f.get("luot")}
	lf.Kind = s.kindNear(petition.Letter, lf.Today)
	if lf.Kind == nil {
		return nil, fault.New(fault.NotFound, "Danh mục không có loại ghi nhận đơn thư.")
	}
	if c.Value == mixedDenounces {
		lf.Class, lf.Denounces = "mixed", true
	}
	lf.Denounces = lf.Denounces || petition.Denounces(lf.Class)
	if lf.Visit != "" {
		if lf.Brought, err = s.broughtAt(ctx, lf.Visit); err != nil {
			return nil, err
		}
	}
	if lf.Denounces { // whatever a browser sends: nobody is named
		for _, name := range []string{asSender, "nguoi", "dia-chi", "lien-he", "giay-to", "nguoi-khac", "dai-dien"} {
			lf.Values.Del(name)
		}
	}
	lf.AskPaper = lf.Today >= 20260701
	list := &recordForm{form: lf.form, tree: tree, Kind: lf.Kind, On: lf.Today, right: access.RecordLetters}
	units := list.mayRecord(viewer(ctx))
	list.chooseUnit(viewer(ctx), units)
	if list.get(bodyField) == "" {
		s.lastRegister(ctx, lf, units)
	}
	if len(units) <= unitsListed {
		lf.Units = list.options(units)
	}
	lf.Home = refName(tree, lf.get(bodyField), lf.Today)
	return lf, nil
}

// lastRegister takes the body for which this person entered a letter last, or the only committee among those that he
// records for: a desk serves one register, and no one should have to choose it each time.
func (s *server) lastRegister(ctx context.Context, f *letterForm, units []*org.Unit) {
	var last int64
	_ = s.DB.Read().QueryRowContext(ctx, `SELECT e.unit FROM entry_version v JOIN entry e ON e.id = v.entry
		WHERE v.actor = $1 AND v.version = 1 AND e.kind = $2 ORDER BY e.id DESC LIMIT 1`, viewer(ctx).Login, petition.Letter).Scan(&last) // none: nothing is chosen
	var committees []*org.Unit
	for _, u := range units {
		if int64(u.ID) == last {
			f.Values.Set(bodyField, ledger.Ref(u))
			return
		}
		if strings.HasSuffix(u.Code, ".UBND") {
			committees = append(committees, u)
		}
	}
	if len(committees) == 1 {
		f.Values.Set(bodyField, ledger.Ref(committees[0]))
	}
}

func (s *server) showLetterForm(w http.ResponseWriter, r *http.Request, status int, f *letterForm) error {
	p := page{Title: "Nhận đơn: " + lowerFirst(classNamed(f.get("loai")).Name), Section: "don-thu", Scripts: []string{"combo.js"}}
	if len(f.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, letterFormPage(f))
}

// letterPost shows the form again, the page to check, or saves: as the button says.
func (s *server) letterPost(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	values, sent, err := s.readSealed(w, r)
	if err != nil {
		return err
	}
	step := values.Get(stepField)
	if class := strings.TrimPrefix(step, "loai:"); class != step {
		values.Set("loai", class)
		step = "sua"
	}
	values.Del(stepField)
	f, err := s.letterForm(r.Context(), sentForm(values))
	if err != nil {
		return err
	}
	if step == "sua" {
		return s.showLetterForm(w, r, http.StatusOK, f)
	}
	if before, err := s.letterBefore(r, f.form); err != nil || before != 0 {
		if err == nil && step == "luu" {
			return seeOther(w, r, "/don-thu/"+itoa(before)+"/bien-nhan")
		}
		return err
	}
	s.judgeLetter(r.Context(), f)
	if len(f.Wrong) > 0 {
		return s.showLetterForm(w, r, http.StatusUnprocessableEntity, f)
	}
	if step != "luu" {
		return s.render(w, r, http.StatusOK, page{Title: "Nhận đơn: kiểm tra trước khi vào sổ", Section: "don-thu"}, letterCheckPage(f))
	}
	return s.letterSave(w, r, f, sent)
}

// letterBefore is the letter that this very form became already, 0 for none: then it was sent twice.
func (s *server) letterBefore(r *http.Request, f form) (int64, error) {
	rows, err := s.DB.Read().QueryContext(r.Context(), `SELECT answer FROM idempotency WHERE key = $1`, formKey(r, f))
	if err != nil {
		return 0, fmt.Errorf("look for form: %w", err)
	}
	defer rows.Close()
	var answer []byte
	if rows.Next() {
		if err := rows.Scan(&answer); err != nil {
			return 0, fmt.Errorf("look for form: %w", err)
		}
	}
	id, _ := strconv.ParseInt(string(answer), 10, 64)
	return id, rows.Err()
}

// letterSave enters the letter in the register: number, entry, dossier in one transaction; then its papers.
func (s *server) letterSave(w http.ResponseWriter, r *http.Request, f *letterForm, sent []sentFile) error {
	ctx := r.Context()
	if f.Denounces {
		sent = nil
	}
	for _, file := range sent {
		if _, err := files.Clean(file.Data, file.Name); err != nil {
			f.say("tep", fault.Say(err))
		}
	}
	var answer []byte
	var err error
	if len(f.Wrong) == 0 {
		answer, err = s.sealedOnce(r, f.form, func(tx *db.Tx) ([]byte, error) {
			id, err := s.enterLetter(ctx, tx, f, "letter:"+itoa(viewer(ctx).Account)+":"+f.Key)
			return []byte(itoa(id)), err
		})
		p := pieceForm{form: f.form}
		if err = p.refusal(err, letterControls); err != nil {
			return err
		}
		f.Wrong = p.Wrong
	}
	if len(f.Wrong) > 0 {
		return s.render(w, r, http.StatusUnprocessableEntity, page{Title: "Lỗi: nhận đơn", Section: "don-thu"}, letterCheckPage(f))
	}
	id, err := strconv.ParseInt(string(answer), 10, 64)
	if err != nil {
		return fmt.Errorf("number of the new letter: %w", err)
	}
	for _, file := range sent {
		if _, err := s.Dossiers.Add(ctx, viewer(ctx).Login, id, file.Data, file.Name, dossier.Letter, true); err != nil {
			s.Log.Error("paper of a new letter", "letter", id, "err", err)
			return seeOther(w, r, "/don-thu/"+itoa(id)+"/bien-nhan?xong=nhan-don-thieu-tep")
		}
	}
	return seeOther(w, r, "/don-thu/"+itoa(id)+"/bien-nhan?xong=nhan-don")
}

// letterControls are the controls of the fields that the ledger may refuse.
var letterControls = map[string]string{"received_on": "nhan", "unit": bodyField, "place": "noi", "field": "linh-vuc", "channel": "nguon", "eligible": "dieu-kien", "competence": "tham-quyen", "papers": "so-giay-to"}

func (s *server) enterLetter(ctx context.Context, tx *db.Tx, f *letterForm, key string) (int64, error) {
	if !viewer(ctx).May(access.RecordLetters, f.Unit.ID) {
		return 0, fault.New(fault.Denied, outOfReach)
	}
	if f.Brought != nil {
		return s.enterBrought(ctx, tx, f, key)
	}
	return s.enterNew(ctx, tx, f, key)
}

// enterNew gives the letter its number and keeps it.
func (s *server) enterNew(ctx context.Context, tx *db.Tx, f *letterForm, key string) (int64, error) {
	line, err := petition.NextLine(ctx, tx, f.Unit.ID, f.Today.Year(), f.Denounces)
	if err != nil {
		return 0, err
	}
	posted, err := s.Ledger.Record(ctx, tx, viewer(ctx).Login, f.draft(key, line))
	if err != nil {
		return 0, err
	}
	if err := petition.Enter(ctx, tx, posted.ID, line); err != nil {
		return 0, err
	}
	return posted.ID, s.Dossiers.Put(ctx, tx, viewer(ctx).Login, dossier.Item{Entry: posted.ID, Content: f.content(), Sender: f.sender(), Marked: !f.Denounces})
}

// hidden are the typed values that the checking page carries to the save.
func (f *letterForm) hidden() [][2]string {
	var out [][2]string
	names := make([]string, 0, len(f.Values))
	for name := range f.Values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == keyField || name == stepField {
			continue
		}
		for _, v := range f.Values[name] {
			if v != "" {
				out = append(out, [2]string{name, v})
			}
		}
	}
	return out
}

// visitQuery carries the visit along from the page of classes to the form.
func visitQuery(visit string) string {
	if visit == "" {
		return ""
	}
	return "&" + url.Values{"luot": {visit}}.Encode()
}
