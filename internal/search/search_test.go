package search_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/search"
)

const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
D1,Huyện Một,district,Huyện,T1
A,Xã Quảng Bạch,commune,Xã,D1
B,Xã Dân Tiến,commune,Xã,D1
`

// world is a small office: units, and entries written straight into their table.
type world struct {
	testing.TB
	db    *db.DB
	tree  *org.Tree
	index *search.Index
	all   map[org.UnitID]bool
	next  int64
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	ctx := context.Background()
	cat, err := catalog.Load(os.DirFS("../../catalog"))
	if err != nil {
		t.Fatal(err)
	}
	keeper := &org.Keeper{DB: d, Hooks: ledger.New(cat)}
	rules := []org.BodyRule{{Type: "peoples_committee", Abbr: "UBND", Levels: []string{"commune"}, Names: map[string]string{"commune": "Ủy ban nhân dân {of}"}}}
	set := fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}
	if err := d.Write(ctx, func(tx *db.Tx) error { return keeper.LoadSet(ctx, tx, set, "t", rules) }); err != nil {
		t.Fatal(err)
	}
	tree, err := keeper.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, db: d, tree: tree, all: map[org.UnitID]bool{}}
	for _, u := range tree.Units() {
		w.all[u.ID] = true
	}
	w.index = &search.Index{DB: d, Catalog: cat, Tree: keeper.Tree, Rules: searchRules()}
	return w
}

func searchRules() search.Rules { return rules() }

func (w *world) unit(code string) org.UnitID { return w.tree.ByCode(code)[0].ID }

type said struct {
	kind, unit, title string
	rest              string // folded text besides the title
	day               civil.Date
}

// record saves entries with their leaves in one transaction and gives their numbers.
func (w *world) record(list ...said) []int64 {
	w.Helper()
	ctx := context.Background()
	var ids []int64
	err := w.db.WriteAlone(ctx, func(tx *db.Tx) error {
		ids = nil
		var rows [][]any
		var leaves []audit.Leaf
		for _, e := range list {
			w.next++
			ids = append(ids, w.next)
			unit := int64(w.unit(e.unit))
			rows = append(rows, []any{w.next, fmt.Sprint("k", w.next), e.kind, unit, unit, int(e.day), "recorded", 1, "x", e.title, civil.Fold(e.title + "\n" + e.rest), 0})
			leaves = append(leaves, audit.Leaf{Act: "record", Subject: "entry", SubjectID: w.next, Content: []byte("x"), Actor: "thu"})
		}
		if err := tx.Insert(ctx, "entry", []string{"id", "key", "kind", "unit", "place", "day", "state", "version", "edition", "title", "fold", "at_ms"}, rows); err != nil {
			return err
		}
		_, err := audit.AppendMany(ctx, tx, leaves)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return ids
}

func (w *world) change(id int64, set string) {
	w.Helper()
	ctx := context.Background()
	err := w.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE entry SET version = version + 1, `+set+` WHERE id = $1`, id); err != nil {
			return err
		}
		_, err := audit.Append(ctx, tx, audit.Leaf{Act: "amend", Subject: "entry", SubjectID: id, Content: []byte("y"), Actor: "thu"})
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) ask(text string) search.Question {
	return search.Question{Text: text, Read: w.all, Letters: w.all, Reports: true, Limit: 1000}
}

func (w *world) find(q search.Question) search.Answer {
	w.Helper()
	a, err := w.index.Find(context.Background(), q)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

// entries are the numbers found, in their order.
func entries(a search.Answer) []int64 {
	var out []int64
	for _, g := range a.Groups {
		if g.Sort == search.Entries {
			for _, h := range g.Hits {
				out = append(out, h.Entry)
			}
		}
	}
	return out
}

func TestRanks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ids := w.record(
			said{"outreach_session", "A.UBND", "Đối thoại về công tác dân vận ở thôn", "", 20200105}, // 0: phrase
			said{"outreach_session", "A.UBND", "Dân vận", "", 20200101},                              // 1: exact
			said{"outreach_session", "A.UBND", "Dân vận khéo", "", 20200102},                         // 2: begins
			said{"outreach_session", "A.UBND", "Vận động dân hiến đất", "", 20200109},                // 3: words
			said{"outreach_session", "A.UBND", "Đan vấn", "", 20200108},                              // 4: other marks
			said{"outreach_session", "B.UBND", "Vận chuyển", "", 20200103},                           // 5: with the unit's own name, Dân Tiến
			said{"outreach_session", "A.UBND", "Vận chuyển", "", 20200104},                           // 6: not by “nhân dân” of Ủy ban nhân dân
		)
		at := func(want ...int) (out []int64) {
			for _, i := range want {
				out = append(out, ids[i])
			}
			return out
		}
		for _, c := range []struct {
			text string
			want []int64
		}{
			{"Dân vận", at(1, 2, 0, 3, 5, 4)},
			{"dan van", at(4, 1, 2, 0, 3, 5)},
			{"vận dân", at(3, 0, 2, 1, 5, 4)},
			{"dan van kheo", at(2)},
			{"dan van kh", at(2)},
			{"quang bach hien dat", at(3)},
			{"hiến đất 2020", at(3)},
			{"hiến đất 2019", nil},
		} {
			if got := entries(w.find(w.ask(c.text))); !slices.Equal(got, c.want) {
				t.Errorf("%q finds %v, want %v", c.text, got, c.want)
			}
		}
	})
}

