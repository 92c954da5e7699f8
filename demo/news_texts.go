package demo

// story is an invented article. {xa} stands for the commune's name, {thon} for a village's.
type story struct {
	Commune int    // by its turn in the list of communes, -1 for the province's own
	Back    int    // days before the demo's day
	Sort    string // article_types
	Theme   string
	Title   string
	Summary string
	Body    string
	Scene   string // a drawing, empty for none
	At      stage
	Reads   int    // of the last days
	Note    string // a correction, empty for none
	State   string // what becomes of it instead of being published: draft, review, returned
}

// newsStories are a year's news of the demo.
var newsStories = []story{
	{0, 1, "news", "democracy", "{thon} họp bàn mức góp làm đường trong một buổi tối", "Có 46 hộ, 44 hộ đồng ý; ai vắng được đến nhà hỏi. Biên bản treo ở nhà văn hóa.", "Tối thứ Bảy, {thon}, {xa} họp bàn mức đóng góp làm 620 m đường nội thôn. Trưởng thôn đọc dự toán từng dòng, nói rõ phần nhà nước hỗ trợ xi măng, phần dân góp.\n\n## Hỏi nhiều nhất là tiền\n\nBà con hỏi vì sao cát tính giá cao hơn năm ngoái, hộ neo người có phải góp ngày công không. Cuộc họp thống nhất:\n\n- hộ nghèo, hộ neo người không phải góp tiền;\n- ngày công đổi được giữa các hộ, không quy ra tiền;\n- cứ hai tuần tổ giám sát đọc thu chi một lần.\n\n![Đoạn đường sẽ làm](anh:1)\n\nBiên bản và dự toán treo ở nhà văn hóa 30 ngày, có ở trang [Bàn và quyết định](/cong/ban-bac).", "road", before, 214, "", ""},
	{-1, 3, "article", "skilled", "“Dân vận khéo” không đếm bằng số mô hình", "Rà lại các mô hình đã đăng ký: mô hình nào còn việc, mô hình nào chỉ còn tên.", "Đợt rà soát tháng này đi theo một câu hỏi: **mô hình ấy đang giúp được việc gì**. Nơi còn việc thì ghi minh chứng gần nhất; nơi đã dừng thì ghi rõ dừng từ bao giờ, vì sao.\n\n## Ba điều rút ra\n\n1. Mô hình sống được nhờ có người trong thôn đứng ra, không nhờ hồ sơ đẹp.\n2. Việc nhỏ làm đều hơn việc lớn làm một lần.\n3. Dừng một mô hình đã xong việc không phải là khuyết điểm.\n\n> Việc của dân thì dân biết còn hay không, mình hỏi là ra.\n\nKết quả rà soát đưa lên trang Mô hình, kèm ngày có minh chứng gần nhất.", "culture_house", after, 187, "", ""},
	{1, 5, "dialogue_notice", "democracy", "Mời bà con {xa} dự đối thoại với lãnh đạo xã", "Nội dung: nước sạch mùa khô và đường vào khu sản xuất. Ai bận gửi câu hỏi trước.", "Ủy ban nhân dân {xa} mời bà con dự đối thoại tại nhà văn hóa trung tâm. Bà con quan tâm hai việc: nước sạch mùa khô và đường vào khu sản xuất.\n\nAi không đến được thì gửi câu hỏi ở mục [Gửi](/cong/gui), hoặc nhờ trưởng thôn gửi hộ. Câu trả lời và điều đã hứa sẽ có ở trang [Cam kết](/cong/cam-ket).", "", "", 96, "", ""},
	{2, 7, "news", "front_unions", "Ngày hội Đại đoàn kết ở {thon}: nói chuyện cái được, cái chưa được", "Không đọc báo cáo dài; từng tổ kể một việc đã làm và một việc còn nợ.", "Ngày hội năm nay ở {thon}, {xa} bỏ phần đọc báo cáo. Mỗi tổ liên gia kể một việc đã làm được và một việc còn nợ bà con.\n\nViệc còn nợ nhiều nhất là rác ở bãi đầu suối. Thôn nhận dọn trước tháng 12, phân công ngay tại chỗ, ai nhận việc gì ghi lên bảng.\n\n![Sân nhà văn hóa, nơi họp](anh:1)", "culture_house", after, 143, "", ""},
	{3, 9, "news", "new_rural", "{xa} nghiệm thu tuyến mương sau bốn tháng", "Nhân dân góp đất và ngày công; nước về đến ruộng cuối nguồn.", "Tuyến mương ở {thon} được nghiệm thu sau bốn tháng. Bà con hiến đất hai bên bờ, góp ngày công đào và đổ bê tông.\n\n## Thu chi treo ở đâu\n\nTừng lần nhận, từng lần dùng có ở trang [Đóng góp](/cong/dong-gop): đất, ngày công, tiền, hiện vật, còn lại bao nhiêu.\n\n![Nước về mương](anh:1)", "canal", after, 121, "Sửa thời gian thi công: bốn tháng, không phải ba tháng.", ""},
	{4, 12, "news", "reform", "Một cửa {xa} thử nhận hồ sơ lưu động ở thôn xa", "Mỗi tháng hai buổi; tháng đầu nhận 31 hồ sơ, phần nhiều của người già.", "Từ tháng này, bộ phận một cửa {xa} xuống {thon} mỗi tháng hai buổi. Tháng đầu nhận 31 hồ sơ, phần nhiều là chứng thực và bảo trợ xã hội của người già, người đi lại khó.\n\nHồ sơ nộp ở thôn được hẹn ngày trả như nộp ở xã. Giấy hẹn ghi rõ ai nhận, ai trả.", "", "", 78, "", ""},
	{5, 15, "news", "democracy", "Ban giám sát cộng đồng {xa} phát hiện chênh 2 m³ cát", "Đơn vị thi công bù đủ trong ba ngày; biên bản công khai.", "Đối chiếu phiếu nhập với khối lượng tại chỗ, ban giám sát đầu tư của cộng đồng {xa} thấy thiếu 2 m³ cát ở đợt đổ thứ hai. Ban lập biên bản, mời đơn vị thi công và thôn cùng đo lại.\n\nSau ba ngày, đơn vị thi công chở bù đủ. Biên bản, kiến nghị, trả lời và kết quả có ở trang [Giám sát](/cong/giam-sat).", "road", during, 164, "", ""},
	{-1, 18, "article", "reception", "Trả lời dân: ngắn, đúng việc, nói rõ bao giờ xong", "Kinh nghiệm đọc lại 200 câu trả lời để sửa cách viết.", "Tổ công tác đọc lại 200 câu trả lời phản ánh, kiến nghị đã gửi. Câu trả lời khiến dân hỏi lại nhiều nhất là câu chỉ nói “đã chuyển cơ quan có thẩm quyền”.\n\n## Bốn câu phải có\n\n- Việc của bà con là gì, chúng tôi hiểu thế nào.\n- Ai làm, tên cơ quan, số điện thoại.\n- Bao giờ xong; chậm thì vì sao.\n- Không đồng ý thì làm gì tiếp.\n\nTừ tháng tới, câu trả lời thiếu một trong bốn điều này được trả về để viết lại.", "", "", 205, "", ""},
	{6, 22, "news", "front_unions", "Phụ nữ {thon} đổi công thu lúa cho hộ neo người", "Ba tổ, mỗi tổ bảy người, làm xong mười một nhà trong bốn ngày.", "Vụ này {thon}, {xa} có mười một hộ neo người, người đi làm xa chưa kịp về. Chi hội phụ nữ chia ba tổ đổi công, mỗi tổ bảy người, bốn ngày thì xong.\n\nChi hội không nhận tiền. Nhà nào muốn trả thì trả bằng một buổi công ở vụ sau.", "", "", 88, "", ""},
	{7, 26, "news", "law", "{xa} mở buổi hỏi đáp pháp luật ở chợ phiên", "Hỏi nhiều về tách thửa, hôn nhân và vay mượn; trả lời tại chỗ 19 câu.", "Chợ phiên chủ nhật, tổ tư pháp {xa} kê hai bàn ở cổng chợ. Bà con hỏi nhiều về tách thửa cho con, thủ tục kết hôn và giấy vay mượn.\n\nTổ trả lời tại chỗ 19 câu, hẹn trả lời 4 câu. Bốn câu ấy đã được trả lời bằng giấy.", "", "", 66, "", ""},
	{8, 31, "photo", "new_rural", "Ảnh: đường {thon} trước và sau", "Đoạn đầu dốc trước khi làm, và bây giờ ra sao.", "Cùng một đoạn đầu dốc ở {thon}, {xa}, trước khi làm:\n\n![Trước khi làm](anh:1)\n\nNăm tháng sau, đoạn này rộng 3,5 m, có rãnh thoát nước.", "road", before, 119, "", ""},
	{9, 38, "news", "mobilisation", "{xa} lập tổ đón người về từ vùng sạt lở", "Tổ ở nhà văn hóa, có chỗ ngủ, nước nóng và người trực đêm.", "Mưa lớn hai ngày làm sạt taluy ở {thon}. {xa} mở nhà văn hóa đón mười bốn hộ, phân người trực đêm, ghi tên từng người đến và về.\n\nSau ba ngày đường thông, bà con về nhà. Ba hộ phải ở lại được bố trí chỗ ở tạm; việc làm nhà mới đã ghi ở trang [Cam kết](/cong/cam-ket).", "house", before, 231, "", ""},
	{10, 45, "news", "democracy", "Hương ước mới của {thon}: bỏ phạt tiền, thêm việc chung", "Bản cũ phạt tiền nên ít người theo; bản mới đổi sang buổi công.", "Hương ước {thon}, {xa} sửa xong sau ba lần họp. Điều bàn lâu nhất là phạt: bản cũ phạt tiền, nhiều hộ không nộp, mất lòng nhau. Bản mới đổi sang buổi công dọn vệ sinh, và miễn cho nhà có tang, người ốm.\n\nBản mới đã được công nhận, treo ở nhà văn hóa.", "", "", 92, "", ""},
	{-1, 52, "document", "democracy", "Hướng dẫn ghi việc đã công khai: bảng, loa, trang", "Công khai ở đâu, bao nhiêu ngày, ghi thế nào để bà con kiểm tra được.", "Mỗi nội dung phải công khai ghi ba điều: **ở đâu** (bảng, loa, trang), **từ ngày nào đến ngày nào**, **ai làm**. Có ảnh bảng niêm yết thì đính kèm; ảnh tự xóa vị trí và giờ chụp.\n\n## Hay quên\n\n- Ngày gỡ bảng.\n- Số buổi phát loa.\n- Nội dung sửa sau khi đã công khai: phải công khai lại.", "", "", 57, "", ""},
	{11, 60, "news", "front_unions", "Đoàn thanh niên {xa} dựng bể nước ở điểm trường", "Hai cuối tuần, bể 6 m³, đường ống 400 m từ khe về.", "Điểm trường {thon} thiếu nước từ đầu năm học. Đoàn thanh niên {xa} kéo 400 m ống từ khe, xây bể 6 m³ trong hai cuối tuần.\n\n![Bể nước đã có vòi](anh:1)\n\nThôn cử người trông bể, thay lõi lọc ba tháng một lần.", "water", after, 101, "", ""},
	{12, 74, "news", "reception", "{xa} tiếp dân định kỳ: hẹn 9 việc, xong 7", "Hai việc chậm do phải đo lại đất; có ngày hẹn mới và lý do.", "Kỳ tiếp dân tháng trước, chủ tịch {xa} hẹn trả lời 9 việc. Đến hôm nay xong 7. Hai việc chậm đều do phải đo lại đất, đã hẹn ngày mới.\n\nAi có số và mã thì xem việc của mình ở mục [Theo dõi](/cong/theo-doi).", "", "", 83, "", ""},
	{13, 95, "news", "new_rural", "Thắp sáng {thon}: 34 cột đèn từ tiền tiết kiệm của dân", "Bà con góp cột tre trước, rồi thay dần bằng cột thép.", "{thon}, {xa} có đèn đường. Ban đầu là cột tre và bóng nhà nào nhà nấy mắc; nay thay bằng 34 cột thép, bóng tiết kiệm điện.\n\n![Đường thôn buổi tối](anh:1)\n\nTiền điện chia đều, ghi vào quỹ thôn, đọc công khai hằng quý.", "electricity", after, 154, "", ""},
	{14, 120, "article", "skilled", "Chuyện ông tổ trưởng đi hòa giải bằng ấm chè", "Mười hai vụ trong năm, mười một vụ không phải lên xã.", "Ông tổ trưởng ở {thon}, {xa} (nhân vật minh họa) không hòa giải ở hội trường. Ông mang ấm chè đến từng nhà, nghe riêng từng bên, rồi mới mời ngồi chung.\n\n## Không ghi ai đúng ai sai\n\nBiên bản của ông chỉ ghi hai bên đồng ý làm gì, đến ngày nào. Vụ nào không xong, ông đưa lên xã và nói rõ đã thử những gì.", "", "", 138, "", ""},
	{15, 2, "news", "reform", "{xa}: sắp có lịch trả hồ sơ qua loa thôn", "Bản đang chờ duyệt của minh họa.", "Từ tháng tới, danh sách số hồ sơ đã có kết quả được đọc qua loa thôn, **không đọc tên**. Bà con nghe số trên giấy hẹn.", "", "", 0, "", "review"},
	{16, 1, "news", "democracy", "{xa} công khai danh sách hỗ trợ giống", "Bản bị trả lại của minh họa.", "Danh sách đã treo ở nhà văn hóa.", "", "", 0, "", "returned"},
	{0, 0, "news", "mobilisation", "Ra quân dọn suối ở {thon}", "Bản đang viết của minh họa.", "Sáng chủ nhật, bà con {thon} ra quân dọn suối.", "", "", 0, "", "draft"},
}

