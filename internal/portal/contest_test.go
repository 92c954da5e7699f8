package portal_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/portal"
	"danvan/internal/web/browser"
)

var (
	contestOnce sync.Once
	contestID   int64
)

func (w *world) juries() *contest.Shelf {
	return &contest.Shelf{Ledger: w.app.Ledger, Catalog: w.app.Catalog, Engine: w.app.DB.Engine()}
}

// contest is a contest of a commune, its first round closed, votes open: piece 1 with a picture, 2 by a named author, 3 that
// its author does not show, 4 with hostile words.
func (w *world) contest(t testing.TB) *contest.Contest {
	t.Helper()
	contestOnce.Do(func() { contestID = w.makeContest(t) })
	c, err := w.juries().Contest(t.Context(), w.app.DB.Read(), contestID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) makeContest(t testing.TB) int64 {
	t.Helper()
	type set = map[string]any
	id := w.put(t, ledger.Draft{Key: "t:hoi-thi", Kind: contest.Kind, Day: 20261001, Fields: set{"title": "Hội thi thử của xã", "theme": "skilled", "form": "written", "way": contest.Here,
		"rules": "Mỗi người một bài.", "entries_from": "2026-10-01", "entries_to": "2026-10-31", "votes_from": "2026-11-10", "votes_to": "2026-11-30"}})
	for i, round := range []string{"preliminary", "final"} {
		w.put(t, ledger.Draft{Key: "t:hoi-thi:" + round, Kind: contest.RoundKind, Day: 20261001, Carries: contest.Ref(id), Fields: set{"title": "Hội thi thử của xã", "way": contest.Here, "round": round,
			"starts_on": fmt.Sprintf("2026-11-%02d", 1+9*i), "places": int64(3 - 3*i), "criteria": []any{set{"criterion": "Nội dung", "most": int64(10)}}}})
	}
	picture := w.picture(t)
	for i, x := range []set{
		{"title": "Bài có ảnh", "subject": "collective", "team": "Đội thôn Nà Khưa", "shown": "yes", "picture": picture.Hash, "alt": "Mương nước"},
		{"title": "Bài có tên", "subject": "individual", "authors": []any{"Bà Thử Nghiệm Tên"}, "consent": "named", "shown": "yes"},
		{"title": "Bài không đăng", "subject": "individual", "shown": "no"},
		{"title": "<script>alert(1)</script> =1+1", "subject": "individual", "shown": "yes", "summary": "<img src=x onerror=alert(2)>"},
	} {
		x["admission"], x["summary"] = "admitted", "Nội dung bài thử"
		d := ledger.Draft{Key: fmt.Sprint("t:bai:", i+1), Kind: contest.EntryKind, Day: 20261020, Carries: contest.Ref(id), Fields: x}
		if i == 0 {
			d.Files = []ledger.File{picture}
		}
		w.put(t, d)
	}
	at := time.Date(2026, 11, 5, 2, 0, 0, 0, time.UTC)
	err := w.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		if err := w.juries().Appoint(t.Context(), tx, "thử", id, contest.Juror{Login: "gk", Name: "Giám khảo thử", Chair: true}, at); err != nil {
			return err
		}
		c, err := w.juries().Contest(t.Context(), tx, id)
		if err != nil {
			return err
		}
		for i, p := range c.Pieces {
			if err := w.juries().Score(t.Context(), tx, c.Held[0].ID, contest.Sheet{Piece: p.ID, Login: "gk", Given: []contest.Points{contest.Points(900 - 100*i)}}, 20261105, at); err != nil {
				return err
			}
		}
		return w.juries().Close(t.Context(), tx, "thử", c.Held[0].ID, "Biên bản 1", 20261108, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// votesOf is the sum of a piece until today.
func (w *world) votesOf(t testing.TB, number int64) int64 {
	t.Helper()
	c := w.contest(t)
	sums, err := contest.Votes(t.Context(), w.app.DB.Read(), c.ID, today)
	if err != nil {
		t.Fatal(err)
	}
	return sums[c.Piece(number).ID]
}

// A voter in the browser: opens a piece, votes, the line is cut before the answer comes, the form is sent again. It is one
// vote; nothing of who voted is kept, by us or by the device.
func TestVoteWithTheLineCut(t *testing.T) {
	w := open(t)
	c := w.contest(t)
	pages, err := portal.New(w.deps)
	if err != nil {
		t.Fatal(err)
	}
	cuts := 0
	site := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && cuts == 0 {
			cuts++
			pages.ServeHTTP(httptest.NewRecorder(), r) // it arrives and is saved; the answer does not
			panic(http.ErrAbortHandler)
		}
		pages.ServeHTTP(rw, r)
	}))
	defer site.Close()
	before := w.votesOf(t, 1)
	b := browser.Start(t, browser.Options{Width: 390, Height: 844})
	b.Go(site.URL + fmt.Sprintf("/cong/hoi-thi/%d/bai/1/binh-chon", c.ID))
	if text := b.Text(); !strings.Contains(text, "không phải số người") {
		t.Errorf("the page does not say what a vote is: %s", text)
	}
	var key string
	b.Eval(`return document.querySelector("input[name=khoa]").value`, &key)
	form := url.Values{"khoa": {key}, "toi": {"gui"}}
	address := site.URL + fmt.Sprintf("/cong/hoi-thi/%d/bai/1/binh-chon", c.ID)
	if _, err := http.PostForm(address, form); err == nil {
		t.Fatal("the line was not cut")
	}
	if n := w.votesOf(t, 1); n != before+1 {
		t.Fatalf("after the cut there are %d votes, %d before", n, before)
	}
	b.Push("Gửi một lượt bình chọn")
	b.Await("Đã ghi một lượt bình chọn")
	if n := w.votesOf(t, 1); n != before+1 {
		t.Errorf("sent twice, counted %d times", n-before)
	}
	if n := len(b.Cookies()); n != 0 {
		t.Errorf("the device keeps %d cookies", n)
	}
}

