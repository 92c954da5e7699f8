package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"danvan/data"
	"danvan/internal/access"
	"danvan/internal/app"
	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/report"
	"danvan/internal/search"
	"danvan/internal/web"
)

// BenchPagesCmd asks every page of a copy of the database many times, each cold and warm, over the loopback network.
// docs/performance.md says what the numbers are.
type BenchPagesCmd struct {
	JSON   bool   `help:"In JSON."`
	Rounds int    `help:"Số lượt hỏi mỗi địa chỉ, lạnh và ấm." default:"5"`
	Only   string `help:"Chỉ đo những đường dẫn có đoạn chữ này." placeholder:"TEXT"`
	Slow   int    `help:"In thêm từng ấy địa chỉ chậm nhất." default:"15"`
}

// routeTimes are the times of one route in milliseconds, and the largest answer in compressed bytes.
type routeTimes struct {
	Route     string     `json:"route"`
	Addresses int        `json:"addresses"`
	First     pageTimes  `json:"first"` // each address once, after the start
	Cold      pageTimes  `json:"cold"`  // after an act of somebody: no finished page is kept
	Warm      pageTimes  `json:"warm"`  // nothing has changed
	Bytes     int        `json:"bytes_compressed_max"`
	Export    bool       `json:"export,omitempty"`
	Failed    []string   `json:"failed,omitempty"`
	slow      []slowPage // cold
}

type pageTimes struct {
	N      int     `json:"n"`
	Median float64 `json:"median_ms"`
	P99    float64 `json:"p99_ms"`
	Max    float64 `json:"max_ms"`
	all    []float64
}

type slowPage struct {
	Address string
	Millis  float64
}

// Run measures and prints.
func (c *BenchPagesCmd) Run(r *Run) error {
	if r.DB != "" {
		return fault.New(fault.Invalid, "Chỉ đo trên SQLite: bỏ --db, chỉ thư mục dữ liệu bằng --data.")
	}
	dir, err := os.MkdirTemp("", "danvan-bench-pages-")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "Không tạo được thư mục tạm để đo.")
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(filepath.Join(dir, "data"), os.DirFS(r.Data)); err != nil {
		return fault.Wrap(err, fault.Invalid, "Không chép được thư mục dữ liệu "+r.Data+" để đo trên bản sao.")
	}
	a, err := app.Open(r.Ctx, app.Options{Data: filepath.Join(dir, "data")})
	if err != nil {
		return err
	}
	defer a.Close()
	site, stop, err := openSite(r.Ctx, a)
	if err != nil {
		return err
	}
	defer stop()
	site.rounds = c.Rounds
	var out []routeTimes
	for _, pattern := range web.Pages() {
		if !strings.Contains(pattern, c.Only) {
			continue
		}
		addresses, err := site.addresses(r.Ctx, pattern)
		if err != nil {
			return err
		}
		times, err := site.measure(r.Ctx, pattern, addresses)
		if err != nil {
			return err
		}
		out = append(out, times)
	}
	if c.JSON {
		enc := json.NewEncoder(r.Out)
		enc.SetIndent("", " ")
		return enc.Encode(out)
	}
	return printPages(r.Out, out, c.Slow)
}

// benchSite is the program on the copy, behind a port of its own.
type benchSite struct {
	app    *app.App
	root   string
	client *http.Client
	rounds int
}

func openSite(ctx context.Context, a *app.App) (*benchSite, func(), error) {
	mark, err := db.Meta(ctx, a.DB.Read(), metaDemo)
	if err != nil {
		return nil, nil, err
	}
	store, err := a.Files()
	if err != nil {
		return nil, nil, err
	}
	accounts, err := a.Accounts()
	if err != nil {
		return nil, nil, err
	}
	dossiers, err := a.Dossiers(ctx, store)
	if err != nil {
		return nil, nil, err
	}
	found := &search.Index{DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Rules: web.SearchRules()}
	if err := found.Fresh(ctx); err != nil {
		return nil, nil, err
	}
	if err := a.Ledger.Warm(ctx, a.DB); err != nil {
		return nil, nil, err
	}
	pages, err := web.New(web.Deps{
		Search: found, Files: store, Dossiers: dossiers, Clocks: a.Clocks, Accounts: accounts, Who: everybody(a),
		DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Units: a.Org, Ledger: a.Ledger, Figures: a.Figures,
		Reports: &report.Builder{Engine: a.Figures}, Maps: web.NewMaps(data.FS),
		Today: func() civil.Date { return civil.FromTime(time.Now()) }, Demo: mark,
		Home: web.Home{Template: "tong-ket-10-nam", Unit: "06", From: 20100101, To: 20191231}, Log: slog.Default(),
	})
	if err != nil {
		return nil, nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Unavailable, "Không mở được cổng để đo.")
	}
	srv := &http.Server{Handler: pages, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }() // ends with Close
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &benchSite{app: a, root: "http://" + l.Addr().String(), client: client}, func() { _ = srv.Close() }, nil
}

