package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// frame is what the shell around a page shows: the navigation of the one who asks, who that is, and the scope that
// every link carries along.
type frame struct {
	page
	Who     *access.Viewer
	Groups  []navGroup
	Tabs    []navItem
	Posts   []string // what the viewer is and where
	Carry   string   // the scope as query values, with its question mark; empty where there is none
	Path    string
	Search  string // what was searched for on this page
	Records bool   // the viewer records work of some kind
	Finds   bool
	SignOut bool
	Account bool
	Chooser bool
	Nudges  int // reminders that press
	Waiting int // entries that wait for the one who asks to confirm them
}

// navItem is a line of the navigation: shown when its page exists and the viewer holds one of the rights somewhere.
type navItem struct {
	Key    string // the section of the pages under it
	Path   string
	Icon   string
	Name   string
	Short  string // as a tab on a phone
	Go     string // the letter that leads to it, after g
	Rights []access.Right
}

type navGroup struct {
	Name  string
	Items []navItem
}

var (
	readers       = []access.Right{access.ReadWork}
	letterReaders = []access.Right{access.ReadLetters}
)

var navigation = []navGroup{
	{"Việc hằng ngày", []navItem{
		{"hom-nay", "/", "home", "Hôm nay", "Hôm nay", "h", []access.Right{access.SignedIn}},
		{"nhac-viec", "/nhac-viec", "clock", "Nhắc việc", "Nhắc việc", "e", []access.Right{access.SignedIn}},
		{"ghi-moi", "/ghi-nhan/moi", "plus", "Ghi việc mới", "Ghi mới", "m", []access.Right{access.RecordWork, access.RecordLetters}},
		{"ghi-nhan", "/ghi-nhan", "inbox", "Sổ việc đã ghi", "Sổ việc", "n", readers},
		{"duyet", "/duyet", "check", "Chờ duyệt", "Duyệt", "x", []access.Right{access.ConfirmWork}},
		{"nhiem-vu", "/nhiem-vu", "task", "Nhiệm vụ", "Nhiệm vụ", "t", readers},
		{"dinh-ky", "/dinh-ky", "cal", "Việc định kỳ", "Định kỳ", "l", readers},
		{"ban-nhap", "/ban-nhap", "edit", "Bản nháp", "Nháp", "", []access.Right{access.RecordAny}},
		{"nhap", "/nhap", "up", "Nhập tệp", "Nhập tệp", "", []access.Right{access.RecordAny}},
	}},
	{"Tiếp dân, đơn thư", []navItem{
		{"tiep-dan", "/tiep-dan", "users", "Tiếp công dân", "Tiếp dân", "", letterReaders},
		{"don-thu", "/don-thu", "inbox", "Sổ đơn thư", "Đơn thư", "u", letterReaders},
		{"han", "/don-thu/han", "clock", "Hạn giải quyết đơn", "Hạn đơn", "", letterReaders},
		{"vu-viec", "/vu-viec", "folder", "Vụ việc", "Vụ việc", "", letterReaders},
		{"to-cao", "/to-cao", "lock", "Tố cáo (bảo mật)", "Tố cáo", "", []access.Right{access.ReadDenunciations}},
		{"khoa", "/to-cao/khoa", "lock", "Khóa của tôi", "Khóa", "", []access.Right{access.HoldKey}},
		{"thong-ke-don", "/thong-ke-don", "data", "Thống kê đơn thư", "Thống kê", "", readers},
		{"mot-cua", "/mot-cua", "file", "Một cửa", "Một cửa", "", readers},
	}},
	{"Với người dân", []navItem{
		{"doi-thoai", "/doi-thoai", "users", "Đối thoại, tiếp xúc cử tri", "Đối thoại", "", readers},
		{"cam-ket", "/cam-ket", "check", "Cam kết với nhân dân", "Cam kết", "", readers},
		{"dong-gop", "/dong-gop", "handover", "Nhân dân đóng góp", "Đóng góp", "", readers},
		{"tin-bai", "/tin-bai", "report", "Tin, bài trên cổng", "Tin, bài", "", readers},
		{"mo-hinh", "/mo-hinh", "pin", "Mô hình, điển hình", "Mô hình", "", readers},
		{"luc-luong", "/luc-luong", "users", "Quân đội, công an giúp dân", "Lực lượng", "", readers},
		{"hoi-thi", "/hoi-thi", "file", "Hội thi, cuộc thi", "Hội thi", "", readers},
		{"cham-thi", "/cham-thi", "check", "Chấm thi", "Chấm thi", "", []access.Right{access.JudgeContests}},
		{"gui-den", "/gui-den", "inbox", "Người dân gửi đến", "Gửi đến", "", letterReaders},
		{"gui-thay", "/gui-den/thay", "edit", "Gửi thay người dân", "Gửi thay", "", []access.Right{access.WriteForOthers}},
		{"danh-gia", "/danh-gia", "check", "Người dân đánh giá", "Đánh giá", "", readers},
		{"cong-khai", "/cong-khai", "pin", "Công khai, bàn, giám sát", "Công khai", "", readers},
	}},
	{"Tổng hợp", []navItem{
		{"ky-bao-cao", "/ky-bao-cao", "send", "Kỳ báo cáo", "Kỳ báo cáo", "y", readers},
		{"bao-cao", "/bao-cao", "report", "Báo cáo", "Báo cáo", "b", readers},
		{"so-lieu", "/so-lieu", "data", "Chỉ tiêu và số liệu", "Số liệu", "s", readers},
		{"bang", "/bang-so-lieu", "pin", "Bảng của tôi", "Bảng", "k", readers},
		{"so-do", "/so-do", "data", "Số đo kinh tế - xã hội", "Số đo", "", readers},
		{"so-sanh", "/so-sanh", "compare", "So sánh", "So sánh", "", readers},
		{"ban-do", "/ban-do", "map", "Bản đồ", "Bản đồ", "", readers},
	}},
	{"Sổ chuyên đề", []navItem{
		{"van-ban", "/van-ban", "file", "Văn bản chỉ đạo", "Văn bản", "", readers},
		{"chuong-trinh", "/chuong-trinh", "handover", "Chương trình phối hợp", "Phối hợp", "", readers},
		{"chuyen-de", "/chuyen-de", "folder", "Tập huấn, kiểm tra, thi đua", "Chuyên đề", "", readers},
	}},
	{"Nền tảng", []navItem{
		{"danh-muc", "/danh-muc", "book", "Danh mục quy định", "Danh mục", "d", []access.Right{access.SignedIn}},
		{"don-vi", "/don-vi", "tree", "Đơn vị", "Đơn vị", "v", []access.Right{access.SignedIn}},
		{"tai-khoan", "/quan-tri/tai-khoan", "users", "Tài khoản", "Tài khoản", "", []access.Right{access.ManageAccounts}},
		{"thu", "/quan-tri/thu", "send", "Thư nhắc việc", "Thư", "", []access.Right{access.RunSystem}},
		{"uy-quyen", "/uy-quyen", "handover", "Ủy quyền khi vắng", "Ủy quyền", "", []access.Right{access.ReadWork}},
		{"khoa-danh-tinh", "/quan-tri/khoa", "lock", "Khóa danh tính", "Khóa", "", []access.Right{access.ReadLog}},
		{"niem-phong", "/so-niem-phong", "seal", "Sổ niêm phong", "Sổ", "", []access.Right{access.ReadLog}},
	}},
}

