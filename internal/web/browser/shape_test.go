package browser

import (
	"strings"
	"testing"
)

// Pages that differ in words, addresses and how many rows they have are of one shape; those that differ in a class, a
// missing name, an id given twice, a label that leads nowhere are not.
func TestShape(t *testing.T) {
	const page = `<html lang="vi"><h1 class="a">Không có đơn này</h1><nav aria-label="Chính"></nav><table><tr><td>1<td class="n">2</table><p id="loi"><a href="/don-thu">Về sổ</a></p><label for="o1">Tên</label><input id="o1" aria-describedby="loi">`
	same := func(old, new string) bool {
		if !strings.Contains(page, old) {
			t.Fatalf("%s does not stand in the page", old)
		}
		return Shape(page) == Shape(strings.Replace(page, old, new, 1))
	}
	for old, new := range map[string]string{
		"Không có đơn này": "Chưa nhập mã", `lang="vi"`: `lang="en"`, `aria-label="Chính"`: `aria-label="Main"`, `href="/don-thu"`: `href="/"`,
		"</table>": "<tr><td>3<td class=\"n\">4<tr><td>5<td class=\"n\">6</table>",
	} {
		if !same(old, new) {
			t.Errorf("%s instead of %s is another shape", new, old)
		}
	}
	for old, new := range map[string]string{
		`class="a"`: `class="b"`, "h1": "h2", "Về sổ": "", `for="o1"`: `for="o2"`, `id="loi"`: `id="o1"`, `aria-describedby="loi"`: "",
		`lang="vi"`: "", `<nav aria-label="Chính"></nav>`: `<nav aria-label="Chính"></nav><nav aria-label="Chính"></nav>`, "</table>": "<tr><td><td class=\"n\">4</table>",
	} {
		if same(old, new) {
			t.Errorf("%s instead of %s is the same shape", new, old)
		}
	}
	if parts := Parts(page, "a", "n", "z"); parts["a"] == "" || parts["n"] == "" || len(parts) != 2 {
		t.Errorf("parts: %v", parts)
	}
}
