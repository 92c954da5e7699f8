package ledger

import (
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// said is what a version says once it is checked and resolved: what an entry is, free of who and when.
type said struct {
	edition  *catalog.Edition
	kind     *catalog.Kind
	unit     org.UnitID
	place    org.UnitID
	day      civil.Date
	values   catalog.Values
	fields   string
	partners []org.UnitID
	files    []File
	carries  string // reference still to be resolved
	title    string
	fold     string
	sums     []sum
}

// rules are what a draft is checked against.
type rules struct {
	tree    *org.Tree
	catalog *catalog.Catalog
	anyBody bool
	edition *catalog.Edition // instead of the one in force on the day
	law     Law
	settle  Settle
	today   civil.Date
	ownKeys bool // keys that the ledger made may come back, with the content that they have
	loose   bool // go on with the fields that are right, for what is only looked at
}

// most is the largest amount that one entry may report, so that no sum of many can leave an int64.
const most = 1_000_000_000_000_000

// mostSums leaves room for an amendment, which posts the opposites of the old facts and the new ones.
const mostSums = 1<<(factBits-1) - 1

// prepare checks a draft and resolves everything that it names, all but other entries. It is pure.
func prepare(r rules, d Draft) (*said, Problems) {
	var ps Problems
	s := &said{day: d.Day, files: d.Files, carries: strings.TrimSpace(d.Carries)}
	if d.Day == 0 {
		ps.add("day", "Chưa ghi ngày. Hãy điền ngày dạng 2019-12-31 hoặc 31/12/2019.")
		return nil, ps
	}
	if d.Day > r.today {
		ps.add("day", "Ngày %s chưa tới; chỉ ghi nhận việc đã làm. Hãy sửa lại ngày.", d.Day.Vi())
	}
	if s.edition = r.edition; s.edition == nil {
		s.edition = r.catalog.EditionOn(d.Day)
	}
	if s.kind = s.edition.Kind(d.Kind); s.kind == nil {
		ps.add("kind", "Danh mục %s không có loại ghi nhận %q. Xem các loại bằng lệnh danvan catalog list.", s.edition.Code, d.Kind)
		return nil, ps
	}
	checkKey(d.Key, r.ownKeys, &ps)
	s.resolve(r, d, &ps)
	s.check(r, d, &ps)
	checkFiles(d.Files, &ps)
	if len(ps) > 0 && !(r.loose && s.unit != 0 && s.place != 0 && ps.onlyFields()) {
		return nil, ps
	}
	s.add(&ps)
	return s, ps
}

// resolve finds the units that the draft names, on the entry's day.
func (s *said) resolve(r rules, d Draft, ps *Problems) {
	unit, err := unitOn(r.tree, d.Unit, d.Day)
	if err != nil {
		ps.add("unit", "%s", fault.Say(err))
		return
	}
	s.unit = unit.ID
	if !r.anyBody && !mayRecord(r.tree, s.kind, unit, d.Day) {
		ps.add("unit", "Loại ghi nhận “%s” không do %s (%s) ghi. Đơn vị được ghi: %s.",
			s.kind.Name, r.tree.NameOn(unit.ID, d.Day), unit.Code, strings.Join(s.kind.By, ", "))
	}
	place, err := placeOn(r.tree, d.Place, unit, d.Day)
	if err != nil {
		ps.add("place", "%s", fault.Say(err))
		return
	}
	s.place = place.ID
	s.partners = partnersOn(r.tree, d.Partners, unit, d.Day, ps)
}

func partnersOn(t *org.Tree, refs []string, lead *org.Unit, day civil.Date, ps *Problems) []org.UnitID {
	var ids []org.UnitID
	seen := map[org.UnitID]bool{lead.ID: true}
	for _, ref := range refs {
		u, err := unitOn(t, ref, day)
		switch {
		case err != nil:
			ps.add("partners", "%s", fault.Say(err))
		case u.ID == lead.ID:
			ps.add("partners", "%s là đơn vị chủ trì, không ghi lại ở đơn vị phối hợp.", u.Code)
		case seen[u.ID]:
			ps.add("partners", "Đơn vị phối hợp %s ghi hai lần. Hãy bỏ bớt một.", u.Code)
		default:
			seen[u.ID] = true
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// check has the catalogue normalise the fields.
func (s *said) check(r rules, d Draft, ps *Problems) {
	before := len(*ps)
	fields := resolvedFields(r.tree, s.kind.Fields, cleaned(d.Fields, ps), d.Day, "fields.", ps)
	if len(*ps) > before {
		return // the catalogue would only say again that these have no value
	}
	values, wrong := s.kind.Check(fields, d.Day)
	for _, w := range wrong {
		ps.add("fields."+w.Field, "%s", w.Message)
	}
	s.values = values
	if r.settle != nil && len(wrong) == 0 {
		r.settle(s.kind.Code, d.Day, values)
	}
	if r.law == nil || len(wrong) > 0 {
		return
	}
	for _, p := range r.law(s.kind.Code, r.today, values) {
		ps.add("fields."+p.Field, "%s", p.Say)
	}
}

func checkFiles(files []File, ps *Problems) {
	for _, f := range files {
		if len(f.Hash) != 64 || strings.Trim(f.Hash, "0123456789abcdef") != "" {
			ps.add("files", "Tệp đính kèm %q không có mã SHA-256 hợp lệ (64 chữ số hệ 16, chữ thường).", f.Name)
		}
		if f.Name == "" || len(f.Name) > 255 || strings.ContainsAny(f.Name, "/\\\n\r") || !writable(f.Name) {
			ps.add("files", "Tên tệp đính kèm %q không hợp lệ. Hãy ghi tên tệp, không kèm đường dẫn.", f.Name)
		}
	}
}

// add derives what follows from the values: their JSON, the title, the folded text, the sums.
func (s *said) add(ps *Problems) {
	s.fields = encoded(s.values)
	s.title, s.fold = describe(s.kind, s.values)
	sums, err := sumsOf(s.edition, s.kind, s.day, s.values, s.unit, s.place, s.partners)
	if err != nil {
		ps.add("fields", "Không tính được số liệu từ các trường đã ghi: %s. Hãy kiểm tra lại các số.", err)
		return
	}
	for _, sum := range sums {
		if v := sum.amount.Value; v > most || v < -most {
			ps.add("fields", "Số của chuỗi %s vượt quá mức hệ thống giữ được. Hãy kiểm tra đơn vị tính.", sum.series.code)
			return
		}
	}
	if len(sums) > mostSums {
		ps.add("fields", "Một ghi nhận không thể cộng vào quá %d mục số liệu. Hãy tách thành nhiều ghi nhận.", mostSums)
		return
	}
	s.sums = sums
}

// sumsOf is what a version adds to which series. It needs nothing but the stored version and its edition, so that
// Verify comes to the same. A partner's part stands under its own role, and only where the axis is the body: the
// place counts an event once.
func sumsOf(ed *catalog.Edition, k *catalog.Kind, day civil.Date, v catalog.Values, unit, place org.UnitID, partners []org.UnitID) ([]sum, error) {
	contributions, err := ed.Contributions(k, catalog.Record{Day: day, Values: v})
	if err != nil {
		return nil, err
	}
	sums := make([]sum, 0, len(contributions)*(1+len(partners)))
	for _, c := range contributions {
		s := sum{series: seriesName{c.Series.Code, c.Labels, Lead}, unit: unit, day: c.Day, by: c.By}
		s.amount.Value = c.Value
		if c.Series.Axis == "place" {
			s.unit = place
			sums = append(sums, s)
			continue
		}
		sums = append(sums, s)
		s.series.role = Partner
		for _, p := range partners {
			s.unit = p
			sums = append(sums, s)
		}
	}
	return folded(sums), nil
}