// measure asks the addresses of a route: once as they come, then cold, then warm.
func (s *benchSite) measure(ctx context.Context, pattern string, addresses []string) (routeTimes, error) {
	out := routeTimes{Route: pattern, Export: isExport(pattern)}
	var good []string
	for _, address := range addresses {
		ms, n, status, err := s.ask(ctx, address)
		if err != nil {
			return out, err
		}
		if status != http.StatusOK {
			if status != http.StatusSeeOther && status != http.StatusForbidden && status != http.StatusNotFound {
				out.Failed = append(out.Failed, fmt.Sprintf("%s: %d", address, status))
			}
			continue
		}
		good = append(good, address)
		out.First.all = append(out.First.all, ms)
		out.Bytes = max(out.Bytes, n)
	}
	out.Addresses = len(good)
	for range s.rounds {
		for _, address := range good {
			if err := s.act(ctx); err != nil {
				return out, err
			}
			ms, _, _, err := s.ask(ctx, address)
			if err != nil {
				return out, err
			}
			out.Cold.all = append(out.Cold.all, ms)
			out.slow = append(out.slow, slowPage{address, ms})
		}
	}
	for _, address := range good {
		if _, _, _, err := s.ask(ctx, address); err != nil {
			return out, err
		}
		for range s.rounds {
			ms, _, _, err := s.ask(ctx, address)
			if err != nil {
				return out, err
			}
			out.Warm.all = append(out.Warm.all, ms)
		}
	}
	for _, t := range []*pageTimes{&out.First, &out.Cold, &out.Warm} {
		t.settle()
	}
	return out, nil
}

func (t *pageTimes) settle() {
	t.N = len(t.all)
	if t.N == 0 {
		return
	}
	slices.Sort(t.all)
	t.Median, t.P99, t.Max = t.all[t.N/2], t.all[min(t.N*99/100, t.N-1)], t.all[t.N-1]
}

// act leaves a leaf in the log, as any act of anybody does: finished pages are not kept past it.
func (s *benchSite) act(ctx context.Context) error {
	return s.app.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := audit.Append(ctx, tx, audit.Leaf{Act: "measure", Subject: "bench", Content: []byte("x"), Actor: benchActor, At: time.Now()})
		return err
	})
}

// ask times one page, to its last byte.
func (s *benchSite) ask(ctx context.Context, address string) (ms float64, bytes, status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.root+address, nil)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("address %s: %w", address, err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	began := time.Now()
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("ask %s: %w", address, err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	return float64(time.Since(began).Microseconds()) / 1000, int(n), resp.StatusCode, err
}

func isExport(pattern string) bool {
	return strings.Contains(pattern, ".csv") || strings.Contains(pattern, ".xlsx") || strings.HasSuffix(pattern, "/tep") || strings.Contains(pattern, "/tep/")
}

// Goals of a page but exports: milliseconds at the median and the 99th percentile, compressed bytes.
const (
	goalMedian = 10
	goalP99    = 50
	goalBytes  = 100_000
)

func printPages(w io.Writer, list []routeTimes, slow int) error {
	slices.SortFunc(list, func(a, b routeTimes) int { return cmp.Compare(b.Cold.P99, a.Cold.P99) })
	tw := tabwriter.NewWriter(w, 0, 1, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "địa chỉ\tlần đầu: giữa\tnhiều nhất\tlạnh: giữa\tp99\tnhiều nhất\tấm: giữa\tp99\tnhiều nhất\tkB\tngoài mục tiêu\t đường dẫn\t")
	var first, cold, warm pageTimes
	var pages []slowPage
	for _, t := range list {
		if !t.Export {
			first.all, cold.all, warm.all = append(first.all, t.First.all...), append(cold.all, t.Cold.all...), append(warm.all, t.Warm.all...)
			pages = append(pages, t.slow...)
		}
		fmt.Fprintln(tw, t.line())
	}
	for _, t := range []*pageTimes{&first, &cold, &warm} {
		t.settle()
	}
	fmt.Fprintln(tw, routeTimes{Route: "mọi trang, trừ tệp xuất", First: first, Cold: cold, Warm: warm}.line())
	if err := tw.Flush(); err != nil {
		return err
	}
	for _, t := range list {
		for _, f := range t.Failed {
			fmt.Fprintln(w, "lỗi:", f)
		}
		if t.Addresses == 0 {
			fmt.Fprintln(w, "chưa đo:", t.Route)
		}
	}
	slices.SortFunc(pages, func(a, b slowPage) int { return cmp.Compare(b.Millis, a.Millis) })
	had := map[string]bool{}
	for _, p := range pages {
		if len(had) < slow && !had[p.Address] {
			had[p.Address] = true
			fmt.Fprintf(w, "%8.1f ms  %s\n", p.Millis, p.Address)
		}
	}
	return nil
}

func (t routeTimes) line() string {
	over := ""
	if !t.Export {
		for _, x := range []struct {
			is   bool
			name string
		}{{t.Cold.Median > goalMedian, "giữa"}, {t.Cold.P99 > goalP99, "p99"}, {t.Bytes > goalBytes, "kB"}} {
			if x.is {
				over += " " + x.name
			}
		}
	}
	return fmt.Sprintf("%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%d\t%s\t %s\t", t.Addresses, t.First.Median, t.First.Max,
		t.Cold.Median, t.Cold.P99, t.Cold.Max, t.Warm.Median, t.Warm.P99, t.Warm.Max, (t.Bytes+999)/1000, strings.TrimSpace(over), t.Route)
}

// everybody is a viewer with all roles over everything, to measure every page.
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
