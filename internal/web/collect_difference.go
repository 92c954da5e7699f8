package web

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/filing"
	"danvan/internal/report"
	"danvan/internal/xlsx"
)

// differenceView is what a printed report says and what the records say now.
type differenceView struct {
	filed
	Scope   *scope
	Version filing.Version // that was printed
	Report  *report.Report
	Whole   []movedFigure // figures of the text
	Rows    []movedFigure // rows of tables and lists
	Causes  []changedEntry
	Hidden  int // entries that the viewer may not open
	Units   []unitAct
	Printed []filing.Version
}

// movedFigure is one figure that has moved, with the entries that the viewer may see.
type movedFigure struct {
	report.Difference
	Causes []changedEntry
	Num    *big.Rat // what the entries add up to, nil where they are not known one by one
}

// changedEntry is an entry acted upon since printing.
type changedEntry struct {
	figure.Cause
	Hidden bool // a letter that the viewer may not open
}

// unitAct is an act on units decided since printing.
type unitAct struct {
	ID     int64
	Act    string
	Reason string
	Actor  string
	Day    civil.Date
}

// mostCausesShown is how many entries one figure names on its page; the file has all.
const mostCausesShown = 12

// keptDifferences remembers what has moved since printing, until there is another act.
type keptDifferences struct {
	mu    sync.Mutex
	state string
	done  map[printedKey][]report.Difference
}

// differences are the figures of a printed version that are others now.
func (s *server) differences(ctx context.Context, rep *report.Report, key printedKey) ([]report.Difference, error) {
	state, err := s.state(ctx)
	if err != nil {
		return nil, err
	}
	key.sight = sightMark(ctx)
	k := &s.moved
	k.mu.Lock()
	list, known := k.done[key]
	known = known && k.state == state
	k.mu.Unlock()
	if known {
		return list, nil
	}
	if list, err = report.Differences(ctx, s.Figures, rep); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != state {
		k.state, k.done = state, map[printedKey][]report.Difference{}
	}
	k.done[key] = list
	return list, nil
}

// movedSince says how many figures of the newest printed version of a filing are others now.
func (s *server) movedSince(ctx context.Context, f *filing.Filing) (int, error) {
	all, err := s.filed(ctx, f)
	if err != nil || len(all.printed()) == 0 {
		return 0, err
	}
	v := all.printed()[0]
	rep, err := s.printingOf(ctx, s.DB.Read(), f.ID, v)
	if err != nil {
		return 0, err
	}
	list, err := s.differences(ctx, rep, printedKey{filing: f.ID, version: v.Number})
	return len(wholes(list)), err
}

// wholes are the differences of figures that are no rows.
func wholes(list []report.Difference) []report.Difference {
	var out []report.Difference
	for _, d := range list {
		if d.Printed.By == "" {
			out = append(out, d)
		}
	}
	return out
}

func (s *server) differencePage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.differenceView(r)
	if err != nil {
		return err
	}
	p := page{Title: "Khác so với bản in: " + v.title(), Section: "ky-bao-cao"}
	return s.render(w, r, http.StatusOK, p, differenceDetail(v))
}

func (s *server) differenceView(r *http.Request) (differenceView, error) {
	var v differenceView
	ctx := r.Context()
	f, err := s.filingOf(r)
	if err != nil {
		return v, err
	}
	if v.filed, err = s.filed(ctx, f); err != nil {
		return v, err
	}
	if v.Scope, err = s.scopeOf(f, v.tree); err != nil {
		return v, err
	}
	if v.Printed = v.printed(); len(v.Printed) == 0 {
		return v, nil
	}
	if v.Version, err = chosenVersion(r.URL.Query().Get("lan"), v.Printed); err != nil {
		return v, err
	}
	if v.Report, err = s.printingOf(ctx, s.DB.Read(), f.ID, v.Version); err != nil {
		return v, err
	}
	list, err := s.differences(ctx, v.Report, printedKey{filing: f.ID, version: v.Version.Number})
	if err != nil {
		return v, err
	}
	v.fill(s, viewer(ctx), list)
	v.Units, err = s.unitActs(ctx, v.Report.Leaf)
	return v, err
}

// chosenVersion is the printed version that an address names, the newest where it names none.
func chosenVersion(text string, printed []filing.Version) (filing.Version, error) {
	if text == "" {
		return printed[0], nil
	}
	n, err := strconv.Atoi(text)
	for _, v := range printed {
		if err == nil && v.Number == n {
			return v, nil
		}
	}
	return filing.Version{}, fault.New(fault.NotFound, "Kỳ báo cáo này không có bản in ở lần đó. Hãy chọn một bản in trong danh sách.")
}

