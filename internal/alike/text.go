package alike

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"danvan/internal/civil"
)

// word is a syllable or a number as it is written and as it is compared.
type word struct {
	raw     string // lower case, with marks
	fold    string
	capital bool // begins with a capital letter
}

// words cuts a line into syllables. A number with its strokes or points ("123/QĐ-UBND", "12/5/2024", "15.000.000")
// stays one word. What folds to nothing, such as the sign that colours an emoji, is none.
func words(line string) []word {
	var out []word
	add := func(s string) {
		if w := newWord(s); w.fold != "" {
			out = append(out, w)
		}
	}
	for _, part := range strings.FieldsFunc(line, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("/-.,", r)
	}) {
		part = strings.Trim(part, "/-.,")
		switch {
		case part == "":
		case strings.ContainsAny(part, "/-.,") && !joined(part):
			for _, p := range strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune("/-.,", r) }) {
				add(p)
			}
		default:
			add(part)
		}
	}
	return out
}

func newWord(s string) word {
	r, _ := utf8.DecodeRuneInString(s)
	low := strings.ToLower(s)
	return word{low, civil.Fold(low), unicode.IsUpper(r)}
}

// joined reports whether a word with strokes or points is a number of a document, a day or an amount. A point in one
// of a document's number joins two sentences.
func joined(s string) bool {
	if !strings.ContainsAny(s, "0123456789") {
		return false
	}
	return s[0] >= '0' && s[0] <= '9' && (!strings.ContainsAny(s, ".,") || strings.Trim(s, "0123456789.,") == "")
}

// opening are the words with which a line begins that every letter has: what it is, to whom, from whom, where and when.
var opening = phrases(`
cong hoa xa hoi
doc lap tu do
kinh gui
dong kinh gui
don khieu nai
don to cao
don kien nghi
don phan anh
don de nghi
don keu cuu
don trinh bay
toi ten la
ten toi la
toi la
ho va ten
ho ten
nguoi gui
nguoi viet don
nguoi lam don
nguoi khieu nai
sinh nam
sinh ngay
ngay sinh
dia chi
thuong tru
dang ky thuong tru
noi o
hien o
cu tru
dien thoai
so dien thoai
sdt
can cuoc
so can cuoc
cccd
cmnd
so cccd
email
ky ten
ky va ghi ro ho ten
ky ghi ro ho ten
`)

// formulae are phrases that may stand anywhere in a letter and say nothing of it.
var formulae = phrases(`
cong hoa xa hoi chu nghia viet nam
doc lap tu do hanh phuc
kinh thua quy co quan
kinh thua quy cap
kinh thua cac cap
toi xin chan thanh cam on
xin chan thanh cam on
toi xin tran trong cam on
xin tran trong cam on
tran trong cam on
chan thanh cam on
toi xin cam doan
xin cam doan
cam doan nhung noi dung tren la dung su that
nhung noi dung tren la dung su that
noi dung tren la dung
neu sai toi xin chiu trach nhiem truoc phap luat
neu sai toi hoan toan chiu trach nhiem
chiu trach nhiem truoc phap luat
hoan toan chiu trach nhiem
kinh mong quy co quan xem xet giai quyet
kinh mong quy co quan
kinh de nghi quy co quan
rat mong duoc su quan tam
mong som nhan duoc
toi lam don nay
nay toi lam don nay
nay toi viet don nay
toi viet don nay
xin trinh bay noi dung su viec nhu sau
trinh bay su viec nhu sau
noi dung cu the nhu sau
noi dung su viec nhu sau
`)

// phrases reads one phrase a line, by its first word.
func phrases(list string) map[string][][]string {
	out := map[string][][]string{}
	for line := range strings.Lines(list) {
		if p := strings.Fields(line); len(p) > 0 {
			out[p[0]] = append(out[p[0]], p)
		}
	}
	return out
}

// longest is how many words the longest phrase takes that begins at the first word; 0 for none.
func longest(list map[string][][]string, at []word) int {
	best := 0
	if len(at) == 0 {
		return 0
	}
	for _, p := range list[at[0].fold] {
		if len(p) <= best || len(p) > len(at) {
			continue
		}
		same := true
		for i := range p {
			if at[i].fold != p[i] {
				same = false
				break
			}
		}
		if same {
			best = len(p)
		}
	}
	return best
}

// headLine is how long a line may be that is left out for its first words: a longer one says more than that.
const headLine = 24

// Plain are the words of a letter without what stands in every letter. Sentences that tell the writer's name or where
// he lives are left out too.
func plain(text string) []word {
	var out []word
	addressee := false
	for line := range strings.Lines(norm.NFC.String(text)) {
		trimmed := strings.TrimSpace(line)
		ws := words(trimmed)
		if len(ws) == 0 {
			continue
		}
		listed := strings.HasPrefix(trimmed, "-") || strings.HasPrefix(trimmed, "+") || strings.HasPrefix(trimmed, "•")
		if addressee && listed && len(ws) <= headLine {
			continue
		}
		n := longest(opening, ws)
		addressee = n > 0 && ws[0].fold == "kinh" || n > 0 && ws[0].fold == "dong"
		if n > 0 && len(ws) <= headLine || dateLine(ws) {
			continue
		}
		out = append(out, ws...)
	}
	kept := out[:0]
	for i := 0; i < len(out); {
		if n := longest(formulae, out[i:]); n > 0 {
			i += n
			continue
		}
		kept = append(kept, out[i])
		i++
	}
	return kept
}

// dateLine reports whether a line is "Tân Lập, ngày 3 tháng 5 năm 2026".
func dateLine(ws []word) bool {
	if len(ws) > 12 {
		return false
	}
	for i := 0; i+4 < len(ws); i++ {
		if ws[i].fold == "ngay" && ws[i+2].fold == "thang" && ws[i+4].fold == "nam" {
			return true
		}
	}
	return false
}

// syllables are the words as they are compared: numbers with strokes are taken apart, points of an amount left out.
func syllables(ws []word) []string {
	out := make([]string, 0, len(ws))
	for _, w := range ws {
		if strings.ContainsAny(w.fold, "/-") {
			out = append(out, strings.FieldsFunc(w.fold, func(r rune) bool { return r == '/' || r == '-' })...)
			continue
		}
		if strings.ContainsAny(w.fold, ".,") {
			out = append(out, points.Replace(w.fold))
			continue
		}
		out = append(out, w.fold)
	}
	return out
}

var points = strings.NewReplacer(".", "", ",", "")
