package follow

import (
	"context"
	"fmt"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sending"
)

// Public is what the sender of a letter sees of it. No field holds who he is, what he wrote at first, or who works on it.
type Public struct {
	Found    Found
	Number   string
	Secret   bool   // neutral words only
	Class    string // in words; empty of a secret one
	Body     string // who answers: a body, no person
	Received civil.Date
	Today    civil.Date
	At       told
	Limits   []Limit // what the office owes, the nearest first
	Late     *Late
	Asked    *Talk  // the supplement that is asked for and has not come
	Steps    []Step // the next on top, then the newest
	Answers  []Shown
	Talks    []Talk // what the two wrote, newest first
	Parts    []Part
	Before   *Link // the letter that this one opens anew
	After    []Link

	Open        bool // the office still owes something
	MayWrite    bool
	MayWithdraw bool
	MayReopen   bool
	Withdrawing civil.Date // when the sender asked to withdraw, 0 if he did not
	To          int64      // the letter that what the sender writes goes to
	Waits       bool       // sent, and no office has taken it in yet
	Refused     string     // why no office takes it in
}

// Limit is one limit that binds the office.
type Limit struct {
	Name     string
	Due      civil.Date // 0 while it rests
	Article  string
	Verified bool
	Left     int // days to go, negative for days late
}

// Late is that something is late and why.
type Late struct {
	Days    int
	Due     civil.Date
	Why     string     // as the office wrote it, "" while it has not
	WhyOn   civil.Date // when it wrote it
	Promise civil.Date // by when it will come, 0 if it does not say
}

// Step is one step behind or before.
type Step struct {
	Name     Text
	On       civil.Date // of a step to come: by when
	Document string
	By       string // which body, where it is another than before
	Next     bool
}

// Shown is a published answer.
type Shown struct {
	Entry    int64
	N        int
	Body     string
	On       civil.Date
	Amended  bool
	Why      string // of an amended one
	Gone     string // why it was withdrawn; then nothing else is shown
	Text     string
	Document string
	DocOn    civil.Date
	Files    []Paper
	Rated    *Rating
	MayRate  bool
}

// Paper is a document of an answer that can be fetched.
type Paper struct {
	N    int
	Name string
	MIME string
	Size int64
}

// Talk is something that office or sender wrote.
type Talk struct {
	Mine  bool // of the sender
	Kind  WordKind
	On    civil.Date
	Text  string
	Until civil.Date
	Files int
	Read  bool
}

// Part is one of several contents.
type Part struct {
	Name string
	At   told
	Due  civil.Date
}

// Link leads to another letter of the same sender about the same matter.
type Link struct {
	Number string
	On     civil.Date
	Found  Found
}

// Show is what the sender of a letter, who has shown his code, sees of it.
func (d *Desk) Show(ctx context.Context, q db.Querier, f Found) (*Public, error) {
	if f.Entry == 0 {
		return d.showSending(ctx, q, f)
	}
	v := &viewing{Desk: d, q: q, Public: &Public{Found: f, Today: d.today()}}
	var err error
	if v.tree, err = d.Tree(ctx); err != nil {
		return nil, err
	}
	if err := v.read(ctx, f.Entry); err != nil {
		return nil, err
	}
	return v.Public, nil
}

// showSending shows what no office has taken in yet.
func (d *Desk) showSending(ctx context.Context, q db.Querier, f Found) (*Public, error) {
	if f.Sending == nil {
		return nil, ErrNone
	}
	s := f.Sending
	p := &Public{Found: f, Number: s.Number, Secret: s.Denounces, Received: s.Day, Today: d.today(), Open: true, Waits: true, At: quietGot}
	if !s.Denounces {
		p.At = told{Text{"Đã đến cơ quan", "Arrived"}, Text{"Cơ quan đã nhận được qua mạng và chưa vào sổ.", "The office has it and has not entered it yet."}, "wait"}
		for _, l := range d.Sendings.Next(s.Class, s.Day) {
			if l.Due != 0 {
				p.Limits = append(p.Limits, Limit{Name: l.Name, Due: l.Due, Article: l.Article, Verified: l.Verified, Left: p.Today.DaysUntil(l.Due)})
			}
		}
	}
	tree, err := d.Tree(ctx)
	if err != nil {
		return nil, err
	}
	if s.Unit != 0 && !s.Denounces {
		p.Body = tree.NameOn(s.Unit, p.Today)
	}
	if s.State == sending.Refused && !s.Denounces {
		if err := d.refused(ctx, q, p, s.ID); err != nil {
			return nil, err
		}
	}
	p.Steps = []Step{{Name: steps["received"], On: p.Received}}
	return p, nil
}

