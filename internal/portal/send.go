package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sending"
)

func (p *portal) sendRoutes() []route {
	return []route{
		{"GET /gui", p.sendStart},
		{"POST /gui", p.sendPost},
		{"GET /to-cao", p.denounceStart},
		{"POST /to-cao", p.denouncePost},
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// number reads a number that this program wrote itself; 0 for anything else.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// step is one question of the form, with the controls that its page has.
type step struct {
	Key    string
	Vi, En string // in the line of steps and on the page of answers
	Fields []string
}

// The questions, in order; the last page shows the answers.
var sendSteps = []step{
	{"viec", "Chuyện gì", "What about", []string{"viec"}},
	{"noi", "Ở đâu", "Where", []string{"xa", "cho"}},
	{"ke", "Kể lại", "Your words", []string{"ke", "muon"}},
	{"tep", "Ảnh, giấy tờ", "Pictures, papers", nil},
	{"ten", "Tên bạn", "Your name", []string{"co-ten", "ten", "dia-chi", "lien-he"}},
	{"kiem", "Kiểm tra", "Check", nil},
}

// trapField is a control that people do not see; machines fill it in.
const trapField = "trang-web"

// allPlaces is the choice of who does not know the commune, or means the whole province.
const allPlaces = "tinh"

func stepAt(list []step, key string) int {
	return slices.IndexFunc(list, func(s step) bool { return s.Key == key })
}

// sendView is one page of the form.
type sendView struct {
	form
	Step   int
	Change bool // the page was opened from the page of answers, and leads back there
	Places []option
	Files  []sending.Parked
	Guess  *petition.Guess
	Crowd  *crowd
	Old    bool // what was typed before is no longer kept
}

func (p *portal) sendStart(w http.ResponseWriter, r *http.Request) error {
	v := &sendView{form: form{Values: url.Values{}, Key: sending.NewKey()}}
	if c, err := p.commune(r.Context(), r.URL.Query().Get("xa")); err == nil {
		v.Values.Set("xa", c.Code)
	}
	return p.showStep(w, r, http.StatusOK, v)
}

// sendPost takes one page's answer: it is kept with the others under the form's key, and the next page shown.
func (p *portal) sendPost(w http.ResponseWriter, r *http.Request) error {
	if !p.turns.Take(r.RemoteAddr) {
		return errTooFast
	}
	values, files, err := upload(w, r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	if key := values.Get(keyField); key != "" {
		if receipt, ok, err := p.Sendings.Sent(ctx, key); err != nil || ok {
			if err != nil {
				return err
			}
			return p.showReceipt(w, r, receipt)
		}
	}
	v, err := p.sendForm(ctx, values)
	if err != nil {
		return err
	}
	at := stepAt(sendSteps, values.Get("buoc"))
	if sendSteps[max(at, 0)].Key == "tep" {
		if err := p.parkAll(ctx, v, values, files); err != nil {
			return err
		}
	}
	if err := p.Sendings.KeepDraft(ctx, v.Key, v.Values, v.Files); err != nil {
		return err
	}
	return p.sendTurn(w, r, v, max(at, 0), values)
}

// sendForm is what was typed so far, with what this page brings laid over it.
func (p *portal) sendForm(ctx context.Context, values url.Values) (*sendView, error) {
	v := &sendView{form: sentForm(values)}
	kept, ok, err := p.Sendings.DraftOf(ctx, v.Key)
	if err != nil {
		return nil, err
	}
	if v.Values, v.Old = kept, !ok; !ok {
		v.Values = url.Values{}
	}
	for _, s := range sendSteps {
		for _, name := range s.Fields {
			if list, ok := values[name]; ok {
				v.Values[name] = list
			}
		}
	}
	v.Files = parkedOf(v.Values["tep"])
	return v, nil
}

// parkAll seals the files of this page, each for itself, and lets go of the one that is to be taken out.
func (p *portal) parkAll(ctx context.Context, v *sendView, values url.Values, files []sentFile) error {
	if out := values.Get("bo"); out != "" {
		if i := slices.IndexFunc(v.Files, func(f sending.Parked) bool { return f.Token == out }); i >= 0 {
			if err := p.Sendings.Drop(ctx, out); err != nil {
				return err
			}
			v.Files = slices.Delete(v.Files, i, i+1)
		}
	}
	for _, f := range files {
		if len(f.Data) == 0 {
			continue
		}
		if len(v.Files) >= sending.FilesMost {
			v.say("tep", say(ctx, "Nhiều nhất "+itoa(sending.FilesMost)+" tệp. Hãy bỏ bớt một tệp trước.", "At most "+itoa(sending.FilesMost)+" files. Take one out first."))
			break
		}
		parked, err := p.Sendings.Park(ctx, f.Data, f.Name)
		switch fault.KindOf(err) {
		case fault.Invalid, fault.Unavailable:
			if err != nil {
				v.say("tep", fault.Say(err))
				continue
			}
		}
		if err != nil {
			return err
		}
		v.Files = append(v.Files, parked)
	}
	v.Values.Del("tep")
	for _, f := range v.Files {
		v.Values.Add("tep", parkedText(f))
	}
	return nil
}

// sendTurn shows the page that the button asks for, or the same one with what is wrong.
func (p *portal) sendTurn(w http.ResponseWriter, r *http.Request, v *sendView, at int, values url.Values) error {
	to := values.Get("toi")
	v.Change = values.Get("ve") != "" || sendSteps[at].Key == "kiem"
	if values.Get(trapField) != "" {
		v.say("", say(r.Context(), "Ô “Trang web” phải để trống: hãy xóa chữ trong ô đó.", "Leave the field “Website” empty."))
	}
	if next := stepAt(sendSteps, to); next >= 0 && next < at || v.Old && at > 0 {
		if v.Old {
			v.say("", say(r.Context(), "Biểu mẫu mở đã quá lâu nên phần trước không còn. Phần của trang vừa gửi vẫn giữ; hãy trả lời lại các câu kia.", "The form lay open for too long; what this page held is still there, please answer the others again."))
			next = 0
		}
		v.Step = next
		return p.showStep(w, r, status(v.form), v)
	}
	if len(v.Wrong) == 0 {
		p.judgeStep(r.Context(), v, at)
	}
	switch {
	case len(v.Wrong) > 0:
		v.Step = at
	case to == "gui":
		return p.sendNow(w, r, v, values)
	case to == "them":
		v.Step = at
	case v.Change:
		v.Step, v.Change = len(sendSteps)-1, false
	case stepAt(sendSteps, to) > at:
		v.Step = stepAt(sendSteps, to)
	default:
		v.Step = min(at+1, len(sendSteps)-1)
	}
	if sendSteps[v.Step].Key == "kiem" && !p.judgeAll(r.Context(), v) {
		v.Change = true
	}
	return p.showStep(w, r, status(v.form), v)
}

func status(f form) int {
	if len(f.Wrong) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// judgeStep says what is wrong on one page.
func (p *portal) judgeStep(ctx context.Context, v *sendView, at int) {
	get := func(name string) string { return strings.TrimSpace(v.get(name)) }
	wrong := v.draft(nil).Check()
	ask := func(control, field, english string) {
		if s := wrong[field]; s != "" {
			v.say(control, say(ctx, s, english))
		}
	}
	switch sendSteps[at].Key {
	case "viec":
		ask("viec", "Topic", "Choose what is nearest; if you are not sure, choose “Something else”.")
	case "noi":
		if _, err := p.placeOf(ctx, get("xa")); err != nil {
			v.say("xa", say(ctx, "Hãy chọn xã, phường; không biết thì chọn “Không rõ xã nào, hoặc cả tỉnh”.", "Choose the commune; if you do not know it, choose “Not sure, or the whole province”."))
		}
		ask("cho", "Where", "This is too long.")
	case "ke":
		ask("ke", "Text", "Tell what happened; a sentence or two will do. At most 10,000 characters.")
		ask("muon", "Wish", "This is too long.")
	case "ten":
		switch {
		case get("co-ten") != "co" && get("co-ten") != "khong":
			v.say("co-ten", say(ctx, "Hãy chọn có hay không ghi tên.", "Choose whether to leave your name."))
		case get("co-ten") == "co" && get("ten") == "":
			v.say("ten", say(ctx, "Hãy ghi họ tên, hoặc chọn “Không ghi tên”.", "Write your name, or choose “No name”."))
		}
		ask("ten", "Name", "This is too long.")
		ask("dia-chi", "Home", "This is too long.")
		ask("lien-he", "Reach", "This is too long.")
	}
}

// judgeAll looks at every page; the first one with something wrong is shown.
func (p *portal) judgeAll(ctx context.Context, v *sendView) bool {
	for i := range sendSteps {
		if p.judgeStep(ctx, v, i); len(v.Wrong) > 0 {
			v.Step = i
			return false
		}
	}
	return true
}

// placeOf is the commune of a code, 0 for the whole province.
func (p *portal) placeOf(ctx context.Context, code string) (org.UnitID, error) {
	if code == allPlaces {
		return 0, nil
	}
	c, err := p.commune(ctx, code)
	return c.ID, err
}

// draft is the form as it is sent.
func (v *sendView) draft(place *org.UnitID) sending.Draft {
	d := sending.Draft{Key: v.Key, Topic: v.get("viec"), Text: v.get("ke"), Wish: v.get("muon"), Where: v.get("cho"), Files: v.Files}
	if v.get("co-ten") == "co" {
		d.Name, d.Home, d.Reach = v.get("ten"), v.get("dia-chi"), v.get("lien-he")
	}
	if place != nil {
		d.Place = *place
	}
	return d
}

// sendNow sends, and answers with the receipt itself: a code never stands in an address. Asked again, with the same
// key, it answers the same.
func (p *portal) sendNow(w http.ResponseWriter, r *http.Request, v *sendView, values url.Values) error {
	ctx := r.Context()
	if !p.judgeAll(ctx, v) {
		v.Change = true
		return p.showStep(w, r, status(v.form), v)
	}
	place, err := p.placeOf(ctx, v.get("xa"))
	if err != nil {
		return err
	}
	if c, ok := p.letPass(r, values); !ok {
		v.Crowd, v.Step = &c, len(sendSteps)-1
		return p.render(w, r, http.StatusServiceUnavailable, page{Title: say(ctx, "Đang đông người gửi", "Many people are sending now"), Section: "gui", Scripts: []string{"work.js"}}, p.crowdView("/gui", c, map[string][]string{keyField: {v.Key}, "buoc": {"kiem"}}))
	}
	var receipt sending.Receipt
	err = p.DB.Write(ctx, func(tx *db.Tx) error {
		var err error
		receipt, err = p.Sendings.Send(ctx, tx, v.draft(&place))
		return err
	})
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.NotFound) {
		v.say("tep", fault.Say(err))
		v.Step, v.Change = stepAt(sendSteps, "tep"), true
		return p.showStep(w, r, status(v.form), v)
	}
	if err != nil {
		return err
	}
	return p.showReceipt(w, r, receipt)
}

func (p *portal) showStep(w http.ResponseWriter, r *http.Request, code int, v *sendView) error {
	ctx := r.Context()
	all, err := p.communes(ctx)
	if err != nil {
		return err
	}
	v.Places = []option{{"", say(ctx, "Chọn xã, phường", "Choose the commune"), ""}, {allPlaces, say(ctx, "Không rõ xã nào, hoặc cả tỉnh", "Not sure, or the whole province"), ""}}
	for _, c := range all {
		v.Places = append(v.Places, option{c.Code, c.Name, ""})
	}
	s := sendSteps[v.Step]
	if s.Key == "kiem" {
		if g, ok := v.draft(nil).Class(); ok {
			v.Guess = &g
		}
	}
	pg := page{Title: v.title(ctx, say(ctx, "Gửi: ", "Send: ")+lower(say(ctx, s.Vi, s.En))), Section: "gui", Back: true}
	if s.Key == "tep" {
		pg.Scripts = []string{"deliver.js"}
	}
	return p.render(w, r, code, pg, p.sendPage(v))
}

// placeName is what a choice of place is called.
func (v *sendView) placeName() string {
	if i := slices.IndexFunc(v.Places, func(o option) bool { return o.Value == v.get("xa") && o.Value != "" }); i >= 0 {
		return v.Places[i].Name
	}
	return ""
}

// lower writes the first letter small.
func lower(s string) string {
	for _, r := range s {
		return strings.ToLower(string(r)) + s[len(string(r)):]
	}
	return s
}
