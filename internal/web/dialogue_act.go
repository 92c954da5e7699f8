package web

import (
	"fmt"
	"net/http"
	"time"

	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/ledger"
)

// stillPlanned says in the form why a plan cannot be changed any more.
func (v *talkView) stillPlanned() bool {
	switch {
	case v.Plan == nil || v.Session != nil:
		v.Form.say("", "Cuộc này đã họp nên không đổi lịch được nữa.")
	case v.Plan.CancelledOn != 0:
		v.Form.say("", "Cuộc này đã hủy ngày "+v.Plan.CancelledOn.Vi()+".")
	}
	return len(v.Form.Wrong) == 0
}

func (s *server) announceTalk(r *http.Request, v *talkView) error {
	f := &v.Form
	if !v.stillPlanned() {
		return nil
	}
	day := f.wantDay("t-ngay", "Hãy ghi ngày thông báo.")
	where := f.want("t-noi", "Hãy ghi thông báo ở đâu.")
	if len(f.Wrong) > 0 {
		return nil
	}
	set := map[string]any{"announced_on": day.String(), "announced_where": where, "number": orGone(f.text("t-so"))}
	err := s.amendPiece(r, *f, v.Plan.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Thông báo lịch đối thoại", Set: set}, nil
	})
	return f.refusal(err, map[string]string{"announced_on": "t-ngay"})
}

func (s *server) moveTalk(r *http.Request, v *talkView) error {
	f := &v.Form
	if !v.stillPlanned() {
		return nil
	}
	day, reason := f.wantDay("d-ngay", "Hãy ghi ngày tổ chức."), f.want("d-ly-do", "Hãy ghi lý do đổi: người dân đọc được lý do này.")
	set := map[string]any{"planned_on": day.String(), "from_hour": orGone(f.hour("d-tu-gio")), "to_hour": orGone(f.hour("d-den-gio")),
		"venue": f.want("d-noi", "Hãy ghi nơi tổ chức."), "changed_on": v.Today.String(), "change_reason": oneLine(reason, 300), "before_change": v.Plan.When()}
	if day != 0 && day < v.Today {
		f.say("d-ngay", "Ngày "+day.Vi()+" đã qua.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.Plan.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Đổi lịch đối thoại: " + oneLine(reason, 200), Set: set}, nil
	})
	return f.refusal(err, map[string]string{"planned_on": "d-ngay", "from_hour": "d-tu-gio", "to_hour": "d-den-gio", "venue": "d-noi", "announced_on": "d-ngay"})
}

func (s *server) cancelTalk(r *http.Request, v *talkView) error {
	f := &v.Form
	if !v.stillPlanned() {
		return nil
	}
	reason := f.want("x-ly-do", "Hãy ghi lý do hủy: người dân đọc được lý do này.")
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.Plan.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Hủy cuộc đối thoại: " + oneLine(reason, 200), Set: map[string]any{"cancelled_on": v.Today.String(), "cancel_reason": oneLine(reason, 300)}}, nil
	})
	return f.refusal(err, nil)
}

