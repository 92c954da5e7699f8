package catalog

import "danvan/internal/civil"

// Indicator is a formula over series, with its named denominator, unit and rule of display.
type Indicator struct {
	Pos             `json:"-"`
	System          int        `json:"system,omitempty"`
	Code            string     `json:"code" need:"true" doc:"Mã, ví dụ training.conference_attendances"`
	Ref             []string   `json:"ref,omitempty" doc:"Ký hiệu trong báo cáo, ví dụ F04"`
	Name            string     `json:"name" need:"true"`
	Cite            string     `json:"cite" need:"true"`
	Verified        bool       `json:"verified,omitempty"`
	Version         int        `json:"version,omitempty" doc:"Phiên bản định nghĩa, mặc định 1"`
	Unit            string     `json:"unit,omitempty" doc:"Đơn vị tính (percent: % khi bỏ trống)"`
	Numerator       string     `json:"numerator" need:"true"`
	Denominator     string     `json:"denominator,omitempty"`
	DenominatorName string     `json:"denominator_name,omitempty" doc:"Mẫu số là gì, ví dụ: đơn thụ lý theo thẩm quyền"`
	Percent         bool       `json:"percent,omitempty"`
	OutOf           bool       `json:"out_of,omitempty" doc:"In dạng A/B (16/18); giá trị là tử số"`
	Scope           []string   `json:"scope,omitempty" doc:"Lớp đơn vị được tính; mặc định mọi đơn vị bên dưới"`
	Decimals        int        `json:"decimals,omitempty" doc:"Số chữ số thập phân khi in"`
	Display         *Display   `json:"display,omitempty"`
	OverYears       string     `json:"over_years,omitempty" enum:"min|max|last" doc:"Chuỗi theo năm; giá trị là năm thấp nhất, cao nhất hay cuối cùng"`
	Share           string     `json:"share,omitempty" enum:"population|area|households" doc:"Cơ sở chia khi một đơn vị được tách"`
	Small           int        `json:"small,omitempty" doc:"Số nhỏ hơn mức này không in ra ở trang công khai"`
	Since           civil.Date `json:"since,omitempty" doc:"Ngày đầu tiên số liệu có nghĩa"`
	Until           civil.Date `json:"until,omitempty" doc:"Từ ngày này không còn tính"`
	Breaks          []*Break   `json:"breaks,omitempty"`
	Checks          []*Check   `json:"checks,omitempty"`
	Help            string     `json:"help,omitempty"`

	numerator, denominator Expr
	classes                []Class
}

// Display is the word that a document prints before the rounded value.
type Display struct {
	Pos  `json:"-"`
	Word string `json:"word" need:"true" enum:"over|about|magnitude|exact" doc:"trên, khoảng, hàng tỷ, đúng"`
	Step int64  `json:"step,omitempty" doc:"Làm tròn tới bội số này (over, about)"`
}

// Break is a day on which the definition or its source changed.
type Break struct {
	Pos        `json:"-"`
	On         civil.Date `json:"on" need:"true"`
	Note       string     `json:"note" need:"true"`
	Comparable bool       `json:"comparable,omitempty" doc:"Hai bên vẫn so sánh, cộng được"`
	Cite       string     `json:"cite,omitempty"`
}

// Check is a test that a computed figure must pass: parts that add up, or a bound.
type Check struct {
	Pos     `json:"-"`
	Code    string   `json:"code" need:"true" code:"true"`
	Message string   `json:"message,omitempty"`
	Sum     []string `json:"sum,omitempty" doc:"Các chỉ tiêu thành phần"`
	Equals  string   `json:"equals,omitempty" doc:"Chỉ tiêu mà các thành phần phải cộng thành; mặc định chính chỉ tiêu này"`
	AtMost  string   `json:"at_most,omitempty" doc:"Không lớn hơn chỉ tiêu này"`
	AtLeast string   `json:"at_least,omitempty" doc:"Không nhỏ hơn chỉ tiêu này"`
	Min     *Bound   `json:"min,omitempty"`
	Max     *Bound   `json:"max,omitempty"`
}

// Formula is the numerator, parsed and checked.
func (i *Indicator) Formula() Expr { return i.numerator }

// DenominatorFormula is the denominator, nil where there is none.
func (i *Indicator) DenominatorFormula() Expr { return i.denominator }

// Classes are the parsed scope; empty means every unit.
func (i *Indicator) Classes() []Class { return i.classes }
