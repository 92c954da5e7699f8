package web_test

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db/dbtest"
	"danvan/internal/portal"
	"danvan/internal/web/browser"
)

// TestGiftsOnAPhone: an official records gifts in the village on a phone without scripts, one giver wishes to be named and
// then takes it back; a resident opens the public page before and after.
func TestGiftsOnAPhone(t *testing.T) {
	d := dbtest.SQLite(t)
	r, _ := keepers(t, d)
	pages, err := portal.New(portal.Deps{DB: d, Catalog: r.cat, Tree: r.keeper.Tree, Ledger: r.ledger, Figures: r.engine, Files: r.dossiers.Files, Today: func() civil.Date { return today },
		Log: slog.New(slog.NewTextHandler(testWriter{t}, nil))})
	if err != nil {
		t.Fatal(err)
	}
	public := httptest.NewServer(pages)
	t.Cleanup(public.Close)
	r.as("xa", "001", access.Clerk)
	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	fill := func(pairs ...string) {
		for i := 0; i+1 < len(pairs); i += 2 {
			b.Fill(pairs[i], pairs[i+1])
		}
	}
	pick := func(id, value string) {
		b.Eval(`document.getElementById("`+id+`").value = "`+value+`"`, nil)
	}
	sees := func(name string) {
		t.Helper()
		var out string
		b.Eval(tooWide, &out)
		if out != "" {
			t.Errorf("%s at 390 px: %s", name, out)
		}
		b.Shot("gop-390-" + name)
	}

	b.Go(r.site.URL + "/dong-gop/moi")
	b.Push("Lưu công trình")
	b.Await("Hãy ghi tên công trình")
	sees("moi-loi")
	b.Eval(`const e = document.getElementById("don-vi"); e.value = [...e.options].map(o => o.value).find(v => v.startsWith("001.MTTQ"))`, nil)
	fill("ten", "Đường thôn Nà Thử", "tien", "2.000.000", "ngay", today.AddDays(-20).Vi(), "khoi-luong", "0,8")
	pick("muc-dich", "road")
	pick("dv", "km")
	b.Push("Lưu công trình")
	at := b.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/dong-gop/") && !strings.HasSuffix(p, "/moi") })

	b.Go(r.site.URL + at + "/gop")
	fill("g-1-tien", "500.000", "g-2-tien", "300.000", "g-2-ten", "Bà Thử Có Tên", "g-3-hv", "Xi măng", "g-3-sl", "4")
	b.Push("Lưu các lần góp")
	b.Await("Dòng 3: Hiện vật cần đủ tên, số lượng và đơn vị tính")
	sees("gop-loi")
	pick("g-3-dv", "bag")
	b.Eval(`document.querySelector('[name="g-2-y"]').checked = true`, nil)
	b.Push("Lưu các lần góp")
	b.Await("Đã ghi các lần đóng góp")
	b.Await("Bà Thử Có Tên")
	sees("cong-trinh")
	b.Go(r.site.URL + at + "?mo=dung")
	fill("dung-viec", "Mua đá", "dung-chung-tu", "Phiếu chi 1", "dung-tien", "900.000")
	b.Push("Lưu khoản dùng")
	b.Await("quá 100.000 đồng")
	sees("dung-loi")
	fill("dung-tien", "600.000")
	b.Push("Lưu khoản dùng")
	b.Await("Mua đá")
	b.Go(r.site.URL + at + "?mo=anh")
	snap := filepath.Join(t.TempDir(), "truoc.jpg")
	if err := os.WriteFile(snap, photo(t), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Upload("anh-tep-chon", snap)
	b.Push("Lưu ảnh")
	b.Await("Hãy mô tả ảnh cho thấy gì")
	fill("anh-mo-ta", "Đường đất trước khi làm")
	b.Push("Lưu ảnh")
	b.Await("Trước khi làm")

	b.Go(public.URL + "/cong/dong-gop")
	b.Await("Đường thôn Nà Thử")
	sees("cong-khai")
	b.Go(public.URL + "/cong" + at)
	b.Await("đã dùng 600.000 trên 800.000 đồng")
	b.Until(`const i = document.querySelector(".pics img"); return String(i.complete && i.naturalWidth > 0)`, func(s string) bool { return s == "true" })
	b.Eval(`document.getElementById("tung-dong").open = true`, nil)
	b.Await("Bà Thử Có Tên")
	sees("cong-khai-mot")

	b.Go(r.site.URL + at)
	b.Eval(`for (const d of document.querySelectorAll("main table details")) d.open = true`, nil)
	b.Push("Rút tên")
	b.Await("Đã lưu")
	b.Go(public.URL + "/cong" + at)
	b.Eval(`document.getElementById("tung-dong").open = true`, nil)
	b.Await("300.000 đồng")
	if text := b.Text(); strings.Contains(text, "Có Tên") {
		t.Error("the public page still names who took the name back")
	}
	b.Go(r.site.URL + at + "/bang")
	sees("bang")
	b.Go(r.site.URL + "/dong-gop?ky=" + "2026")
	sees("so")
}