// openTalk records that the session is held. Two who open at once find one session: its key is the plan's.
func (s *server) openTalk(r *http.Request, v *talkView) error {
	f := &v.Form
	if v.Session != nil {
		return nil // somebody was first: his session is this one
	}
	if !v.stillPlanned() {
		return nil
	}
	day, host := f.wantDay("m-ngay", "Hãy ghi ngày họp."), f.want("m-chu-tri", "Hãy chọn người chủ trì.")
	if day > v.Today {
		f.say("m-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ mở cuộc họp trong ngày họp.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	set, kind := v.Setting, v.Plan.SessionKindOf()
	set.Host = host
	fields := dialogue.Opening(kind, set, v.Plan.AnnouncedOn)
	unit := ledger.Ref(v.Tree.Unit(v.Head.Unit))
	err := s.onceFor(r, f.form, func(tx *db.Tx) error {
		key := fmt.Sprintf("doi-thoai:%d", v.Plan.ID)
		if h, err := s.Ledger.EntryByKey(r.Context(), tx, key); err == nil && h.State != ledger.Void {
			return nil
		} else if err == nil { // that one was voided: this is another
			key += ":" + itoa(int64(h.Version)) + ":" + itoa(h.ID)
		}
		_, err := s.recordPiece(r.Context(), tx, v.Tree, ledger.Draft{Key: key, Kind: kind, Unit: unit, Day: day, Fields: fields, Carries: fmt.Sprintf("#%d", v.Plan.ID)})
		return err
	})
	return f.refusal(err, map[string]string{"day": "m-ngay", "host": "m-chu-tri"})
}

// desk records what happens in a hall.
func (v *talkView) desk(s *server) dialogue.Desk {
	return dialogue.Desk{Ledger: s.Ledger, Tree: v.Tree}
}

// raiseIssue records one issue, with its answer on the spot or until when it will be answered.
func (s *server) raiseIssue(r *http.Request, v *talkView) error {
	f := &v.Form
	if v.Session == nil {
		f.say("", "Hãy mở cuộc họp trước khi ghi vấn đề.")
		return nil
	}
	set := map[string]any{}
	put(set, "subject", oneLine(f.want("v-noi-dung", "Hãy ghi vấn đề trong một câu."), 500))
	put(set, "topic", f.want("v-nhom", "Hãy chọn nhóm vấn đề."))
	if f.text("v-so") != "" {
		put(set, "mentions", f.number("v-so"))
	}
	put(set, "village", f.text("v-noi"))
	put(set, "answer_post", f.text("v-nguoi"))
	if u := f.unit(v.Tree, "v-co-quan", v.Today); u != nil {
		put(set, "answer_unit", ledger.Ref(u))
	}
	put(set, "answer", f.text("v-tra-loi"))
	switch mode := f.want("v-cach", "Hãy chọn cách trả lời."); mode {
	case dialogue.OnSpot:
		put(set, "answer_mode", mode)
		put(set, "answered_on", v.Session.Day)
	case dialogue.Later, dialogue.OtherBody:
		put(set, "answer_mode", mode)
		put(set, "due_on", f.wantDay("v-han", "Hãy ghi hẹn trả lời ngày nào."))
		if mode == dialogue.OtherBody {
			put(set, "forwarded_on", v.Session.Day)
		}
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	key := pieceKey(r, *f)
	err := s.onceFor(r, f.form, func(tx *db.Tx) error {
		_, err := v.desk(s).Raise(r.Context(), tx, viewer(r.Context()).Login, v.Session.ID, key, set)
		return err
	})
	return f.refusal(err, map[string]string{"subject": "v-noi-dung", "topic": "v-nhom", "mentions": "v-so", "due_on": "v-han", "answer": "v-tra-loi", "village": "v-noi"})
}

// issue is the issue that a form is about.
func (v *talkView) issue() *dialogue.Issue {
	for _, i := range v.Issues {
		if itoa(i.ID) == v.Form.get("dong") {
			return i.Issue
		}
	}
	v.Form.say("", "Không thấy vấn đề này ở cuộc họp. Hãy tải lại trang.")
	return nil
}

func (s *server) answerIssue(r *http.Request, v *talkView) error {
	f := &v.Form
	i := v.issue()
	day, text := f.wantDay("a-ngay", "Hãy ghi ngày trả lời."), f.want("a-tra-loi", "Hãy ghi nội dung trả lời.")
	if i != nil && day != 0 && (day < i.Day || day > v.Today) {
		f.say("a-ngay", "Ngày trả lời từ ngày nêu ("+i.Day.Vi()+") đến hôm nay.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	set := map[string]any{"answered_on": day.String(), "answer": text}
	put(set, "answer_post", f.text("a-nguoi"))
	err := s.amendPiece(r, *f, i.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Trả lời vấn đề nêu tại đối thoại", Set: set}, nil
	})
	return f.refusal(err, map[string]string{"answered_on": "a-ngay", "answer": "a-tra-loi"})
}

// promiseAtTalk records what is promised for an issue, or for the session as a whole.
func (s *server) promiseAtTalk(r *http.Request, v *talkView) error {
	f := &v.Form
	if v.Session == nil {
		f.say("", "Hãy mở cuộc họp trước khi ghi điều đã hứa.")
		return nil
	}
	carries, topic := v.Session.ID, ""
	if f.get("dong") != "" {
		i := v.issue()
		if i == nil {
			return nil
		}
		carries, topic = i.ID, i.Topic
	}
	set := map[string]any{"source": "dialogue"}
	if v.Session.Kind == dialogue.VoterKind {
		set["source"] = "voter_contact"
	}
	put(set, "topic", topic)
	put(set, "subject", oneLine(f.want("h-noi-dung", "Hãy ghi điều đã hứa trong một câu."), 500))
	due := f.wantDay("h-han", "Hãy ghi hạn: lời hứa nào cũng có hạn.")
	if due != 0 && due < v.Session.Day {
		f.say("h-han", "Hạn phải từ ngày họp ("+v.Session.Day.Vi()+") trở đi.")
	}
	put(set, "due_on", due)
	put(set, "owner_post", f.want("h-nguoi", "Hãy ghi chức danh chịu trách nhiệm, ví dụ: Phó Chủ tịch Ủy ban nhân dân."))
	set["owner_unit"] = ledger.Ref(v.Tree.Unit(v.Head.Unit))
	if u := f.unit(v.Tree, "h-co-quan", v.Today); u != nil {
		set["owner_unit"] = ledger.Ref(u)
	}
	put(set, "village", f.text("h-noi"))
	if total := f.text("h-so-luong"); total != "" {
		set["total"] = total
		put(set, "measure", f.want("h-don-vi", "Hãy ghi đơn vị đo, ví dụ m, hộ, bóng đèn."))
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	draft := ledger.Draft{Key: pieceKey(r, *f), Kind: dialogue.PromiseKind, Unit: ledger.Ref(v.Tree.Unit(v.Head.Unit)), Day: v.Session.Day, Fields: set, Carries: fmt.Sprintf("#%d", carries)}
	err := s.onceFor(r, f.form, func(tx *db.Tx) error {
		_, err := s.recordPiece(r.Context(), tx, v.Tree, draft)
		return err
	})
	return f.refusal(err, map[string]string{"subject": "h-noi-dung", "due_on": "h-han", "total": "h-so-luong", "measure": "h-don-vi", "owner_post": "h-nguoi", "owner_unit": "h-co-quan", "village": "h-noi"})
}

// closeTalk brings the minutes out: who was there, what was concluded.
func (s *server) closeTalk(r *http.Request, v *talkView) error {
	f := &v.Form
	if v.Session == nil {
		f.say("", "Cuộc này chưa họp nên chưa có kết luận.")
		return nil
	}
	day := f.wantDay("c-ngay", "Hãy ghi ngày ra biên bản, thông báo kết luận.")
	present := f.want("c-du", "Hãy ghi số lượt người dự.")
	if day != 0 && day < v.Session.Day {
		f.say("c-ngay", "Ngày ra biên bản phải từ ngày họp ("+v.Session.Day.Vi()+") trở đi.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	set := map[string]any{"minuted_on": day.String(), "attendances": present, "minutes_number": orGone(f.text("c-so")), "conclusion": orGone(f.text("c-ket-luan")), "present": orGone(f.text("c-du-hop"))}
	err := s.amendPiece(r, *f, v.Session.ID, func(e *ledger.Entry) (ledger.Amendment, error) {
		a := ledger.Amendment{Reason: "Ra biên bản, thông báo kết luận", Set: set}
		addFiles(&a, "file", e.Files, f.sent())
		return a, nil
	})
	return f.refusal(err, map[string]string{"minuted_on": "c-ngay", "attendances": "c-du", "conclusion": "c-ket-luan", "present": "c-du-hop"})
}

// addFiles adds files to an amendment, beside those that the entry has.
func addFiles(a *ledger.Amendment, field string, have, more []ledger.File) {
	if len(more) == 0 {
		return
	}
	a.Files = withFiles(have, more)
	var hashes []any
	for _, f := range *a.Files {
		hashes = append(hashes, f.Hash)
	}
	a.Set[field] = hashes
}

// makeTalkCode makes the code by which a village answers for the promises of the session.
func (s *server) makeTalkCode(r *http.Request, v *talkView) error {
	f := &v.Form
	if v.Session == nil || v.Promises == 0 {
		f.say("", "Cuộc này chưa có lời hứa nào nên chưa cần mã.")
		return nil
	}
	village := oneLine(f.want("k-thon", "Hãy ghi mã giao cho thôn, tổ dân phố nào."), 120)
	if len(f.Wrong) > 0 {
		return nil
	}
	v.CodeFor = village
	return s.onceFor(r, f.form, func(tx *db.Tx) error {
		var err error
		v.NewCode, err = dialogue.MakeCode(r.Context(), tx, dialogue.Code{Entry: v.Session.ID, Holder: dialogue.ByVillage, Place: village, Actor: viewer(r.Context()).Login, At: time.Now()})
		return err
	})
}
