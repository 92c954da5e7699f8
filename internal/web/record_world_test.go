package web_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	catalogdata "danvan/catalog"
	"danvan/data"
	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/dossier"
	"danvan/internal/figure"
	"danvan/internal/files"
	"danvan/internal/filing"
	"danvan/internal/identity"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/report"
	"danvan/internal/vault"
	"danvan/internal/web"
)

// recorder is a small province with its real catalogue and empty ledger, behind its pages.
type recorder struct {
	t        testing.TB
	db       *db.DB
	cat      *catalog.Catalog
	ledger   *ledger.Ledger
	engine   *figure.Engine
	keeper   *org.Keeper
	tree     *org.Tree
	site     *httptest.Server
	who      *access.Viewer
	client   *http.Client
	dossiers *dossier.Book
	accounts *identity.Store
	today    civil.Date
}

func newRecorder(t testing.TB, d *db.DB) *recorder {
	t.Helper()
	ctx := context.Background()
	cat, err := catalog.Load(catalogdata.FS)
	if err != nil {
		t.Fatal(err)
	}
	led := ledger.New(cat)
	led.Now = func() time.Time { return today.AddDays(1).Time() }
	led.Closed = filing.Closings{}
	clocks := &petition.Clocks{Catalog: cat, Ledger: led, DB: d, Now: led.Now}
	led.After = clocks.Posted
	r := &recorder{today: today, t: t, db: d, cat: cat, ledger: led, keeper: &org.Keeper{DB: d, Hooks: led}}
	set := fstest.MapFS{
		"p/units.csv": {Data: []byte("code,name,type,parent,level\n06,Tỉnh Thử,Tỉnh,,province\n060,Huyện Một,Huyện,06,district\n" +
			"001,Xã Một,Xã,060,commune\n002,Xã Hai,Xã,060,commune\n")},
		"p/bodies.csv": {Data: []byte("code,name,type,parent,level\n06.SO-NV,Sở Nội vụ,department,06,province\n")},
	}
	if err := d.WriteAlone(ctx, func(tx *db.Tx) error {
		return r.keeper.LoadSet(ctx, tx, set, "p", ledger.BodyRules(cat.Latest()))
	}); err != nil {
		t.Fatal(err)
	}
	if r.tree, err = r.keeper.Tree(ctx); err != nil {
		t.Fatal(err)
	}
	r.engine = &figure.Engine{DB: d, Catalog: cat, Tree: func() *org.Tree { return r.tree }, Cache: figure.NewCache(1 << 20)}
	store, err := files.New(d, t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := vault.Open(ctx, d, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r.dossiers = &dossier.Book{DB: d, Vault: sealed, Files: store}
	r.as("thu", "06", access.Roles()...)
	key, err := identity.OpenKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r.accounts = identity.New(d, key)
	pages, err := web.New(web.Deps{DB: d, Catalog: cat, Tree: r.keeper.Tree, Units: r.keeper, Ledger: led, Figures: r.engine,
		Files: store, Dossiers: r.dossiers, Clocks: clocks, Accounts: r.accounts, Reports: &report.Builder{Engine: r.engine}, Maps: web.NewMaps(data.FS),
		Who:   func(*http.Request) (*access.Viewer, error) { return r.who, nil },
		Today: func() civil.Date { return r.today },
		Home:  web.Home{Template: "tong-ket-10-nam", Unit: "06", From: 20100101, To: 20191231},
		Log:   slog.New(slog.NewTextHandler(testWriter{t}, nil))})
	if err != nil {
		t.Fatal(err)
	}
	r.site = httptest.NewServer(pages)
	t.Cleanup(r.site.Close)
	r.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return r
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// as makes the next requests those of a person with roles over a unit.
func (r *recorder) as(login, unit string, roles ...access.Role) {
	var grants []access.Grant
	for _, role := range roles {
		grants = append(grants, access.Grant{Account: 1, Role: role, Unit: r.tree.On(unit, today).ID, To: civil.Forever})
	}
	r.who = access.NewViewer(r.tree, today, 1, login, login, grants)
}

// on is the page that an answer leads on to.
func (r *recorder) on(a answer) answer {
	r.t.Helper()
	if to := a.header.Get("Location"); a.status == http.StatusSeeOther && to != "" {
		return r.get(to)
	}
	return a
}

func (r *recorder) get(address string) answer {
	r.t.Helper()
	resp, err := r.client.Get(r.site.URL + address)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.read(resp)
}

func (r *recorder) read(resp *http.Response) answer {
	r.t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// upload is a file that is sent with a form.
type upload struct {
	control, name string
	data          []byte
}

// post sends a form as a browser does.
func (r *recorder) post(address string, values url.Values, ups ...upload) answer {
	r.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, list := range values {
		for _, v := range list {
			if err := m.WriteField(name, v); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	for _, u := range ups {
		part, err := m.CreateFormFile(u.control, u.name)
		if err != nil {
			r.t.Fatal(err)
		}
		if _, err := part.Write(u.data); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		r.t.Fatal(err)
	}
	resp, err := r.client.Post(r.site.URL+address, m.FormDataContentType(), &b)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.read(resp)
}

// saved is the number of the entry that an answer leads to.
func (r *recorder) saved(a answer) int64 {
	r.t.Helper()
	to := a.header.Get("Location")
	if a.status != http.StatusSeeOther || !strings.HasPrefix(to, "/ghi-nhan/") {
		r.t.Fatalf("answer %d to %q: %s", a.status, to, summaryOf(a.body))
	}
	name, _, _ := strings.Cut(path.Base(to), "?")
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		r.t.Fatal(err)
	}
	return id
}

var errSummary = regexp.MustCompile(`(?s)<div class="err-sum".*?</div>|<h1>.*?</p>`)

func summaryOf(body string) string { return strings.Join(errSummary.FindAllString(body, 3), "\n") }

func (r *recorder) entry(id int64) *ledger.Entry {
	r.t.Helper()
	e, err := r.ledger.Entry(context.Background(), r.db.Read(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

// bodyFor is a body that may record a kind today.
func (r *recorder) bodyFor(k *catalog.Kind) *org.Unit {
	r.t.Helper()
	for _, u := range r.tree.Units() {
		if u.Form == org.Body && u.Open(today) && ledger.MayRecord(r.tree, k, u, today) {
			return u
		}
	}
	r.t.Fatalf("nobody records %s", k.Code)
	return nil
}

// typing is a filled-in form, and what should be stored of it.
type typing struct {
	values url.Values
	fields map[string]any
	ups    []upload
}

// typed fills in a form of any kind with valid values, as people write them. n makes one differ from the next.
func typed(k *catalog.Kind, n int) typing {
	x := typing{values: url.Values{}, fields: map[string]any{}}
	free := len(k.Rules) == 0
	for _, f := range k.Fields {
		if v := x.field(f, "f-"+f.Code, n, free); v != nil {
			x.fields[f.Code] = v
		}
	}
	for _, rule := range k.Rules {
		if m := needsMore.FindStringSubmatch(rule.Expr); m != nil {
			least, _ := strconv.ParseInt(m[2], 10, 64)
			x.set(m[1], least+1)
		}
		if m := summed.FindStringSubmatch(rule.Expr); m != nil {
			x.set(m[1], x.sum(m[2], m[3]))
			for _, other := range k.Rules { // the balance that the number stands in holds too
				if b := balance.FindStringSubmatch(other.Expr); b != nil && regexp.MustCompile(`\b`+m[1]+`\b`).MatchString(b[2]) {
					x.set(b[1], x.fields[m[1]].(int64))
				}
			}
		}
		if m := agreed.FindStringSubmatch(rule.Expr); m != nil {
			x.values.Set("f-"+m[1], m[2])
			x.fields[m[1]] = m[2]
		}
		m := listed.FindStringSubmatch(rule.Expr)
		if m == nil {
			continue
		}
		if rows, ok := x.fields[m[2]].([]any); ok {
			x.set(m[1], int64(len(rows)))
		}
	}
	if k.Code == dialogue.NoteKind { // who says it and what is said go together, and a later day is later
		for code, v := range map[string]string{"act": dialogue.ActExtend, "said_by": dialogue.ByOwner} {
			x.values.Set("f-"+code, v)
			x.fields[code] = v
		}
		later := today.AddDays(90)
		x.values.Set("f-new_due", later.Vi())
		x.fields["new_due"] = later.String()
	}
	return x
}

// listed is a rule by which a number is that of the rows of a group.
var listed = regexp.MustCompile(`^(\w+) == len\((\w+)\)$`)

func (x *typing) set(field string, n int64) {
	x.values.Set("f-"+field, strconv.FormatInt(n, 10))
	x.fields[field] = n
}

// sum adds a number of the rows of a group.
func (x *typing) sum(group, number string) (n int64) {
	rows, _ := x.fields[group].([]any)
	for _, r := range rows {
		v, _ := r.(map[string]any)[number].(int64)
		n += v
	}
	return n
}

// summed is a rule by which a number is the sum of the rows of a group, balance one by which two sums are equal.
var (
	summed  = regexp.MustCompile(`^(\w+) == sum\((\w+), \.(\w+)\)$`)
	balance = regexp.MustCompile(`^(\w+) \+ [^=]* == (.*)$`)
)

// needsMore is a rule by which a choice asks for a number above another: crowd != "yes" || persons > 1.
var needsMore = regexp.MustCompile(`^\w+ != "\w+" \|\| (\w+) > (\d+)$`)

// agreed is a rule by which a field asks for a choice: !has(authors) || consent == "named".
var agreed = regexp.MustCompile(`^!has\(\w+\) \|\| (\w+) == "(\w+)"$`)

// namesOther reports whether each row of a group must name a unit or an entry.
func namesOther(f *catalog.Field) bool {
	return slices.ContainsFunc(f.Fields, func(sub *catalog.Field) bool {
		return (sub.Type == catalog.UnitRef || sub.Type == catalog.EntryRef) && sub.Required
	})
}

func (x *typing) field(f *catalog.Field, name string, n int, free bool) any {
	switch f.Type {
	case catalog.Int, catalog.Money:
		v := bounded(f, 0)
		if free {
			v = bounded(f, int64(1000+n%50))
		}
		x.values.Set(name, " "+civil.FormatInt(v)+" ")
		return v
	case catalog.DecimalT:
		v := bounded(f, 0)
		if free {
			v = bounded(f, int64(10+n%5))
		}
		x.values.Set(name, strconv.FormatInt(v, 10)+",0")
		return v
	case catalog.DateT:
		x.values.Set(name, today.Vi())
		return today.String()
	case catalog.Choice:
		o := open1(f, n)
		x.values.Set(name, o)
		return o
	case catalog.Choices:
		a, b := open1(f, n), open1(f, n+1)
		x.values[name] = []string{a, b}
		if a == b {
			return []string{a}
		}
		return []string{a, b}
	case catalog.Bool:
		x.values.Set(name, "true")
		return true
	case catalog.Person:
		who := map[string]any{"name": "Nguyễn Thị Thử", "office": "Chủ tịch"}
		if f.Part == "commended" { // the name as printed, nothing else
			delete(who, "office")
		}
		people := []any{who}
		at := name
		if f.Several {
			at = name + "-1"
		}
		x.values.Set(at, "Nguyễn Thị Thử")
		if who["office"] != nil {
			x.values.Set(at+"-chuc-vu", "Chủ tịch")
		}
		if f.Several {
			return people
		}
		return people[0]
	case catalog.File:
		img := pictureOf(n)
		x.ups = append(x.ups, upload{name + "-chon", "ảnh.png", img})
		return fileHash(f, img)
	case catalog.Group:
		if namesOther(f) {
			return nil // by hand, as all that names what the database has
		}
		var rows []any
		for row := range 2 {
			m := map[string]any{}
			for _, sub := range f.Fields {
				if v := x.field(sub, fmt.Sprintf("%s-%d-%s", name, row+2, sub.Code), n+row, free); v != nil { // the first row stays empty
					m[sub.Code] = v
				}
			}
			rows = append(rows, m)
		}
		x.values.Set(name+"-so-dong", "4")
		return rows
	case catalog.EntryRef, catalog.UnitRef, catalog.UnitRefs:
		return nil // names what the database has: by hand, where it is required
	case catalog.URL:
		x.values.Set(name, "https://example.vn/bai-"+strconv.Itoa(n))
		return x.values.Get(name)
	case catalog.LongText:
		x.values.Set(name, "Dòng một <b>“&”\nDòng hai "+strconv.Itoa(n))
		return x.values.Get(name)
	}
	x.values.Set(name, "Nội dung thử <i>&amp; "+strconv.Itoa(n))
	return x.values.Get(name)
}

func bounded(f *catalog.Field, v int64) int64 {
	if f.Min != nil {
		if low, err := strconv.ParseFloat(string(*f.Min), 64); err == nil {
			v = max(v, int64(low))
		}
	}
	if f.Max != nil {
		if high, err := strconv.ParseFloat(string(*f.Max), 64); err == nil {
			v = min(v, int64(high))
		}
	}
	return v
}

func open1(f *catalog.Field, n int) string {
	var out []string
	for _, o := range f.Choices() {
		if o.Open(today) {
			out = append(out, o.Code)
		}
	}
	return out[n%len(out)]
}

func pictureOf(n int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 20, 10))
	img.Set(n%20, n/20%10, color.RGBA{uint8(n), 90, 30, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func fileHash(f *catalog.Field, data []byte) any {
	c, err := files.Clean(data, "a.png")
	if err != nil {
		panic(err)
	}
	hash := hashOf(c.Data)
	if f.Several {
		return []string{hash}
	}
	return hash
}

// canonical is JSON with sorted keys and plain numbers.
func canonical(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sortedKinds(ed *catalog.Edition) []*catalog.Kind {
	return slices.SortedFunc(slices.Values(ed.Kinds), func(a, b *catalog.Kind) int { return strings.Compare(a.Code, b.Code) })
}

// fixCRC makes the head of a PNG agree with what was written into it.
func fixCRC(b []byte) []byte {
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}
