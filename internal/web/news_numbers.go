package web

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/news"
	"danvan/internal/org"
)

// readShown is how many articles the list of the most read holds.
const readShown = 10

// readIn are the articles of units that were read most often in a period.
func (s *server) readIn(ctx context.Context, q db.Querier, units []org.UnitID, p civil.Period, reads map[int64]int64) ([]news.ReadOften, error) {
	all, err := s.News.Book(ctx, q, news.Ask{Units: units, Period: civil.Period{From: 0, To: p.To}})
	if err != nil {
		return nil, err
	}
	var out []news.ReadOften
	for _, a := range all {
		if n := reads[a.ID]; n > 0 {
			out = append(out, news.ReadOften{Article: a, Reads: n})
		}
	}
	slices.SortFunc(out, func(a, b news.ReadOften) int { return cmp.Or(cmp.Compare(b.Reads, a.Reads), cmp.Compare(b.ID, a.ID)) })
	return out[:min(len(out), readShown)], nil
}

// newsClose records the numbers of a month that is over.
func (s *server) newsClose(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "")
	if err != nil {
		return err
	}
	v, err := s.newsNumbersView(r)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	unit := f.unit(tree, "don-vi", s.Today())
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn cơ quan.")
	}
	month, err := civil.ParsePeriod(f.text("thang"))
	if err != nil || month.From.Day() != 1 || month.To != month.From.MonthEnd() {
		f.say("thang", "Tháng viết như 2026-10.")
	}
	if unit != nil && !viewer(r.Context()).May(access.RecordWork, unit.ID) {
		f.say("don-vi", "Tài khoản của bạn không ghi cho cơ quan này. Hãy chọn cơ quan khác.")
	}
	written := 0
	if len(f.Wrong) == 0 {
		err = s.onceFor(r, f.form, func(tx *db.Tx) (err error) {
			written, err = s.News.Close(r.Context(), tx, viewer(r.Context()).Login, unit.ID, month.From)
			return err
		})
		if said := sentence(err); said != "" {
			f.say("thang", said)
		} else if err != nil {
			return err
		}
	}
	if len(f.Wrong) > 0 {
		v.Close = f.form
		return s.showNewsNumbers(w, r, http.StatusUnprocessableEntity, v)
	}
	word := "chot"
	if written == 0 {
		word = "chot-san"
	}
	return seeOther(w, r, "/tin-bai/so-lieu?don-vi="+firstWord(f.text("don-vi"))+"&ky="+f.text("thang")+"&xong="+word)
}

// newsNumbersView are the numbers of a period: articles, reads, the press, readers.
type newsNumbersView struct {
	Scope    *scope
	Done     string
	Cards    []deskCard
	Press    []deskCard
	Read     []news.ReadOften
	Sums     []sumLine
	Close    form
	Units    []option
	MayClose bool
}

type sumLine struct {
	news.Sum
	Name string
}

func (s *server) newsNumbers(w http.ResponseWriter, r *http.Request) error {
	v, err := s.newsNumbersView(r)
	if err != nil {
		return err
	}
	return s.showNewsNumbers(w, r, http.StatusOK, v)
}

func (s *server) newsNumbersView(r *http.Request) (*newsNumbersView, error) {
	sc, err := s.dutyScope(r, yearOf)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	v := &newsNumbersView{Scope: sc, Done: r.URL.Query().Get("xong"), Close: newForm()}
	of := func(codes ...string) []cardAsk {
		var out []cardAsk
		for _, c := range codes {
			out = append(out, cardAsk{Indicator: c, UnitRef: sc.UnitRef})
		}
		return out
	}
	if v.Cards, err = s.cards(ctx, sc, of("portal.articles", "portal.type_news", "portal.type_article", "feedback.received", "feedback.answered")); err != nil {
		return nil, err
	}
	if v.Press, err = s.cards(ctx, sc, of("media.items", "media.items_all")); err != nil {
		return nil, err
	}
	units := slices.Collect(maps.Keys(sc.subtree()))
	k := s.kindNear(news.FeedbackKind, sc.Today)
	err = s.DB.View(ctx, func(q db.Querier) error {
		sums, err := s.News.Sums(ctx, q, units, sc.Period)
		if err != nil {
			return err
		}
		for _, x := range sums {
			v.Sums = append(v.Sums, sumLine{x, choiceName(k, "topic", x.Topic)})
		}
		reads, err := s.News.ReadIn(ctx, q, sc.Period)
		if err != nil {
			return err
		}
		v.Read, err = s.readIn(ctx, q, units, sc.Period, reads)
		return err
	})
	if err != nil {
		return nil, err
	}
	v.MayClose = viewer(ctx).May(access.RecordWork, 0)
	v.Units, _ = s.pieceUnits(ctx, sc.tree, k, sc.Today)
	last := sc.Today.AddMonths(-1)
	v.Close.Values.Set("thang", last.String()[:7])
	return v, nil
}

func (s *server) showNewsNumbers(w http.ResponseWriter, r *http.Request, status int, v *newsNumbersView) error {
	title := "Tin, bài: số liệu"
	if len(v.Close.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "tin-bai", Scope: v.Scope}, newsNumbersPage(v))
}
