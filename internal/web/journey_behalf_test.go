package web_test

import (
	"fmt"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db/dbtest"
	"danvan/internal/org"
	"danvan/internal/sending"
	"danvan/internal/web/browser"
)

// TestJourneyForSomebodyElse plays a village head and then the reception desk, who write down what somebody beside them
// says, and the desk of two communes between which a letter goes; all on a telephone without scripts, with wrong input and
// forms that are sent twice.
func TestJourneyForSomebodyElse(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	says := func(sentences ...string) {
		t.Helper()
		for _, x := range sentences {
			b.Await(x)
		}
		var out string
		if b.Eval(tooWide, &out); out != "" {
			t.Error(out)
		}
	}
	press := func(selector string) { // a phone has a bar at its foot, under which the driver would press
		t.Helper()
		b.Until(`const e = document.querySelector("main `+selector+`"); if (e) e.click(); return e ? "there" : ""`, func(s string) bool { return s != "" })
	}
	twice := func(selector string) { // a thumb that presses again before the answer is there
		t.Helper()
		b.Until(`const e = document.querySelector("main `+selector+`"); if (e) { e.click(); e.click(); } return e ? "there" : ""`, func(s string) bool { return s != "" })
	}
	waiting := func() []sending.Sending {
		t.Helper()
		list, err := r.sendings().Inbox(t.Context(), r.db.Read(), sending.New, func(org.UnitID) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	send := func(text, name string) (number string) {
		t.Helper()
		b.Go(r.site.URL + "/gui-den/thay")
		press(`button[value=kiem-tra]`)
		says("Hãy chọn một chuyện gần nhất với việc của người gửi", "Hãy kể việc đó")
		press(`input[name=viec][value=duong]`)
		b.Fill("ke", text)
		b.Fill("nguoi", name)
		press(`button[value=kiem-tra]`)
		says("Đọc lại cho người gửi nghe", text)
		press(`button[value=luu]`)
		says("Hãy đọc lại cho người gửi nghe", text)
		press(`button[value=sua]`)
		says("Lời kể của người gửi")
		press(`button[value=kiem-tra]`)
		says("Đọc lại cho người gửi nghe")
		press(`input[name=da-doc]`)
		twice(`button[value=luu]`)
		says("Mã bí mật")
		b.Eval(`return document.getElementById("so").textContent`, &number)
		b.Shot("bien-nhan-" + number)
		return number
	}

	r.as("truongthon", "001", access.VillageHead)
	village := send("Cầu tràn đầu thôn hỏng từ tháng 9, trẻ em không sang được.", "")
	r.as("tiepdan", "001", access.Desk)
	desk := send("Đường vào thôn sạt, xe không qua.", "Bà Thử Nghiệm Ba")
	list := waiting()
	if len(list) != 2 || list[0].Number != village || list[0].Behalf != sending.Village || list[1].Number != desk || list[1].Behalf != sending.AtDesk || !list[1].Named || list[0].Named {
		t.Fatalf("in the inbox: %+v", list)
	}

	id := r.letterID(r.post("/don-thu/moi", takeIn("proposal", "luu", "nguoi", "Bà Hoàng Thị Thử"), upload{"tep", "don.png", pictureOf(3)}))
	path := fmt.Sprintf("/don-thu/%d", id)
	b.Go(r.site.URL + path + "/chuyen")
	says("Chuyển đơn")
	press(`form[action$='/chuyen'] button[type=submit]`)
	says("Lỗi", "đơn vị")
	b.Fill("don-vi", "002.UBND")
	b.Fill("ngay", today.Vi())
	b.Fill("so", "7/PC-UBND")
	b.Fill("ngay-vb", today.Vi())
	b.Shot("chuyen-don")
	twice(`form[action$='/chuyen'] button[type=submit]`)
	says("Chờ xác nhận đã nhận")
	r.as("vanthu", "002", access.Desk)
	b.Go(r.site.URL + "/don-thu/den")
	says("7/PC-UBND")
	twice(`form[action$='/nhan-chuyen'] button[type=submit]`)
	to := b.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/don-thu/") && p != "/don-thu/den" })
	says("mức bồi thường ruộng")
	if to == path {
		t.Error("the other commune got the first one's case")
	}
	b.Go(r.site.URL + "/don-thu/den")
	if text := b.Text(); strings.Contains(text, "Xác nhận đã nhận") {
		t.Error("a letter that was received waits still")
	}
	r.as("tiepdan", "001", access.Desk)
	b.Go(r.site.URL + path)
	says("đã vào sổ số")
}