// word is what an invented reader says of a story, and what became of it.
type word struct {
	Story  int
	Text   string
	Name   string
	Open   bool
	Topic  string
	Answer string // "" waits; begins with "!": a ground of refusal; "=": shown without an answer
}

var storyWords = []word{
	{0, "Nhà tôi vắng hôm họp, giờ muốn xem dự toán thì hỏi ai?", "Bà Thử Nghiệm 41", true, "infrastructure", "Dự toán treo ở nhà văn hóa đến hết 30 ngày; bà con hỏi thêm trưởng thôn hoặc công chức địa chính của xã."},
	{0, "Đường làm xong có cấm xe tải không? Xe gỗ chạy là vỡ bê tông.", "Ông Thử Nghiệm 44", false, "infrastructure", ""},
	{3, "Mong thôn làm đều, đừng chỉ dọn dịp ngày hội.", "", false, "environment", "Thôn đã chia lịch dọn hai tuần một lần, treo ở nhà văn hóa; tháng sau sẽ đăng ảnh."},
	{6, "Cảm ơn ban giám sát, làm thế dân mới tin.", "Ông Thử Nghiệm 42", true, "construction", "="},
	{7, "Câu trả lời cho tôi đợt trước đúng là chỉ ghi đã chuyển. Bao giờ được viết lại?", "", false, "procedures", ""},
	{11, "Nhà ở tạm còn dột, mong xã xem lại.", "Bà Thử Nghiệm 43", false, "disaster", ""},
	{4, "Vay nhanh lãi thấp, gọi ngay.", "", false, "other", "!spam"},
}
