package demo

import (
	"context"
	"fmt"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
	"danvan/internal/sending"
)

// SendingsKey is where a database says that the demo's sendings were made.
const SendingsKey = "demo-sendings"

// sentThing is something that an invented citizen sent over the portal.
type sentThing struct {
	Commune string
	Back    int // days before the demo's day
	Topic   string
	Text    string
	Wish    string
	Name    string
	Behalf  sending.Behalf
	Then    string // class taken in as, "" waits; a ground of refusal begins with "!"
	Field   string
	Summary string
}

// sentThings are a dozen, in every state.
var sentThings = []sentThing{
	{officeCode[:5], 1, "moi-truong", "Bãi rác ở đầu cầu bốc mùi hôi, gây ô nhiễm suối từ tháng 9. Trẻ con đi học phải bịt mũi.", "Dọn bãi rác.", "", "", "", "", ""},
	{officeCode[:5], 2, "duong", "Đường bê tông vào thôn nứt vỡ, mưa là ngập, xe máy hay ngã. Tình trạng này đã hai năm.", "Sửa đoạn dốc trước mùa mưa.", "Ông Thử Nghiệm 21", "", "", "", ""},
	{officeCode[:5], 6, "ho-tro", "Nhà tôi thuộc hộ cận nghèo mà không có tên trong danh sách hỗ trợ giống. Đã hỏi thôn, thôn bảo hỏi xã.", "Xem lại danh sách.", "Bà Thử Nghiệm 22", sending.Village, "", "", ""},
	{officeCode[:5], 9, "thu-tuc", "Nộp hồ sơ tách thửa ba tháng chưa trả, mỗi lần đến lại đòi thêm giấy.", "Trả hồ sơ hoặc nói rõ thiếu gì.", "Ông Thử Nghiệm 23", "", "", "", ""},
	{officeCode[:5], 12, "dong-gop", "Đề xuất công khai thu chi quỹ đường thôn hằng quý tại nhà văn hóa.", "Niêm yết ở nhà văn hóa.", "", "", "proposal", "finance", "Đề nghị niêm yết thu chi quỹ đường thôn"},
	{officeCode[:5], 15, "dat", "Tôi không đồng ý với quyết định thu hồi đất, diện tích đo thiếu so với sổ.", "Đo lại.", "Bà Thử Nghiệm 24", sending.AtDesk, "complaint", "land", "Không đồng ý diện tích trong quyết định thu hồi đất"},
	{officeCode[:5], 20, "duong", "Kênh thủy lợi xuống cấp, nước không về ruộng cuối nguồn.", "Nạo vét kênh.", "Ông Thử Nghiệm 25", "", "reflection", "construction", "Kênh thủy lợi xuống cấp"},
	{officeCode[:5], 4, "khac", "Vay nhanh lãi thấp, gọi ngay hôm nay!!!", "", "", "", "!spam", "", ""},
	{officeCode[:5], 5, "khac", "thử thử", "", "", "", "!test", "", ""},
	{"", 3, "an-ninh", "Xe tải chở đá chạy đêm qua khu dân cư gây tiếng ồn, rung nhà.", "Cấm giờ.", "", "", "", "", ""},
	{"", 8, "truong-tram", "Trạm y tế thiếu thuốc huyết áp hai tháng nay.", "Cấp đủ thuốc.", "Bà Thử Nghiệm 26", "", "", "", ""},
	{officeCode[:5], 0, "lao-dong", "Công ty may nợ lương ba tháng của hơn hai mươi người trong thôn.", "Đòi lương.", "", "", "", "", ""},
}

// sendingKey is the form's key of one of them: known to everybody, so that its code can be printed.
func sendingKey(i int) string { return fmt.Sprintf("DEMO-sending-known-to-everybody-%02d", i) }

// MakeSendings puts what invented citizens sent into the inboxes: waiting, taken in, refused, on behalf of somebody, and
// one denunciation. It follows the people of the demo and is done once.
func MakeSendings(ctx context.Context, o *sending.Office, tree *org.Tree, day civil.Date) error {
	if done, err := db.Meta(ctx, o.DB.Read(), SendingsKey); err != nil || done != "" {
		return err
	}
	mark, err := db.Meta(ctx, o.DB.Read(), MetaKey)
	if err != nil || IsBlank(mark) {
		return err
	}
	own := *o
	for i, x := range sentThings {
		on := day.AddDays(-x.Back)
		own.Now = func() time.Time { return on.Time().Add(time.Hour * 2) }
		if err := sendOne(ctx, &own, tree, i, x, on, day); err != nil {
			return fmt.Errorf("sending %d of the demo: %w", i, err)
		}
	}
	if office := tree.On(officeCode[:5], day); office != nil {
		own.Now = func() time.Time { return day.AddDays(-3).Time().Add(time.Hour * 3) }
		if _, ok, err := own.Confidential(ctx, o.DB.Read(), office.ID, false); err != nil || !ok {
			return err
		}
		_, err := own.Denounce(ctx, sending.Denunciation{Key: sendingKey(99), Place: office.ID, Whom: "Một cán bộ (minh họa)", Text: "Minh họa: lập khống danh sách nhận hỗ trợ.", Proof: "Sổ ký nhận ở nhà văn hóa."})
		if err != nil {
			return fmt.Errorf("denunciation of the demo: %w", err)
		}
	}
	return o.DB.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, SendingsKey, day.String()) })
}

func sendOne(ctx context.Context, o *sending.Office, tree *org.Tree, i int, x sentThing, on, day civil.Date) error {
	d := sending.Draft{Key: sendingKey(i), Topic: x.Topic, Text: x.Text, Wish: x.Wish, Name: x.Name, Behalf: x.Behalf}
	if x.Commune != "" {
		unit := tree.On(x.Commune, on)
		if unit == nil { // the demo of a day before it existed
			return nil
		}
		d.Place = unit.ID
	}
	if x.Behalf != "" {
		d.Actor = "tiepdan"
	}
	return o.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := o.Send(ctx, tx, d)
		if err != nil || x.Then == "" || r.Again {
			return err
		}
		acting := *o
		acting.Now = func() time.Time { return min(on.AddDays(1), day).Time().Add(4 * time.Hour) }
		if x.Then[0] == '!' {
			return acting.Refuse(ctx, tx, "tiepdan", r.ID, x.Then[1:], "")
		}
		_, err = acting.TakeIn(ctx, tx, "tiepdan", r.ID, sending.Taking{Class: x.Then, Field: x.Field, Summary: x.Summary, Level: "commune", Key: "demo-sending:" + sendingKey(i)})
		return err
	})
}

// TestReceipts are numbers and codes of a few of the demo's sendings, so that anybody can follow them.
func TestReceipts(ctx context.Context, o *sending.Office) ([]sending.Receipt, error) {
	var out []sending.Receipt
	for _, i := range []int{0, 6, 7} {
		r, ok, err := o.Sent(ctx, sendingKey(i))
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, r)
		}
	}
	r, ok, err := o.SentSealed(ctx, sendingKey(99))
	if err == nil && ok {
		out = append(out, r)
	}
	return out, err
}
