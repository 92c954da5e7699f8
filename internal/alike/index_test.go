package alike

import (
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPlainLeavesOutWhatEveryLetterHas(t *testing.T) {
	const letter = `CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Tân Lập, ngày 3 tháng 5 năm 2026
ĐƠN KHIẾU NẠI
Kính gửi:
- Chủ tịch UBND tỉnh;
- Ban Tiếp công dân
Tôi tên là: Nguyễn Văn Không Có, sinh năm 1960
Địa chỉ: thôn Đâu Đó
Hộ bên đã xây tường trên đất nhà tôi.
Tôi xin chân thành cảm ơn!
Người làm đơn`
	got := strings.Join(syllables(plain(letter)), " ")
	if got != "ho ben da xay tuong tren dat nha toi" {
		t.Errorf("left: %q", got)
	}
}

func TestAnchors(t *testing.T) {
	for text, want := range map[string][]Parcel{
		"thửa đất số 123, tờ bản đồ số 45":              {{"123", "45"}},
		"tờ bản đồ địa chính số 45, các thửa 7, 8 và 9": {{"7", "45"}, {"8", "45"}, {"9", "45"}},
		"thửa l23 tờ 4S": {{"123", "45"}},
		"thửa đất của tôi ở tổ 5, đã nộp 3 tờ khai":            nil,
		"kính thưa quý cấp, thửa đất số 12 ở tổ dân phố số 45": nil,
		"thua dat so 12 to ban do so 3":                        {{"12", "3"}},
	} {
		if got := parcels(words(text)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string][]Decision{
		"Quyết định số 0123/QĐ-UBND ngày 5/6/2024":                                          {{"123/qd-ubnd", "2024"}},
		"Thông báo 45/TB-UBND ngày 5 tháng 6 năm 2023 và thêm":                              {{"45/tb-ubnd", "2023"}},
		"Quyết định 12/2022/QĐ-UBND":                                                        {{"12/qd-ubnd", "2022"}},
		"Luật Đất đai số 31/2024/QH15, Nghị định 102/2024/NĐ-CP, Thông tư 10/2024/TT-BTNMT": nil,
	} {
		if got := decisions(words(text)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	var days []string
	for _, f := range facts(words("ngày 05/6/2024, ngày 5 tháng 6 năm 2024, số tiền 15.000.000 đồng, 300 m2")) {
		days = append(days, f.say)
	}
	if !slices.Equal(days, []string{"ngày 5/6/2024", "số 15.000.000"}) {
		t.Errorf("facts: %v", days)
	}
	if got := typedParcels([]string{"12/45", "thửa 3 tờ 4"}); !slices.Equal(got, []Parcel{{"12", "45"}, {"3", "4"}}) {
		t.Errorf("typed: %v", got)
	}
}

func TestReasonsAreSaidInWords(t *testing.T) {
	x := New(false)
	x.Put(Letter{ID: 1, Place: 7, Mark: "m", Respondent: "ông Trần Văn Ví Dụ", Text: "Ông Trần Văn Ví Dụ xây tường rào lấn sang thửa đất số 123, tờ bản đồ số 45 của gia đình tôi hai mét. Quyết định số 77/QĐ-UBND ngày 3/4/2025 không đúng."})
	x.Put(Letter{ID: 2, Place: 7, Mark: "m", Text: "Tôi đề nghị xem lại Quyết định 77/QĐ-UBND. Hàng xóm dựng tường lấn đất, thửa 123 tờ 45, tôi nhiều lần đề nghị tháo dỡ."})
	x.Put(Letter{ID: 3, Place: 8, Text: "Hàng xóm dựng tường lấn đất, thửa 123 tờ 45, tôi nhiều lần đề nghị tháo dỡ mà không được."})
	got := x.Near(2, 5)
	if len(got) == 0 || got[0].ID != 1 {
		t.Fatalf("found %+v", got)
	}
	for _, say := range []string{"cùng thửa đất 123 tờ 45", "cùng viện dẫn văn bản 77/QĐ-UBND", "cùng dấu người gửi", "cùng địa bàn"} {
		if !slices.Contains(got[0].Reasons, say) {
			t.Errorf("%q is missing in %q", say, got[0].Reasons)
		}
	}
	f, _ := x.Compare(2, 3)
	if slices.Contains(f.Reasons, "cùng thửa đất 123 tờ 45") {
		t.Errorf("a parcel of another commune counted: %q", f.Reasons)
	}
}

// A list of letters by person is not to be had: letters that have only their sender in common are not shown.
func TestSameSenderAloneIsNotShown(t *testing.T) {
	w := &world{r: rand.New(rand.NewPCG(5, 5)), places: 3}
	for range len(projects) * 3 {
		w.papers = append(w.papers, [2]string{"1", "2024"})
	}
	x := New(false)
	topicOf := map[int64]string{}
	for range 60 {
		a := w.affair()
		l := w.letter(a, "one person", first, 0)
		l.Mark = "one person"
		topicOf[l.ID] = a.topic.name
		x.Put(l.Letter)
	}
	wrong := 0
	for id := range topicOf {
		for _, f := range x.Near(id, mostShown) {
			if topicOf[f.ID] != topicOf[id] {
				wrong++
			}
		}
	}
	if wrong > 3 {
		t.Errorf("%d letters of other subjects were shown for their sender", wrong)
	}
}

// What is found does not depend on how the index came to be: one built anew answers as one that has lived.
func TestIndexBuiltAnewIsTheSame(t *testing.T) {
	list := invent(9, 2, 300)
	lived := New(false)
	for _, l := range list {
		changed := l.Letter
		changed.Text = "lúc đầu viết khác: " + changed.Text
		lived.Put(changed)
	}
	for i := 50; i < 120; i++ {
		lived.Remove(list[i].ID)
	}
	for _, l := range slices.Backward(list) {
		lived.Put(l.Letter)
	}
	lived.Remove(list[7].ID)
	lived.Remove(list[7].ID)
	anew := New(false)
	for i, l := range list {
		if i != 7 {
			anew.Put(l.Letter)
		}
	}
	if lived.Len() != anew.Len() {
		t.Fatalf("%d and %d letters", lived.Len(), anew.Len())
	}
	for _, l := range list {
		if a, b := lived.Near(l.ID, 10), anew.Near(l.ID, 10); !reflect.DeepEqual(a, b) {
			t.Fatalf("letter %d: %+v\nanew: %+v", l.ID, a, b)
		}
	}
	for _, l := range list {
		lived.Remove(l.ID)
	}
	if lived.Len()+len(lived.many)+len(lived.lists)+len(lived.wholes)+len(lived.lands)+len(lived.papers)+len(lived.marks)+len(lived.facts)+len(lived.people)+len(lived.names) != 0 {
		t.Error("an index of which all was removed still holds something")
	}
}

func TestEmptyLettersResembleNothing(t *testing.T) {
	x := New(false)
	x.Put(Letter{ID: 1})
	x.Put(Letter{ID: 2, Mark: "m"})
	x.Put(Letter{ID: 3, Text: "Kính gửi: UBND xã\nTôi xin chân thành cảm ơn", Mark: "m", Place: 1})
	for id := range int64(4) {
		if got := x.Near(id, 5); len(got) != 0 {
			t.Errorf("letter %d: %+v", id, got)
		}
	}
}

// One look-up among 100,000 letters; what the index takes is reported beside it.
//
//	go test ./internal/alike -run - -bench LookUp
func BenchmarkLookUp(b *testing.B) {
	list := invent(3, 120, 100_000)
	before := inUse()
	x := New(false)
	start := time.Now()
	for i := range list {
		x.Put(list[i].Letter)
	}
	took := time.Since(start)
	held := inUse() - before
	var worst time.Duration
	b.ResetTimer()
	for i := range b.N {
		one := time.Now()
		x.Near(list[i*7919%len(list)].ID, mostShown)
		worst = max(worst, time.Since(one))
	}
	b.ReportMetric(float64(held)/(1<<20), "MiB-held")
	b.ReportMetric(float64(took.Microseconds())/float64(len(list)), "us/letter-put")
	b.ReportMetric(float64(worst.Microseconds())/1000, "ms-worst")
	runtime.KeepAlive(list)
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAgreeMarksWhatBothSay(t *testing.T) {
	one, other := Agree("Hộ bên xây tường rào gạch, lấn 250 m2.", "Ngày ấy XÂY TUONG rào\ngạch lấn tới 250")
	show := func(list []Piece) string {
		var b strings.Builder
		for _, p := range list {
			if p.Both {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		return b.String()
	}
	if got := show(one); got != "Hộ bên [xây tường rào gạch, lấn 250] m2." {
		t.Errorf("one: %s", got)
	}
	if got := show(other); got != "Ngày ấy [XÂY TUONG rào\ngạch lấn] tới [250]" {
		t.Errorf("other: %s", got)
	}
	for _, s := range []string{"", " ", "một"} {
		a, _ := Agree(s, "khác hẳn")
		if strings.Join(texts(a), "") != s {
			t.Errorf("%q was not kept whole: %v", s, a)
		}
	}
}

func texts(list []Piece) (out []string) {
	for _, p := range list {
		out = append(out, p.Text)
	}
	return out
}

// FuzzAnybodyWrites: whatever somebody writes is compared or not, but is never the end of the program.
func FuzzAnybodyWrites(f *testing.F) {
	for _, text := range []string{
		"", "⚠️", "❤️ 12/QĐ-UBND ❤️", "\ufe0f", "\u0301", "-\u0301/", "thửa \ufe0f tờ \ufe0f", "thửa", "tờ bản đồ", "ngày \u0301 năm \u0301", "kính \ufe0f gửi",
		"12/qđ-ubnd ngày", "\x00\x1b[31m", "\u202egnp.exe", strings.Repeat("ốm", 70), "1/2/2/2/2", "...///---", "👨‍👩‍👧‍👦🏳️‍🌈", "\xff\xfe",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, x := range []*Index{New(false), New(true)} {
			l := Letter{ID: 1, Text: text, Respondent: text, Place: 1, Parcels: []string{text}, Decisions: []string{text}}
			x.Put(l)
			l.ID = 2
			x.Put(l)
			x.Near(1, 3)
			x.NearText(l, 3)
			x.Compare(1, 2)
			Agree(text, "ngày "+text)
		}
	})
}
