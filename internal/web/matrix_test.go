package web_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/org"
	"danvan/internal/web"
)

var update = flag.Bool("update", false, "write docs/permissions.csv anew")

const matrixFile = "../../docs/permissions.csv"

// The relations of the unit that is asked about to the one that a role is granted over.
var relations = []string{"own", "parent", "child", "sibling", "foreign"}

// allowed is the rule of the whole matrix: who has the right has it over the granted unit and what is below it.
func allowed(row web.Row, also access.Right, role access.Role, relation string) bool {
	switch {
	case row.Right == access.Public || row.Right == access.SignedIn:
		return also == "" || role.Has(also)
	case !role.Has(row.Right) || also != "" && !role.Has(also):
		return false
	}
	return row.Subject == "" || relation == "own" || relation == "child"
}

// The file is what people read; it follows from the rows alone.
func TestPermissionMatrixIsWritten(t *testing.T) {
	want := matrixCSV(t, web.Rows())
	if *update {
		if err := os.WriteFile(matrixFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(matrixFile)
	if err != nil || !bytes.Equal(have, want) {
		t.Errorf("docs/permissions.csv is not what the routes say (%v): go test ./internal/web -run TestPermissionMatrixIsWritten -update", err)
	}
}

func matrixCSV(t *testing.T, rows []web.Row) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(cells ...string) {
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	write(append([]string{"method", "path", "right", "also", "subject", "role"}, relations...)...)
	sorted := slices.Clone(rows)
	slices.SortFunc(sorted, func(a, b web.Row) int { return strings.Compare(pathFirst(a.Pattern), pathFirst(b.Pattern)) })
	for _, row := range sorted {
		method, path, _ := strings.Cut(row.Pattern, " ")
		also := examples[row.Pattern].Also
		for _, role := range append([]access.Role{"nobody"}, access.Roles()...) {
			cells := []string{method, path, string(row.Right), string(also), row.Subject, string(role)}
			for _, relation := range relations {
				may := row.Right == access.Public
				if role != "nobody" {
					may = allowed(row, also, role, relation)
				}
				cells = append(cells, map[bool]string{true: "allowed", false: "denied"}[may])
			}
			write(cells...)
		}
	}
	w.Flush()
	return b.Bytes()
}

func pathFirst(pattern string) string {
	method, path, _ := strings.Cut(pattern, " ")
	return path + " " + method
}

// Every route is really asked by every role in every relation, and by nobody; the answers are compared with the
// file.
func TestEveryRouteAsEveryRole(t *testing.T) {
	o := open(t)
	m := readMatrix(t)
	asker := newAsker(t, o, nil)
	for _, ex := range examples {
		asker.fill(t, ex.Path) // some things are made for the asking
	}
	if err := o.app.Log.Flush(t.Context()); err != nil { // a proof is of what has its place in the log
		t.Fatal(err)
	}
	before := lastLeafOf(t, o)
	for _, row := range web.Rows() {
		ex, ok := examples[row.Pattern]
		if !ok {
			t.Errorf("%s has no example: add one line to examples in matrix_table_test.go", row.Pattern)
			continue
		}
		began := time.Now()
		for _, difference := range asker.differences(t, row, ex, m) {
			t.Error(difference)
		}
		if took := time.Since(began); took > 300*time.Millisecond {
			t.Logf("%s takes %v: choose a smaller example", row.Pattern, took)
		}
	}
	for pattern := range examples {
		if !slices.ContainsFunc(web.Rows(), func(r web.Row) bool { return r.Pattern == pattern }) {
			t.Errorf("%s stands in examples and is no route", pattern)
		}
	}
	if after := lastLeafOf(t, o); after != before {
		t.Errorf("asking saved something: leaves %d, then %d: %s", before, after, leavesSince(t, o, before))
	}
	t.Logf("%d routes, %d requests", len(web.Rows()), asker.asked)
}

// A route that is registered with another right than the file says is noticed.
func TestAWrongRightIsCaught(t *testing.T) {
	o := open(t)
	m := readMatrix(t)
	for _, x := range []struct {
		pattern string
		right   access.Right
	}{{"GET /so-lieu", access.SignedIn}, {"GET /ghi-nhan/{id}", access.ReadLetters}, {"GET /so-niem-phong", access.Public}} {
		asker := newAsker(t, o, func(d web.Deps) (http.Handler, error) { return web.NewWrong(d, x.pattern, x.right) })
		i := slices.IndexFunc(web.Rows(), func(r web.Row) bool { return r.Pattern == x.pattern })
		if found := asker.differences(t, web.Rows()[i], examples[x.pattern], m); len(found) == 0 {
			t.Errorf("%s asked for %s, and nobody noticed", x.pattern, x.right)
		}
	}
}

// matrix is the file: "METHOD /path role relation" → allowed.
type matrix map[string]bool

func readMatrix(t *testing.T) matrix {
	t.Helper()
	text, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	m := matrix{}
	for _, cells := range all[1:] {
		for i, relation := range relations {
			m[cells[0]+" "+cells[1]+" "+cells[5]+" "+relation] = cells[6+i] == "allowed"
		}
	}
	return m
}

// asker asks pages as whoever the header names.
type asker struct {
	o     *office
	pages http.Handler
	found map[string]string
	asked int
}

const asHeader = "X-As" // role and unit, for the viewer of the matrix

func newAsker(t *testing.T, o *office, build func(web.Deps) (http.Handler, error)) *asker {
	t.Helper()
	if build == nil {
		build = web.New
	}
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	scopes := new(access.Scopes)
	d := o.deps
	d.Accounts = accountsOf(o)
	d.Who = func(r *http.Request) (*access.Viewer, error) {
		role, unit, ok := strings.Cut(r.Header.Get(asHeader), " ")
		if !ok {
			return nil, nil
		}
		id, err := strconv.ParseInt(unit, 10, 64)
		grants := []access.Grant{{ID: 1, Account: 1, Role: access.Role(role), Unit: org.UnitID(id), From: civil.Floor, To: civil.Forever}}
		return scopes.Viewer(tree, today, 1<<40, "thu", "Người thử", grants), err
	}
	pages, err := build(d)
	if err != nil {
		t.Fatal(err)
	}
	return &asker{o: o, pages: pages, found: map[string]string{}}
}

// differences asks one route in all ways and says where the answer is not what the matrix says.
func (a *asker) differences(t *testing.T, row web.Row, ex example, m matrix) []string {
	t.Helper()
	path := a.fill(t, ex.Path)
	var out []string
	method, pattern, _ := strings.Cut(row.Pattern, " ")
	if _, known := m[row.Pattern+" nobody own"]; !known {
		return []string{row.Pattern + " is not in docs/permissions.csv: run the tests of the matrix with -update"}
	}
	ask := func(role, relation string, unit org.UnitID) {
		want := m[method+" "+pattern+" "+role+" "+relation]
		status, where := a.ask(method, path, ex, role, unit)
		got := status != http.StatusUnauthorized && status != http.StatusForbidden && !strings.HasPrefix(where, "/dang-nhap")
		switch {
		case got != want:
			out = append(out, fmt.Sprintf("%s as %s over %s (%s): status %d, want allowed %v", row.Pattern, role, relation, path, status, want))
		case status >= 500:
			out = append(out, fmt.Sprintf("%s as %s over %s (%s): status %d", row.Pattern, role, relation, path, status))
		case role == "nobody" && !want && method == http.MethodGet && !leadsToSignIn(status, where):
			out = append(out, fmt.Sprintf("%s as nobody: status %d to %q, want the sign-in page", row.Pattern, status, where))
		}
	}
	ask("nobody", "own", 0)
	stands := a.stands(t, or(ex.Unit, theCommune))
	for _, role := range access.Roles() {
		for _, relation := range relations {
			if unit, ok := stands[relation]; ok && (row.Subject != "" || relation == "own") {
				ask(string(role), relation, unit)
			}
		}
	}
	return out
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// stands are the units to be granted, so that the asked one is in each relation to them. Of a body nothing is below,
// so it is nobody's parent.
func (a *asker) stands(t *testing.T, code string) map[string]org.UnitID {
	t.Helper()
	tree, err := a.o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own := unitOf(t, a.o, code)
	out := map[string]org.UnitID{"own": own, "foreign": unitOf(t, a.o, "01879.MTTQ")}
	above := tree.SpanOn(own, today).Parent
	if above != 0 {
		out["child"] = above
	}
	if below := tree.Children(own, today); len(below) > 0 {
		out["parent"] = below[0]
	}
	for _, id := range tree.Children(above, today, tree.Unit(own).Form) {
		if id != own {
			out["sibling"] = id
			break
		}
	}
	return out
}

func (a *asker) ask(method, path string, ex example, role string, unit org.UnitID) (status int, where string) {
	a.asked++
	r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(ex.Form.Encode()))
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if role != "nobody" {
		r.Header.Set(asHeader, fmt.Sprintf("%s %d", role, unit))
	}
	w := httptest.NewRecorder()
	a.pages.ServeHTTP(w, r)
	return w.Code, w.Header().Get("Location")
}

// leadsToSignIn: the address of the sign-in page, once there is one.
func leadsToSignIn(status int, where string) bool {
	if !slices.ContainsFunc(web.Rows(), func(r web.Row) bool { return r.Pattern == "GET /dang-nhap" }) {
		return true
	}
	return status == http.StatusSeeOther && strings.HasPrefix(where, "/dang-nhap")
}

var braces = regexp.MustCompile(`\{(\w+)\}`)

// fill puts what the demo holds into a path.
func (a *asker) fill(t *testing.T, path string) string {
	t.Helper()
	return braces.ReplaceAllStringFunc(path, func(word string) string {
		name := strings.Trim(word, "{}")
		find, ok := things[name]
		if !ok {
			t.Fatalf("%s: no thing named %s in matrix_table_test.go", path, name)
		}
		if a.found[name] == "" {
			a.found[name] = find(t, a.o)
		}
		return a.found[name]
	})
}

func unitOf(t testing.TB, o *office, code string) org.UnitID {
	t.Helper()
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u := tree.On(code, today)
	if u == nil {
		t.Fatalf("no unit %s today", code)
		return 0
	}
	return u.ID
}

// leavesSince names what was saved after a leaf.
func leavesSince(t *testing.T, o *office, leaf int64) string {
	t.Helper()
	rows, err := o.app.DB.Read().QueryContext(t.Context(), `SELECT subject, act, actor FROM audit_leaf WHERE id > $1 ORDER BY id`, leaf)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var subject, act, actor string
		if err := rows.Scan(&subject, &act, &actor); err != nil {
			t.Fatal(err)
		}
		out = append(out, subject+" "+act+" by "+actor)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, ", ")
}

func lastLeafOf(t testing.TB, o *office) (id int64) {
	t.Helper()
	if err := o.app.DB.Read().QueryRowContext(t.Context(), `SELECT coalesce(max(id), 0) FROM audit_leaf`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}