// tabKeys are the pages that a phone offers at once, of those that the viewer may open; the rest stand under Thêm.
var tabKeys = []string{"hom-nay", "ghi-moi", "ghi-nhan", "so-lieu", "bao-cao", "don-vi", "danh-muc", "tai-khoan", "niem-phong", "cham-thi"}

const mostTabs = 4

// frame fits the shell to the one who asks.
func (s *server) frame(r *http.Request, p page) frame {
	v := viewer(r.Context())
	f := frame{page: p, Who: v, Path: r.URL.Path, Search: r.URL.Query().Get("q"), Carry: carryOf(r, p.Scope)}
	if r.URL.Path != "/tim" {
		f.Search = ""
	}
	if v == nil {
		return f
	}
	for _, g := range navigation {
		kept := navGroup{Name: g.Name}
		for _, n := range g.Items {
			if s.opens(v, n) {
				kept.Items = append(kept.Items, n)
			}
		}
		if len(kept.Items) > 0 {
			f.Groups = append(f.Groups, kept)
		}
	}
	f.Waiting = s.waitingCount(r.Context())
	f.Tabs = tabsOf(f.Groups)
	f.Posts = s.posts(r, v)
	f.Records = s.has("GET /ghi-nhan/moi") && (v.May(access.RecordWork, 0) || v.May(access.RecordLetters, 0))
	f.Finds, f.SignOut, f.Account = s.has("GET /tim"), s.has("POST /dang-xuat"), s.has("GET /tai-khoan")
	f.Chooser = s.has("GET /don-vi/chon")
	f.Nudges = s.pressing(r.Context(), v.Account)
	return f
}

