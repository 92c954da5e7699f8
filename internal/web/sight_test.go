package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/web"
)

// Nothing that a page, a file or a list says to who may not read letters can be subtracted from anything else to tell how
// many are denunciations (ADR 0046): two provinces differ in the classes of their letters alone, and in what letters of a
// class alone have; every route gives him the same bytes in both, and other bytes to who reads letters.
func TestNoTwoPagesTellClasses(t *testing.T) {
	var none, all []access.Role
	for _, role := range access.Roles() {
		if all = append(all, role); !role.Has(access.ReadLetters) {
			none = append(none, role)
		}
	}
	var blind, reads [2]map[string]string
	for world, classes := range [][]string{{"denunciation", "complaint"}, {"proposal", "mixed"}} {
		r := newRecorder(t, dbtest.SQLite(t))
		letters := r.lettersOf(classes)
		if err := (&audit.Sequencer{DB: r.db}).Flush(t.Context()); err != nil { // proofs are of what has its place in the log
			t.Fatal(err)
		}
		addresses := r.letterAddresses(letters)
		r.as("thu", "06", none...)
		blind[world] = r.said(addresses, 1, r.hashesOfLetters(letters))
		r.as("thu", "06", all...)
		reads[world] = r.said(addresses, 4, nil) // a part is enough to show that there is something to tell
	}
	for address, was := range blind[0] {
		if now := blind[1][address]; now != was {
			at := 0
			for at < min(len(was), len(now)) && was[at] == now[at] {
				at++
			}
			t.Errorf("%s tells classes to who may not read letters:\n%.300s\n%.300s", address, was[max(0, at-100):], now[max(0, at-100):])
		}
	}
	differs := 0
	for address, was := range reads[0] {
		if reads[1][address] != was {
			differs++
		}
	}
	t.Logf("%d addresses; of %d, %d are other to who reads letters", len(blind[0]), len(reads[0]), differs)
	if differs < 50 {
		t.Errorf("only %d addresses differ to who reads letters: the test sees nothing", differs)
	}
}

// said is what every step-th address answers. None of it may hold one of the hashes: with the hash of a letter's content
// classes can be tried.
func (r *recorder) said(addresses []string, step int, hashes []string) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(addresses); i += step {
		text, raw := r.saidAt(addresses[i])
		out[addresses[i]] = text
		for _, hash := range hashes {
			if strings.Contains(raw, hash) {
				r.t.Errorf("%s gives the hash of a letter's content", addresses[i])
			}
		}
	}
	return out
}

// lettersOf records letters that went every way, of two classes in turn, and sessions whose visits were about them.
func (r *recorder) lettersOf(classes []string) (letters []int64) {
	start := today.AddDays(-100)
	for i := range 28 {
		received := start.AddDays(i * 3)
		f := map[string]any{"class": classes[i%2], "field": "land", "received_on": received.String(), "channel": "direct", "eligible": "eligible", "competence": "own"}
		day := func(field string, after int) { f[field] = received.AddDays(after).String() }
		switch i % 7 {
		case 0:
		case 1:
			f["competence"] = "other"
			day("transferred_on", 4)
		case 2:
			f["eligible"] = "incomplete"
			day("guided_on", 5)
		case 3:
			day("refused_on", 6)
		case 4:
			day("accepted_on", 5)
		default:
			day("accepted_on", 5)
			day("settled_on", 9+i%5)
			day("due_on", 35)
			f["outcome"] = []string{"right", "wrong"}[i%2]
			if classes[i%2] == "denunciation" {
				f["handled_persons"], f["recovered_money"] = "2", "5000000"
			}
		}
		letters = append(letters, r.write(func(tx *db.Tx) (ledger.Posted, error) {
			return r.ledger.Record(context.Background(), tx, "thu", ledger.Draft{Kind: "petition_letter", Unit: []string{"001.UBND", "002.UBND"}[i/2%2], Day: received, Fields: f})
		}).ID)
	}
	for i := range 4 {
		f := map[string]any{"type": "regular", "host": "head", "visits": int64(3), "persons": int64(4), "contents": []any{map[string]any{"class": classes[i%2], "field": "land", "cases": int64(3)}}}
		r.write(func(tx *db.Tx) (ledger.Posted, error) {
			return r.ledger.Record(context.Background(), tx, "thu", ledger.Draft{Kind: "reception_session", Unit: "001.UBND", Day: today.AddDays(-7 * (i + 1)), Fields: f})
		})
	}
	return letters
}

