package alike

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// How an invented letter came to be.
const (
	first    = "first"    // of a matter
	copied   = "copied"   // a photocopy of an earlier one, read by a machine: other addressee, other date
	reworded = "reworded" // the same sender writes anew
	others   = "others"   // somebody else writes of the same matter
)

// invented is a letter with the truth about it.
type invented struct {
	Letter
	matter int
	how    string
	of     int64 // the letter that was copied, or the sender's first of the matter
}

// world makes letters from a seed: the same seed, the same letters.
type world struct {
	r       *rand.Rand
	places  int
	next    int64
	matters []*affair
	papers  [][2]string // decisions of projects, by place and project
}

// affair is a matter: what all its letters are about.
type affair struct {
	n      int
	topic  *topic
	place  int64
	detail map[string]string
	plot   string
	sheet  string
	sender string
	first  int64
}

// invent makes about n letters of a number of communes. Of one commune and topic there are many matters, which share
// hamlets, landmarks, projects with their decisions, and ways of saying things; one sender in eight has two matters.
func invent(seed uint64, places, n int) []invented {
	w := &world{r: rand.New(rand.NewPCG(seed, 20260701)), places: places}
	for range places * len(projects) {
		w.papers = append(w.papers, [2]string{strconv.Itoa(100 + w.r.IntN(3000)), strconv.Itoa(2019 + w.r.IntN(7))})
	}
	var out []invented
	for len(out) < n {
		a := w.affair()
		if w.r.IntN(8) == 0 && len(w.matters) > 1 {
			b := w.matters[w.r.IntN(len(w.matters)-1)]
			a.sender = b.sender
			if w.r.IntN(2) == 0 {
				a.place = b.place
			}
		}
		one := w.letter(a, a.sender, first, 0)
		a.first = one.ID
		out = append(out, one)
		written := []invented{one}
		for range w.r.IntN(4) {
			var l invented
			switch k := w.r.IntN(10); {
			case k < 3:
				src := written[w.r.IntN(len(written))]
				l = w.copy(src)
			case k < 7:
				l = w.letter(a, a.sender, reworded, a.first)
			default:
				l = w.letter(a, w.name()+strconv.Itoa(w.r.IntN(1e6)), others, a.first)
			}
			written = append(written, l)
			out = append(out, l)
		}
	}
	w.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func (w *world) name() string {
	return pick(w.r, families) + " " + pick(w.r, middles) + " " + pick(w.r, givens)
}

func (w *world) affair() *affair {
	t := &topics[w.r.IntN(len(topics))]
	a := &affair{n: len(w.matters), topic: t, place: int64(1 + w.r.IntN(w.places))}
	project := w.r.IntN(len(projects))
	who := "ông " + w.name()
	switch w.r.IntN(6) {
	case 0, 1:
		who = "bà " + w.name()
	case 2:
		who = pick(w.r, []string{"UBND xã", "Trưởng thôn", "Ban quản lý dự án", "cán bộ địa chính xã", "Hợp tác xã"})
	}
	a.detail = map[string]string{
		"respondent": who, "hamlet": pick(w.r, hamlets), "mark": pick(w.r, marks), "thing": pick(w.r, t.things),
		"year": strconv.Itoa(1978 + w.r.IntN(44)), "month": fmt.Sprintf("%d/%d", 1+w.r.IntN(12), 2023+w.r.IntN(4)),
		"area": strconv.Itoa(40 + w.r.IntN(1200)), "length": strconv.Itoa(2 + w.r.IntN(9)), "project": projects[project],
		"money": strconv.Itoa(2+w.r.IntN(400)) + ".000.000", "day": fmt.Sprintf("%d/%d/%d", 1+w.r.IntN(28), 1+w.r.IntN(12), 2022+w.r.IntN(5)),
	}
	a.plot, a.sheet = strconv.Itoa(1+w.r.IntN(400)), strconv.Itoa(1+w.r.IntN(60))
	no := [2]string{strconv.Itoa(1 + w.r.IntN(2500)), strconv.Itoa(2019 + w.r.IntN(7))}
	if t.project {
		no = w.papers[int(a.place-1)*len(projects)+project] // all households of the project cite it
	}
	a.detail["decision"] = no[0] + "/" + pick(w.r, []string{"QĐ-UBND", "TB-UBND"})
	if t.project {
		a.detail["decision"] = no[0] + "/QĐ-UBND"
	}
	if w.r.IntN(2) == 0 || t.project {
		a.detail["decision"] += " ngày 15/6/" + no[1]
	}
	a.sender = w.name() + strconv.Itoa(w.r.IntN(1e6))
	w.matters = append(w.matters, a)
	return a
}

// vague says a detail without its number, as people often do.
func (w *world) vague(a *affair, key string) string {
	switch key {
	case "parcel":
		if w.r.IntN(100) < 35 {
			return pick(w.r, []string{"mảnh đất của gia đình", "thửa đất nêu trên", "đất vườn nhà tôi", "khu đất này"})
		}
		return fmt.Sprintf(pick(w.r, []string{"thửa đất số %[1]s, tờ bản đồ số %[2]s", "thửa %[1]s tờ %[2]s", "thửa đất số %[1]s tờ bản đồ %[2]s", "tờ bản đồ số %[2]s, thửa đất số %[1]s", "thửa số %[1]s (tờ bản đồ địa chính số %[2]s)"}), a.plot, a.sheet)
	case "respondent":
		v := a.detail[key]
		if parts := strings.Fields(v); len(parts) == 4 && w.r.IntN(100) < 15 { // without the family's name, or misspelt
			return parts[0] + " " + parts[2] + " " + parts[3]
		}
		if w.r.IntN(100) < 25 {
			return pick(w.r, []string{"người hàng xóm", "hộ bên cạnh", "người này", "phía bên kia"})
		}
		return v
	case "thing", "hamlet", "mark", "project":
		if w.r.IntN(100) < 20 {
			return map[string]string{"thing": "làm việc đó", "hamlet": "nơi tôi ở", "mark": "chỗ đó", "project": "nói trên"}[key]
		}
	case "money", "area", "length", "year":
		if w.r.IntN(100) < 30 {
			return map[string]string{"money": "nhiều triệu", "area": "nhiều", "length": "mấy", "year": "lâu"}[key]
		}
	}
	return a.detail[key]
}

func (w *world) fill(a *affair, text string) string {
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			return upperFirst(text)
		}
		j := i + strings.IndexByte(text[i:], '}')
		text = text[:i] + w.vague(a, text[i+1:j]) + text[j+1:]
	}
}

