package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"danvan/internal/civil"
	"danvan/internal/duty"
	"danvan/internal/xlsx"
)

// dutyList is what the calendar lists, as a file asks for it: each obligation of the period that the filter keeps.
func (s *server) dutyList(r *http.Request) (*scope, dutyFilter, []duty.Obligation, error) {
	sc, err := s.dutyScope(r, monthOf)
	if err != nil {
		return nil, dutyFilter{}, nil, err
	}
	f := readDutyFilter(r.URL.Query())
	list, err := s.owed(r, duty.Ask{Under: sc.Unit.ID, From: sc.Period.From, To: sc.Period.To, Today: s.Today(), Keep: f.keeps})
	if err != nil {
		return nil, f, nil, err
	}
	kept := list[:0]
	for i := range list {
		if f.shows(&list[i]) {
			kept = append(kept, list[i])
		}
	}
	return sc, f, kept, nil
}

// dutyListFile sends the list as a table.
func (s *server) dutyListFile(kind string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		sc, _, list, err := s.dutyList(r)
		if err != nil {
			return err
		}
		t := tableFile{Name: "viec-dinh-ky", Titles: []string{"Việc định kỳ", sc.UnitName + ", hạn trong " + sc.Period.Name, "Tính đến " + s.Today().Vi()},
			Columns: []xlsx.Column{{Head: "Hạn"}, {Head: "Việc"}, {Head: "Loại"}, {Head: "Cơ quan"}, {Head: "Mã"}, {Head: "Kỳ"}, {Head: "Từ ngày"}, {Head: "Đến ngày"},
				{Head: "Tình trạng"}, {Head: "Ngày xong"}, {Head: "Ghi nhận"}, {Head: "Không phát sinh"}, {Head: "Căn cứ"}, {Head: "Đối chiếu"}, {Head: "Cách tính hạn"}}}
		for i := range list {
			t.Rows = append(t.Rows, s.dutyCells(sc, &list[i]))
		}
		return s.sendTable(w, kind, t)
	}
}

func (s *server) dutyCells(sc *scope, o *duty.Obligation) []tableCell {
	r := s.dutyRow(sc.tree, nil, *o)
	var entries []string
	for _, p := range o.Met {
		if p.Entry != 0 {
			entries = append(entries, "#"+itoa(p.Entry))
		}
	}
	done, why, read := "", "", "chưa đối chiếu toàn văn"
	if o.DoneOn != 0 {
		done = o.DoneOn.Vi()
	}
	if o.Nil != nil {
		why = o.Nil.Reason
	}
	if o.Duty.Verified {
		read = "đã đối chiếu"
	}
	body := r.Body
	if r.For != "" {
		body += " (nay do " + r.For + " làm thay)"
	}
	p := o.Turn.Period
	var cells []tableCell
	for _, text := range []string{o.Turn.Due.Vi(), o.Duty.Name, dutyActs[duty.Act(o.Duty)], body, r.BodyRef, upperFirst(p.Name), p.From.Vi(), p.To.Vi(),
		dutyStates[o.State], done, strings.Join(entries, " "), why, o.Duty.Cite, read, r.Reckon} {
		cells = append(cells, textCell(text))
	}
	return cells
}

// dutyGridFile sends the whole grid as a table.
func (s *server) dutyGridFile(kind string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.readGrid(r)
		if err != nil {
			return err
		}
		what := "Mọi việc theo tháng đến hạn"
		if v.Duty != nil {
			what = v.Duty.Name
		}
		t := tableFile{Name: "luoi-viec-dinh-ky", Titles: []string{what, v.Scope.UnitName + ", hạn trong " + v.Scope.Period.Name, "Tính đến " + v.Today.Vi()},
			Columns: []xlsx.Column{{Head: "Nơi"}, {Head: "Cơ quan"}, {Head: "Mã"}}, Notes: []string{"Quá, còn: số ngày; PS: phát sinh; ô trống: không phải làm."}}
		for _, c := range v.Columns {
			t.Columns = append(t.Columns, xlsx.Column{Head: upperFirst(c.Full)})
		}
		for _, st := range duty.States {
			t.Columns = append(t.Columns, xlsx.Column{Head: dutyStates[st]})
		}
		for _, g := range v.Groups {
			for _, row := range g.Rows {
				cells := []tableCell{textCell(g.Name), textCell(row.Body), textCell(row.Ref)}
				for _, c := range row.Cells {
					cells = append(cells, textCell(c.Says))
				}
				for _, st := range duty.States {
					cells = append(cells, countCell(int64(row.Counts[st])))
				}
				t.Rows = append(t.Rows, cells)
			}
		}
		return s.sendTable(w, kind, t)
	}
}

// dutyFeed sends the due days as an iCalendar file: a day for each duty and turn, with how many bodies owe it.
func (s *server) dutyFeed(w http.ResponseWriter, r *http.Request) error {
	sc, _, list, err := s.dutyList(r)
	if err != nil {
		return err
	}
	var b strings.Builder
	line := func(name, text string) { foldLine(&b, name+":"+text) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//danvan//viec dinh ky//VI")
	line("X-WR-CALNAME", icsText("Việc định kỳ, "+sc.UnitName))
	stamp := strings.ReplaceAll(s.Today().String(), "-", "") + "T000000Z"
	for _, g := range s.dutyGroups(sc.tree, nil, list, false) {
		who := civil.FormatInt(int64(g.Total)) + " nơi"
		if len(g.Rows) == 1 {
			who = g.Rows[0].Body
		}
		note := upperFirst(g.Turn.Period.Name) + ". " + who + ": " + g.countsText() + ". Căn cứ: " + g.Duty.Cite
		line("BEGIN", "VEVENT")
		line("UID", fmt.Sprintf("%s-%s-%d@danvan", g.Duty.Code, g.Turn.Due, sc.Unit.ID))
		line("DTSTAMP", stamp)
		line("DTSTART;VALUE=DATE", icsDay(g.Turn.Due))
		line("DTEND;VALUE=DATE", icsDay(g.Turn.Due.AddDays(1)))
		line("SUMMARY", icsText("Hạn: "+g.Duty.Name))
		line("DESCRIPTION", icsText(note))
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	download(w, "text/calendar; charset=utf-8", "viec-dinh-ky.ics")
	_, _ = w.Write([]byte(b.String())) // the reader went away: nobody to tell
	return nil
}

func icsDay(d civil.Date) string { return strconv.Itoa(int(d)) }

// icsText escapes a text (RFC 5545, 3.3.11).
func icsText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r", "", "\n", `\n`).Replace(s)
}

// foldLine writes a line in pieces of at most 75 octets, never through a letter (RFC 5545, 3.1).
func foldLine(b *strings.Builder, s string) {
	room := 75
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], 74
	}
	b.WriteString(s + "\r\n")
}
