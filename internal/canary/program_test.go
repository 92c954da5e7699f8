package canary_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"danvan/internal/canary"
	"danvan/internal/db/dbtest"
)

// DANVAN_CANARY=1 runs the program itself on the demo's units and accounts without entries; `make canary` and .ci/run set
// it. DANVAN_CANARY=full plays between the 150,000 entries of the whole demo: minutes more, and the same places.
const switchOn = "DANVAN_CANARY"

// field is where a canary is typed: the name of a control, and a text as people write it there with %s for what occurs
// nowhere else.
type field struct{ name, text string }

// lettersFields are the places of a letter's form in which people may be named or their words stand.
var letterFields = []field{
	{"nguoi", "Hoàng Phượng Yểng %s"}, {"dia-chi", "thôn Khuổi Nặm %s, nhà số 7"}, {"lien-he", "09%s77"}, {"giay-to", "0060%s11"},
	{"dai-dien", "người được cử %s"}, {"nguoi-khac", "Nông Thị Ặm %s"}, {"tom-tat", "Lấn ranh giới đất ở của gia đình %s"},
	{"yeu-cau", "Yêu cầu đo lại thửa đất %s"}, {"doi-tuong", "ông Triệu Văn Ộc %s"}, {"noi-xay-ra", "đồi Phja Đén %s"}, {"thua-dat", "thửa %s tờ 5"},
	{"quyet-dinh", "%s/QĐ-UBND ngày 05/6/2026"}, {"nguyen-van", "Kính gửi ủy ban, tôi trình bày sự việc như sau: %s"}, {"ghi-chu", "người nộp đến lúc chiều %s"},
}

// planted are the canaries of a run. Each has letters with marks and a number that occurs nowhere else.
type planted struct {
	list []canary.Canary
}

// of makes the canary of a field in a form.
func (p *planted) of(form string, f field) string {
	n := len(p.list) + 1
	mark := fmt.Sprintf("%d%06d", 83+n%7, n*7919+104729)
	if !strings.HasPrefix(f.text, "0") {
		mark = "Zquỵnh" + mark
	}
	text := fmt.Sprintf(f.text, mark)
	p.list = append(p.list, canary.Canary{Name: form + "/" + f.name, Text: text}, canary.Canary{Name: form + "/" + f.name + " (mark)", Text: pad(mark)})
	return text
}

// pad makes a mark long enough to stand for itself.
func pad(mark string) string {
	if len(mark) < 12 {
		return "" // the whole text alone is looked for
	}
	return mark
}

// program is a running danvan with all that it writes.
type program struct {
	testing.TB
	bin, data, url string
	log            *os.File
	mail           string
	cmd            *exec.Cmd
	root           string
}

func TestNothingInPlain(t *testing.T) {
	if os.Getenv(switchOn) == "" {
		t.Skip("set " + switchOn + "=1 (make canary)")
	}
	bin := filepath.Join(t.TempDir(), "danvan")
	if ready := os.Getenv(switchOn + "_BIN"); ready != "" {
		bin = ready
	} else if out, err := exec.Command("go", "build", "-o", bin, "danvan/cmd/danvan").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	t.Run("sqlite", func(t *testing.T) { newProgram(t, bin, "").play(t) })
	t.Run("postgres", func(t *testing.T) { newProgram(t, bin, dbtest.PostgresURL(t)).play(t) })
}