func upperFirst(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// letter writes a letter of a matter anew: which sentences, each in which words, in which order, with what filling.
func (w *world) letter(a *affair, sender, how string, of int64) invented {
	if a.topic.land && (how == others && w.r.IntN(100) < 40 || how == reworded && w.r.IntN(100) < 7) {
		b := *a // names his own parcel, or another of the same land
		b.plot = strconv.Itoa(1 + w.r.IntN(400))
		a = &b
	}
	var body []string
	keep := 100 - 25*w.r.IntN(2)
	for _, ways := range a.topic.sentences {
		if w.r.IntN(100) < keep {
			body = append(body, w.fill(a, pick(w.r, ways)))
		}
	}
	for len(body) < 2 {
		body = append(body, w.fill(a, pick(w.r, a.topic.sentences[0])))
	}
	for range 1 + w.r.IntN(5) {
		body = append(body, pick(w.r, fillers))
	}
	w.r.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
	body = append(body, pick(w.r, a.topic.requests))
	w.next++
	l := invented{matter: a.n, how: how, of: of}
	l.ID, l.Place, l.Mark = w.next, a.place, sender
	switch k := w.r.IntN(100); {
	case k < 8:
		l.Place = 0
	case k < 13: // where the sender lives, or a slip of the clerk
		l.Place = int64(1 + w.r.IntN(w.places))
	}
	if w.r.IntN(100) < 4 { // sent by mail without a usable address, or by somebody else's hand
		l.Mark = ""
	}
	if w.r.IntN(100) < 60 {
		l.Respondent = a.detail["respondent"]
	}
	if a.topic.land && w.r.IntN(100) < 35 {
		l.Parcels = []string{"thửa " + a.plot + ", tờ " + a.sheet}
	}
	name := strings.TrimRight(sender, "0123456789")
	l.Text = w.headed(w.fill(a, pick(w.r, a.topic.title)), name, wrap(w.r, pick(w.r, openings)+" "+strings.Join(body, " ")))
	return l
}

// headed puts what every letter has around its text.
func (w *world) headed(title, name, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n........., ngày %d tháng %d năm %d\n\nĐƠN %s\n(%s)\n", 1+w.r.IntN(28), 1+w.r.IntN(12), 2024+w.r.IntN(3),
		pick(w.r, []string{"KHIẾU NẠI", "ĐỀ NGHỊ", "KIẾN NGHỊ", "PHẢN ÁNH"}), title)
	fmt.Fprintf(&b, "Kính gửi: %s\n", pick(w.r, offices))
	for range w.r.IntN(3) {
		fmt.Fprintf(&b, "- %s;\n", pick(w.r, offices))
	}
	fmt.Fprintf(&b, "Tôi tên là: %s, sinh năm %d\nĐịa chỉ thường trú: %s\n", name, 1950+w.r.IntN(45), pick(w.r, hamlets))
	b.WriteString(body)
	fmt.Fprintf(&b, "\n%s\nNgười làm đơn\n(Ký, ghi rõ họ tên)\n%s\n", pick(w.r, closings), name)
	return b.String()
}