// refused tells why no office takes in what was sent.
func (d *Desk) refused(ctx context.Context, q db.Querier, p *Public, id int64) error {
	p.Open, p.Limits = false, nil
	p.At = told{Text{"Không vào sổ", "Not entered"}, Text{"Cơ quan không vào sổ nội dung này.", "The office did not enter this."}, "stop"}
	acts, err := d.Sendings.ActsOf(ctx, q, id, false)
	for _, a := range acts {
		if a.Ground != "" {
			p.Refused = sending.GroundName(a.Ground)
		}
	}
	return err
}

// viewing is a letter on the way to its sender's page.
type viewing struct {
	*Desk
	*Public
	q    db.Querier
	tree *org.Tree
}

// chainMost bounds how often a letter is passed on.
const chainMost = 5

// read follows the letter from body to body: where it was passed on within the system, what happens there is told too.
func (v *viewing) read(ctx context.Context, entry int64) error {
	chain, err := v.chain(ctx, entry)
	if err != nil {
		return err
	}
	for _, c := range chain {
		secret, err := v.secret(ctx, v.q, c)
		if err != nil {
			return err
		}
		v.Secret = v.Secret || secret
	}
	first, last := chain[0], chain[len(chain)-1]
	v.head(first, last)
	for i, c := range chain {
		if err := v.walk(ctx, c, i > 0); err != nil {
			return err
		}
	}
	if err := v.clocks(last); err != nil {
		return err
	}
	slices.Reverse(v.Steps)
	v.next()
	for _, c := range chain {
		if err := v.said(ctx, c); err != nil {
			return err
		}
	}
	if err := v.parts(ctx, last); err != nil {
		return err
	}
	if err := v.links(ctx, entry, last.Entry); err != nil {
		return err
	}
	v.may(last)
	return nil
}

// chain is the letter at each body that it came to.
func (v *viewing) chain(ctx context.Context, entry int64) ([]*petition.Case, error) {
	var out []*petition.Case
	for range chainMost {
		c, e, err := v.caseOf(ctx, v.q, entry)
		if err != nil {
			return nil, err
		}
		if e.State == ledger.Void && len(out) == 0 {
			return nil, fault.New(fault.NotFound, "Đơn này được ghi nhầm và đã bỏ khỏi sổ. Hãy hỏi nơi đã nhận đơn.")
		}
		out = append(out, c)
		t, ok, err := petition.TransferOf(ctx, v.q, entry)
		if err != nil {
			return nil, err
		}
		if !ok || t.Got == 0 {
			return out, nil
		}
		entry = t.Got
	}
	return out, nil
}

// secret reports whether somebody is denounced in a case, in whole or in one of its parts.
func (d *Desk) secret(ctx context.Context, q db.Querier, c *petition.Case) (bool, error) {
	if petition.Denounces(c.Class) {
		return true, nil
	}
	for _, id := range c.Parts {
		p, _, err := d.caseOf(ctx, q, id)
		if err != nil {
			return true, err
		}
		if petition.Denounces(p.Class) {
			return true, nil
		}
	}
	content, _, err := d.Dossiers.ContentOf(ctx, q, c.Entry)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return true, err
	}
	return content.Denounces, nil
}

// secretCase is secret where it can be told, and true where it cannot.
func (d *Desk) secretCase(ctx context.Context, q db.Querier, c *petition.Case) bool {
	s, err := d.secret(ctx, q, c)
	return s || err != nil
}

