package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"danvan/internal/app"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
)

// AccountsCmd keeps accounts from the command line of the server. Whoever stands there is above the program, so the
// acts are logged as done by it.
type AccountsCmd struct {
	List          AccountsListCmd     `cmd:"" help:"Liệt kê tài khoản."`
	Add           AccountsAddCmd      `cmd:"" help:"Tạo tài khoản với mật khẩu tạm."`
	ResetPassword AccountsPasswordCmd `cmd:"" help:"Cấp mật khẩu tạm mới; các phiên kết thúc."`
	ResetTOTP     AccountsTOTPCmd     `cmd:"" name:"reset-totp" help:"Gỡ lớp thứ hai khi mất điện thoại; các phiên kết thúc."`
	EndSessions   AccountsEndCmd      `cmd:"" help:"Kết thúc mọi phiên của tài khoản."`
	Lock          AccountsLockCmd     `cmd:"" help:"Ngừng tài khoản."`
	Unlock        AccountsUnlockCmd   `cmd:"" help:"Mở lại tài khoản, gỡ khóa vì sai nhiều lần."`
	Link          AccountsLinkCmd     `cmd:"" help:"Nối tài khoản với người dùng ở cổng đăng nhập."`
}

// actorCLI is who acts from the command line.
const actorCLI = "danvan"

// AccountsListCmd prints accounts.
type AccountsListCmd struct {
	Find string `arg:"" optional:"" help:"Từ trong tên đăng nhập, họ tên, thư điện tử." placeholder:"TEXT"`
}

