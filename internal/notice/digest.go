package notice

import (
	"fmt"
	"strings"

	"danvan/internal/civil"
)

// letter is a digest as it is sent: plain text, so that it reads alike everywhere and nothing is loaded from outside.
type letter struct{ Subject, Body string }

// groups of a digest, the most pressing first.
var groups = []struct {
	Name string
	In   func(n Notice, day civil.Date, ahead int) bool
}{
	{"BỊ TRẢ LẠI", func(n Notice, _ civil.Date, _ int) bool { return n.Topic == Returned }},
	{"QUÁ HẠN", func(n Notice, day civil.Date, _ int) bool { return n.Late(day) }},
	{"HÔM NAY", func(n Notice, day civil.Date, _ int) bool { return n.Due == day }},
	{"SẮP ĐẾN HẠN", func(n Notice, day civil.Date, ahead int) bool { return n.Stage(day, ahead) == Soon }},
	{"ĐANG CHỜ", func(Notice, civil.Date, int) bool { return true }},
}

// mostLines is how many reminders a group of a mail lists.
const mostLines = 25

// write makes the mail of a person's reminders on a day. site is the program's address without a slash at its end.
func write(name, site string, list []Notice, day civil.Date, ahead int) letter {
	var b strings.Builder
	fmt.Fprintf(&b, "Kính gửi ông/bà %s,\n\nViệc cần làm tính đến ngày %s:\n", name, day.Vi())
	left := list
	late := 0
	for _, g := range groups {
		var in, out []Notice
		for _, n := range left {
			if g.In(n, day, ahead) {
				in = append(in, n)
			} else {
				out = append(out, n)
			}
		}
		left = out
		if g.Name == "QUÁ HẠN" {
			late = len(in)
		}
		if len(in) > 0 {
			section(&b, g.Name, site, in, day)
		}
	}
	fmt.Fprintf(&b, "\nXem tất cả, hoãn nhắc hoặc đổi giờ gửi: %s/nhac-viec\n", site)
	b.WriteString("Thư gửi tự động từ hệ thống danvan; xin không trả lời thư này.\n")
	return letter{Subject: subject(len(list), late, day), Body: b.String()}
}

func subject(all, late int, day civil.Date) string {
	text := fmt.Sprintf("Nhắc việc ngày %s: %d việc", day.Vi(), all)
	if late > 0 {
		text += fmt.Sprintf(", %d quá hạn", late)
	}
	return text
}

func section(b *strings.Builder, name, site string, list []Notice, day civil.Date) {
	fmt.Fprintf(b, "\n%s (%d)\n", name, len(list))
	for i, n := range list {
		if i == mostLines {
			fmt.Fprintf(b, "- và %d việc khác, xem trong chương trình\n", len(list)-i)
			return
		}
		fmt.Fprintf(b, "- %s%s\n  %s%s\n", oneLine(n.Title), when(n, day), site, n.Path)
	}
}

// oneLine keeps what comes from records to one line, so that it cannot pass for a part of the mail.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// when says until when, or by how much it is late.
func when(n Notice, day civil.Date) string {
	if n.Due == 0 {
		return ""
	}
	switch left := day.DaysUntil(n.Due); {
	case left < 0:
		return fmt.Sprintf(" (hạn %s, quá %d ngày)", n.Due.Vi(), -left)
	case left == 0:
		return " (hạn hôm nay)"
	default:
		return fmt.Sprintf(" (hạn %s, còn %d ngày)", n.Due.Vi(), left)
	}
}