func (s *server) opens(v *access.Viewer, n navItem) bool {
	if !s.has("GET "+n.Path) && !(n.Path == "/" && s.has("GET /{$}")) {
		return false
	}
	return slices.ContainsFunc(n.Rights, func(right access.Right) bool { return v.May(right, 0) })
}

// has reports whether a page of that pattern exists.
func (s *server) has(pattern string) bool { return s.patterns[pattern] }

func tabsOf(groups []navGroup) []navItem {
	var out []navItem
	for _, key := range tabKeys {
		for _, g := range groups {
			for _, n := range g.Items {
				if n.Key == key && len(out) < mostTabs {
					out = append(out, n)
				}
			}
		}
	}
	return out
}

// carryOf is the scope that links in the shell carry along: the page's own, or what stands in its address.
func carryOf(r *http.Request, sc *scope) string {
	if sc != nil {
		return sc.query()
	}
	if q := carriedQuery(r.URL.Query()); len(q) > 0 {
		return "?" + q.Encode()
	}
	return ""
}

// carriedQuery keeps of an address's values those of the scope.
func carriedQuery(q url.Values) url.Values {
	out := url.Values{}
	for _, k := range []string{"don-vi", "ky", "tu", "den", "ranh-gioi", statusField} {
		x := strings.TrimSpace(q.Get(k))
		if x == "" || len(x) >= 60 {
			continue
		}
		if _, err := civil.ParseDate(x); err != nil && (k == "tu" || k == "den") {
			continue // a page of its own meaning: the entry that a form begins with
		}
		out.Set(k, x)
	}
	return out
}

// posts say what a viewer is and where, the same role over several units as one.
func (s *server) posts(r *http.Request, v *access.Viewer) []string {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil
	}
	var out []string
	for _, g := range v.Grants {
		post := g.Role.Name() + ", " + postUnit(tree, g.Unit, s.Today())
		if g.For != 0 {
			post += " (làm thay)"
		}
		if !slices.Contains(out, post) {
			out = append(out, post)
		}
	}
	return out
}

func postUnit(tree *org.Tree, id org.UnitID, today civil.Date) string {
	if u := tree.Unit(id); u != nil && !u.Open(today) {
		return tree.NameOn(id, u.Closed.AddDays(-1))
	}
	return tree.NameOn(id, today)
}

// is reports whether a line of the navigation is the page's own.
func (f frame) is(n navItem) bool { return f.Section == n.Key }

func (f frame) href(n navItem) string { return n.Path + f.Carry }

// underMore reports whether the page's section stands under Thêm on a phone.
func (f frame) underMore() bool {
	return f.Section != "" && !slices.ContainsFunc(f.Tabs, f.is)
}

// hiddenCarry are the carried values as a form sends them.
func (f frame) hiddenCarry(except ...string) [][2]string {
	q, err := url.ParseQuery(strings.TrimPrefix(f.Carry, "?"))
	if err != nil {
		return nil
	}
	return pairs(q, except...)
}

func pairs(q url.Values, except ...string) [][2]string {
	var out [][2]string
	for _, k := range []string{"don-vi", "ky", "tu", "den", "ranh-gioi", statusField} {
		if q.Has(k) && !slices.Contains(except, k) {
			out = append(out, [2]string{k, q.Get(k)})
		}
	}
	return out
}
