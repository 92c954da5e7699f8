package web_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"danvan/data"
	"danvan/internal/access"
	"danvan/internal/app"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/report"
	"danvan/internal/web"
)

// countyUnits is a small province of today: the pages of drafts are tried on it on both engines.
const countyUnits = `code,name,type,level,parent,opened
50,Tỉnh Thử,Tỉnh,province,,2025-07-01
50001,Xã Suối Một,Xã,commune,50,2025-07-01
50002,Xã Suối Hai,Xã,commune,50,2025-07-01
50003,Xã Đồi Ba,Xã,commune,50,2025-07-01
50004,Phường Bốn,Phường,commune,50,2025-07-01
`

// county is the small province behind its pages.
type county struct {
	t    *testing.T
	app  *app.App
	site *httptest.Server
	role access.Role
}

func eachCounty(t *testing.T, test func(c *county)) {
	t.Run("sqlite", func(t *testing.T) { test(newCounty(t, app.Options{Data: t.TempDir(), Create: true})) })
	t.Run("postgres", func(t *testing.T) {
		t.Setenv(app.TestUnsafe, "1")
		test(newCounty(t, app.Options{Data: t.TempDir(), DB: dbtest.PostgresURL(t)}))
	})
}

func newCounty(t *testing.T, o app.Options) *county {
	t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	c := &county{t: t, app: a, role: access.Administrator}
	set := fstest.MapFS{"s/units.csv": {Data: []byte(countyUnits)}}
	err = a.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		for _, ed := range a.Catalog.Editions() {
			if err := catalog.Save(ctx, tx, ed); err != nil {
				return err
			}
		}
		return a.Org.LoadSet(ctx, tx, set, "s", ledger.BodyRules(a.Catalog.Latest()))
	})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.New(web.Deps{
		DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Units: a.Org, Ledger: a.Ledger, Figures: a.Figures,
		Reports: &report.Builder{Engine: a.Figures}, Maps: web.NewMaps(data.FS), Today: func() civil.Date { return today },
		Who: func(r *http.Request) (*access.Viewer, error) {
			tree, err := a.Org.Tree(r.Context())
			if err != nil {
				return nil, err
			}
			grants := []access.Grant{{ID: 1, Account: 1, Role: c.role, Unit: tree.On("50", today).ID, To: civil.Forever}}
			return access.NewViewer(tree, today, 1, "quan.tri", "Quản trị", grants), nil
		},
		Home: web.Home{Template: "nam", Unit: "50", From: 20260101, To: 20261231}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.site = httptest.NewServer(pages)
	t.Cleanup(func() { c.site.Close(); _ = a.Close() })
	return c
}

// read gets a page.
func (c *county) read(address string) string {
	c.t.Helper()
	resp, err := http.Get(c.site.URL + address)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.body(resp, http.StatusOK)
}

func (c *county) body(resp *http.Response, want int) string {
	c.t.Helper()
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.StatusCode != want {
		c.t.Fatalf("%s %s: status %d, want %d: %s", resp.Request.Method, resp.Request.URL.Path, resp.StatusCode, want, problems(string(text)))
	}
	return string(text)
}

// problems are the sentences of an error summary, or of an error page.
func problems(body string) string {
	var out []string
	for _, m := range regexp.MustCompile(`(?s)<div class="err-sum".*?</div>|<p class="err".*?</p>|<h1>.*?</p>`).FindAllString(body, -1) {
		out = append(out, strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m, " ")), " "))
	}
	return strings.Join(out, " | ")
}

// send posts a form and gives where it leads, or the page with its errors.
func (c *county) send(address string, want int, pairs ...string) (where, body string) {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(c.site.URL+address, form)
	if err != nil {
		c.t.Fatal(err)
	}
	body = c.body(resp, want)
	where, _, _ = strings.Cut(resp.Header.Get("Location"), "?")
	return where, body
}

// hidden reads a hidden control of a page.
func hidden(t *testing.T, body, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the page has no hidden %s: %s", name, problems(body))
	}
	return m[1]
}

var keys int

func key() string { keys++; return fmt.Sprintf("khoa-%d", keys) }

