package demo

import (
	"strings"

	"danvan/internal/dialogue"
)

// The communes of the demo promise different things: what happens to a promise is that of oaths, what it is about is told
// here for all communes but the demo's own.

// retold is what another commune promised in the place of an oath; its notes say what happened, in the order of the oath's.
type retold struct {
	issue, answer, promise, measure string
	total                           dialogue.Amount
	notes                           []string
}

// otherOaths are two more tellings of each oath.
var otherOaths = [][2]retold{
	{{"Ngầm tràn qua suối ngập mỗi khi mưa to, người đi chợ phải vòng xa", "Xã bố trí ống cống, thôn góp đá và ngày công.", "Làm cầu dân sinh dài 12 m qua suối", "m", 1200,
		[]string{"Đã xây xong hai mố cầu, thôn góp 52 ngày công", "Đã đặt dầm, đang đổ mặt cầu"}},
		{"Đường ra khu sản xuất dốc, xe chở gỗ keo không lên được", "Xã cho mượn máy, nhóm hộ góp dầu và nhân công.", "Hạ dốc, rải đá 900 m đường lâm sinh", "m", 90000,
			[]string{"Đã san gạt xong nền đoạn đầu", "Đã rải đá quá nửa tuyến"}}},
	{{"Nước sinh hoạt tự chảy chỉ đủ dùng nửa ngày", "Xã xin nguồn sửa đập đầu nguồn, thay ống.", "Thay 2.400 m ống dẫn nước sinh hoạt", "m", 240000,
		[]string{"Đã thay gần 900 m từ đầu nguồn về bể chia", "Chờ ống của đợt cấp thứ hai, nhà cung cấp hẹn cuối tháng"}},
		{"Hai xóm trên đồi chưa có nước sạch, phải gánh từ khe", "Xã đưa vào chương trình nước sạch năm nay.", "Xây 6 bể chứa nước cho hai xóm", "bể", 600,
			[]string{"Đã xây xong 2 bể, đang bắt ống", "Mưa kéo dài, đường lở chưa chở được cát lên"}}},
	{{"Ngã ba chợ đông xe giờ tan học, trẻ em qua đường nguy hiểm", "Xã giao công an xã và nhà trường làm ngay.", "Kẻ vạch, cắm 8 biển báo ở ngã ba chợ", "biển", 800,
		[]string{"Đã cắm đủ 8 biển, kẻ vạch xong", ""}},
		{"Trộm cắp vặt ở khu vườn quýt mùa thu hoạch", "Xã giúp thôn lập tổ tuần tra, mua đèn pin, còi.", "Lắp 10 camera an ninh ở các lối vào thôn", "camera", 1000,
			[]string{"Đã lắp đủ 10 camera, nối về nhà trưởng thôn", ""}}},
	{{"Bãi tập kết vỏ thuốc bảo vệ thực vật ở cạnh ruộng", "Xã đặt bể chứa, hợp đồng chở đi xử lý.", "Chuyển điểm chứa vỏ thuốc ra xa ruộng, có nắp đậy", "", 0,
		[]string{"Đã đặt bể có nắp ở vị trí mới, dọn sạch điểm cũ"}},
		{"Chuồng trại thả nước thải ra mương chung", "Xã nhắc nhở, hướng dẫn làm bể lắng.", "Vận động 9 hộ làm bể lắng, thông mương chung", "", 0,
			[]string{"Đã làm xong bể lắng ở cả 9 hộ, mương đã thông"}}},
	{{"Đập đầu mối rò nước, ruộng cuối kênh bị khô", "Sửa trước vụ mùa.", "Sửa đập, chống thấm 95 m kênh", "m", 9500,
		[]string{"Đã đào móng, đổ xong đoạn đầu", "Đã chống thấm hết tuyến"}},
		{"Đường điện kéo máy bơm hỏng, không bơm được lên đồng trên", "Xã thuê sửa trong quý.", "Làm lại 240 m đường dây cho trạm bơm", "m", 24000,
			[]string{"Đã dựng xong cột", "Đã kéo dây, chạy thử máy bơm"}}},
	{{"Sân điểm trường lầy lội khi mưa", "Đưa vào danh mục sửa chữa năm nay.", "Láng xi măng 300 m² sân điểm trường", "m²", 30000,
		[]string{"Chờ nghiệm thu nguồn xi măng hỗ trợ, đã có văn bản hẹn lại"}},
		{"Cổng và tường rào trạm y tế đổ sau bão", "Xã xin kinh phí khắc phục.", "Xây lại 60 m tường rào trạm y tế", "m", 6000,
			[]string{"Đơn vị thi công rút vì giá vật liệu tăng, đã chọn đơn vị khác"}}},
	{{"Phải chờ lâu ở bộ phận một cửa ngày phiên chợ", "Thêm người trực ngày phiên.", "Bố trí hai người trực một cửa vào ngày phiên chợ", "", 0,
		[]string{"Đã phân công hai người trực mỗi ngày phiên từ đầu tháng trước"}},
		{"Đi lại nhiều lần để xác nhận hộ khẩu, hoàn cảnh", "Trả kết quả ngay khi đủ giấy tờ.", "Xác nhận tại chỗ trong ngày, niêm yết giấy tờ cần có", "", 0,
			[]string{"Đã niêm yết tại bộ phận một cửa và nhà văn hóa các thôn"}}},
	{{"Người già khó đi xa để khám định kỳ", "Trạm y tế về thôn mỗi quý.", "Khám sức khỏe người cao tuổi tại nhà văn hóa thôn", "", 0, nil},
		{"Chưa có tủ thuốc ở thôn xa trung tâm", "Trạm y tế hướng dẫn, cấp cơ số thuốc.", "Đặt tủ thuốc tại ba thôn xa trung tâm", "", 0, nil}},
	{{"Xin mở thêm lối ra đường lớn cho xóm mới", "Xem xét cùng quy hoạch khu dân cư.", "Mở lối ra đường liên xã cho xóm mới", "", 0,
		[]string{"Vướng hành lang an toàn đường bộ, cơ quan quản lý đường không đồng ý"}},
		{"Đề nghị lập chợ phiên thứ hai trong tuần", "Xã lấy ý kiến các hộ kinh doanh.", "Tổ chức thử chợ phiên vào thứ Năm", "", 0,
			[]string{"Lấy ý kiến xong, phần đông hộ kinh doanh không đăng ký bán"}}},
}

