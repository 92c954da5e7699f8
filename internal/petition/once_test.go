package petition_test

import (
	"context"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/petition"
)

// sameContent are letters and the one that says the same.
type sameContent map[int64]int64

func (s sameContent) Same(_ context.Context, _ db.Querier, letter int64) ([]int64, error) {
	if other, ok := s[letter]; ok {
		return []int64{other}, nil
	}
	return nil, nil
}

func (s sameContent) Hold(context.Context, *db.Tx, int64) error { return nil }

// A content is transferred once: another letter that says the same is not, whoever tries, until people say that it is
// another content.
func TestAContentIsTransferredOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		o.strict()
		one := o.letter(map[string]any{"class": "proposal", "received_on": "2026-10-05", "number": "4"})
		other := o.letter(map[string]any{"class": "proposal", "received_on": "2026-10-06", "number": "5"})
		same := sameContent{one: other, other: one}
		o.office.Contents = same
		transfer := func(id int64) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := o.office.Do(t.Context(), tx, "thử", id, o.entry(id).Version, petition.Act{Act: "transferred", On: 20261010, Document: "7/PC", DocumentOn: 20261010, Body: "Sở Tài nguyên"})
				return err
			})
		}
		if err := transfer(one); err != nil {
			t.Fatal(err)
		}
		if err := transfer(other); fault.KindOf(err) != fault.Conflict || fault.Say(err) != "Đơn số 4/2026 cùng nội dung đã được chuyển đến Sở Tài nguyên ngày 10/10/2026. Đơn cùng một nội dung chỉ chuyển một lần: hãy hướng dẫn người gửi hoặc lưu đơn. Nếu hai đơn khác nội dung, hãy bỏ quyết định cùng vụ việc trước." {
			t.Errorf("the same content once more: %v", err)
		}
		delete(same, other)
		if err := transfer(other); err != nil {
			t.Errorf("once it is another content: %v", err)
		}
	})
}
