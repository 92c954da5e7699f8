package demo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/follow"
	"danvan/internal/org"
	"danvan/internal/sending"
)

// FollowedLetter is a letter of the demo that its sender follows by number and code.
type FollowedLetter struct{ Number, Code, Shows string }

// demoCode is the code of a letter in the demo: it follows from the number, so that everybody can try it.
func demoCode(number string) string {
	sum := sha256.Sum256([]byte("danvan/demo/code/" + number))
	return sending.CodeOf(sum[:])
}

// Followed are the letters of the demo that can be followed.
func Followed(ctx context.Context, q db.Querier) ([]FollowedLetter, error) {
	rows, err := q.QueryContext(ctx, `SELECT c.number, (SELECT count(*) FROM public_answer a WHERE a.entry = c.entry), (SELECT count(*) FROM letter_word w WHERE w.entry = c.entry)
		FROM letter_code c WHERE c.actor = $1 AND c.newest ORDER BY c.entry`, MetaKey)
	if err != nil {
		return nil, fmt.Errorf("letters that can be followed: %w", err)
	}
	defer rows.Close()
	var out []FollowedLetter
	for rows.Next() {
		var f FollowedLetter
		var answers, words int
		if err := rows.Scan(&f.Number, &answers, &words); err != nil {
			return nil, err
		}
		f.Code = sending.Grouped(demoCode(f.Number))
		switch {
		case f.Number[:2] == "TC":
			f.Shows = "tố cáo: chỉ các bước trung tính"
		case answers > 0:
			f.Shows = "đã trả lời, chờ đánh giá"
		case words > 0:
			f.Shows = "cơ quan hỏi thêm, người gửi viết"
		default:
			f.Shows = "đang giải quyết"
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// answersMost is how many letters elsewhere have a published answer with a rating; ratings are there for their totals.
const answersMost = 240

// follows lets some letters be followed, publishes answers, has senders write and rate.
func (w *world) follows(ctx context.Context, d Deps, tx *db.Tx) error {
	r := w.dice("follows")
	at := time.Time{}
	desk := &follow.Desk{Ledger: d.Ledger, Catalog: d.Catalog, Tree: func(context.Context) (*org.Tree, error) { return w.tree, nil }, Dossiers: d.Dossiers, Now: func() time.Time { return at }}
	ours := w.officeOf(officeCode + "UBND")
	answered := 0
	for _, l := range w.letters {
		if l.id == 0 || l.text.matter == nil || l.settled == 0 || l.settled.AddDays(20) > w.spec.Today || l.class == "denunciation" || l.denounces || l.terminated {
			continue
		}
		if l.unit != ours && (answered >= answersMost || r.IntN(5) > 0) {
			continue
		}
		answered++
		at = officeDay(l.settled.AddDays(1))
		if err := w.answer(ctx, tx, desk, l, r); err != nil {
			return fmt.Errorf("answer of letter %s: %w", l.key, err)
		}
		at = officeDay(l.settled.AddDays(2 + r.IntN(12)))
		if err := desk.Rate(ctx, tx, l.id, 1, rating(r)); err != nil {
			return fmt.Errorf("rating of letter %s: %w", l.key, err)
		}
	}
	at = officeDay(w.spec.Today.AddDays(-1))
	return w.followable(ctx, tx, desk, ours, r)
}

// followable gives codes to some letters of the demo's own office: an answered one that waits for its rating, one whose sender is
// asked for more, one at the beginning, a denunciation.
func (w *world) followable(ctx context.Context, tx *db.Tx, desk *follow.Desk, ours org.UnitID, r *rand.Rand) error {
	var done, open []*letter
	var secret *letter
	for _, l := range w.letters {
		switch {
		case l.id == 0 || l.unit != ours || l.text.matter == nil || l.code == "" || l.denounces || l.terminated:
		case l.class == "denunciation":
			secret = l
		case l.settled != 0 && l.settled.AddDays(20) > w.spec.Today && l.settled < w.spec.Today:
			done = append(done, l)
		case l.settled == 0 && l.accepted != 0:
			open = append(open, l)
		}
	}
	var all []*letter
	if n := len(done); n > 0 {
		l := done[n-1]
		if err := w.answer(ctx, tx, desk, l, r); err != nil {
			return err
		}
		all = append(all, l)
	}
	for i, l := range open[max(0, len(open)-2):] {
		all = append(all, l)
		if i > 0 {
			continue
		}
		ask := follow.Draft{Entry: l.id, Kind: follow.Ask, Text: "Xin gửi thêm ảnh hoặc giấy tờ về thửa đất, việc đã nêu trong đơn. Nếu không có, xin viết rõ nơi và ngày xảy ra.", Until: w.spec.Today.AddDays(6)}
		if _, err := desk.Say(ctx, tx, "xulydon", ask); err != nil {
			return err
		}
		if _, err := desk.Write(ctx, tx, follow.Draft{Entry: l.id, Kind: follow.Message, Text: "Hôm qua lại có thêm một hộ bị như vậy. Xin cho biết bao giờ cơ quan xuống xem."}); err != nil {
			return err
		}
	}
	if secret != nil {
		all = append(all, secret)
	}
	for _, l := range all {
		if err := desk.Give(ctx, tx, MetaKey, l.id, demoCode(l.code)); err != nil {
			return err
		}
	}
	return nil
}

// answer publishes what the office says to the sender of a letter.
func (w *world) answer(ctx context.Context, tx *db.Tx, desk *follow.Desk, l *letter, r *rand.Rand) error {
	body := w.tree.NameOn(l.unit, l.settled)
	says := []string{
		"%s đã cử cán bộ xuống tận nơi ngày %s, làm việc với trưởng thôn và các hộ liên quan. Nội dung đã nêu là có thật. Cơ quan đã giao bộ phận chuyên môn làm ngay và báo lại kết quả cho thôn.",
		"%s đã xem xét nội dung đã gửi và đối chiếu hồ sơ ngày %s. Phần đúng quy định được giải quyết như văn bản kèm theo; phần còn lại chưa có căn cứ, xin bổ sung giấy tờ nếu có.",
		"%s cảm ơn ông, bà đã cho biết. Ngày %s cơ quan đã kiểm tra và thống nhất với thôn cách làm; việc xong trước mùa mưa, thôn cùng giám sát.",
	}
	a, err := desk.Compose(ctx, tx, "xulydon", l.id, 0, 0, follow.Reply{Text: fmt.Sprintf(says[r.IntN(len(says))], body, civil.Date.Vi(max(l.received, l.settled.AddDays(-5)))), Document: fmt.Sprintf("%d/UBND", 100+r.IntN(800)), DocumentOn: l.settled})
	if err != nil {
		return err
	}
	return desk.Check(ctx, tx, "lanhdao.xa", l.id, a.N, a.Version)
}

// rating is what a sender thinks: most are content, and say why.
func rating(r *rand.Rand) follow.Rating {
	score := []int{5, 5, 4, 4, 4, 4, 4, 3, 3, 2, 1}[r.IntN(11)]
	reasons := []string{"clear", "on_time", "solved", "respect"}
	if score < 3 {
		reasons = []string{"unclear", "late", "missed", "undone"}
	}
	return follow.Rating{Score: score, Reasons: []string{reasons[r.IntN(4)], reasons[r.IntN(4)]}}
}
