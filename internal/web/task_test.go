package web_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/task"
)

const (
	theGiver  = "06.BTGDV"
	theDoer   = "001.BXD"
	otherDoer = "002.BXD"
)

// put records an entry as a person.
func (r *recorder) put(by string, d ledger.Draft) int64 {
	r.t.Helper()
	var posted ledger.Posted
	err := r.db.Write(r.t.Context(), func(tx *db.Tx) (err error) {
		posted, err = r.ledger.Record(r.t.Context(), tx, by, d)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return posted.ID
}

func (r *recorder) allTasks() []task.Task {
	r.t.Helper()
	book := task.Book{Ledger: r.ledger, Catalog: r.cat, Engine: r.db.Engine()}
	all, err := book.All(context.Background(), r.db.Read(), r.tree, today, ledger.Filter{})
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

// taskOf is the task of a body.
func (r *recorder) taskOf(unit string) task.Task {
	r.t.Helper()
	id := r.tree.On(unit, today).ID
	for _, t := range r.allTasks() {
		if t.Unit == id {
			return t
		}
	}
	r.t.Fatalf("%s has no task", unit)
	return task.Task{}
}

// do sends the form of an act on a task, with a key of its own, and gives the answer.
func (r *recorder) do(id int64, act, key string, values url.Values) answer {
	r.t.Helper()
	values = with(values)
	values.Set("khoa", key)
	values.Set("phien-ban", fmt.Sprint(r.entry(id).Version))
	return r.post(fmt.Sprintf("/nhiem-vu/%d/%s", id, act), values)
}

func (r *recorder) want(a answer, status int, says string) {
	r.t.Helper()
	if a.status != status || says != "" && !strings.Contains(a.body, says) {
		r.t.Fatalf("answer %d, want %d with %q: %s", a.status, status, says, summaryOf(a.body))
	}
}

// A task is given to two communes at once, reported on, extended, done, returned, done again and accepted; who may not
// is refused at each step, a form sent twice acts once, and what is wrong loses nothing that was typed.
func TestLifeOfATask(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		doc := r.put("giao", ledger.Draft{Kind: "directive_document", Unit: theGiver, Day: today.AddDays(-20),
			Fields: map[string]any{"title": "Kế hoạch năm", "type": "plan", "theme": "mobilisation"}})

		r.as("giao", "06", access.Specialist)
		give := url.Values{"khoa": {keyOf(1)}, "tu": {fmt.Sprint(doc)}, "viec": {"Đăng ký mô hình"}, "giao": {theGiver}, "nhan": {theDoer, otherDoer}}
		page := r.form("/nhiem-vu/giao", with(give, "nhan", "", "lop", "commune/party_building_board", "buoc", "them-lop"))
		r.want(page, http.StatusOK, "Giao cho 2 đơn vị")
		r.want(r.form("/nhiem-vu/giao", with(give, "buoc", "giao")), http.StatusUnprocessableEntity, "Đăng ký mô hình")
		give.Set("han", "10/12/2026")
		give.Set("han-"+ledger.Ref(r.tree.On(otherDoer, today)), "20/12/2026")
		give.Set("buoc", "giao")
		for range 2 { // pressed twice
			r.want(r.form("/nhiem-vu/giao", give), http.StatusSeeOther, "")
		}
		if n := len(r.allTasks()); n != 2 {
			t.Fatalf("%d tasks given", n)
		}
		x, other := r.taskOf(theDoer), r.taskOf(otherDoer)
		if x.Due != 20261210 || other.Due != 20261220 || x.Carries != doc || x.Giver != r.tree.On(theGiver, today).ID {
			t.Errorf("given: %+v and %+v", x, other)
		}

		r.as("xa", "001", access.Clerk)
		r.want(r.get(fmt.Sprintf("/nhiem-vu/%d", other.ID)), http.StatusForbidden, "")
		r.want(r.get(fmt.Sprintf("/ghi-nhan/%d/sua", x.ID)), http.StatusForbidden, "")
		r.want(r.do(x.ID, "gia-han", keyOf(2), url.Values{"gh-den": {"31/12/2026"}, "gh-ly-do": {"tự gia hạn"}}), http.StatusForbidden, "")
		r.want(r.do(x.ID, "tien-do", keyOf(3), url.Values{"td-phan-tram": {"một nửa"}, "td-tinh-hinh": {"Đã họp thôn"}}), http.StatusUnprocessableEntity, "Đã họp thôn")
		for range 2 {
			r.want(r.do(x.ID, "tien-do", keyOf(4), url.Values{"td-phan-tram": {"50"}, "td-tinh-hinh": {"Đã họp thôn"}}), http.StatusSeeOther, "")
		}
		r.want(r.do(x.ID, "xin-han", keyOf(5), url.Values{"xh-den": {"20/12/2026"}, "xh-ly-do": {"Chờ họp"}}), http.StatusSeeOther, "")
		if x = r.taskOf(theDoer); x.Progress != 50 || x.Version != 3 || x.AskedTo != 20261220 {
			t.Errorf("reported and asked: %+v", x)
		}

		r.as("giao", "06", access.Specialist)
		old := r.entry(x.ID).Version - 1
		stale := url.Values{"khoa": {keyOf(6)}, "phien-ban": {fmt.Sprint(old)}, "gh-den": {"20/12/2026"}, "gh-ly-do": {"Đồng ý"}}
		r.want(r.post(fmt.Sprintf("/nhiem-vu/%d/gia-han", x.ID), stale), http.StatusConflict, "Đồng ý")
		r.want(r.do(x.ID, "gia-han", keyOf(7), url.Values{"gh-den": {"20/12/2026"}, "gh-ly-do": {"Đồng ý"}}), http.StatusSeeOther, "")
		r.want(r.do(x.ID, "nghiem-thu", keyOf(8), nil), http.StatusConflict, "không chờ nghiệm thu")
		if x = r.taskOf(theDoer); x.Due != 20261220 || x.FirstDue != 20261210 || x.Extensions != 1 || x.AskedTo != 0 {
			t.Errorf("extended: %+v", x)
		}

		r.as("xa", "001", access.Clerk)
		done := url.Values{"x-ngay": {today.Vi()}, "x-ket-qua": {"Đăng ký 3 mô hình"}}
		r.want(r.do(x.ID, "xong", keyOf(9), done), http.StatusUnprocessableEntity, "Chưa có minh chứng")
		r.put("xa", ledger.Draft{Kind: "briefing", Unit: theDoer, Day: today, Carries: fmt.Sprintf("#%d", x.ID), Fields: map[string]any{"title": "Họp thôn đăng ký", "type": "thematic"}})
		r.want(r.do(x.ID, "xong", keyOf(10), done), http.StatusSeeOther, "")

		r.as("giao", "06", access.Specialist)
		r.want(r.do(x.ID, "tra-lai", keyOf(11), nil), http.StatusUnprocessableEntity, "Chưa ghi lý do")
		r.want(r.do(x.ID, "tra-lai", keyOf(12), url.Values{"tl-ly-do": {"Thiếu chữ ký"}}), http.StatusSeeOther, "")
		if x = r.taskOf(theDoer); x.StateOn(today) == task.Waiting || x.Returned != today {
			t.Errorf("returned: %+v", x)
		}
		r.as("xa", "001", access.Clerk)
		r.want(r.do(x.ID, "xong", keyOf(13), done), http.StatusSeeOther, "")
		r.want(r.do(x.ID, "nghiem-thu", keyOf(14), nil), http.StatusForbidden, "")
		r.as("giao", "06", access.Specialist)
		for range 2 {
			r.want(r.do(x.ID, "nghiem-thu", keyOf(15), nil), http.StatusSeeOther, "")
		}
		if x = r.taskOf(theDoer); x.StateOn(today) != task.Accepted {
			t.Errorf("accepted: %+v", x)
		}
		r.want(r.get(fmt.Sprintf("/van-ban/%d", doc)), http.StatusOK, "Họp thôn đăng ký")

		r.as("xa", "001", access.Clerk)
		page = r.get(fmt.Sprintf("/van-ban/%d", doc)) // the province's document binds the commune
		r.want(page, http.StatusOK, "Họp thôn đăng ký")
		if strings.Contains(page.body, fmt.Sprintf("/nhiem-vu/%d", other.ID)) {
			t.Error("a commune sees the task of another")
		}
		forged := url.Values{"khoa": {keyOf(16)}, "ngay": {today.Vi()}, "don-vi": {theDoer}, "f-title": {"Việc giả"}, "f-assigned_by": {theGiver}, "f-due_on": {"31/12/2026"}, "buoc": {"luu"}}
		r.want(r.post("/ghi-nhan/moi/task", forged), http.StatusUnprocessableEntity, "đơn vị giao")
	})
}

// with is a copy of values with some of them changed; an empty one is dropped.
func with(values url.Values, changes ...string) url.Values {
	out := url.Values{}
	maps.Copy(out, values)
	for i := 0; i+1 < len(changes); i += 2 {
		out[changes[i]] = []string{changes[i+1]}
		if changes[i+1] == "" {
			delete(out, changes[i])
		}
	}
	return out
}

// Reminders ask for what is due, and givers for what waits for them.
func TestTasksThatAreDue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		put := func(title string, due civil.Date) int64 {
			return r.put("giao", ledger.Draft{Kind: "task", Unit: theDoer, Day: 20260901, Fields: map[string]any{"title": title, "assigned_by": theGiver, "due_on": due.String()}})
		}
		late, near, far := put("Muộn", today.AddDays(-9)), put("Gần", today.AddDays(3)), put("Xa", today.AddDays(40))
		book := task.Book{Ledger: r.ledger, Catalog: r.cat, Engine: d.Engine()}
		due, err := book.Due(t.Context(), d.Read(), r.tree, []org.UnitID{r.tree.On(theDoer, today).ID}, 0, today.AddDays(7))
		if err != nil || len(due) != 2 || due[0].ID != late || due[1].ID != near {
			t.Errorf("due: %v, %v (not %d)", due, err, far)
		}
		given, err := book.Given(t.Context(), d.Read(), r.tree, map[org.UnitID]bool{r.tree.On(theGiver, today).ID: true}, today)
		if err != nil || len(given) != 1 || given[0].ID != late {
			t.Errorf("given: %v, %v", given, err)
		}
		r.as("xem", "06", access.Leader)
		page := r.get("/nhiem-vu?xem=don-doc&don-vi=06")
		if !strings.Contains(page.body, "Muộn") || strings.Contains(page.body, ">Gần<") {
			t.Error("the list of those to be pressed for is wrong")
		}
	})
}

