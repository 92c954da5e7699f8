// Package matter keeps which letters are about one matter (vụ việc), as people decided it.
//
// Package alike suggests, a person decides, and what was decided can be taken back:
//
//	same letter   đơn trùng: the same letter once more
//	same matter   cùng vụ việc: another letter about the same matter, by whoever
//	follow-up     đơn tiếp theo: it asks on, or complains of the answer
//	related       liên quan: beside it, a matter of its own
//	refused       không cùng: two matters; it is remembered and not suggested again
//
// Nothing of it writes a version of a letter or changes a figure. Every letter keeps its sender, its day of receipt, its
// clock and its right to an answer; that a letter is not eligible since it is a duplicate is an act on the letter, which
// a person decides there (package petition).
//
// A letter is in one matter at a time. Where two letters of two matters turn out to be of one, the younger matter is
// contained in the older one from then on, and can be taken out again as it was. Denunciations are joined with
// denunciations only. Finder holds the index of letters in memory and follows the records.
package matter

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Relation is how a letter belongs to another, as a person decided.
type Relation string

// The relations. First is the letter with which a matter was opened.
const (
	First      Relation = "first"
	SameLetter Relation = "same_letter"
	SameMatter Relation = "same_matter"
	FollowUp   Relation = "follow_up"
	Related    Relation = "related"
	Refused    Relation = "refused"
)

// Name is the relation in Vietnamese.
func (r Relation) Name() string {
	switch r {
	case First:
		return "Đơn đầu của vụ việc"
	case SameLetter:
		return "Đơn trùng"
	case SameMatter:
		return "Cùng vụ việc"
	case FollowUp:
		return "Đơn tiếp theo"
	case Related:
		return "Liên quan"
	case Refused:
		return "Không cùng vụ việc"
	}
	return string(r)
}

// Joins reports whether letters of the relation are of one matter.
func (r Relation) Joins() bool { return r == SameLetter || r == SameMatter || r == FollowUp }

// Stamp says who did something and when.
type Stamp struct {
	Actor string
	At    time.Time
	Leaf  int64
}

// Member is a letter in a matter, now or once.
type Member struct {
	ID       int64
	Matter   int64 // to which it was joined; the matter that contains it is Matter.ID
	Letter   int64
	Relation Relation
	Toward   int64  // the letter with which it was compared, 0 for the first
	Basis    string // code of the list matter_bases
	Reason   string
	Done     Stamp
	Undone   Stamp // zero while it stands
	Why      string
	sealed   []byte
	why      []byte
}

// Merge is a matter contained in another, now or once.
type Merge struct {
	ID             int64
	Matter, Gone   int64
	Letter, Toward int64
	Relation       Relation
	Basis          string
	Reason         string
	Done           Stamp
	Undone         Stamp
	Why            string
	sealed         []byte
	why            []byte
}

// Pair is what was said of two letters that are in no common matter by it.
type Pair struct {
	ID         int64
	One, Other int64
	Said       Relation // Related or Refused
	Reason     string
	Done       Stamp
	Undone     Stamp
	Why        string
	sealed     []byte
	why        []byte
}

// With is the other letter of a pair.
func (p *Pair) With(letter int64) int64 { return p.One + p.Other - letter }

// Naming is what a matter was called from a moment on.
type Naming struct {
	ID   int64
	Name string
	Done Stamp
}

// Matter is a matter with all that was decided on it, oldest first.
type Matter struct {
	ID        int64
	Root      int64 // the matter that contains this one, itself where none does
	Denounces bool
	Turn      int64
	Opened    Stamp
	Names     []Naming
	Members   []Member // standing and undone, of all matters that are contained
	Merges    []Merge
}

// Name is what the matter is called.
func (m *Matter) Name() string {
	if len(m.Names) == 0 {
		return "Vụ việc " + strconv.FormatInt(m.ID, 10)
	}
	return m.Names[len(m.Names)-1].Name
}

// Standing are the letters that are in the matter now.
func (m *Matter) Standing() []Member {
	return slices.DeleteFunc(slices.Clone(m.Members), func(x Member) bool { return x.Undone.Leaf != 0 })
}

// Letters are the numbers of the letters that are in the matter now.
func (m *Matter) Letters() []int64 {
	var out []int64
	for _, x := range m.Standing() {
		out = append(out, x.Letter)
	}
	return out
}

// Decision is what a person decided of two letters.
type Decision struct {
	Letter, Toward int64
	Relation       Relation
	Basis          string // code of the list matter_bases; wanted for a duplicate
	Reason         string
	// Seen are the matters of the two letters that the person was shown, 0 for none; who decides on something older is told.
	Seen [2]int64
}

// side is one of the two letters, as the decision needs it.
type side struct {
	letter    int64
	unit      org.UnitID
	received  civil.Date
	denounces bool
	subject   string // class and field by name, for a first name of the matter
	member    *Member
	root      int64
}

// Fields of a decision that are to be mended.
const (
	AtRelation = "relation"
	AtBasis    = "basis"
	AtReason   = "reason"
	AtName     = "name"
)

// Wrong is a decision that cannot be taken, with the field that is to be mended.
type Wrong struct {
	Field string
	Err   error
}

func (w Wrong) Error() string { return w.Err.Error() }
func (w Wrong) Unwrap() error { return w.Err }

func wrong(field, sentence string) error { return Wrong{field, fault.New(fault.Invalid, sentence)} }

// longest reasons and names that are taken, in letters.
const (
	longestReason = 1000
	longestName   = 160
)

// check looks at what can be said without the records. Duplicates change what a person is owed: basis and reason must
// stand there.
func (d *Decision) check() error {
	d.Reason = strings.TrimSpace(d.Reason)
	switch {
	case d.Letter == d.Toward || d.Letter == 0 || d.Toward == 0:
		return wrong(AtRelation, "Hãy chọn một đơn khác để đặt cạnh đơn này.")
	case !d.Relation.Joins() && d.Relation != Related && d.Relation != Refused:
		return wrong(AtRelation, "Chưa chọn quan hệ giữa hai đơn. Hãy chọn một trong năm cách.")
	case d.Relation == SameLetter && d.Basis == "":
		return wrong(AtBasis, "Kết luận đơn trùng có thể làm người gửi mất quyền được xử lý đơn này. Hãy chọn căn cứ.")
	case d.Relation.Joins() && d.Reason == "":
		return wrong(AtReason, "Chưa ghi lý do. Hãy viết một câu: điều gì cho thấy hai đơn là một.")
	case len([]rune(d.Reason)) > longestReason:
		return wrong(AtReason, "Lý do dài quá 1.000 chữ. Hãy viết ngắn lại.")
	}
	return nil
}

// checkName looks at a new name of a matter.
func checkName(name string, names func(string) bool) error {
	switch {
	case name == "":
		return wrong(AtName, "Chưa ghi tên vụ việc. Hãy ghi việc gì, ở đâu; không ghi tên người.")
	case len([]rune(name)) > longestName:
		return wrong(AtName, "Tên vụ việc dài quá 160 chữ. Hãy viết ngắn lại.")
	case names(name):
		return wrong(AtName, "Tên vụ việc không được nêu tên người (ông, bà …). Hãy chỉ ghi việc gì, ở đâu.")
	}
	return nil
}

// content is an act as its leaf covers it.
func content(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values only
	}
	return b
}
