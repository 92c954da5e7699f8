package demo

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/db"
	"danvan/internal/ledger"
)

// The contest of the year, which is under way: the first round is closed, the final is being scored, votes are open. Those of
// earlier years stand in streams with their totals.

const (
	contestKey  = "demo:hoi-thi"
	contestBody = successor + ".BTGDV"
)

// contestPieces are what is sent in: title, form, who, how many people, what it is about.
var contestPieces = []struct {
	title, form, subject, team string
	members                    int64
	about                      string
}{
	{"Đường hoa của thôn: mỗi nhà một đoạn", "written", "individual", "", 1, "Chuyện mười hai hộ tự chia đoạn đường trồng hoa, không ai phải nhắc, và cách chi hội phụ nữ giữ được nếp ấy qua ba mùa."},
	{"Bí thư chi bộ và cuốn sổ ghi lời dân", "written", "individual", "", 1, "Một cuốn sổ nhỏ ghi từng lời dân nhờ, ngày hẹn trả lời và chữ ký khi xong việc."},
	{"Hiến đất mở đường vào bản", "photo_video", "collective", "Đội Khối dân vận xã Thử Nghiệm 1", 6, "Phim bảy phút: từ buổi họp đầu tiên còn người phản đối đến ngày xe chở lúa vào tận sân."},
	{"Tổ hòa giải không ghế chủ tọa", "works", "collective", "Đội Mặt trận xã Thử Nghiệm 2", 5, "Sáng kiến xếp ghế thành vòng tròn, mỗi bên nói hết lượt mình rồi mới bàn."},
	{"Loa thôn nói tiếng Tày", "works", "collective", "Đội Ban Công tác Mặt trận thôn Minh Họa 3", 4, "Bản tin hai thứ tiếng mỗi sáng thứ hai, do người già trong thôn đọc."},
	{"Ba lần gõ cửa", "written", "individual", "", 1, "Vận động một hộ di chuyển chuồng trại khỏi gầm sàn: lần đầu nghe, lần hai bàn, lần ba cùng làm."},
	{"Ngày thứ bảy giúp dân làm thủ tục", "photo_video", "collective", "Đội Đoàn thanh niên phường Thử Nghiệm 4", 8, "Ảnh và lời kể về quầy hướng dẫn thủ tục đặt ở chợ phiên."},
	{"Quỹ hạt giống", "works", "individual", "", 1, "Mỗi vụ gửi lại một phần hạt giống cho hộ khó khăn hơn mình, có sổ công khai ở nhà văn hóa."},
}

// contestScenes are the drawings of pieces, by their numbers.
var contestScenes = map[int]string{3: "road", 4: "culture_house", 8: "canal"}

// contests are the entries of the contest of the year.
func (w *world) contests() ([]ledger.Draft, error) {
	today := w.spec.Today
	if today < 20261001 || w.tree.On(contestBody, today) == nil {
		return nil, nil
	}
	title := fmt.Sprintf("Hội thi “Dân vận khéo” tỉnh năm %d", today.Year())
	out := []ledger.Draft{{Key: contestKey, Kind: contest.Kind, Unit: contestBody, Day: today.AddDays(-70), Fields: map[string]any{
		"title": title, "theme": "skilled", "form": "works", "way": contest.Here, "blind": "yes",
		"rules": "Mỗi đội, mỗi người gửi nhiều nhất hai bài, chưa dự thi ở nơi khác. Bài kể việc có thật, có người xác nhận.\n" +
			"Vòng sơ khảo lấy năm bài vào chung khảo. Điểm của bài là trung bình cộng điểm của các giám khảo, làm tròn đến hai chữ số thập phân; bằng điểm thì đồng hạng.\n" +
			"Lượt bình chọn của nhân dân chỉ để trao giải được bình chọn nhiều, không cộng vào điểm của ban giám khảo.",
		"entries_from": today.AddDays(-65).String(), "entries_to": today.AddDays(-21).String(),
		"votes_from": today.AddDays(-12).String(), "votes_to": today.AddDays(18).String(), "budget": int64(180_000_000)}}}
	criteria := []any{map[string]any{"criterion": "Nội dung đúng chủ đề, có thật", "most": int64(40)}, map[string]any{"criterion": "Cách làm sáng tạo, làm theo được", "most": int64(40)},
		map[string]any{"criterion": "Cách thể hiện", "most": int64(20)}}
	round := func(code string, from, to civil.Date, places int64) {
		out = append(out, ledger.Draft{Key: contestKey + ":vong:" + code, Kind: contest.RoundKind, Unit: contestBody, Day: today.AddDays(-68), Carries: contestKey, Fields: map[string]any{
			"title": title, "round": code, "theme": "skilled", "way": contest.Here, "criteria": criteria, "starts_on": from.String(), "ends_on": to.String(), "places": places}})
	}
	round("preliminary", today.AddDays(-20), today.AddDays(-8), 5)
	round("final", today.AddDays(-6), today.AddDays(12), 0)
	for i, x := range contestPieces {
		set := map[string]any{"title": x.title, "number": int64(i + 1), "form": x.form, "subject": x.subject, "members": x.members, "summary": x.about, "shown": "yes", "admission": "admitted",
			"admitted_on": today.AddDays(-20).String(), "consent": "anonymous"}
		switch {
		case x.team != "":
			set["team"] = x.team
		case i%2 == 0:
			set["consent"], set["authors"] = "named", []any{fmt.Sprintf("Bà Thử Nghiệm %d", 900+i)}
		}
		d := ledger.Draft{Key: fmt.Sprint(contestKey, ":bai:", i+1), Kind: contest.EntryKind, Unit: contestBody, Day: today.AddDays(-50 + 3*i), Carries: contestKey, Fields: set}
		if f, alt, ok := w.drawing(contestScenes[i+1], after); ok {
			d.Files, set["picture"], set["alt"] = []ledger.File{f}, f.Hash, alt
		}
		out = append(out, d)
	}
	n := len(contestPieces)
	out = append(out, ledger.Draft{Key: fmt.Sprint(contestKey, ":bai:", n+1), Kind: contest.EntryKind, Unit: contestBody, Day: today.AddDays(-22), Carries: contestKey, Fields: map[string]any{
		"title": "Bài đã in ở báo khác", "number": int64(n + 1), "form": "written", "subject": "individual", "members": int64(1), "admission": "refused", "admitted_on": today.AddDays(-20).String(),
		"refused_why": "Bài đã dự cuộc thi khác, trái thể lệ.", "consent": "anonymous", "shown": "no"}})
	return out, nil
}

