package ledger

import (
	"context"
	"fmt"
	"iter"
	"runtime"

	"danvan/internal/audit"
)

// bulkChunk is how many drafts are prepared and written together.
const bulkChunk = 4096

// prepared is a draft with what each of its versions says.
type prepared struct {
	row      int
	draft    Draft
	said     []*said // of the draft, then of each of its steps
	problems Problems

	byContent bool // the key was made from the content
}

// prepareAll yields chunks in order, each as a channel that gets its drafts once they are prepared.
func prepareAll(ctx context.Context, r rules, drafts iter.Seq[Draft]) <-chan chan []prepared {
	out := make(chan chan []prepared, runtime.GOMAXPROCS(0))
	go func() {
		defer close(out)
		row := 0
		chunk := make([]prepared, 0, bulkChunk)
		send := func() bool {
			ready, work := make(chan []prepared, 1), chunk
			go func() {
				for i := range work {
					work[i].prepare(r)
				}
				ready <- work
			}()
			chunk = make([]prepared, 0, bulkChunk)
			select {
			case out <- ready:
				return true
			case <-ctx.Done():
				return false
			}
		}
		for d := range drafts {
			row++
			if chunk = append(chunk, prepared{row: row, draft: d}); len(chunk) == bulkChunk && !send() {
				return
			}
		}
		if len(chunk) > 0 {
			send()
		}
	}()
	return out
}

// prepare checks the draft and its steps.
func (p *prepared) prepare(r rules) {
	s, problems := prepare(r, p.draft)
	if len(problems) > 0 {
		p.problems = problems
		return
	}
	p.said = append(p.said, s)
	for _, step := range p.draft.Then {
		if step.Act == ActAmend {
			d := draftOf(r.tree, s, 0)
			d.Carries = s.carries
			var wrong Problems
			if s, wrong = amended(r, s.edition, d, step.Amendment); len(wrong) > 0 {
				p.problems = wrong
				return
			}
		}
		p.said = append(p.said, s)
	}
}

// contentKey names a draft by what it says.
func (p *prepared) contentKey() string {
	sum := p.contentSum()
	return fmt.Sprintf("sha256:%x", sum)
}

// sum is the content's hash of a draft with a key of its own; one with a key from its content needs none.
func (p *prepared) sum() [32]byte {
	if p.byContent || p.draft.Key == "" {
		return [32]byte{}
	}
	return p.contentSum()
}

// contentSum is the hash of what a draft says, whoever hands it in and under whatever key.
func (p *prepared) contentSum() [32]byte {
	s := p.said[0]
	e := s.recorded(Draft{Key: s.carries, Confirmed: p.draft.Confirmed}, 0, 0, 0, "", 0)
	v := e.steps[0].row
	v.edition = ""
	return [32]byte(audit.ContentHash(v.content(s.carries, s.kind.Code, 0)))
}
