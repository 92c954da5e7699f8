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
	Visit     string          // the visit at which it was handed in
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
	if classNamed(q.Get("loai")) == nil {
		p := page{Title: "Nhận đơn: đơn thuộc loại nào", Section: "don-thu"}
		return s.render(w, r, http.StatusOK, p, letterClassPage(strings.TrimSpace(q.Get("luot"))))
	}
	f := newForm()
	f.Values.Set("loai", q.Get("loai"))
	f.Values.Set("luot", strings.TrimSpace(q.Get("luot")))
	if q.Get("luot") != "" {
		f.Values.Set("nguon", "reception")
	}
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
	if lf.Denounces { // whatever a browser sends: nobody is named
		for _, name := range []string{"nguoi", "dia-chi", "lien-he", "giay-to", "nguoi-khac", "dai-dien"} {
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

// judgeLetter says what keeps the form from being saved, and what the place and the words say of it.
func (s *server) judgeLetter(ctx context.Context, f *letterForm) {
	f.judgeDay()
	f.Unit = f.named(bodyField, "Hãy chọn đơn vị nhận đơn.")
	if f.Unit != nil && !viewer(ctx).May(access.RecordLetters, f.Unit.ID) {
		f.say(bodyField, "Tài khoản của bạn không có quyền nhận đơn cho đơn vị này. Hãy chọn đơn vị khác.")
	}
	if f.get("noi") != "" {
		f.Place = f.named("noi", "")
	}
	f.choice("nguon", "channel", "Hãy chọn đơn đến bằng cách nào.")
	f.choice("linh-vuc", "field", "Hãy chọn lĩnh vực.")
	for name, field := range map[string]string{"dieu-kien": "eligible", "tham-quyen": "competence", "lan": "round", "ky": "signature", "tai-khieu": "repeated"} {
		if f.get(name) != "" {
			f.choice(name, field, "")
		}
	}
	f.number("so-nguoi-ky", 10_000)
	f.number("so-giay-to", 1000)
	if !f.Denounces && f.get("nguoi") == "" && f.number("so-nguoi-ky", 10_000) > 1 {
		f.say("nguoi", "Đơn nhiều người ký: hãy ghi họ tên người đại diện.")
	}
	if strings.TrimSpace(f.get("tom-tat")) == "" && !f.Denounces {
		f.say("tom-tat", "Hãy ghi tóm tắt nội dung trong một hai câu.")
	}
	if len([]rune(f.get("tom-tat"))) > 1000 {
		f.say("tom-tat", "Tóm tắt dài quá 1.000 chữ. Hãy rút gọn; nguyên văn ghi ở ô bên dưới.")
	}
	f.judgePlace()
	f.guess()
}

func (f *letterForm) judgeDay() {
	f.Received = wantedDay(&f.form, "nhan", 0)
	switch {
	case f.Received == 0 && !f.Wrong.has("nhan"):
		f.say("nhan", "Hãy ghi ngày nhận đơn.")
	case f.Received > f.Today:
		f.say("nhan", "Ngày nhận "+f.Received.Vi()+" chưa tới. Hãy sửa lại ngày.")
	case f.Received != 0 && f.Received < f.Today.AddDays(-3660):
		f.say("nhan", "Ngày nhận cách đây hơn mười năm. Hãy kiểm tra lại năm.")
	}
}

// named reads a unit typed by code or name.
func (f *letterForm) named(name, missing string) *org.Unit {
	p := pieceForm{form: f.form}
	u := p.unit(f.tree, name, f.Today)
	f.Wrong = p.Wrong
	if u == nil && missing != "" && !f.Wrong.has(name) {
		f.say(name, missing)
	}
	return u
}

// choice checks a choice of the kind.
func (f *letterForm) choice(name, field, missing string) {
	fd := f.Kind.Field(field)
	switch v := f.get(name); {
	case v == "" && missing != "":
		f.say(name, missing)
	case v != "" && (fd == nil || fd.Option(v) == nil):
		f.say(name, "Lựa chọn này không có trong danh sách. Hãy chọn lại.")
	}
}

// number reads a count, 0 where none is typed.
func (f *letterForm) number(name string, most int) int {
	text := strings.TrimSpace(f.get(name))
	if text == "" || f.Wrong.has(name) {
		return 0
	}
	n, err := strconv.Atoi(strings.ReplaceAll(text, ".", ""))
	if err != nil || n < 0 || n > most {
		f.say(name, fmt.Sprintf("Hãy ghi một số từ 0 đến %s.", civil.FormatInt(int64(most))))
		return 0
	}
	return n
}

// judgePlace says whether the complaint's place is remote: a property of the place, on the day of receipt.
func (f *letterForm) judgePlace() {
	if f.Class != "complaint" || f.Unit == nil || f.Received == 0 {
		return
	}
	list, err := remotePlaces()
	if err != nil {
		return
	}
	at := f.Unit
	if f.Place != nil {
		at = f.Place
	}
	f.Remote = list.Of(f.tree, at.ID, f.Received)
}

// guess suggests another class where the words speak for it; a person decides.
func (f *letterForm) guess() {
	text := strings.Join([]string{f.get("tom-tat"), f.get("noi-dung"), f.get("yeu-cau")}, " ")
	guesses := petition.Guesses(text)
	if len(guesses) > 0 && guesses[0].Class != f.Class && f.Class != "mixed" {
		f.Guess = &guesses[0]
	}
}

// ChangesTo are the classes that the checking page offers instead.
func (f *letterForm) ChangesTo() []letterClass {
	var out []letterClass
	for _, c := range letterClasses {
		if c.Value != f.get("loai") {
			out = append(out, c)
		}
	}
	return out
}

// content is what the letter says.
func (f *letterForm) content() dossier.Content {
	text := func(name string) string { return strings.TrimSpace(f.get(name)) }
	return dossier.Content{Summary: text("tom-tat"), Text: text("noi-dung"), Request: text("yeu-cau"), Respondent: text("doi-tuong"), Place: text("noi-xay-ra"),
		Parcels: linesOf(f.get("thua-dat")), Decisions: linesOf(f.get("quyet-dinh")), Note: text("ghi-chu"), Denounces: f.Class == "mixed" && f.Denounces}
}

// sender is who sent it, nil where nobody is named.
func (f *letterForm) sender() *dossier.Sender {
	if f.Denounces {
		return nil
	}
	s := senderOf(f.form)
	s.Signers = f.number("so-nguoi-ky", 10_000)
	if s.Empty() {
		return nil
	}
	return s
}

// senderOf reads a sender from a form.
func senderOf(f form) *dossier.Sender {
	text := func(name string) string { return strings.TrimSpace(f.get(name)) }
	return &dossier.Sender{Name: text("nguoi"), Address: text("dia-chi"), Contact: text("lien-he"), Document: text("giay-to"), Stands: text("dai-dien"), Others: linesOf(f.get("nguoi-khac"))}
}

// draft is the skeleton of the letter for the ledger: nothing about people.
func (f *letterForm) draft(key string, line petition.Line) ledger.Draft {
	set := map[string]any{"class": f.Class, "received_on": f.Received.String(), "code": line.Code, "number": strconv.FormatInt(line.Number, 10),
		"steps": []any{map[string]any{"act": "received", "on": f.Received.String()}}}
	for name, field := range map[string]string{"nguon": "channel", "linh-vuc": "field", "dieu-kien": "eligible", "tham-quyen": "competence", "lan": "round", "ky": "signature", "tai-khieu": "repeated", "bi": "respondent"} {
		put(set, field, f.get(name))
	}
	if n := f.number("so-nguoi-ky", 10_000); n > 1 {
		set["joint_letter"] = "yes"
	}
	if n := f.number("so-giay-to", 1000); n > 0 {
		set["papers"] = n
	}
	if f.Class == "complaint" {
		set["remote"] = or(sayIf(f.Remote != nil, "yes"), "no")
	}
	if f.get("nac-danh") != "" {
		set["anonymous_exception"] = "yes"
	}
	put(set, "level", levelOf(f.Unit, f.Today))
	for code := range set {
		if f.Kind.Field(code) == nil {
			delete(set, code)
		}
	}
	d := ledger.Draft{Key: key, Kind: petition.Letter, Unit: ledger.Ref(f.Unit), Day: f.Today, Fields: set}
	if f.Place != nil {
		d.Place = ledger.Ref(f.Place)
	}
	if f.Visit != "" {
		d.Carries = "#" + f.Visit
	}
	return d
}

// levelOf is the level of settlement of a body, as petition_levels calls it.
func levelOf(u *org.Unit, day civil.Date) string {
	switch level := u.SpanOn(day).Level; {
	case level == "province" && u.Form == org.Body && u.SpanOn(day).Type == "department":
		return "department"
	case level == "commune" || level == "district" || level == "province":
		return level
	}
	return ""
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
