package web

import (
	"context"
	"net/http"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/report"
)

// gatherView is the ground of the unit's own report: who has filed and who has not, how that is said, and where what was
// filed is not what the records give. Its figures come from the records and are never summed from filings.
type gatherView struct {
	*collectView
	Places  []report.Place
	Missing []collectRow
	Differs []gatheredDifference
	Says    string // the sentence about who is missing
	Opens   bool   // there is a page that opens a report
}

// gatheredDifference is a figure of a unit that was filed otherwise than the records give it now.
type gatheredDifference struct {
	Row  collectRow
	Name string
	Cell collectCell
	Link string
}

func (s *server) gatherPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.gatherView(r)
	if err != nil {
		return err
	}
	v.Form, v.Done = newForm(), r.URL.Query().Get("xong")
	v.Form.Values.Set("cau", v.Says)
	return s.showGather(w, r, v)
}

func (s *server) showGather(w http.ResponseWriter, r *http.Request, v *gatherView) error {
	p, status := page{Title: "Tổng hợp: " + v.Scope.UnitName, Section: "ky-bao-cao", Scope: v.Scope}, http.StatusOK
	if len(v.Form.Wrong) > 0 {
		p.Title, status = "Lỗi: "+p.Title, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, gatherDetail(v))
}

func (s *server) gatherView(r *http.Request) (*gatherView, error) {
	pick := readGridPick(r.URL.Query())
	pick.State, pick.Group, pick.Text = "", "", "" // nobody is left out here
	all, err := s.collectOf(r, pick)
	if err != nil {
		return nil, err
	}
	v := &gatherView{collectView: all, Places: all.Template.Places(), Opens: s.has("GET /ky-bao-cao/mo")}
	if v.Own, err = s.ownFiling(r.Context(), v.Scope, v.Template); err != nil {
		return nil, err
	}
	v.Scope.Action = "/ky-bao-cao/cap-duoi/tong-hop"
	for _, row := range v.Rows {
		if row.Filing == nil || !row.Filing.Handed() {
			v.Missing = append(v.Missing, row)
		}
		for k, c := range row.Cells {
			if c.Differs() {
				v.Differs = append(v.Differs, gatheredDifference{row, v.Columns[k].Name, c, v.figureLink(row, v.Columns[k])})
			}
		}
	}
	v.Says = v.missingSays(s.Today())
	return v, nil
}

// missingSays is how the report says who has not filed; the figures are of all of them all the same.
func (v *gatherView) missingSays(today civil.Date) string {
	if len(v.Missing) == 0 {
		return "Đến ngày " + today.Vi() + ", cả " + count(v.All, "đơn vị") + " cấp dưới đã nộp báo cáo " + v.Scope.Period.Name + "."
	}
	var names []string
	for _, row := range v.Missing[:min(len(v.Missing), mostMissingNamed)] {
		names = append(names, row.Name)
	}
	text := "Đến ngày " + today.Vi() + ", " + count(v.All-len(v.Missing), "trong") + " " + count(v.All, "đơn vị") + " cấp dưới đã nộp báo cáo " + v.Scope.Period.Name + "; chưa nộp: " + strings.Join(names, ", ")
	if more := len(v.Missing) - mostMissingNamed; more > 0 {
		text += " và " + count(more, "đơn vị khác")
	}
	return text + ". Số liệu trong báo cáo tính từ ghi nhận của mọi đơn vị, kể cả đơn vị chưa nộp."
}

// mostMissingNamed is how many units the sentence names.
const mostMissingNamed = 20

// gatherSave puts the sentence about who is missing into the unit's own report.
func (s *server) gatherSave(w http.ResponseWriter, r *http.Request) error {
	sent, err := postedForm(r)
	if err != nil {
		return err
	}
	v, err := s.gatherView(r)
	if err != nil {
		return err
	}
	v.Form = sent
	if v.Own == nil || !v.Own.State.Writable() {
		v.Form.say("", "Báo cáo của đơn vị chưa mở hoặc không còn ở bước soạn. Hãy mở kỳ báo cáo rồi làm lại.")
		return s.showGather(w, r, v)
	}
	if !viewer(r.Context()).May(access.RecordWork, v.Own.Body) {
		return fault.New(fault.Denied, outOfReach)
	}
	place, err := chosenPlace(v.Places, or(sent.get("muc"), " "))
	if err != nil || strings.TrimSpace(sent.get("cau")) == "" {
		v.Form.say("cau", "Hãy ghi câu và chọn mục để đưa câu vào.")
		return s.showGather(w, r, v)
	}
	err = s.onceFor(r, sent, func(tx *db.Tx) error {
		return s.addWords(r.Context(), tx, v.Own.ID, place.Key, []string{strings.TrimSpace(sent.get("cau"))})
	})
	if say := sentence(err); say != "" {
		v.Form.say("cau", say)
		return s.showGather(w, r, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, v.with("tong-hop", "xong", "luu"))
}

// openURL opens the unit's own report of the period.
func (v *gatherView) openURL() string {
	return "/ky-bao-cao/mo" + v.Scope.query("mau", v.Template.Head.Code)
}

func (v *gatherView) writes(ctx context.Context) bool {
	return v.Own != nil && v.Own.State.Writable() && viewer(ctx).May(access.RecordWork, v.Own.Body)
}

func ownState(f *filing.Filing) string {
	if f == nil {
		return "Chưa mở"
	}
	return filing.StateName(f.State)
}
