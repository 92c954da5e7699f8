package alike

import (
	"strings"
	"sync"
)

// usualLetters is how many letters the usual words stand for: with so few in the index its own counts say little yet.
const usualLetters = 60

// usual is the share of letters that have a term, for the words of office and law that letters of any matter have.
var usual = sync.OnceValue(func() map[uint32]float64 {
	out := map[uint32]float64{}
	for line := range strings.Lines(usualWords) {
		syl := strings.Fields(line)
		t, _ := terms(syl)
		for _, x := range t {
			out[x.hash] = 0.35
		}
	}
	return out
})

const usualWords = `
quyen su dung dat
giay chung nhan quyen su dung dat
ho gia dinh toi dang su dung dat
thua dat so to ban do so dien tich met vuong
ranh gioi dat lien ke lan chiem dat
thu hoi dat boi thuong ho tro tai dinh cu
gia dat don gia boi thuong chua thoa dang
quyet dinh cua uy ban nhan dan tinh
quyet dinh cua uy ban nhan dan xa phuong
chu tich uy ban nhan dan
can bo dia chinh do dac
giai quyet theo quy dinh cua phap luat
de nghi xem xet giai quyet dung phap luat
de nghi kiem tra xac minh lam ro
xem xet lai bao dam quyen va loi ich hop phap
gay anh huong den doi song sinh hoat cua gia dinh
nhieu lan kien nghi nhung khong duoc giai quyet
den nay van chua duoc giai quyet
khong dong y voi ket qua giai quyet
tu nam den nay
ngay thang nam
o thon xom to dan pho xa phuong tinh
nguyen nhan su viec xay ra
moi truong o nhiem tieng on bui
cong trinh xay dung duong giao thong
kinh phi ho tro che do chinh sach
nha nuoc nhan dan can bo cong chuc
thong bao tra loi van ban so
`
