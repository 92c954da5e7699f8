package task

import (
	"fmt"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// The acts on a task. Each says what it changes, or why it may not be; who may is for the pages. Whoever asks shows the
// version that he saw, so of two acts at once the second is refused.

// Wrong is an act that cannot be, with the part of it that is to be mended.
type Wrong struct {
	Part string // "percent", "note", "to", "why", "on", "files"; empty where the task itself stands in the way
	Err  error
}

func (w Wrong) Error() string { return w.Err.Error() }
func (w Wrong) Unwrap() error { return w.Err }

func wrong(part, sentence string) error { return Wrong{part, fault.New(fault.Invalid, sentence)} }

func standsInTheWay(sentence string) error { return Wrong{"", fault.New(fault.Conflict, sentence)} }

const doneAlready = "Nhiệm vụ này đã báo hoàn thành. Nếu còn việc phải làm, đơn vị giao trả lại nhiệm vụ rồi làm tiếp."

// Report is what a body says of how far it is.
func (t Task) Report(percent int, note string) (ledger.Amendment, error) {
	switch {
	case t.Done != 0:
		return ledger.Amendment{}, standsInTheWay(doneAlready)
	case percent < 0 || percent > 100:
		return ledger.Amendment{}, wrong("percent", "Tiến độ là số phần trăm từ 0 đến 100. Hãy sửa lại.")
	case strings.TrimSpace(note) == "":
		return ledger.Amendment{}, wrong("note", "Chưa ghi tình hình thực hiện. Hãy viết một hai câu: đã làm gì, còn gì, vướng gì.")
	}
	return ledger.Amendment{Set: map[string]any{"progress": percent, "note": note}, Reason: fmt.Sprintf("Báo tiến độ %d%%", percent)}, nil
}

// Ask asks whoever gave the task for a later day.
func (t Task) Ask(to civil.Date, why string) (ledger.Amendment, error) {
	switch {
	case t.Done != 0:
		return ledger.Amendment{}, standsInTheWay(doneAlready)
	case to <= t.Due:
		return ledger.Amendment{}, wrong("to", "Ngày xin gia hạn phải sau hạn đang có ("+t.Due.Vi()+"). Hãy chọn ngày khác.")
	case strings.TrimSpace(why) == "":
		return ledger.Amendment{}, wrong("why", "Chưa ghi lý do xin gia hạn. Hãy nói vì sao không kịp hạn.")
	}
	return ledger.Amendment{Set: map[string]any{"extension_to": to.String(), "extension_why": why}, Reason: "Xin gia hạn đến " + to.Vi()}, nil
}

// Extend gives the task a later day, asked for or not.
func (t Task) Extend(to, today civil.Date, why string) (ledger.Amendment, error) {
	switch {
	case t.Done != 0:
		return ledger.Amendment{}, standsInTheWay(doneAlready)
	case to <= t.Due:
		return ledger.Amendment{}, wrong("to", "Hạn mới phải sau hạn đang có ("+t.Due.Vi()+"). Hãy chọn ngày khác.")
	case to < today:
		return ledger.Amendment{}, wrong("to", "Hạn mới đã qua. Hãy chọn từ hôm nay trở đi.")
	case strings.TrimSpace(why) == "":
		return ledger.Amendment{}, wrong("why", "Chưa ghi lý do gia hạn. Lý do được lưu cùng nhiệm vụ.")
	}
	first := t.FirstDue
	if first == 0 {
		first = t.Due
	}
	return ledger.Amendment{Set: map[string]any{"due_on": to.String(), "first_due_on": first.String(), "extensions": t.Extensions + 1,
		"extension_to": nil, "extension_why": nil}, Reason: "Gia hạn từ " + t.Due.Vi() + " đến " + to.Vi() + ": " + short(why)}, nil
}

// Refuse leaves the day as it is.
func (t Task) Refuse(why string) (ledger.Amendment, error) {
	switch {
	case t.AskedTo == 0:
		return ledger.Amendment{}, standsInTheWay("Nhiệm vụ này không có đề nghị gia hạn nào đang chờ. Hãy tải lại trang.")
	case strings.TrimSpace(why) == "":
		return ledger.Amendment{}, wrong("why", "Chưa ghi lý do không gia hạn. Đơn vị được giao cần biết vì sao.")
	}
	return ledger.Amendment{Set: map[string]any{"extension_to": nil, "extension_why": nil},
		Reason: "Không gia hạn đến " + t.AskedTo.Vi() + ": " + short(why)}, nil
}

// Finish reports the task done on a day, with what shows it: files, a note, or entries that carry the task out.
func (t Task) Finish(on, today civil.Date, note string, works, files int) (ledger.Amendment, error) {
	switch {
	case t.Done != 0:
		return ledger.Amendment{}, standsInTheWay("Nhiệm vụ này đã báo hoàn thành ngày " + t.Done.Vi() + " rồi.")
	case on == 0:
		return ledger.Amendment{}, wrong("on", "Chưa đọc được ngày hoàn thành. Hãy viết như 24/4/2026.")
	case on > today:
		return ledger.Amendment{}, wrong("on", "Ngày hoàn thành chưa tới. Hãy ghi ngày đã làm xong.")
	case on < t.Day:
		return ledger.Amendment{}, wrong("on", "Ngày hoàn thành phải từ ngày giao ("+t.Day.Vi()+") trở đi.")
	case strings.TrimSpace(note) == "":
		return ledger.Amendment{}, wrong("note", "Chưa ghi kết quả. Hãy viết đã làm được gì.")
	case works+files+len(t.Files) == 0:
		return ledger.Amendment{}, wrong("files", "Chưa có minh chứng. Hãy đính kèm tệp, hoặc ghi nhận việc đã làm để thực hiện nhiệm vụ này trước.")
	}
	return ledger.Amendment{Set: map[string]any{"progress": 100, "note": note, "done_on": on.String(), "returned_on": nil,
		"extension_to": nil, "extension_why": nil}, Reason: "Báo hoàn thành ngày " + on.Vi()}, nil
}

// Return gives a task that was reported done back, to be done or shown better.
func (t Task) Return(today civil.Date, why string) (ledger.Amendment, error) {
	switch {
	case t.Done == 0:
		return ledger.Amendment{}, standsInTheWay("Nhiệm vụ này chưa báo hoàn thành nên chưa có gì để trả lại. Hãy tải lại trang.")
	case strings.TrimSpace(why) == "":
		return ledger.Amendment{}, wrong("why", "Chưa ghi lý do trả lại. Đơn vị được giao cần biết phải làm gì thêm.")
	}
	return ledger.Amendment{Set: map[string]any{"done_on": nil, "returned_on": today.String(), "progress": min(t.Progress, 90)},
		Reason: "Trả lại: " + short(why)}, nil
}

// WithFiles adds attachments to an amendment, beside those that the entry has.
func WithFiles(a ledger.Amendment, have, more []ledger.File) ledger.Amendment {
	all := slices.Clone(have)
	for _, f := range more {
		if !slices.ContainsFunc(all, func(x ledger.File) bool { return x.Hash == f.Hash }) {
			all = append(all, f)
		}
	}
	if len(all) == len(have) {
		return a
	}
	var hashes []any
	for _, f := range all {
		hashes = append(hashes, f.Hash)
	}
	a.Files, a.Set["file"] = &all, hashes
	return a
}

// short keeps a reason within what a version's reason takes.
func short(why string) string {
	r := []rune(strings.TrimSpace(why))
	return string(r[:min(len(r), 1500)])
}

// Order is one body that is given a task, with its own day.
type Order struct {
	Unit string // reference
	Due  civil.Date
}

// Terms are what is given to all of them alike.
type Terms struct {
	Kind     string
	Title    string
	Giver    string // reference
	Theme    string
	Evidence string
	Carries  string // "#123", the document, plan or programme; empty for none
	Day      civil.Date
}

// Drafts are the entries that giving makes, one for each body. Their keys begin with the key of the act, so that
// giving twice gives once.
func (m Terms) Drafts(key string, orders []Order) []ledger.Draft {
	var out []ledger.Draft
	for _, o := range orders {
		fields := map[string]any{"title": m.Title, "assigned_by": m.Giver, "due_on": o.Due.String()}
		for code, text := range map[string]string{"theme": m.Theme, "evidence": m.Evidence} {
			if strings.TrimSpace(text) != "" {
				fields[code] = text
			}
		}
		out = append(out, ledger.Draft{Key: key + ":" + o.Unit, Kind: m.Kind, Unit: o.Unit, Day: m.Day, Carries: m.Carries, Fields: fields})
	}
	return out
}
