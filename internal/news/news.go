// Package news keeps articles from the first draft to what readers say of them.
//
// # Articles
//
// An article has versions. What is written is saved (Save) until it is sent for review (Send); somebody who did not write it
// publishes it (Publish) or gives it back with a remark (Return). A correction is a further version on the same way, with a
// note that readers see; until it is published the earlier version stays. What is withdrawn (Withdraw) is gone from the
// public pages; its versions and the reason stay.
//
// A published article is an entry of kind portal_article besides, recorded once, amended by a correction, void when the
// article is withdrawn: the figures of published articles follow from that. The province's press items are entries of kind
// media_item of the press and are never made here, so that nothing counts twice.
//
// # Readers
//
// Reads are counted by article and day: a number, and nothing of who read (Reads). What a reader says of an article (Say) is
// sealed in a dossier of its own whose case is below sendings' cases; what the public reads of it, and under which name, is
// decided at the office and stands in the clear. Numbers by topic and month become entries of kind reader_feedback (Close).
//
// Nothing here asks who may read or act: whoever calls has asked.
package news

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// The kinds of entries that articles and readers' letters become.
const (
	Kind         = "portal_article"
	FeedbackKind = "reader_feedback"
)

// Desk keeps the news of one installation. Its fields are set once, before use.
type Desk struct {
	DB       *db.DB
	Catalog  *catalog.Catalog
	Ledger   *ledger.Ledger
	Files    *files.Store
	Dossiers *dossier.Book
	Tree     func(context.Context) (*org.Tree, error)
	Now      func() time.Time // nil is time.Now
}

func (k *Desk) now() time.Time {
	if k.Now != nil {
		return k.Now()
	}
	return time.Now()
}

// vietnam is the zone of the days of articles.
var vietnam = time.FixedZone("+07", 7*60*60)

func dayOf(at time.Time) civil.Date { return civil.FromTime(at.In(vietnam)) }

// State is where the newest version of an article stands.
type State string

// The states.
const (
	Draft     State = "draft"
	Review    State = "review"   // waits for somebody who did not write it
	Returned  State = "returned" // given back with a remark
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// Article is an article as its office sees it.
type Article struct {
	ID        int64
	Unit      org.UnitID // the body that answers for it
	State     State
	Version   int // the newest
	Shown     int // the version that the public reads, 0 for none
	Author    string
	Entry     int64      // in the ledger, 0 before it was published
	Day       civil.Date // first published
	Published time.Time
	Changed   time.Time
	Text      // of the newest version, or of the one that was asked for
}

// Text is one version of an article.
type Text struct {
	Number  int
	Place   org.UnitID // the commune that it is about, 0: the whole province
	Sort    string     // article_types
	Theme   string     // themes
	Title   string
	Summary string
	Body    string // Markdown, see Render
	Byline  string // the author as readers see it
	Cover   int    // number of a picture, 0 for none
	Note    string // of a correction: what was corrected
	Actor   string // who wrote this version
	At      time.Time
}

// How long what is written may be, in characters.
const (
	TitleMost   = 200
	SummaryMost = 500
	BodyMost    = 40_000
	LineMost    = 120
)

// Check says what is missing or too long, by the names of Text's fields; nothing where it can be saved.
func (t Text) Check() map[string]string {
	out := map[string]string{}
	for _, f := range []struct {
		name, value, missing string
		most                 int
	}{
		{"Title", t.Title, "Hãy ghi tiêu đề.", TitleMost},
		{"Summary", t.Summary, "Hãy ghi tóm tắt một hai câu: danh sách tin và RSS chỉ hiện đoạn này.", SummaryMost},
		{"Body", t.Body, "Hãy viết nội dung.", BodyMost},
		{"Byline", t.Byline, "Hãy ghi tên tác giả như người đọc sẽ thấy.", LineMost},
		{"Note", t.Note, "", SummaryMost},
	} {
		switch n := utf8.RuneCountInString(f.value); {
		case strings.TrimSpace(f.value) == "" && f.missing != "":
			out[f.name] = f.missing
		case n > f.most:
			out[f.name] = "Ô này dài " + civil.FormatInt(int64(n)) + " chữ, nhiều nhất " + civil.FormatInt(int64(f.most)) + ". Hãy rút gọn."
		}
	}
	if strings.ContainsAny(t.Title, "\r\n") {
		out["Title"] = "Tiêu đề phải nằm trên một dòng."
	}
	return out
}

func (t Text) trimmed() Text {
	for _, p := range []*string{&t.Title, &t.Summary, &t.Byline, &t.Note} {
		*p = strings.TrimSpace(*p)
	}
	t.Body = strings.TrimSpace(strings.ReplaceAll(t.Body, "\r\n", "\n"))
	return t
}

// fold are the words by which a version is found.
func (t Text) fold() string {
	return civil.Fold(strings.Join([]string{t.Title, t.Summary, t.Byline, t.Body}, " "))
}

// Writable reports whether another text may be saved now.
func (a Article) Writable() bool { return a.State != Review && a.State != Withdrawn }

// Wrote reports whether somebody wrote the newest version, or began the article: he may not publish it.
func (a Article) Wrote(login string) bool { return login == a.Author || login == a.Actor }

var (
	errNone  = fault.New(fault.NotFound, "Không có tin, bài này. Hãy mở lại từ danh sách tin, bài.")
	errMoved = fault.New(fault.Conflict, "Tin, bài này vừa được người khác thay đổi. Hãy mở lại trang rồi làm lại.")
	errOwn   = fault.New(fault.Denied, "Người viết không tự đăng bài của mình. Hãy nhờ người duyệt khác.")
)
