package letters

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"danvan/internal/civil"
)

// Facts are what a matter is about: numbers of parcels and decisions, places, persons. All are invented.
type Facts struct {
	Village, Commune, Issuer                 string
	Parcel, Parcel2, Sheet                   int
	Area, Area2                              int // m²
	Year, YearNow, Month                     int
	Day                                      civil.Date // of the event
	Decision                                 string     // "số 145/QĐ-UBND ngày 12/3/2024"
	Money                                    int64      // đồng
	Households, Km                           int
	Person, Official, School, Farm, RoadName string
}

func happen(r *rand.Rand, day civil.Date, at Place) Facts {
	past := day.AddDays(-40 - r.IntN(300))
	decided := day.AddDays(-20 - r.IntN(60))
	f := Facts{
		Village: at.Village, Commune: at.Commune, Issuer: at.Issuer,
		Parcel: 10 + r.IntN(490), Parcel2: 10 + r.IntN(490), Sheet: 1 + r.IntN(79), Area: 300 + 10*r.IntN(260), Area2: 20 + r.IntN(180),
		Year: 1986 + r.IntN(22), YearNow: day.Year(), Month: past.Month(), Day: past,
		Decision: fmt.Sprintf("số %d/QĐ-UBND ngày %s", 12+r.IntN(2900), decided.Vi()), Money: int64(8+r.IntN(290)) * 1_000_000,
		Households: 6 + r.IntN(80), Km: 1 + r.IntN(7),
		Person: "ông " + Name(r), School: fmt.Sprintf("Trường Tiểu học Minh Họa %d", 1+r.IntN(20)), Farm: fmt.Sprintf("trang trại chăn nuôi Minh Họa %d", 1+r.IntN(40)),
	}
	if f.Village == "" {
		f.Village = fmt.Sprintf("thôn Minh Họa %d", 1+r.IntN(14))
	}
	f.RoadName = f.Village + " – trung tâm xã"
	f.Official = fmt.Sprintf("ông %s, %s", Name(r), []string{"công chức địa chính", "công chức văn hóa – xã hội", "trưởng thôn", "cán bộ khuyến nông"}[r.IntN(4)])
	return f
}

// DecisionNumber is the number of the decision alone: 145/QĐ-UBND.
func (f Facts) DecisionNumber() string {
	number, _, _ := strings.Cut(strings.TrimPrefix(f.Decision, "số "), " ")
	return number
}

// filler writes the facts into the slots of a sentence.
func (f Facts) filler(joint, impersonal bool) func(string) string {
	home, me := "gia đình tôi", "tôi"
	if joint {
		home, me = "các hộ chúng tôi", "chúng tôi"
	}
	if impersonal { // nothing that says who wrote
		home, me = "hộ dân", "người lao động"
	}
	pairs := []string{
		"{village}", f.Village, "{commune}", f.Commune, "{issuer}", f.Issuer, "{Issuer}", upper(f.Issuer), "{home}", home, "{Home}", upper(home), "{me}", me, "{Me}", upper(me),
		"{parcel}", fmt.Sprint(f.Parcel), "{parcel2}", fmt.Sprint(f.Parcel2), "{sheet}", fmt.Sprint(f.Sheet), "{area}", civil.FormatInt(int64(f.Area)), "{area2}", fmt.Sprint(f.Area2),
		"{year}", fmt.Sprint(f.Year), "{yearnow}", fmt.Sprint(f.YearNow), "{month}", fmt.Sprintf("%d/%d", f.Month, f.Day.Year()), "{day}", f.Day.Vi(),
		"{decision}", f.Decision, "{money}", civil.FormatInt(f.Money), "{households}", fmt.Sprint(f.Households), "{km}", fmt.Sprint(f.Km),
		"{person}", f.Person, "{Person}", upper(f.Person), "{official}", f.Official, "{Official}", upper(f.Official), "{school}", f.School, "{farm}", f.Farm, "{Farm}", upper(f.Farm), "{road}", f.RoadName,
	}
	return strings.NewReplacer(pairs...).Replace
}

// respondent is against whom or what the letter goes, empty for a wish.
func (f Facts) respondent(class string, s *story) string {
	text := strings.Join(append([]string{s.About}, flat(s.Points)...), " ")
	switch {
	case class == "denunciation" && strings.Contains(strings.ToLower(text), "{official}"):
		return upper(f.Official)
	case class == "denunciation":
		return upper(f.Person)
	case class == "complaint" && strings.Contains(text, "{decision}"):
		return upper(f.Issuer)
	case class == "complaint":
		return "Ủy ban nhân dân " + f.Commune
	case strings.Contains(strings.ToLower(text), "{farm}"):
		return upper(f.Farm)
	}
	return ""
}

func flat(lists [][]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

var (
	families = []string{"Nguyễn", "Hoàng", "Nông", "Triệu", "Lý", "Bàn", "Hà", "Ma", "Đặng", "Phùng", "Trần", "Lường", "Chu", "Đinh", "Vi", "Lục"}
	middles  = []string{"Văn", "Thị", "Đức", "Thu", "Quang", "Ngọc", "Hữu", "Bích"}
)

// Name is a plainly invented name.
func Name(r *rand.Rand) string {
	return fmt.Sprintf("%s %s Minh Họa %d", families[r.IntN(len(families))], middles[r.IntN(len(middles))], 1+r.IntN(999))
}

// Person invents a sender who lives at the matter's place.
func (m *Matter) Person(r *rand.Rand) Sender {
	return Sender{Name: Name(r), Address: fmt.Sprintf("%s, %s", m.Facts.Village, m.Facts.Commune),
		Phone: fmt.Sprintf("0900 000 %03d", r.IntN(1000)), Document: fmt.Sprintf("000000%06d", r.IntN(1_000_000)), Joint: r.Float64() < .08}
}
