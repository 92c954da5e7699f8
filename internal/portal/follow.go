package portal

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/follow"
)

// followRoutes are the pages on which people follow what they sent. The code is typed once, in a form; after that a pass that
// ends by itself stands in the forms of the page. So neither is ever in an address, and each page is the answer to a form: there
// is nothing to go to by an address. A form that is sent twice does its act once.
func (p *portal) followRoutes() []route {
	return []route{
		{"GET /theo-doi", p.followAsk},
		{"POST /theo-doi", p.followOpen},
		{"POST /theo-doi/viet", p.followWrite},
		{"POST /theo-doi/danh-gia", p.followRate},
		{"POST /theo-doi/mo-lai", p.followReopen},
		{"POST /theo-doi/van-ban", p.followDocument},
	}
}

// passField carries the pass in the forms of a letter's page.
const passField = "ve"

// followView is a letter as its sender sees it, with the forms of its page.
type followView struct {
	*follow.Public
	Pass    string
	Form    form
	Act     string    // whose form it is that has errors
	Done    [2]string // what was just done
	Receipt *follow.Link
}

// followAsk asks for number and code; ?so= is the number of a receipt's QR code.
func (p *portal) followAsk(w http.ResponseWriter, r *http.Request) error {
	f := newForm()
	if so := r.URL.Query().Get("so"); len(so) <= 20 {
		f.Values.Set("so", so)
	}
	return p.showFollowAsk(w, r, http.StatusOK, f)
}

func (p *portal) showFollowAsk(w http.ResponseWriter, r *http.Request, status int, f form) error {
	v := page{Title: f.title(r.Context(), say(r.Context(), "Theo dõi việc đã gửi", "Follow what you sent")), Section: "theo-doi", Scripts: []string{"deliver.js"}}
	return p.render(w, r, status, v, followAskView(f))
}

// followOpen opens a letter by number and code, or again by its pass.
func (p *portal) followOpen(w http.ResponseWriter, r *http.Request) error {
	values, err := posted(w, r)
	if err != nil {
		return err
	}
	f := sentForm(values)
	if f.get(passField) != "" {
		found, err := p.passed(f)
		if err != nil {
			return p.followOver(w, r, f, err)
		}
		return p.showFollow(w, r, http.StatusOK, &followView{Form: newForm()}, found)
	}
	found, err := p.Follows.Find(r.Context(), p.DB.Read(), p.address(r), f.get("so"), f.get("ma"))
	if said := fault.Say(err); err != nil && (fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Unavailable) {
		status := http.StatusUnprocessableEntity
		if fault.KindOf(err) == fault.Unavailable {
			status = http.StatusTooManyRequests
		}
		f.Values.Del("ma")
		if languageOf(r.Context()) == English && status == http.StatusUnprocessableEntity {
			said = "No letter fits this number and this code. Check every sign on your receipt; if the code is lost, the reception office gives you a new one."
		}
		f.say("ma", said)
		return p.showFollowAsk(w, r, status, f)
	}
	if err != nil {
		return err
	}
	return p.showFollow(w, r, http.StatusOK, &followView{Form: newForm()}, found)
}

// address is where a request comes from, for bounding wrong tries; it is neither kept nor logged.
func (p *portal) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// passed is the letter that a form's pass opens.
func (p *portal) passed(f form) (follow.Found, error) { return p.Follows.Opened(f.get(passField)) }

// followOver asks for number and code again, where the pass has ended.
func (p *portal) followOver(w http.ResponseWriter, r *http.Request, f form, err error) error {
	again := newForm()
	again.say("so", fault.Say(err))
	return p.showFollowAsk(w, r, http.StatusForbidden, again)
}

func (p *portal) showFollow(w http.ResponseWriter, r *http.Request, status int, v *followView, found follow.Found) error {
	var err error
	if v.Public, err = p.Follows.Show(r.Context(), p.DB.Read(), found); err != nil {
		return err
	}
	v.Pass = p.Follows.Pass(found)
	h := page{Title: v.Form.title(r.Context(), say(r.Context(), "Việc số ", "Letter ")+v.Number), Section: "theo-doi", Quick: v.Secret, Wide: true, Scripts: []string{"leave.js", "deliver.js"}}
	return p.render(w, r, status, h, p.followPage(v))
}