// fill sets the differences out: figures, rows, and the entries behind them, each once.
func (v *differenceView) fill(s *server, who *access.Viewer, list []report.Difference) {
	seen := map[int64]bool{}
	for _, d := range list {
		m := movedFigure{Difference: d}
		if d.Trace != nil {
			m.Num = new(big.Rat)
			for _, c := range d.Trace.Causes {
				m.Num.Add(m.Num, c.Num)
				e := s.shownCause(who, c, tellsOfLetters(d.Trace.Ask, callsOf(d.Trace.Ind)))
				m.Causes = append(m.Causes, e)
				if c.Others == 0 && !seen[c.ID] && !e.Hidden {
					seen[c.ID] = true
					v.Causes = append(v.Causes, e)
				}
				if e.Hidden {
					v.Hidden++
				}
			}
		}
		if d.Printed.By == "" {
			v.Whole = append(v.Whole, m)
		} else {
			v.Rows = append(v.Rows, m)
		}
	}
}

func callsOf(ind *catalog.Indicator) []*catalog.Call {
	out := catalog.Calls(ind.Formula())
	if den := ind.DenominatorFormula(); den != nil {
		out = append(out, catalog.Calls(den)...)
	}
	return out
}

// shownCause keeps of an entry what the viewer may read. A letter that stands under a figure which picks by content
// would be told of by standing there, so it is not named at all.
func (s *server) shownCause(who *access.Viewer, c figure.Cause, narrow bool) changedEntry {
	k := s.kindOn(c.Kind, c.Day)
	switch {
	case c.Others > 0:
	case !guarded(k):
		c.Title = shownTitle(k, c.Title)
	case mayRead(who, k, c.UnitID):
	case narrow:
		c.ID, c.Title, c.Place, c.UnitName, c.Day, c.Acts = 0, "", "", "", "", nil
		return changedEntry{c, true}
	default:
		c.Title, c.Place = shownTitle(k, c.Title), ""
		for i := range c.Acts {
			c.Acts[i].Reason = ""
		}
	}
	return changedEntry{c, false}
}

