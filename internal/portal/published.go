package portal

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/disclosure"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

func (p *portal) publishedRoutes() []route {
	return []route{
		{"GET /cong-khai", p.keep(p.published, "xa")},
		{"GET /cong-khai/{id}/anh/{so}", p.publishedPicture},
		{"GET /ban-bac", p.keep(p.decided, "xa", "trang")},
		{"GET /giam-sat", p.keep(p.supervised, "xa", "trang")},
		{"GET /hoi-nghi", p.keep(p.conferences, "nam")},
	}
}

func (p *portal) disclosures() *disclosure.Shelf {
	return &disclosure.Shelf{Ledger: p.Ledger, Catalog: p.Catalog, Engine: p.DB.Engine()}
}

// publishedDays are the days whose register people see: since the end of the quarter before last.
func publishedDays(today civil.Date) civil.Period {
	first := civil.NewDate(today.Year(), (today.Month()-1)/3*3+1, 1)
	return civil.Period{From: first.AddMonths(-3).AddDays(-1), To: today}
}

// publishedCounts counts what had to be published. What is missing in a commune that never recorded any publishing in these
// days stands apart: one cannot tell whether it published nothing or recorded nothing.
type publishedCounts struct{ All, OnTime, Late, Missing, Due, Excused, Short, Silent, SilentIn int }

func countPublished(rows []disclosure.Row) publishedCounts {
	var c publishedCounts
	for i := range rows {
		c.All++
		switch rows[i].State {
		case disclosure.OnTime:
			c.OnTime++
		case disclosure.Late:
			c.Late++
		case disclosure.Missing:
			c.Missing++
		case disclosure.Due:
			c.Due++
		case disclosure.Excused:
			c.Excused++
		}
		if faults := rows[i].Faults(); slices.Contains(faults, disclosure.EndedEarly) || slices.Contains(faults, disclosure.FewDays) {
			c.Short++
		}
	}
	if c.Missing > 0 && c.OnTime+c.Late+c.Excused == 0 {
		c.Missing, c.Silent, c.SilentIn = 0, c.Missing, 1
	}
	return c
}

func (c *publishedCounts) add(o publishedCounts) {
	c.All, c.OnTime, c.Late, c.Missing = c.All+o.All, c.OnTime+o.OnTime, c.Late+o.Late, c.Missing+o.Missing
	c.Due, c.Excused, c.Short, c.Silent, c.SilentIn = c.Due+o.Due, c.Excused+o.Excused, c.Short+o.Short, c.Silent+o.Silent, c.SilentIn+o.SilentIn
}

// sentence says the numbers.
func (c publishedCounts) sentence(ctx context.Context) string {
	out := fmt.Sprintf(say(ctx, "%d nội dung phải công khai: %d đúng hạn, %d chậm, %d chưa công khai.", "%d things to publish: %d in time, %d late, %d missing."), c.All, c.OnTime, c.Late, c.Missing)
	if c.SilentIn == 1 && c.Silent+c.Due == c.All {
		out = fmt.Sprintf(say(ctx, "%d nội dung phải công khai; chưa ghi lần công khai nào.", "%d things to publish; no publishing is recorded."), c.All)
	} else if c.SilentIn > 0 {
		out += fmt.Sprintf(say(ctx, " %d nội dung ở %d xã, phường chưa ghi lần công khai nào.", " %d more in %d communes that recorded no publishing at all."), c.Silent, c.SilentIn)
	}
	if c.Due > 0 {
		out += fmt.Sprintf(say(ctx, " %d còn trong hạn.", " %d are not due yet."), c.Due)
	}
	if c.Short > 0 {
		out += fmt.Sprintf(say(ctx, " %d gỡ bảng sớm hoặc phát loa thiếu ngày.", " %d came down early or were read aloud too few days."), c.Short)
	}
	return out
}

// communePublished is a commune's line in the list of all.
type communePublished struct {
	place
	Counts publishedCounts
}

// publishedView is the register as people see it: of all communes, or of one.
type publishedView struct {
	communeAsk
	Counts   publishedCounts
	Communes []communePublished
	Rows     []disclosure.Row
	Proof    map[int64][]pictureLine // what everybody may see, by publishing
	Law      *disclosure.Law
	Today    civil.Date
	Since    civil.Date
}

