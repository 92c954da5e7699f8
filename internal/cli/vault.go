package cli

import (
	"fmt"
	"strings"

	"danvan/internal/app"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/petition"
)

// VaultCmd are the acts on the keys of what citizens wrote.
type VaultCmd struct {
	Rotate VaultRotateCmd `cmd:"" help:"Thay khóa niêm phong đơn thư (vault.key); nội dung giữ nguyên."`
	Shred  VaultShredCmd  `cmd:"" help:"Hủy nội dung một đơn đã kết thúc khi hết thời hạn lưu; thống kê giữ nguyên. Không lấy lại được."`
}

// VaultRotateCmd makes a new key and seals every case key with it.
type VaultRotateCmd struct{}

func (c *VaultRotateCmd) Run(r *Run) error {
	return withDossiers(r, func(a *app.App, b *dossier.Book) error {
		done, err := b.Vault.Rotate(r.Ctx, a.DB)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(r.Out, "Khóa mới %s đã niêm phong lại khóa của %d hồ sơ. Sao lưu ngay tệp vault.key ở nơi khác với cơ sở dữ liệu.\nTrong tệp còn %d khóa cũ, bỏ ở lần thay sau; lần này đã bỏ %d.\n", done.Key, done.Cases, done.Kept, done.Dropped)
		return err
	})
}

// VaultShredCmd erases the key of one closed letter.
type VaultShredCmd struct {
	Entry  int64  `arg:"" help:"Số ghi nhận của đơn." placeholder:"ID"`
	Actor  string `help:"Ai hủy, ghi vào sổ niêm phong." required:"" placeholder:"TEXT"`
	Reason string `help:"Căn cứ: quyết định, thời hạn lưu." required:"" placeholder:"TEXT"`
}

func (c *VaultShredCmd) Run(r *Run) error {
	if strings.TrimSpace(c.Reason) == "" || strings.TrimSpace(c.Actor) == "" {
		return fault.New(fault.Invalid, "Hãy ghi ai hủy (--actor) và căn cứ (--reason).")
	}
	return withDossiers(r, func(a *app.App, b *dossier.Book) error {
		err := a.DB.Write(r.Ctx, func(tx *db.Tx) error {
			e, err := a.Ledger.Entry(r.Ctx, tx, c.Entry)
			if err != nil {
				return err
			}
			if err := closedCase(e); err != nil {
				return err
			}
			return b.Vault.Shred(r.Ctx, tx, c.Entry, c.Actor, c.Reason)
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(r.Out, "Đã hủy khóa của hồ sơ #%d: nội dung, người gửi, giấy tờ không mở được nữa. Bản sao lưu cũ cùng vault.key vẫn mở được cho đến khi bị hủy.\n", c.Entry)
		return err
	})
}

// closedCase refuses a letter that is still open.
func closedCase(e *ledger.Entry) error {
	if !petition.IsCase(e.Kind) {
		return nil
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		return err
	}
	if e.State != ledger.Void && c.State().Open() {
		return fault.New(fault.Conflict, "Đơn này chưa kết thúc nên chưa hủy nội dung được.")
	}
	return nil
}

func withDossiers(r *Run, do func(*app.App, *dossier.Book) error) error {
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	store, err := a.Files()
	if err != nil {
		return err
	}
	b, err := a.Dossiers(r.Ctx, store)
	if err != nil {
		return err
	}
	return do(a, b)
}