func newProgram(t *testing.T, bin, dbURL string) *program {
	dir := t.TempDir()
	p := &program{TB: t, bin: bin, data: filepath.Join(dir, "data"), url: dbURL}
	var err error
	if p.log, err = os.Create(filepath.Join(dir, "log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.log.Close() })
	p.mail = p.postOffice(filepath.Join(dir, "mail"))
	world := []string{"demo", "--no-serve"}
	if os.Getenv(switchOn) != "full" {
		world = append(world, "--blank")
	}
	demo := p.command(world...)
	if err := demo.Run(); err != nil {
		if said, _ := os.ReadFile(p.log.Name()); len(said) > 0 {
			t.Log(string(said[max(0, len(said)-2000):]))
		}
		t.Fatalf("demo: %v", err)
	}
	return p
}

func (p *program) command(args ...string) *exec.Cmd {
	args = append(args, "--data", p.data)
	if p.url != "" {
		args = append(args, "--db", p.url)
	}
	cmd := exec.Command(p.bin, args...)
	cmd.Env = append(os.Environ(), "DANVAN_TEST_UNSAFE_DB=1")
	cmd.Stdout, cmd.Stderr = p.log, p.log
	return cmd
}

// start serves the pages and waits until they answer.
func (p *program) start() {
	p.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	p.root = "http://" + address
	p.cmd = p.command("serve", "--listen", address, "--mail-server", p.mail, "--mail-from", "danvan@thu.vn", "--mail-security", "none")
	if err := p.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	cmd := p.cmd
	p.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 600 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Fatal("the program does not answer")
}

// crash ends the program as a power cut would.
func (p *program) crash() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	_ = p.cmd.Wait()
}

// postOffice takes mails and writes them into a file.
func (p *program) postOffice(file string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.Fatal(err)
	}
	out, err := os.Create(file)
	if err != nil {
		p.Fatal(err)
	}
	var mu sync.Mutex
	p.Cleanup(func() { l.Close(); out.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go takeMail(c, func(b []byte) { mu.Lock(); defer mu.Unlock(); _, _ = out.Write(b) })
		}
	}()
	return l.Addr().String()
}

