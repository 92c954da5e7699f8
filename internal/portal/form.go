package portal

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"danvan/internal/fault"
)

// wrong is one thing that keeps a form from being taken: the control's name and a sentence. It stands in the summary at the
// top and beside the control, word for word.
type wrong struct{ Field, Say string }

// form is a form as it was sent, or as it is first shown: its values by the control's name, and what is wrong.
type form struct {
	Values url.Values
	Wrong  []wrong
	Key    string // made when the form is opened: sending it twice saves once
}

// keyField is the hidden control that carries a form's key.
const keyField = "khoa"

func newForm() form { return form{Values: url.Values{}, Key: rand.Text()} }

// sentForm is a form as it came in.
func sentForm(values url.Values) form {
	f := form{Values: values, Key: values.Get(keyField)}
	if len(f.Key) < 16 || len(f.Key) > 64 {
		f.Key = rand.Text()
	}
	return f
}

// formBytes is how much a form without files may hold: a long letter several times over.
const formBytes = 256 << 10

// posted reads a form without files. A value that is no text of ours is refused before it is looked at.
func posted(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, formBytes)
	if err := r.ParseForm(); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không đọc được nội dung gửi lên. Hãy quay lại và gửi lại.")
	}
	return r.PostForm, nil
}

func (f form) get(name string) string { return f.Values.Get(name) }

func (f *form) say(field, sentence string) { f.Wrong = append(f.Wrong, wrong{field, sentence}) }

func (f form) bad(field string) bool {
	return slices.ContainsFunc(f.Wrong, func(w wrong) bool { return w.Field == field })
}

// at are the sentences for one control.
func (f form) at(field string) []string {
	var out []string
	for _, w := range f.Wrong {
		if w.Field == field {
			out = append(out, w.Say)
		}
	}
	return out
}

// title is a page's title, which begins with the error where there is one.
func (f form) title(ctx context.Context, title string) string {
	if len(f.Wrong) > 0 {
		return say(ctx, "Lỗi: ", "Error: ") + title
	}
	return title
}

// control is what a field of a form shows around its input.
type control struct {
	Name     string // of the value; the id too
	Label    string
	Hint     string
	Optional bool
	Kind     string // type of the input: text (when empty), number, date, tel, search
	Class    string // w-s, w-m
	Auto     string // autocomplete
	Mode     string // inputmode
	Options  []option
	Rows     int    // of a textarea
	Accept   string // of files
	Several  bool   // files
	Big      bool   // the label is the page's question, in h1
}

// option is one choice of a list.
type option struct{ Value, Name, Hint string }

// described names the hint and the error of a control, for aria-describedby.
func (f form) described(c control) string {
	out := ""
	if c.Hint != "" {
		out = c.Name + "-h"
	}
	if f.bad(c.Name) {
		if out != "" {
			out += " "
		}
		out += c.Name + "-e"
	}
	return out
}

// notices are the sentences that a page may show after an act, by the word in its address (?xong=luu). They are fixed, so
// that an address cannot put words into the portal's mouth: Vietnamese, English.
var notices = map[string][2]string{
	"gop-y-tin":           {"Đã nhận góp ý. Cơ quan đọc rồi mới đăng và trả lời dưới bài.", "Received. The office reads it before it is published and answered below the article."},
	"cam-ket-da-xong":     {"Đã ghi: đã làm xong như đã hứa. Cảm ơn bà con.", "Recorded: done as promised. Thank you."},
	"cam-ket-chua-dong-y": {"Đã ghi: chưa đồng ý. Việc trở lại bên đã hứa.", "Recorded: not yet. It went back to whoever promised."},
}

// placesToMend is how many things of a form are to be mended.
func placesToMend(ctx context.Context, n int) string {
	if n == 1 {
		return say(ctx, "Còn một chỗ cần sửa", "One thing needs your attention")
	}
	return fmt.Sprintf(say(ctx, "Còn %d chỗ cần sửa", "%d things need your attention"), n)
}

// seeOther answers a form with another address, within the language that is asked for.
func seeOther(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, at(r.Context(), path), http.StatusSeeOther)
	return nil
}