// TestPlaceNamed: what the named place did stands before what has the same words elsewhere, however new.
func TestPlaceNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ids := w.record(
			said{"outreach_session", "A.UBND", "Hội nghị đối thoại với nhân dân", "", 20110105},     // 0: of the place, in the title
			said{"outreach_session", "A.UBND", "Họp thôn", "thoại của dân, đối đáp", 20120105},      // 1: of the place, somewhere in the text
			said{"outreach_session", "B.UBND", "Đối thoại quảng bá, cây bạch đàn", "", 20200105},    // 2: all words, another place
			said{"outreach_session", "B.UBND", "Đối thoại", "khách từ quảng trường bạch", 20200106}, // 3
			said{"outreach_session", "B.UBND", "Đối thoại chuyên đề", "không có hai chữ", 20200107}, // 4: not at all
			said{"petition_letter", "A.UBND", "Đơn đối thoại – giấu kín điều này", "kín", 20200108}, // 5: a letter of the place
		)
		at := func(want ...int) (out []int64) {
			for _, i := range want {
				out = append(out, ids[i])
			}
			return out
		}
		for text, want := range map[string][]int64{
			"quang bach doi thoai":      at(5, 0, 1, 3, 2),
			"đối thoại Quảng Bạch":      at(5, 0, 1, 2, 3),
			"doi thoai quang bach 2011": at(0),
		} {
			got := entries(w.find(w.ask(text)))
			if !slices.Equal(got, want) {
				t.Errorf("%q finds %v, want %v", text, got, want)
			}
		}
		hidden := w.ask("quang bach giau kin")
		hidden.Letters = map[org.UnitID]bool{}
		if got := entries(w.find(hidden)); slices.Contains(got, ids[5]) {
			t.Errorf("a letter is found by words that the reader is not shown: %v", got)
		}
	})
}

func TestSlips(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(said{"outreach_session", "A.UBND", "Dân vận khéo về hiến đất, tuyên truyền", "", 20200105})
		for text, meant := range map[string]string{
			"dann vaan": "dân vận", "va6n5 dong": "", "tuyne truyen": "tuyên truyen", "hiens dat": "hiến dat", "danvan": "dân vận", "truyeefn": "truyền",
		} {
			a := w.find(w.ask(text))
			if meant == "" {
				continue
			}
			if len(entries(a)) != 1 || a.Meant != "" && civil.Fold(a.Meant) != civil.Fold(meant) || a.Meant == "" {
				t.Errorf("%q: found %v, meant %q, want %q", text, entries(a), a.Meant, meant)
			}
		}
		if a := w.find(w.ask("dân vận")); a.Meant != "" {
			t.Errorf("right words are corrected to %q", a.Meant)
		}
		if a := w.find(w.ask("#77")); a.Meant != "" || len(a.Jumps) != 0 {
			t.Errorf("a number that there is not: %+v", a)
		}
	})
}

// TestLetters looks for words of a letter as one who may not read it: not found, not counted, not offered.
func TestLetters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		texts := []string{"zuong", "Zưởng Ôngxã", "bimat", "khuatkhuk", "bimta", "zuogn"}
		before := map[string]search.Answer{}
		for _, text := range texts {
			before[text] = w.find(w.ask(text))
		}
		id := w.record(said{"petition_letter", "A.UBND", "Khiếu nại – Zưởng Ôngxã", "bimat khuatkhuc", 20200105})[0]
		for _, text := range texts {
			q := w.ask(text)
			if text != "khuatkhuk" && text != "bimta" && text != "zuogn" && !slices.Equal(entries(w.find(q)), []int64{id}) {
				t.Errorf("%q does not find the letter for one who may read it", text)
			}
			q.Letters = map[org.UnitID]bool{w.unit("B.UBND"): true}
			if a := w.find(q); !reflect.DeepEqual(a, before[text]) {
				t.Errorf("%q tells of a letter: %+v, without it %+v", text, a, before[text])
			}
		}
		q := w.ask("khieu nai")
		q.Letters = nil
		if !slices.Equal(entries(w.find(q)), []int64{id}) {
			t.Error("a letter is not found by its class")
		}
		q.Read = map[org.UnitID]bool{w.unit("B.UBND"): true}
		if got := entries(w.find(q)); got != nil {
			t.Errorf("a unit that may not be read: %v", got)
		}
		q.Text = fmt.Sprintf("#%d", id)
		if a := w.find(q); len(a.Jumps) != 0 {
			t.Error("a number opens an entry that may not be read")
		}
	})
}