func (v *viewing) head(first, last *petition.Case) {
	v.Number = v.Found.Number // of a denunciation from the portal the sender has a number of his own
	if v.Number == "" {
		v.Number = first.Code
	}
	v.Received, v.To = first.Received, last.Entry
	v.Body = v.tree.NameOn(last.Unit, v.Today)
	st := last.State()
	v.Open = st.Open() || st.Stage == petition.Transferred
	v.At = tell(st, v.Secret)
	if !v.Secret {
		v.Class = v.choice(first, "class", first.Class)
	}
}

func (v *viewing) choice(c *petition.Case, field, code string) string {
	if k := v.Catalog.Latest().Kind(c.Kind); k != nil {
		if f := k.Field(field); f != nil {
			if o := f.Option(code); o != nil {
				return o.Name
			}
		}
	}
	return ""
}

// walk tells the steps of a case, oldest first.
func (v *viewing) walk(ctx context.Context, c *petition.Case, passedOn bool) error {
	if v.Secret {
		v.walkQuietly(c, passedOn)
		return nil
	}
	by := ""
	if passedOn {
		by = v.tree.NameOn(c.Unit, v.Today)
	}
	for _, s := range c.Steps {
		name, ok := steps[s.Act]
		if !ok {
			continue
		}
		x := Step{Name: name, On: s.On, By: by}
		if s.Act == "transferred" {
			x.By = s.Body
			t, ok, err := petition.TransferOf(ctx, v.q, c.Entry)
			if err != nil {
				return err
			}
			if ok {
				x.By = v.tree.NameOn(t.Unit, v.Today)
			}
		}
		if documented[s.Act] {
			x.Document = s.Document
		}
		v.Steps = append(v.Steps, x)
	}
	return nil
}

// walkQuietly tells that it came, that it is looked at, that it is done: neither acts nor documents.
func (v *viewing) walkQuietly(c *petition.Case, passedOn bool) {
	if !passedOn {
		v.Steps = append(v.Steps, Step{Name: quietGot.Name, On: c.Received})
	}
	st := c.State()
	if i := slices.IndexFunc(c.Steps, func(s petition.Step) bool { return s.Act != "received" }); i >= 0 && len(v.Steps) == 1 {
		v.Steps = append(v.Steps, Step{Name: quietOpen.Name, On: c.Steps[i].On})
	}
	if !st.Open() && st.Stage != petition.Transferred {
		v.Steps = append(v.Steps, Step{Name: quietDone.Name, On: st.Since})
	}
}

// clocks are the office's limits that have not ended; of a secret letter neither name nor article is told, for they tell
// the class.
func (v *viewing) clocks(c *petition.Case) error {
	if v.Clocks == nil || !c.State().Open() {
		return nil
	}
	for _, d := range v.Clocks.Deadlines(c) {
		if !d.ByOffice() || d.Ended != 0 || d.Due == 0 {
			continue
		}
		l := Limit{Name: d.Name, Due: d.Due, Article: d.Article, Verified: d.Verified, Left: v.Today.DaysUntil(d.Due)}
		if v.Secret {
			l.Name, l.Article, l.Verified = "", "", true
		}
		v.Limits = append(v.Limits, l)
	}
	slices.SortStableFunc(v.Limits, func(a, b Limit) int { return int(a.Due) - int(b.Due) })
	if v.Secret && len(v.Limits) > 1 {
		v.Limits = v.Limits[len(v.Limits)-1:] // only by when it is done: what comes between tells the procedure
	}
	return nil
}

// next puts what comes next on top of the steps.
func (v *viewing) next() {
	if len(v.Limits) == 0 {
		return
	}
	l := v.Limits[0]
	name := Text{l.Name, "Next: " + l.Name}
	if v.Secret {
		name = Text{"Xử lý xong", "Closed"}
	}
	v.Steps = append([]Step{{Name: name, On: l.Due, Next: true}}, v.Steps...)
	if l.Left < 0 {
		v.Late = &Late{Days: -l.Left, Due: l.Due}
	}
}

