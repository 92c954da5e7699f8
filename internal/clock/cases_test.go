package clock

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// today's law, read once from the catalogue that the program carries.
var lawNow = sync.OnceValue(func() *Law {
	c, err := catalog.Load(catalogdata.FS, catalog.FromYAML())
	if err != nil {
		panic(err)
	}
	return In(c.Latest())
})

// The words of the case files.
var (
	procedureWords = map[string]string{"khiếu nại lần đầu": "complaint_first", "khiếu nại lần hai": "complaint_second", "tố cáo": "denunciation",
		"kiến nghị": "proposal", "phản ánh": "reflection", "tiếp công dân": "reception", "tiếp công dân trực tuyến": "reception_online", "đơn nhiều nội dung": "mixed"}
	clockWords = map[string]string{"thụ lý": "accept", "giải quyết": "resolve", "xử lý ban đầu": "initial", "trả lời": "answer", "phân loại": "split",
		"thông báo thụ lý": "notify", "gửi quyết định": "send_decision", "công khai": "publish", "khởi kiện": "court", "khiếu nại lần hai hoặc khởi kiện": "second_or_court",
		"thời hiệu": "time_bar", "gửi kết luận": "send_conclusion", "xử lý kết luận": "act", "thông báo": "notice", "kiểm tra kết nối": "test"}
	eventWords = map[string]string{"Nhận đơn": "received", "Thụ lý": "accepted", "Giải quyết": "settled", "Kết luận": "concluded", "Biết quyết định": "act_known", "Buổi tiếp": "session"}
	levelWords = map[string]string{"phức tạp": Complex, "đặc biệt phức tạp": Special}
)

// lawCase is one block of a case file.
type lawCase struct {
	file, title      string
	line             int
	procedure, clock string
	of               Case
	due, article     string
	why              string
}

func readCases(t *testing.T) []lawCase {
	t.Helper()
	names, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []lawCase
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		sc, no := bufio.NewScanner(f), 0
		for sc.Scan() {
			no++
			line := strings.TrimSpace(sc.Text())
			switch {
			case line == "" || strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, "["):
				out = append(out, lawCase{file: filepath.Base(name), line: no, title: strings.Trim(line, "[]"), of: Case{Events: map[string]civil.Date{}}})
			default:
				if err := out[len(out)-1].read(line); err != nil {
					t.Fatalf("%s:%d: %v", name, no, err)
				}
			}
		}
		if sc.Err() != nil {
			t.Fatal(sc.Err())
		}
	}
	return out
}

// read takes one "word: value" line of a block.
func (c *lawCase) read(line string) error {
	word, value, ok := strings.Cut(line, ": ")
	if !ok {
		return fmt.Errorf("not a line of a case: %q", line)
	}
	if event := eventWords[word]; event != "" {
		day, err := civil.ParseDate(value)
		c.of.Events[event] = day
		return err
	}
	switch word {
	case "Loại":
		c.procedure = procedureWords[value]
	case "Thời hạn":
		c.clock = clockWords[value]
	case "Nơi":
		c.of.Remote = value == "vùng sâu, vùng xa"
	case "Mức độ":
		c.of.Complexity = levelWords[value]
	case "Gia hạn":
		return c.readExtension(value)
	case "Tạm đình chỉ":
		day, err := civil.ParseDate(value)
		c.of.Pauses = append(c.of.Pauses, Pause{From: day})
		return err
	case "Tiếp tục":
		day, err := civil.ParseDate(value)
		c.of.Pauses[len(c.of.Pauses)-1].To = day
		return err
	case "Hạn":
		c.due = value
	case "Điều":
		c.article = value
	case "Vì sao":
		c.why = value
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return nil
}

// readExtension reads "12/QĐ-UBND ngày 27/03/2026, 30 ngày".
func (c *lawCase) readExtension(value string) error {
	doc, rest, _ := strings.Cut(value, " ngày ")
	on, days, _ := strings.Cut(rest, ", ")
	x := Extension{Document: doc}
	if doc == "(không số)" {
		x.Document = ""
	}
	var err error
	if x.On, err = civil.ParseDate(on); err != nil {
		return err
	}
	if days != "" {
		x.Days, err = strconv.Atoi(strings.TrimSuffix(days, " ngày"))
	}
	c.of.Extensions = append(c.of.Extensions, x)
	return err
}

// Every case of the files comes out as an official reckoned it.
func TestLawCases(t *testing.T) {
	all := readCases(t)
	if len(all) < 120 {
		t.Fatalf("%d cases; want over 120", len(all))
	}
	for _, c := range all {
		t.Run(c.file+"/"+c.title, func(t *testing.T) {
			p := lawNow().Edition.Procedure(c.procedure)
			if p == nil || c.clock == "" || c.due == "" || c.why == "" {
				t.Fatalf("line %d: the block is not complete", c.line)
			}
			all := lawNow().Deadlines(p, c.of)
			i := slices.IndexFunc(all, func(d Deadline) bool { return d.Clock == c.clock })
			if i < 0 {
				if c.due != "không có" {
					t.Errorf("line %d: no deadline, want %s", c.line, c.due)
				}
				return
			}
			d := all[i]
			if got := said(d); got != c.due {
				t.Errorf("line %d: %s, want %s (%s)", c.line, got, c.due, c.why)
			}
			if !strings.Contains(d.Article, c.article) {
				t.Errorf("line %d: article %q, want %q", c.line, d.Article, c.article)
			}
		})
	}
}

// said writes a deadline as the case files do.
func said(d Deadline) string {
	if d.Stopped {
		return fmt.Sprintf("đang dừng, còn %d ngày", d.Left)
	}
	names := [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}
	return fmt.Sprintf("%s %02d/%02d/%d", names[d.Due.Weekday()], d.Due.Day(), d.Due.Month(), d.Due.Year())
}