// communeAsk is the choice of a commune above a list.
type communeAsk struct {
	form    form
	Commune place
	All     []place
}

func (p *portal) askCommune(r *http.Request) (communeAsk, error) {
	v := communeAsk{form: newForm()}
	var err error
	if v.All, err = p.communes(r.Context()); err != nil {
		return v, err
	}
	code := r.URL.Query().Get("xa")
	v.form.Values.Set("xa", code)
	if code != "" {
		v.Commune, err = p.commune(r.Context(), code)
	}
	return v, err
}

func (v *communeAsk) options(ctx context.Context) []option {
	out := []option{{Name: say(ctx, "Toàn tỉnh", "Whole province")}}
	for _, c := range v.All {
		out = append(out, option{Value: c.Code, Name: c.Name})
	}
	return out
}

// committees are the people's committees of communes, by the commune.
func (p *portal) committees(tree *org.Tree, under org.UnitID) map[org.UnitID]org.UnitID {
	today := p.Today()
	out := map[org.UnitID]org.UnitID{}
	for _, id := range tree.Existing(today, under, org.Filter{Classes: []string{"commune/peoples_committee"}, Forms: []string{org.Body}}) {
		out[tree.SpanOn(id, today).Parent] = id
	}
	return out
}

// registers are the registers of communes, by the commune.
func (p *portal) registers(ctx context.Context, under org.UnitID) (map[org.UnitID][]disclosure.Row, error) {
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	of := p.committees(tree, under)
	var bodies []org.UnitID
	for _, id := range of {
		bodies = append(bodies, id)
	}
	out := map[org.UnitID][]disclosure.Row{}
	if len(bodies) == 0 {
		return out, nil
	}
	err = p.DB.View(ctx, func(q db.Querier) error {
		rows, err := p.disclosures().Registers(ctx, q, tree, bodies, publishedDays(p.Today()), p.Today())
		for commune, body := range of {
			out[commune] = rows[body]
		}
		return err
	})
	return out, err
}

func (p *portal) published(w http.ResponseWriter, r *http.Request) error {
	ask, err := p.askCommune(r)
	if err != nil {
		return err
	}
	of, err := p.province(r.Context())
	if err != nil {
		return err
	}
	under := of.ID
	if ask.Commune.ID != 0 {
		under = ask.Commune.ID
	}
	regs, err := p.registers(r.Context(), under)
	if err != nil {
		return err
	}
	v := &publishedView{communeAsk: ask, Law: p.disclosures().Law(p.Today()), Today: p.Today(), Since: publishedDays(p.Today()).From}
	for _, c := range ask.All {
		n := countPublished(regs[c.ID])
		v.Counts.add(n)
		if n.All > 0 {
			v.Communes = append(v.Communes, communePublished{c, n})
		}
	}
	if ask.Commune.ID != 0 {
		v.Rows, v.Communes = regs[ask.Commune.ID], nil
		sortPublished(v.Rows)
		v.Proof = map[int64][]pictureLine{}
		for _, row := range v.Rows {
			for _, post := range row.Posts {
				if v.Proof[post.ID], err = p.shownProof(r.Context(), post); err != nil {
					return err
				}
			}
		}
	}
	return p.render(w, r, http.StatusOK, page{Title: say(r.Context(), "Xã công khai gì", "What communes publish"), Section: "cong-khai"}, p.publishedPage(v))
}

// publicationSummary is what a commune, or the province (0), published and owes, for first pages.
func (p *portal) publicationSummary(_ context.Context, commune org.UnitID) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		tree, err := p.Tree(ctx)
		if err != nil {
			return err
		}
		under, all := commune, "/cong-khai"
		if u := tree.Unit(commune); u != nil {
			all += "?xa=" + url.QueryEscape(u.Code)
		} else {
			of, err := p.province(ctx)
			if err != nil {
				return err
			}
			under = of.ID
		}
		regs, err := p.registers(ctx, under)
		if err != nil {
			return err
		}
		var sum publishedCounts
		for _, rows := range regs {
			sum.add(countPublished(rows))
		}
		if sum.All == 0 {
			return nil
		}
		return publishedPart(sum, all).Render(ctx, w)
	})
}

