package ledger

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/text/unicode/norm"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/org"
)

func TestLifeOfAnEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.record(keyed(session("A.BDV", 20190420, 37), "k1"))
		w.want(w.total("session_attendances", Lead, "A.BDV", 2019), Amount{37, 1, 0, 0}, "after record")

		if err := w.confirm(p.ID, 1); err != nil {
			t.Fatal(err)
		}
		w.want(w.total("session_attendances", Lead, "A.BDV", 2019), Amount{37, 1, 37, 1}, "after confirmation")

		if _, err := w.amend(p.ID, 2, Amendment{Day: 20180115, Set: map[string]any{"attendances": 40}, Reason: "Ghi nhầm ngày"}); err != nil {
			t.Fatal(err)
		}
		w.want(w.total("session_attendances", Lead, "A.BDV", 2019), Amount{}, "old year")
		w.want(w.total("session_attendances", Lead, "A.BDV", 2018), Amount{40, 1, 0, 0}, "new year, no longer confirmed")

		if _, err := w.amend(p.ID, 3, Amendment{Unit: "E.MTTQ", Reason: "Ghi nhầm đơn vị"}); err != nil {
			t.Fatal(err)
		}
		w.want(w.total("session_attendances", Lead, "A.BDV", 2018), Amount{}, "old unit")
		w.want(w.total("session_attendances", Lead, "E.MTTQ", 2018), Amount{40, 1, 0, 0}, "new unit")

		if err := w.void(p.ID, 4, "Ghi trùng"); err != nil {
			t.Fatal(err)
		}
		w.want(w.total("session_attendances", Lead, "E.MTTQ", 2018), Amount{}, "after void")

		e := w.entry(p.ID)
		acts := make([]string, len(e.Versions))
		for i, v := range e.Versions {
			acts[i] = string(v.Act)
		}
		if got := strings.Join(acts, " "); got != "record confirm amend amend void" || e.State != Void {
			t.Errorf("acts = %s, state %s", got, e.State)
		}
		if tree, _ := w.keeper.Tree(ctx); tree.Unit(e.Place).Code != "E" {
			t.Errorf("place did not move with the unit: %s", tree.Unit(e.Place).Code)
		}
		w.verify()
	})
}

func TestStaleVersionIsAConflict(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.record(session("A.BDV", 20190420, 37))
		set := Amendment{Set: map[string]any{"attendances": 38}, Reason: "Đếm lại"}
		if _, err := w.amend(p.ID, 1, set); err != nil {
			t.Fatal(err)
		}
		_, stale := w.amend(p.ID, 1, set)
		for name, err := range map[string]error{"amend": stale, "void": w.void(p.ID, 1, "x"), "confirm": w.confirm(p.ID, 7)} {
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("stale %s: %v, want a conflict", name, err)
			}
		}
		if err := w.void(p.ID, 2, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("void without reason: %v", err)
		}
		if err := w.void(p.ID+1000, 1, "x"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("void of nothing: %v", err)
		}
		if err := w.void(p.ID, 2, "Ghi trùng"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.amend(p.ID, 3, set); fault.KindOf(err) != fault.Conflict {
			t.Errorf("amend after void: %v", err)
		}
		w.verify()
	})
}

func TestZeroReportedIsNotNothingReported(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(session("A.BDV", 20190420, 0))
		w.want(w.total("session_attendances", Lead, "A.BDV", 2019), Amount{0, 1, 0, 0}, "zero reported")
		w.want(w.total("session_area", Lead, "A", 2019), Amount{}, "nothing reported")
	})
}

func TestJointEventCountsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		draft := session("D1.BDV", 20190420, 50)
		draft.Place, draft.Partners = "A", []string{"A.MTTQ", "D1.MTTQ"}
		draft.Fields["area"] = "12,5"
		p := w.record(draft)
		w.want(w.total("session_attendances", Lead, "D1.BDV", 2019), Amount{50, 1, 0, 0}, "lead")
		w.want(w.total("session_attendances", Lead, "A.MTTQ", 2019), Amount{}, "partner as lead")
		w.want(w.total("session_attendances", Partner, "A.MTTQ", 2019), Amount{50, 1, 0, 0}, "partner")
		w.want(w.total("session_area", Lead, "A", 2019), Amount{1250, 1, 0, 0}, "place counts once")
		w.want(w.total("session_area", Partner, "A", 2019), Amount{}, "no partner of a place")
		if _, err := w.amend(p.ID, 1, Amendment{Partners: &[]string{"A.MTTQ"}, Reason: "Bớt một đơn vị"}); err != nil {
			t.Fatal(err)
		}
		w.want(w.total("session_attendances", Partner, "D1.MTTQ", 2019), Amount{}, "former partner")
		e := w.entry(p.ID)
		if len(e.Partners) != 1 {
			t.Errorf("partners = %v", e.Partners)
		}
		w.verify()
	})
}

func TestRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.apply(merger())
		change := func(edit func(*Draft)) Draft {
			d := session("A.BDV", 20190420, 3)
			edit(&d)
			return d
		}
		for name, c := range map[string]struct {
			draft Draft
			says  string
		}{
			"closed unit":     {change(func(d *Draft) { d.Unit, d.Day = "B.BDV", 20210101 }), "N.BDV@2020-01-10"},
			"unit not yet":    {change(func(d *Draft) { d.Unit = "N.BDV" }), "tiền thân"},
			"unknown unit":    {change(func(d *Draft) { d.Unit = "ZZ" }), "ZZ"},
			"place is a body": {change(func(d *Draft) { d.Place = "A.MTTQ" }), "địa bàn"},
			"class":           {change(func(d *Draft) { d.Unit = "A" }), "Đơn vị được ghi"},
			"kind":            {change(func(d *Draft) { d.Kind = "nope" }), "nope"},
			"future":          {change(func(d *Draft) { d.Day = 20270101 }), "chưa tới"},
			"no day":          {change(func(d *Draft) { d.Day = 0 }), "Chưa ghi ngày"},
			"required":        {change(func(d *Draft) { delete(d.Fields, "attendances") }), "Lượt người dự"},
			"unknown field":   {change(func(d *Draft) { d.Fields["religion"] = "x" }), "religion"},
			"carries nothing": {change(func(d *Draft) { d.Carries = "nowhere" }), "nowhere"},
			"partner is lead": {change(func(d *Draft) { d.Partners = []string{"A.BDV"} }), "chủ trì"},
			"file not kept":   {change(func(d *Draft) { d.Files = []File{{strings.Repeat("0a", 32), "a.pdf"}} }), "tải"},
			"file not a hash": {change(func(d *Draft) { d.Files = []File{{"../x", "a.pdf"}} }), "SHA-256"},
			"too large":       {change(func(d *Draft) { d.Fields["attendances"] = int64(1) << 52 }), "vượt quá"},
			"control sign":    {change(func(d *Draft) { d.Fields["topic"] = "a\x00b" }), "ký tự điều khiển"},
			"not UTF-8":       {change(func(d *Draft) { d.Fields["topic"] = "a\xffb" }), "bảng mã"},
			"key of ours":     {change(func(d *Draft) { d.Key = "e:1" }), "e:"},
			"key too long":    {change(func(d *Draft) { d.Key = strings.Repeat("k", 201) }), "200"},
			"file in a path":  {change(func(d *Draft) { d.Files = []File{{strings.Repeat("0a", 32), "../a.pdf"}} }), "đường dẫn"},
			"organiser ended": {change(func(d *Draft) { d.Day = 20210101; d.Fields["organiser"] = "B" }), "N@2020-01-10"},
		} {
			_, err := w.try(c.draft)
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Say(err), c.says) {
				t.Errorf("%s: %q, want a fault that says %q", name, err, c.says)
			}
		}
		if _, n, err := w.ledger.List(ctx, d.Read(), Filter{}, 0, 10); n != 0 || err != nil {
			t.Errorf("%d entries were saved by refused drafts (%v)", n, err)
		}
		w.verify()
	})
}

