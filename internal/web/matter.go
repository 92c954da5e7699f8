package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/matter"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// matterRoutes are the pages of matters: one behind many letters.
func (s *server) matterRoutes() []route {
	return []route{
		{"GET /don-thu/{id}/trung", access.ReadLetters, onEntry, s.besidePage},
		{"POST /don-thu/{id}/trung", access.RecordLetters, onEntry, s.besidePost},
		{"GET /vu-viec", access.ReadLetters, onScope, s.matterBook},
		{"GET /vu-viec/{id}", access.ReadLetters, onMatter, s.matterPage},
		{"POST /vu-viec/{id}", access.RecordLetters, onMatter, s.matterPost},
	}
}

// Controls of the forms about matters; others are those of doubles.
const (
	relationField = "quan-he"
	basisField    = "can-cu"
	ownSeen       = "vu-viec"     // the matter of the letter, as the form was shown
	otherSeen     = "vu-viec-kia" // and of the other
	pairField     = "quyet-dinh"
	turnField     = "luot"
	nameField     = "ten"
	letterField   = "don"
	saidPart      = "tach"
	saidUnmerge   = "tach-vu-viec"
	saidRename    = "doi-ten"
	saidUnsay     = "bo-quyet-dinh"
)

func besideURL(id, with int64) string {
	at := "/don-thu/" + itoa(id) + "/trung"
	if with != 0 {
		at += "?" + otherField + "=" + itoa(with)
	}
	return at
}

func matterURL(id int64) string { return "/vu-viec/" + itoa(id) }

// onMatter is the body of a letter of the matter in the path that the viewer may read; else that of its first letter.
func onMatter(s *server, r *http.Request) (org.UnitID, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, err
	}
	m, err := s.Alike.Store.Get(r.Context(), s.DB.Read(), id)
	if err != nil {
		return 0, err
	}
	members := m.Standing()
	if len(members) == 0 {
		members = m.Members
	}
	first := org.UnitID(0)
	for _, x := range members {
		l, err := s.letterOf(r.Context(), x.Letter)
		if err != nil {
			return 0, err
		}
		right := access.ReadLetters
		if r.Method == http.MethodPost {
			right = access.RecordLetters
		}
		if viewer(r.Context()).May(right, l.Unit) {
			return l.Unit, nil
		}
		if first == 0 {
			first = l.Unit
		}
	}
	return first, nil
}

// letterOf is what is known of a letter, as it stands now.
func (s *server) letterOf(ctx context.Context, id int64) (matter.Letter, error) {
	e, err := s.Ledger.Entry(ctx, s.DB.Read(), id)
	if err != nil {
		return matter.Letter{}, err
	}
	if !petition.IsCase(e.Head.Kind) {
		return matter.Letter{}, fault.New(fault.NotFound, "Số "+itoa(id)+" không phải là một đơn. Hãy mở từ sổ đơn thư.")
	}
	return s.Alike.Letter(ctx, s.DB.Read(), id)
}

// mayReadCase reports whether a viewer may read what a letter says.
func mayReadCase(v *access.Viewer, l matter.Letter) bool {
	return v.May(access.ReadLetters, l.Unit) && (!l.Denounces || v.May(access.ReadDenunciations, l.Unit))
}

func mayDecide(v *access.Viewer, l matter.Letter) bool {
	return mayReadCase(v, l) && v.May(access.RecordLetters, l.Unit)
}

// matterLine is a letter as lists of matters show it.
type matterLine struct {
	matter.Letter
	Href     string
	Name     string // its code, or its number
	Class    string
	Field    string
	Unit     string
	Tone     string // of its state
	Late     bool
	Relation string
	Member   matter.Member
	Answer   string // the document that ended it
}

func (s *server) matterLine(tree *org.Tree, l matter.Letter) matterLine {
	k := s.kindNear(petition.Letter, l.Day)
	line := matterLine{Letter: l, Name: letterName(l), Class: choiceName(k, "class", l.Class), Field: choiceName(k, "field", l.Field), Unit: tree.NameOn(l.Unit, l.Day), Tone: "done"}
	line.Href = "/ghi-nhan/" + itoa(l.ID)
	if s.has("GET /don-thu/{id}") {
		line.Href = "/don-thu/" + itoa(l.ID)
	}
	if l.Open {
		line.Tone = "doing"
		if l.Due != 0 && l.Due < s.Today() {
			line.Tone, line.Late = "late", true
		}
	}
	return line
}

func letterName(l matter.Letter) string {
	if l.Code != "" {
		return l.Code
	}
	return "Đơn số " + itoa(l.ID)
}

// matterCard is the box of a letter's matter on the letter's own page.
type matterCard struct {
	Shown   bool // the viewer may read the letter, and there is something to say or do
	Entry   int64
	Href    string // of the page of suggestions
	Matter  *matter.Matter
	Lines   []matterLine // the other letters of the matter that the viewer may read
	Others  int          // letters of the matter at other bodies, 0 where that is not said
	Near    []nearLine
	Waits   bool // the index is being built
	Decides bool
	// Duplicate leads to the act by which the letter is found not eligible, where it was joined as the same letter.
	Duplicate string
	Beside    []matterLine // related letters
}

// nearLine is a suggestion.
type nearLine struct {
	matterLine
	Reasons []string
	Same    bool
	Matter  int64
	Beside  bool
	Link    string
}

// mostNearLetters is how many suggestions a page shows.
const mostNearLetters = 5

