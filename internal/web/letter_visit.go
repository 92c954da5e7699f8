package web

import (
	"context"
	"net/http"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/petition"
	"danvan/internal/reception"
)

// A letter that somebody hands in at the desk, or that the desk writes down for him, begins with what the visit says
// already: nothing is typed twice. Who came goes over at the moment of saving, from sealed record to sealed record, and
// is shown to nobody by it.

// brought is the visit at which a letter was handed in.
type brought struct {
	*reception.Visit
	Entry *ledger.Entry
	Said  dossier.Content
	Known bool // who came is written down
}

// asSender is the control that takes who came for who sends the letter.
const asSender = "nguoi-luot"

// broughtAt reads a visit for the form of its letter.
func (s *server) broughtAt(ctx context.Context, text string) (*brought, error) {
	id, ok := entryNumber(text)
	if !ok {
		return nil, fault.New(fault.NotFound, "Số lượt tiếp chưa đúng. Hãy bấm Lập đơn ở trang của lượt tiếp.")
	}
	b := &brought{}
	err := s.DB.View(ctx, func(q db.Querier) (err error) {
		if b.Entry, err = s.Ledger.Entry(ctx, q, id); err != nil {
			return err
		}
		if b.Entry.Head.Kind != reception.VisitKind {
			return fault.New(fault.NotFound, "Ghi nhận này không phải lượt tiếp công dân. Hãy bấm Lập đơn ở trang của lượt tiếp.")
		}
		who := viewer(ctx)
		if !who.May(access.RecordLetters, b.Entry.Unit) || !who.May(access.ReadLetters, b.Entry.Unit) {
			return fault.New(fault.Denied, outOfReach)
		}
		if b.Visit, err = reception.VisitOf(b.Entry); err != nil || s.Dossiers == nil || b.Class == reception.Denunciation {
			return err
		}
		if b.Said, _, err = s.Dossiers.ContentOf(ctx, q, id); err != nil {
			return err
		}
		b.Known, err = s.Dossiers.HasSender(ctx, q, id)
		return err
	})
	return b, err
}

// letterOfVisit opens the form of a visit's letter, at once in the class that the desk gave the visit.
func (s *server) letterOfVisit(w http.ResponseWriter, r *http.Request, visit string) error {
	b, err := s.broughtAt(r.Context(), visit)
	if err != nil {
		return err
	}
	if err := b.MayBring(b.Entry); err != nil {
		return err
	}
	q := r.URL.Query()
	if c := classNamed(b.Class); q.Get("loai") == "" && q.Get("chon") == "" && c != nil {
		return seeOther(w, r, "/don-thu/moi?loai="+c.Value+visitQuery(visit))
	}
	if classNamed(q.Get("loai")) == nil {
		return s.render(w, r, http.StatusOK, page{Title: "Nhận đơn: đơn thuộc loại nào", Section: "don-thu"}, letterClassPage(visit))
	}
	f := newForm()
	f.Values.Set("loai", q.Get("loai"))
	f.Values.Set("luot", visit)
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	b.fill(&f, ledger.Ref(tree.Unit(b.Entry.Unit)), petition.Denounces(q.Get("loai")) || q.Get("loai") == mixedDenounces)
	lf, err := s.letterForm(r.Context(), f)
	if err != nil {
		return err
	}
	return s.showLetterForm(w, r, http.StatusOK, lf)
}

// fill writes into the form what the visit says. What a denouncer said and who he is are nowhere in the program.
func (b *brought) fill(f *form, body string, denounces bool) {
	set := func(name, value string) {
		if value != "" {
			f.Values.Set(name, value)
		}
	}
	set(bodyField, body)
	set("nguon", "reception")
	set("nhan", b.Day.Vi())
	set("linh-vuc", b.Field)
	set("ky", b.Signature)
	if denounces || b.Class == reception.Denunciation {
		return
	}
	set("tom-tat", or(b.Said.Summary, opening(b.Said.Text)))
	set("nguyen-van", b.Said.Text)
	set("yeu-cau", b.Said.Request)
	if b.Known {
		set(asSender, "1")
	}
}

// openingMost is how long a summary made of what was said may be.
const openingMost = 300

// opening is the beginning of what was said, to the end of a sentence where one ends in time, for the summary.
func opening(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= openingMost {
		return text
	}
	cut := string(runes[:openingMost])
	if i := strings.LastIndexAny(cut, ".!?;"); i > len(cut)/2 {
		return cut[:i+1]
	}
	if i := strings.LastIndex(cut, " "); i > 0 {
		return cut[:i] + "…"
	}
	return cut
}

// fromVisit reports whether the sender is whoever came to the desk.
func (f *letterForm) fromVisit() bool {
	return f.Brought != nil && f.Brought.Known && !f.Denounces && f.get(asSender) != "" && strings.TrimSpace(f.get("nguoi")) == ""
}

// enterBrought enters the letter of a visit: once for each, counted by the session as taken.
func (s *server) enterBrought(ctx context.Context, tx *db.Tx, f *letterForm, key string) (int64, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return 0, err
	}
	login, visit := viewer(ctx).Login, f.Brought.ID
	desk := reception.Desk{Ledger: s.Ledger, Tree: tree}
	return desk.Letter(ctx, tx, login, visit, func() (int64, error) {
		id, err := s.enterNew(ctx, tx, f, key)
		if err != nil || !f.fromVisit() {
			return id, err
		}
		return id, s.Dossiers.CopySender(ctx, tx, login, visit, id)
	})
}
