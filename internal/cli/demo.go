package cli

import (
	"errors"
	"fmt"
	"time"

	"danvan/data"
	"danvan/demo"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// DemoCmd builds the demo province where there is none, and shows it.
type DemoCmd struct {
	Listen  string     `help:"Địa chỉ phục vụ; chỉ nhận địa chỉ của chính máy này." default:"127.0.0.1:8080" placeholder:"ADDR"`
	NoServe bool       `help:"Chỉ dựng, không mở trang."`
	Seed    uint64     `help:"Số gốc của các bản ghi giả định." default:"1" placeholder:"N"`
	Blank   bool       `help:"Chỉ dựng đơn vị và tài khoản, không có bản ghi nào: để tập làm từ đầu."`
	Today   civil.Date `help:"Dựng đến ngày này; mặc định là hôm nay, hoặc ngày của tỉnh minh họa đã dựng." placeholder:"DATE"`
}

func (c *DemoCmd) Run(r *Run) error {
	if err := onlyLoopback(c.Listen); err != nil {
		return err
	}
	if !c.NoServe { // rather now than after the build
		l, err := listen(c.Listen)
		if err != nil {
			return err
		}
		if err := l.Close(); err != nil {
			return err
		}
	}
	a, err := r.OpenNew()
	if err != nil {
		return err
	}
	defer a.Close()
	if err := c.ready(r, a); err != nil {
		return err
	}
	day := c.Today
	if day == 0 {
		day = today()
	}
	if err := makeDemoAccounts(r, a, day); err != nil {
		return err
	}
	if c.NoServe {
		return showWhere(r, a, "")
	}
	return serve(r, a, door{Listen: c.Listen}, nil, nil, func(addr string) error { return showWhere(r, a, addr) })
}

// ready builds the demo in an empty database, and refuses one made from something else.
func (c *DemoCmd) ready(r *Run, a *app.App) error {
	spec := demo.Spec{Seed: c.Seed, Today: c.Today, Blank: c.Blank}
	if spec.Today == 0 {
		spec.Today = civil.FromTime(time.Now())
	}
	found, mark, err := demo.Look(r.Ctx, a.DB.Read(), spec)
	if err != nil {
		return err
	}
	switch {
	case found == demo.Same:
		return nil
	case found == demo.Different && mark == "":
		return fault.New(fault.Conflict, "Cơ sở dữ liệu này đã có ghi nhận mà không do danvan demo dựng. Chọn thư mục khác bằng --data, hoặc cơ sở dữ liệu khác bằng --db.")
	case found == demo.Different && c.Today == 0 && sameSeed(mark, spec) && (!c.Blank || demo.IsBlank(mark)):
		return nil // built on an earlier day: the demo of that day is as good, and a blank one is gone on with
	case found == demo.Different:
		return fault.Newf(fault.Conflict, "Thư mục này đã có tỉnh minh họa khác (%s), không phải %s. Dùng lại bằng đúng các giá trị ấy, hoặc chọn thư mục khác bằng --data.", mark, spec)
	}
	if err := a.Sign(r.Ctx); err != nil {
		return err
	}
	if end := spec.Today.AddDays(1).Time(); end.After(time.Now()) { // the demo may be made for a day to come
		a.Ledger.Now = func() time.Time { return end }
		defer func() { a.Ledger.Now = nil }()
	}
	bars := map[string]func(done, total int){}
	began := time.Now()
	store, err := a.Files()
	if err != nil {
		return err
	}
	dossiers, err := a.Dossiers(r.Ctx, store)
	if err != nil {
		return err
	}
	err = demo.Build(r.Ctx, demo.Deps{Dossiers: dossiers, Files: store, DB: a.DB, Catalog: a.Catalog, Org: a.Org, Ledger: a.Ledger, Log: a.Log, Data: data.FS,
		Progress: func(label string, done, total int) {
			if bars[label] == nil {
				bars[label] = r.Progress(label)
			}
			bars[label](done, total)
		}}, spec)
	if err != nil {
		return err
	}
	a.Clocks.Now = func() time.Time { return spec.Today.Time() }
	err = a.Clocks.ReckonAll(r.Ctx)
	if a.Clocks.Now = nil; err != nil {
		return fmt.Errorf("reckon the clocks of the demo: %w", err)
	}
	if _, err := a.Log.Checkpoint(r.Ctx); err != nil {
		return fmt.Errorf("sign the log of the demo: %w", err)
	}
	_, err = fmt.Fprintf(r.Err, "Dựng xong trong %.1f giây.\n", time.Since(began).Seconds())
	return err
}

func sameSeed(mark string, spec demo.Spec) bool {
	var seed uint64
	_, err := fmt.Sscanf(mark, "seed=%d ", &seed)
	return err == nil && seed == spec.Seed
}

// showWhere prints the address, then the figure to try first and where it opens.
func showWhere(r *Run, a *app.App, addr string) error {
	if addr != "" {
		fmt.Fprintf(r.Out, "Mở trong trình duyệt: http://%s/\n", addr)
	}
	mark, err := db.Meta(r.Ctx, a.DB.Read(), demo.MetaKey)
	if err != nil {
		return err
	}
	if !demo.IsBlank(mark) {
		if err := showFigure(r, a, addr); err != nil {
			return err
		}
	}
	return showDemoAccounts(r, a)
}

func showFigure(r *Run, a *app.App, addr string) error {
	period, err := civil.ParsePeriod("2015..2019")
	if err != nil {
		return err
	}
	f, err := a.Figures.Figure(r.Ctx, figure.Query{Indicator: "F20", Unit: "06", Period: period, Basis: org.AsThen()})
	if err != nil {
		return fmt.Errorf("figure to show: %w", err)
	}
	if f.Value == nil || f.Numerator == nil || f.Denominator == nil {
		return errors.New("the demo has no settled letters of 2015 to 2019")
	}
	where := "danvan evidence F20 --unit 06 --period 2015..2019"
	if addr != "" {
		where = fmt.Sprintf("http://%s/so-lieu/%s/ghi-nhan?don-vi=06&ky=2015..2019", addr, f.Indicator)
	}
	_, err = fmt.Fprintf(r.Out, "%s (%s/%s): %s\nMở đến từng đơn: %s\n", f.Display, dots3(*f.Numerator), dots3(*f.Denominator), f.Name, where)
	return err
}

// dots3 writes a whole number in the Vietnamese form.
func dots3(s string) string {
	var n int64
	if _, err := fmt.Sscan(s, &n); err != nil {
		return s
	}
	return civil.FormatInt(n)
}