// comingTopics are what sessions to come are about, by commune.
var comingTopics = []string{"Đối thoại với nhân dân về đất đai, sắp xếp dân cư", "Đối thoại với nhân dân về giải phóng mặt bằng đường liên xã", "Đối thoại với nông dân về tiêu thụ nông sản, dịch bệnh vật nuôi",
	"", "Đối thoại với nhân dân về nước sạch và thu gom rác", "Đối thoại với phụ nữ, thanh niên về việc làm, vay vốn", "Đối thoại với nhân dân về giao khoán, bảo vệ rừng", ""}

// told is an oath as the n-th commune made it: the demo's own says it as it stands.
func (o sworn) told(i, n int) sworn {
	o.village = ownVillage(o.village, n, i)
	if n == 0 || n%3 == 0 {
		return o
	}
	x := otherOaths[i][n%3-1]
	notes := make([]told, len(o.notes))
	for j, t := range o.notes {
		if t.act != dialogue.ActConfirm && t.act != dialogue.ActDispute {
			t.text = x.notes[j]
		} else {
			t.text = o.village
		}
		if t.amount > 0 && x.total > 0 {
			t.amount = t.amount * x.total / o.total / 100 * 100
		}
		notes[j] = t
	}
	o.issue, o.answer, o.promise, o.measure, o.total, o.notes = x.issue, x.answer, x.promise, x.measure, x.total, notes
	return o
}

// ownVillage is a village of the n-th commune in the place of one of the first.
func ownVillage(first string, n, i int) string {
	if n == 0 {
		return first
	}
	return village(n, i)
}

// hall is the village in whose house a session is held, as it stands within a sentence.
func hall(n, i int) string {
	return strings.Replace(ownVillage("Thôn Nà Khưa", n, i), "Thôn", "thôn", 1)
}
