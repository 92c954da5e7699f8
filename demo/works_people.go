package demo

import (
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// assignments are who of the committees looks after what, with one that changed hands and one whose commune was merged.
func (w *world) assignments() []ledger.Draft {
	committee, ok := w.only("province/party_committee")
	if !ok {
		return nil
	}
	n := 0
	post := func(unit, role, office string, day civil.Date, more map[string]any) ledger.Draft {
		n++
		set := map[string]any{"role": role, "holder": map[string]any{"name": fmt.Sprintf("Bà Thử Nghiệm %d", 300+n), "office": office}, "number": fmt.Sprintf("Thông báo số %d-TB/MH", 10+n)}
		for k, v := range more {
			set[k] = v
		}
		return ledger.Draft{Key: fmt.Sprint("demo:phan-cong:", n), Kind: "assignment", Unit: unit, Day: day, Fields: set}
	}
	by := w.ref(committee)
	out := []ledger.Draft{post(by, "leader", "Phó Bí thư Thường trực", 20250715, nil)}
	for i, id := range w.communes(w.spec.Today) {
		if i%4 == 3 {
			continue // nobody yet: the book shows the gap
		}
		out = append(out, post(by, "commune_member", "Ủy viên Ban Chấp hành", 20250801, map[string]any{"area": w.ref(id)}))
	}
	first := w.ref(w.communes(w.spec.Today)[0])
	out = append(out, post(by, "commune_member", "Ủy viên Ban Thường vụ", 20260302, map[string]any{"area": first}))
	const commune = "02143"
	out = append(out, post(commune+".CU", "leader", "Phó Bí thư Đảng ủy", 20250715, nil),
		post(commune+".CU", "officer", "Ủy viên Ban Xây dựng Đảng", 20250720, map[string]any{"ended_on": "2026-04-01", "end_reason": "Chuyển công tác"}),
		post(commune+".CU", "officer", "Ủy viên Ban Xây dựng Đảng", 20260401, nil))
	for i, village := range []string{"Thôn Bản Kén", "Thôn Nà Lẹng", "Thôn Khuổi Liềng", "Thôn Bản Cuôn"} {
		out = append(out, post(commune+".CU", "village_member", "Đảng ủy viên", 20250801, map[string]any{"village": village, "villages": int64(1), "households": int64(60 + 7*i)}))
	}
	return out
}

// movements are a movement under way, with its criteria, the collectives that registered, its review and the decision.
func (w *world) movements(board org.UnitID) []ledger.Draft {
	by := w.ref(board)
	var registered []any
	for _, id := range w.communes(w.spec.Today)[:min(12, len(w.communes(w.spec.Today)))] {
		registered = append(registered, map[string]any{"registered_name": "Tổ dân vận các thôn, " + w.tree.NameOn(id, w.spec.Today), "registered_unit": w.ref(id)})
	}
	const key = "demo:thi-dua:kheo"
	return []ledger.Draft{
		{Key: key, Kind: "emulation_movement", Unit: by, Day: 20260119, Fields: map[string]any{
			"title": "Phong trào thi đua “Dân vận khéo” năm 2026", "theme": "skilled", "number": "Kế hoạch số 08-KH/BTGDV", "ended_on": "2026-12-15",
			"goal": "Mỗi xã, phường đăng ký ít nhất hai mô hình “Dân vận khéo”; nhân rộng mô hình có hiệu quả sau sắp xếp.", "collectives": int64(len(registered)), "individuals": int64(86), "registered": registered,
			"criteria": []any{map[string]any{"criterion": "Có kế hoạch, đăng ký mô hình đúng thời hạn", "points": int64(20)}, map[string]any{"criterion": "Mô hình có kết quả cụ thể, nhân dân hưởng ứng", "points": int64(50)}, map[string]any{"criterion": "Báo cáo, tuyên truyền, nhân rộng", "points": int64(30)}}}},
		{Key: key + ":so-ket", Kind: "emulation_review", Unit: by, Day: 20260714, Carries: key, Fields: map[string]any{"title": "Sơ kết 6 tháng phong trào “Dân vận khéo”", "type": "interim", "number": "Báo cáo số 61-BC/BTGDV",
			"attendances": int64(142), "result": "Có 12 tập thể đăng ký, 9 mô hình đã có kết quả bước đầu; các xã mới sáp nhập còn chậm đăng ký."}},
		{Key: key + ":khen", Kind: "commendation", Unit: w.ref(board), Day: 20261014, Carries: key, Fields: map[string]any{"title": "Khen thưởng phong trào “Dân vận khéo” năm 2026", "form": "sector_merit", "level": "province", "theme": "skilled",
			"number": "Quyết định số 301-QĐ/MH", "collectives": int64(2), "individuals": int64(2), "commended_bodies": []any{map[string]any{"commended_body": "Tổ dân vận thôn Bản Kén"}, map[string]any{"commended_body": "Tổ dân vận thôn Nà Lẹng"}},
			"commended": []any{"Ông Thử Nghiệm 401", "Bà Thử Nghiệm 402"}}},
	}
}
