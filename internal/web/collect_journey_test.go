package web_test

import (
	"context"
	"fmt"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/web/browser"
)

// The specialist of the level above goes through what was filed: returns one report with a remark, accepts the others,
// takes a paragraph over, says who is missing; an entry that is amended afterwards is named by the page of differences.
func TestSpecialistGathersReports(t *testing.T) {
	for _, mode := range []struct {
		name   string
		width  int
		script bool
	}{{"wide", 1440, true}, {"phone-without-scripts", 390, false}} {
		t.Run(mode.name, func(t *testing.T) {
			r := newRecorder(t, dbtest.SQLite(t))
			r.held(bodyUnder(t, r, "001"), "2024-05-06", 40)
			id := r.held(bodyUnder(t, r, "002"), "2024-05-07", 25)
			first := r.hand(r.opened("001", collectMonth), nil)
			second := r.hand(r.opened("002", collectMonth), map[string]string{"tinh-hinh-nhan-dan": "Nhân dân phấn khởi khi có đường mới."})
			own := r.opened("060", collectMonth)
			r.as("tong.hop", "060", access.Specialist)

			b := browser.Start(t, browser.Options{Width: mode.width, Height: 900, NoScript: !mode.script})
			grid := r.site.URL + "/ky-bao-cao/cap-duoi?don-vi=060&mau=thang&ky=" + collectMonth
			b.Go(grid)
			b.Await("2 trong 2 đơn vị đã nộp")
			b.Eval(fmt.Sprintf(`document.querySelector('a[href="/ky-bao-cao/%d/xem-xet"]').click()`, first.ID), nil) // it may lie under the tabs of a phone
			b.Await("Bản nộp ngày")
			b.Push("Trả lại để bổ sung") // without a remark
			b.Await("Chưa ghi ý kiến trả lại")
			b.Fill("y-kien", "Bổ sung tình hình nhân dân")
			b.Push("Trả lại để bổ sung")
			b.Await("Đã trả lại báo cáo")

			b.Go(grid)
			b.Eval(`document.querySelector("input[name=chon]").click()`, nil)
			b.Push("Nhận các báo cáo đã chọn")
			b.Await("Đã nhận các báo cáo được chọn")

			b.Go(r.site.URL + "/ky-bao-cao/cap-duoi/loi?don-vi=060&mau=thang&muc=tinh-hinh-nhan-dan&ky=" + collectMonth)
			b.Eval(`document.querySelector("input[name=chon]").click()`, nil)
			b.Push("Đưa vào báo cáo của mình")
			b.Await("Đã đưa các đoạn được chọn")
			if got := r.text(own.ID, "tinh-hinh-nhan-dan"); got == "" {
				t.Error("nothing was taken over")
			}

			b.Go(r.site.URL + "/ky-bao-cao/cap-duoi/tong-hop?don-vi=060&mau=thang&ky=" + collectMonth)
			b.Await("1 đơn vị chưa nộp")
			b.Eval(`document.getElementById("muc").value = "danh-gia"`, nil)
			b.Push("Đưa câu này vào báo cáo")
			b.Await("Đã lưu")

			r.tx(func(ctx context.Context, tx *db.Tx) error {
				_, err := r.ledger.Amend(ctx, tx, "nguoi.sua", id, 1, ledger.Amendment{Set: map[string]any{"attendances": 31}, Reason: "đếm lại danh sách"})
				return err
			})
			b.Go(fmt.Sprintf("%s/ky-bao-cao/%d/khac", r.site.URL, second.ID))
			b.Await("đếm lại danh sách")
			b.Shot("collect-" + mode.name)
		})
	}
}
