package demo

// Villages of the demo: names of the kind that villages there have, given to communes by their turn. None is meant.

var villageNames = []string{"Nà Lùng", "Bản Cải", "Khuổi Chang", "Pác Châm", "Nà Mòn", "Bản Vèn", "Khau Luông", "Lũng Phải", "Nà Chúa", "Cốc Phia", "Bản Đán", "Khuổi Tấy", "Nà Pài", "Phiêng Dường", "Cốc Lải", "Bản Pẻn",
	"Nà Đeng", "Khuổi Nhàn", "Lủng Mình", "Pù Cà", "Nà Tảng", "Bản Hậu", "Thôm Mỏ", "Nà Ngần", "Khuổi Đăm", "Phiêng Lầu", "Nà Cáy", "Bản Giác", "Cốc Thốc", "Nà Vài", "Lũng Cháng", "Khau Đảng"}

// village is the n-th village of the k-th commune of a list.
func village(commune, n int) string {
	return "Thôn " + villageNames[(commune*5+n)%len(villageNames)]
}
