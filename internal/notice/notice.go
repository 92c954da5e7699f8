// Package notice reminds people of work that is due: on a page of the program, and by mail in a digest. What a
// reminder says follows from its source (duties, tasks, verdicts) whenever it is asked, so that none outlives its
// cause; kept is only what a person chose, put off, and was told already. A mail names the work and where to open it,
// never what an entry or a letter says.
package notice

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Topic is what a reminder is about; people may do without single topics.
type Topic string

// The topics (việc định kỳ, nhiệm vụ, bị trả lại, chờ duyệt, kỳ báo cáo, kiến nghị sau kiểm tra, hạn giải quyết đơn).
const (
	Duty       Topic = "dinh-ky"
	Task       Topic = "nhiem-vu"
	Returned   Topic = "tra-lai"
	Waiting    Topic = "cho-duyet"
	Filing     Topic = "ky-bao-cao"
	Inspection Topic = "kiem-tra"
	Letter     Topic = "don-thu"
)

// topics are all topics with their Vietnamese names, in the order of the page.
var topics = []struct {
	Topic Topic
	Name  string
}{
	{Returned, "Việc, báo cáo bị trả lại"},
	{Task, "Nhiệm vụ được giao"},
	{Duty, "Việc định kỳ phải làm"},
	{Filing, "Kỳ báo cáo"},
	{Inspection, "Kiến nghị sau kiểm tra"},
	{Letter, "Hạn giải quyết đơn"},
	{Waiting, "Việc chờ duyệt"},
}

// Topics are all topics in the order in which they are shown.
func Topics() []Topic {
	var out []Topic
	for _, t := range topics {
		out = append(out, t.Topic)
	}
	return out
}

// Name is the topic's Vietnamese name.
func (t Topic) Name() string {
	for _, row := range topics {
		if row.Topic == t {
			return row.Name
		}
	}
	return string(t)
}

// Notice is one reminder. It is for whoever holds Right at the Unit (or, where nobody does, at the territory in which
// the body sits); Up is how many levels higher it goes instead, when it is late. With Login set it is for that person.
type Notice struct {
	Key      string // the same while the cause is the same: duty, task or entry with its turn
	Topic    Topic
	Unit     org.UnitID
	Right    access.Right
	Also     access.Right // a second right that the same post must hold, empty for none
	Up       int
	Climb    bool // where nobody holds the right, it goes up until somebody does: work that only waits
	Login    string
	Pile     string // a sentence with one %d: the reminders of a person that say the same are one, with their number
	PilePath string // where those lead together, Path where it is empty
	Title    string // what is to be done, without the content of an entry
	Note     string // who asked, why it came back; shown in the program only
	Path     string // where to do it, beginning with a slash
	Due      civil.Date
	Since    civil.Date // when it began to wait, 0 where Due says enough
}

// Stage is how pressing a reminder is on a day. A mail tells each stage once; late ones once a week.
type Stage string

// Stages before a day is past. Late stages carry the number of weeks.
const (
	Open  Stage = "open"
	Soon  Stage = "soon"
	Today Stage = "today"
)

// Stage is the reminder's stage on a day; ahead is how many days before the last one "soon" begins.
func (n Notice) Stage(day civil.Date, ahead int) Stage {
	if n.Due == 0 {
		return Open
	}
	left := day.DaysUntil(n.Due)
	switch {
	case left < 0:
		return Stage(fmt.Sprintf("late-%d", (-left-1)/7))
	case left == 0:
		return Today
	case left <= ahead:
		return Soon
	}
	return Open
}

// Late reports whether the day is past.
func (n Notice) Late(day civil.Date) bool { return n.Due != 0 && n.Due < day }

// Source finds the reminders of one subject as they stand on a day, those of the whole installation.
type Source func(ctx context.Context, q db.Querier, day civil.Date) ([]Notice, error)

// Post is one grant that holds today, of an account that may sign in.
type Post struct {
	Account int64
	Login   string
	Role    access.Role
	Units   []org.UnitID // the granted unit, or what it was merged into
}

// Sort orders reminders as they should be dealt with: what came back first, then by the last day.
func Sort(list []Notice) {
	slices.SortStableFunc(list, func(a, b Notice) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(endless(a.Due), endless(b.Due)), cmp.Compare(a.Title, b.Title), cmp.Compare(a.Key, b.Key))
	})
}

func rank(n Notice) int {
	if n.Topic == Returned {
		return 0
	}
	return 1
}

func endless(d civil.Date) civil.Date {
	if d == 0 {
		return civil.Forever
	}
	return d
}