// unitsOf are the units of a commune, or of the whole province, for reading what they recorded.
func (p *portal) unitsOf(ctx context.Context, c place) ([]org.UnitID, error) {
	if c.ID == 0 {
		return nil, nil
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return append(tree.Existing(p.Today(), c.ID, org.Filter{Forms: []string{org.Body}}), c.ID), nil
}

// decidedLine is a decision as people read it.
type decidedLine struct {
	*disclosure.Decision
	Result disclosure.Result
	Way    disclosure.Way
	Where  string
}

type decidedView struct {
	communeAsk
	Lines []decidedLine
	Today civil.Date
	Pager pager
}

// decidedMost is how many lines a part of a list shows; the newest come first.
const decidedMost = 20

func (p *portal) decided(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	ask, err := p.askCommune(r)
	if err != nil {
		return err
	}
	units, err := p.unitsOf(ctx, ask.Commune)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	today := p.Today()
	v := &decidedView{communeAsk: ask, Today: today}
	law := p.disclosures().Law(today)
	err = p.DB.View(ctx, func(q db.Querier) error {
		list, err := p.disclosures().Decisions(ctx, q, ledger.Filter{Units: units, From: today.AddYears(-1)})
		list, v.Pager = paged(r, "/ban-bac", list, decidedMost, "xa")
		for _, d := range list {
			v.Lines = append(v.Lines, decidedLine{d, law.Decide(d), law.Follow(d, today), cmpJoin(", ", d.Village, placeName(tree, d.Place, today))})
		}
		return err
	})
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: say(ctx, "Nhân dân bàn và quyết định", "What households decided"), Section: "cong-khai"}, p.decidedPage(v))
}

// supervisedBoard is a board as people read it.
type supervisedBoard struct {
	*disclosure.SupervisionBoard
	Where string
	Sum   disclosure.Recovered
}

type supervisedView struct {
	communeAsk
	Boards []supervisedBoard
	Law    *disclosure.Law
	Today  civil.Date
	Pager  pager
}

func (p *portal) supervised(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	ask, err := p.askCommune(r)
	if err != nil {
		return err
	}
	units, err := p.unitsOf(ctx, ask.Commune)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	today := p.Today()
	v := &supervisedView{communeAsk: ask, Law: p.disclosures().Law(today), Today: today}
	var boards []*disclosure.SupervisionBoard
	err = p.DB.View(ctx, func(q db.Querier) (err error) {
		boards, err = p.disclosures().Boards(ctx, q, ledger.Filter{Units: units})
		return err
	})
	if err != nil {
		return err
	}
	boards = slices.DeleteFunc(boards, func(b *disclosure.SupervisionBoard) bool { return !b.Running(today) && len(b.Findings) == 0 })
	slices.SortStableFunc(boards, func(a, b *disclosure.SupervisionBoard) int { return len(b.Findings) - len(a.Findings) })
	boards, v.Pager = paged(r, "/giam-sat", boards, decidedMost, "xa")
	for _, b := range boards {
		v.Boards = append(v.Boards, supervisedBoard{b, placeName(tree, b.Place, today), disclosure.Sum(b.Findings)})
	}
	return p.render(w, r, http.StatusOK, page{Title: say(ctx, "Nhân dân giám sát", "Supervision by the people"), Section: "cong-khai"}, p.supervisedPage(v))
}

// conferencesView is which bodies held the year's conference of their staff.
type conferencesView struct {
	Lines []conferenceLine
	Held  int
	Year  int
	Years []int
	Due   civil.Date
}

type conferenceLine struct {
	Name string
	On   civil.Date // 0 while it is not held
	Due  civil.Date
	Late bool
}

func (p *portal) conferences(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := &conferencesView{Year: p.Today().Year() - 1}
	if text := r.URL.Query().Get("nam"); text != "" {
		if _, err := fmt.Sscanf(text, "%d", &v.Year); err != nil || v.Year < 2011 || v.Year > p.Today().Year() {
			return fault.New(fault.Invalid, "Năm phải viết như 2025.")
		}
	}
	for y := p.Today().Year(); y > p.Today().Year()-4; y-- {
		v.Years = append(v.Years, y)
	}
	if err := p.fillConferences(ctx, v); err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: say(ctx, "Hội nghị tại nơi làm việc", "Workplace conferences"), Section: "cong-khai"}, p.conferencesPage(v))
}
