package portal

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"danvan/internal/clock"
	"danvan/internal/sending"
)

// receiptView is what the sender takes home: number, code, and what happens until when.
type receiptView struct {
	sending.Receipt
	Unit  string
	Next  []clock.Deadline
	QR    string // path of the dark squares of a code to scan, in units of one square
	Side  int    // squares on a side, with the quiet border
	Where string // the address that the code to scan holds: it names the number only
}

// showReceipt answers with the receipt itself. It is never kept by the device; asked for again by sending the same form
// again, it is the same.
func (p *portal) showReceipt(w http.ResponseWriter, r *http.Request, x sending.Receipt) error {
	ctx := r.Context()
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v := &receiptView{Receipt: x, Unit: tree.NameOn(x.Unit, x.Day), Where: p.Root + at(ctx, "/theo-doi") + "?so=" + x.Number}
	class := x.Class
	if x.Denounces {
		class = "denunciation"
	}
	v.Next = p.Sendings.Next(class, x.Day)
	if v.QR, v.Side, err = scanCode(v.Where); err != nil {
		return err
	}
	pg := page{Title: say(ctx, "Giấy biên nhận ", "Receipt ") + x.Number, Section: "gui", Quick: x.Denounces, Scripts: []string{"leave.js"}}
	return p.render(w, r, http.StatusOK, pg, p.receiptPage(v))
}

// quiet is the empty border that a code to scan needs, in squares.
const quiet = 4

// scanCode draws a QR code as an SVG path.
func scanCode(text string) (path string, side int, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0, fmt.Errorf("draw code: %w", err)
	}
	box := code.Bounds()
	var b strings.Builder
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if run := dark(code, x, y); run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run - 1
			}
		}
	}
	return b.String(), box.Dx() + 2*quiet, nil
}

// dark is how many dark squares stand next to each other from x on.
func dark(code barcode.Barcode, x, y int) (run int) {
	for ; x < code.Bounds().Max.X; x++ {
		if red, _, _, _ := code.At(x, y).RGBA(); red != 0 {
			break
		}
		run++
	}
	return run
}

// className is what people call a class.
func className(ctx context.Context, class string) string {
	switch class {
	case "complaint":
		return say(ctx, "khiếu nại", "a complaint")
	case "denunciation":
		return say(ctx, "tố cáo", "a denunciation")
	case "proposal":
		return say(ctx, "kiến nghị", "a proposal")
	}
	return say(ctx, "phản ánh", "a report of a state of affairs")
}
