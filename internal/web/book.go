package web

import (
	"cmp"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/xlsx"
)

// A book is the list of one subject that has pages of its own: inspections, courses, movements. All are listed,
// filtered, ordered and sent as a file in the same way.

// bookView is a book as its page shows it.
type bookView struct {
	Title, Lead string
	Section     string // of the navigation; empty for the books of work
	Path        string // of the page
	Noun        string // what a row is: cuộc kiểm tra
	Scope       *scope
	Tabs        []tab
	Kpis        []bookKpi
	Links       []bookLink
	Asks        []bookAsk // the filter's choices
	Text        string
	Columns     []bookColumn
	Rows        []bookRow
	Sort        string // key of a column, with "-" in front for descending
	Pages       pages
	Empty       string // what would fill it
	Done        string
	Note        string
	Day         string // name of a day that the list is as of; empty for none
	DayValue    string
	Below       templ.Component // what the page says below its numbers, before the list
	part        *bookPart       // the rows are a page already, cut where they were read
	all         int
	asked       url.Values // the page's own conditions
}

// bookKpi is a number over the list; Href leads to what is behind it.
type bookKpi struct{ Name, Value, Unit, Note, Href string }

type bookLink struct {
	Name, Href, Icon string
	Primary          bool
}

// bookAsk is one choice of the filter; Key stands in the address.
type bookAsk struct {
	Key, Name, Value string
	Options          []option
}

type bookColumn struct {
	Key, Name string
	Unit      string
	Num       bool
}

// bookRow is a line; the first cell leads to the piece.
type bookRow struct {
	Href   string
	Cells  []bookCell
	Search string    // folded words that lead to the line too; they are neither shown nor sent
	Next   *bookLink // what the viewer usually does with the piece now
	next   func() *bookLink
}

// bookCell is a text, a number or a day, with a chip's tone for states. Note stands small under it.
type bookCell struct {
	Text string
	Full string // what a file says instead, where the page says it in short
	Note string
	Chip string
	Num  *big.Rat
	Day  civil.Date
	Href string
}

func wordCell(s string) bookCell       { return bookCell{Text: s} }
func dayCell(d civil.Date) bookCell    { return bookCell{Day: d} }
func chipCell(tone, s string) bookCell { return bookCell{Text: s, Chip: tone} }
func numCell(n int64) bookCell         { return bookCell{Num: new(big.Rat).SetInt64(n)} }
func numOrNone(n int64, ok bool) bookCell {
	if !ok {
		return bookCell{}
	}
	return numCell(n)
}

// shown is the cell as the page prints it.
func (c bookCell) shown() string {
	switch {
	case c.Num != nil:
		return civil.FormatTrim(c.Num, 2)
	case c.Day != 0:
		return c.Day.Vi()
	}
	return c.Text
}

