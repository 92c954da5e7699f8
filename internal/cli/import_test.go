package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/cli"
	"danvan/internal/xlsx"
)

// importDir is an installation with the units of Bắc Kạn and no entries.
func importDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	ok(t, dir, "import", "units", "@bac_kan")
	return dir
}

func save(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const goodCSV = "key;kind;unit;ngày;topic;level;Attendances\n" +
	"tt-1;training_conference;06.BDV;12/3/2019;Nghiệp vụ dân vận;own;1.120\n" +
	"tt-2;training_conference;06.BDV;2019-04-01;\"Nghiệp vụ; phần hai\";own;80\n"

// goodFiles are the same two entries in the three formats.
func goodFiles(t *testing.T) map[string]string {
	t.Helper()
	var lines strings.Builder
	book := xlsx.Sheet{Name: "Nhập"}
	for _, h := range []string{"key", "kind", "unit", "day", "fields.topic", "level", "attendances"} {
		book.Columns = append(book.Columns, xlsx.Column{Head: h})
	}
	for _, e := range [][]string{{"tt-1", "2019-03-12", "Nghiệp vụ dân vận", "1120"}, {"tt-2", "2019-04-01", "Nghiệp vụ; phần hai", "80"}} {
		fmt.Fprintf(&lines, `{"key":%q,"kind":"training_conference","unit":"06.BDV","day":%q,"fields":{"topic":%q,"level":"own","attendances":%s}}`+"\n", e[0], e[1], e[2], e[3])
		book.Rows = append(book.Rows, xlsx.Texts(e[0], "training_conference", "06.BDV", e[1], e[2], "own", e[3]))
	}
	var sheet bytes.Buffer
	if err := xlsx.Write(&sheet, &xlsx.Workbook{Sheets: []xlsx.Sheet{book}}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"csv": save(t, "a.csv", "\xef\xbb\xbf"+goodCSV), "jsonl": save(t, "a.jsonl", lines.String()), "xlsx": save(t, "a.xlsx", sheet.String()),
	}
}

func imp(dir string, args ...string) result {
	return run(nil, append([]string{"--data", dir, "import"}, args...)...)
}

func TestImportEntriesInThreeFormats(t *testing.T) {
	dir := importDir(t)
	for i, format := range []string{"csv", "jsonl", "xlsx"} {
		path := goodFiles(t)[format]
		if r := imp(dir, "entries", path, "--dry-run"); r.code != 0 || !strings.Contains(r.stdout, "chưa ghi gì") {
			t.Fatalf("%s: dry run: exit %d %s%s", format, r.code, r.stdout, r.stderr)
		}
		want := "Đã nhập 2 ghi nhận, 0 đã có từ trước"
		if i > 0 { // the same entries in another format
			want = "Đã nhập 0 ghi nhận, 2 đã có từ trước"
		}
		if r := imp(dir, "entries", path); r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Fatalf("%s: exit %d %s%s", format, r.code, r.stdout, r.stderr)
		}
	}
	f := figure(t, dir, "training.conference_attendances", "--unit", "06", "--period", "2019")
	if got := value(f); got != "1200" || f.Entries != 2 {
		t.Errorf("the figure is %s from %d entries, want 1200 from 2", got, f.Entries)
	}
	if out := ok(t, dir, "verify"); !strings.Contains(out, "Mọi con số khớp") {
		t.Error(out)
	}
}

