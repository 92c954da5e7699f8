package matter_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
	"danvan/internal/matter"
	"danvan/internal/org"
	"danvan/internal/vault"
)

const today civil.Date = 20261122

// world is a province of three communes, two of which were merged, with letters.
type world struct {
	testing.TB
	db     *db.DB
	ledger *ledger.Ledger
	keeper *org.Keeper
	book   *dossier.Book
	store  *matter.Store
	finder *matter.Finder
	n      int
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	cat, err := catalog.Load(catalogdata.FS)
	must(t, err)
	led := ledger.New(cat)
	led.Now = func() time.Time { return today.AddDays(1).Time() }
	led.InOrder = d.Engine() == db.SQLite
	w := &world{TB: t, db: d, ledger: led, keeper: &org.Keeper{DB: d, Hooks: led}}
	set := fstest.MapFS{"p/units.csv": {Data: []byte("code,name,type,parent,level\n06,Tỉnh Thử,Tỉnh,,province\n060,Huyện Một,Huyện,06,district\n" +
		"001,Xã Một,Xã,060,commune\n002,Xã Hai,Xã,060,commune\n003,Xã Ba,Xã,060,commune\n")},
		"p/bodies.csv": {Data: []byte("code,name,type,parent,level\n")}}
	must(t, d.WriteAlone(t.Context(), func(tx *db.Tx) error {
		return w.keeper.LoadSet(t.Context(), tx, set, "p", ledger.BodyRules(cat.Latest()))
	}))
	_, err = w.keeper.Apply(t.Context(), []org.Change{{Day: 20250701, Kind: org.Merge, Number: "1/NQ", Code: "N", Name: "Xã Mới", Type: "Xã", Level: "commune", Parent: "060",
		Sources: []org.Source{{Code: "002", Parts: org.NoParts()}, {Code: "003", Parts: org.NoParts()}}}}, "thử")
	must(t, err)
	dir := t.TempDir()
	v, err := vault.Open(t.Context(), d, dir)
	must(t, err)
	kept, err := files.New(d, filepath.Join(dir, "files"), 0)
	must(t, err)
	w.book = &dossier.Book{DB: d, Vault: v, Files: kept}
	w.store = &matter.Store{Dossiers: w.book, Catalog: cat, Tree: w.keeper.Tree}
	w.finder = w.newFinder()
	return w
}