// What replaces a document shows on both, and the older one is no longer in force.
func TestReplacedDocument(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		fields := func(title string) map[string]any {
			return map[string]any{"title": title, "type": "guideline", "theme": "skilled"}
		}
		old := r.put("giao", ledger.Draft{Kind: "directive_document", Unit: theGiver, Day: 20260102, Fields: fields("Hướng dẫn cũ")})
		newer := fields("Hướng dẫn mới")
		newer["replaces"], newer["replaces_as"] = fmt.Sprintf("#%d", old), "replaces"
		next := r.put("giao", ledger.Draft{Key: "moi", Kind: "directive_document", Unit: theGiver, Day: 20260601, Fields: newer})
		r.as("xem", "06", access.Leader)
		page := r.get(fmt.Sprintf("/van-ban/%d", old))
		r.want(page, http.StatusOK, "Hướng dẫn mới")
		r.want(page, http.StatusOK, "01/6/2026")
		r.want(r.get(fmt.Sprintf("/van-ban/%d", next)), http.StatusOK, "Hướng dẫn cũ")
		list := r.get("/van-ban?don-vi=06&hieu-luc=con")
		if strings.Contains(list.body, "Hướng dẫn cũ") || !strings.Contains(list.body, "Hướng dẫn mới") {
			t.Error("the register says that the replaced document is in force")
		}
		if kinds := task.Kinds(r.cat.EditionOn(today), catalog.Documents); !slices.ContainsFunc(kinds, func(k *catalog.Kind) bool { return k.Code == "council_resolution" }) {
			t.Error("resolutions of councils are no documents")
		}
	})
}
