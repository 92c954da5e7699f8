package web

import (
	"slices"
	"strings"

	"danvan/internal/civil"
)

var giftStagePicture = map[string]string{"before": "Trước khi làm", "during": "Đang làm", "after": "Sau khi làm"}

var giftStageOptions = []option{{Value: "before", Name: "Trước khi làm"}, {Value: "during", Name: "Đang làm"}, {Value: "after", Name: "Sau khi làm"}}

// comma is a stored decimal as people write it.
func comma(n string) string { return strings.ReplaceAll(n, ".", ",") }

func giftDong(n int64) string {
	if n == 0 {
		return "chưa ghi"
	}
	return civil.FormatInt(n) + " đồng"
}

// plannedText is the quantity of the plan, "" where none is given.
func (v *giftView) plannedText() string {
	if v.Quantity == "" {
		return ""
	}
	return "phương án " + giftQuantity(string(v.Quantity), v.name("quantity_unit", v.QuantityUnit))
}

// acceptedText is what was accepted so far, to stand beside the plan.
func (v *giftView) acceptedText() string {
	var out []string
	for unit, n := range v.Work.Done() {
		out = append(out, giftQuantity(strings.TrimSuffix(strings.TrimSuffix(string(n), "0"), ".0"), v.name("quantity_unit", unit)))
	}
	if len(out) == 0 {
		return ""
	}
	slices.Sort(out)
	return "; đã nghiệm thu " + strings.Join(out, ", ")
}

// isPicture reports whether a kept file is a picture, by the name that it got when it was looked through.
func isPicture(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".jpg") || strings.HasSuffix(name, ".jpeg") || strings.HasSuffix(name, ".png")
}
