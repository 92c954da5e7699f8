package web_test

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/web/browser"
)

// recordForm is a form that the carried values are tried on: recording of a kind.
const recordForm = "/ghi-nhan/moi/training_conference"

// A form that was being typed when the session ended is there again after signing in, with every value.
func TestFormSurvivesTheEndOfASession(t *testing.T) {
	o := open(t)
	o.hire(t, "thu.goi", post{access.Specialist, "02143"})
	v := o.signIn(t, "thu.goi", good)
	page := v.get(recordForm)
	if page.status != http.StatusOK {
		t.Fatalf("%s: status %d", recordForm, page.status)
	}
	names := fieldNames(page.body)
	text := ""
	for _, n := range names {
		if strings.HasSuffix(n, "topic") {
			text = n
		}
	}
	if text == "" {
		t.Fatalf("no topic among %v", names)
	}
	v.post("/dang-xuat", nil)

	typed := map[string]string{text: `Tập huấn "gõ dở" <b>&`, "dong.99.mat": "dòng do chương trình thêm", "buoc": "bước bấm", "mat-khau": "bí mật không được hiện"}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range typed {
		_ = w.WriteField(name, value)
	}
	file, _ := w.CreateFormFile("tep", "bien-ban.pdf")
	_, _ = file.Write(bytes.Repeat([]byte("x"), 300<<10))
	_ = w.Close()
	r, _ := http.NewRequest("POST", v.URL+recordForm, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Referer", v.URL+recordForm)
	resp, err := v.Do(r)
	page = v.see(resp, err)
	if page.status != http.StatusForbidden || !strings.Contains(page.body, "những gì bạn đã gõ vẫn còn") || strings.Contains(page.body, "bí mật") {
		t.Fatalf("the sign-in page: status %d", page.status)
	}
	form := hiddenAll(page.body)
	form.Set("ten", "thu.goi")
	form.Set("mat-khau", "gõ nhầm mật khẩu")
	page = v.post("/dang-nhap", form) // a mistake loses nothing either
	form = hiddenAll(page.body)
	form.Set("ten", "thu.goi")
	form.Set("mat-khau", good)
	page = v.post("/dang-nhap", form)
	for _, want := range []string{"Tập huấn &#34;gõ dở&#34; &lt;b&gt;&amp;", "dòng do chương trình thêm", "bien-ban.pdf", "chưa có gì được lưu", `action="` + recordForm} {
		if !strings.Contains(page.body, want) {
			t.Errorf("after signing in the page lacks %q (status %d)", want, page.status)
		}
	}
	if strings.Contains(page.body, "bước bấm") {
		t.Error("the button that was pressed is shown as something typed")
	}
	if strings.Contains(page.body, "bí mật") {
		t.Error("a password came along")
	}
}

// Whoever has lost the right sees what he typed, for copying.
func TestFormOfLostRight(t *testing.T) {
	o := open(t)
	o.hire(t, "thu.xem", post{access.Approver, "02143"})
	v := o.signIn(t, "thu.xem", good)
	page := v.post(recordForm, url.Values{"f.topic": {"Gõ từ hôm qua"}})
	if page.status != http.StatusForbidden || !strings.Contains(page.body, "Gõ từ hôm qua") || !strings.Contains(page.body, "Chưa có gì được lưu") {
		t.Errorf("status %d, typed text shown: %t", page.status, strings.Contains(page.body, "Gõ từ hôm qua"))
	}
}

// What is carried is bounded, and said when it is not whole.
func TestCarriedIsBounded(t *testing.T) {
	o := open(t)
	v := o.visitor(t)
	page := v.post(recordForm, url.Values{"f.topic": {strings.Repeat("dài ", 100<<10)}})
	if page.status != http.StatusForbidden || !strings.Contains(page.body, "không mang theo được") || len(page.body) > 64<<10 {
		t.Errorf("status %d, %d bytes", page.status, len(page.body))
	}
}

func hiddenAll(body string) url.Values {
	out := url.Values{}
	body = body[strings.Index(body, `action="/dang-nhap"`):]
	body = body[:strings.Index(body, "</form>")]
	for _, m := range hiddenInput.FindAllStringSubmatch(body, -1) {
		out.Add(unescape(m[1]), unescape(m[2]))
	}
	return out
}

// TestSigningInByHand goes the whole way in a real browser and looks at each page, wide, narrow and dark.
func TestSigningInByHand(t *testing.T) {
	o := open(t)
	o.hire(t, "thu.tay", post{access.Auditor, "19"})
	b := browser.Start(t, browser.Options{Width: 390, Height: 844})
	look := func(name string) {
		t.Helper()
		for _, width := range []int{1440, 390, 320} {
			b.Size(width, 844, false)
			var out string
			b.Eval(tooWide, &out)
			if out != "" {
				t.Errorf("%s at %d px: %s", name, width, out)
			}
			b.Shot(name)
		}
		b.Size(390, 844, true)
		b.Shot(name + "-toi")
		b.Size(390, 844, false)
		for _, m := range b.Axe() {
			t.Errorf("%s: %v", name, m)
		}
	}
	b.Go(o.door(t) + "/dang-nhap?ve=/tai-khoan")
	look("dang-nhap")
	b.Eval(`document.getElementById("ten").value = "thu.tay"; document.getElementById("mat-khau").value = "sai bét"; return ""`, nil)
	b.Click(".enter-form button")
	b.Until(`return document.title`, func(s string) bool { return strings.HasPrefix(s, "Lỗi") })
	look("dang-nhap-loi")
	b.Eval(`document.getElementById("ten").value = "thu.tay"; document.getElementById("mat-khau").value = "`+good+`"; return ""`, nil)
	b.Click(".enter-form button")
	if at := b.Until(`return location.pathname`, func(s string) bool { return s == "/dang-nhap/thiet-lap" }); at != "/dang-nhap/thiet-lap" {
		t.Fatalf("a role that asks for a second factor is at %s", at)
	}
	look("thiet-lap")
	var secret string
	b.Eval(`return document.querySelector("[name=bi-mat]").value`, &secret)
	v := &visitor{t: t, secret: secret}
	b.Eval(`document.getElementById("ma-xac-thuc").value = "`+v.code()+`"; return ""`, nil)
	b.Click(".enter-form button")
	b.Until(`return document.querySelector("h1").textContent`, func(s string) bool { return s == "Mã khôi phục" })
	look("ma-khoi-phuc")
	b.Click(".enter-form button")
	if at := b.Until(`return location.pathname`, func(s string) bool { return s == "/tai-khoan" }); at != "/tai-khoan" {
		t.Fatalf("after the setting at %s", at)
	}
	look("tai-khoan")
}

var (
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	namedField  = regexp.MustCompile(`<(?:input|textarea|select)[^>]* name="([^"]*)"`)
)

func fieldNames(body string) (out []string) {
	for _, m := range namedField.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

func unescape(s string) string { return html.UnescapeString(s) }
