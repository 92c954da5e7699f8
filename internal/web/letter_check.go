package web

import (
	"strings"

	"danvan/internal/civil"
)

// answers are what the citizen checks, in the order of the form; what is empty is left out.
func (f *letterForm) answers() [][2]string {
	var out [][2]string
	add := func(name, value string) {
		if value = strings.TrimSpace(value); value != "" {
			out = append(out, [2]string{name, value})
		}
	}
	chosen := func(name, field string) string { return choiceName(f.Kind, field, f.get(name)) }
	add("Loại đơn", classNamed(f.get("loai")).Name)
	add("Đơn vị nhận", f.tree.NameOn(f.Unit.ID, f.Today))
	add("Đến bằng cách", chosen("nguon", "channel"))
	add("Ngày nhận", f.Received.Vi())
	add("Lĩnh vực", chosen("linh-vuc", "field"))
	if f.Denounces {
		add("Người gửi", "Không ghi: giữ bí mật")
	} else {
		if f.fromVisit() {
			add("Người gửi", "Người đến của lượt tiếp "+f.Brought.Code()+", như đã ghi khi tiếp")
		} else {
			add("Người gửi", or(f.get("nguoi"), "Không ghi tên"))
		}
		add("Địa chỉ", f.get("dia-chi"))
		add("Liên hệ", f.get("lien-he"))
		add("Giấy tờ tùy thân", f.get("giay-to"))
		add("Người ghi tên là", f.get("dai-dien"))
		add("Những người ký khác", f.get("nguoi-khac"))
	}
	if n := f.number("so-nguoi-ky", 10_000); n > 1 {
		add("Số người ký", civil.FormatInt(int64(n)))
	}
	add("Tóm tắt", f.get("tom-tat"))
	add("Yêu cầu", f.get("yeu-cau"))
	add("Cơ quan, người được nêu", f.get("doi-tuong"))
	add("Nơi xảy ra sự việc", f.get("noi-xay-ra"))
	if f.Place != nil {
		add("Xã, phường nơi phát sinh", f.tree.NameOn(f.Place.ID, f.Today))
	}
	if f.Class == "complaint" {
		add("Vùng sâu, vùng xa", f.remoteText())
	}
	add("Thửa đất", f.get("thua-dat"))
	add("Quyết định, văn bản", f.get("quyet-dinh"))
	add("Nguyên văn", f.get("nguyen-van"))
	add("Ký tên, điểm chỉ", chosen("ky", "signature"))
	add("Giấy tờ kèm theo", sayIf(f.get("so-giay-to") != "", f.get("so-giay-to")+" bản"))
	add("Điều kiện xử lý", chosen("dieu-kien", "eligible"))
	add("Nặc danh có chứng cứ", sayIf(f.get("nac-danh") != "", "Có"))
	add("Bên bị khiếu nại, tố cáo", chosen("bi", "respondent"))
	add("Thẩm quyền", chosen("tham-quyen", "competence"))
	add("Lần giải quyết", chosen("lan", "round"))
	add("Tái khiếu, tái tố", chosen("tai-khieu", "repeated"))
	add("Ghi chú", f.get("ghi-chu"))
	return out
}

// remoteText says whether the place is remote and where that stands.
func (f *letterForm) remoteText() string {
	if f.Remote == nil {
		return "Không, theo danh sách nơi vùng sâu, vùng xa"
	}
	return "Có: " + f.Remote.Source + sayIf(!f.Remote.Verified, " (chưa kiểm chứng)")
}
