// Package task knows the tasks that one body gives to another: where each stands, when it is late and for whom to press,
// what may be done with it next, and the tree from a document down to the work that carried it out.
//
// A task is an entry of a kind whose register is "task" (nhiệm vụ), recorded for the body that is to do it. What it
// carries out (Head.Carries) is the document, plan or programme that it comes from; what carries it out are the entries
// of the work done. Each step (progress, asking for another day, being done, being returned) is an amendment of that
// entry, and being accepted is its confirmation; so versions, log, figures, search and import are those of every entry.
// The codes of the fields are those of the kind task in the catalogue. The rules (state.go, act.go, grow.go) are plain
// functions; book.go reads.
package task

import (
	"encoding/json"
	"fmt"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Task is a task as its newest version says it.
type Task struct {
	ledger.Head
	Kind       *catalog.Kind
	Giver      org.UnitID // the body that gave it, 0 where it is not known any more
	Theme      string     // code
	Evidence   string     // what is to be shown
	Due        civil.Date
	FirstDue   civil.Date // before it was extended, 0 for never
	Extensions int
	AskedTo    civil.Date // the day asked for and not decided yet, 0 for none
	AskedWhy   string
	Progress   int // percent
	Note       string
	Done       civil.Date // as the body reports it, 0 for not yet
	Returned   civil.Date // the day it was last returned, until it is done again
	Files      []string   // hashes of what is shown
}

// said are the fields of the kind as they are stored.
type said struct {
	Title        string   `json:"title"`
	AssignedBy   string   `json:"assigned_by"`
	Theme        string   `json:"theme"`
	Evidence     string   `json:"evidence"`
	DueOn        string   `json:"due_on"`
	FirstDueOn   string   `json:"first_due_on"`
	Extensions   int      `json:"extensions"`
	ExtensionTo  string   `json:"extension_to"`
	ExtensionWhy string   `json:"extension_why"`
	Progress     int      `json:"progress"`
	Note         string   `json:"note"`
	DoneOn       string   `json:"done_on"`
	ReturnedOn   string   `json:"returned_on"`
	File         []string `json:"file"`
}

// Of reads a task out of an entry of a kind of tasks.
func Of(tree *org.Tree, k *catalog.Kind, l ledger.Line) (Task, error) {
	var s said
	if err := json.NewDecoder(strings.NewReader(l.Fields)).Decode(&s); err != nil {
		return Task{}, fmt.Errorf("read task %d: %w", l.ID, err)
	}
	t := Task{Head: l.Head, Kind: k, Theme: s.Theme, Evidence: s.Evidence, Due: day(s.DueOn), FirstDue: day(s.FirstDueOn),
		Extensions: s.Extensions, AskedTo: day(s.ExtensionTo), AskedWhy: s.ExtensionWhy, Progress: s.Progress, Note: s.Note,
		Done: day(s.DoneOn), Returned: day(s.ReturnedOn), Files: s.File}
	t.Title = s.Title
	if u, err := tree.Resolve(s.AssignedBy, org.OnDay(l.Day), l.Day); err == nil {
		t.Giver = u.ID
	}
	return t, nil
}

func day(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		return 0
	}
	return d
}