func (c *AccountsListCmd) Run(r *Run) error {
	return withAccounts(r, func(a *app.App, accounts *identity.Store) error {
		tab := tabwriter.NewWriter(r.Out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(tab, "TÊN ĐĂNG NHẬP\tHỌ TÊN\tTRẠNG THÁI\tLỚP THỨ HAI\tĐĂNG NHẬP CUỐI")
		for after := ""; ; {
			list, err := accounts.List(r.Ctx, a.DB.Read(), identity.Filter{Text: c.Find, After: after})
			if err != nil {
				return err
			}
			if len(list) == 0 {
				return tab.Flush()
			}
			for _, x := range list {
				fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\n", x.Login, x.Name, accountState(x, accounts), yesNo(x.TOTP), lastSignIn(x))
				after = x.Login
			}
		}
	})
}

func accountState(a identity.Account, accounts *identity.Store) string {
	switch {
	case a.State == identity.Disabled:
		return "đã ngừng"
	case a.Locked(accounts.Now()):
		return "tạm khóa"
	case !a.HasPassword:
		return "chưa có mật khẩu"
	case a.MustChange:
		return "chờ đổi mật khẩu"
	}
	return "đang dùng"
}

func yesNo(b bool) string {
	if b {
		return "có"
	}
	return "không"
}

func lastSignIn(a identity.Account) string {
	if a.SignedIn.IsZero() {
		return "chưa lần nào"
	}
	return a.SignedIn.Format("2006-01-02 15:04")
}

// AccountsAddCmd makes an account. What it may do is granted in the pages.
type AccountsAddCmd struct {
	Login         string `arg:"" help:"Tên đăng nhập." placeholder:"LOGIN"`
	Name          string `help:"Họ và tên." required:"" placeholder:"TEXT"`
	Email         string `help:"Thư điện tử." placeholder:"EMAIL"`
	PasswordStdin bool   `help:"Đọc mật khẩu tạm từ đầu vào chuẩn thay vì tự tạo."`
}

func (c *AccountsAddCmd) Run(r *Run) error {
	return withAccounts(r, func(a *app.App, accounts *identity.Store) error {
		pw, err := givenPassword(r, c.Login, c.PasswordStdin)
		if err != nil {
			return err
		}
		var made identity.Account
		err = a.DB.Write(r.Ctx, func(tx *db.Tx) (err error) {
			if made, err = accounts.Create(r.Ctx, tx, actorCLI, identity.NewAccount{Login: c.Login, Name: c.Name, Email: c.Email}); err != nil {
				return err
			}
			return accounts.SetPassword(r.Ctx, tx, actorCLI, made.ID, pw, identity.MustChange)
		})
		if err != nil {
			return err
		}
		return tellPassword(r, made.Login, pw)
	})
}

// AccountsPasswordCmd gives a new temporary password.
type AccountsPasswordCmd struct {
	Login         string `arg:"" help:"Tên đăng nhập." placeholder:"LOGIN"`
	PasswordStdin bool   `help:"Đọc mật khẩu tạm từ đầu vào chuẩn thay vì tự tạo."`
}

func (c *AccountsPasswordCmd) Run(r *Run) error {
	return withAccounts(r, func(a *app.App, accounts *identity.Store) error {
		who, err := accounts.ByLogin(r.Ctx, a.DB.Read(), c.Login)
		if err != nil {
			return err
		}
		pw, err := givenPassword(r, who.Login, c.PasswordStdin)
		if err != nil {
			return err
		}
		err = a.DB.Write(r.Ctx, func(tx *db.Tx) error {
			return accounts.SetPassword(r.Ctx, tx, actorCLI, who.ID, pw, identity.MustChange)
		})
		if err != nil {
			return err
		}
		return tellPassword(r, who.Login, pw)
	})
}

// givenPassword is a temporary password: made here, or the first line of the input. It is never an argument, which
// every user of the machine could read.
func givenPassword(r *Run, login string, fromInput bool) (identity.Password, error) {
	if !fromInput {
		return identity.Temporary()
	}
	line, err := bufio.NewReader(r.In).ReadString('\n')
	if err != nil && err != io.EOF {
		return identity.Password{}, fault.Wrap(err, fault.Invalid, "Không đọc được mật khẩu từ đầu vào chuẩn.")
	}
	return identity.Hash(login, strings.TrimRight(line, "\r\n"))
}

func tellPassword(r *Run, login string, pw identity.Password) error {
	shown := ""
	if pw.Plain != "" {
		shown = "\nMật khẩu tạm: " + pw.Plain + "\nChỉ hiện một lần này; trao tận tay."
	}
	_, err := fmt.Fprintf(r.Out, "Tài khoản %s.%s\nMật khẩu có giá trị 14 ngày và phải đổi ở lần đăng nhập đầu.\n", login, shown)
	return err
}

// AccountsTOTPCmd removes a second factor.
type AccountsTOTPCmd struct {
	Login string `arg:"" help:"Tên đăng nhập." placeholder:"LOGIN"`
}

func (c *AccountsTOTPCmd) Run(r *Run) error {
	return actOn(r, c.Login, "Đã gỡ lớp thứ hai của %s.\n", func(accounts *identity.Store, tx *db.Tx, id int64) error {
		return accounts.ResetTOTP(r.Ctx, tx, actorCLI, id)
	})
}

// AccountsEndCmd ends all sessions of an account.
type AccountsEndCmd struct {
	Login string `arg:"" help:"Tên đăng nhập." placeholder:"LOGIN"`
}

func (c *AccountsEndCmd) Run(r *Run) error {
	return actOn(r, c.Login, "Đã kết thúc mọi phiên của %s.\n", func(accounts *identity.Store, tx *db.Tx, id int64) error {
		_, err := accounts.EndSessions(r.Ctx, tx, actorCLI, id)
		return err
	})
}

// AccountsLockCmd disables an account.
type AccountsLockCmd struct {
	Login string `arg:"" help:"Tên đăng nhập." placeholder:"LOGIN"`
}

func (c *AccountsLockCmd) Run(r *Run) error {
	return actOn(r, c.Login, "Đã ngừng tài khoản %s.\n", func(accounts *identity.Store, tx *db.Tx, id int64) error {
		return accounts.Disable(r.Ctx, tx, actorCLI, id)
	})
}

// AccountsUnlockCmd lets an account sign in again, whatever kept it out.
type AccountsUnlockCmd struct {
	Login string `arg:"" help:"Tên đăng nhập." placeholder:"LOGIN"`
}

func (c *AccountsUnlockCmd) Run(r *Run) error {
	return actOn(r, c.Login, "Đã mở lại tài khoản %s.\n", func(accounts *identity.Store, tx *db.Tx, id int64) error {
		if err := accounts.Enable(r.Ctx, tx, actorCLI, id); err != nil {
			return err
		}
		return accounts.Unlock(r.Ctx, tx, actorCLI, id)
	})
}

// AccountsLinkCmd links an account with a person at a provider.
type AccountsLinkCmd struct {
	Login   string `arg:"" help:"Tên đăng nhập." placeholder:"LOGIN"`
	Issuer  string `help:"Địa chỉ cổng đăng nhập." required:"" placeholder:"URL"`
	Subject string `help:"Mã người dùng (sub) ở cổng ấy." required:"" placeholder:"SUB"`
}

func (c *AccountsLinkCmd) Run(r *Run) error {
	return actOn(r, c.Login, "Đã nối tài khoản %s.\n", func(accounts *identity.Store, tx *db.Tx, id int64) error {
		return accounts.Link(r.Ctx, tx, actorCLI, id, c.Issuer, c.Subject)
	})
}

// actOn does one act on an account and says that it is done.
func actOn(r *Run, login, said string, act func(*identity.Store, *db.Tx, int64) error) error {
	return withAccounts(r, func(a *app.App, accounts *identity.Store) error {
		who, err := accounts.ByLogin(r.Ctx, a.DB.Read(), login)
		if err != nil {
			return err
		}
		if err := a.DB.Write(r.Ctx, func(tx *db.Tx) error { return act(accounts, tx, who.ID) }); err != nil {
			return err
		}
		_, err = fmt.Fprintf(r.Out, said, who.Login)
		return err
	})
}

// withAccounts opens the installation for one command. The log is given its places at once, for the command ends.
func withAccounts(r *Run, do func(*app.App, *identity.Store) error) error {
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	accounts, err := a.Accounts()
	if err != nil {
		return err
	}
	if err := do(a, accounts); err != nil {
		return err
	}
	return a.Log.Flush(r.Ctx)
}