func (w *world) newFinder() *matter.Finder {
	return &matter.Finder{DB: w.db, Store: w.store, Dossiers: w.book, Tree: w.keeper.Tree, Today: func() civil.Date { return today }}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// letter records a letter of a class with what it says and who sent it.
func (w *world) letter(class, unit string, day civil.Date, c dossier.Content, sender string) int64 {
	w.Helper()
	w.n++
	var id int64
	must(w, w.db.Write(w.Context(), func(tx *db.Tx) error {
		p, err := w.ledger.Record(w.Context(), tx, "tiepdan", ledger.Draft{Key: fmt.Sprint("thu-", w.n), Kind: "petition_letter", Unit: unit, Day: day,
			Fields: map[string]any{"class": class, "field": "land", "received_on": day.String()}})
		if err != nil {
			return err
		}
		id = p.ID
		it := dossier.Item{Entry: id, Content: c}
		if sender != "" {
			it.Sender, it.Marked = &dossier.Sender{Name: sender, Address: "thôn Đâu Đó"}, class != "denunciation"
		}
		return w.book.Put(w.Context(), tx, "tiepdan", it)
	}))
	return id
}

func (w *world) decide(d matter.Decision) (id int64, err error) {
	err = w.db.Write(context.Background(), func(tx *db.Tx) (err error) {
		id, err = w.store.Decide(context.Background(), tx, "xulydon", d)
		return err
	})
	return id, err
}

func (w *world) do(fn func(tx *db.Tx) error) error { return w.db.Write(context.Background(), fn) }

func (w *world) of(letter int64) *matter.Matter {
	w.Helper()
	m, err := w.store.Of(w.Context(), w.db.Read(), letter)
	must(w, err)
	return m
}

func (w *world) near(letter int64) (out []int64) {
	w.Helper()
	found, ready, err := w.finder.Near(w.Context(), w.db.Read(), letter, func(matter.Letter) bool { return true }, 5)
	must(w, err)
	if !ready {
		w.Fatal("the index is not ready")
	}
	for _, f := range found {
		out = append(out, f.Letter.ID)
	}
	return out
}

var (
	wall  = dossier.Content{Text: "Hộ bên cạnh xây tường rào gạch lấn sang thửa đất số 123, tờ bản đồ số 45 của gia đình tôi hai mét từ tháng 3/2026, mốc cũ là hàng râm bụt bị phá.", Request: "Đề nghị trả lại nguyên trạng."}
	again = dossier.Content{Text: "Tôi đã gửi đơn về việc tường rào gạch xây lấn đất, thửa 123 tờ 45, hàng râm bụt làm mốc bị phá mà chưa ai trả lời.", Request: "Đề nghị tháo dỡ."}
	pigs  = dossier.Content{Text: "Trại lợn đầu thôn xả nước thải ra suối, cá chết, mùi hôi cả xóm không chịu nổi.", Request: "Đề nghị di dời trại."}
)

func decision(letter, toward int64, r matter.Relation, seen ...int64) matter.Decision {
	d := matter.Decision{Letter: letter, Toward: toward, Relation: r, Reason: "cùng thửa đất, cùng sự việc"}
	if r == matter.SameLetter {
		d.Basis = "sent_competent"
	}
	copy(d.Seen[:], seen)
	return d
}

// state is all that letters say and count: versions, facts, sums.
func (w *world) state() []string {
	w.Helper()
	var out []string
	for _, query := range []string{
		`SELECT id, version, state, title, 0, 0 FROM entry ORDER BY id`,
		`SELECT entry, version, act, fields, leaf, 0 FROM entry_version ORDER BY entry, version`,
		`SELECT series, unit, '', '', value, n FROM fact ORDER BY series, unit, day, id`,
		`SELECT series, era, '', '', value, n FROM total_year ORDER BY series, era, year`,
		`SELECT series, era, '', '', value, n FROM total_bucket ORDER BY series, era, bucket`,
	} {
		rows, err := w.db.Read().QueryContext(w.Context(), query)
		must(w, err)
		for rows.Next() {
			var a, b, e, f int64
			var c, d string
			must(w, rows.Scan(&a, &b, &c, &d, &e, &f))
			out = append(out, fmt.Sprint(a, b, c, d, e, f))
		}
		must(w, rows.Err())
	}
	return out
}

// Joining, parting, merging letters writes no version of one and changes no figure.
func TestMattersChangeNoFigure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a, b := w.letter("complaint", "001", 20260301, wall, "An"), w.letter("complaint", "001", 20260401, again, "An")
		c, e := w.letter("reflection", "001", 20260402, wall, "Bình"), w.letter("proposal", "001", 20260403, again, "Chi")
		before := w.state()
		one, err := w.decide(decision(b, a, matter.SameLetter))
		must(t, err)
		two, err := w.decide(decision(e, c, matter.SameMatter))
		must(t, err)
		if one == two {
			t.Fatal("two pairs made one matter")
		}
		if _, err := w.decide(decision(e, b, matter.FollowUp, two, one)); err != nil {
			t.Fatal(err)
		}
		m := w.of(c)
		if m.ID != one || !slices.Equal(m.Letters(), []int64{a, b, c, e}) {
			t.Fatalf("merged matter %d of %v", m.ID, m.Letters())
		}
		must(t, w.do(func(tx *db.Tx) error {
			return w.store.Unmerge(t.Context(), tx, "xulydon", m.Merges[0].ID, one, "nhầm")
		}))
		if m := w.of(c); m.ID != two || !slices.Equal(m.Letters(), []int64{c, e}) {
			t.Fatalf("parted matter %d of %v", m.ID, m.Letters())
		}
		must(t, w.do(func(tx *db.Tx) error { return w.store.Part(t.Context(), tx, "xulydon", b, one, "không phải") }))
		if w.of(a) != nil || w.of(b) != nil {
			t.Error("a matter of one letter was left")
		}
		if after := w.state(); !slices.Equal(before, after) {
			t.Error("letters or figures changed")
		}
		found, err := matter.Verify(t.Context(), d.Read())
		if err != nil || len(found) > 0 {
			t.Errorf("verify: %v %v", found, err)
		}
		m, err = w.store.Get(t.Context(), d.Read(), one)
		must(t, err)
		if len(m.Members) != 2 || m.Members[1].Relation != matter.SameLetter || m.Members[1].Why != "không phải" || m.Members[1].Reason == "" || m.Members[1].Undone.Actor != "xulydon" {
			t.Errorf("history: %+v", m.Members)
		}
	})
}

