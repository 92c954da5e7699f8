package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
	"danvan/internal/ledger"
	"danvan/internal/matter"
)

// What letters of one matter say, and one of another.
var (
	wallLetter = dossier.Content{Summary: "Lấn chiếm đất", Text: "Hộ bên cạnh xây tường rào gạch lấn sang thửa đất số 123, tờ bản đồ số 45 của gia đình tôi hai mét từ tháng 3/2026, mốc cũ là hàng râm bụt bị phá.", Request: "Đề nghị trả lại nguyên trạng."}
	wallAgain  = dossier.Content{Text: "Tôi đã gửi đơn về việc tường rào gạch xây lấn đất, thửa 123 tờ 45, hàng râm bụt làm mốc bị phá mà chưa ai trả lời.", Request: "Đề nghị tháo dỡ."}
	pigLetter  = dossier.Content{Text: "Trại lợn đầu thôn xả nước thải ra suối, cá chết, mùi hôi cả xóm không chịu nổi.", Request: "Đề nghị di dời trại."}
)

// letterSaying records a letter with what it says.
func letterSaying(t testing.TB, l *ledger.Ledger, d *db.DB, b *dossier.Book, class, unit string, day civil.Date, c dossier.Content) int64 {
	t.Helper()
	var id int64
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		p, err := l.Record(t.Context(), tx, "thu", ledger.Draft{Kind: "petition_letter", Unit: unit, Day: day,
			Fields: map[string]any{"class": class, "field": "land", "received_on": day.String()}})
		if err != nil {
			return err
		}
		id = p.ID
		return b.Put(t.Context(), tx, "thu", dossier.Item{Entry: id, Content: c, Marked: class != "denunciation", Sender: someSender(class)})
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func someSender(class string) *dossier.Sender {
	if class == "denunciation" {
		return nil
	}
	return &dossier.Sender{Name: "Người Thử Không Có Thật", Address: "thôn Đâu Đó"}
}

// lettersOfTheBody are two letters of one matter.
func lettersOfTheBody(t testing.TB, o *office) [2]string {
	t.Helper()
	a := letterSaying(t, o.app.Ledger, o.app.DB, o.deps.Dossiers, "complaint", theBody, 20260301, wallLetter)
	b := letterSaying(t, o.app.Ledger, o.app.DB, o.deps.Dossiers, "complaint", theBody, 20260401, wallAgain)
	return [2]string{fmt.Sprint(a), fmt.Sprint(b)}
}

// matterOfTheBody is their matter.
func matterOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	var d matter.Decision
	for i, s := range lettersOfTheBody(t, o) {
		if _, err := fmt.Sscan(s, []*int64{&d.Letter, &d.Toward}[i]); err != nil {
			t.Fatal(err)
		}
	}
	d.Relation, d.Reason = matter.SameMatter, "cùng thửa đất"
	store := &matter.Store{Dossiers: o.deps.Dossiers, Catalog: o.app.Catalog, Tree: o.app.Org.Tree}
	var id int64
	err := o.app.DB.Write(context.Background(), func(tx *db.Tx) (err error) {
		id, err = store.Decide(context.Background(), tx, "thu", d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(id)
}

var hiddenControl = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// formOf are the hidden controls of the page's form that has a text in it.
func formOf(t testing.TB, body, has string) url.Values {
	t.Helper()
	for _, part := range strings.Split(body, "<form")[1:] {
		part, _, _ = strings.Cut(part, "</form>")
		if !strings.Contains(part, has) {
			continue
		}
		out := url.Values{}
		for _, m := range hiddenControl.FindAllStringSubmatch(part, -1) {
			out.Set(m[1], m[2])
		}
		return out
	}
	t.Fatalf("no form with %q", has)
	return nil
}

// An officer finds, compares, decides, and takes back; sent twice it is done once, and an old page is told.
func TestOfficerJoinsLetters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		say := func(class, unit string, day civil.Date, c dossier.Content) int64 {
			return letterSaying(t, r.ledger, d, r.dossiers, class, unit, day, c)
		}
		a, b, pig := say("complaint", "001", 20260301, wallLetter), say("complaint", "001", 20260401, wallAgain), say("reflection", "001", 20260402, pigLetter)
		den := say("denunciation", "001", 20260403, wallLetter)
		r.as("xulydon", "001", access.Officer)
		page := r.get(fmt.Sprintf("/don-thu/%d/trung", b))
		for _, want := range []string{"cùng thửa đất 123 tờ 45", "cùng dấu người gửi", fmt.Sprintf("So với Đơn số %d", a)} {
			if !strings.Contains(page.body, want) {
				t.Errorf("suggestions lack %q", want)
			}
		}
		for _, not := range []int64{pig, den} {
			if strings.Contains(page.body, fmt.Sprintf("So với Đơn số %d", not)) {
				t.Errorf("letter %d is suggested", not)
			}
		}
		if got := r.get(fmt.Sprintf("/don-thu/%d/trung", den)); got.status != http.StatusForbidden {
			t.Errorf("a denunciation is open to an officer: %d", got.status)
		}
		if got := r.get(fmt.Sprintf("/don-thu/%d/trung?voi=%d", b, den)); got.status != http.StatusUnprocessableEntity && !strings.Contains(got.body, "Không thấy đơn này") || strings.Contains(got.body, "Đơn tố cáo chỉ") {
			t.Errorf("beside a denunciation: %d", got.status)
		}
		page = r.get(fmt.Sprintf("/don-thu/%d/trung?voi=%d", b, a))
		if !strings.Contains(page.body, `<mark class="agrees">`) {
			t.Error("what agrees is not marked")
		}
		f := formOf(t, page.body, "quan-he")
		f.Set("quan-he", "same_letter")
		to := fmt.Sprintf("/don-thu/%d/trung", b)
		if got := r.form(to, f); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Hãy chọn căn cứ") {
			t.Errorf("a duplicate without a basis: %d", got.status)
		}
		f = formOf(t, r.get(fmt.Sprintf("/don-thu/%d/trung?voi=%d", b, a)).body, "quan-he")
		old := formOf(t, r.get(fmt.Sprintf("/don-thu/%d/trung?voi=%d", b, a)).body, "quan-he")
		f.Set("quan-he", "same_letter")
		f.Set("can-cu", "same_content")
		f.Set("ly-do", "cùng người gửi, cùng nội dung")
		for range 2 { // sent twice
			if got := r.form(to, f); got.status != http.StatusSeeOther {
				t.Fatalf("decide: %d %s", got.status, got.body)
			}
		}
		old.Set("quan-he", "refused")
		if got := r.form(to, old); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Người khác vừa xếp") {
			t.Errorf("decided on an old page: %d", got.status)
		}
		book := r.get("/vu-viec?don-vi=001&ky=2026")
		m := regexp.MustCompile(`/vu-viec/([0-9]+)"`).FindStringSubmatch(book.body)
		if m == nil {
			t.Fatal("the matter is not in the list")
		}
		page = r.get("/vu-viec/" + m[1])
		for _, want := range []string{"Đơn trùng với", "Căn cứ", "cùng người gửi, cùng nội dung", "2 đơn"} {
			if !strings.Contains(page.body, want) && !strings.Contains(page.body, strings.ToLower(want)) {
				t.Errorf("the matter lacks %q", want)
			}
		}
		if got := r.get("/vu-viec?don-vi=001&ky=2026&tai=csv"); got.status != http.StatusOK || !strings.Contains(got.body, "Đất đai") {
			t.Errorf("export: %d", got.status)
		}
		f = formOf(t, page.body, `value="doi-ten"`)
		f.Set("ten", "Ông Trần Văn Nào Đó lấn đất")
		if got := r.form("/vu-viec/"+m[1], f); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "không được nêu tên người") {
			t.Errorf("named after a person: %d", got.status)
		}
		f = formOf(t, r.get("/vu-viec/"+m[1]).body, `value="doi-ten"`)
		f.Set("ten", "Lấn chiếm đất ở xã Một")
		r.form("/vu-viec/"+m[1], f)
		// Another commune sees nothing of it; a leader reads, and decides nothing.
		r.as("khac", "002", access.Officer)
		if got := r.get("/vu-viec/" + m[1]); got.status != http.StatusForbidden {
			t.Errorf("another commune: %d", got.status)
		}
		if got := r.get("/vu-viec?don-vi=002&ky=2026"); strings.Contains(got.body, "Lấn chiếm") {
			t.Error("another commune sees the matter in its list")
		}
		r.as("lanhdao", "06", access.Leader)
		page = r.get("/vu-viec/" + m[1])
		if !strings.Contains(page.body, "Lấn chiếm đất ở xã Một") || strings.Contains(page.body, "Tách một đơn ra") {
			t.Error("a leader reads the matter and decides nothing")
		}
		r.as("xulydon", "001", access.Officer)
		f = formOf(t, r.get("/vu-viec/"+m[1]).body, `value="tach"`)
		f.Set("don", fmt.Sprint(b))
		f.Set("ly-do", "khác thửa")
		if got := r.form("/vu-viec/"+m[1], f); got.status != http.StatusSeeOther {
			t.Fatalf("part: %d %s", got.status, got.body)
		}
		page = r.get("/vu-viec/" + m[1])
		if page.status != http.StatusOK || !strings.Contains(page.body, "khác thửa") || !strings.Contains(page.body, "không còn đơn nào") {
			t.Errorf("after parting: %d", page.status)
		}
		if got := r.get(to); strings.Contains(got.body, "So với Đơn số") {
			t.Error("suggested again after it was parted")
		}
	})
}

