package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/identity"
	"danvan/internal/org"
)

// systemLine is one thing that the administrator should know today.
type systemLine struct {
	Name, Says string
	Href       string
	Class      string // of its chip: done, wait, late
}

// systemLines tell whoever runs the system what asks for him: accounts, grants, the log.
func (s *server) systemLines(ctx context.Context, who *access.Viewer) ([]systemLine, error) {
	if !who.May(access.ManageAccounts, 0) && !who.May(access.ReadLog, 0) {
		return nil, nil
	}
	var out []systemLine
	if who.May(access.ManageAccounts, 0) && s.Accounts != nil {
		lines, err := s.accountLines(ctx, who)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	if who.May(access.ChangeUnits, 0) && s.has("GET /don-vi/sap-xep") {
		line, ok, err := s.draftLine(ctx)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, line)
		}
	}
	if who.May(access.ReadLog, 0) {
		line, err := s.logLine(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}

// logLine says how far the sealed log has come.
func (s *server) logLine(ctx context.Context) (systemLine, error) {
	line := systemLine{Name: "Sổ niêm phong", Href: "/so-niem-phong", Class: "done"}
	placed, waiting, err := audit.Size(ctx, s.DB.Read())
	if err != nil {
		return line, err
	}
	line.Says = "Chưa có lá nào."
	if placed > 0 {
		line.Says = civil.FormatInt(placed) + " lá đã vào sổ."
	}
	signed, err := audit.LastCheckpoint(ctx, s.DB.Read())
	switch {
	case errors.Is(err, audit.ErrNoCheckpoint) || err == nil && signed == "":
		line.Says, line.Class = line.Says+" Chưa có điểm kiểm nào được ký.", "wait"
	case err != nil:
		return line, err
	}
	if waiting > 0 {
		line.Says += " " + civil.FormatInt(waiting) + " lá đang chờ xếp."
	}
	return line, nil
}

// endingDays is how far ahead a grant that ends is spoken of.
const endingDays = 30

// accountLines count the accounts that the viewer runs and that ask for something: locked, without the second factor
// that a role asks for, without a password, with a grant that ends soon.
func (s *server) accountLines(ctx context.Context, who *access.Viewer) ([]systemLine, error) {
	people, err := s.people(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	today, now := s.Today(), time.Now()
	soon := today.AddDays(endingDays)
	var all, locked, factor, bare, ending int
	for _, p := range people {
		if p.State == identity.Disabled || !manages(who, p, today) {
			continue
		}
		all++
		if p.Locked(now) {
			locked++
		}
		if !p.HasPassword {
			bare++
		}
		needs, ends := false, false
		for _, g := range p.holding(today) {
			needs = needs || g.Role.NeedsTOTP()
			ends = ends || g.To <= soon
		}
		if needs && !p.TOTP {
			factor++
		}
		if ends {
			ending++
		}
	}
	const list = "/quan-tri/tai-khoan"
	lines := []systemLine{{Name: "Tài khoản", Says: civil.FormatInt(int64(all)) + " tài khoản đang dùng trong phạm vi bạn quản trị.", Href: list, Class: "done"}}
	add := func(n int, class, name, says, href string) {
		if n > 0 {
			lines = append(lines, systemLine{Name: name, Says: civil.FormatInt(int64(n)) + " " + says, Href: href, Class: class})
		}
	}
	add(locked, "late", "Tạm khóa", "tài khoản đang bị khóa đăng nhập.", list+"?tinh-trang=tam-khoa")
	add(bare, "wait", "Chưa có mật khẩu", "tài khoản chưa được cấp mật khẩu.", list+"?tinh-trang=chua-mat-khau")
	add(factor, "wait", "Chưa có lớp hai", "tài khoản giữ vai trò cần đăng nhập hai lớp mà chưa đặt.", list)
	add(ending, "wait", "Quyền sắp hết", "tài khoản có quyền hết hạn trong 30 ngày tới.", list)
	return lines, nil
}

// draftLine counts the drafts of changes of units that nobody has carried out yet.
func (s *server) draftLine(ctx context.Context) (systemLine, bool, error) {
	drafts, err := org.Drafts(ctx, s.DB.Read())
	drafts = slices.DeleteFunc(drafts, func(d org.Draft) bool { return d.State != org.DraftOpen })
	if err != nil || len(drafts) == 0 {
		return systemLine{}, false, err
	}
	return systemLine{Name: "Sắp xếp đơn vị", Says: civil.FormatInt(int64(len(drafts))) + " bản thảo chưa thực hiện.", Href: "/don-vi/sap-xep", Class: "doing"}, true, nil
}