// followWrite takes what the sender writes: a message, a supplement with files, the wish to withdraw.
func (p *portal) followWrite(w http.ResponseWriter, r *http.Request) error {
	values, sent, err := readFiles(w, r)
	if err != nil {
		return err
	}
	f := sentForm(values)
	found, err := p.passed(f)
	if err != nil {
		return p.followOver(w, r, f, err)
	}
	v := &followView{Form: f, Act: "viet"}
	public, err := p.Follows.Show(r.Context(), p.DB.Read(), found)
	if err != nil {
		return err
	}
	kind := follow.Message
	switch {
	case f.get("rut") != "":
		kind, v.Act = follow.Withdraw, "rut"
		if !public.MayWithdraw {
			return p.followSaid(w, r, v, found, fault.New(fault.Conflict, "Đơn đã có đề nghị rút, hoặc đã kết thúc. Không cần gửi nữa."), v.Done)
		}
	case public.Asked != nil:
		kind = follow.Supply
	}
	if !public.MayWrite {
		return p.followSaid(w, r, v, found, fault.New(fault.Conflict, "Đơn đã kết thúc nên không nhận thêm tin. Nếu chưa đồng ý, hãy mở lại."), v.Done)
	}
	if public.Secret && len(sent) > 0 {
		err = &follow.Problem{Field: "tep", Say: "Với việc này cổng chỉ nhận chữ, để không giấy tờ nào làm lộ người gửi. Hãy đưa giấy tờ trực tiếp cho người có trách nhiệm."}
		return p.followSaid(w, r, v, found, err, v.Done)
	}
	err = p.keepWord(r.Context(), f, public.To, kind, sent)
	done := [2]string{"Đã gửi. Cơ quan thấy tin này khi mở hồ sơ.", "Sent. The office sees it when it opens the file."}
	if kind == follow.Withdraw {
		done = [2]string{"Đã ghi nhận đề nghị rút. Cơ quan sẽ ghi vào hồ sơ và trả lời.", "Your wish to withdraw is noted. The office will enter it and answer."}
	}
	return p.followSaid(w, r, v, found, err, done)
}

// keepWord keeps files first, then the word that brings them: once for the form's key.
func (p *portal) keepWord(ctx context.Context, f form, entry int64, kind follow.WordKind, sent []follow.File) error {
	control := "loi"
	if kind == follow.Withdraw {
		control = "rut-vi"
	}
	if strings.TrimSpace(f.get(control)) == "" && (kind != follow.Supply || len(sent) == 0) {
		return &follow.Problem{Field: control, Say: "Hãy viết một câu."}
	}
	papers, err := p.Follows.Keep(ctx, entry, sent)
	if err != nil {
		return err
	}
	return p.followOnce(ctx, f, entry, func(tx *db.Tx) error {
		_, err := p.Follows.Write(ctx, tx, follow.Draft{Entry: entry, Kind: kind, Text: f.get(control), Papers: papers})
		return err
	})
}

// followOnce runs an act at most once for the form's key. What is kept to know the form again is the key alone.
func (p *portal) followOnce(ctx context.Context, f form, entry int64, do func(tx *db.Tx) error) error {
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		key := "follow:" + strconv.FormatInt(entry, 10) + ":" + f.Key
		_, err := db.Once(ctx, tx, key, []byte(key), func() ([]byte, error) { return nil, do(tx) })
		return err
	})
}

// followSaid shows the letter again, with what was done or what is to be mended.
func (p *portal) followSaid(w http.ResponseWriter, r *http.Request, v *followView, found follow.Found, err error, done [2]string) error {
	var bad *follow.Problem
	switch {
	case errors.As(err, &bad):
		field := bad.Field
		if field == "loi" && v.Act == "rut" {
			field = "rut-vi"
		}
		v.Form.say(field, bad.Say)
	case fault.KindOf(err) == fault.Conflict || fault.KindOf(err) == fault.Invalid:
		v.Form.say("", fault.Say(err))
	case err != nil:
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return p.showFollow(w, r, http.StatusUnprocessableEntity, v, found)
	}
	v.Form, v.Act, v.Done = newForm(), "", done
	return p.showFollow(w, r, http.StatusOK, v, found)
}

// followRate takes the rating of one answer.
func (p *portal) followRate(w http.ResponseWriter, r *http.Request) error {
	values, err := posted(w, r)
	if err != nil {
		return err
	}
	f := sentForm(values)
	found, err := p.passed(f)
	if err != nil {
		return p.followOver(w, r, f, err)
	}
	public, err := p.Follows.Show(r.Context(), p.DB.Read(), found)
	if err != nil {
		return err
	}
	v := &followView{Form: f, Act: "danh-gia"}
	a := answerIn(public, f)
	if a == nil {
		return p.followSaid(w, r, v, found, fault.New(fault.Conflict, "Câu trả lời này không còn được công bố."), v.Done)
	}
	score, _ := strconv.Atoi(f.get("muc"))
	err = p.DB.Write(r.Context(), func(tx *db.Tx) error {
		return p.Follows.Rate(r.Context(), tx, a.Entry, a.N, follow.Rating{Score: score, Reasons: f.Values["vi"]})
	})
	return p.followSaid(w, r, v, found, err, [2]string{"Cảm ơn ông, bà đã đánh giá. Đánh giá chỉ cộng vào số chung của cơ quan.", "Thank you. Your rating only adds to the office's totals."})
}