// matterCard makes the box; nothing is shown to who may not read the letter.
func (s *server) matterCard(ctx context.Context, q db.Querier, tree *org.Tree, entry int64) (matterCard, error) {
	c := matterCard{Entry: entry, Href: besideURL(entry, 0)}
	l, err := s.Alike.Letter(ctx, q, entry)
	if err != nil || !mayReadCase(viewer(ctx), l) {
		return c, err
	}
	c.Shown, c.Decides = true, mayDecide(viewer(ctx), l) && !l.Void
	if c.Matter, err = s.Alike.Store.Of(ctx, q, entry); err != nil {
		return c, err
	}
	if c.Matter != nil {
		if c.Lines, c.Others, err = s.matterLines(ctx, q, tree, c.Matter); err != nil {
			return c, err
		}
		c.Lines = slices.DeleteFunc(c.Lines, func(x matterLine) bool {
			if x.ID == entry && x.Member.Relation == matter.SameLetter {
				c.Duplicate = s.duplicateAct(l)
			}
			return x.ID == entry
		})
	}
	if c.Near, c.Waits, err = s.nearLetters(ctx, q, tree, entry); err != nil {
		return c, err
	}
	c.Beside, err = s.besideLines(ctx, q, tree, entry)
	return c, err
}

// duplicateAct is the address of the act that says that a letter is not eligible, empty where it is no more to be done.
func (s *server) duplicateAct(l matter.Letter) string {
	if !l.Open || !s.has("GET /don-thu/{id}/buoc/{act}") {
		return ""
	}
	return "/don-thu/" + itoa(l.ID) + "/buoc/classified"
}

// matterLines are the standing letters of a matter that the viewer may read, by day of receipt; others counts the rest,
// which is not said of denunciations.
func (s *server) matterLines(ctx context.Context, q db.Querier, tree *org.Tree, m *matter.Matter) (lines []matterLine, others int, err error) {
	names := map[int64]string{}
	for _, x := range m.Standing() {
		l, err := s.Alike.Letter(ctx, q, x.Letter)
		if err != nil {
			return nil, 0, err
		}
		if !mayReadCase(viewer(ctx), l) {
			if !m.Denounces {
				others++
			}
			continue
		}
		line := s.matterLine(tree, l)
		line.Member = x
		names[l.ID] = line.Name
		lines = append(lines, line)
	}
	for i := range lines {
		lines[i].Relation = lines[i].Member.Relation.Name()
		if to := names[lines[i].Member.Toward]; to != "" && lines[i].Member.Relation != matter.First {
			lines[i].Relation += " với " + to
		}
	}
	slices.SortFunc(lines, func(a, b matterLine) int {
		if a.Received != b.Received {
			return int(a.Received) - int(b.Received)
		}
		return int(a.ID - b.ID)
	})
	return lines, others, nil
}

// nearLetters are the suggestions for a letter that the viewer may read.
func (s *server) nearLetters(ctx context.Context, q db.Querier, tree *org.Tree, entry int64) (out []nearLine, waits bool, err error) {
	v := viewer(ctx)
	found, ready, err := s.Alike.Near(ctx, q, entry, func(l matter.Letter) bool { return mayReadCase(v, l) }, mostNearLetters)
	if err != nil || !ready {
		return nil, !ready, err
	}
	for _, f := range found {
		out = append(out, nearLine{s.matterLine(tree, f.Letter), f.Reasons, f.Same, f.Matter, f.Beside == matter.Related, besideURL(entry, f.Letter.ID)})
	}
	return out, false, nil
}

// besideLines are the letters of which somebody said that they are related.
func (s *server) besideLines(ctx context.Context, q db.Querier, tree *org.Tree, entry int64) (out []matterLine, err error) {
	pairs, err := s.Alike.Store.Pairs(ctx, q, entry)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if p.Said != matter.Related || p.Undone.Leaf != 0 {
			continue
		}
		l, err := s.Alike.Letter(ctx, q, p.With(entry))
		if err != nil {
			return nil, err
		}
		if mayReadCase(viewer(ctx), l) {
			out = append(out, s.matterLine(tree, l))
		}
	}
	return out, nil
}

// matterWrong puts what a decision lacks into its form; an error that nobody can mend there is returned.
func matterWrong(f *form, err error, controls map[string]string) error {
	var w matter.Wrong
	if errors.As(err, &w) {
		f.say(controls[w.Field], fault.Say(err))
		return nil
	}
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		f.say(controls[""], fault.Say(err))
		return nil
	}
	return err
}

// basisOptions are the grounds on which a letter may be found a duplicate on a day.
func (s *server) basisOptions(day civil.Date) []option {
	out := []option{{Name: "Chọn căn cứ"}}
	if l := s.Catalog.EditionOn(day).List("matter_bases"); l != nil {
		for _, o := range l.Options {
			if o.Open(day) {
				name := o.Name
				if o.Help != "" {
					name += " (" + o.Help + ")"
				}
				out = append(out, option{Value: o.Code, Name: name})
			}
		}
	}
	return out
}

func (s *server) basisName(code string) string {
	if l := s.Catalog.Latest().List("matter_bases"); l != nil {
		for _, o := range l.Options {
			if o.Code == code {
				return o.Name
			}
		}
	}
	return code
}

// oneOf reports whether a choice is one of those offered.
func oneOf(options []option, value string) bool {
	return slices.ContainsFunc(options, func(o option) bool { return o.Value == value })
}

// letterNumber reads which letter is meant: a number, or the public code.
func (s *server) letterNumber(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	if n, ok := entryNumber(text); ok {
		return n, true
	}
	return s.Alike.ByCode(text)
}