func TestImportOfBadRows(t *testing.T) {
	dir := importDir(t)
	bad := goodCSV + "tt-3;training_conference;06.BDV;31/2/2019;Sai ngày;own;3\n" +
		"tt-4;training_conference;99.BDV;1/2/2019;Sai đơn vị;own;3\n" +
		"tt-5;training_conference;06.BDV;1/2/2019;Sai số;own;ba\n"
	path, errs := save(t, "b.csv", bad), filepath.Join(t.TempDir(), "e.csv")
	r := imp(dir, "entries", path, "--errors", errs)
	if r.code != cli.ExitUsage {
		t.Fatalf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	for _, say := range []string{"Dòng 4, cột ngày", "Dòng 5, cột unit", "Dòng 6, cột Attendances", "Có 3 dòng sai nên chưa nhập gì"} {
		if !strings.Contains(r.stderr, say) {
			t.Errorf("stderr does not say %q:\n%s", say, r.stderr)
		}
	}
	text, _ := os.ReadFile(errs)
	if n := strings.Count(string(text), "\n"); n != 6 || !strings.Contains(string(text), ";lỗi\n") {
		t.Errorf("error file has %d lines:\n%s", n, text)
	}
	for _, say := range []string{";cột ngày: ", ";cột unit: ", "cột Attendances: "} { // the column is named in the file too
		if !strings.Contains(strings.ReplaceAll(string(text), "\"", ""), say) {
			t.Errorf("error file does not say %q:\n%s", say, text)
		}
	}
	var said struct {
		Saved, Existed, Bad int
		Kept                bool
		Errors              []struct {
			Row            int
			Column, Reason string
		}
	}
	if r := imp(dir, "entries", path, "--json"); r.code != cli.ExitUsage || json.Unmarshal([]byte(r.stdout), &said) != nil ||
		said.Saved != 0 || said.Bad != 3 || said.Kept || len(said.Errors) < 3 || said.Errors[0].Row != 4 || said.Errors[0].Column != "ngày" {
		t.Errorf("as JSON: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	mended := strings.NewReplacer("31/2/2019", "28/2/2019", "99.BDV", "06.BDV", ";ba;", ";3;").Replace(string(text))
	partial := filepath.Join(t.TempDir(), "p.csv")
	if r := imp(dir, "entries", path, "--partial", "--errors", partial); r.code != cli.ExitCheck || !strings.Contains(r.stdout, "Đã nhập 2 ghi nhận") {
		t.Fatalf("partial: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if text, _ := os.ReadFile(partial); strings.Count(string(text), "\n") != 4 {
		t.Errorf("error file of a partial import:\n%s", text)
	}
	if r := imp(dir, "entries", save(t, "m.csv", mended)); r.code != 0 || !strings.Contains(r.stdout, "Đã nhập 3 ghi nhận, 2 đã có từ trước") {
		t.Fatalf("mended: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	ok(t, dir, "verify")
}

// What docs/import.md shows can be imported as it stands.
func TestExamplesOfTheDocument(t *testing.T) {
	dir := importDir(t)
	text, err := os.ReadFile("../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for part := range strings.SplitSeq(string(text), "\n\n") {
		lines := strings.Split(strings.TrimSpace(part), "\n")
		var out []string
		for _, l := range lines {
			if strings.HasPrefix(l, "    ") || l == lines[0] { // TrimSpace took the first line's indent
				out = append(out, strings.TrimSpace(l))
			}
		}
		example, name, what := strings.Join(out, "\n")+"\n", "x.csv", "entries"
		switch {
		case strings.HasPrefix(example, "{"):
			name = "x.jsonl"
		case strings.HasPrefix(example, "indicator,"):
			what = "readings"
		case !strings.HasPrefix(example, "key,"):
			continue
		}
		tried++
		if r := imp(dir, what, save(t, name, example)); r.code != 0 || !strings.Contains(r.stdout, "Đã nhập 1 ghi nhận") {
			t.Errorf("exit %d\n%s%s%s", r.code, example, r.stdout, r.stderr)
		}
	}
	if tried != 3 {
		t.Errorf("%d examples found, want 3", tried)
	}
}

func TestImportRefusesBrokenFiles(t *testing.T) {
	dir := importDir(t)
	for name, c := range map[string]struct{ file, text, says string }{
		"no columns":   {"a.csv", "x,y\n1,2\n", "thiếu cột"},
		"empty":        {"a.csv", "", "không có dòng dữ liệu"},
		"not UTF-8":    {"a.csv", "key,kind,unit,day\n\xff\xfe,a,b,c\n", "UTF-8"},
		"quotes":       {"a.csv", "kind,unit,day\n\"a,b,c\n", "ngoặc kép"},
		"not a zip":    {"a.xlsx", "hello", "xlsx"},
		"not JSON":     {"a.jsonl", "{\"kind\":\n", "JSON"},
		"unknown key":  {"a.jsonl", "{\"knd\":\"x\"}\n", "knd"},
		"too many":     {"a.csv", "kind,unit,day\na,b,2019-01-01,c\n", "nhiều ô"},
		"column twice": {"a.csv", "kind,unit,day,ngày\na,b,2019-01-01,c\n", "trùng"},
	} {
		r := imp(dir, "entries", save(t, c.file, c.text))
		if r.code != cli.ExitUsage || !strings.Contains(r.stderr, c.says) {
			t.Errorf("%s: exit %d, %q; want it to say %q", name, r.code, r.stderr, c.says)
		}
	}
	if r := imp(dir, "entries", filepath.Join(dir, "none.csv")); r.code != cli.ExitUsage {
		t.Errorf("missing file: exit %d %s", r.code, r.stderr)
	}
	if r := imp(t.TempDir(), "entries", save(t, "a.csv", goodCSV)); r.code != cli.ExitNotFound {
		t.Errorf("no installation: exit %d %s", r.code, r.stderr)
	}
}

func TestImportReadings(t *testing.T) {
	dir := importDir(t)
	path := save(t, "r.csv", "indicator,unit,year,value,source,vintage\nindicator.poverty_rate,06,2019,\"18,5\",Cục Thống kê,official\nTỷ lệ hộ nghèo (%),06,2018,\"21,02\",Cục Thống kê,official\n")
	if r := imp(dir, "readings", path); r.code != 0 || !strings.Contains(r.stdout, "Đã nhập 2") {
		t.Fatalf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := imp(dir, "readings", path); r.code != 0 || !strings.Contains(r.stdout, "Đã nhập 0 ghi nhận, 2 đã có") {
		t.Fatalf("again: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if got := value(figure(t, dir, "indicator.poverty_rate", "--unit", "06", "--period", "2019")); got != "18.5" {
		t.Errorf("poverty rate of 2019 is %s, want 18.5", got)
	}
}

func TestImportUnits(t *testing.T) {
	units := "code,name,level,parent\n50,Tỉnh Thử,province,\n501,Huyện Thử,district,50\n50101,Xã Một,commune,501\n50102,Xã Hai,commune,999\n50103,Xã Ba,làng,501\n"
	good := strings.Join(strings.Split(units, "\n")[:4], "\n") + "\n"
	jsonl := `{"code":"50","name":"Tỉnh Thử","level":"province"}` + "\n" + `{"code":"501","name":"Huyện Thử","level":"district","parent":"50"}` + "\n" +
		`{"code":"50101","name":"Xã Một","level":"commune","parent":"501"}` + "\n"
	dir := t.TempDir()
	if r := imp(dir, "units", save(t, "u.csv", good), "--dry-run"); r.code != 0 || !strings.Contains(r.stdout, "sẽ nhập 3 đơn vị") {
		t.Fatalf("dry run: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	r := imp(dir, "units", save(t, "u.csv", units), "--errors", filepath.Join(dir, "e.csv"))
	if r.code != cli.ExitUsage || !strings.Contains(r.stderr, "Dòng 6") {
		t.Fatalf("bad: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := imp(dir, "units", save(t, "u.csv", units), "--partial"); r.code != cli.ExitCheck || !strings.Contains(r.stdout, "Đã nhập 3 đơn vị") || !strings.Contains(r.stderr, "Dòng 5") {
		t.Fatalf("partial: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	for name, text := range map[string]string{"u.csv": good, "u.jsonl": jsonl} {
		if r := imp(dir, "units", save(t, name, text)); r.code != 0 || !strings.Contains(r.stdout, "Đã nhập 0 đơn vị; 3 đơn vị đã có") {
			t.Errorf("%s again: exit %d\n%s%s", name, r.code, r.stdout, r.stderr)
		}
	}
}

// Who stops a command is told so, and not that the program failed.
func TestStopped(t *testing.T) {
	dir := importDir(t)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var out, errOut bytes.Buffer
	code := cli.Main(ctx, []string{"--data", dir, "import", "entries", save(t, "a.csv", goodCSV)}, strings.NewReader(""), &out, &errOut)
	if code != cli.ExitFault || !strings.Contains(errOut.String(), "Đã dừng theo yêu cầu") || strings.Contains(errOut.String(), "lỗi") {
		t.Errorf("exit %d\n%s%s", code, out.String(), errOut.String())
	}
}

func TestVerifyJSON(t *testing.T) {
	dir := importDir(t)
	if r := imp(dir, "entries", goodFiles(t)["csv"]); r.code != 0 {
		t.Fatal(r.stderr)
	}
	var out struct {
		OK     bool
		Ledger struct{ Entries, Facts int }
	}
	if err := json.Unmarshal([]byte(ok(t, dir, "verify", "--json")), &out); err != nil || !out.OK || out.Ledger.Entries != 2 || out.Ledger.Facts == 0 {
		t.Errorf("%+v (%v)", out, err)
	}
}

// Attachments named in the file are kept by the hash of their content, and stand in the entry.
func TestImportWithAttachments(t *testing.T) {
	dir, in := demoCopy(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(in, "bien-ban.txt"), []byte("Biên bản giả định"), 0o600); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(in, "viec.csv")
	write := func(files string) {
		text := "key,kind,unit,day,files,title,type,theme\ndk-1,directive_document,061.BTV,2018-05-04," + files + ",Văn bản có tệp,plan,mobilisation\n"
		if err := os.WriteFile(table, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for files, want := range map[string]string{"khong-co.txt": "Không thấy tệp", "../bien-ban.txt": "không kèm đường dẫn", ".": "không phải là tệp"} {
		write(files)
		if r := imp(dir, "entries", table); r.code != cli.ExitUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("files %q: exit %d, %s", files, r.code, r.stderr)
		}
	}
	write("bien-ban.txt")
	ok(t, dir, "import", "entries", table)
	again := ok(t, dir, "import", "entries", table)
	if !strings.Contains(again, "0 ghi nhận, 1 đã có") {
		t.Errorf("imported twice: %s", again)
	}
	kept, err := filepath.Glob(filepath.Join(dir, "files", "*", "*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept files: %v, %v", kept, err)
	}
	ok(t, dir, "verify")
}
