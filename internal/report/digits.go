package report

import (
	"regexp"
	"strings"
)

// Figures are slots, never typed. A digit may stand in prose only as part of
// what is written here, or after a backslash.
var typed = []*regexp.Regexp{
	// Document numbers: 290-QĐ/TW, 21-QC/TU, 61/2018/NĐ-CP, 202/2025/QH15.
	regexp.MustCompile(`\d+(/\d{4})?[-/]\p{Lu}[\p{L}\d]*([-/]\p{Lu}[\p{L}\d]*)*`),
	// Days: 25/02/2010, ngày 25 tháng 02 năm 2010, tháng 7/2025, tháng 7.
	regexp.MustCompile(`\d{1,2}/\d{1,2}/\d{4}`),
	regexp.MustCompile(`(ngày|Ngày) \d{1,2}( tháng \d{1,2})?`),
	regexp.MustCompile(`(tháng|Tháng) \d{1,2}(/\d{4})?`),
	// Years: năm 2016, giai đoạn 2011–2015, các năm 2018, 2019.
	regexp.MustCompile(`((năm|Năm|giai đoạn|nhiệm kỳ) )\d{4}(\s*[–-]\s*\d{4})?((,| và| hoặc) \d{4})*`),
	regexp.MustCompile(`(chuẩn|Chuẩn)[\p{L} ]* \d{4}\s*[–-]\s*\d{4}`),
	// Citations: Điều 5, khoản 2, Chương 3, khóa 11, Mẫu số 01.
	regexp.MustCompile(`(Điều|điều|khoản|Khoản|điểm|Chương|chương|Mục|mục|khóa|Mẫu số|mẫu số|Phụ lục|phụ lục) \d+[a-zđ]?`),
	regexp.MustCompile(`\\[\d.,]+`),
}

var someDigits = regexp.MustCompile(`\d[\d.,/]*`)

// checkDigits refuses digits typed into prose.
func checkDigits(text string, at pos, issues *Problems) {
	// Line ends count as blanks for patterns but must keep their place.
	plain := strings.ReplaceAll(text, "\n", " ")
	masked := []byte(plain)
	for _, re := range typed {
		for _, span := range re.FindAllStringIndex(string(masked), -1) {
			for i := span[0]; i < span[1]; i++ {
				masked[i] = ' '
			}
		}
	}
	for _, span := range someDigits.FindAllStringIndex(string(masked), -1) {
		line := pos{at.file, at.line + strings.Count(text[:span[0]], "\n")}
		issues.add(line, "chữ số %q gõ thẳng vào lời văn; số liệu phải là chỗ điền {{mã chỉ tiêu}}. Nếu không phải số liệu, viết \\%s",
			plain[span[0]:span[1]], plain[span[0]:span[1]])
	}
}

var escaped = regexp.MustCompile(`\\([\d\\*\[\]{}|#-])`)

// unescape drops the backslashes of escaped signs.
func unescape(s string) string { return escaped.ReplaceAllString(s, "$1") }
