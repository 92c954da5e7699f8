package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/dossier"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

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
	if f.Unit != nil && f.Brought != nil && f.Brought.Entry.Unit != f.Unit.ID {
		f.say(bodyField, "Đơn lập từ lượt tiếp thì vào sổ của chính cơ quan đã tiếp. Hãy chọn lại đơn vị.")
	}
	if f.Received != 0 && f.Brought != nil && f.Received < f.Brought.Day {
		f.say("nhan", "Ngày nhận phải từ ngày tiếp ("+f.Brought.Day.Vi()+") trở đi.")
	}
	if !f.Denounces && f.get("nguoi") == "" && !f.fromVisit() && f.number("so-nguoi-ky", 10_000) > 1 {
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
	text := strings.Join([]string{f.get("tom-tat"), f.get("nguyen-van"), f.get("yeu-cau")}, " ")
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
	return dossier.Content{Summary: text("tom-tat"), Text: text("nguyen-van"), Request: text("yeu-cau"), Respondent: text("doi-tuong"), Place: text("noi-xay-ra"),
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
