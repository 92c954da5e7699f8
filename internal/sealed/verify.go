package sealed

import (
	"context"
	"fmt"

	"danvan/internal/audit"
	"danvan/internal/db"
)

// spoken is one row's claim that a leaf says what the row says.
type spoken struct {
	leaf    int64
	subject string
	id      int64
	says    []any
	row     string // in Vietnamese, for people
}

// Verify compares approvals, keys, requests and checks with the log, and says in Vietnamese what differs. What stands
// in a record nobody here can see; it is held together by its own seal.
func Verify(ctx context.Context, q db.Querier) ([]string, error) {
	claims, err := claimed(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []string
	count := map[string]int{subjectOpening: 0, subjectKey: 0, subjectOffice: 0}
	for _, c := range claims {
		ok, err := audit.Said(ctx, q, c.leaf, c.subject, c.id, said(c.says))
		if err != nil {
			return nil, err
		}
		if !ok {
			out = append(out, c.row+" không khớp với sổ niêm phong.")
		}
		count[c.subject]++
	}
	for _, subject := range []string{subjectOpening, subjectKey, subjectOffice} {
		n, err := audit.LeavesOn(ctx, q, subject)
		if err != nil {
			return nil, err
		}
		if n != count[subject] {
			out = append(out, fmt.Sprintf("Sổ niêm phong có %d bút tích về %s, bảng chỉ nói %d: có dòng đã bị xóa hoặc sửa ngoài chương trình.", n, subjectNames[subject], count[subject]))
		}
	}
	return out, nil
}

var subjectNames = map[string]string{subjectOpening: "mở danh tính người tố cáo", subjectKey: "khóa danh tính", subjectOffice: "phê duyệt lưu danh tính"}

func claimed(ctx context.Context, q db.Querier) ([]spoken, error) {
	var out []spoken
	offices, err := Approvals(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, a := range offices {
		row := fmt.Sprintf("Phê duyệt lưu danh tính số %d", a.ID)
		out = append(out, spoken{a.onLeaf, subjectOffice, a.ID, a.saysOn(), row})
		if !a.Holds() {
			out = append(out, spoken{a.offLeaf, subjectOffice, a.ID, a.saysOff(), row})
		}
	}
	all, err := AllKeys(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		out = append(out, k.claims()...)
	}
	requests, err := AllOpenings(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, o := range requests {
		out = append(out, o.claims()...)
	}
	checks, err := redactions(ctx, q, ``)
	for _, r := range checks {
		row := fmt.Sprintf("Việc lược bỏ danh tính ở ghi nhận %d", r.Entry)
		out = append(out, spoken{r.madeLeaf, subjectRedaction, r.Entry, r.saysMade(), row})
		if !r.Checked.IsZero() {
			out = append(out, spoken{r.checkLeaf, subjectRedaction, r.Entry, r.saysChecked(), row})
		}
	}
	return out, err
}

func (k Key) claims() []spoken {
	row := fmt.Sprintf("Khóa danh tính số %d", k.ID)
	out := []spoken{{k.madeLeaf, subjectKey, k.ID, k.saysMade(), row}}
	if !k.From.IsZero() {
		out = append(out, spoken{k.fromLeaf, subjectKey, k.ID, k.saysFrom(), row})
	}
	if k.State == Lost || k.State == Left {
		out = append(out, spoken{k.endLeaf, subjectKey, k.ID, k.saysEnded(), row})
	}
	return out
}

func (o Opening) claims() []spoken {
	row := fmt.Sprintf("Đề nghị mở danh tính số %d", o.ID)
	out := []spoken{{o.askLeaf, subjectOpening, o.ID, o.saysAsked(), row}}
	if !o.Decided.IsZero() {
		out = append(out, spoken{o.decideLeaf, subjectOpening, o.ID, o.saysDecided(), row})
	}
	if !o.Fetched.IsZero() {
		out = append(out, spoken{o.fetchLeaf, subjectOpening, o.ID, o.saysFetched(), row})
	}
	return out
}
