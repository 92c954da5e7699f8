package web

import (
	"cmp"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/follow"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// ratingsView is what people thought of the answers they were given: totals of bodies, fields, scores. Of no letter, no
// sender and no officer is there anything to show.
type ratingsView struct {
	Reads   bool // the viewer reads the unit's letters: of others nobody is told what letters were about
	All     ratingRow
	Units   []ratingRow
	Fields  []ratingRow
	Scores  []ratingRow // N of each score, All's N as whole
	Reasons []ratingRow
}

// ratingRow is one line of totals; Few where so few rated that a total would tell of one.
type ratingRow struct {
	Name  string
	N     int
	Good  int // 4 and 5
	Few   bool
	Score int
}

// ratingFew is below how many ratings a line is not told by itself.
const ratingFew = 5

// Share is the part of good ratings in whole percents.
func (x ratingRow) Share() string {
	if x.N == 0 {
		return "–"
	}
	return civil.FormatInt(int64((200*x.Good+x.N)/(2*x.N))) + "%"
}

func (s *server) ratings(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	under := func(id org.UnitID, month int) bool {
		return slices.Contains(sc.tree.Chain(id, civil.NewDate(month/100, month%100, 15)), sc.Unit.ID)
	}
	from, to := int(sc.Period.From)/100, int(sc.Period.To)/100
	totals, err := follow.RatingTotals(r.Context(), s.DB.Read(), from, to)
	if err != nil {
		return err
	}
	reasons, err := follow.ReasonTotals(r.Context(), s.DB.Read(), from, to, under)
	if err != nil {
		return err
	}
	v := &ratingsView{Reads: viewer(r.Context()).May(access.ReadLetters, sc.Unit.ID), All: ratingRow{Name: "Tất cả"}}
	units, fields, scores := map[string]*ratingRow{}, map[string]*ratingRow{}, map[int]int{}
	kind := s.kindNear(petition.Letter, s.Today())
	for _, t := range totals {
		if !under(t.Unit, t.Month) {
			continue
		}
		v.All.add(t)
		addRating(units, sc.tree.NameOn(t.Unit, civil.NewDate(t.Month/100, t.Month%100, 15)), t)
		addRating(fields, or(choiceName(kind, "field", t.Field), "Không chia lĩnh vực"), t)
		scores[t.Score] += t.N
	}
	v.All.Few = v.All.N < ratingFew
	v.Units, v.Fields = told(units), told(fields)
	for _, x := range follow.Scores {
		v.Scores = append(v.Scores, ratingRow{Name: x.Name.Vi, N: scores[x.Value], Score: x.Value})
	}
	for _, x := range follow.RatingReasons {
		if reasons[x.Code] >= ratingFew {
			v.Reasons = append(v.Reasons, ratingRow{Name: x.Name.Vi, N: reasons[x.Code]})
		}
	}
	return s.render(w, r, http.StatusOK, page{Title: "Người dân đánh giá việc trả lời", Section: "danh-gia", Scope: sc}, ratingsPage(v))
}

func (x *ratingRow) add(t follow.RatingTotal) {
	x.N += t.N
	if t.Score >= 4 {
		x.Good += t.N
	}
}

func addRating(rows map[string]*ratingRow, name string, t follow.RatingTotal) {
	if rows[name] == nil {
		rows[name] = &ratingRow{Name: name}
	}
	rows[name].add(t)
}

// told are the lines with most ratings first. Lines with few are not told; where that is only one, the next one is not told
// either, so that the total does not tell it.
func told(rows map[string]*ratingRow) []ratingRow {
	var out []ratingRow
	for _, x := range rows {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b ratingRow) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Name, b.Name)) })
	few := 0
	for i := range out {
		if out[i].N < ratingFew {
			out[i].Few = true
			few++
		}
	}
	if few == 1 && len(out) > 1 {
		out[len(out)-2].Few = true
	}
	return out
}
