package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"danvan/demo"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/sending"
)

// makeDemoAccounts gives a database that demo made the accounts that it lacks, with the cases that they have in hand on a
// day; one made before there were accounts gets them too.
func makeDemoAccounts(r *Run, a *app.App, day civil.Date) error {
	tree, err := a.Org.Tree(r.Ctx)
	if err != nil {
		return err
	}
	accounts, err := a.Accounts()
	if err != nil {
		return err
	}
	if err := demo.MakeAccounts(r.Ctx, a.DB, accounts, tree, day); err != nil {
		return err
	}
	store, err := a.Files()
	if err != nil {
		return err
	}
	dossiers, err := a.Dossiers(r.Ctx, store)
	if err != nil {
		return err
	}
	if err := demo.MakeCases(r.Ctx, demo.Cases{DB: a.DB, Accounts: accounts, Dossiers: dossiers, Tree: tree, Today: day}); err != nil {
		return err
	}
	if err := demo.MakeSendings(r.Ctx, a.Sendings(dossiers), tree, day); err != nil {
		return err
	}
	if err := demo.MakeNews(r.Ctx, a.News(dossiers), tree, day); err != nil {
		return err
	}
	if err := demo.WriteTestKeys(r.Data); err != nil {
		return err
	}
	return a.Log.Flush(r.Ctx)
}

// showDemoAccounts prints whom one may sign in as.
func showDemoAccounts(r *Run, a *app.App) error {
	tree, err := a.Org.Tree(r.Ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "\nTài khoản minh họa, chung một mật khẩu: %s\n", demo.Password)
	tab := tabwriter.NewWriter(r.Out, 0, 4, 2, ' ', 0)
	for _, p := range demo.Posts() {
		var posts []string
		second := ""
		for _, g := range p.Grants {
			where := g.Where(tree, today())
			posts = append(posts, g.Role.Name()+" – "+where)
			if g.Role.NeedsTOTP() {
				second = "hai lớp: trang đăng nhập hiện sẵn mã"
			}
		}
		fmt.Fprintf(tab, "  %s\t%s\t%s\n", p.Login, strings.Join(posts, "; "), second)
	}
	fmt.Fprintf(tab, "  Khóa TEST mở danh tính người tố cáo: %s (cùng mật khẩu), trong %s\n", demo.KeyFiles(), r.Data)
	if err := tab.Flush(); err != nil {
		return err
	}
	if err := showFollowed(r, a); err != nil {
		return err
	}
	return showDemoReceipts(r, a)
}

// showFollowed prints the letters that can be followed at /cong/theo-doi, with their codes.
func showFollowed(r *Run, a *app.App) error {
	list, err := demo.Followed(r.Ctx, a.DB.Read())
	if err != nil || len(list) == 0 {
		return err
	}
	fmt.Fprintln(r.Out, "\nĐơn theo dõi được ở /cong/theo-doi:")
	tab := tabwriter.NewWriter(r.Out, 0, 4, 2, ' ', 0)
	for _, f := range list {
		fmt.Fprintf(tab, "  %s\t%s\t%s\n", f.Number, f.Code, f.Shows)
	}
	return tab.Flush()
}

// showDemoReceipts prints numbers and codes of what invented citizens sent, to be followed.
func showDemoReceipts(r *Run, a *app.App) error {
	store, err := a.Files()
	if err != nil {
		return err
	}
	dossiers, err := a.Dossiers(r.Ctx, store)
	if err != nil {
		return err
	}
	list, err := demo.TestReceipts(r.Ctx, a.Sendings(dossiers))
	if err != nil || len(list) == 0 {
		return err
	}
	fmt.Fprintf(r.Out, "\nĐã gửi qua cổng (/cong/gui, /cong/to-cao), cũng theo dõi được:\n")
	for _, x := range list {
		state := map[sending.State]string{sending.New: "đang chờ", sending.Taken: "đã vào sổ", sending.Refused: "không nhận"}[x.State]
		if _, err := fmt.Fprintf(r.Out, "  %s  %s  %s\n", x.Number, x.Code, state); err != nil {
			return err
		}
	}
	return nil
}
