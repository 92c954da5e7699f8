package web

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// The controls of the queue's form.
const (
	pickField    = "chon"     // ID:VERSION of each entry that is ticked
	actField     = "viec"     // what the pressed button does
	onwardField  = "tiep-tuc" // set where one entry is looked at: go on to the next
	actConfirmed = "xac-nhan"
	actReturned  = "tra-lai"
)

// mostPicked bounds how many entries one sending decides: a page of them.
const mostPicked = 200

// pick is an entry in the version that was looked at.
type pick struct {
	ID      int64
	Version int
}

// picks reads the boxes that came in, each once, in the order of their numbers: the same sending is the same request.
func picks(values []string) ([]pick, error) {
	var out []pick
	for _, v := range values {
		id, version, ok := strings.Cut(v, ":")
		n, err := strconv.ParseInt(id, 10, 64)
		at, err2 := strconv.Atoi(version)
		if !ok || err != nil || err2 != nil {
			return nil, fault.New(fault.Invalid, "Ô chọn gửi lên không đúng. Hãy tải lại trang Chờ duyệt rồi chọn lại.")
		}
		out = append(out, pick{n, at})
	}
	slices.SortFunc(out, func(a, b pick) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version)) })
	return slices.Compact(out), nil
}

// queuePost confirms or returns what was ticked. Each entry is an act of its own: one that has changed since is
// refused and the others go through.
func (s *server) queuePost(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	a, err := s.readQueue(r)
	if err != nil {
		return err
	}
	list, err := picks(f.Values[pickField])
	if err != nil {
		return err
	}
	act, remark := f.get(actField), strings.TrimSpace(f.get(remarkField))
	s.checkQueue(&f, act, remark, len(list))
	if len(f.Wrong) > 0 {
		return s.queueAgain(w, r, a, f)
	}
	o, err := s.decide(r, f.Key, act, remark, list)
	if err != nil {
		return err
	}
	if f.get(onwardField) != "" && len(list) == 1 {
		return s.toNext(w, r, a, f, o, list[0].ID)
	}
	return seeOther(w, r, "/duyet"+a.query("ket-qua", f.Key))
}

func (s *server) checkQueue(f *form, act, remark string, n int) {
	if act != actConfirmed && act != actReturned {
		f.say("", "Chưa rõ xác nhận hay trả lại. Hãy bấm một trong hai nút.")
	}
	switch {
	case n == 0:
		f.say("", "Chưa chọn việc nào. Hãy đánh dấu vào ô đầu dòng của các việc cần duyệt.")
	case n > mostPicked:
		f.say("", "Mỗi lần duyệt nhiều nhất "+strconv.Itoa(mostPicked)+" việc. Hãy chọn ít hơn.")
	}
	if act == actReturned {
		if err := ledger.CheckRemark(remark); err != nil {
			f.say(remarkField, fault.Say(err))
		}
	}
}

// queueAgain shows the page that the form came from, with what was ticked and typed.
func (s *server) queueAgain(w http.ResponseWriter, r *http.Request, a *queueAsk, f form) error {
	if f.get(onwardField) != "" {
		if list, err := picks(f.Values[pickField]); err == nil && len(list) == 1 {
			return s.reviewAgain(w, r, a, f, list[0].ID)
		}
	}
	v, err := s.queueView(r, a, f)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusUnprocessableEntity, queuePageOf("Lỗi: chờ duyệt"), queuePageView(v))
}

// decide does the act on each entry once and says what it came to. The answer is kept under the form's key, so that a
// form sent twice does nothing more and says the same.
func (s *server) decide(r *http.Request, key, act, remark string, list []pick) (outcome, error) {
	ctx := r.Context()
	request := act + "\n" + remark + "\n"
	for _, p := range list {
		request += itoa(p.ID) + ":" + strconv.Itoa(p.Version) + " "
	}
	o := outcome{Act: act}
	for _, p := range list {
		err := s.decideOne(ctx, key, act, remark, p)
		switch fault.KindOf(err) {
		case fault.Conflict, fault.Denied, fault.NotFound, fault.Invalid:
			if err != nil {
				o.Refused = append(o.Refused, refusal{p.ID, s.titleOf(ctx, p.ID), fault.Say(err)})
				continue
			}
		}
		if err != nil {
			return o, err
		}
		o.Done = append(o.Done, p.ID)
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		text, err := db.Once(ctx, tx, outcomeKey(ctx, key), []byte(request), func() ([]byte, error) { return json.Marshal(o) })
		if err != nil {
			return err
		}
		o = outcome{}
		return json.Unmarshal(text, &o)
	})
	return o, err
}

func (s *server) decideOne(ctx context.Context, key, act, remark string, p pick) error {
	once := outcomeKey(ctx, key) + ":" + itoa(p.ID)
	request := act + "\n" + remark + "\n" + strconv.Itoa(p.Version)
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := db.Once(ctx, tx, once, []byte(request), func() ([]byte, error) {
			if act == actConfirmed {
				return nil, s.confirmNow(ctx, tx, p.ID, p.Version)
			}
			return nil, s.returnNow(ctx, tx, p.ID, p.Version, remark)
		})
		return err
	})
}

// titleOf is what an entry is called on a page, as far as the viewer may read it; empty for one that there is not.
func (s *server) titleOf(ctx context.Context, id int64) string {
	heads, err := s.Ledger.Heads(ctx, s.DB.Read(), []int64{id})
	if err != nil || len(heads) == 0 || !viewer(ctx).May(access.ReadWork, heads[0].Unit) {
		return ""
	}
	return s.headTitle(heads[0])
}

// toNext leads from one entry that was decided to the next of the queue, or says why nothing was done.
func (s *server) toNext(w http.ResponseWriter, r *http.Request, a *queueAsk, f form, o outcome, id int64) error {
	result := []string{"ket-qua", f.Key}
	if len(o.Done) == 0 {
		return seeOther(w, r, "/duyet/"+itoa(id)+a.query(result...))
	}
	at, _ := strconv.Atoi(f.get("vt"))
	list, _, err := s.queued(r.Context(), a)
	if err != nil {
		return err
	}
	if at < 0 || at >= len(list) {
		return seeOther(w, r, "/duyet"+a.query(result...))
	}
	return seeOther(w, r, "/duyet/"+itoa(list[at].ID)+a.query(result...))
}
