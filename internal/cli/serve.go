package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"danvan/data"
	"danvan/internal/access"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/report"
	"danvan/internal/search"
	"danvan/internal/web"
)

// ServeCmd shows the pages of a database that demo made.
type ServeCmd struct {
	Listen string `help:"Địa chỉ phục vụ; chỉ nhận địa chỉ của chính máy này." default:"127.0.0.1:8080" placeholder:"ADDR"`
}

// metaDemo is the meta key that demo leaves in a database that it made: its seed and day.
const metaDemo = "demo"

func (c *ServeCmd) Run(r *Run) error {
	if err := onlyLoopback(c.Listen); err != nil {
		return err
	}
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	mark, err := db.Meta(r.Ctx, a.DB.Read(), metaDemo)
	if err != nil {
		return err
	}
	if mark == "" {
		return fault.New(fault.Denied, "Cơ sở dữ liệu này không do danvan demo dựng. Bản này chưa có đăng nhập nên chỉ mở tỉnh minh họa: chạy danvan demo, hoặc chỉ thư mục khác bằng --data.")
	}
	return serve(r, a, c.Listen, func(addr string) error {
		_, err := fmt.Fprintf(r.Out, "Mở trong trình duyệt: http://%s/\n", addr)
		return err
	})
}

// onlyLoopback refuses every address that another machine could reach: until there is sign-in, nobody else may.
func onlyLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Địa chỉ “"+addr+"” không đúng. Viết như 127.0.0.1:8080.")
	}
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fault.New(fault.Invalid, "Chưa có đăng nhập nên chỉ phục vụ trên chính máy này. Dùng 127.0.0.1, [::1] hoặc localhost, không dùng “"+host+"”.")
}

// onlyThisMachine refuses requests that name another host: a page elsewhere cannot make a browser here read ours by
// pointing its own name at this machine.
func onlyThisMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "Chỉ phục vụ trên chính máy này.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "Không mở được địa chỉ "+addr+": có thể chương trình khác đang dùng. Chọn cổng khác bằng --listen.")
	}
	return l, nil
}

// serve answers pages until the program is told to stop. ready is called with the address once it listens.
func serve(r *Run, a *app.App, addr string, ready func(addr string) error) error {
	handler, err := pages(r.Ctx, a)
	if err != nil {
		return err
	}
	l, err := listen(addr)
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
	srv := &http.Server{Handler: onlyThisMachine(handler), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
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
		return srv.Shutdown(stop)
	}
}

// pages wires the staff pages to the installation.
func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	mark, err := db.Meta(ctx, a.DB.Read(), metaDemo)
	if err != nil {
		return nil, err
	}
	store, err := a.Files()
	if err != nil {
		return nil, err
	}
	found := &search.Index{DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Rules: web.SearchRules()}
	go found.Run(ctx)
	accounts, err := a.Accounts()
	if err != nil {
		return nil, err
	}
	return web.New(web.Deps{
		Search: found, Files: store,
		DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Units: a.Org, Ledger: a.Ledger, Figures: a.Figures,
		Reports: &report.Builder{Engine: a.Figures},
		Who:     everybody(a),
		Maps:    web.NewMaps(data.FS),
		Today:   func() civil.Date { return civil.FromTime(time.Now()) },
		Demo:    mark,

		Accounts: accounts,

		Home: web.Home{Template: "tong-ket-10-nam", Unit: "06", From: 20100101, To: 20191231},
		Log:  slog.Default(),
	})
}

// everybody lets whoever opens a page of the demo province see all of it, until sign-in takes its place.
func everybody(a *app.App) func(*http.Request) (*access.Viewer, error) {
	return func(r *http.Request) (*access.Viewer, error) {
		tree, err := a.Org.Tree(r.Context())
		if err != nil {
			return nil, err
		}
		day := civil.FromTime(time.Now())
		var grants []access.Grant
		for _, root := range tree.Roots(day) {
			for _, role := range access.Roles() {
				grants = append(grants, access.Grant{Account: 1, Role: role, Unit: root, To: civil.Forever})
			}
		}
		return access.NewViewer(tree, day, 1, "minh-hoa", "Người xem minh họa", grants), nil
	}
}
