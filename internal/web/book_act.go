package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/works"
)

// shelf reads the books of work.
func (s *server) shelf() *works.Shelf {
	return &works.Shelf{Ledger: s.Ledger, Catalog: s.Catalog, Engine: s.DB.Engine()}
}

// pieceForm is one of the forms on the page of a piece: which act it is, and what was sent with it.
type pieceForm struct {
	form
	Act   string
	Files []fileLine
}

// newPieceForm is a form of a page as it is first shown.
func newPieceForm(act string) pieceForm { return pieceForm{form: newForm(), Act: act} }

// readPiece reads a sent form with its files, which are kept at once.
func (s *server) readPiece(w http.ResponseWriter, r *http.Request, act string) (pieceForm, error) {
	values, bad, err := s.readForm(w, r)
	if err != nil {
		return pieceForm{}, err
	}
	f := pieceForm{form: sentForm(values), Act: act}
	for _, b := range bad {
		f.say(b.Control, b.Say)
	}
	for _, hash := range hashesOf(values[act+filesPart]) {
		line, ok, err := s.attachedOne(r.Context(), &recordForm{}, hash)
		if err != nil {
			return f, err
		}
		if ok {
			f.Files = append(f.Files, line)
		}
	}
	return f, nil
}

// filesPart ends the name of the control that carries the files of a piece's form: each form has its own.
const filesPart = "-tep"

// pieceScripts send the files of a piece's forms in parts, so that a photo goes on after a line that was cut.
var pieceScripts = []string{"attach.js"}

// sent are the files of the form as entries keep them.
func (f *pieceForm) sent() []ledger.File {
	var out []ledger.File
	for _, l := range f.Files {
		out = append(out, ledger.File{Hash: l.Hash, Name: l.Name})
	}
	return out
}

// withFiles adds files to those of an entry; what is there already stays once.
func withFiles(have, more []ledger.File) *[]ledger.File {
	out := slices.Clone(have)
	for _, f := range more {
		if !slices.ContainsFunc(out, func(x ledger.File) bool { return x.Hash == f.Hash }) {
			out = append(out, f)
		}
	}
	return &out
}

// text is a control's value without blanks around it.
func (f *pieceForm) text(name string) string { return strings.TrimSpace(f.get(name)) }

// want is text that must be there.
func (f *pieceForm) want(name, say string) string {
	text := f.text(name)
	if text == "" {
		f.say(name, say)
	}
	return text
}

// day reads a day, 0 where none is typed.
func (f *pieceForm) day(name string) civil.Date { return wantedDay(&f.form, name, 0) }

// wantDay reads a day that must be there.
func (f *pieceForm) wantDay(name, say string) civil.Date {
	if f.text(name) == "" {
		f.say(name, say)
		return 0
	}
	return f.day(name)
}

// unit reads a unit typed by its code or name as it stands on a day, nil where none is typed or none fits.
func (f *pieceForm) unit(tree *org.Tree, name string, day civil.Date) *org.Unit {
	text := f.text(name)
	if text == "" {
		return nil
	}
	if u, err := tree.Resolve(firstWord(text), org.OnDay(day), day); err == nil {
		return u
	}
	found := unitsNamed(tree, text, day, func(u *org.Unit) bool { return true })
	switch len(found) {
	case 1:
		return found[0]
	case 0:
		f.say(name, "Không có đơn vị nào tên hoặc mã “"+text+"” vào ngày "+day.Vi()+". Hãy gõ lại tên, có dấu hoặc không dấu.")
	default:
		var names []string
		for _, u := range found[:min(len(found), 6)] {
			names = append(names, tree.NameOn(u.ID, day)+" ("+u.Code+")")
		}
		f.say(name, "Có "+count(len(found), "đơn vị")+" khớp “"+text+"”: "+strings.Join(names, "; ")+". Hãy ghi mã trong ngoặc.")
	}
	return nil
}

// refusal says in the form why the ledger refused; an error that nobody can mend here is returned. controls gives the
// control of a field of the kind.
func (f *pieceForm) refusal(err error, controls map[string]string) error {
	if err == nil {
		return nil
	}
	var problems ledger.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			field, _, _ := strings.Cut(strings.TrimPrefix(p.Field, "fields."), "[")
			f.say(controls[field], codedUnit.ReplaceAllString(p.Say, "$1"))
		}
		return nil
	}
	if said := sentence(err); said != "" {
		f.say("", said)
		return nil
	}
	return err
}

// pieceChange is what an act changes of an entry, made of the entry as it stands in the act's own transaction: two
// people who add a line at once both keep theirs.
type pieceChange func(e *ledger.Entry) (ledger.Amendment, error)

// amendPiece amends an entry once for the form's key.
func (s *server) amendPiece(r *http.Request, f pieceForm, id int64, change pieceChange) error {
	ctx := r.Context()
	return s.onceFor(r, f.form, func(tx *db.Tx) error { return s.amendIn(ctx, tx, id, change) })
}

