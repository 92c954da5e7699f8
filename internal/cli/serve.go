package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"danvan/data"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/news"
	"danvan/internal/notice"
	"danvan/internal/portal"
	"danvan/internal/report"
	"danvan/internal/search"
	"danvan/internal/web"
)

// ServeCmd shows the pages of an installation.
type ServeCmd struct {
	Listen      string         `help:"Địa chỉ phục vụ." default:"127.0.0.1:8080" placeholder:"ADDR" env:"DANVAN_LISTEN"`
	Host        []string       `help:"Tên mà trình duyệt gọi chương trình, như danvan.tinh.gov.vn." placeholder:"NAME" env:"DANVAN_HOST"`
	Portal      string         `help:"Tên riêng của cổng công khai, như dan.tinh.gov.vn; bỏ trống là cổng ở /cong của địa chỉ chung." placeholder:"NAME" env:"DANVAN_PORTAL"`
	TLSCert     string         `name:"tls-cert" help:"Chứng thư https (PEM)." placeholder:"FILE" env:"DANVAN_TLS_CERT"`
	TLSKey      string         `name:"tls-key" help:"Khóa của chứng thư (PEM)." placeholder:"FILE" env:"DANVAN_TLS_KEY"`
	BehindProxy bool           `help:"Đứng sau máy chủ trung gian đã phục vụ https." env:"DANVAN_BEHIND_PROXY"`
	Proxy       []netip.Prefix `help:"Mạng của máy chủ trung gian, ngoài chính máy này, như 10.1.2.3/32." placeholder:"CIDR" env:"DANVAN_PROXY"`
	Mail        MailFlags      `embed:"" prefix:"mail-" group:"Thư nhắc việc:"`
	OIDC        OIDCFlags      `embed:"" prefix:"oidc-" group:"Đăng nhập qua cổng của cơ quan (OpenID Connect):"`
}

// MailFlags are the settings of the mail by which people are reminded. The password comes from a file or from the
// environment (DANVAN_MAIL_PASSWORD), never from the command line.
type MailFlags struct {
	Server       string `help:"Máy chủ thư, như thu.tinh.gov.vn:587; bỏ trống là không gửi thư." placeholder:"HOST:PORT" env:"DANVAN_MAIL_SERVER"`
	From         string `help:"Địa chỉ người gửi, như danvan@tinh.gov.vn." placeholder:"ADDR" env:"DANVAN_MAIL_FROM"`
	User         string `help:"Tên đăng nhập ở máy chủ thư, nếu máy chủ đòi." placeholder:"NAME" env:"DANVAN_MAIL_USER"`
	PasswordFile string `help:"Tệp chứa mật khẩu; hoặc đặt biến môi trường DANVAN_MAIL_PASSWORD." placeholder:"FILE" env:"DANVAN_MAIL_PASSWORD_FILE"`
	Security     string `help:"Cách bảo vệ đường thư: starttls, tls, none (chỉ với máy chủ trên chính máy này)." default:"starttls" enum:"starttls,tls,none" env:"DANVAN_MAIL_SECURITY"`
}

// server is the mail server of the settings, nil where there is none. root is the program's own address.
func (m MailFlags) server(root string) (*notice.Server, error) {
	if m.Server == "" {
		return nil, nil
	}
	password := os.Getenv("DANVAN_MAIL_PASSWORD")
	if m.PasswordFile != "" {
		text, err := os.ReadFile(m.PasswordFile)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Không đọc được tệp mật khẩu thư "+m.PasswordFile+".")
		}
		password = strings.TrimSpace(string(text))
	}
	return notice.NewServer(m.Server, m.From, m.User, password, m.Security, root)
}

// OIDCFlags are the settings of sign-in through a provider. The secret comes from a file or from the environment
// (DANVAN_OIDC_SECRET), never from the command line, which every user of the machine can read.
type OIDCFlags struct {
	Issuer     string `help:"Địa chỉ cổng đăng nhập, như https://sso.tinh.gov.vn/realms/tinh." placeholder:"URL" env:"DANVAN_OIDC_ISSUER"`
	Client     string `help:"Mã của chương trình ở cổng ấy." placeholder:"ID" env:"DANVAN_OIDC_CLIENT"`
	SecretFile string `help:"Tệp chứa khóa bí mật; hoặc đặt biến môi trường DANVAN_OIDC_SECRET." placeholder:"FILE" env:"DANVAN_OIDC_SECRET_FILE"`
	Name       string `help:"Tên cổng trên nút đăng nhập." placeholder:"NAME" env:"DANVAN_OIDC_NAME"`
	MatchEmail bool   `help:"Lần đầu, tự nối với tài khoản có cùng thư điện tử đã được cổng xác minh." env:"DANVAN_OIDC_MATCH_EMAIL"`
}

