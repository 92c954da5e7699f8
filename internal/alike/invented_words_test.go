package alike

// The words of the invented letters. Nobody in them is real. {x} are details of a matter (what, who, where, since
// when); each sentence is said in several ways, and a letter takes one of them by chance, so that two letters of one
// matter seldom have a sentence in common but by copying.

type topic struct {
	name      string
	land      bool // about a piece of land
	project   bool // a decision for a whole project stands behind it
	title     []string
	sentences [][]string // what may be said; each in several ways
	requests  []string
	things    []string // {thing}
}

var topics = []topic{
	{name: "boundary", land: true,
		title: []string{"V/v lấn chiếm đất", "Về việc tranh chấp ranh giới thửa đất", "V/v đề nghị giải quyết tranh chấp đất đai"},
		sentences: [][]string{
			{"Gia đình tôi sử dụng {parcel} tại {hamlet} từ năm {year} đến nay, không có tranh chấp với ai.", "Từ {year} nhà tôi đã canh tác ổn định trên {parcel}, {hamlet}.", "Bố mẹ tôi để lại cho tôi mảnh đất {area} mét vuông ở {hamlet}, là {parcel}.", "Tôi là chủ sử dụng hợp pháp của {parcel}, diện tích {area} m2, đã được cấp giấy năm {year}."},
			{"Khoảng tháng {month} vừa qua, {respondent} tự ý {thing} lấn sang đất nhà tôi {length} mét.", "{respondent} ở giáp ranh đã {thing}, chiếm mất của gia đình tôi chiều ngang chừng {length} m.", "Lợi dụng lúc tôi đi vắng, {respondent} cho người đến {thing} trên phần đất của tôi.", "Nhà bên cạnh là {respondent} {thing} vượt mốc cũ {length} mét về phía đất tôi."},
			{"Mốc giới cũ là {mark} trồng từ thời ông bà để lại nay đã bị phá.", "Hai nhà trước nay lấy {mark} làm ranh, nay không còn.", "{mark} vốn là ranh giới giữa hai thửa đã bị {respondent} san đi.", "Ai trong xóm cũng biết {mark} là mốc chia đôi hai bên."},
			{"Cán bộ địa chính đã đo lại ngày {day} nhưng không lập biên bản.", "Ngày {day}, xã có cử người xuống đo song kết quả không khớp với sổ.", "Việc đo đạc hôm {day} làm qua loa, tôi không đồng ý ký.", "Tôi đã mời trưởng thôn chứng kiến ngày {day} mà hai bên không thống nhất được."},
			{"Cây cối, hoa màu trên phần đất bị lấn thiệt hại chừng {money} đồng.", "Tôi ước tính thiệt hại khoảng {money} đồng.", "Họ còn chặt phá cây trồng trị giá {money} đồng của tôi.", "Thiệt hại của gia đình vào khoảng {money} đồng, chưa ai bồi thường."},
		},
		requests: []string{"Đề nghị trả lại nguyên trạng phần đất bị lấn.", "Tôi yêu cầu xác định lại mốc giới và buộc tháo dỡ.", "Mong cấp trên cho đo đạc lại, trả đất cho gia đình tôi.", "Đề nghị lập biên bản và xử lý hành vi lấn chiếm."},
		things:   []string{"xây tường rào gạch", "đào móng làm nhà bếp", "dựng chuồng trâu", "kéo hàng rào thép gai", "trồng keo", "đổ đất làm sân phơi", "đào ao thả cá", "xây bể nước", "dựng xưởng mộc"}},
	{name: "certificate", land: true,
		title: []string{"V/v chậm cấp giấy chứng nhận", "Về việc cấp sổ đỏ sai diện tích", "V/v cấp giấy chứng nhận quyền sử dụng đất"},
		sentences: [][]string{
			{"Tôi nộp hồ sơ xin cấp giấy chứng nhận cho {parcel} từ ngày {day}.", "Hồ sơ đề nghị cấp sổ đỏ đối với {parcel} của gia đình tôi nộp hôm {day} tại bộ phận một cửa.", "Ngày {day} tôi đã làm thủ tục cấp giấy cho {parcel}, {hamlet}.", "Gia đình tôi xin cấp sổ cho {parcel} có diện tích {area} m2."},
			{"Theo phiếu hẹn thì {length} tuần sau trả kết quả nhưng đến nay không ai trả lời.", "Đã quá hẹn nhiều tháng vẫn chưa có sổ.", "Tôi đi lại {length} lần đều được bảo chờ thêm.", "Mỗi lần hỏi, {respondent} lại đưa ra một lý do khác."},
			{"Diện tích thực tế là {area} mét vuông nhưng trích lục ghi thiếu.", "Bản đồ đo vẽ ghi sai diện tích so với {area} m2 gia đình tôi đang dùng.", "So với giấy cấp năm {year} thì nay hụt so với {area} m2 ban đầu.", "Sổ cũ cấp năm {year} ghi {area} m2, nay đo lại thì khác."},
			{"Phần đất có {thing} bị ghi nhầm sang tên hộ khác.", "Chỗ {thing} của nhà tôi nay lại nằm trong sổ người khác.", "{respondent} đã ký xác nhận nguồn gốc sai đối với phần có {thing}.", "Khi lập hồ sơ, phần {thing} không được tính vào đất của tôi."},
			{"Tôi đã nộp đủ {money} đồng tiền sử dụng đất theo thông báo.", "Nghĩa vụ tài chính {money} đồng gia đình đã hoàn thành.", "Cán bộ yêu cầu nộp thêm {money} đồng mà không nói căn cứ.", "Tiền {money} đồng tôi đã nộp có biên lai."},
		},
		requests: []string{"Đề nghị cấp giấy chứng nhận đúng hạn, đúng diện tích.", "Tôi yêu cầu trả lời bằng văn bản lý do chưa cấp.", "Đề nghị đính chính lại sổ cho đúng hiện trạng.", "Mong được cấp sổ đỏ để yên tâm làm ăn."},
		things:   []string{"vườn chè", "ao cũ", "lối đi sau nhà", "nhà ngang", "vườn vải", "bãi bồi ven suối", "ruộng bậc thang", "nền nhà cũ"}},
	{name: "compensation", land: true, project: true,
		title: []string{"V/v bồi thường thu hồi đất", "Về giá đất đền bù dự án {project}", "V/v phương án bồi thường, hỗ trợ, tái định cư"},
		sentences: [][]string{
			{"Nhà nước thu hồi {area} m2 thuộc {parcel} của gia đình tôi để làm dự án {project}.", "Dự án {project} lấy vào đất nhà tôi {area} mét vuông, là {parcel}.", "Gia đình tôi có {parcel} nằm trong phạm vi giải phóng mặt bằng dự án {project}.", "Tôi nhận quyết định thu hồi {parcel} phục vụ {project}."},
			{"Phương án bồi thường kèm theo Quyết định số {decision} tính giá quá thấp so với thị trường.", "Tôi không đồng ý với Quyết định số {decision} vì áp giá không đúng loại đất.", "Căn cứ Quyết định {decision} thì đất của tôi chỉ được tính là đất trồng cây lâu năm.", "Mức giá theo Quyết định {decision} là chưa thỏa đáng."},
			{"{thing} trên đất không được kiểm đếm.", "Hội đồng kiểm kê bỏ sót {thing} của nhà tôi.", "Biên bản kiểm đếm ngày {day} không ghi {thing}.", "Tài sản gồm {thing} không được tính bồi thường."},
			{"Tổng số tiền gia đình được nhận chỉ {money} đồng.", "Số tiền {money} đồng không đủ mua đất chỗ khác.", "Họ tính cho tôi {money} đồng, trong khi hộ liền kề được cao hơn.", "Với {money} đồng gia đình tôi không thể ổn định cuộc sống."},
			{"Cả nhà {length} khẩu không còn chỗ ở nào khác.", "Gia đình có {length} nhân khẩu sống nhờ mảnh đất này từ năm {year}.", "Tôi ở đây từ {year}, nay phải di dời mà chưa được giao đất tái định cư.", "Khu tái định cư chưa có điện nước, nhà tôi {length} người không biết ở đâu."},
		},
		requests: []string{"Đề nghị tính lại giá bồi thường cho đúng loại đất.", "Yêu cầu kiểm đếm bổ sung và bố trí tái định cư.", "Đề nghị hủy phương án cũ, lập phương án mới.", "Mong được bồi thường thỏa đáng trước khi bàn giao mặt bằng."},
		things:   []string{"giếng khoan và sân gạch", "chuồng lợn 60 m2", "120 gốc bưởi", "nhà cấp bốn cũ", "hàng rào và cổng sắt", "vườn chè 15 năm tuổi", "ao cá và máy sục", "mộ tổ của dòng họ"}},
	{name: "pollution",
		title: []string{"V/v ô nhiễm môi trường", "Phản ánh cơ sở gây mùi hôi, tiếng ồn", "Về việc xả thải"},
		sentences: [][]string{
			{"Cơ sở {thing} của {respondent} tại {hamlet} hoạt động từ năm {year} gây ô nhiễm nặng.", "{respondent} mở {thing} ngay giữa khu dân cư {hamlet}.", "Từ {year} đến nay bà con {hamlet} khổ vì {thing} của {respondent}.", "Tại {hamlet} có {thing} do {respondent} làm chủ, xả thải ngày đêm."},
			{"Nước thải chảy thẳng ra {mark}, bốc mùi hôi thối.", "Hằng đêm họ xả ra {mark}, cá chết nổi trắng.", "Dân dùng nước ở {mark} nay không dùng được nữa.", "Chất thải chưa xử lý đổ ra {mark}."},
			{"Khoảng cách đến nhà dân gần nhất chỉ {area} mét.", "Nhà tôi cách đó chừng {area} m, phải đóng cửa cả ngày.", "Trong bán kính {area} mét có trường mầm non.", "Khói và bụi bay xa tới {area} m."},
			{"Đoàn kiểm tra ngày {day} có đến nhưng báo trước nên họ tạm ngừng.", "Ngày {day} xã lập biên bản song không xử phạt.", "Sau lần kiểm tra hôm {day}, đâu lại vào đấy.", "Bà con đã gặp chủ cơ sở ngày {day}, họ hứa mà không làm."},
			{"Đã có {length} người trong xóm phải đi khám vì viêm họng.", "{length} hộ quanh đó đều bị ảnh hưởng.", "Nhà nào cũng có người ho, riêng nhà tôi {length} người.", "Trẻ con ốm liên miên, {length} cháu phải nghỉ học."},
		},
		requests: []string{"Đề nghị đình chỉ hoạt động và di dời khỏi khu dân cư.", "Yêu cầu lấy mẫu nước, công khai kết quả.", "Đề nghị xử phạt và buộc khắc phục.", "Mong đoàn liên ngành kiểm tra đột xuất."},
		things:   []string{"trại lợn 600 con", "xưởng tái chế nhựa", "lò gạch thủ công", "trạm trộn bê tông", "xưởng bóc gỗ", "cơ sở giết mổ", "quán karaoke", "bãi rửa cát", "lò sấy chè"}},
	{name: "path", land: true,
		title: []string{"V/v rào lối đi chung", "Về việc chặn đường dân sinh", "V/v mở lại ngõ đi"},
		sentences: [][]string{
			{"Lối đi chung qua {parcel} ở {hamlet} có từ năm {year} nay bị rào lại.", "Từ {year}, {length} hộ chúng tôi đi nhờ con ngõ cạnh {parcel}.", "Con đường dân sinh giáp {parcel} tại {hamlet} bị chặn không ai đi được.", "Ngõ rộng {length} mét cạnh {parcel} vốn là đường của cả xóm."},
			{"{respondent} đã {thing} chặn ngang lối đi.", "Hôm {day}, {respondent} ngang nhiên {thing}.", "Người rào đường là {respondent}, dùng cách {thing}.", "Từ ngày {day} {respondent} {thing} không cho ai qua."},
			{"Xe cứu thương, xe máy đều không vào được.", "Người già, trẻ nhỏ phải đi vòng {area} mét.", "Muốn ra đường cái phải vòng qua đồi chừng {area} m.", "Học sinh phải trèo qua bờ ruộng dài {area} mét mới tới lớp."},
			{"Trên bản đồ năm {year} vẫn thể hiện lối đi này bên {mark}.", "Cạnh {mark} còn dấu cột mốc của lối đi.", "Các cụ cao niên xác nhận lối đi chạy dọc {mark}.", "Lối cũ men theo {mark}, ai cũng biết."},
			{"Hòa giải ở thôn {length} lần không thành.", "Thôn đã họp ngày {day} nhưng bên kia không chịu.", "Tổ hòa giải vận động {length} buổi đều thất bại.", "Sau buổi họp ngày {day} họ còn đe dọa chúng tôi."},
		},
		requests: []string{"Đề nghị tháo dỡ vật cản, mở lại lối đi.", "Yêu cầu trả lại đường cho dân.", "Đề nghị xác định lối đi trên bản đồ địa chính.", "Mong xã can thiệp ngay vì mùa mưa tới gần."},
		things:   []string{"đổ đá hộc", "xây trụ cổng sắt", "trồng chuối bịt ngõ", "đào rãnh sâu", "căng dây thép", "đỗ xe tải", "dựng lán củi"}},
	{name: "policy",
		title: []string{"V/v chế độ người có công", "Về việc xét hộ nghèo", "V/v hỗ trợ xóa nhà tạm"},
		sentences: [][]string{
			{"Gia đình tôi làm hồ sơ hưởng {thing} từ năm {year} mà chưa được xét.", "Hồ sơ đề nghị {thing} nộp ngày {day} đến nay bặt tin.", "Năm {year} tôi đã kê khai để được {thing}.", "Tôi thuộc diện được hưởng {thing} nhưng bị gạt ra."},
			{"Cuộc họp bình xét ở {hamlet} hôm {day} không mời gia đình tôi.", "{respondent} tự lập danh sách, không họp dân {hamlet}.", "Danh sách do {respondent} lập không niêm yết.", "Ngày {day} thôn họp kín rồi gửi danh sách lên xã."},
			{"Nhà có {length} khẩu, thu nhập mỗi tháng chưa đến {money} đồng.", "Cả nhà {length} người trông vào {area} m2 ruộng.", "Chúng tôi chỉ có căn nhà dột {area} mét vuông.", "Tiền thuốc mỗi đợt đã {money} đồng."},
			{"Trong khi đó có hộ khá giả, có ô tô vẫn được hưởng.", "Người có nhà {length} tầng lại nằm trong danh sách.", "Họ hàng của {respondent} đều được xét.", "Có trường hợp khai khống để hưởng {money} đồng."},
			{"Giấy tờ gốc thất lạc năm {year}, chỉ còn người làm chứng.", "Hồ sơ bị trả lại theo Thông báo số {decision} vì thiếu một giấy.", "Thông báo {decision} trả lời không đúng nội dung tôi hỏi.", "Tôi nhận được văn bản số {decision} từ chối mà không nêu căn cứ."},
		},
		requests: []string{"Đề nghị xét lại hồ sơ của tôi.", "Yêu cầu công khai danh sách và họp bình xét lại.", "Đề nghị xác minh, trả lại chế độ.", "Mong được hướng dẫn bổ sung giấy tờ."},
		things:   []string{"trợ cấp thương binh", "chế độ nhiễm chất độc hóa học", "hỗ trợ xóa nhà tạm", "trợ cấp thanh niên xung phong", "sổ hộ nghèo", "trợ cấp người khuyết tật", "tiền hỗ trợ lúa bị lũ"}},
	{name: "building",
		title: []string{"V/v xây dựng không phép", "Về việc xây nhà làm nứt nhà liền kề", "V/v công trình vi phạm"},
		sentences: [][]string{
			{"{respondent} xây {thing} tại {hamlet} không có giấy phép.", "Công trình {thing} của {respondent} ở {hamlet} thi công từ ngày {day}.", "Ngay sát nhà tôi, {respondent} khởi công {thing} hôm {day}.", "Tại {hamlet}, {respondent} tự ý cơi nới {thing}."},
			{"Tường nhà tôi nứt {length} chỗ, trần thấm nước.", "Từ khi họ ép cọc, nhà tôi nghiêng và nứt {length} vết.", "Móng nhà tôi lún, cửa không đóng được.", "Mái nhà tôi bị vật liệu rơi thủng {length} chỗ."},
			{"Chi phí sửa chữa dự tính {money} đồng.", "Thợ báo giá sửa mất {money} đồng.", "Họ chỉ chịu đền một phần của {money} đồng.", "Tôi yêu cầu bồi thường {money} đồng."},
			{"Biên bản vi phạm lập ngày {day} nhưng họ vẫn làm tiếp.", "Quyết định đình chỉ số {decision} không được chấp hành.", "Xã đã ra văn bản {decision} mà công trình vẫn lên tầng.", "Sau khi bị nhắc nhở hôm {day}, họ thi công ban đêm."},
			{"Ban công lấn ra {mark} chừng {length} mét.", "Họ lấp cả {mark} để mở rộng nền.", "Phần móng chờm lên {mark}.", "Vật liệu đổ kín {mark}, xe không đi được."},
		},
		requests: []string{"Đề nghị đình chỉ và cưỡng chế phần vi phạm.", "Yêu cầu giám định nguyên nhân và bồi thường.", "Đề nghị kiểm tra giấy phép xây dựng.", "Mong xử lý trước khi công trình hoàn thành."},
		things:   []string{"nhà ba tầng", "nhà xưởng khung thép", "tầng hầm để xe", "nhà trọ 12 phòng", "nhà nuôi yến", "bờ kè lấn suối", "quán ăn trên đất lúa"}},
	{name: "school",
		title: []string{"V/v các khoản thu đầu năm", "Phản ánh thu chi tại trường học", "Về việc lạm thu"},
		sentences: [][]string{
			{"Trường do {respondent} phụ trách thu mỗi cháu {money} đồng tiền {thing}.", "Đầu năm học, phụ huynh phải nộp {money} đồng cho {thing}.", "Khoản {thing} {money} đồng được nói là tự nguyện nhưng ai cũng phải đóng.", "{respondent} yêu cầu đóng {thing}, không có biên lai."},
			{"Buổi họp phụ huynh ngày {day} không ai được phát biểu.", "Họp hôm {day} chỉ phát giấy bắt ký.", "Biên bản họp ngày {day} ghi toàn thể đồng ý là không đúng.", "Ngày {day} ban đại diện tự quyết mức thu."},
			{"Lớp có {length} cháu thuộc hộ nghèo cũng phải nộp.", "{length} phụ huynh không đồng ý thì con bị nêu tên.", "Cháu nào chưa nộp bị nhắc trước lớp, có {length} cháu như vậy.", "Nhà tôi có {length} con đi học nên rất khó khăn."},
			{"Số tiền thu từ năm {year} chưa một lần công khai.", "Từ {year} tới nay không ai thấy quyết toán.", "Tiền thu năm {year} mua gì không rõ.", "Sổ quỹ từ {year} không ai được xem."},
		},
		requests: []string{"Đề nghị trả lại tiền thu sai.", "Yêu cầu công khai thu chi.", "Đề nghị thanh tra các khoản thu.", "Mong chấn chỉnh việc thu tiền."},
		things:   []string{"lắp điều hòa", "bảng thông minh", "đồng phục thể thao", "quỹ khuyến học", "sửa nhà vệ sinh", "nước uống và vệ sinh", "mua rèm cửa"}},
	{name: "inheritance", land: true,
		title: []string{"V/v chia thừa kế đất", "Về việc sang tên đất của bố mẹ để lại", "V/v tranh chấp đất thừa kế"},
		sentences: [][]string{
			{"Bố mẹ tôi mất năm {year} để lại {parcel} tại {hamlet}, không có di chúc.", "{parcel} là của cha mẹ chúng tôi khai phá, cụ mất năm {year}.", "Di sản là {parcel}, diện tích {area} m2, chưa chia.", "Nhà đất của bố mẹ tôi ở {hamlet} gồm {parcel}, rộng {area} mét vuông."},
			{"{respondent} tự làm thủ tục sang tên mà anh em không biết.", "Năm {year}, {respondent} lừa bố tôi ký giấy tặng cho.", "{respondent} khai là con duy nhất để đứng tên.", "Giấy tặng cho mà {respondent} đưa ra có chữ ký không phải của mẹ tôi."},
			{"Xã chứng thực ngày {day} khi không có mặt các đồng thừa kế.", "Việc chứng thực hôm {day} không đúng trình tự.", "Ngày {day} chúng tôi mới biết đất đã sang tên.", "Văn bản phân chia lập ngày {day} thiếu chữ ký của {length} người."},
			{"Nhà có {length} anh chị em đều còn sống.", "Chúng tôi gồm {length} người con, ai cũng có phần.", "Cả {length} anh em đã họp gia đình không xong.", "Trong {length} người con, tôi là người ở cùng bố mẹ."},
			{"Nay họ định bán phần đất có {thing} với giá {money} đồng.", "Họ đã nhận cọc {money} đồng của người mua phần có {thing}.", "Phần có {thing} đang được rao bán.", "{thing} bị họ phá đi để bán đất."},
		},
		requests: []string{"Đề nghị dừng việc sang tên, mua bán.", "Yêu cầu hủy giấy đã cấp sai.", "Đề nghị hòa giải, chia theo pháp luật.", "Mong xác minh lại hồ sơ chứng thực."},
		things:   []string{"nhà thờ họ", "vườn bưởi", "giếng cổ", "nhà sàn cũ", "nương chè", "khu mộ"}},
	{name: "water",
		title: []string{"V/v mương nước tưới", "Về việc lấp mương", "Phản ánh công trình thủy lợi"},
		sentences: [][]string{
			{"Tuyến mương qua {hamlet} bị {respondent} {thing} từ ngày {day}.", "{respondent} đã {thing} làm tắc mương tưới của {hamlet}.", "Hôm {day}, mương chính ở {hamlet} bị {thing}.", "Từ tháng {month}, {respondent} {thing} khiến nước không về ruộng."},
			{"{area} m2 lúa của dân bị khô hạn.", "Vụ này {length} hộ mất trắng vì không có nước.", "Ruộng nhà tôi và {length} nhà khác nứt nẻ.", "Cả cánh đồng rộng {area} mét vuông bỏ hoang."},
			{"Kinh phí nạo vét {money} đồng không rõ chi vào đâu.", "Dân đã góp {money} đồng sửa mương mà không thấy làm.", "Dự toán sửa chữa {money} đồng duyệt từ năm {year}.", "Tiền thủy lợi thu {money} đồng mỗi vụ."},
			{"Cống bên {mark} hỏng từ năm {year}.", "Đoạn gần {mark} sạt lở nhiều chỗ.", "Đập cạnh {mark} rò nước.", "Tại {mark} bùn đất bồi đầy."},
		},
		requests: []string{"Đề nghị khơi thông mương trước vụ mới.", "Yêu cầu công khai kinh phí nạo vét.", "Đề nghị sửa cống, khôi phục dòng chảy.", "Mong xã bố trí bơm tạm cho dân."},
		things:   []string{"lấp một đoạn", "xây cống bé lại", "đắp bờ ngăn dòng", "đổ phế thải xuống", "làm đường đè lên", "đào ao chặn nước"}},
}

