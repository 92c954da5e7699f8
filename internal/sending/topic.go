package sending

// Topic is what a sending is about in plain words; Field is the catalogue's word that it most often means, which an
// official confirms or changes.
type Topic struct {
	Code  string
	Name  string
	En    string
	Such  string // examples
	Such2 string // the same in English
	Field string
}

// topics stand in the order in which people are asked.
var topics = []Topic{
	{"duong", "Đường, cầu, điện, nước, công trình", "Roads, bridges, power, water, public works", "đường hỏng, mất nước, công trình dở dang", "broken road, no water, unfinished works", "construction"},
	{"dat", "Đất đai, nhà ở", "Land and houses", "sổ đỏ, ranh giới, cấp đất, tái định cư", "land papers, boundaries, resettlement", "land"},
	{"boi-thuong", "Thu hồi đất, bồi thường", "Land taken back, compensation", "giá bồi thường, tiền chưa nhận được", "amount of compensation, money not received", "compensation"},
	{"moi-truong", "Rác, nước thải, khói bụi, tiếng ồn", "Waste, smoke, dust, noise", "bãi rác, mùi hôi, khai thác cát", "dump, smell, sand digging", "environment"},
	{"ho-tro", "Tiền hỗ trợ, hộ nghèo, người có công", "Support money, poor households, people of merit", "không có tên, nhận thiếu, xét sai", "left off the list, paid too little", "policy"},
	{"thu-tuc", "Thủ tục, giấy tờ, thái độ phục vụ", "Procedures, papers, manner of service", "hồ sơ để lâu, đòi giấy không cần, thái độ", "long waits, needless papers, manner", "administrative"},
	{"dong-gop", "Đóng góp, thu chi ở thôn, xã", "Contributions and spending in the village", "khoản thu, công khai thu chi", "fees, accounts made public", "finance"},
	{"truong-tram", "Trường học, trạm y tế, văn hóa", "Schools, health, culture", "trường lớp, khám bệnh, nhà văn hóa", "classes, clinic, community house", "education_health"},
	{"an-ninh", "Trật tự, an toàn", "Order and safety", "mất trộm, cờ bạc, đánh nhau", "theft, gambling, fights", "security"},
	{"lao-dong", "Việc làm, bảo hiểm", "Work and insurance", "nợ lương, bảo hiểm xã hội", "unpaid wages, social insurance", "labour"},
	{"khac", "Việc khác, hoặc chưa rõ", "Something else, or not sure", "cứ kể, cơ quan sẽ xếp loại", "just tell it, the office will sort it", "other"},
}

// Topics are all topics in the order in which people are asked.
func Topics() []Topic { return append([]Topic(nil), topics...) }

// TopicOf is the topic of a code, the last one for a code that is none.
func TopicOf(code string) Topic {
	for _, t := range topics {
		if t.Code == code {
			return t
		}
	}
	return topics[len(topics)-1]
}

// IsTopic reports whether there is a topic of the code.
func IsTopic(code string) bool { return TopicOf(code).Code == code }