// What people read of a contest: names by consent, pieces by consent, no points before the results, hostile words as words.
func TestContestPages(t *testing.T) {
	w := open(t)
	at := fmt.Sprint("/cong/hoi-thi/", w.contest(t).ID)
	page := opened(t, w.ask(t, "GET", at, ""))
	for _, want := range []string{"Bài có ảnh", "Đội thôn Nà Khưa", "bài vào vòng sau", "Mỗi người một bài.", "&lt;script&gt;alert(1)"} {
		if !strings.Contains(page, want) && !strings.Contains(opened(t, w.ask(t, "GET", at+"/bai/1", "")), want) {
			t.Errorf("nobody reads %q", want)
		}
	}
	for _, never := range []string{"Bài không đăng", "<script>alert", "9,00", "Giám khảo thử"} {
		if strings.Contains(page, never) {
			t.Errorf("the page shows %q", never)
		}
	}
	if two := opened(t, w.ask(t, "GET", at+"/bai/2", "")); !strings.Contains(two, "Bà Thử Nghiệm Tên") {
		t.Error("an author who wishes it is not named")
	}
	if rec := w.ask(t, "GET", at+"/bai/3", ""); rec.Code != http.StatusNotFound {
		t.Errorf("a piece that is not shown answers %d", rec.Code)
	}
	for _, path := range []string{"/bai/3/binh-chon", "/bai/99/binh-chon"} {
		if rec := w.ask(t, "POST", at+path, "khoa=0123456789abcdefgh&toi=gui"); rec.Code != http.StatusNotFound {
			t.Errorf("a vote at %s answers %d", path, rec.Code)
		}
	}
}

// Before its days and after them no vote is taken, and the page says so.
func TestVoteInItsDays(t *testing.T) {
	w := open(t)
	c := w.contest(t)
	for _, day := range []civil.Date{20261109, 20261201} {
		deps := w.deps
		deps.Today = func() civil.Date { return day }
		pages, err := portal.New(deps)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", fmt.Sprintf("/cong/hoi-thi/%d/bai/1/binh-chon", c.ID), strings.NewReader("toi=gui&khoa=hom-khac-"+day.String()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		before := w.votesOf(t, 1)
		pages.ServeHTTP(rec, r)
		if body, _ := io.ReadAll(rec.Body); rec.Code != http.StatusConflict || !strings.Contains(string(body), "10/11/2026") {
			t.Errorf("a vote on %s answers %d", day, rec.Code)
		}
		if w.votesOf(t, 1) != before {
			t.Errorf("a vote on %s counts", day)
		}
	}
}