// unitActs are the acts on units decided after a leaf.
func (s *server) unitActs(ctx context.Context, leaf int64) ([]unitAct, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT id, act, reason, actor, at_ms FROM unit_decision WHERE leaf > $1 ORDER BY leaf`, leaf)
	if err != nil {
		return nil, fmt.Errorf("read acts on units after leaf %d: %w", leaf, err)
	}
	defer rows.Close()
	var out []unitAct
	for rows.Next() {
		var a unitAct
		var at int64
		if err := rows.Scan(&a.ID, &a.Act, &a.Reason, &a.Actor, &at); err != nil {
			return nil, fmt.Errorf("read acts on units after leaf %d: %w", leaf, err)
		}
		a.Day = dayOf(at)
		out = append(out, a)
	}
	return out, rows.Err()
}

// says is one sentence about what has moved.
func (v differenceView) says() string {
	n, of := len(v.Whole), 0
	for _, e := range v.Report.Evidence {
		if e.By == "" {
			of++
		}
	}
	switch {
	case n == 0 && len(v.Rows) == 0:
		return fmt.Sprintf("Cả %s số của bản in đều đúng như hiện nay.", civil.FormatInt(int64(of)))
	case n == 0:
		return fmt.Sprintf("Các số trong lời văn không đổi; %s dòng của bảng, danh sách đã khác.", civil.FormatInt(int64(len(v.Rows))))
	}
	return fmt.Sprintf("%s trong %s số của bản in nay đã khác.", civil.FormatInt(int64(n)), civil.FormatInt(int64(of)))
}

// printedAs says which printing it is: "bản ban hành số 15-BC/BDV ngày 02/11/2026".
func printingName(v filing.Version) string {
	if v.Act == filing.ActIssue {
		return "bản ban hành số " + v.DocNumber + " ngày " + v.SignedOn.Vi()
	}
	return "bản nộp ngày " + actDay(v)
}

// figureURL opens a figure as it is now.
func (v differenceView) figureURL(e report.Evidence) string {
	view := reportView{Scope: v.Scope, Report: v.Report}
	return string(view.figureURL(e))
}

// elsewhere says what entries do not explain.
func (m movedFigure) elsewhere() string {
	if m.Trace == nil {
		return "Dòng của bảng này không tách được theo từng ghi nhận; hãy xem số của cả đơn vị."
	}
	if m.Elsewhere == nil {
		return ""
	}
	return signed(civil.DecimalString(m.Elsewhere, 6)) + " do đơn vị, ranh giới hoặc danh mục đã đổi sau khi in."
}

func (m movedFigure) moved() string {
	if m.Now == nil {
		return "không còn số liệu"
	}
	text := signed(civil.DecimalString(m.Change(), 6))
	if percentSign(m.Printed.Measure) != "" {
		text += " điểm phần trăm"
	}
	return text
}

// part says to which side of a ratio an entry adds.
func (m movedFigure) part(c changedEntry) string {
	if m.Trace == nil || m.Trace.Ind.DenominatorFormula() == nil {
		return signed(civil.DecimalString(c.Num, 6))
	}
	var out []string
	if c.Num.Sign() != 0 {
		out = append(out, "tử số "+signed(civil.DecimalString(c.Num, 6)))
	}
	if c.Den.Sign() != 0 {
		out = append(out, "mẫu số "+signed(civil.DecimalString(c.Den, 6)))
	}
	return strings.Join(out, ", ")
}

// did says what was done to an entry since printing: "hủy ngày 12/11/2026, canbo.xa: ghi trùng".
func did(a figure.Act) string {
	text := map[string]string{"record": "ghi thêm", "amend": "sửa", "confirm": "xác nhận", "void": "hủy"}[a.Act] + " ngày " + dayOf(a.At.UnixMilli()).Vi() + ", " + actorName(a.Actor)
	if a.Reason != "" {
		text += ": " + a.Reason
	}
	return text
}

func (c changedEntry) name() string {
	switch {
	case c.Others > 0:
		return "Các ghi nhận khác, tính chung " + civil.FormatInt(int64(c.Others)) + " ghi nhận"
	case c.Hidden:
		return c.KindName
	}
	return or(c.Title, c.KindName)
}

func dayOf(ms int64) civil.Date { return civil.FromTime(time.UnixMilli(ms).In(vietnam)) }

// differenceFile sends the figures that have moved with all entries behind them.
func (s *server) differenceFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.differenceView(r)
	if err != nil {
		return err
	}
	if v.Report == nil {
		return fault.New(fault.NotFound, "Báo cáo này chưa nộp lần nào nên chưa có bản in để so.")
	}
	t := tableFile{Name: "khac-ban-in_" + v.Template + "_" + v.Report.Unit.Code + "_" + v.Period.To.String(),
		Titles: []string{"Số liệu khác so với bản in: " + v.title(), v.UnitName + ", so với " + printingName(v.Version) + "; " + lowerFirst(v.says())},
		Columns: []xlsx.Column{{Head: "Chỉ tiêu", Width: 40}, {Head: "Đơn vị tính"}, {Head: "Đã in"}, {Head: "Nay"}, {Head: "Chênh lệch"},
			{Head: "Ghi nhận"}, {Head: "Nội dung", Width: 40}, {Head: "Đơn vị", Width: 28}, {Head: "Ngày"}, {Head: "Thêm vào số"}, {Head: "Đã làm gì", Width: 50}}}
	for _, m := range append(v.Whole, v.Rows...) {
		head := []tableCell{textCell(upperFirst(m.Printed.Name)), textCell(m.Printed.Measure), pointerCell(m.Printed.Value), exactCell(m.Now), exactCell(m.Change())}
		for _, c := range m.Causes {
			var acts []string
			for _, a := range c.Acts {
				acts = append(acts, did(a))
			}
			id := ""
			if c.ID != 0 {
				id = itoa(c.ID)
			}
			t.Rows = append(t.Rows, append(head, textCell(id), textCell(c.name()), textCell(c.UnitName), textCell(viDay(c.Day)), textCell(m.part(c)), textCell(strings.Join(acts, "; "))))
			head = make([]tableCell, 5)
		}
		if rest := m.elsewhere(); rest != "" || len(m.Causes) == 0 {
			t.Rows = append(t.Rows, append(head, tableCell{}, textCell(rest), tableCell{}, tableCell{}, tableCell{}, tableCell{}))
		}
	}
	return s.sendTable(w, or(r.URL.Query().Get("dang"), "xlsx"), t)
}

// under is the line below a figure's name: its measure, and unit and period where they are not the report's own.
func (v differenceView) under(e report.Evidence) string {
	parts := []string{e.Measure}
	if code, _, _ := strings.Cut(e.Unit, "@"); code != v.Report.Unit.Code {
		parts = append(parts, e.UnitName)
	}
	if e.From != v.Report.Period.From || e.To != v.Report.Period.To {
		parts = append(parts, viDay(e.From)+" – "+viDay(e.To))
	}
	return strings.Trim(strings.Join(parts, " · "), " ·")
}
