package contest_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
A,Xã A,commune,Xã,T1
`

const today civil.Date = 20261122

var law = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogdata.FS) })

// hall is a body that holds contests.
type hall struct {
	testing.TB
	db     *db.DB
	ledger *ledger.Ledger
	shelf  *contest.Shelf
	tree   *org.Tree
	now    time.Time
}

func open(t testing.TB, d *db.DB) *hall {
	t.Helper()
	c, err := law()
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{TB: t, db: d, now: time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)}
	l := ledger.New(c)
	l.Now = func() time.Time { return h.now }
	l.InOrder = d.Engine() == db.SQLite
	keeper := &org.Keeper{DB: d, Hooks: l}
	h.ledger, h.shelf = l, &contest.Shelf{Ledger: l, Catalog: c, Engine: d.Engine()}
	h.must(h.write(func(tx *db.Tx) error {
		return keeper.LoadSet(context.Background(), tx, fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}, "t", ledger.BodyRules(c.Latest()))
	}))
	if h.tree, err = keeper.Tree(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.After = h.shelf.Posted
	return h
}

func (h *hall) write(fn func(tx *db.Tx) error) error { return h.db.Write(context.Background(), fn) }

func (h *hall) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

type fields = map[string]any

func (h *hall) record(kind string, carries int64, set fields) (id int64, err error) {
	d := ledger.Draft{Kind: kind, Unit: "A.UBND", Day: 20261001, Fields: set}
	if carries != 0 {
		d.Carries = contest.Ref(carries)
	}
	err = h.write(func(tx *db.Tx) error {
		p, err := h.ledger.Record(context.Background(), tx, "thử", d)
		id = p.ID
		return err
	})
	return id, err
}

func (h *hall) put(kind string, carries int64, set fields) int64 {
	h.Helper()
	id, err := h.record(kind, carries, set)
	h.must(err)
	return id
}

// contest with two rounds and so many pieces, a jury of two.
func (h *hall) contest(pieces int) *contest.Contest {
	h.Helper()
	id := h.put(contest.Kind, 0, fields{"title": "Hội thi thử", "theme": "skilled", "form": "written", "way": "here", "votes_from": "2026-11-01", "votes_to": "2026-11-25"})
	criteria := []any{fields{"criterion": "Nội dung", "most": int64(60)}, fields{"criterion": "Trình bày", "most": int64(40)}}
	for i, code := range []string{"preliminary", "final"} {
		h.put(contest.RoundKind, id, fields{"title": "Hội thi thử", "way": "here", "round": code, "places": int64(2 - i), "criteria": criteria, "starts_on": fmt.Sprintf("2026-11-%02d", 10+i)})
	}
	for i := range pieces {
		subject := []string{"collective", "individual"}[i%2]
		h.put(contest.EntryKind, id, fields{"title": fmt.Sprint("Bài ", i+1), "subject": subject, "members": int64(1 + i), "admission": "admitted", "shown": "yes"})
	}
	for _, login := range []string{"gk1", "gk2"} {
		h.must(h.write(func(tx *db.Tx) error {
			return h.shelf.Appoint(context.Background(), tx, "thử", id, contest.Juror{Login: login, Name: "Giám khảo " + login, Chair: login == "gk1"}, h.now)
		}))
	}
	return h.read(id)
}

func (h *hall) read(id int64) *contest.Contest {
	h.Helper()
	c, err := h.shelf.Contest(context.Background(), h.db.Read(), id)
	h.must(err)
	return c
}

func (h *hall) score(round int64, login string, piece int64, given ...contest.Points) error {
	return h.write(func(tx *db.Tx) error {
		return h.shelf.Score(context.Background(), tx, round, contest.Sheet{Piece: piece, Login: login, Given: given}, today, h.now)
	})
}

func (h *hall) close(round int64) error {
	return h.write(func(tx *db.Tx) error {
		return h.shelf.Close(context.Background(), tx, "thử", round, "Biên bản 01", today, h.now)
	})
}

func (h *hall) vote(c *contest.Contest, number int64, key string) error {
	return h.write(func(tx *db.Tx) error {
		return h.shelf.Vote(context.Background(), tx, c.ID, number, key, today)
	})
}

func refused(t testing.TB, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(fault.Say(err), words) {
		t.Errorf("got %v, want a refusal with %q", err, words)
	}
}

// TestContest plays a contest from its first entry to the prizes: the jury, what it may not see and do, ties, numbers.
func TestContest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := h.contest(4)
		if want := (contest.Numbers{Rounds: 2, Teams: 2, Entries: 4, Participants: 10, Jurors: 2}); c.Numbers != want {
			t.Errorf("numbers %+v, want %+v", c.Numbers, want)
		}
		first, final := c.Held[0], c.Held[1]
		p := c.Pieces
		if p[0].Number != 1 || p[3].Number != 4 {
			t.Errorf("pieces are numbered %d to %d", p[0].Number, p[3].Number)
		}
		if n := h.figure("contest.held"); n != "0" {
			t.Errorf("a contest under way counts as held: %s", n)
		}
		refused(t, h.score(final.ID, "gk1", p[0].ID, 1, 1), "Vòng trước chưa chốt")
		refused(t, h.score(first.ID, "la", p[0].ID, 1, 1), "không ở ban giám khảo")
		refused(t, h.score(first.ID, "gk1", p[0].ID, 6001, 1), "từ 0 đến 60")
		refused(t, h.close(first.ID), "còn 4 bài")
		h.must(h.write(func(tx *db.Tx) error {
			return h.shelf.ExcuseFrom(t.Context(), tx, "gk2", c.ID, contest.Excuse{Piece: p[3].ID, Login: "gk2", Reason: "Cùng đơn vị với tác giả"}, h.now)
		}))
		refused(t, h.score(first.ID, "gk2", p[3].ID, 1, 1), "miễn chấm")
		// 90; (80+81)/2 = 80.5; 80.5 again; 20 by one juror alone
		for i, g := range [][4]contest.Points{{6000, 3000, 6000, 3000}, {5000, 3000, 5000, 3100}, {5050, 3000, 5000, 3050}, {1000, 1000, 0, 0}} {
			h.must(h.score(first.ID, "gk1", p[i].ID, g[0], g[1]))
			h.must(h.score(first.ID, "gk1", p[i].ID, g[0], g[1])) // the same form again
			if i < 3 {
				h.must(h.score(first.ID, "gk2", p[i].ID, g[2], g[3]))
			}
		}
		mine, err := contest.SheetsOf(t.Context(), d.Read(), first.ID, "gk2")
		h.must(err)
		if len(mine) != 3 || slices.ContainsFunc(mine, func(s contest.Sheet) bool { return s.Login != "gk2" }) {
			t.Errorf("own sheets are %+v", mine)
		}
		if _, err := h.shelf.Sheets(t.Context(), d.Read(), c, first); err == nil {
			t.Error("the sheets of an open round can be read together")
		}
		h.must(h.close(first.ID))
		refused(t, h.close(first.ID), "đã chốt điểm")
		refused(t, h.score(first.ID, "gk1", p[0].ID, 0, 0), "đã chốt điểm")

		c = h.read(c.ID)
		got := fmt.Sprint(c.Held[0].Results)
		if want := fmt.Sprintf("[{#%d 1 90 1 2 yes} {#%d 2 80.5 2 2 yes} {#%d 3 80.5 2 2 yes} {#%d 4 20 4 1 no}]", p[0].ID, p[1].ID, p[2].ID, p[3].ID); got != want {
			t.Errorf("results %s, want %s", got, want)
		}
		if in := c.In(final); len(in) != 3 {
			t.Errorf("%d pieces go on, want 3: the tie at the last place passes whole", len(in))
		}
		refused(t, h.score(final.ID, "gk1", p[3].ID, 1, 1), "không ở vòng đang chấm")
		for i := range 3 {
			for _, j := range []string{"gk1", "gk2"} {
				h.must(h.score(final.ID, j, p[i].ID, contest.Points(5000-i*100), 3000))
			}
		}
		h.must(h.close(final.ID))
		h.must(h.vote(c, 1, "phiếu-1"))
		h.must(h.vote(c, 1, "phiếu-1"))
		h.must(h.vote(c, 2, "phiếu-1")) // the same form, altered: still one
		h.must(h.vote(c, 2, "phiếu-2"))
		refused(t, h.publish(c, nil), "Bình chọn còn đến")
		h.now = h.now.AddDate(0, 0, 4)
		h.must(h.publish(c, []contest.Given{{Piece: p[0].ID, Rank: "first", Value: 5_000_000}, {Piece: p[1].ID, Rank: "second"}, {Piece: p[2].ID, Rank: "second"}}))
		refused(t, h.publish(c, nil), "đã công bố")
		c = h.read(c.ID)
		if want := (contest.Numbers{Rounds: 2, Teams: 2, Entries: 4, Participants: 10, Jurors: 2, Votes: 2}); c.Numbers != want {
			t.Errorf("numbers after the end %+v, want %+v", c.Numbers, want)
		}
		for code, want := range map[string]string{"contest.held": "1", "contest.votes": "2", "contest.entries": "4", "contest.prizes": "3", "contest.pieces": "4", "contest.rounds": "2"} {
			if n := h.figure(code); n != want {
				t.Errorf("%s is %s, want %s", code, n, want)
			}
		}
	})
}

func (h *hall) publish(c *contest.Contest, prizes []contest.Given) error {
	return h.write(func(tx *db.Tx) error {
		return h.shelf.Publish(context.Background(), tx, "thử", c.ID, prizes, "Quyết định 01", civil.FromTime(h.now))
	})
}

// figure is an indicator of the province in 2026.
func (h *hall) figure(code string) string {
	h.Helper()
	e := &figure.Engine{DB: h.db, Catalog: h.shelf.Catalog, Cache: figure.NewCache(1 << 20), Tree: func() *org.Tree { return h.tree }}
	f, err := e.Figure(context.Background(), figure.Query{Indicator: code, Unit: "T1", Period: civil.Period{From: 20260101, To: 20261231}, Basis: org.AsThen()})
	h.must(err)
	if f.Value == nil {
		return "0"
	}
	return *f.Value
}

// TestPiecesBelong: a piece stands in a contest that is run here, and its number is its own.
func TestPiecesBelong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		old := h.put(contest.Kind, 0, fields{"title": "Ghi tổng số", "theme": "skilled", "entries": int64(120), "votes": int64(900)})
		if c := h.read(old); c.Entries != 120 || c.Votes != 900 {
			t.Errorf("typed numbers became %+v", c.Numbers)
		}
		set := func() fields { return fields{"title": "Bài", "subject": "individual"} }
		for _, carries := range []int64{0, old} {
			_, err := h.record(contest.EntryKind, carries, set())
			refused(t, err, "phải thuộc một hội thi")
		}
		c := h.contest(1)
		again := set()
		again["number"] = int64(1)
		_, err := h.record(contest.EntryKind, c.ID, again)
		refused(t, err, "Mã số bài 1 đã có")
		refused(t, h.vote(c, 2, "một-phiếu"), "Không có bài này")
	})
}

// TestVotesAtOnce: many vote at once, some forms come twice; sums are what was sent, by a count by hand.
func TestVotesAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := h.contest(3)
		r := rand.New(rand.NewPCG(7, 7))
		want := map[int64]int64{}
		type sent struct {
			number int64
			key    string
		}
		var all []sent
		for i := range 120 {
			n := 1 + r.Int64N(3)
			want[c.Pieces[n-1].ID]++
			for range 1 + r.IntN(3) {
				all = append(all, sent{n, fmt.Sprint("phiếu-", i)})
			}
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		var wg sync.WaitGroup
		work := make(chan sent)
		for range 8 {
			wg.Go(func() {
				for x := range work {
					if err := h.vote(c, x.number, x.key); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for _, x := range all {
			work <- x
		}
		close(work)
		wg.Wait()
		got, err := contest.Votes(t.Context(), d.Read(), c.ID, today)
		h.must(err)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%d forms gave %v, by hand %v", len(all), got, want)
		}
		if before, err := contest.Votes(t.Context(), d.Read(), c.ID, today.AddDays(-1)); err != nil || len(before) != 0 {
			t.Errorf("yesterday's sums are %v (%v)", before, err)
		}
	})
}

// TestRank compares random rounds with a count by hand: exact means, ties, who passes.
func TestRank(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for range 400 {
		pieces, jurors, places := 1+r.IntN(8), 1+r.IntN(4), r.IntN(5)
		var sheets []contest.Sheet
		sum, n := map[int64]*big.Rat{}, map[int64]int64{}
		for p := range int64(pieces) {
			for j := range jurors {
				if j > 0 && r.IntN(4) == 0 {
					continue // excused
				}
				s := contest.Sheet{Piece: p, Login: fmt.Sprint(j)}
				for range 2 {
					x := contest.Points(r.IntN(6) * 50)
					s.Given = append(s.Given, x)
					if sum[p] == nil {
						sum[p] = new(big.Rat)
					}
					sum[p].Add(sum[p], big.NewRat(int64(x), 1))
				}
				n[p]++
				sheets = append(sheets, s)
			}
		}
		mean := func(p int64) *big.Int { // half up
			x := new(big.Rat).Quo(sum[p], big.NewRat(n[p], 1))
			x.Add(x, big.NewRat(1, 2))
			return new(big.Int).Quo(x.Num(), x.Denom())
		}
		ranked := contest.Rank(sheets, places)
		if len(ranked) != pieces {
			t.Fatalf("%d of %d pieces are ranked", len(ranked), pieces)
		}
		for _, x := range ranked {
			better, level := 0, 0
			for p := range int64(pieces) {
				switch mean(p).Cmp(mean(x.Piece)) {
				case 1:
					better++
				case 0:
					level++
				}
			}
			if int64(x.Points) != mean(x.Piece).Int64() || x.Place != better+1 || x.Tied != (level > 1) || x.Passes != (better+1 <= places) || int64(x.Judges) != n[x.Piece] {
				t.Fatalf("%+v, by hand %v points, place %d, %d level", x, mean(x.Piece), better+1, level)
			}
		}
	}
}
