package portal

import (
	"context"
	"fmt"

	"danvan/internal/filing"
	"danvan/internal/report"
)

// figurePages are the pages of figures and reports.
func figurePages(ctx context.Context) []line {
	return []line{
		{"", "/so-lieu", say(ctx, "Số liệu mở", "Open figures")},
		{"", "/bao-cao", say(ctx, "Báo cáo đã ban hành", "Issued reports")},
		{"", "/bao-cao/kiem-tra", say(ctx, "Kiểm tra niêm phong", "Check a seal")},
	}
}

func reportCount(ctx context.Context, n int) string {
	if n == 1 {
		return say(ctx, "1 báo cáo", "1 report")
	}
	return fmt.Sprintf(say(ctx, "%d báo cáo, mới ký đứng trước", "%d reports, the newest first"), n)
}

// issuedText is number, day and signer of a report.
func issuedText(ctx context.Context, l reportLine) string {
	return fmt.Sprintf(say(ctx, "Số %s ngày %s, %s %s", "No. %s of %s, %s %s"), l.Number, l.SignedOn.Vi(), l.Post, l.Signer)
}

// numberText is the line under the issuer: "Số 15-BC/BXDĐ", "Số: 15/BC-SNV".
func numberText(r *report.Report) string {
	if r.Format == report.Party {
		return "Số " + r.Letterhead.Number + "-" + r.Letterhead.Symbol
	}
	return "Số: " + r.Letterhead.Number + "/" + r.Letterhead.Symbol
}

func reportHeading(s report.Section) string {
	if s.Number == "" {
		return s.Title
	}
	return s.Number + " " + s.Title
}

// standing says whether what carries the seal is still what holds.
func (v *sealView) standing(ctx context.Context) string {
	switch {
	case v.Line.State == filing.Withdrawn:
		return say(ctx, "Cơ quan đã thu hồi báo cáo", "The body has called the report back")
	case v.Line.Standing != v.Turn.Version:
		return say(ctx, "Đã có bản khác thay thế", "Another version has taken its place")
	case !v.Now:
		return say(ctx, "Đã ban hành; cơ quan thôi công khai bản này", "Issued; no longer shown to the public")
	}
	return say(ctx, "Bản ban hành mới nhất", "The newest issued version")
}
