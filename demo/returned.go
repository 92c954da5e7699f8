package demo

import (
	"context"
	"fmt"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// The commune in whose office the demo's people work, and who records and judges there.
const (
	officeCode  = "02143."
	otherOffice = "01879.UBND" // of another commune, with an officer and a verifier of its own
	officeClerk = "canbo.xa"
	officeChief = "lanhdao.xa"
)

// remarks are what the chief wrote on what he gave back.
var remarks = []string{"Số người dự chưa khớp biên bản; đề nghị đối chiếu, bổ sung tệp danh sách.", "Chưa ghi rõ nội dung chính của buổi; bổ sung rồi gửi lại."}

// giveBack returns some of what waits in the office of the demo's people, so that their pages have it.
func giveBack(ctx context.Context, d Deps, tx *db.Tx) error {
	list, err := d.Ledger.Waiting(ctx, tx)
	if err != nil {
		return fmt.Errorf("read what waits: %w", err)
	}
	n := 0
	for _, w := range list {
		k := d.Catalog.Latest().Kind(w.Kind)
		if n == len(remarks) || w.Recorder != officeClerk || k == nil || k.Confirm != catalog.ByApprover || k.DoneOn != "" || k.GivenBy != "" {
			continue
		}
		if _, err := d.Ledger.Return(ctx, tx, officeChief, w.ID, w.Version, remarks[n]); err != nil {
			return fmt.Errorf("return entry %d: %w", w.ID, err)
		}
		n++
	}
	return nil
}

// recorder is who recorded what nobody has confirmed yet in the office of the demo's people; empty elsewhere.
func (w *world) recorder(unit org.UnitID, day civil.Date, confirmed bool) string {
	if !confirmed && day > civil.Date(20250701) && strings.HasPrefix(w.ref(unit), officeCode) {
		return officeClerk
	}
	return ""
}
