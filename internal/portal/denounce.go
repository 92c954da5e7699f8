package portal

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"danvan/internal/fault"
	"danvan/internal/sending"
)

// The questions of a denunciation. Nothing is kept of them before it is sent: each page carries what was typed on those
// before it, so that no server knows it, and no cache keeps it.
var denounceSteps = []step{
	{"noi", "Ở đâu", "Where", []string{"xa", "cap"}},
	{"ke", "Việc gì", "What", []string{"ai", "cho", "ke", "chung-cu"}},
	{"tep", "Ảnh, giấy tờ", "Pictures, papers", nil},
	{"kiem", "Kiểm tra", "Check", nil},
}

// denounceView is one page of a denunciation.
type denounceView struct {
	form
	Step   int
	Change bool
	Places []option
	Files  []sending.Parked
	Office string // whose confidential officers open it
	Higher bool   // that is not the place's own office
}

func (p *portal) denounceStart(w http.ResponseWriter, r *http.Request) error {
	v := &denounceView{form: form{Values: url.Values{}, Key: sending.NewKey()}}
	if c, err := p.commune(r.Context(), r.URL.Query().Get("xa")); err == nil {
		v.Values.Set("xa", c.Code)
	}
	return p.showDenounce(w, r, http.StatusOK, v)
}

func (p *portal) denouncePost(w http.ResponseWriter, r *http.Request) error {
	if !p.turns.Take(r.RemoteAddr) {
		return errTooFast
	}
	values, files, err := upload(w, r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := &denounceView{form: form{Values: url.Values{}, Key: values.Get(keyField)}}
	if len(v.Key) < 26 || len(v.Key) > 64 {
		v.Key = sending.NewKey()
	}
	for _, s := range denounceSteps {
		for _, name := range s.Fields {
			v.Values.Set(name, values.Get(name))
		}
	}
	v.Files = parkedOf(values["tep-da-gui"])
	at := stepAt(denounceSteps, values.Get("buoc"))
	if at < 0 || values.Get("buoc-tu") != "" { // from the page of letters, whose words speak for a denunciation: nothing of it stays there
		if err := p.Sendings.DropDraft(ctx, values.Get(keyField)); err != nil {
			return err
		}
		v.Key, v.Files = sending.NewKey(), nil
		return p.showDenounce(w, r, http.StatusOK, v)
	}
	if values.Get("toi") == "gui" {
		return p.denounceNow(w, r, v, values)
	}
	to, ok, err := p.confidential(ctx, v)
	if err != nil {
		return err
	}
	if !ok && v.get("xa") != "" {
		v.Step = 0
		v.refuseOnline(ctx)
		return p.showDenounce(w, r, http.StatusUnprocessableEntity, v)
	}
	if ok {
		if err := p.parkSealed(ctx, v, to, values, files); err != nil {
			return err
		}
	}
	return p.denounceTurn(w, r, v, at, values)
}

func (p *portal) confidential(ctx context.Context, v *denounceView) (to sending.Confidential, ok bool, err error) {
	place, err := p.placeOf(ctx, v.get("xa"))
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return to, false, nil
	}
	if err != nil {
		return to, false, err
	}
	if to, ok, err = p.Sendings.Confidential(ctx, p.DB.Read(), place, v.above()); err != nil || !ok {
		return to, ok, err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return to, false, err
	}
	v.Office = tree.NameOn(to.Office, p.Today())
	at := tree.Unit(to.Office)
	v.Higher = place != 0 && to.Office != place && (at == nil || at.SpanOn(p.Today()).Parent != place)
	return to, true, nil
}

// above reports whether it is about somebody of the commune's own office, so that it must not go there.
func (v *denounceView) above() bool { return v.get("cap") == "tren" }

// refuseOnline says that nobody can be reached from here, and what else there is.
func (v *denounceView) refuseOnline(ctx context.Context) {
	if v.above() {
		v.say("cap", say(ctx, "Cấp trên của xã này chưa nhận tố cáo qua cổng. Hãy đến nơi tiếp công dân của tỉnh, hoặc gửi đơn trong phong bì dán kín; cơ quan phải giữ bí mật tên bạn.", "No office above this commune takes denunciations over the portal yet. Go to the province's reception office, or send a letter in a closed envelope; your name must be kept secret."))
		return
	}
	v.say("xa", say(ctx, fault.Say(sending.NotOnline), "This place takes no denunciations over the portal yet. Go to the citizens' reception office, or send a letter in a closed envelope; your name must be kept secret."))
}

// parkSealed closes the files of this page for the confidential unit, in memory, before they are kept.
func (p *portal) parkSealed(ctx context.Context, v *denounceView, to sending.Confidential, values url.Values, files []sentFile) error {
	if was := values.Get("noi-mo"); was != "" && was != itoa(int(to.Office)) && len(v.Files) > 0 {
		for _, f := range v.Files {
			if err := p.Sendings.Drop(ctx, f.Token); err != nil {
				return err
			}
		}
		v.Files = nil
		v.say("tep", say(ctx, "Nơi nhận đã đổi nên các tệp đã chọn không mở được ở đó: hãy chọn lại tệp.", "The place has changed: choose the files again."))
	}
	if out := values.Get("bo"); out != "" {
		var left []sending.Parked
		for _, f := range v.Files {
			if f.Token != out {
				left = append(left, f)
			}
		}
		if err := p.Sendings.Drop(ctx, out); err != nil {
			return err
		}
		v.Files = left
	}
	for _, f := range files {
		switch {
		case len(f.Data) == 0:
			continue
		case len(v.Files) >= sending.FilesMost:
			v.say("tep", say(ctx, "Nhiều nhất "+itoa(sending.FilesMost)+" tệp.", "At most "+itoa(sending.FilesMost)+" files."))
			return nil
		}
		parked, err := p.Sendings.ParkSealed(ctx, to, f.Data, f.Name)
		if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Unavailable) {
			v.say("tep", fault.Say(err))
			continue
		}
		if err != nil {
			return err
		}
		v.Files = append(v.Files, parked)
	}
	return nil
}