// said reads answers and words of a case.
func (v *viewing) said(ctx context.Context, c *petition.Case) error {
	entries := append([]int64{c.Entry}, c.Parts...)
	for _, id := range entries {
		if err := v.answers(ctx, id, v.tree.NameOn(c.Unit, v.Today)); err != nil {
			return err
		}
	}
	words, err := v.Words(ctx, v.q, c.Entry)
	if err != nil {
		return err
	}
	for _, w := range words {
		v.talk(w)
	}
	return nil
}

func (v *viewing) talk(w Word) {
	t := Talk{Mine: w.Actor == "", Kind: w.Kind, On: w.Day(), Text: w.Text, Until: w.Until, Files: len(w.Papers), Read: w.ReadMS != 0}
	switch {
	case w.Kind == Explain:
		if v.Late != nil {
			v.Late.Why, v.Late.WhyOn, v.Late.Promise = w.Text, w.Day(), w.Until
		}
	case w.Kind == Ask:
		v.Asked = &t
	case w.Kind == Supply:
		v.Asked = nil
	case w.Kind == Withdraw:
		v.Withdrawing = w.Day()
	}
	if v.Secret && t.Mine {
		t.Text = "" // what he wrote is not shown again on a device that others may see
	}
	v.Talks = append([]Talk{t}, v.Talks...)
}

func (v *viewing) answers(ctx context.Context, entry int64, body string) error {
	all, err := v.Desk.Answers(ctx, v.q, entry)
	if err != nil {
		return err
	}
	done := map[int]bool{}
	for _, a := range all {
		if done[a.N] || a.State != Published && (a.State != TakenBack || a.CheckedMS == 0) {
			continue
		}
		done[a.N] = true
		s := Shown{Entry: entry, N: a.N, Body: body, On: dayOf(a.CheckedMS), Amended: a.Version > 1, Why: a.Why, Text: a.Text, Document: a.Document, DocOn: a.DocumentOn}
		if a.State == TakenBack {
			v.Public.Answers = append(v.Public.Answers, Shown{Entry: entry, N: a.N, Body: body, On: s.On, Gone: a.Reason})
			continue
		}
		if err := v.documents(ctx, &s, a.Papers); err != nil {
			return err
		}
		if s.Rated, err = v.RatingOf(ctx, v.q, entry, a.N); err != nil {
			return err
		}
		s.MayRate = s.Rated == nil || v.Today <= s.Rated.Until
		if v.Secret {
			s.Document, s.DocOn = "", 0
		}
		v.Public.Answers = append(v.Public.Answers, s)
	}
	return nil
}

func (v *viewing) documents(ctx context.Context, s *Shown, papers []int) error {
	if len(papers) == 0 {
		return nil
	}
	list, err := v.Dossiers.Papers(ctx, v.q, s.Entry)
	if err != nil {
		return err
	}
	for _, p := range list {
		if !slices.Contains(papers, p.N) || p.Gone || p.Names {
			continue
		}
		f := Paper{N: p.N, Name: p.Name, MIME: p.MIME, Size: p.Size}
		if v.Secret {
			f.Name = fmt.Sprintf("Văn bản %d", len(s.Files)+1) // the name of a file may tell what it is
		}
		s.Files = append(s.Files, f)
	}
	return nil
}

func (v *viewing) parts(ctx context.Context, c *petition.Case) error {
	if v.Secret {
		return nil
	}
	for _, id := range c.Parts {
		p, _, err := v.caseOf(ctx, v.q, id)
		if err != nil {
			return err
		}
		x := Part{Name: v.choice(p, "class", p.Class), At: tell(p.State(), false)}
		if v.Clocks != nil && p.State().Open() {
			if m := clock.Main(v.Clocks.Deadlines(p)); m != nil && m.Ended == 0 {
				x.Due = m.Due
			}
		}
		v.Parts = append(v.Parts, x)
	}
	return nil
}

// may says what the sender may do now.
func (v *viewing) may(c *petition.Case) {
	st := c.State()
	v.MayWrite = st.Open() || st.Stage == petition.Transferred
	v.MayWithdraw = v.Withdrawing == 0 && st.Open() && !st.Withdrawn
	v.MayReopen = !v.MayWrite && len(v.After) == 0
}
