package app

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/duty"
	"danvan/internal/filing"
	"danvan/internal/ledger"
	"danvan/internal/notice"
	"danvan/internal/org"
	"danvan/internal/reception"
	"danvan/internal/sending"
	"danvan/internal/task"
	"danvan/internal/works"
)

// sources are the subjects of which people are reminded.
func (a *App) sources() []notice.Source {
	return []notice.Source{
		a.entriesReturned, a.duties, a.tasks, a.recommendations, a.filings, a.clocks, a.answers, a.receptionDays, a.written, a.identities, a.transfers,
		a.talks, a.promises, a.publications, a.findings, a.decisions, a.worksOpen,
		a.sendings,
	}
}

func dayOf(at time.Time) civil.Date { return civil.FromTime(at.In(notice.Zone)) }

// entriesReturned reminds who recorded an entry that it came back, and who confirms that entries wait. It names the kind
// of work, never its title: a letter's title may name its sender.
func (a *App) entriesReturned(ctx context.Context, q db.Querier, _ civil.Date) ([]notice.Notice, error) {
	waiting, err := a.Ledger.Waiting(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, w := range waiting {
		k := a.kind(w)
		switch {
		case k == nil || k.GivenBy != "": // tasks have reminders of their own
		case w.Returned != nil:
			out = append(out, notice.Notice{
				Key: fmt.Sprintf("tra-lai/%d/%d", w.ID, w.Version), Topic: notice.Returned, Unit: w.Unit, Login: w.Recorder,
				Title: k.Name + ", ngày " + w.Day.Vi() + ": bị trả lại, cần sửa", Note: w.Returned.Remark,
				Path: fmt.Sprintf("/ghi-nhan/%d", w.ID), Since: dayOf(w.Returned.At),
			})
		case k.Confirm == catalog.ByNobody:
		default:
			n := notice.Notice{Topic: notice.Waiting, Unit: w.Unit, Right: access.ConfirmWork, Climb: true,
				Pile: "%d ghi nhận chờ duyệt", Path: "/duyet", Since: dayOf(w.At)}
			if k.Confirm == catalog.BySuperior {
				n.Up = 1
			}
			out = append(out, n)
		}
	}
	return out, nil
}

func (a *App) kind(w ledger.Waiting) *catalog.Kind {
	ed := a.Catalog.Edition(w.Edition)
	if ed == nil {
		ed = a.Catalog.EditionOn(w.Day)
	}
	return ed.Kind(w.Kind)
}

// How far back and ahead duties are looked for, and from how many days on their superior is told.
const (
	dutiesBack  = 92
	dutiesAhead = 30
	dutyPressed = 10
)

// duties reminds bodies of what they owe, and their superior of what is long overdue.
func (a *App) duties(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	book := &duty.Book{Catalog: a.Catalog, Tree: a.Org.Tree}
	owed, err := book.Owed(ctx, q, duty.Ask{From: day.AddDays(-dutiesBack), To: day.AddDays(dutiesAhead), Today: day})
	if err != nil {
		return nil, err
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for i := range owed {
		o := &owed[i]
		u := tree.Unit(o.Answers)
		if !o.State.Open() || u == nil || o.Filing != nil && o.Filing.State == filing.Returned {
			continue
		}
		k := o.Key()
		out = append(out, notice.Notice{
			Key: fmt.Sprintf("dinh-ky/%s/%d/%s/%d", k.Duty, k.Unit, k.From, k.Event), Topic: notice.Duty, Unit: o.Answers, Right: access.RecordWork,
			Title: o.Duty.Name, Path: dutyPath(u, o.Turn.Due), Due: o.Turn.Due,
			Pile: "%d cơ quan: " + spelled(o.Duty.Name) + ", hạn " + o.Turn.Due.Vi(), PilePath: dutyPath(hostOf(tree, u, day), o.Turn.Due),
		})
		if o.Left <= -dutyPressed {
			out = append(out, notice.Notice{Topic: notice.Duty, Unit: o.Answers, Right: access.ConfirmWork, Up: 1,
				Pile: "%d việc định kỳ của cấp dưới quá hạn, cần đôn đốc", Path: "/dinh-ky/luoi", Since: o.Turn.Due})
		}
	}
	return out, nil
}

// dutyPath is the calendar of a body in the month in which a duty is due, at that day.
func dutyPath(u *org.Unit, due civil.Date) string {
	return "/dinh-ky?" + url.Values{"don-vi": {u.Code}, "ky": {due.String()[:7]}}.Encode() + "#ngay-" + due.String()
}

// hostOf is the territory in which a body sits, the unit itself where it is a territory.
func hostOf(tree *org.Tree, u *org.Unit, day civil.Date) *org.Unit {
	if host := tree.Unit(u.SpanOn(day).Parent); u.Form == org.Body && host != nil {
		return host
	}
	return u
}

// spelled keeps a name from being read as a format.
func spelled(name string) string { return strings.ReplaceAll(name, "%", "%%") }

// tasks reminds bodies of their tasks, and who gave them of what waits for him.
func (a *App) tasks(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	all, err := task.Book{Catalog: a.Catalog, Ledger: a.Ledger, Engine: a.DB.Engine()}.All(ctx, q, tree, day, ledger.Filter{})
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, t := range all {
		out = append(out, taskNotices(t, day)...)
	}
	return out, nil
}

func taskNotices(t task.Task, day civil.Date) []notice.Notice {
	var out []notice.Notice
	own := notice.Notice{Key: fmt.Sprintf("nhiem-vu/%d", t.ID), Topic: notice.Task, Unit: t.Unit, Right: access.RecordWork,
		Title: "Nhiệm vụ: " + t.Title, Path: fmt.Sprintf("/nhiem-vu/%d", t.ID), Due: t.Due}
	giver := notice.Notice{Topic: notice.Task, Unit: t.Giver, Right: access.RecordWork, Climb: true, Path: "/nhiem-vu?xem=giao"}
	switch state := t.StateOn(day); {
	case state == task.Waiting:
		giver.Right, giver.Topic, giver.Pile = access.ConfirmWork, notice.Waiting, "%d nhiệm vụ đã báo xong, chờ nghiệm thu"
		return append(out, giver)
	case !state.Open():
		return nil
	case t.Returned != 0:
		own.Topic, own.Title, own.Since = notice.Returned, own.Title+": bị trả lại", t.Returned
		own.Key = fmt.Sprintf("nhiem-vu/%d/%s", t.ID, t.Returned)
	}
	out = append(out, own)
	if t.AskedTo != 0 {
		giver.Pile = "%d nhiệm vụ xin gia hạn"
		out = append(out, giver)
	}
	if t.Pressed(day) {
		giver.Pile = "%d nhiệm vụ đã giao quá hạn, cần đôn đốc"
		out = append(out, giver)
	}
	return out
}

// recommendations reminds inspected bodies of what they are asked to mend, and who inspected of the answers that came.
func (a *App) recommendations(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	shelf := works.Shelf{Ledger: a.Ledger, Catalog: a.Catalog, Engine: a.DB.Engine()}
	open, err := shelf.DueRecs(ctx, q, tree, nil, day, 0)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, r := range open {
		if r.State == works.RecAnswered {
			out = append(out, notice.Notice{Topic: notice.Inspection, Unit: r.Inspection.Unit, Right: access.RecordWork, Climb: true,
				Pile: "%d kiến nghị sau kiểm tra đã có báo cáo, chờ kết luận", Path: fmt.Sprintf("/kiem-tra/%d", r.Inspection.ID), PilePath: "/kiem-tra"})
			continue
		}
		out = append(out, notice.Notice{
			Key: fmt.Sprintf("kiem-tra/%d/%d", r.Inspection.ID, r.No), Topic: notice.Inspection, Unit: r.Unit, Right: access.RecordWork,
			Title: fmt.Sprintf("Kiến nghị %d sau kiểm tra: %s", r.No, r.Inspection.Title), Path: fmt.Sprintf("/kiem-tra/%d#kn-%d", r.Inspection.ID, r.No), Due: r.Due,
		})
	}
	return out, nil
}

// filings reminds an office of its reports that the superior sent back, and a superior of the reports below that nobody
// has accepted yet: one line for each report and period, however many units filed it.
func (a *App) filings(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	back, err := filing.List(ctx, q, filing.Query{State: filing.Returned})
	if err != nil {
		return nil, err
	}
	filed, err := filing.List(ctx, q, filing.Query{State: filing.Filed})
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, f := range back {
		out = append(out, notice.Notice{
			Key: fmt.Sprintf("ky-bao-cao/%d/%d", f.ID, f.Version), Topic: notice.Returned, Unit: f.Unit, Right: access.RecordWork,
			Title: fmt.Sprintf("%s, %s: bị trả lại, cần sửa rồi nộp lại", f.Name, f.Period.Name), Path: fmt.Sprintf("/ky-bao-cao/%d", f.ID),
			Due: f.Due, Since: dayOf(f.At),
		})
	}
	for _, f := range filed {
		if above := superior(tree, f.Unit, day); above != nil && !f.Accepted {
			where := url.Values{"mau": {f.Template}, "don-vi": {above.Code}, "tu": {f.Period.From.String()}, "den": {f.Period.To.String()}}
			out = append(out, notice.Notice{Topic: notice.Waiting, Unit: above.ID, Right: access.ConfirmWork, Climb: true,
				Pile: "%d báo cáo cấp dưới chờ xem: " + spelled(f.Name+", "+f.Period.Name), Path: "/ky-bao-cao/cap-duoi?" + where.Encode(), Since: f.FiledOn})
		}
	}
	return out, nil
}

// superior is the unit above one that is open, nil where there is none.
func superior(tree *org.Tree, unit org.UnitID, day civil.Date) *org.Unit {
	u := tree.Unit(unit)
	if u == nil || !u.Open(day) {
		return nil
	}
	return tree.Unit(u.SpanOn(day).Parent)
}

// answersBefore is how many days before its last day an answer to a visitor is brought up.
const answersBefore = 5

// answers reminds the desk of visitors who wait for an answer, by the visit's code only.
func (a *App) answers(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	waiting, err := a.rooms().Waiting(ctx, q, nil)
	if err != nil {
		return nil, err
	}
	law := clock.In(a.Catalog.EditionOn(day))
	var out []notice.Notice
	for _, v := range waiting {
		d, ok := reception.Answer(law, v)
		if !ok || d.Due > day.AddDays(answersBefore) {
			continue
		}
		out = append(out, notice.Notice{Key: fmt.Sprintf("luot-tiep/%d", v.ID), Topic: notice.Task, Unit: v.Unit, Right: access.RecordLetters,
			Title: "Lượt tiếp " + v.Code() + ": trả lời người đến", Path: fmt.Sprintf("/tiep-dan/luot/%d", v.ID), Due: d.Due})
	}
	return out, nil
}

func (a *App) rooms() *reception.Shelf {
	return &reception.Shelf{Ledger: a.Ledger, Catalog: a.Catalog, Engine: a.DB.Engine()}
}

// receptionBack is how many days a session that was planned and not held, or not closed, is brought up.
const receptionBack = 7

// receptionDays reminds of the days of reception ahead, and of those that passed without a session or were not closed.
func (a *App) receptionDays(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	list, err := a.rooms().Occasions(ctx, q, nil, civil.Period{From: day.AddDays(-receptionBack), To: day.AddDays(1)})
	if err != nil {
		return nil, err
	}
	says := map[reception.State]string{reception.Planned: "sắp tiếp", reception.Due: "tiếp hôm nay", reception.Missed: "chưa thấy ghi buổi tiếp", reception.Running: "chưa chốt"}
	var out []notice.Notice
	for _, o := range list {
		st, h := o.State(day), o.Head()
		if says[st] == "" || st == reception.Running && o.Day() == day {
			continue
		}
		out = append(out, notice.Notice{Key: fmt.Sprintf("tiep-dan/%d", h.ID), Topic: notice.Task, Unit: h.Unit, Right: access.RecordWork,
			Title: "Tiếp công dân ngày " + o.Day().Vi() + ": " + says[st], Path: fmt.Sprintf("/tiep-dan/%d", h.ID), Due: o.Day()})
	}
	return out, nil
}

// sendingPatience is after how many working days what somebody sent over the portal has waited too long.
const sendingPatience = 2

// sendings reminds of what was sent over the portal and nobody has taken in for days: the limits run from its day. Of
// denunciations only the confidential officers are told.
func (a *App) sendings(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	list, err := sending.AllWaiting(ctx, q)
	if err != nil {
		return nil, err
	}
	cal := a.Catalog.EditionOn(day).Calendar("vn")
	var out []notice.Notice
	for _, w := range list {
		late := 0
		for d := w.Day.AddDays(1); d <= day && late <= sendingPatience; d = d.AddDays(1) {
			if cal == nil || !cal.Off(d) {
				late++
			}
		}
		if late <= sendingPatience {
			continue
		}
		n := notice.Notice{Topic: notice.Letter, Unit: w.Unit, Right: access.RecordLetters, Climb: true, Since: w.Day,
			Pile: "%d lần người dân gửi qua cổng chờ quá 2 ngày làm việc, chưa vào sổ", Path: "/gui-den"}
		if w.Sealed {
			n.Right, n.Climb, n.Pile, n.Path = access.OpenIdentity, false, "%d lần gửi qua cổng cho cán bộ bảo mật chờ quá 2 ngày làm việc", "/to-cao-den"
		}
		out = append(out, n)
	}
	return out, nil
}