func (p *portal) denounceTurn(w http.ResponseWriter, r *http.Request, v *denounceView, at int, values url.Values) error {
	to := stepAt(denounceSteps, values.Get("toi"))
	v.Change = values.Get("ve") != "" || denounceSteps[at].Key == "kiem"
	if to >= 0 && to < at {
		v.Step = to
		return p.showDenounce(w, r, status(v.form), v)
	}
	if len(v.Wrong) == 0 {
		p.judgeDenounce(r.Context(), v, at)
	}
	switch {
	case len(v.Wrong) > 0, values.Get("toi") == "them":
		v.Step = at
	case v.Change:
		v.Step, v.Change = len(denounceSteps)-1, false
	case to > at:
		v.Step = to
	default:
		v.Step = min(at+1, len(denounceSteps)-1)
	}
	return p.showDenounce(w, r, status(v.form), v)
}

func (p *portal) judgeDenounce(ctx context.Context, v *denounceView, at int) {
	wrong := v.denunciation().Check()
	switch denounceSteps[at].Key {
	case "noi":
		if _, err := p.placeOf(ctx, v.get("xa")); err != nil {
			v.say("xa", say(ctx, "Hãy chọn xã, phường; không biết thì chọn “Không rõ xã nào, hoặc cả tỉnh”.", "Choose the commune; if you do not know it, choose “Not sure, or the whole province”."))
		}
	case "ke":
		for _, x := range [][3]string{{"ke", "Text", "Tell what was done: what, when, where."}, {"ai", "Whom", "This is too long."}, {"cho", "Where", "This is too long."}, {"chung-cu", "Proof", "This is too long."}} {
			if s := wrong[x[1]]; s != "" {
				v.say(x[0], say(ctx, s, x[2]))
			}
		}
	}
}

func (v *denounceView) denunciation() sending.Denunciation {
	return sending.Denunciation{Key: v.Key, Above: v.above(), Text: v.get("ke"), Whom: v.get("ai"), Where: v.get("cho"), Proof: v.get("chung-cu"), Files: v.Files}
}

// denounceNow closes it and answers with the receipt, once.
func (p *portal) denounceNow(w http.ResponseWriter, r *http.Request, v *denounceView, values url.Values) error {
	ctx := r.Context()
	if values.Get(trapField) != "" {
		v.say("", say(ctx, "Ô “Trang web” phải để trống: hãy xóa chữ trong ô đó.", "Leave the field “Website” empty."))
	}
	for i := range denounceSteps {
		if p.judgeDenounce(ctx, v, i); len(v.Wrong) > 0 {
			v.Step, v.Change = i, true
			return p.showDenounce(w, r, http.StatusUnprocessableEntity, v)
		}
	}
	if c, ok := p.letPass(r, values); !ok {
		hidden := v.carried(-1)
		hidden["buoc"] = []string{"kiem"}
		pg := page{Title: say(ctx, "Đang đông người gửi", "Many people are sending now"), Section: "gui", Quick: true, Scripts: []string{"leave.js", "deliver.js", "work.js"}}
		return p.render(w, r, http.StatusServiceUnavailable, pg, p.crowdView("/to-cao", c, hidden))
	}
	d := v.denunciation()
	var err error
	if d.Place, err = p.placeOf(ctx, v.get("xa")); err != nil {
		return err
	}
	receipt, err := p.Sendings.Denounce(ctx, d)
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.NotFound || k == fault.Conflict) {
		v.say("", fault.Say(err))
		v.Step = len(denounceSteps) - 1
		return p.showDenounce(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return p.showReceipt(w, r, receipt)
}

// carried is what the other pages hold, as this page carries it along.
func (v *denounceView) carried(but int) map[string][]string {
	out := map[string][]string{keyField: {v.Key}}
	for i, s := range denounceSteps {
		for _, name := range s.Fields {
			if i != but && strings.TrimSpace(v.get(name)) != "" {
				out[name] = []string{v.get(name)}
			}
		}
	}
	for _, f := range v.Files {
		out["tep-da-gui"] = append(out["tep-da-gui"], parkedText(f))
	}
	return out
}

func (p *portal) showDenounce(w http.ResponseWriter, r *http.Request, code int, v *denounceView) error {
	ctx := r.Context()
	all, err := p.communes(ctx)
	if err != nil {
		return err
	}
	v.Places = []option{{"", say(ctx, "Chọn xã, phường", "Choose the commune"), ""}, {allPlaces, say(ctx, "Không rõ xã nào, hoặc cả tỉnh", "Not sure, or the whole province"), ""}}
	for _, c := range all {
		v.Places = append(v.Places, option{c.Code, c.Name, ""})
	}
	office := ""
	if to, ok, err := p.confidential(ctx, v); err != nil {
		return err
	} else if ok {
		office = itoa(int(to.Office))
	}
	s := denounceSteps[v.Step]
	pg := page{Title: v.title(ctx, say(ctx, "Tố cáo: ", "Denunciation: ")+lower(say(ctx, s.Vi, s.En))), Section: "gui", Quick: true, Scripts: []string{"leave.js", "deliver.js"}}
	return p.render(w, r, code, pg, p.denouncePage(v, office))
}

func (v *denounceView) placeName() string {
	for _, o := range v.Places {
		if o.Value != "" && o.Value == v.get("xa") {
			return o.Name
		}
	}
	return ""
}
