package contribution_test

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
	"danvan/internal/contribution"
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
B,Xã B,commune,Xã,T1
`

var law = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogdata.FS) })

// village is an office that keeps the accounts of two works.
type village struct {
	testing.TB
	db     *db.DB
	ledger *ledger.Ledger
	shelf  *contribution.Shelf
	tree   *org.Tree
	cat    *catalog.Catalog
}

func open(t testing.TB, d *db.DB) *village {
	t.Helper()
	c, err := law()
	if err != nil {
		t.Fatal(err)
	}
	l := ledger.New(c)
	l.Now = func() time.Time { return time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) }
	l.InOrder = d.Engine() == db.SQLite
	keeper := &org.Keeper{DB: d, Hooks: l}
	v := &village{TB: t, db: d, ledger: l, shelf: &contribution.Shelf{Ledger: l, Catalog: c, Engine: d.Engine()}, cat: c}
	if err := v.write(func(tx *db.Tx) error {
		return keeper.LoadSet(t.Context(), tx, fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}, "t", ledger.BodyRules(c.Latest()))
	}); err != nil {
		t.Fatal(err)
	}
	if v.tree, err = keeper.Tree(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.After = v.shelf.Posted
	return v
}

func (v *village) write(fn func(tx *db.Tx) error) error {
	return v.db.Write(context.Background(), fn)
}

type fields = map[string]any

func (v *village) record(kind, carries string, day civil.Date, set fields) (id int64, err error) {
	err = v.write(func(tx *db.Tx) error {
		p, err := v.ledger.Record(context.Background(), tx, "thử", ledger.Draft{Kind: kind, Unit: "A.UBND", Day: day, Carries: carries, Fields: set})
		id = p.ID
		return err
	})
	return id, err
}

func (v *village) must(id int64, err error) int64 {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
	return id
}

func (v *village) amend(id int64, a ledger.Amendment) error {
	e, err := v.ledger.Entry(context.Background(), v.db.Read(), id)
	if err != nil {
		return err
	}
	a.Reason = "Sửa thử"
	return v.write(func(tx *db.Tx) error {
		_, err := v.ledger.Amend(context.Background(), tx, "thử", id, e.Version, a)
		return err
	})
}

func (v *village) void(id int64) error {
	e, err := v.ledger.Entry(context.Background(), v.db.Read(), id)
	if err != nil {
		return err
	}
	return v.write(func(tx *db.Tx) error {
		_, err := v.ledger.Void(context.Background(), tx, "thử", id, e.Version, "Ghi nhầm")
		return err
	})
}

func (v *village) work(id int64) *contribution.Work {
	v.Helper()
	w, err := v.shelf.Work(v.Context(), v.db.Read(), id)
	if err != nil {
		v.Fatal(err)
	}
	return w
}

func road(name string) fields {
	return fields{"title": name, "purpose": "road", "campaign": "new_rural", "village": "Thôn Nà Khưa", "quantity": "0,8", "quantity_unit": "km",
		"estimate": int64(480_000_000), "money": int64(48_000_000), "workdays": int64(340), "land": int64(860)}
}

func gift(set fields) fields {
	out := fields{"title": "Đường thôn Nà Khưa", "purpose": "road", "source": "people", "giver": "household", "households": int64(1)}
	for k, v := range set {
		out[k] = v
	}
	return out
}

func use(set fields) fields {
	out := fields{"title": "Mua xi măng", "document": "Phiếu chi 01"}
	for k, v := range set {
		out[k] = v
	}
	return out
}

var money = contribution.Item{Nature: contribution.Money}

func refused(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(fault.Say(err), want) {
		t.Fatalf("refused with %q, want %q (%v)", fault.Say(err), want, err)
	}
}

func TestFromPlanToTheLastDong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d)
		id := v.must(v.record(contribution.WorkKind, "", 20260301, road("Đường thôn Nà Khưa")))
		ref := contribution.Ref(id)
		if st := v.work(id).Stage(); st != contribution.Planned {
			t.Errorf("a new work is %s", st)
		}
		pledge := v.must(v.record(contribution.PledgeKind, ref, 20260310, fields{"giver": "household", "households": int64(20), "money": int64(10_000_000), "land": int64(100)}))
		first := v.must(v.record(contribution.GiftKind, ref, 20260401, gift(fields{"money": int64(6_000_000), "land": "100,5", "pledge": contribution.Ref(pledge)})))
		v.must(v.record(contribution.GiftKind, ref, 20260402, gift(fields{"workdays": "12,5", "goods": []any{
			fields{"item": "Xi măng", "goods_unit": "bag", "quantity": "40", "goods_value": int64(3_600_000)}, fields{"item": "Cát", "goods_unit": "m3", "quantity": "2,25"}}})))
		v.must(v.record(contribution.GiftKind, ref, 20260402, gift(fields{"source": "state", "money": int64(200_000_000)})))

		a := v.work(id).Account
		land, bags := contribution.Item{Nature: contribution.Land}, contribution.Item{Nature: contribution.InKind, Unit: "bag"}
		if a.Pledged[money] != 10_000_000 || a.Received[money] != 6_000_000 || a.Owed(money) != 4_000_000 || a.Pledged[land] != 1005 || a.Received[bags] != 4000 || a.Support[money] != 200_000_000 {
			t.Errorf("account %+v", a)
		}
		if out := contribution.Outstanding(v.work(id).Lines); out[pledge][money] != 4_000_000 || len(out[pledge]) != 1 {
			t.Errorf("outstanding %v", out)
		}

		_, err := v.record(contribution.SpendKind, ref, 20260501, use(fields{"money": int64(6_000_001)}))
		refused(t, err, "nhận được 6.000.000 đồng, mà dùng, trả lại, chuyển đi là 6.000.001 đồng, quá 1 đồng")
		_, err = v.record(contribution.SpendKind, ref, 20260331, use(fields{"money": int64(1)}))
		refused(t, err, "đến hết ngày 31/3/2026 nhận được 0 đồng")
		_, err = v.record(contribution.SpendKind, ref, 20260501, use(fields{"goods": []any{fields{"item": "Xi măng", "goods_unit": "kg", "quantity": "1"}}}))
		refused(t, err, "ki-lô-gam")
		_, err = v.record(contribution.SpendKind, "", 20260501, use(fields{"money": int64(1)}))
		refused(t, err, "phải thuộc một công trình")
		spent := v.must(v.record(contribution.SpendKind, ref, 20260501, use(fields{"money": int64(5_000_000), "land": "100,5", "workdays": "12,5",
			"goods": []any{fields{"item": "Xi măng", "goods_unit": "bag", "quantity": "40"}, fields{"item": "Cát", "goods_unit": "m3", "quantity": "2,25"}}})))
		refused(t, v.void(first), "Không đủ")
		refused(t, v.amend(first, ledger.Amendment{Set: fields{"money": int64(4_000_000)}}), "Không đủ tiền")
		refused(t, v.amend(spent, ledger.Amendment{Day: 20260315}), "đến hết ngày 15/3/2026")

		refused(t, v.amend(id, ledger.Amendment{Set: fields{"closed_on": "2026-06-01"}}), "đang còn 1.000.000 đồng")
		other := v.must(v.record(contribution.WorkKind, "", 20260501, road("Nhà văn hóa thôn")))
		move := fields{"title": "Hết việc", "way": "moved", "decision_text": "Biên bản họp thôn 02/6/2026", "to_work": contribution.Ref(id), "money": int64(1_000_000)}
		_, err = v.record(contribution.ReturnKind, ref, 20260602, move)
		refused(t, err, "công trình khác")
		move["to_work"] = contribution.Ref(other)
		moved := v.must(v.record(contribution.ReturnKind, ref, 20260602, move))
		if w := v.work(other); w.Account.MovedIn[money] != 1_000_000 || w.Account.Received[money] != 0 || w.Lines[0].From != "Đường thôn Nà Khưa" {
			t.Errorf("moved to %+v", w.Account)
		}
		if err := v.amend(id, ledger.Amendment{Set: fields{"closed_on": "2026-06-03"}}); err != nil {
			t.Fatal(err)
		}
		v.must(v.record(contribution.SpendKind, contribution.Ref(other), 20260610, use(fields{"money": int64(700_000)})))
		refused(t, v.void(moved), "khóa sổ khi không còn dư")
		_, err = v.record(contribution.GiftKind, ref, 20260611, gift(fields{"money": int64(1)}))
		refused(t, err, "đã khóa")
		if w := v.work(id); w.Stage() != contribution.Closed || len(w.Account.Lefts()) != 0 {
			t.Errorf("closed work: %s, left %v", w.Stage(), w.Account.Lefts())
		}
		refused(t, v.void(id), "còn 6 ghi nhận")
		if err := v.amend(id, ledger.Amendment{Set: fields{"closed_on": nil}}); err != nil {
			t.Fatal(err)
		}
		refused(t, v.void(moved), "Không đủ tiền của công trình “Nhà văn hóa thôn”")
	})
}

// Names are read only of those who wish to be named; taken back, the name is gone and the count stays.
func TestNamesOnlyByConsent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d)
		id := v.must(v.record(contribution.WorkKind, "", 20260301, road("Đường thôn Nà Khưa")))
		ref := contribution.Ref(id)
		named := v.must(v.record(contribution.GiftKind, ref, 20260401, gift(fields{"money": int64(1), "donors": []any{"Bà Hoàng Thị Thử"}, "consent": "named"})))
		v.must(v.record(contribution.GiftKind, ref, 20260401, gift(fields{"money": int64(1), "donors": []any{"Ông Không Muốn"}, "consent": "anonymous"})))
		v.must(v.record(contribution.GiftKind, ref, 20260401, gift(fields{"money": int64(1), "donors": []any{"Ông Chưa Hỏi"}})))
		names := func() (all []string) {
			for _, l := range v.work(id).Lines {
				all = append(all, l.Names...)
			}
			return all
		}
		if got := names(); !slices.Equal(got, []string{"Bà Hoàng Thị Thử"}) {
			t.Errorf("named %v", got)
		}
		if err := v.amend(named, ledger.Amendment{Set: fields{"donors": nil, "consent": "anonymous"}}); err != nil {
			t.Fatal(err)
		}
		if got := names(); len(got) > 0 {
			t.Errorf("still named %v", got)
		}
		if a := v.work(id).Account; a.Gifts != 3 || a.Households != 3 || a.Received[money] != 3 {
			t.Errorf("count is %+v", a)
		}
	})
}

// Receipts are numbered by body and year without gaps; a void gift keeps its number.
func TestReceiptsHaveNoGaps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d)
		id := v.must(v.record(contribution.WorkKind, "", 20251201, road("Đường thôn Nà Khưa")))
		ref := contribution.Ref(id)
		give := func(day civil.Date) int64 {
			return v.must(v.record(contribution.GiftKind, ref, day, gift(fields{"money": int64(10)})))
		}
		last := give(20251231)
		list := []int64{give(20260105), give(20260103)}
		if err := v.void(list[0]); err != nil {
			t.Fatal(err)
		}
		_, err := v.record(contribution.GiftKind, contribution.Ref(9999), 20260105, gift(fields{"money": int64(10)}))
		if err == nil {
			t.Fatal("a gift to no work was recorded")
		}
		var wait sync.WaitGroup
		more := make([]int64, 6)
		for i := range more {
			wait.Go(func() {
				more[i] = v.must(v.record(contribution.GiftKind, ref, 20260201, gift(fields{"money": int64(10)})))
			})
		}
		wait.Wait()
		var numbers []int64
		for _, e := range append(list, more...) {
			r, err := contribution.ReceiptOf(t.Context(), d.Read(), e)
			if err != nil || r.Year != 2026 {
				t.Fatalf("receipt of %d: %+v, %v", e, r, err)
			}
			numbers = append(numbers, r.Number)
		}
		slices.Sort(numbers)
		if !slices.Equal(numbers, []int64{1, 2, 3, 4, 5, 6, 7, 8}) {
			t.Errorf("numbers %v", numbers)
		}
		if r, _ := contribution.ReceiptOf(t.Context(), d.Read(), last); r.String() != "1/2025" {
			t.Errorf("last year's is %s", r)
		}
		v.must(v.record(contribution.GiftKind, "", 20260301, gift(fields{"money": int64(10)})))
	})
}

// Two people spend the last đồng at once: one is refused.
func TestTheLastDongIsSpentOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d)
		id := v.must(v.record(contribution.WorkKind, "", 20260301, road("Đường thôn Nà Khưa")))
		v.must(v.record(contribution.GiftKind, contribution.Ref(id), 20260401, gift(fields{"money": int64(1_000_000)})))
		for range 4 {
			var wait sync.WaitGroup
			spent := make([]int64, 2)
			errs := make([]error, 2)
			for i := range errs {
				wait.Go(func() {
					spent[i], errs[i] = v.record(contribution.SpendKind, contribution.Ref(id), 20260501, use(fields{"money": int64(600_000)}))
				})
			}
			wait.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("both ended alike: %v, %v", errs[0], errs[1])
			}
			for i, err := range errs {
				if err != nil {
					refused(t, err, "quá 200.000 đồng")
				} else if err := v.void(spent[i]); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// Whatever is done to two works in whatever order, the balance holds after every act, gifts alone are facts of F22 to
// F24, and these are the gifts that stand.
func TestBalanceHoldsAfterAnyCourseOfActs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d)
		r := rand.New(rand.NewPCG(7, 22))
		works := []int64{v.must(v.record(contribution.WorkKind, "", 20260101, road("Đường thôn"))), v.must(v.record(contribution.WorkKind, "", 20260101, road("Nhà văn hóa")))}
		amounts := func() fields {
			set := fields{}
			if r.IntN(2) == 0 {
				set["money"] = int64(r.IntN(50)) * 10_000
			}
			if r.IntN(3) == 0 {
				set["land"] = fmt.Sprintf("%d,%d", r.IntN(40), r.IntN(10))
			}
			if r.IntN(3) == 0 {
				set["workdays"] = fmt.Sprintf("%d,5", r.IntN(20))
			}
			if r.IntN(3) == 0 {
				set["goods"] = []any{fields{"item": "Hiện vật", "goods_unit": []string{"bag", "m3"}[r.IntN(2)], "quantity": fmt.Sprintf("%d,%02d", r.IntN(30), r.IntN(100))}}
			}
			return set
		}
		day := func() civil.Date { return civil.Date(20260101).AddDays(r.IntN(60)) }
		with := func(a, b fields) fields {
			for k, x := range b {
				a[k] = x
			}
			return a
		}
		var entries []int64
		pledgeOf := map[int64][]int64{}
		ok, no := 0, 0
		rounds := 160
		if d.Engine() == db.Postgres {
			rounds = 80
		}
		for n := range rounds {
			w := works[r.IntN(2)]
			ref := contribution.Ref(w)
			var id int64
			var err error
			switch r.IntN(10) {
			case 0:
				if id, err = v.record(contribution.PledgeKind, ref, day(), with(amounts(), fields{"giver": "household"})); err == nil {
					pledgeOf[w] = append(pledgeOf[w], id)
				}
			case 1, 2, 3:
				set := gift(amounts())
				if list := pledgeOf[w]; len(list) > 0 && r.IntN(2) == 0 {
					set["pledge"] = contribution.Ref(list[r.IntN(len(list))])
				}
				id, err = v.record(contribution.GiftKind, ref, day(), set)
			case 4, 5:
				id, err = v.record(contribution.SpendKind, ref, day(), use(amounts()))
			case 6:
				set := with(amounts(), fields{"title": "Dư", "decision_text": "Biên bản", "way": "returned"})
				if r.IntN(2) == 0 {
					set["way"], set["to_work"] = "moved", contribution.Ref(works[r.IntN(2)])
				}
				id, err = v.record(contribution.ReturnKind, ref, day(), set)
			case 7:
				if len(entries) > 0 {
					err = v.void(entries[r.IntN(len(entries))])
				}
			default:
				if len(entries) > 0 {
					a := ledger.Amendment{Set: amounts()}
					if r.IntN(3) == 0 {
						a.Day = day()
					}
					if r.IntN(4) == 0 {
						a.Carries = &ref
					}
					err = v.amend(entries[r.IntN(len(entries))], a)
				}
			}
			switch {
			case err == nil:
				ok++
			case fault.KindOf(err) == fault.Conflict || fault.KindOf(err) == fault.Invalid:
				no++
			default:
				t.Fatalf("act %d: %v", n, err)
			}
			if id != 0 && err == nil {
				entries = append(entries, id)
			}
			for _, w := range works {
				v.holds(n, v.work(w))
			}
		}
		if ok < rounds/3 || no < rounds/10 {
			t.Errorf("%d acts done, %d refused: the play is too tame", ok, no)
		}
		v.factsAreGifts(works)
	})
}

func (v *village) holds(n int, w *contribution.Work) {
	v.Helper()
	a := w.Account
	for _, i := range a.Items() {
		if left := a.Left(i); left < 0 || a.Pledged[i] < a.In(i) || a.In(i) != a.Used[i]+a.Returned[i]+a.MovedOut[i]+left {
			v.Fatalf("after act %d %s of work %d: pledged %d, in %d, used %d, returned %d, moved %d, left %d", n, i.Nature, w.ID,
				a.Pledged[i], a.In(i), a.Used[i], a.Returned[i], a.MovedOut[i], left)
		}
	}
	if o := contribution.Overdrawn(w.Lines); o != nil {
		v.Fatalf("after act %d overdrawn: %+v", n, o)
	}
}

func (v *village) factsAreGifts(works []int64) {
	v.Helper()
	sum := contribution.NewAccount()
	for _, id := range works {
		sum.Plus(v.work(id).Account)
	}
	e := &figure.Engine{DB: v.db, Catalog: v.cat, Cache: figure.NewCache(1 << 20), Tree: func() *org.Tree { return v.tree }}
	period, err := civil.ParsePeriod("2026")
	if err != nil {
		v.Fatal(err)
	}
	for code, item := range map[string]contribution.Item{"F22": {Nature: contribution.Land}, "F23": {Nature: contribution.Workdays}, "F24": money} {
		f, err := e.Figure(v.Context(), figure.Query{Indicator: code, Unit: "A", Period: period, Basis: org.AsThen()})
		if err != nil {
			v.Fatal(err)
		}
		got, ok := new(big.Rat).SetString(*f.Value)
		if !ok || got.Cmp(item.Rat(sum.Received[item])) != 0 {
			v.Errorf("%s is %s, the gifts are %s", code, *f.Value, item.Format(sum.Received[item]))
		}
	}
}