var (
	openings = []string{"Tôi viết đơn này trình bày sự việc như sau.", "Tôi xin trình bày với quý cơ quan một việc như sau:", "Nay tôi làm đơn này phản ánh sự việc dưới đây.", "Tôi xin kiến nghị nội dung sau:"}
	fillers  = []string{
		"Sự việc kéo dài làm gia đình tôi rất bức xúc.", "Tôi đã nhiều lần gửi đơn nhưng chưa được giải quyết dứt điểm.", "Việc làm trên gây ảnh hưởng nghiêm trọng đến đời sống của chúng tôi.",
		"Theo Luật Đất đai số 31/2024/QH15 thì việc làm đó là trái quy định.", "Tôi là nông dân, trình độ có hạn, mong được hướng dẫn.", "Cán bộ xã có xuống xem nhưng không trả lời bằng văn bản.",
		"Tôi đã đến trụ sở tiếp công dân mà không gặp được lãnh đạo.", "Tình làng nghĩa xóm vì thế mà sứt mẻ.", "Rất nhiều bà con có thể làm chứng cho lời tôi nói.",
		"Nếu không giải quyết sớm, hậu quả sẽ khó lường.", "Tôi tin tưởng vào sự công tâm của các cấp lãnh đạo.", "Căn cứ Luật Khiếu nại, tôi có quyền khiếu nại quyết định hành chính này.",
		"Kèm theo đơn là bản sao giấy tờ có liên quan và ảnh chụp hiện trạng.", "Trước đây việc này đã được tổ hòa giải xem xét.", "Gia đình tôi luôn chấp hành tốt chủ trương của Đảng, pháp luật của Nhà nước.",
		"Việc xảy ra từ lâu, chính quyền biết mà không xử lý.", "Chúng tôi đề nghị làm rõ trách nhiệm của người có liên quan.", "Tôi sẵn sàng đối chất khi cơ quan mời.",
	}
	closings = []string{"Tôi xin chân thành cảm ơn!", "Tôi xin cam đoan những nội dung trên là đúng sự thật, nếu sai tôi xin chịu trách nhiệm trước pháp luật.", "Kính mong quý cơ quan xem xét giải quyết.", "Xin trân trọng cảm ơn."}
	marks    = []string{"bờ tre", "hàng râm bụt", "cây mít cổ thụ", "con suối nhỏ", "mương nội đồng", "gốc đa đầu xóm", "cột mốc bê tông", "bờ ruộng", "rãnh thoát nước", "đường liên thôn", "giếng làng", "nhà văn hóa", "cầu tre", "miếu thổ công", "hàng cau", "trạm biến áp"}
	hamlets  = []string{"thôn Nà Lẹng", "thôn Bản Mới", "xóm Đồng Tâm", "tổ 5", "tổ 12", "xóm Ao Sen", "thôn Khuổi Nhàn", "xóm Cây Thị", "thôn Phiêng An", "xóm Gò Chè", "tổ dân phố 3", "thôn Nà Pán", "xóm Suối Găng", "thôn Làng Chè"}
	projects = []string{"đường vành đai", "khu dân cư số 4", "cụm công nghiệp Tân Tiến", "hồ chứa nước Khuổi Dú", "cao tốc đoạn qua xã", "khu tái định cư Đồng Vầu"}
	families = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Nông", "Lường", "Ma", "Hà", "Dương", "Vi", "Triệu", "Bế", "Lý", "Đặng", "Ngô"}
	middles  = []string{"Văn", "Thị", "Đức", "Minh", "Xuân", "Hữu", "Ngọc", "Quang", "Thanh", "Hồng"}
	givens   = []string{"An", "Bình", "Chiến", "Dung", "Giang", "Hải", "Hạnh", "Hòa", "Hùng", "Khánh", "Lan", "Loan", "Long", "Mai", "Nam", "Nga", "Phúc", "Quyết", "Sơn", "Tâm", "Thắng", "Thủy", "Toàn", "Tuấn", "Vân", "Vinh", "Xuyến", "Yên"}
	offices  = []string{"Chủ tịch UBND tỉnh", "Ủy ban nhân dân xã", "Ban Tiếp công dân tỉnh", "Thanh tra tỉnh", "Sở Nông nghiệp và Môi trường", "Hội đồng nhân dân tỉnh", "Đoàn đại biểu Quốc hội", "Công an xã", "Trưởng phòng Kinh tế"}
)
