package web_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/identity"
	"danvan/internal/ledger"
	"danvan/internal/portal"
	"danvan/internal/web/browser"
)

// contestOfTheBody is a contest with a closed round and one under way, on whose jury is whoever asks in the matrix.
func contestOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	shelf := &contest.Shelf{Ledger: o.app.Ledger, Catalog: o.app.Catalog, Engine: o.app.DB.Engine()}
	id := made(t, o, "thu:hoi-thi", contest.Kind, "", map[string]any{"title": "Hội thi thử", "theme": "skilled", "way": contest.Here, "votes_from": today.AddDays(-5).String(), "votes_to": today.AddDays(5).String()})
	c, err := shelf.Contest(t.Context(), o.app.DB.Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Held) > 0 {
		return fmt.Sprint(id)
	}
	criteria := []any{map[string]any{"criterion": "Nội dung", "most": int64(10)}}
	first := made(t, o, "thu:so-khao", contest.RoundKind, contest.Ref(id), map[string]any{"title": "Hội thi thử", "way": contest.Here, "round": "preliminary", "criteria": criteria, "places": int64(2), "starts_on": today.AddDays(-8).String()})
	made(t, o, "thu:chung-khao", contest.RoundKind, contest.Ref(id), map[string]any{"title": "Hội thi thử", "way": contest.Here, "round": "final", "criteria": criteria, "starts_on": today.AddDays(-2).String()})
	file := keptPicture(t, o)
	var pieces []int64
	for i := range 2 {
		pieces = append(pieces, madeWith(t, o, fmt.Sprint("thu:bai-", i), contest.EntryKind, contest.Ref(id), map[string]any{"title": fmt.Sprint("Bài ", i+1), "subject": "individual", "admission": "admitted", "shown": "yes"}, file))
	}
	err = o.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		if err := shelf.Appoint(t.Context(), tx, "thu", id, contest.Juror{Login: "thu", Name: "Người thử", Chair: true}, o.app.Ledger.Now()); err != nil {
			return err
		}
		for i, p := range pieces {
			if err := shelf.Score(t.Context(), tx, first, contest.Sheet{Piece: p, Login: "thu", Given: []contest.Points{contest.Points(800 - 25*i)}}, today, o.app.Ledger.Now()); err != nil {
				return err
			}
		}
		return shelf.Close(t.Context(), tx, "thu", first, "Biên bản 1", today.AddDays(-4), o.app.Ledger.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(id)
}

// roundOf is a round of that contest by its place.
func roundOf(n int) func(t testing.TB, o *office) string {
	return func(t testing.TB, o *office) string {
		t.Helper()
		var id int64
		if _, err := fmt.Sscan(contestOfTheBody(t, o), &id); err != nil {
			t.Fatal(err)
		}
		c, err := (&contest.Shelf{Ledger: o.app.Ledger, Catalog: o.app.Catalog, Engine: o.app.DB.Engine()}).Contest(t.Context(), o.app.DB.Read(), id)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(c.Held[n].ID)
	}
}

func keptPicture(t testing.TB, o *office) ledger.File {
	t.Helper()
	store, err := o.app.Files()
	if err != nil {
		t.Fatal(err)
	}
	f, err := store.Put(t.Context(), bytes.NewReader(pictureOf(3)))
	if err != nil {
		t.Fatal(err)
	}
	return ledger.File{Hash: f.Hash, Name: "bai.png"}
}