// Many who decide at once: a letter is in one matter, and who was late is told.
func TestOneMatterAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.letter("complaint", "001", 20260301, wall, "An")
		var others []int64
		for i := range 6 {
			others = append(others, w.letter("complaint", "001", 20260302, again, fmt.Sprint("Người ", i)))
		}
		var wg sync.WaitGroup
		errs := make([]error, len(others))
		for i, b := range others {
			wg.Go(func() { _, errs[i] = w.decide(decision(b, a, matter.SameMatter)) })
		}
		wg.Wait()
		saved := 0
		for _, err := range errs {
			if err == nil {
				saved++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Errorf("late one: %v", err)
			}
		}
		if saved != 1 {
			t.Errorf("%d of %d who saw no matter were saved", saved, len(errs))
		}
		m := w.of(a)
		for i, b := range others { // the same once more, having seen it: all are in, none twice
			if errs[i] != nil {
				_, err := w.decide(decision(b, a, matter.SameMatter, 0, m.ID))
				must(t, err)
			}
		}
		if got := w.of(a).Letters(); len(got) != 7 {
			t.Errorf("letters: %v", got)
		}
		if _, err := w.decide(decision(others[0], a, matter.SameMatter, m.ID, m.ID)); err != nil {
			t.Errorf("the same decision again: %v", err)
		}
		found, err := matter.Verify(t.Context(), d.Read())
		if err != nil || len(found) > 0 {
			t.Errorf("verify: %v %v", found, err)
		}
	})
}

func TestSuggestionsFollow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.letter("complaint", "001", 20260301, wall, "An")
		if got := w.near(a); len(got) != 0 {
			t.Fatalf("alone: %v", got)
		}
		b := w.letter("complaint", "001", 20260401, again, "An") // after the index was built
		p := w.letter("reflection", "001", 20260402, pigs, "An")
		x := w.letter("denunciation", "001", 20260403, wall, "An")
		y := w.letter("denunciation", "001", 20260404, wall, "")
		if got := w.near(a); !slices.Equal(got, []int64{b}) {
			t.Errorf("near a: %v, want %d (pigs %d, denunciation %d)", got, b, p, x)
		}
		if got := w.near(x); !slices.Equal(got, []int64{y}) {
			t.Errorf("near a denunciation: %v, want %d", got, y)
		}
		f, ok := w.finder.Compare(x, y)
		if !ok || f.Sender {
			t.Errorf("denunciations were compared by their sender: %+v", f)
		}
		if _, ok := w.finder.Compare(a, x); ok {
			t.Error("a denunciation was compared with another letter")
		}
		if _, err := w.decide(decision(x, a, matter.SameMatter)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a denunciation joined a complaint: %v", err)
		}
		// Refused is remembered; taken back, it is suggested again.
		_, err := w.decide(decision(a, b, matter.Refused))
		must(t, err)
		if got := w.near(a); len(got) != 0 {
			t.Errorf("suggested again: %v", got)
		}
		pairs, err := w.store.Pairs(t.Context(), d.Read(), a)
		must(t, err)
		must(t, w.do(func(tx *db.Tx) error { return w.store.Unsay(t.Context(), tx, "xulydon", pairs[0].ID, "xem lại") }))
		if got := w.near(b); !slices.Equal(got, []int64{a}) {
			t.Errorf("taken back: %v", got)
		}
		// In one matter it is suggested no more; void, it is gone.
		_, err = w.decide(decision(b, a, matter.FollowUp))
		must(t, err)
		if got := w.near(b); len(got) != 0 {
			t.Errorf("in the matter: %v", got)
		}
		must(t, w.do(func(tx *db.Tx) error {
			_, err := w.ledger.Void(t.Context(), tx, "tiepdan", y, 1, "nhập nhầm")
			return err
		}))
		if got := w.near(x); len(got) != 0 {
			t.Errorf("void: %v", got)
		}
		// An index that is built anew says the same.
		c := w.letter("complaint", "001", 20260405, again, "Dung")
		lived := w.near(c)
		w.finder = w.newFinder()
		if anew := w.near(c); !reflect.DeepEqual(lived, anew) || len(anew) == 0 {
			t.Errorf("lived %v, anew %v", lived, anew)
		}
	})
}

