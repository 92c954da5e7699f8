package catalog

import "fmt"

// OpenFigure says that an indicator is public (số liệu mở): by commune and year, on the portal, as a table, a chart, a map and a
// file. What is not named here is not public.
type OpenFigure struct {
	Pos          `json:"-"`
	Code         string `json:"code" need:"true" doc:"Mã chỉ tiêu"`
	Name         string `json:"name" need:"true" doc:"Tên bằng lời thường"`
	English      string `json:"english" need:"true" doc:"Tên tiếng Anh"`
	Group        string `json:"group" need:"true" doc:"Nhóm trên trang số liệu mở"`
	GroupEnglish string `json:"group_english" need:"true"`
	About        string `json:"about" need:"true" doc:"Đếm gì, theo ngày nào, không đếm gì"`
	AboutEnglish string `json:"about_english" need:"true"`
	Small        int    `json:"small,omitempty" doc:"Số của một xã nhỏ hơn mức này thì không in, kể cả để suy ra bằng phép trừ"`
	Order        int    `json:"order,omitempty" doc:"Thứ tự trên trang"`
}

func (o *OpenFigure) code() string { return o.Code }

// LeastSmall is the least mark below which a public count about letters is not printed.
const LeastSmall = 5

// OpenFigure returns the public figure of that code, nil where there is none.
func (e *Edition) OpenFigure(code string) *OpenFigure {
	for _, o := range e.OpenFigures {
		if o.Code == code {
			return o
		}
	}
	return nil
}

// checkOpenFigures refuses an open figure that is no indicator, or that says more of letters than everybody may know.
func (e *Edition) checkOpenFigures(ps *problems) {
	if e.stored {
		return
	}
	for _, o := range e.OpenFigures {
		ind := e.indicators[o.Code]
		if ind == nil {
			ps.add(o.Key("code"), fmt.Sprintf("số liệu mở nêu chỉ tiêu không có: %q", o.Code), "Hãy viết mã một chỉ tiêu")
			continue
		}
		if e.AboutLetters(ind) && (o.Small < LeastSmall || ind.Percent || ind.OutOf) {
			ps.add(o.Pos, fmt.Sprintf("số liệu mở %s đếm đơn của công dân", o.Code), fmt.Sprintf("Chỉ công khai số đếm, với small ít nhất %d", LeastSmall))
		}
		if o.Small > 0 && ind.denominator != nil {
			ps.add(o.Key("small"), fmt.Sprintf("số liệu mở %s là tỷ số, không che số nhỏ được", o.Code), "Chỉ che được số đếm")
		}
	}
}

// AboutLetters reports whether a term of the indicator counts citizens' letters or what they came to say.
func (e *Edition) AboutLetters(ind *Indicator) bool {
	calls := Calls(ind.numerator)
	if ind.denominator != nil {
		calls = append(calls, Calls(ind.denominator)...)
	}
	for _, c := range calls {
		if c.Selector == nil {
			continue
		}
		if s := e.SeriesByCode(c.Selector.Series); s != nil && s.Guarded() {
			return true
		}
	}
	return false
}