func madeWith(t testing.TB, o *office, key, kind, carries string, fields map[string]any, file ledger.File) int64 {
	t.Helper()
	var id int64
	err := o.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		p, err := o.app.Ledger.Record(t.Context(), tx, "thu", ledger.Draft{Key: key, Kind: kind, Unit: theBody, Day: today.AddDays(-9), Carries: carries, Fields: fields, Files: []ledger.File{file}})
		id = p.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// jurors makes accounts that may judge.
func (r *recorder) jurors(logins ...string) {
	r.t.Helper()
	by := access.By{Login: "thu", Today: today, Tree: r.tree}
	err := r.db.Write(r.t.Context(), func(tx *db.Tx) error {
		for _, login := range logins {
			a, err := r.accounts.Create(r.t.Context(), tx, "thu", identity.NewAccount{Login: login, Name: "Giám khảo " + login})
			if err != nil {
				return err
			}
			g := access.Grant{Account: a.ID, Role: access.Juror, Unit: r.tree.On("001", today).ID, From: today.AddDays(-30), To: civil.Forever}
			if _, err := access.Give(r.t.Context(), tx, by, g, "Thử"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestContestByItsJury plays a contest: the organiser on a computer, two jurors on phones without scripts, a voter; forms are
// sent twice, the line breaks, nobody sees another's points before the round is closed.
func TestContestByItsJury(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	shelf := &contest.Shelf{Ledger: r.ledger, Catalog: r.cat, Engine: d.Engine()}
	r.ledger.After = shelf.Posted
	pages, err := portal.New(portal.Deps{DB: d, Catalog: r.cat, Tree: r.keeper.Tree, Ledger: r.ledger, Figures: r.engine, Files: r.dossiers.Files, Today: func() civil.Date { return r.today },
		Log: slog.New(slog.NewTextHandler(testWriter{t}, nil))})
	if err != nil {
		t.Fatal(err)
	}
	public := httptest.NewServer(pages)
	t.Cleanup(public.Close)
	r.jurors("gk1", "gk2")

	organiser := func() { r.as("xa", "001", access.Specialist) }
	organiser()
	at := r.wentTo(r.post("/hoi-thi/moi", values("khoa", "mo-hoi-thi", "don-vi", "001.UBND", "ten", "Hội thi xã Một", "chu-de", "skilled", "the-le-loi", "Mỗi người một bài.", "ma-so", "1",
		"nhan-tu", today.AddDays(-30).Vi(), "nhan-den", today.AddDays(-3).Vi(), "chon-tu", today.AddDays(-2).Vi(), "chon-den", today.Vi())))
	at, _, _ = strings.Cut(at, "?")
	n := 0
	do := func(act string, pairs ...string) answer {
		n++
		form := values(append(pairs, "khoa", fmt.Sprint("phieu-", n))...)
		a := r.post(at+"/"+act, form)
		if again := r.post(at+"/"+act, form); again.status != a.status { // the line was cut: the browser sends it again
			t.Errorf("%s sent twice answers %d, then %d", act, a.status, again.status)
		}
		return a
	}
	saved := func(a answer) {
		t.Helper()
		if a.status != 303 {
			t.Fatalf("%d: %s", a.status, summaryOf(a.body))
		}
	}
	refused := func(a answer, want string) {
		t.Helper()
		if a.status != 422 || !strings.Contains(a.body, want) || !strings.Contains(a.body, "<title>Lỗi:") {
			t.Errorf("%d, want %q: %s", a.status, want, summaryOf(a.body))
		}
	}
	refused(do("vong", "vong-loai", "whole", "vong-tu", today.Vi(), "tc-ten-1", "Nội dung"), "Điểm tối đa")
	saved(do("vong", "vong-loai", "whole", "vong-tu", today.AddDays(-2).Vi(), "tc-ten-1", "Nội dung", "tc-diem-1", "10", "tc-ten-2", "Thể hiện", "tc-diem-2", "5"))
	refused(do("bai", "bai-ten", "Bài không đồng ý", "bai-chu-the", "individual", "bai-tac-gia", "Bà Thử", "bai-ngay", today.Vi()), "đồng ý nêu tên")
	for i := range 3 {
		saved(do("bai", "bai-ten", fmt.Sprint("Bài số ", i+1), "bai-chu-the", "individual", "bai-ngay", today.AddDays(-5).Vi(), "bai-noi-dung", "Chuyện có thật", "bai-dang", "1", "bai-tac-gia", "Bà Thử Tên", "bai-dong-y", "1"))
		saved(do("xet", "xet-bai", fmt.Sprint(i+1), "xet-kq", "admitted"))
	}
	refused(do("giam-khao", "gk-ai", "xa"), "không có vai trò giám khảo")
	saved(do("giam-khao", "gk-ai", "gk1", "gk-truong", "1"))
	saved(do("giam-khao", "gk-ai", "gk2"))
	c := func() *contest.Contest {
		t.Helper()
		list, err := shelf.Contests(t.Context(), d.Read(), ledger.Filter{})
		if err != nil || len(list) != 1 {
			t.Fatal(len(list), err)
		}
		return list[0]
	}
	if x := c(); x.Entries != 3 || x.Jurors != 2 || x.Rounds != 1 || len(x.Pieces) != 3 {
		t.Errorf("numbers are %+v of %d pieces", x.Numbers, len(x.Pieces))
	}
	round := c().Held[0].ID
	refused(do("chot", "vong", fmt.Sprint(round), "chot-bien-ban", "BB 1"), "còn 3 bài")

	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	sees := func(name string) {
		t.Helper()
		var out string
		b.Eval(tooWide, &out)
		if out != "" {
			t.Errorf("%s at 390 px: %s", name, out)
		}
		b.Shot("cham-390-" + name)
	}
	r.as("gk1", "001", access.Juror)
	b.Go(r.site.URL + "/cham-thi")
	b.Await("Hội thi xã Một")
	b.Go(r.site.URL + fmt.Sprintf("/cham-thi/%d/bai/1", round))
	if strings.Contains(b.Text(), "Bà Thử Tên") {
		t.Error("a juror sees the author where pieces are judged by number")
	}
	b.Fill("diem-1", "11")
	b.Fill("diem-2", "3")
	b.Push("Lưu, chấm bài tiếp")
	b.Await("Nội dung: hãy cho từ 0 đến 10 điểm")
	sees("sai")
	b.Fill("diem-1", "9,5")
	b.Push("Lưu, chấm bài tiếp")
	b.Await("Bài số 2")
	b.Fill("diem-1", "8")
	b.Fill("diem-2", "4")
	b.Push("Lưu, chấm bài tiếp")
	b.Await("Bài số 3")
	b.Fill("diem-1", "1,25")
	b.Fill("diem-2", "1")
	b.Push("Lưu phiếu")
	b.Await("Bạn đã chấm đủ các bài")
	sees("du")

	r.as("gk2", "001", access.Juror)
	if a := r.get(fmt.Sprint("/cham-thi/", round)); strings.Contains(a.body, "12,5") {
		t.Error("a juror sees another's points before the round is closed")
	}
	judge := func(piece int, pairs ...string) answer {
		n++
		return r.post(fmt.Sprintf("/cham-thi/%d/bai/%d", round, piece), values(append(pairs, "khoa", fmt.Sprint("phieu-", n))...))
	}
	saved(judge(1, "viec", "mien", "mien-ly-do", "Người nhà của tác giả"))
	saved(judge(2, "diem-1", "9,5", "diem-2", "3.5"))
	saved(judge(3, "diem-1", "0", "diem-2", "0,5"))
	r.as("khac", "001", access.Juror)
	if a := r.get(fmt.Sprint("/cham-thi/", round)); a.status != 404 {
		t.Errorf("who is not on the jury gets %d", a.status)
	}
	organiser()
	if a := r.get(at); strings.Contains(a.body, "12,5") || !strings.Contains(a.body, "3 trên 3 bài") || !strings.Contains(a.body, "2 trên 2 bài") {
		t.Error("the organiser sees points before the round is closed, or not how far jurors are")
	}
	saved(do("chot", "vong", fmt.Sprint(round), "chot-bien-ban", "BB 1"))
	// 1: 12,5 by one juror alone; 2: (12 + 13) / 2 = 12,5: level; 3: (2,25 + 0,5) / 2 = 1,375 → 1,38
	minutes := r.get(fmt.Sprintf("%s/bien-ban?vong=%d", at, round))
	for _, want := range []string{"12,5", "1,38", "miễn", "1=", "Giám khảo gk1"} {
		if !strings.Contains(minutes.body, want) {
			t.Errorf("the minutes lack %q", want)
		}
	}

	voted := url.Values{"khoa": {"mot-phieu-binh-chon-0001"}, "toi": {"gui"}}
	for range 2 { // sent twice
		resp, err := r.client.PostForm(public.URL+fmt.Sprintf("/cong/hoi-thi/%d/bai/2/binh-chon", c().ID), voted)
		if err != nil || resp.StatusCode != 303 {
			t.Fatal(resp, err)
		}
	}
	refused(do("cong-bo", "qd", "QĐ 1", "giai-1", "first", "giai-2", "first"), "Bình chọn còn đến")
	r.today = today.AddDays(1)
	saved(do("cong-bo", "qd", "QĐ 1", "giai-1", "first", "giai-2", "first", "tien-1", "2.000.000"))
	if x := c(); x.Numbers.Votes != 1 || x.ResultsOn == 0 || len(x.Prizes) != 2 {
		t.Errorf("after the end: %+v, prizes %+v", x.Numbers, x.Prizes)
	}
	b.Go(public.URL + fmt.Sprintf("/cong/hoi-thi/%d", c().ID))
	b.Await("Giải nhất")
	b.Await("đồng hạng")
	b.Await("Bà Thử Tên")
	sees("ket-qua")
	if a := r.get(at + "/bang?tai=csv"); a.status != 200 || !strings.Contains(a.body, "12.5") {
		t.Errorf("the table answers %d: %.300s", a.status, a.body)
	}
}