// takeMail speaks as much of SMTP as a sender asks for.
func takeMail(c net.Conn, keep func([]byte)) {
	defer c.Close()
	say := func(s string) { _, _ = c.Write([]byte(s + "\r\n")) }
	say("220 thu")
	buf, data := make([]byte, 64<<10), false
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		line := string(buf[:n])
		keep(buf[:n])
		switch {
		case data:
			if strings.HasSuffix(line, "\r\n.\r\n") {
				data = false
				say("250 ok")
			}
		case strings.HasPrefix(line, "DATA"):
			data = true
			say("354 go on")
		case strings.HasPrefix(line, "QUIT"):
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// play types canaries into every form, works with what was typed, crashes the program, makes backups, and looks for them.
func (p *program) play(t *testing.T) {
	p.start()
	var c planted
	exports := filepath.Join(filepath.Dir(p.data), "exports")
	if err := os.MkdirAll(exports, 0o700); err != nil {
		t.Fatal(err)
	}
	desk := newRobot(t, p.root)
	desk.signIn("xulydon")
	var letters []string
	for _, class := range []string{"complaint", "denunciation", "proposal", "reflection", "mixed", "mixed-tc"} {
		letters = append(letters, takeIn(desk, &c, class))
	}
	for _, x := range letterFields {
		if !slices.ContainsFunc(c.list, func(p canary.Canary) bool { return strings.HasSuffix(p.Name, "/"+x.name) }) {
			t.Errorf("no form of a letter has the field %s any more", x.name)
		}
	}
	for _, id := range letters {
		workWith(desk, &c, id)
	}
	p.sealIdentity(desk, &c, letters[1])
	p.follows(desk, &c, letters[3], true)
	p.follows(desk, &c, letters[1], false)
	hall := newRobot(t, p.root)
	hall.signIn("tiepdan")
	visits(hall, &c)
	for i, path := range []string{"/don-thu?tai=xlsx", "/don-thu?tai=csv", "/don-thu/han?tai=xlsx", "/tim?q=ranh+gioi", "/ghi-nhan?tai=xlsx", "/nhac-viec", "/vu-viec", "/bao-cao/tong-ket-10-nam?tai=docx"} {
		got := desk.get(path)
		if err := os.WriteFile(filepath.Join(exports, fmt.Sprint(i)), append([]byte(path+"\n"), got.body...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.refusedForms(&c)
	p.sends(&c)
	p.crash()
	p.start() // what the crash left is recovered
	newRobot(t, p.root).signIn("lanhdao.xa")
	if len(c.list) < 60 {
		t.Fatalf("only %d canaries were planted", len(c.list))
	}
	places := p.places(exports)
	list := slices.DeleteFunc(c.list, func(x canary.Canary) bool { return x.Text == "" })
	scanner, err := canary.New(list)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var bytesRead int64
	for name, dir := range places {
		hits, files, err := scanner.Dir(dir)
		if err != nil {
			t.Fatalf("scan %s: %v", name, err)
		}
		size := sizeOf(dir)
		bytesRead += size
		t.Logf("%s: %d files, %d MB, %d hits", name, files, size>>20, len(hits))
		if len(hits) > 0 {
			t.Errorf("%s can be read in plain:\n%s", name, canary.Summary(hits))
		}
	}
	t.Logf("%d canaries, %d MB in %s", len(list), bytesRead>>20, time.Since(began).Round(time.Second))
	p.control(t, scanner, list[0].Text, places)
}

var number = regexp.MustCompile(`/don-thu/(\d+)`)

// takeIn takes a letter of a class in, with files, and returns its number.
func takeIn(r *robot, c *planted, class string) string {
	r.Helper()
	p := r.get("/don-thu/moi?loai=" + class)
	f := p.form("/don-thu/moi")
	if f == nil {
		r.Fatalf("no form for a letter of class %s: status %d", class, p.status)
	}
	f.choose("noi")
	for _, x := range letterFields {
		if slices.Contains(f.texts, x.name) {
			f.values.Set(x.name, c.of(class, x))
		}
	}
	p = r.send(f, "", nil)
	if f = p.form("/don-thu/moi"); f == nil {
		r.Fatalf("%s: the page to check has no form: %s", class, p.wrong())
	}
	p = r.send(f, "luu", nil, files(c, class)...)
	m := number.FindStringSubmatch(p.at)
	if m == nil {
		r.Fatalf("%s was not taken in: %s", class, p.wrong())
	}
	return m[1]
}

// files are a picture, a drawing and a document with canaries in their names, their metadata and what they say.
func files(c *planted, class string) []upload {
	if strings.Contains(class, "denunciation") || strings.HasSuffix(class, "-tc") {
		return nil
	}
	return []upload{
		{"tep", c.of(class, field{"tên tệp ảnh", "đơn của bà Ngọc %s"}) + ".jpg", photo(c.of(class, field{"thông tin máy ảnh", "Máy của Lường %s"}))},
		{"tep", c.of(class, field{"tên tệp PDF", "đơn ký %s"}) + ".pdf", pdf(c.of(class, field{"tác giả PDF", "Tác giả Ma Thị %s"}), c.of(class, field{"lời trong PDF", "Toi trinh bay %s"}))},
		{"tep", c.of(class, field{"tên tệp PNG", "bản vẽ %s"}) + ".png", drawing(c.of(class, field{"chữ trong PNG", "Ghi chú của Dương %s"}))},
	}
}

// workWith opens what was taken in, as people at work do.
func workWith(r *robot, c *planted, id string) {
	r.Helper()
	for _, path := range []string{"", "/noi-dung", "/nguoi-gui", "/giay-to", "/bien-nhan", "/han", "/trung"} {
		p := r.get("/don-thu/" + id + path)
		f := p.form("/don-thu/" + id + path)
		if f == nil {
			continue
		}
		f.choose()
		switch path {
		case "/noi-dung":
			for _, x := range letterFields {
				if slices.Contains(f.texts, x.name) {
					f.values.Set(x.name, c.of("sửa "+id, x))
				}
			}
			for _, name := range f.texts {
				if f.values.Get(name) == "" {
					f.values.Set(name, "ghi lại cho đúng")
				}
			}
			r.send(f, "luu", nil)
		case "/nguoi-gui", "/bien-nhan":
			r.send(f, "", nil)
		}
	}
}

// sealIdentity seals a denouncer's identity on the clerk's machine and hands in the envelope, as a desk without scripts does.
func (p *program) sealIdentity(r *robot, c *planted, id string) {
	p.Helper()
	path := "/to-cao/" + id + "/danh-tinh"
	f := r.get(path).form(path)
	if f == nil || !slices.Contains(f.texts, "phong-bi") {
		p.Errorf("no form for an envelope at %s: identities are not on in this office", path)
		return
	}
	dir := p.TempDir() // the clerk's own machine: not part of what the program leaves
	ring, envelope := filepath.Join(dir, "ring.json"), filepath.Join(dir, "envelope")
	if err := os.WriteFile(ring, r.get(path+"/khoa-cong-khai.json").body, 0o600); err != nil {
		p.Fatal(err)
	}
	var lines []string
	for _, x := range []field{{"họ tên", "Lý Thị Ngần %s"}, {"năm sinh", "1977"}, {"số định danh", "0060%s55"}, {"địa chỉ", "bản Cốc Lùng %s"},
		{"điện thoại", "09%s33"}, {"cách liên hệ", "nhắn qua cháu ở chợ %s"}, {"ghi chú", "chỉ gặp vào chiều thứ tư %s"}} {
		if strings.Contains(x.text, "%s") {
			x.text = c.of("danh tính", x)
		}
		lines = append(lines, x.text)
	}
	seal := exec.Command(p.bin, "identity", "seal", "--to", ring, "--out", envelope)
	seal.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	seal.Stdout, seal.Stderr = p.log, p.log
	if err := seal.Run(); err != nil {
		p.Fatalf("seal: %v", err)
	}
	body, err := os.ReadFile(envelope)
	if err != nil {
		p.Fatal(err)
	}
	if got := r.send(f, "", url.Values{"phong-bi": {string(body)}}); got.status != 200 || !strings.Contains(got.at, "xong=") {
		p.Errorf("the envelope was not taken: %s", got.wrong())
	}
}

// visits opens a session of citizen reception and receives a visitor, with canaries in every place for free text but the
// one for the body to which something is passed on.
func visits(r *robot, c *planted) {
	r.Helper()
	f := r.get("/tiep-dan/moi").form("/tiep-dan/moi")
	if f == nil {
		r.Error("no form to open a session of citizen reception")
		return
	}
	f.choose()
	opened := r.send(f, "", nil)
	session, _, _ := strings.Cut(opened.at, "?")
	if f = r.get(session + "/luot").form(session + "/luot"); f == nil {
		r.Errorf("no form for a visit at %s: %s", session, opened.wrong())
		return
	}
	f.choose()
	for _, name := range f.texts {
		if f.values.Get(name) == "" && name != "v-chuyen" {
			f.values.Set(name, c.of("lượt tiếp", field{name, "Bàn Thị Ển nói %s"}))
		}
	}
	if p := r.send(f, "luu", nil); !strings.Contains(p.at, "xong=luot") {
		r.Errorf("the visit was not saved: %s", p.wrong())
	}
}

// refusedForms sends canaries that are refused: with a mistake, without having signed in, and with a session that ended.
func (p *program) refusedForms(c *planted) {
	r := newRobot(p.TB, p.root)
	r.signIn("tiepdan")
	page := r.get("/don-thu/moi?loai=complaint")
	f := page.form("/don-thu/moi")
	if f == nil {
		return
	}
	for _, x := range letterFields {
		if slices.Contains(f.texts, x.name) {
			f.values.Set(x.name, c.of("bị từ chối", x))
		}
	}
	r.send(f, "luu", url.Values{"nhan": {"không phải ngày"}})
	newRobot(p.TB, p.root).send(f, "luu", nil)
}

// places are all directories in which something of the run may be left.
func (p *program) places(exports string) map[string]string {
	p.Helper()
	out := map[string]string{"data directory": p.data, "exports": exports}
	around := filepath.Dir(p.data)
	outside := filepath.Join(around, "outside")
	backup := filepath.Join(around, "backup")
	for _, dir := range []string{outside, backup} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			p.Fatal(err)
		}
	}
	for _, name := range []string{"log", "mail"} {
		body, err := os.ReadFile(filepath.Join(around, name))
		if err != nil {
			p.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(outside, name), body, 0o600); err != nil {
			p.Fatal(err)
		}
	}
	out["log and mail"], out["backup"] = outside, backup
	if p.url == "" {
		d := p.open()
		defer d.Close()
		if _, err := d.Exec(`VACUUM INTO '` + filepath.Join(backup, "danvan.db") + `'`); err != nil {
			p.Fatalf("backup: %v", err)
		}
		return out
	}
	d := p.open()
	defer d.Close()
	var dir string
	if err := d.QueryRow(`SHOW data_directory`).Scan(&dir); err != nil {
		p.Fatal(err)
	}
	if _, err := d.Exec(`CHECKPOINT`); err != nil {
		p.Fatal(err)
	}
	out["PostgreSQL's directory with pg_wal"] = dir
	dump, err := pgDump()
	if err != nil {
		p.Fatal(err)
	}
	for _, format := range []string{"plain", "custom"} {
		if msg, err := exec.Command(dump, "--format", format, "--file", filepath.Join(backup, format), "--dbname", p.url).CombinedOutput(); err != nil {
			p.Fatalf("pg_dump: %v\n%s", err, msg)
		}
	}
	return out
}

func (p *program) open() *sql.DB {
	driver, name := "sqlite", "file:"+filepath.Join(p.data, "danvan.db")+"?_pragma=busy_timeout(20000)"
	if p.url != "" {
		driver, name = "pgx", p.url
	}
	d, err := sql.Open(driver, name)
	if err != nil {
		p.Fatal(err)
	}
	return d
}

func pgDump() (string, error) {
	if path, err := exec.LookPath("pg_dump"); err == nil {
		return path, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("no pg_dump on this machine: %w", err)
	}
	return found[len(found)-1], nil
}

// control shows that the scan is worth something: a canary that really is in plain is found in each place.
func (p *program) control(t *testing.T, s *canary.Scanner, text string, places map[string]string) {
	d := p.open()
	defer d.Close()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if _, err := d.ExecContext(ctx, `CREATE TABLE canary_control (said TEXT)`); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ExecContext(ctx, `INSERT INTO canary_control VALUES ($1)`, text); err != nil {
		t.Fatal(err)
	}
	if p.url != "" {
		if _, err := d.ExecContext(ctx, `CHECKPOINT`); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"exports", "log and mail", "backup"} {
		z, err := canary.Plant(canary.Canary{Name: "control", Text: text}, canary.Encodings[0], "zip", 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(places[name], "control.xlsx"), z, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, dir := range places {
		if name == "data directory" && p.url != "" {
			continue // the database is elsewhere
		}
		hits, _, err := s.Dir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(hits) == 0 {
			t.Errorf("positive control: a canary written into %s was not found", name)
		}
	}
}

func sizeOf(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			if i, err := e.Info(); err == nil {
				n += i.Size()
			}
		}
		return nil
	})
	return n
}

// photo is a picture whose camera says something.
func photo(says string) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 32, 32)), nil)
	note := append([]byte("Exif\x00\x00"), says...)
	head := []byte{0xff, 0xd8, 0xff, 0xe1}
	head = binary.BigEndian.AppendUint16(head, uint16(len(note)+2))
	head = append(head, note...)
	head = append(head, 0xff, 0xfe)
	head = binary.BigEndian.AppendUint16(head, uint16(len(says)+2))
	head = append(head, says...)
	return append(head, b.Bytes()[2:]...)
}

// drawing is a picture with a note in it.
func drawing(says string) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 32, 32)))
	text := append([]byte("tEXtComment\x00"), says...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-4))
	chunk = append(chunk, text...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(text))
	const head = 8 + 25 // signature and IHDR
	return slices.Concat(b.Bytes()[:head], chunk, b.Bytes()[head:])
}

// pdf is a document of one page with an author.
func pdf(author, says string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	object := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	stream := "BT /F1 12 Tf 20 200 Td (" + says + ") Tj ET"
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	object("<< /Author (" + author + ") >>")
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}
