package web

import (
	"math/big"
	"net/http"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/model"
	"danvan/internal/org"
)

// driveRoutes are the drives of army and police; a drive is recorded by the form of its kind.
func (s *server) driveRoutes() []route {
	return []route{{"GET /luc-luong", access.ReadWork, onScope, s.driveBook}}
}

func (s *server) driveBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	ctx, q := r.Context(), r.URL.Query()
	within := sc.subtree()
	units := make([]org.UnitID, 0, len(within))
	for id := range within {
		units = append(units, id)
	}
	var list []*model.Drive
	if err = s.DB.View(ctx, func(tx db.Querier) error {
		list, err = s.modelShelf().Drives(ctx, tx, ledger.Filter{Units: units, From: sc.Period.From, To: sc.Period.To})
		return err
	}); err != nil {
		return err
	}
	k := s.kindNear(model.DriveKind, sc.Today)
	v := &bookView{Title: "Quân đội, công an làm công tác dân vận", Section: "luc-luong", Path: "/luc-luong", Scope: sc, Noun: "đợt",
		Lead:  "Mỗi đợt một ghi nhận, kể cả khi nhiều đơn vị cùng làm, nên cộng một lần. Tổng dưới đây cộng từ các đợt đang xem.",
		Empty: "Chưa có đợt công tác nào ở phạm vi, kỳ và bộ lọc này. Bấm Ghi đợt công tác, hoặc chọn kỳ dài hơn."}
	if viewer(ctx).May(access.RecordWork, 0) {
		v.Links = append(v.Links, bookLink{Name: "Ghi đợt công tác", Href: "/ghi-nhan/moi/" + model.DriveKind, Icon: "plus", Primary: true})
	}
	v.Asks = []bookAsk{{Key: "luc-luong", Name: "Lực lượng", Value: q.Get("luc-luong"), Options: choiceOptions(k, "force", "Mọi lực lượng", sc.Today)},
		{Key: "hinh-thuc", Name: "Hình thức", Value: q.Get("hinh-thuc"), Options: choiceOptions(k, "form", "Mọi hình thức", sc.Today)}}
	kept := list[:0]
	for _, d := range list {
		if fitsAsk(q.Get("luc-luong"), d.Force) && fitsAsk(q.Get("hinh-thuc"), d.Form) {
			kept = append(kept, d)
		}
	}
	var order []string
	for _, o := range choiceOptions(k, "work", "", 0) {
		order = append(order, o.Value)
	}
	sum := model.SumDrives(kept, order)
	n := civil.FormatInt
	v.Kpis = []bookKpi{{Name: "Đợt", Value: n(sum.Drives)}, {Name: "Lượt cán bộ, chiến sĩ", Value: n(sum.Soldiers), Note: "dân quân " + n(sum.Militia)},
		{Name: "Ngày công", Value: civil.FormatTrim(sum.Workdays, 1)}, {Name: "Suất quà", Value: n(sum.Gifts), Note: n(sum.GiftValue) + " đồng"}}
	var done []string
	for _, a := range sum.Works {
		done = append(done, workText(choiceName(k, "work", a.Work), a.Quantity))
	}
	if len(done) > 0 {
		v.Note = "Đã làm: " + strings.Join(done, "; ") + "."
	}
	v.Columns = []bookColumn{{Key: "noi-dung", Name: "Đợt công tác"}, {Key: "noi", Name: "Nơi"}, {Key: "ngay", Name: "Bắt đầu"}, {Key: "luc-luong", Name: "Lực lượng"}, {Key: "luot", Name: "Lượt người", Num: true},
		{Key: "cong", Name: "Ngày công", Num: true}, {Key: "viec", Name: "Việc làm"}, {Key: "qua", Name: "Suất quà", Num: true}}
	for _, d := range kept {
		var works []string
		for _, x := range d.Works {
			works = append(works, workText(choiceName(k, "work", x.Work), driveAmount(string(x.Quantity))))
		}
		days := bookCell{}
		if d.Workdays != "" {
			days.Num = driveAmount(string(d.Workdays))
		}
		v.Rows = append(v.Rows, bookRow{Href: "/ghi-nhan/" + itoa(d.ID), Cells: []bookCell{{Text: d.Title, Note: choiceName(k, "form", d.Form)}, {Text: sc.tree.NameOn(d.Place, d.Day), Note: d.Village}, dayCell(d.Day),
			{Text: choiceName(k, "force", d.Force), Note: sc.tree.NameOn(d.Unit, d.Day)}, numCell(d.Soldiers), days, wordCell(strings.Join(works, "; ")), numOrNone(d.GiftCount(), d.GiftCount() > 0)}})
	}
	return s.showBook(w, r, v)
}

func driveAmount(s string) *big.Rat {
	if n, ok := new(big.Rat).SetString(s); ok {
		return n
	}
	return new(big.Rat)
}

// workText is a work with its amount: "Làm, sửa đường 1,2 km" of "Làm, sửa đường (km)".
func workText(name string, n *big.Rat) string {
	unit := ""
	if at := strings.LastIndex(name, " ("); at > 0 && strings.HasSuffix(name, ")") {
		name, unit = name[:at], " "+name[at+2:len(name)-1]
	}
	return name + " " + civil.FormatTrim(n, 2) + unit
}