// provider is the provider of the settings, nil where there is none.
func (o OIDCFlags) provider(root string) (*identity.Provider, error) {
	if o.Issuer == "" {
		return nil, nil
	}
	secret := os.Getenv("DANVAN_OIDC_SECRET")
	if o.SecretFile != "" {
		text, err := os.ReadFile(o.SecretFile)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Không đọc được tệp khóa bí mật của cổng đăng nhập "+o.SecretFile+".")
		}
		secret = strings.TrimSpace(string(text))
	}
	if o.Client == "" {
		return nil, fault.New(fault.Invalid, "Có --oidc-issuer thì cần cả --oidc-client: mã mà cổng đăng nhập cấp cho chương trình.")
	}
	return &identity.Provider{OIDC: identity.OIDC{Issuer: o.Issuer, Client: o.Client, Secret: secret,
		Back: root + "/dang-nhap/cong/ve", Name: o.Name, MatchEmail: o.MatchEmail}}, nil
}

// metaDemo is the meta key that demo leaves in a database that it made: its seed and day.
const metaDemo = "demo"

func (c *ServeCmd) Run(r *Run) error {
	d := door{Listen: c.Listen, Hosts: c.Host, Portal: c.Portal, Cert: c.TLSCert, Key: c.TLSKey, Behind: c.BehindProxy, Proxies: c.Proxy}
	if err := d.check(); err != nil {
		return err
	}
	sso, err := c.OIDC.provider(d.root())
	if err != nil {
		return err
	}
	post, err := c.Mail.server(d.root())
	if err != nil {
		return err
	}
	a, err := r.OpenNew() // an empty installation begins with its first start
	if err != nil {
		return err
	}
	defer a.Close()
	a.Post.Server, a.Portal = post, d.portalRoot()
	mark, err := db.Meta(r.Ctx, a.DB.Read(), metaDemo)
	if err != nil {
		return err
	}
	if mark != "" {
		if err := onlyLoopback(c.Listen); err != nil {
			return err
		}
		if err := makeDemoAccounts(r, a, today()); err != nil {
			return err
		}
	}
	start, err := firstStart(r.Ctx, a, mark)
	if err != nil {
		return err
	}
	return serve(r, a, d, sso, start, func(addr string) error {
		at := d.shown(addr)
		if start != nil {
			fmt.Fprintf(r.Out, "Cơ sở dữ liệu còn trống. Mã bắt đầu (chỉ người đứng ở máy này biết): %s\n", start.Code)
		}
		_, err := fmt.Fprintf(r.Out, "Mở trong trình duyệt: %s/\n", at)
		return err
	})
}

// firstStart is the first start of an installation that nobody runs yet, with a new code; nil for all others.
func firstStart(ctx context.Context, a *app.App, mark string) (*web.Start, error) {
	if mark != "" {
		return nil, nil
	}
	need, err := web.NeedsStart(ctx, a.DB.Read(), today())
	if err != nil || !need {
		return nil, err
	}
	return &web.Start{Code: rand.Text(), Data: data.FS}, nil
}

// onlyLoopback refuses every address that another machine could reach: the accounts of the demo are known to all.
func onlyLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Địa chỉ “"+addr+"” không đúng. Viết như 127.0.0.1:8080.")
	}
	if isLoopback(host) {
		return nil
	}
	return fault.New(fault.Invalid, "Tỉnh minh họa chỉ mở trên chính máy này, vì ai cũng biết mật khẩu của nó. Dùng 127.0.0.1, [::1] hoặc localhost, không dùng “"+host+"”.")
}

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "Không mở được địa chỉ "+addr+": có thể chương trình khác đang dùng. Chọn cổng khác bằng --listen.")
	}
	return l, nil
}