// TestFollows reads on after each act, in one step with the database.
func TestFollows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first := w.record(said{"outreach_session", "A.UBND", "Một việc", "", 20200105})[0]
		want := func(text string, ids ...int64) {
			t.Helper()
			if got := entries(w.find(w.ask(text))); !slices.Equal(got, ids) {
				t.Errorf("%q finds %v, want %v", text, got, ids)
			}
		}
		want("viec", first)
		second := w.record(said{"outreach_session", "B.UBND", "Hai việc", "", 20200106})[0]
		want("viec", second, first)
		w.change(first, `title = 'Sửa chữa', fold = 'sua chua'`)
		want("viec", second)
		want("sửa chữa", first)
		w.change(first, `state = 'void'`)
		want("sửa chữa")
		// What was changed behind the log is found by counting.
		if err := d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(context.Background(), `UPDATE entry SET version = version + 1, state = 'recorded' WHERE id = $1`, first)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want("sửa chữa")
		if err := w.index.Check(context.Background()); err != nil {
			t.Fatal(err)
		}
		want("sửa chữa", first)
	})
}

// TestOracle compares the index with the plain sentence of what it promises, over random entries and queries: all
// words are there (the last may be begun), in entries that may be read.
func TestOracle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		rnd := rand.New(rand.NewPCG(1, 2))
		words := strings.Fields("dân đàn vận văn vần hội hồi nghị nghĩ đất đắt thôn thốn xóm tổ tô họp hợp tác 12 kh ubnd làm lam")
		sentence := func(n int) string {
			var out []string
			for range 1 + rnd.IntN(n) {
				out = append(out, words[rnd.IntN(len(words))])
			}
			return strings.Join(out, " ")
		}
		var all []said
		for range 300 {
			e := said{"outreach_session", []string{"A.UBND", "B.UBND"}[rnd.IntN(2)], sentence(5), sentence(3), civil.NewDate(2020, 1+rnd.IntN(12), 1+rnd.IntN(28))}
			if rnd.IntN(4) == 0 {
				e.kind = "petition_letter"
			}
			all = append(all, e)
		}
		ids := w.record(all[:200]...)
		w.find(w.ask("x"))
		ids = append(ids, w.record(all[200:]...)...)
		kinds := map[string]string{}
		for _, k := range []string{"outreach_session", "petition_letter"} {
			kinds[k] = w.index.Catalog.Latest().Kind(k).Name
		}
		for range 300 {
			text := sentence(3)
			if rnd.IntN(2) == 0 {
				text = civil.Fold(text)
			}
			q := w.ask(text)
			q.Sort = search.Entries
			q.Read = map[org.UnitID]bool{w.unit("A.UBND"): true}
			q.Letters = map[org.UnitID]bool{}
			if rnd.IntN(2) == 0 {
				q.Letters = q.Read
			}
			var want []int64
			for i, e := range all {
				if e.unit != "A.UBND" {
					continue
				}
				has := strings.Fields(civil.Fold(strings.ReplaceAll(kinds[e.kind], ",", " ") + " " + e.title + " " + e.rest))
				if e.kind == "petition_letter" && len(q.Letters) == 0 {
					has = strings.Fields(civil.Fold(strings.ReplaceAll(kinds[e.kind], ",", " ") + " " + e.title)) // no dash in it: all of it is shown
				}
				if holds(has, strings.Fields(civil.Fold(text))) {
					want = append(want, ids[i])
				}
			}
			a := w.find(q)
			if a.Meant != "" {
				continue
			}
			got := slices.Sorted(slices.Values(entries(a)))
			if extra := slices.DeleteFunc(slices.Clone(got), func(id int64) bool { return slices.Contains(want, id) }); !strings.Contains(text, "ubnd") && len(extra) > 0 {
				t.Fatalf("%q (letters %d) finds %v besides %v", text, len(q.Letters), extra, want)
			}
			for _, id := range want {
				if !slices.Contains(got, id) {
					t.Fatalf("%q (letters %d) does not find %d: %+v", text, len(q.Letters), id, all[id-1])
				}
			}
		}
	})
}

// holds reports whether all words are there, the last perhaps only begun.
func holds(has, words []string) bool {
	for i, w := range words {
		ok := slices.ContainsFunc(has, func(h string) bool {
			return h == w || i == len(words)-1 && !slices.Contains(words[:i], w) && strings.HasPrefix(h, w)
		})
		if !ok {
			return false
		}
	}
	return true
}