// wrap breaks a text into lines, each time elsewhere.
func wrap(r *rand.Rand, text string) string {
	width := 60 + r.IntN(40)
	var b strings.Builder
	n := 0
	for i, word := range strings.Fields(text) {
		if i > 0 {
			if n > width {
				b.WriteByte('\n')
				n = 0
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(word)
		n += len([]rune(word)) + 1
	}
	return b.String()
}

// copy is a photocopy of a letter as a machine reads it: other addressee and date on the first page, marks lost,
// letters taken for others, words run together, sometimes the last lines missing.
func (w *world) copy(src invented) invented {
	lines := strings.Split(src.Text, "\n")
	from, to := 0, len(lines)
	for i, l := range lines {
		if strings.HasPrefix(l, "Địa chỉ thường trú") {
			from = i + 1
		}
		if strings.HasPrefix(l, "Người làm đơn") {
			to = i - 1
		}
	}
	body := strings.Fields(strings.Join(lines[from:max(to, from)], " "))
	if w.r.IntN(10) == 0 {
		body = body[:len(body)*8/10]
	}
	noise := []float64{0.01, 0.03, 0.06}[w.r.IntN(3)]
	for i, word := range body {
		body[i] = w.noisy(word, noise)
	}
	w.next++
	out := src
	out.ID, out.how, out.of = w.next, copied, src.ID
	if w.r.IntN(2) == 0 {
		out.Mark = "" // the clerk could not read who wrote
	}
	out.Respondent, out.Parcels = "", nil
	text := wrap(w.r, strings.Join(body, " "))
	out.Text = w.headed("V/v như trên", w.name(), text)
	return out
}

var lookAlikes = map[rune][]rune{'o': {'0', 'c'}, 'l': {'1', 'i'}, 'i': {'l', '1'}, 'n': {'r', 'u'}, 'm': {'n'}, 'h': {'b', 'n'}, 'u': {'n', 'v'}, 'c': {'e', 'o'}, 'e': {'c'}, 'a': {'o'}, '1': {'l', '7'}, '0': {'O'}, '5': {'S'}, '8': {'B', '3'}, 't': {'l', 'f'}, 'g': {'q', '9'}}

var bare = strings.NewReplacer("ạ", "a", "ả", "a", "ấ", "â", "ầ", "â", "ậ", "â", "ế", "ê", "ề", "ê", "ệ", "ê", "ị", "i", "ọ", "o", "ố", "ô", "ộ", "ô", "ờ", "ơ", "ợ", "ơ", "ụ", "u", "ừ", "ư", "ữ", "ư", "ự", "ư", "đ", "d")

func (w *world) noisy(word string, noise float64) string {
	if w.r.Float64() < 4*noise {
		word = bare.Replace(word)
	}
	if w.r.Float64() >= noise {
		return word
	}
	r := []rune(word)
	i := w.r.IntN(len(r))
	if alike, ok := lookAlikes[r[i]]; ok {
		r[i] = pick(w.r, alike)
		return string(r)
	}
	if len(r) > 2 {
		return string(append(r[:i:i], r[i+1:]...))
	}
	return word
}