func TestIdempotency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var wg sync.WaitGroup
		answers := make([]Posted, 50)
		for i := range answers {
			wg.Go(func() {
				p, err := w.try(keyed(session("A.BDV", 20190420, 37), "same"))
				if err != nil {
					t.Errorf("post %d: %v", i, err)
				}
				answers[i] = p
			})
		}
		wg.Wait()
		fresh := 0
		for _, p := range answers {
			if !p.Existed {
				fresh++
			}
			if p.ID != answers[0].ID || p.Leaf != answers[0].Leaf {
				t.Errorf("answers differ: %+v, %+v", p, answers[0])
			}
		}
		if fresh != 1 {
			t.Errorf("%d posts saved, want 1", fresh)
		}
		w.want(w.total("session_attendances", Lead, "A.BDV", 2019), Amount{37, 1, 0, 0}, "50 posts of one key")
		if _, err := w.try(keyed(session("A.BDV", 20190420, 38), "same")); fault.KindOf(err) != fault.Conflict {
			t.Errorf("other content: %v, want a conflict", err)
		}
		if _, err := w.amend(answers[0].ID, 1, Amendment{Set: map[string]any{"attendances": 38}, Reason: "Đếm lại"}); err != nil {
			t.Fatal(err)
		}
		if p := w.record(keyed(session("A.BDV", 20190420, 37), "same")); !p.Existed || p.Version != 2 {
			t.Errorf("the first content again after an amendment: %+v", p)
		}
		w.verify()
	})
}

// TestConservation has 64 writers post, amend and void on the same few totals.
func TestConservation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		units := []string{"A.BDV", "B.BDV", "C.MTTQ", "E.MTTQ"}
		var sum atomic.Int64
		var wg sync.WaitGroup
		for g := range 64 {
			wg.Go(func() {
				for i := range 6 {
					draft := session(units[(g+i)%len(units)], 20190401, g+i)
					if g%4 == 0 {
						draft.Partners = []string{"D1.MTTQ"}
					}
					p, err := w.try(draft)
					if err != nil {
						t.Errorf("record: %v", err)
						return
					}
					value := g + i
					switch i % 3 {
					case 1:
						value = 1000
						_, err = w.amend(p.ID, 1, Amendment{Unit: units[g%len(units)], Set: map[string]any{"attendances": 1000}, Reason: "Sửa"})
					case 2:
						value = 0
						err = w.void(p.ID, 1, "Hủy")
					}
					if err != nil {
						t.Errorf("act: %v", err)
					}
					sum.Add(int64(value))
				}
			})
		}
		wg.Wait()
		var got int64
		for _, u := range units {
			got += w.total("session_attendances", Lead, u, 2019).Value
		}
		if got != sum.Load() {
			t.Errorf("totals add up to %d, want %d", got, sum.Load())
		}
		w.verify()
	})
}

// TestComposedTexts takes decomposed Vietnamese, as some keyboards and systems write it, for the same content.
func TestComposedTexts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for i, topic := range []string{"Bảo vệ rừng", norm.NFD.String("Bảo vệ rừng")} {
			draft := keyed(session("A.BDV", 20190420, 3), "same")
			draft.Fields["topic"] = topic
			if p := w.record(draft); p.Existed != (i == 1) {
				t.Errorf("text %d: %+v", i, p)
			}
		}
		w.verify()
	})
}

func TestCarriesAndList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		plan := w.record(Draft{Key: "plan", Kind: "plan", Unit: "D1.BDV", Day: 20190101, Fields: map[string]any{"subject": "Kế hoạch tuyên truyền"}})
		draft := keyed(session("A.BDV", 20190420, 37), "s")
		draft.Carries = "plan"
		draft.Fields["speaker"] = "Bà Thử Nghiệm 12"
		p := w.record(draft)
		e, up := w.entry(p.ID), w.entry(plan.ID)
		if e.Carries == nil || e.Carries.ID != plan.ID || len(up.Carried) != 1 || up.Carried[0].ID != p.ID {
			t.Errorf("links: %+v, %+v", e.Carries, up.Carried)
		}
		if up.Title != "Kế hoạch tuyên truyền" {
			t.Errorf("title %q", up.Title)
		}
		place := []org.UnitID{e.Place}
		for text, f := range map[string]Filter{
			"words without marks": {Text: "đau NGUON"},
			"kind and place":      {Kinds: []string{"session"}, Places: place, From: 20190420, To: 20190420},
			"state":               {States: []State{Recorded}, Kinds: []string{"session"}},
		} {
			page, n, err := w.ledger.List(ctx, d.Read(), f, 0, 10)
			if err != nil || n != 1 || len(page) != 1 || page[0].ID != p.ID {
				t.Errorf("%s: %d entries %+v (%v)", text, n, page, err)
			}
		}
		for _, text := range []string{"nghiệm 12", "100%", "_"} { // no search for persons; wildcards are letters
			if _, n, _ := w.ledger.List(ctx, d.Read(), Filter{Text: text}, 0, 10); n != 0 {
				t.Errorf("search %q finds %d", text, n)
			}
		}
		w.verify()
	})
}
