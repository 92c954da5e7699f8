package web_test

import "net/url"

// formVisits are pages of letters, matters and sealed identities that no row's example shows: forms that are wrong, sent
// after somebody else's step, lists that are narrowed or empty.
var formVisits = []visit{
	{"act without its data", "POST", "/don-thu/{letter}/buoc", url.Values{"viec": {"accepted"}}},
	{"classification without a class", "POST", "/don-thu/{letter}/buoc", url.Values{"viec": {"classified"}, "ngay": {"32/13/2026"}}},
	{"refusal without a ground", "POST", "/don-thu/{letter}/buoc", url.Values{"viec": {"refused"}, "ngay": {"22/11/2026"}}},
	{"withdrawal without its measure", "POST", "/don-thu/{letter}/buoc", url.Values{"viec": {"withdrawn"}}},
	{"act after another's step", "POST", "/don-thu/{letter}/buoc", url.Values{"viec": {"urged"}, "ngay": {"22/11/2026"}, "phien-ban": {"0"}}},
	{"act that is not allowed", "POST", "/don-thu/{letter}/buoc", url.Values{"viec": {"enforced"}}},
	{"transfer to nobody", "POST", "/don-thu/{letter}/chuyen", url.Values{"ngay": {"22/11/2026"}, "don-vi": {"khong-co"}}},
	{"transfer after another's step", "POST", "/don-thu/{letter}/chuyen", url.Values{"ngay": {"22/11/2026"}, "so": {"7/PC"}, "ngay-vb": {"22/11/2026"}, "co-quan": {"Sở Xây dựng"}, "phien-ban": {"0"}}},
	{"case given by another", "POST", "/don-thu/{letter}/giao", url.Values{"dang-giu": {"9-9"}}},
	{"letters set beside without a word", "POST", "/don-thu/{twin}/trung", url.Values{"voi": {"1"}}},
	{"submission", "GET", "/don-thu/{letter}/in/to-trinh", nil},
	{"notice before the transfer", "GET", "/don-thu/{letter}/in/bao-chuyen", nil},
	{"undoing with nothing to undo", "GET", "/don-thu/{letter}/bo-buoc", nil},
	{"register of an empty year", "GET", "/don-thu?nam=1990", nil},
	{"register narrowed", "GET", "/don-thu?tinh-trang=qua-han&loai=complaint", nil},
	{"register with a wrong year", "GET", "/don-thu?nam=abc", nil},
	{"board narrowed", "GET", "/don-thu/han?don-vi=06&khi=dang-dung", nil},
	{"matters by pages", "GET", "/vu-viec?don-vi=06&ky=2026&tu-dong=50", nil},
	{"matters narrowed", "GET", "/vu-viec?don-vi=06&ky=2026&tinh-trang=mo&tim=khongcochuynay", nil},
	{"denunciations of the province", "GET", "/to-cao?don-vi=06&ky=2026", nil},
	{"request without a reason", "POST", "/to-cao/{denunciation}/danh-tinh/xin-mo", url.Values{"ly-do": {"ngắn"}}},
	{"envelope that is none", "POST", "/to-cao/{denunciation}/danh-tinh", url.Values{"phong-bi": {"không phải phong bì"}}},
	{"refusal of a request without a reason", "POST", "/to-cao/khoa/yeu-cau/{request}/tu-choi", url.Values{"ly-do": {""}}},
}
