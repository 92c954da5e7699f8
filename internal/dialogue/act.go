package dialogue

import (
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
)

// Wrong is an act that cannot be, with the part of it that is to be mended.
type Wrong struct {
	Part string // "note", "amount", "due", "on", "files", "faults"; empty where the promise itself stands in the way
	Err  error
}

func (w Wrong) Error() string { return w.Err.Error() }
func (w Wrong) Unwrap() error { return w.Err }

func wrong(part, sentence string) error { return Wrong{part, fault.New(fault.Invalid, sentence)} }

func standsInTheWay(sentence string) error { return Wrong{"", fault.New(fault.Conflict, sentence)} }

// Said is a note as somebody makes it.
type Said struct {
	Act    string
	By     string
	Text   string
	Amount *Amount
	On     civil.Date // the day it was done
	NewDue civil.Date
	Faults []string
	Files  int // how many are shown
	Works  int // entries and tasks that carry the promise out and show it done
}

// Note are the fields of the note that somebody makes of a promise on a day, or why it may not be.
func (p *Promise) Note(s Said, today civil.Date) (day civil.Date, set map[string]any, err error) {
	s.Text = strings.TrimSpace(s.Text)
	if err := p.inTheWay(s); err != nil {
		return 0, nil, err
	}
	if err := p.check(s, today); err != nil {
		return 0, nil, err
	}
	set = map[string]any{"act": s.Act, "said_by": s.By}
	if s.Text != "" {
		set["note"] = s.Text
	}
	if s.Amount != nil {
		set["done"] = s.Amount.String()
	}
	day = today
	switch s.Act {
	case ActExtend:
		set["old_due"], set["new_due"] = p.Due.String(), s.NewDue.String()
	case ActDone:
		day = s.On
		set["answer_by"] = max(today, s.On).AddDays(AnswerDays).String()
		if s.Amount == nil && p.Total > 0 {
			set["done"] = p.Total.String()
		}
	case ActConfirm, ActDispute:
		if p.Done != 0 {
			set["done_on"] = p.Done.String()
		}
		if len(s.Faults) > 0 {
			set["faults"] = s.Faults
		}
	}
	return day, set, nil
}

// inTheWay says whether the promise itself stands in the way of an act.
func (p *Promise) inTheWay(s Said) error {
	answers := s.Act == ActConfirm || s.Act == ActDispute
	switch {
	case answers != (s.By != ByOwner):
		return standsInTheWay("Bên đã hứa báo tiến độ; thôn hoặc người nêu vấn đề mới xác nhận. Hãy chọn việc khác.")
	case p.Dropped != 0:
		return standsInTheWay("Lời hứa này đã dừng ngày " + p.Dropped.Vi() + " nên không ghi thêm được.")
	case s.Act == ActConfirm && p.Confirmed != 0 && p.Done != 0:
		return standsInTheWay("Lời hứa này đã được xác nhận ngày " + p.Confirmed.Vi() + " rồi.")
	case answers && p.Done == 0 && (s.Act == ActDispute || p.Disputed == 0):
		return standsInTheWay("Bên đã hứa chưa báo làm xong nên chưa có gì để trả lời. Hãy đợi đến khi có báo xong.")
	case !answers && p.Done != 0:
		return standsInTheWay("Lời hứa này đã báo làm xong ngày " + p.Done.Vi() + ". Thôn chưa đồng ý thì mới ghi tiếp được.")
	}
	return nil
}

// check says what is to be mended in what was typed.
func (p *Promise) check(s Said, today civil.Date) error {
	if s.Amount != nil {
		switch {
		case p.Total == 0:
			return wrong("amount", "Lời hứa này không có khối lượng đo được. Hãy bỏ trống ô này.")
		case *s.Amount < 0 || *s.Amount > p.Total:
			return wrong("amount", "Khối lượng đã làm phải từ 0 đến "+p.Total.Vi()+" "+p.Measure+" như đã hứa.")
		}
	}
	switch {
	case s.Act == ActProgress && s.Text == "" && s.Amount == nil:
		return wrong("note", "Chưa ghi tiến độ. Hãy ghi khối lượng, hoặc một hai câu: đã làm gì, còn gì.")
	case s.Act == ActExplain && s.Text == "":
		return wrong("note", "Chưa ghi lý do chậm. Nhân dân đọc được lý do này.")
	case s.Act == ActDrop && s.Text == "":
		return wrong("note", "Chưa ghi lý do dừng. Nhân dân đọc được lý do này.")
	case s.Act == ActExtend:
		return p.checkLater(s, today)
	case s.Act == ActDone:
		return p.checkDone(s, today)
	case s.Act == ActDispute && len(s.Faults) == 0:
		return wrong("faults", "Chưa chọn điều chưa đạt. Hãy chọn ít nhất một điều.")
	}
	return nil
}

func (p *Promise) checkLater(s Said, today civil.Date) error {
	switch {
	case s.NewDue <= p.Due:
		return wrong("due", "Hạn mới phải sau hạn đang có ("+p.Due.Vi()+"). Hãy chọn ngày khác.")
	case s.NewDue < today:
		return wrong("due", "Hạn mới đã qua. Hãy chọn từ hôm nay trở đi.")
	case s.Text == "":
		return wrong("note", "Chưa ghi lý do lùi hạn. Nhân dân đọc được lý do này.")
	}
	return nil
}

func (p *Promise) checkDone(s Said, today civil.Date) error {
	switch {
	case s.On == 0:
		return wrong("on", "Chưa đọc được ngày làm xong. Hãy viết như 24/4/2026.")
	case s.On > today:
		return wrong("on", "Ngày làm xong chưa tới. Hãy ghi ngày đã làm xong.")
	case s.On < p.Day:
		return wrong("on", "Ngày làm xong phải từ ngày hứa ("+p.Day.Vi()+") trở đi.")
	case s.Files+s.Works == 0:
		return wrong("files", "Chưa có minh chứng. Hãy đính kèm ảnh, giấy tờ, hoặc ghi việc đã làm để thực hiện lời hứa này trước.")
	}
	return nil
}

// short keeps a text within what a field of one line takes.
func short(text string) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	return string(r[:min(len(r), 500)])
}
