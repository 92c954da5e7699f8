package web_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/web/browser"
)

// The pages of many entries fit a phone and a desk, wrong rows included.
func TestPagesOfManyEntriesFit(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "tong-hop", "19", access.Specialist)
	site := httptest.NewServer(i.pages)
	defer site.Close()
	file := []byte("day,unit,Nội dung,level,attendances,Lạ\n3/10/2026,19.MTTQ,Của tỉnh,own,6,a\n3/13/2026,19.MTTQ,Sai ngày,own,nhiều,b\n")
	staged := i.staged("training_conference", "hop.csv", file, "fit")
	b := browser.Start(t, browser.Options{Width: 390, Height: 844})
	for _, address := range []string{"/nhap", staged, "/ghi-nhan/bang/training_conference", "/ghi-nhan?loai=contribution&ky=2019&don-vi=06", "/ghi-nhan/100"} {
		b.Go(site.URL + address)
		for _, width := range []int{320, 390, 1440} {
			b.Size(width, 900, false)
			var out string
			b.Eval(`return document.fonts.ready.then(() => "")`, &out) // widths are those of our own letters
			b.Eval(tooWide, &out)
			if out != "" {
				t.Errorf("%s at %d px: %s", address, width, out)
			}
			if m := b.Messages(); len(m) > 0 {
				t.Errorf("%s at %d px: %v", address, width, m)
			}
			b.Shot(fmt.Sprintf("many-%d%s", width, strings.Map(plain, address)))
		}
	}
}