// serve answers pages until the program is told to stop. ready is called with the address once it listens.
func serve(r *Run, a *app.App, d door, sso *identity.Provider, start *web.Start, ready func(addr string) error) error {
	reads := &news.Reads{DB: a.DB}
	handler, err := pages(r.Ctx, a, d, sso, start, reads)
	if err != nil {
		return err
	}
	l, err := d.listener()
	if err != nil {
		return err
	}
	if err := a.Sign(r.Ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	go func() {
		if _, err := a.Log.Checkpoint(r.Ctx); err != nil && !errors.Is(err, context.Canceled) {
			slog.Error("sign the log at start", "err", err)
		}
		if err := a.Log.Run(r.Ctx); err != nil && !errors.Is(err, context.Canceled) {
			slog.Error("audit sequencer ended", "err", err)
		}
	}()
	go func() {
		if err := a.Work(r.Ctx); err != nil && !errors.Is(err, context.Canceled) {
			slog.Error("background work ended", "err", err)
		}
	}()
	go reads.Run(r.Ctx)
	srv := &http.Server{Handler: d.guard(handler), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	if err := ready(l.Addr().String()); err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-a.DB.Broken():
		return fault.New(fault.Internal, "Ổ đĩa báo lỗi khi lưu. Chương trình dừng để không mất dữ liệu: hãy kiểm tra ổ đĩa rồi chạy lại.")
	case <-r.Ctx.Done():
		stop, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return errors.Join(srv.Shutdown(stop), reads.Flush(stop))
	}
}

// pages wires the staff pages and the public ones to the installation.
func pages(ctx context.Context, a *app.App, d door, sso *identity.Provider, start *web.Start, reads *news.Reads) (http.Handler, error) {
	mark, err := db.Meta(ctx, a.DB.Read(), metaDemo)
	if err != nil {
		return nil, err
	}
	store, err := a.Files()
	if err != nil {
		return nil, err
	}
	dossiers, err := a.Dossiers(ctx, store)
	if err != nil {
		return nil, err
	}
	found := &search.Index{DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Rules: web.SearchRules()}
	go found.Run(ctx)
	go a.Ledger.Follow(ctx, a.DB)
	alike := a.Alike(dossiers)
	go alike.Run(ctx)
	accounts, err := a.Accounts()
	if err != nil {
		return nil, err
	}
	printing := a.Press(store)
	staff, err := web.New(web.Deps{
		Search: found, Files: store, Dossiers: dossiers, Sendings: a.Sendings(dossiers), News: a.News(dossiers), Alike: alike, Clocks: a.Clocks, Press: printing,
		DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Units: a.Org, Ledger: a.Ledger, Figures: a.Figures, Imports: a.Imports,
		Notices: a.Notices, Post: a.Post,
		Reports:  &report.Builder{Engine: a.Figures},
		Accounts: accounts, SSO: sso, Plain: d.plain(), Start: start,
		Maps:  web.NewMaps(data.FS),
		Today: func() civil.Date { return civil.FromTime(time.Now()) },
		Demo:  mark, Portal: d.portalRoot(),
		Home: web.Home{Template: "tong-ket-10-nam", Unit: "06", From: 20100101, To: 20191231},
		Log:  slog.Default(),
	})
	if err != nil {
		return nil, err
	}
	public, err := portal.New(portal.Deps{
		DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Ledger: a.Ledger, Figures: a.Figures, Files: store,
		Sendings: a.Sendings(dossiers), News: a.News(dossiers), Reads: reads,
		Geo:     data.FS,
		Follows: a.Follows(dossiers, alike), Press: printing,
		Today: func() civil.Date { return civil.FromTime(time.Now()) },
		Root:  d.portalRoot(), Staff: d.root(), Demo: mark, Log: slog.Default(),
	})
	if err != nil {
		return nil, err
	}
	return faces(staff, public, d.Portal), nil
}

// faces sends each request to the staff pages or to the public ones. Under the portal's own name there are only public pages.
func faces(staff, public http.Handler, own string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Host
		if h, _, err := net.SplitHostPort(name); err == nil {
			name = h
		}
		alone := own != "" && strings.EqualFold(name, own)
		switch {
		case portal.Serves(r.URL.Path):
			public.ServeHTTP(w, r)
		case alone && r.URL.Path == "/":
			http.Redirect(w, r, "/cong/", http.StatusFound)
		case alone:
			http.NotFound(w, r)
		default:
			staff.ServeHTTP(w, r)
		}
	})
}