// answerIn is the answer that a form is about, nil where the letter has none such.
func answerIn(v *follow.Public, f form) *follow.Shown {
	for i, a := range v.Answers {
		if f.get("tra-loi") == answerKey(a) && a.Gone == "" {
			return &v.Answers[i]
		}
	}
	return nil
}

func answerKey(a follow.Shown) string {
	return strconv.FormatInt(a.Entry, 10) + "-" + strconv.Itoa(a.N)
}

// followReopen opens a matter anew that has ended.
func (p *portal) followReopen(w http.ResponseWriter, r *http.Request) error {
	values, err := posted(w, r)
	if err != nil {
		return err
	}
	f := sentForm(values)
	found, err := p.passed(f)
	if err != nil {
		return p.followOver(w, r, f, err)
	}
	v := &followView{Form: f, Act: "mo-lai"}
	err = p.followOnce(r.Context(), f, found.Entry, func(tx *db.Tx) error {
		_, err := p.Follows.Reopen(r.Context(), tx, found, f.get("ly-do"))
		return err
	})
	return p.followSaid(w, r, v, found, err, [2]string{"Đã mở lại thành một đơn tiếp theo, có số và thời hạn riêng. Mở bằng số mới và mã riêng đang có.", "Opened again as a follow-up with its own number and time limit. Open it by the new number and the code that you have."})
}

// followDocument sends a document of a published answer.
func (p *portal) followDocument(w http.ResponseWriter, r *http.Request) error {
	values, err := posted(w, r)
	if err != nil {
		return err
	}
	f := sentForm(values)
	found, err := p.passed(f)
	if err != nil {
		return p.followOver(w, r, f, err)
	}
	public, err := p.Follows.Show(r.Context(), p.DB.Read(), found)
	if err != nil {
		return err
	}
	a := answerIn(public, f)
	n, _ := strconv.Atoi(f.get("van-ban"))
	if a == nil {
		return fault.New(fault.NotFound, "Văn bản này không còn được công bố. Hãy mở lại trang theo dõi.")
	}
	doc, write, err := p.Follows.Document(r.Context(), p.DB.Read(), a.Entry, n)
	if err != nil {
		return err
	}
	name := doc.Name
	if public.Secret {
		name = "van-ban-" + strconv.Itoa(n) + path.Ext(doc.Name)
	}
	h := w.Header()
	h.Set("Content-Type", doc.MIME)
	h.Set("Content-Length", strconv.FormatInt(doc.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	if err := write(w); err != nil {
		p.Log.Error("document ended early", "err", err)
	}
	return nil
}

// sentMost bounds one sending with its files, which are held in memory until they are sealed.
const sentMost = follow.FilesMost*follow.FileMost + formBytes

// readFiles reads a form with files. Nothing of it is written in plain.
func readFiles(w http.ResponseWriter, r *http.Request) (url.Values, []follow.File, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		values, err := posted(w, r)
		return values, nil, err
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(10 * time.Minute)) // a slow line; where it cannot be set, the server's own holds
	r.Body = http.MaxBytesReader(w, r.Body, sentMost)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "Không đọc được nội dung gửi lên. Hãy quay lại và gửi lại.")
	}
	values, sent, size := url.Values{}, []follow.File(nil), 0
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return values, sent, nil
		}
		if err != nil {
			return nil, nil, tooLarge(err)
		}
		data, err := readPart(part)
		if err != nil {
			return nil, nil, tooLarge(err)
		}
		if part.FileName() == "" {
			if size += len(data); size > formBytes {
				return nil, nil, fault.New(fault.Invalid, "Nội dung gửi quá dài. Hãy rút gọn rồi gửi lại.")
			}
			values.Add(part.FormName(), strings.ReplaceAll(string(data), "\r\n", "\n"))
			continue
		}
		if len(data) > 0 && len(sent) <= follow.FilesMost {
			sent = append(sent, follow.File{Name: path.Base(strings.ReplaceAll(part.FileName(), `\`, "/")), Data: data})
		}
	}
}

// readPart reads one part, one byte more than a file may have: then it is refused with its name.
func readPart(part *multipart.Part) ([]byte, error) {
	return io.ReadAll(io.LimitReader(part, follow.FileMost+1))
}

// tooLarge says what to do where a sending is larger than the program takes.
func tooLarge(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.Wrap(err, fault.Invalid, "Các tệp gửi cùng lúc quá lớn. Hãy gửi từng tệp, mỗi tệp tới 10 MB.")
	}
	return fault.Wrap(err, fault.Invalid, "Đường truyền bị ngắt khi đang gửi. Hãy gửi lại; gửi hai lần cũng chỉ ghi một lần.")
}