func (s *server) amendIn(ctx context.Context, tx *db.Tx, id int64, change pieceChange) error {
	e, err := s.Ledger.Entry(ctx, tx, id)
	if err != nil {
		return err
	}
	if e.State == ledger.Void {
		return fault.New(fault.Conflict, "Ghi nhận này đã hủy nên không sửa được nữa.")
	}
	if !viewer(ctx).May(access.RecordWork, e.Unit) {
		return fault.New(fault.Denied, outOfReach)
	}
	a, err := change(e)
	if err != nil {
		return err
	}
	_, err = s.Ledger.Amend(ctx, tx, viewer(ctx).Login, id, e.Version, a)
	return err
}

// recordPiece records an entry for whoever may record for its unit.
func (s *server) recordPiece(ctx context.Context, tx *db.Tx, tree *org.Tree, d ledger.Draft) (ledger.Posted, error) {
	u, err := tree.Resolve(d.Unit, org.OnDay(d.Day), d.Day)
	if err != nil {
		return ledger.Posted{}, err
	}
	if !viewer(ctx).May(access.RecordWork, u.ID) {
		return ledger.Posted{}, fault.New(fault.Denied, "Tài khoản của bạn không có quyền ghi cho "+tree.NameOn(u.ID, d.Day)+". Hãy chọn đơn vị khác, hoặc hỏi người quản trị.")
	}
	return s.Ledger.Record(ctx, tx, viewer(ctx).Login, d)
}

// pieceUnits are the bodies for which the viewer may record a kind on a day: as options where they are few enough to
// list, and the one at which he is at home.
func (s *server) pieceUnits(ctx context.Context, tree *org.Tree, k *catalog.Kind, day civil.Date) (opts []option, home string) {
	f := &recordForm{form: newForm(), tree: tree, Kind: k, On: day, right: access.RecordWork}
	units := f.mayRecord(viewer(ctx))
	f.chooseUnit(viewer(ctx), units)
	if len(units) <= unitsListed {
		opts = f.options(units)
	}
	return opts, f.get(bodyField)
}

// refName names a reference as of a day; a reference that leads nowhere is shown as it stands.
func refName(tree *org.Tree, ref string, day civil.Date) string {
	u, err := tree.Resolve(ref, org.AsThen(), day)
	if err != nil {
		return ref
	}
	return tree.NameOn(u.ID, max(u.Opened, min(day, u.Closed.AddDays(-1))))
}

// refUnit is the unit of a reference, 0 where it leads nowhere.
func refUnit(tree *org.Tree, ref string, day civil.Date) org.UnitID {
	u, err := tree.Resolve(ref, org.AsThen(), day)
	if err != nil {
		return 0
	}
	return u.ID
}

// choiceName is the name of a choice of a kind's field, or of a field of its group.
func choiceName(k *catalog.Kind, field, code string) string {
	if k == nil || code == "" {
		return ""
	}
	f := k.Field(field)
	if f == nil {
		for _, g := range k.Fields {
			if f = g.Field(field); f != nil {
				break
			}
		}
	}
	if f == nil {
		return code
	}
	if o := f.Option(code); o != nil {
		return o.Name
	}
	return code
}

// choiceOptions are the choices of a field on a day, with an empty one in front where none must be chosen.
func choiceOptions(k *catalog.Kind, field, none string, day civil.Date) []option {
	var out []option
	if none != "" {
		out = append(out, option{Name: none})
	}
	f := k.Field(field)
	if f == nil {
		for _, g := range k.Fields {
			if f = g.Field(field); f != nil {
				break
			}
		}
	}
	if f == nil {
		return out
	}
	for _, o := range f.Choices() {
		if o.Open(day) {
			out = append(out, option{Value: o.Code, Name: o.Name})
		}
	}
	return out
}

// put sets a field where there is something to say, so that what is empty stays unsaid.
func put(set map[string]any, code string, v any) {
	switch v := v.(type) {
	case string:
		if v == "" {
			return
		}
	case civil.Date:
		if v != 0 {
			set[code] = v.String()
		}
		return
	case int64:
		if v == 0 {
			return
		}
	}
	set[code] = v
}

// sentFormBefore says whether this very form was saved before: then it is sent twice, not wrong.
func (s *server) sentFormBefore(r *http.Request, f form) (bool, error) {
	var n int
	err := s.DB.Read().QueryRowContext(r.Context(), `SELECT count(*) FROM idempotency WHERE key = $1`, formKey(r, f)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for form: %w", err)
	}
	return n > 0, nil
}

// pieceKey makes the ledger's own key of a form, so that an entry is recorded once however often the form is sent.
func pieceKey(r *http.Request, f pieceForm) string {
	return "web:" + viewer(r.Context()).Login + ":" + f.Key
}

// recordOnce records the entry that a form opens and gives its number, the same when the form is sent again.
func (s *server) recordOnce(r *http.Request, f pieceForm, tree *org.Tree, d ledger.Draft) (int64, error) {
	var id int64
	err := s.DB.Write(r.Context(), func(tx *db.Tx) error {
		posted, err := s.recordPiece(r.Context(), tx, tree, d)
		id = posted.ID
		return err
	})
	return id, err
}

func attachmentNamed(name string) string {
	return "attachment; filename*=UTF-8''" + url.PathEscape(name)
}