// letterAddresses are all routes that tell of work, with addresses at which letters count.
func (r *recorder) letterAddresses(letters []int64) []string {
	const windows = "&tu=2026-08-14&den=2026-11-22"
	places := []string{"don-vi=06" + windows, "don-vi=001&ky=2026-M10"}
	var out []string
	add := func(path string, more ...string) {
		for _, m := range append(more, "") {
			for _, p := range places {
				out = append(out, path+"?"+p+m)
			}
		}
	}
	for _, row := range web.Rows() {
		if path, ok := strings.CutPrefix(row.Pattern, "GET "); ok && !strings.Contains(path, "{") && row.Right != access.Public && row.Right != access.ReadLog {
			add(path)
		}
	}
	add("/", "")
	ed := r.cat.EditionOn(today)
	ways := []string{"&theo=unit", "&theo=month", "&theo=label:class", "&theo=label:way", "&theo=label:channel", "&nhan=class:denunciation"}
	kinds := []string{"&dang=csv", "&dang=xlsx", "&dang=svg"}
	n := 0
	figure := func(i *catalog.Indicator) {
		n++
		code := "/so-lieu/" + url.PathEscape(i.Code)
		out = append(out, code+"?"+places[0]+ways[n%len(ways)], code+"?"+places[1], code+"/tep?"+places[0]+ways[(n+3)%len(ways)]+kinds[n%3], code+"/can-cu?"+places[1])
		if n%4 == 0 {
			out = append(out, code+"/ghi-nhan?"+places[0], code+"/ghi-nhan.csv?"+places[1], "/ban-do?chi-tieu="+i.Code+"&"+places[0], "/so-sanh?chi-tieu="+i.Code+"&"+places[0])
		}
	}
	for _, i := range ed.Indicators {
		if i.System == 14 {
			figure(i)
		}
	}
	for _, f := range ed.Forms {
		for n, c := range f.Leaves() {
			if n%7 == 0 {
				figure(c.Indicator())
			}
		}
		for _, by := range f.Rows {
			add("/thong-ke-don/"+f.Code, "&theo="+by)
		}
		for _, kind := range []string{"xlsx", "docx", "json"} {
			out = append(out, "/thong-ke-don/"+f.Code+"/tep?"+places[0]+"&dang="+kind)
		}
	}
	for _, name := range []string{"thang", "nam", "don-thu-quy", "don-thu-nam"} {
		out = append(out, "/bao-cao/"+name+"?"+places[0], "/bao-cao/"+name+"/tep?"+places[0]+"&dang=docx", "/bao-cao/"+name+"/tep?"+places[0]+"&dang=xlsx")
	}
	for _, word := range []string{"tố cáo", "khiếu nại", "kiến nghị", "đơn", "denunciation"} {
		out = append(out, "/tim?q="+url.QueryEscape(word), "/tim/goi-y?q="+url.QueryEscape(word), "/ghi-nhan?tim="+url.QueryEscape(word)+"&"+places[0])
	}
	add("/ghi-nhan", "&loai=petition_letter", "&loai=reception_session", "&loai=petition_letter&xep=-ngay")
	add("/ghi-nhan.csv", "&loai=petition_letter", "&loai=reception_session")
	add("/ghi-nhan.xlsx", "&loai=petition_letter")
	add("/chuyen-de/14")
	for _, id := range letters[:8] {
		out = append(out, fmt.Sprintf("/ghi-nhan/%d", id), fmt.Sprintf("/ghi-nhan/%d/bang-chung", id), fmt.Sprintf("/don-thu/%d", id), fmt.Sprintf("/don-thu/%d/han", id))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	changing = regexp.MustCompile(`\b[A-Z2-7]{26}\b|\b[0-9a-f]{64}\b|[A-Za-z0-9+/]{43}=|gốc [0-9a-f]{12}`) // keys of forms, hashes
	instants = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?`)
)

// saidAt is what an address answers, without keys, hashes and moments, which differ from one making to the next; what is
// packed is unpacked.
func (r *recorder) saidAt(address string) (text, raw string) {
	a := r.get(address)
	if a.status >= http.StatusInternalServerError {
		r.t.Errorf("%s: status %d", address, a.status)
	}
	body := a.body
	if strings.HasPrefix(body, "PK\x03\x04") {
		body = r.unzipped(body)
	}
	text = changing.ReplaceAllString(instants.ReplaceAllString(body, "T"), "K")
	return fmt.Sprint(a.status, a.header.Get("Location"), a.header.Get("Content-Disposition"), text), body
}

// hashesOfLetters are the hashes of what letters say, as the log has them.
func (r *recorder) hashesOfLetters(letters []int64) (out []string) {
	for _, id := range letters {
		row, err := audit.Read(r.t.Context(), r.db.Read(), r.entry(id).Versions[0].Leaf)
		if err != nil {
			r.t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%x", row.Hash))
	}
	return out
}

func (r *recorder) unzipped(body string) string {
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		r.t.Fatal(err)
	}
	slices.SortFunc(z.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var b strings.Builder
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			r.t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		in.Close()
		if err != nil {
			r.t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s: %s\n", f.Name, text)
	}
	return b.String()
}