func (c bookCell) compare(o bookCell) int {
	switch {
	case c.Num != nil && o.Num != nil:
		return c.Num.Cmp(o.Num)
	case c.Num != nil || o.Num != nil:
		if c.Num == nil {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(c.Day, o.Day), strings.Compare(civil.Fold(c.Text), civil.Fold(o.Text)))
}

// worksLook are the sections whose pages look like books of work.
var worksLook = map[string]bool{"khoa": true, "khoa-danh-tinh": true, "niem-phong": true, "chuyen-de": true, "don-thu": true, "vu-viec": true, "tiep-dan": true, "dong-gop": true, "mo-hinh": true, "luc-luong": true, "mot-cua": true, "to-cao": true, "han": true, "doi-thoai": true, "cam-ket": true, "cong-khai": true, "gui-den": true, "danh-gia": true, "tin-bai": true, "hoi-thi": true, "cham-thi": true}

// bookPageRows is how many lines a page of a book holds.
const bookPageRows = 50

// showBook narrows, orders and cuts the rows by what the address asks, and shows them or sends them as a file.
func (s *server) showBook(w http.ResponseWriter, r *http.Request, v *bookView) error {
	q := r.URL.Query()
	v.Done, v.Text, v.Sort = q.Get("xong"), strings.TrimSpace(q.Get("tim")), q.Get("xep")
	v.asked = url.Values{}
	for _, a := range v.Asks {
		if a.Value != "" {
			v.asked.Set(a.Key, a.Value)
		}
	}
	if v.Text != "" {
		v.asked.Set("tim", v.Text)
	}
	if v.Sort != "" {
		v.asked.Set("xep", v.Sort)
	}
	if v.Day != "" && q.Get(v.Day) != "" {
		v.asked.Set(v.Day, q.Get(v.Day))
	}
	if v.part == nil {
		v.narrow()
		if err := v.order(); err != nil {
			return err
		}
	}
	if kind := q.Get("tai"); kind != "" {
		return s.sendTable(w, kind, v.file())
	}
	from, err := readOffset(r)
	if err != nil {
		return err
	}
	if v.part != nil {
		v.all = v.part.All
		v.turn(v.part.From, v.part.From+len(v.Rows))
	} else {
		v.cut(int(from))
	}
	v.askNext()
	return s.render(w, r, http.StatusOK, page{Title: v.Title, Section: or(v.Section, "chuyen-de"), Scope: v.Scope}, bookPage(v))
}

// narrow keeps the rows in which all words occur.
func (v *bookView) narrow() {
	words := strings.Fields(civil.Fold(v.Text))
	if len(words) > 0 {
		v.Rows = slices.DeleteFunc(v.Rows, func(row bookRow) bool {
			var b strings.Builder
			for _, c := range row.Cells {
				b.WriteString(civil.Fold(c.Text) + " " + civil.Fold(c.Note) + " ")
			}
			return !hasAll(b.String()+row.Search, words)
		})
	}
	v.all = len(v.Rows)
}

func (v *bookView) order() error {
	key, down := strings.CutPrefix(v.Sort, "-")
	if key == "" {
		return nil
	}
	at := slices.IndexFunc(v.Columns, func(c bookColumn) bool { return c.Key == key })
	if at < 0 {
		return fault.New(fault.Invalid, "Không có cách xếp này. Hãy bấm vào đầu một cột của bảng.")
	}
	slices.SortStableFunc(v.Rows, func(a, b bookRow) int {
		if down {
			a, b = b, a
		}
		return a.Cells[at].compare(b.Cells[at])
	})
	return nil
}

// bookPart says which rows of how many were read.
type bookPart struct{ From, All int }

// wholeBook reports whether all rows must be read: to be narrowed, ordered or sent as a file.
func wholeBook(r *http.Request) bool {
	q := r.URL.Query()
	return strings.TrimSpace(q.Get("tim"))+q.Get("xep")+q.Get("tai") != ""
}

func (v *bookView) cut(from int) {
	from = min(from, max(v.all-1, 0)/bookPageRows*bookPageRows)
	to := min(from+bookPageRows, v.all)
	v.turn(from, to)
	v.Rows = v.Rows[from:to]
}

// turn says between which rows the page stands, and leads to those beside it.
func (v *bookView) turn(from, to int) {
	v.Pages = pages{From: int64(from + 1), To: int64(to), Total: int64(v.all), Noun: v.Noun}
	if from > 0 {
		v.Pages.Prev = v.at("tu-dong", strconv.Itoa(max(0, from-bookPageRows)))
	}
	if to < v.all {
		v.Pages.Next = v.at("tu-dong", strconv.Itoa(to))
	}
}

// askNext asks what is to be done with the pieces on the page.
func (v *bookView) askNext() {
	for i := range v.Rows {
		if ask := v.Rows[i].next; ask != nil {
			v.Rows[i].Next = ask()
		}
	}
}

// acts reports whether a line on the page has something to be done.
func (v *bookView) acts() bool {
	return slices.ContainsFunc(v.Rows, func(row bookRow) bool { return row.Next != nil })
}

// at is the page's address with its scope and conditions, with changes laid over them.
func (v *bookView) at(changes ...string) string {
	q := url.Values{}
	if v.Scope != nil {
		for _, f := range v.Scope.all() {
			q.Set(f[0], f[1])
		}
	}
	for k := range v.asked {
		q.Set(k, v.asked.Get(k))
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] == "" {
			q.Del(changes[i])
		} else {
			q.Set(changes[i], changes[i+1])
		}
	}
	return v.Path + "?" + q.Encode()
}

// sortBy is the head of a column: a second press turns the order round.
func (v *bookView) sortBy(c bookColumn) sortLink {
	l := sortLink{Name: c.Name}
	if c.Num {
		l.Class = "num"
	}
	next := c.Key
	switch v.Sort {
	case c.Key:
		l.Order, next = "ascending", "-"+c.Key
	case "-" + c.Key:
		l.Order, next = "descending", c.Key
	}
	l.Href = v.at("xep", next)
	return l
}

// file is the whole list as a table of its own.
func (v *bookView) file() tableFile {
	t := tableFile{Name: strings.Trim(strings.ReplaceAll(v.Path, "/", "-"), "-"), Titles: []string{v.Title}}
	if v.Scope != nil {
		t.Titles = append(t.Titles, v.Scope.UnitName+", "+v.Scope.Period.Name)
	}
	for _, c := range v.Columns {
		col := xlsx.Column{Head: c.Name, Unit: c.Unit}
		t.Columns = append(t.Columns, col)
	}
	for _, row := range v.Rows {
		var cells []tableCell
		for _, c := range row.Cells {
			switch {
			case c.Num != nil:
				cells = append(cells, exactCell(c.Num))
			case c.Full != "":
				cells = append(cells, textCell(c.Full))
			case c.Note != "":
				cells = append(cells, textCell(c.shown()+" ("+c.Note+")"))
			default:
				cells = append(cells, textCell(c.shown()))
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// foundLine says how many rows there are, in words.
func (v *bookView) foundLine() string {
	return fmt.Sprintf("%s %s", civil.FormatInt(int64(v.all)), v.Noun)
}
