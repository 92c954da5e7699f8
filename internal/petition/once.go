package petition

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// Contents knows which letters say the same, as people decided it.
type Contents interface {
	// Same are the other letters of the same content as a letter.
	Same(ctx context.Context, q db.Querier, letter int64) ([]int64, error)
	// Hold makes others wait who decide on that content, or transfer a letter of it, until the transaction ends.
	Hold(ctx context.Context, tx *db.Tx, letter int64) error
}

// Earlier is a letter of the same content that the same body transferred before. A content is transferred once (khoản 2
// Điều 24 Luật Tố cáo; Thông tư 05/2021/TT-TTCP), whoever sends it again.
type Earlier struct {
	Entry  int64
	Number string // in the register, or the entry's own
	On     civil.Date
	Body   string
}

// Say is why the content is not transferred again, and what is to be done instead.
func (e *Earlier) Say() string {
	to := ""
	if e.Body != "" {
		to = " đến " + e.Body
	}
	return fmt.Sprintf("Đơn số %s cùng nội dung đã được chuyển%s ngày %s. Đơn cùng một nội dung chỉ chuyển một lần: hãy hướng dẫn người gửi hoặc lưu đơn. Nếu hai đơn khác nội dung, hãy bỏ quyết định cùng vụ việc trước.", e.Number, to, e.On.Vi())
}

// SentBefore is the first letter of the same content that the case's body transferred, nil where there is none.
func (o *Office) SentBefore(ctx context.Context, q db.Querier, c *Case) (*Earlier, error) {
	if o.Contents == nil {
		return nil, nil
	}
	ids, err := o.Contents.Same(ctx, q, c.Entry)
	if err != nil {
		return nil, err
	}
	var first *Earlier
	for _, id := range ids {
		e, err := o.Ledger.Entry(ctx, q, id)
		if err != nil {
			return nil, err
		}
		other, err := CaseOf(e)
		if err != nil {
			return nil, err
		}
		on := other.on("transferred")
		if other.Void || other.Unit != c.Unit || on == 0 || first != nil && first.On <= on {
			continue
		}
		first = &Earlier{Entry: id, Number: other.numbered(), On: on, Body: other.Values.Text("transferred_to")}
	}
	return first, nil
}

// numbered is what a case is called in its body's register.
func (c *Case) numbered() string {
	if c.Number == "" {
		return fmt.Sprintf("#%d", c.Entry)
	}
	return fmt.Sprintf("%s/%d", c.Number, c.Day.Year())
}

// once refuses to transfer a content again.
func (o *Office) once(ctx context.Context, tx *db.Tx, c *Case) error {
	if o.Contents == nil {
		return nil
	}
	if err := o.Contents.Hold(ctx, tx, c.Entry); err != nil {
		return err
	}
	was, err := o.SentBefore(ctx, tx, c)
	if err != nil || was == nil {
		return err
	}
	return fault.New(fault.Conflict, was.Say())
}