// draft makes a draft with one step and returns its address.
func (c *county) draft(title, day, kind string, pairs ...string) string {
	c.t.Helper()
	where, _ := c.send("/don-vi/sap-xep", http.StatusSeeOther, "khoa", key(), "ten", title, "ngay", day, "so", "1/NQ-HĐND", "nguon-tin", "Công báo số 1")
	c.send(where+"/viec/moi", http.StatusSeeOther, append([]string{"khoa", key(), "phien-ban", "1", "loai", kind, "lam", "luu"}, pairs...)...)
	return where
}

// carryOut reads the preview and sends its form.
func (c *county) carryOut(where, confirm string, want int) (form []string, body string) {
	c.t.Helper()
	page := c.read(where + "/xem-truoc")
	form = []string{"khoa", hidden(c.t, page[strings.Index(page, "/thuc-hien"):], "khoa"), "cay", hidden(c.t, page, "cay"), "phien-ban", hidden(c.t, page, "phien-ban"),
		"ly-do", "Theo nghị quyết của Hội đồng nhân dân", "xac-nhan", confirm}
	_, body = c.send(where+"/thuc-hien", want, form...)
	return form, body
}

func (c *county) tree() *org.Tree {
	c.t.Helper()
	tree, err := c.app.Org.Tree(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	return tree
}

// record saves a gift of land at a commune.
func (c *county) record(key, commune string, day civil.Date, land int) {
	c.t.Helper()
	ctx := context.Background()
	kind := c.app.Catalog.EditionOn(day).Kind("contribution")
	fields := map[string]any{}
	for _, f := range kind.Fields {
		switch {
		case f.Code == "land":
			fields[f.Code] = land
		case f.Code == "source":
			fields[f.Code] = "people"
		case !f.Required:
		case len(f.Choices()) > 0:
			fields[f.Code] = f.Choices()[0].Code
		case f.Type == catalog.Text || f.Type == catalog.LongText:
			fields[f.Code] = "Thử nghiệm"
		default:
			fields[f.Code] = 1
		}
	}
	err := c.app.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := c.app.Ledger.Record(ctx, tx, "thu", ledger.Draft{Key: key, Kind: "contribution", Unit: commune + ".MTTQ", Place: commune, Day: day, Fields: fields})
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// land is what was given in a unit in 2026, on a basis.
func (c *county) land(unit string, b org.Basis) string {
	c.t.Helper()
	f, err := c.app.Figures.Figure(context.Background(), figure.Query{Indicator: "contribution.land", Unit: unit, Period: must(civil.Between(20260101, 20261231)), Basis: b})
	if err != nil {
		c.t.Fatal(err)
	}
	if f.Value == nil {
		return "nothing"
	}
	return *f.Value
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestMergeFromDraftToUndo is the administrator's whole way: he writes a merge down, reads what it would do, is
// refused for a wrong name and for units that changed meanwhile, carries it out once although he clicks twice, and
// takes it back. No total moves.
func TestMergeFromDraftToUndo(t *testing.T) {
	eachCounty(t, func(c *county) {
		c.record("g1", "50001", 20260301, 100)
		c.record("g2", "50002", 20260402, 250)
		c.record("g3", "50003", 20260503, 7)
		before := c.land("50", org.AsThen())

		where := c.draft("Sáp nhập Suối Một, Suối Hai", "2026-07-01", "merge",
			"nguon-1", "xa suoi mot", "nguon-2", "50002", "ma-1", "50009", "ten-1", "Xã Suối Lớn")
		page := c.read(where + "/xem-truoc")
		for _, want := range []string{"Xã Suối Lớn", "Xã Suối Một", "tổ chức cùng loại", "Thực hiện 1 việc", `class="flows"`} {
			if !strings.Contains(page, want) {
				t.Errorf("the preview lacks %q", want)
			}
		}
		if n := len(c.tree().Changes()); n != 0 {
			t.Fatalf("a preview entered %d acts", n)
		}

		_, body := c.carryOut(where, "Xã Khác", http.StatusBadRequest)
		if !strings.Contains(body, "<title>Lỗi:") || !strings.Contains(body, "Theo nghị quyết của Hội đồng nhân dân") {
			t.Error("a wrong name does not give the form back with what was typed")
		}

		stale := c.read(where + "/xem-truoc")
		other := []org.Change{{Day: 20260801, Kind: org.Rename, Code: "50003", Name: "Xã Đồi Mới", Status: "confirmed"}}
		if _, err := c.app.Org.Apply(context.Background(), other, "nguoi-khac"); err != nil {
			t.Fatal(err)
		}
		_, body = c.send(where+"/thuc-hien", http.StatusConflict, "khoa", key(), "cay", hidden(t, stale, "cay"), "phien-ban", hidden(t, stale, "phien-ban"),
			"ly-do", "Theo nghị quyết", "xac-nhan", "Xã Suối Lớn")
		if !strings.Contains(problems(body), "đã thay đổi kể từ lúc xem trước") {
			t.Errorf("a stale preview is refused with %q", problems(body))
		}

		form, _ := c.carryOut(where, "xã suối lớn", http.StatusSeeOther)
		c.send(where+"/thuc-hien", http.StatusSeeOther, form...) // the second click
		acts := c.tree().Changes()
		if len(acts) != 2 {
			t.Fatalf("%d acts stand, want the rename and one merge", len(acts))
		}
		if c.tree().On("50001", 20260701) != nil || c.tree().On("50009.MTTQ", 20260701) == nil {
			t.Error("the sources are still open, or the new commune lacks its bodies")
		}
		for _, b := range []org.Basis{org.AsThen(), org.OnDay(20260630), org.OnDay(20260701)} {
			if got := c.land("50", b); got != before {
				t.Errorf("the province has %s on %s, had %s", got, b, before)
			}
		}
		if got := c.land("50009", org.OnDay(20260701)); got != "350" {
			t.Errorf("the new commune has %s restated, want 350", got)
		}
		done := c.read(where)
		if !strings.Contains(done, "đã thực hiện") || !strings.Contains(done, "khớp") || strings.Contains(done, ">lệch<") {
			t.Error("the page of a draft that was carried out does not show that totals agree")
		}
		id := acts[slices.IndexFunc(acts, func(x org.Change) bool { return x.Kind == org.Merge })].ID
		change := c.read(fmt.Sprintf("/don-vi/thay-doi/%d", id))
		for _, want := range []string{"1/NQ-HĐND", "Công báo số 1", "quan.tri", "Theo nghị quyết của Hội đồng nhân dân", "Hoàn tác…"} {
			if !strings.Contains(change, want) {
				t.Errorf("the page of the act lacks %q", want)
			}
		}

		undo := c.read(where + "/hoan-tac")
		c.send(where+"/hoan-tac", http.StatusBadRequest, "khoa", key(), "ly-do", "", "xac-nhan", "Xã Suối Lớn")
		again := []string{"khoa", hidden(t, undo[strings.Index(undo, `id="noi-dung"`):], "khoa"), "ly-do", "Nghị quyết bị bãi bỏ", "xac-nhan", "Xã Suối Lớn"}
		c.send(where+"/hoan-tac", http.StatusSeeOther, again...)
		c.send(where+"/hoan-tac", http.StatusSeeOther, again...)
		if got := c.tree().On("50001", 20260701); got == nil || len(c.tree().Changes()) != 1 {
			t.Error("the undone merge still stands")
		}
		if got := c.land("50", org.AsThen()); got != before {
			t.Errorf("after the undo the province has %s, had %s", got, before)
		}
		if page := c.read(where); !strings.Contains(page, "đã hoàn tác") || !strings.Contains(page, "Nghị quyết bị bãi bỏ") {
			t.Error("the draft does not say that it was taken back, and why")
		}
	})
}

// TestSplitInNumbers: numbers of people become millionths that sum to a million; bodies are to be decided; what was
// recorded on a receiver stands against the undo, which names it.
func TestSplitInNumbers(t *testing.T) {
	eachCounty(t, func(c *county) {
		c.record("g1", "50003", 20260301, 900)
		fields := []string{"nguon-1", "Xã Đồi Ba", "ma-1", "50003", "dan-so-1", "1.000", "ma-2", "50010", "ten-2", "Xã Đồi Bốn", "dan-so-2", "2.000"}
		where := c.draft("Chia Đồi Ba", "2026-07-01", "split", fields...)
		if page := c.read(where + "/xem-truoc"); !strings.Contains(page, "chưa quyết định") || !strings.Contains(page, "cần sửa") || strings.Contains(page, `name="cay"`) {
			t.Error("a split without a word on its bodies can be carried out")
		}
		c.send(where+"/viec/1", http.StatusSeeOther, append([]string{"khoa", key(), "phien-ban", "2", "loai", "split", "to-chuc", "follow", "to-chuc-theo", "50003"}, fields...)...)
		c.carryOut(where, "Xã Đồi Ba", http.StatusSeeOther)
		var sum int64
		for _, a := range c.tree().Changes() {
			sum += a.Sources[0].Parts.Population
		}
		if sum != org.Whole {
			t.Errorf("the shares sum to %d", sum)
		}
		if whole, part := c.land("50", org.OnDay(20260701)), c.land("50010", org.OnDay(20260701)); whole != "900" || !strings.HasPrefix(part, "600") {
			t.Errorf("the province has %s, the new commune %s", whole, part)
		}
		c.record("g2", "50010", 20260801, 5)
		page := c.read(where + "/hoan-tac")
		if !strings.Contains(page, "50010") || strings.Contains(page, `name="xac-nhan"`) {
			t.Error("the undo does not name what stands against it")
		}
		_, body := c.send(where+"/hoan-tac", http.StatusBadRequest, "khoa", key(), "ly-do", "Nhầm ngày", "xac-nhan", "Xã Đồi Ba")
		if !strings.Contains(body, "1 ghi nhận") {
			t.Errorf("the refusal says %q", problems(body))
		}
	})
}

// TestActFormsSayWhatIsWrong: each wrong field says so beside itself, and nothing typed is lost.
func TestActFormsSayWhatIsWrong(t *testing.T) {
	eachCounty(t, func(c *county) {
		where, _ := c.send("/don-vi/sap-xep", http.StatusSeeOther, "khoa", key(), "ten", "Thử", "ngay", "2026-07-01")
		for _, x := range []struct {
			kind   string
			fields []string
			words  string
		}{
			{"merge", []string{"nguon-1", "50001"}, "ít nhất hai"},
			{"merge", []string{"nguon-1", "suối", "nguon-2", "50003", "ma-1", "50009", "ten-1", "Xã Mới"}, "2 đơn vị khớp"},
			{"merge", []string{"nguon-1", "50001", "nguon-2", "50002", "ma-1", "50003"}, "đang là Xã Đồi Ba"},
			{"split", []string{"nguon-1", "50001", "ma-1", "50001", "dan-so-1", "10", "ma-2", "50011", "ten-2", "Xã Mới"}, "ghi đủ cho mọi nơi nhận"},
			{"split", []string{"nguon-1", "50001", "ma-1", "50001", "dan-so-1", "nhiều", "ma-2", "50011", "ten-2", "Xã Mới", "dan-so-2", "3"}, "không phải là số"},
			{"rename", []string{"nguon-1", "59999", "ten-1", "Xã Mới"}, "không có đơn vị nào"},
			{"reparent", []string{"nguon-1", "50001"}, "cấp trên mới"},
		} {
			_, body := c.send(where+"/viec/moi", http.StatusBadRequest, append([]string{"khoa", key(), "phien-ban", "1", "loai", x.kind, "ghi-chu", "giữ chữ này"}, x.fields...)...)
			if !strings.Contains(problems(body), x.words) || !strings.Contains(body, "giữ chữ này") || !strings.Contains(body, "<title>Lỗi:") {
				t.Errorf("%s %v: %q", x.kind, x.fields, problems(body))
			}
		}
		two := []string{"khoa", key(), "phien-ban", "1", "loai", "rename", "nguon-1", "50001", "ten-1", "Xã Suối Mới"}
		c.send(where+"/viec/moi", http.StatusSeeOther, two...)
		two[1] = key()
		if _, body := c.send(where+"/viec/moi", http.StatusConflict, two...); !strings.Contains(body, "Xã Suối Mới") {
			t.Error("a form of an older revision loses what was typed")
		}
		c.role = access.Leader
		if _, body := c.send(where+"/bo", http.StatusForbidden, "phien-ban", "2"); body == "" {
			t.Error("no page")
		}
	})
}