// contestJury are the accounts of the jury; the first presides.
var contestJury = []contest.Juror{{Login: "giamkhao1", Name: "Bà Minh Họa 19", Chair: true}, {Login: "giamkhao2", Name: "Ông Minh Họa 20"}, {Login: "giamkhao3", Name: "Bà Minh Họa 21"}}

// judged lets the jury score the first round and begin the final, and people vote.
func (w *world) judged(ctx context.Context, d Deps, tx *db.Tx) error {
	h, err := d.Ledger.Referred(ctx, tx, contestKey)
	if err != nil || h == nil {
		return err
	}
	today := w.spec.Today
	shelf := &contest.Shelf{Ledger: d.Ledger, Catalog: d.Catalog, Engine: d.DB.Engine()}
	for _, j := range contestJury {
		if err := shelf.Appoint(ctx, tx, MetaKey, h.ID, j, officeDay(today.AddDays(-40))); err != nil {
			return fmt.Errorf("appoint jury: %w", err)
		}
	}
	c, err := shelf.Contest(ctx, tx, h.ID)
	if err != nil {
		return err
	}
	excuse := contest.Excuse{Piece: c.Pieces[2].ID, Login: "giamkhao3", Reason: "Từng công tác cùng đội dự thi"}
	if err := shelf.ExcuseFrom(ctx, tx, "giamkhao3", c.ID, excuse, officeDay(today.AddDays(-19))); err != nil {
		return fmt.Errorf("excuse juror: %w", err)
	}
	if err := w.scored(ctx, tx, shelf, c, c.Held[0], len(contestJury)); err != nil {
		return err
	}
	day := w.workdayBack(today.AddDays(-8))
	if err := shelf.Close(ctx, tx, MetaKey, c.Held[0].ID, "01/BB-BGK", day, officeDay(day)); err != nil {
		return fmt.Errorf("close round: %w", err)
	}
	if c, err = shelf.Contest(ctx, tx, h.ID); err != nil {
		return err
	}
	if err := w.scored(ctx, tx, shelf, c, c.Held[1], 1); err != nil {
		return err
	}
	return w.voted(ctx, tx, c)
}

// scored lets the first so many jurors score a round.
func (w *world) scored(ctx context.Context, tx *db.Tx, shelf *contest.Shelf, c *contest.Contest, r *contest.Round, jurors int) error {
	dice := w.dice("contest " + r.Round)
	at := r.StartsOn.AddDays(2)
	for _, j := range contestJury[:jurors] {
		for i, p := range c.In(r) {
			if j.Login == "giamkhao3" && p.Number == 3 {
				continue
			}
			sheet := contest.Sheet{Piece: p.ID, Login: j.Login}
			for _, k := range r.Criteria {
				most := k.Most * 100
				sheet.Given = append(sheet.Given, contest.Points((most*int64(55+(i*11)%37)/100+dice.Int64N(most/10))/50*50))
			}
			if err := shelf.Score(ctx, tx, r.ID, sheet, at, officeDay(at)); err != nil {
				return fmt.Errorf("score piece %d: %w", p.Number, err)
			}
		}
	}
	return nil
}

// voted puts in the sums of the days since votes are taken.
func (w *world) voted(ctx context.Context, tx *db.Tx, c *contest.Contest) error {
	r := w.dice("contest votes")
	for day := c.VotesFrom; day < w.spec.Today; day = day.AddDays(1) {
		for i, p := range c.Pieces {
			if !p.Public() {
				continue
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO contest_vote (contest, entry, day, votes) VALUES ($1, $2, $3, $4)`, c.ID, p.ID, int64(day), 3+r.Int64N(int64(9+5*(i%4))))
			if err != nil {
				return fmt.Errorf("votes of the demo: %w", err)
			}
		}
	}
	return nil
}
