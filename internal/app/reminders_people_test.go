package app

import (
	"testing"

	catalogdata "danvan/catalog"
	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/disclosure"
	"danvan/internal/ledger"
)

// What must be published is brought up a week before its last day, and to the superior once it is missing; a
// recommendation goes to the committee, and once it is late to the board's office too; a work until it is accepted.
func TestPeopleNotices(t *testing.T) {
	cat, err := catalog.Load(catalogdata.FS)
	if err != nil {
		t.Fatal(err)
	}
	law := disclosure.In(cat.EditionOn(20261122))
	book := disclosure.Book{Documents: []*disclosure.Document{{Head: ledger.Head{ID: 5, Day: 20261105}, Rule: "poverty", Title: "Danh sách hộ nghèo"}}}
	for _, c := range []struct {
		day  civil.Date
		want int
	}{{20261105, 1}, {20261112, 1}, {20261113, 2}} {
		rows := law.Register(9, "commune/peoples_committee", civil.Period{From: 20261101, To: 20261130}, book, c.day)
		got := publicationNotices(law, &rows[0], "A.UBND", c.day)
		if len(got) != c.want || got[0].Due != 20261112 || got[0].Path != "/cong-khai/dang?don-vi=A.UBND&noi-dung=poverty&van-ban=5" {
			t.Errorf("on %s: %+v", c.day, got)
		}
		if c.want == 2 && (got[1].Up != 1 || got[1].Right != access.ConfirmWork) {
			t.Errorf("missing: %+v", got[1])
		}
	}
	book.Publications = []*disclosure.Publication{{Head: ledger.Head{ID: 6, Day: 20261110, Carries: 5}}}
	rows := law.Register(9, "commune/peoples_committee", civil.Period{From: 20261101, To: 20261130}, book, 20261113)
	if got := publicationNotices(law, &rows[0], "A.UBND", 20261113); len(got) != 0 {
		t.Errorf("published, and yet: %+v", got)
	}

	b := &disclosure.SupervisionBoard{Head: ledger.Head{ID: 3, Unit: 8}}
	f := &disclosure.Finding{Head: ledger.Head{ID: 4, Day: 20261002}, Type: disclosure.Investment, Finding: "Bê tông thiếu dày"}
	due := law.Answered(f).Due
	for _, c := range []struct {
		day  civil.Date
		want int
	}{{due.AddDays(-8), 0}, {due.AddDays(-7), 1}, {due, 1}, {due.AddDays(1), 2}} {
		if got := findingNotices(law, b, f, 7, c.day); len(got) != c.want || c.want > 0 && got[0].Unit != 7 || c.want > 1 && got[1].Unit != 8 {
			t.Errorf("on %s: %+v", c.day, got)
		}
	}
	f.AnsweredOn = due
	if got := findingNotices(law, b, f, 7, due.AddDays(9)); len(got) != 0 {
		t.Errorf("answered, and yet: %+v", got)
	}

	w := &contribution.Work{Head: ledger.Head{ID: 2, Unit: 8}, EndsOn: 20261120, Account: contribution.NewAccount()}
	if _, ok := workNotice(w, 20261112); ok {
		t.Error("a work is brought up too early")
	}
	if n, ok := workNotice(w, 20261122); !ok || n.Due != 20261120 {
		t.Errorf("a work that nobody accepted: %+v", n)
	}
	w.Accepted = []contribution.Acceptance{{}}
	if _, ok := workNotice(w, 20261122); ok {
		t.Error("an accepted work is brought up")
	}
}
