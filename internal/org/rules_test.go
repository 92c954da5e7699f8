package org

import "danvan/internal/civil"

// catalogueRules are the rules that the catalogue's unit types give, written out for the tests.
func catalogueRules() []BodyRule {
	const p, d, c = Province, District, Commune
	endOfDistricts := civil.MustDate("2025-06-30")
	var out []BodyRule
	add := func(typ, abbr, level, name string, from, to civil.Date, follows ...string) {
		out = append(out, BodyRule{Type: typ, Abbr: abbr, Levels: []string{level}, Names: map[string]string{level: name}, From: from, To: to, Follows: follows})
	}
	all := func(typ, abbr, name string, levels ...string) {
		for _, l := range levels {
			to := civil.Date(0)
			if l == d {
				to = endOfDistricts
			}
			add(typ, abbr, l, name, 0, to)
		}
	}
	all("party_committee", "CU", "Ban Chấp hành Đảng bộ {of}", p, d, c)
	all("standing_committee", "BTV", "Ban Thường vụ {party}", p, d, c)
	all("council", "HDND", "Hội đồng nhân dân {of}", p, d, c)
	all("peoples_committee", "UBND", "Ủy ban nhân dân {of}", p, d, c)
	all("front", "MTTQ", "Ủy ban Mặt trận Tổ quốc Việt Nam {of}", p, d, c)
	all("womens_union", "PN", "Hội Liên hiệp Phụ nữ {of}", p, d, c)
	all("farmers_union", "ND", "Hội Nông dân {of}", p, d, c)
	all("youth_union", "DTN", "Đoàn TNCS Hồ Chí Minh {of}", p, d, c)
	all("veterans_union", "CCB", "Hội Cựu chiến binh {of}", p, d, c)
	all("trade_union", "CD", "Liên đoàn Lao động {of}", p, d)
	all("military_command", "QS", "Cơ quan quân sự {of}", p, d, c)
	all("court", "TA", "Tòa án nhân dân {of}", p, d)
	all("procuracy", "VKS", "Viện kiểm sát nhân dân {of}", p, d)
	all("inspectorate", "TT", "Thanh tra {of}", d)
	add("mobilisation_board", "BDV", p, "Ban Dân vận {party}", 0, civil.MustDate("2025-01-31"))
	add("mobilisation_board", "BDV", d, "Ban Dân vận {party}", 0, endOfDistricts)
	add("mobilisation_board", "BDV", c, "Khối Dân vận {party}", 0, endOfDistricts)
	add("propaganda_mobilisation_board", "BTGDV", p, "Ban Tuyên giáo và Dân vận {party}", civil.MustDate("2025-02-01"), 0)
	add("party_building_board", "BXD", c, "Ban Xây dựng Đảng {party}", civil.MustDate("2025-07-01"), 0, "BDV")
	add("one_stop_centre", "TTHCC", c, "Trung tâm Phục vụ hành chính công {of}", civil.MustDate("2025-07-01"), 0)
	add("police", "CA", p, "Công an {of}", 0, 0)
	add("police", "CA", d, "Công an {of}", 0, civil.MustDate("2025-02-28"))
	add("police", "CA", c, "Công an {of}", 0, 0)
	return out
}