// A parcel is one in its commune, under the name of the successor: what was written of xã Hai and of xã Mới agrees.
func TestMergedCommunesAgree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		old := w.letter("complaint", "002", 20240301, wall, "An")
		now := w.letter("complaint", "N", 20260401, again, "Bình")
		far := w.letter("complaint", "001", 20260402, again, "Chi")
		got := w.near(now)
		if len(got) == 0 || got[0] != old && !slices.Contains(got, old) {
			t.Errorf("near: %v, want %d", got, old)
		}
		f, _ := w.finder.Compare(now, old)
		if !slices.Contains(f.Reasons, "cùng thửa đất 123 tờ 45") || !slices.Contains(f.Reasons, "cùng địa bàn") {
			t.Errorf("reasons: %q", f.Reasons)
		}
		if f, _ := w.finder.Compare(now, far); slices.Contains(f.Reasons, "cùng thửa đất 123 tờ 45") {
			t.Errorf("a parcel of another commune: %q", f.Reasons)
		}
	})
}

func TestWrongDecisionsAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a, b := w.letter("complaint", "001", 20260301, wall, "An"), w.letter("complaint", "001", 20260401, again, "An")
		for name, d := range map[string]matter.Decision{
			"no basis":  {Letter: b, Toward: a, Relation: matter.SameLetter, Reason: "một đơn"},
			"no reason": {Letter: b, Toward: a, Relation: matter.SameMatter},
			"itself":    decision(a, a, matter.SameMatter),
			"nothing":   decision(a, 999999, matter.SameMatter),
			"first":     decision(a, b, matter.First),
		} {
			if _, err := w.decide(d); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		id, err := w.decide(decision(b, a, matter.SameMatter))
		must(t, err)
		if _, err := w.decide(decision(b, a, matter.Related, id, id)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("related inside a matter: %v", err)
		}
		for name, kind := range map[string]fault.Kind{"": fault.Invalid, "Ông Nguyễn Văn Không kiện xã": fault.Invalid, "Lấn chiếm đất ở thôn Nà Lẹng": 0} {
			err := w.do(func(tx *db.Tx) error { return w.store.Rename(t.Context(), tx, "xulydon", id, w.of(a).Turn, name) })
			if kind == 0 && err != nil || kind != 0 && fault.KindOf(err) != kind {
				t.Errorf("name %q: %v", name, err)
			}
		}
		if m := w.of(a); m.Name() != "Lấn chiếm đất ở thôn Nà Lẹng" || len(m.Names) != 2 {
			t.Errorf("names: %+v", m.Names)
		}
		err = w.do(func(tx *db.Tx) error { return w.store.Rename(t.Context(), tx, "xulydon", id, 1, "Việc khác") })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("renamed on an old page: %v", err)
		}
	})
}

// Reasons are sealed, and rows that were changed beside the program are named.
func TestReasonsSealedRowsVerified(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a, b := w.letter("complaint", "001", 20260301, wall, "An"), w.letter("complaint", "001", 20260401, again, "An")
		_, err := w.decide(decision(b, a, matter.SameMatter))
		must(t, err)
		var sealed []byte
		must(t, d.Read().QueryRowContext(t.Context(), `SELECT reason FROM matter_letter WHERE letter = $1`, b).Scan(&sealed))
		if len(sealed) == 0 || bytes.Contains(sealed, []byte("thửa")) {
			t.Error("the reason stands in the database in plain")
		}
		for _, change := range []string{
			`UPDATE matter_letter SET relation = 'follow_up' WHERE relation = 'same_matter'`,
			`UPDATE matter_name SET name = 'khác'`,
			`DELETE FROM matter_letter WHERE relation = 'first'`,
		} {
			must(t, w.do(func(tx *db.Tx) error { _, err := tx.ExecContext(t.Context(), change); return err }))
			if found, err := matter.Verify(t.Context(), d.Read()); err != nil || len(found) == 0 {
				t.Errorf("%s: %v %v", change, found, err)
			}
		}
	})
}