// Across bodies a viewer sees the letters that he may read, and how many others there are; of denunciations not even that.
func TestMatterAcrossBodies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		store := &matter.Store{Dossiers: r.dossiers, Catalog: r.cat, Tree: r.keeper.Tree}
		for _, class := range []string{"complaint", "denunciation"} {
			a := letterSaying(t, r.ledger, d, r.dossiers, class, "001", 20260301, wallLetter)
			b := letterSaying(t, r.ledger, d, r.dossiers, class, "002", 20260401, wallAgain)
			var id int64
			err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
				id, err = store.Decide(t.Context(), tx, "tinh", matter.Decision{Letter: b, Toward: a, Relation: matter.SameMatter, Reason: "cùng thửa"})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			r.as("mot", "001", access.Confidential)
			page := r.get(fmt.Sprintf("/vu-viec/%d", id))
			if page.status != http.StatusOK || strings.Contains(page.body, fmt.Sprintf("Đơn số %d", b)) || strings.Contains(page.body, "cùng thửa") {
				t.Errorf("%s: another body's letter is shown (%d)", class, page.status)
			}
			if told := strings.Contains(page.body, "ở đơn vị khác"); told != (class == "complaint") {
				t.Errorf("%s: told of other bodies: %v", class, told)
			}
			r.as("xulydon", "001", access.Officer)
			if got := r.get(fmt.Sprintf("/vu-viec/%d", id)); (got.status == http.StatusOK) != (class == "complaint") {
				t.Errorf("%s: an officer gets %d", class, got.status)
			}
		}
	})
}
