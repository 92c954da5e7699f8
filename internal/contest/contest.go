package contest

import (
	"encoding/json"
	"fmt"
	"strconv"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// The kinds of the catalogue.
const (
	Kind      = "contest"
	RoundKind = "contest_round"
	EntryKind = "contest_entry"
)

// Here is the way of contests that are run in this program: their numbers follow from what is recorded.
const Here = "here"

// The states of an entry's admission.
const (
	Received = "received"
	Admitted = "admitted"
	Refused  = "refused"
)

const (
	yes        = "yes"
	no         = "no"
	named      = "named"
	collective = "collective"
)

// Contest is a contest with what belongs to it.
type Contest struct {
	ledger.Head

	Theme       string     `json:"theme"`
	Form        string     `json:"form"`
	Way         string     `json:"way"`
	Rules       string     `json:"rules"`
	EntriesFrom civil.Date `json:"entries_from"`
	EntriesTo   civil.Date `json:"entries_to"`
	VotesFrom   civil.Date `json:"votes_from"`
	VotesTo     civil.Date `json:"votes_to"`
	Blind       string     `json:"blind"`
	ResultsOn   civil.Date `json:"results_on"`
	Decision    string     `json:"decision"`
	EndedOn     civil.Date `json:"ended_on"`
	Numbers
	Prizes []Prize `json:"prizes"`

	Held   []*Round `json:"-"` // in the order in which they are held
	Pieces []*Piece `json:"-"` // entries, by their numbers
	Jury   []Juror  `json:"-"`
}

// Numbers are the totals of a contest, typed or following.
type Numbers struct {
	Rounds       int64 `json:"rounds"`
	Teams        int64 `json:"teams"`
	Entries      int64 `json:"entries"`
	Participants int64 `json:"participants"`
	Jurors       int64 `json:"jurors"`
	Votes        int64 `json:"votes"`
}

// Prize is a line of the prizes.
type Prize struct {
	Rank     string      `json:"rank"`
	Winner   string      `json:"winner"`
	Quantity int64       `json:"quantity"`
	Value    json.Number `json:"value"`
}

// Criterion is what a juror gives points for, from 0 to Most.
type Criterion struct {
	Name string `json:"criterion"`
	Most int64  `json:"most"`
}

// Round is a round of a contest.
type Round struct {
	ledger.Head

	Way      string      `json:"way"`
	Round    string      `json:"round"`
	StartsOn civil.Date  `json:"starts_on"`
	EndsOn   civil.Date  `json:"ends_on"`
	Places   int64       `json:"places"`
	Criteria []Criterion `json:"criteria"`
	ClosedOn civil.Date  `json:"closed_on"`
	Minutes  string      `json:"minutes"`
	Results  []Result    `json:"results"`
}

// Result is an entry's result in a round, as it was closed.
type Result struct {
	Entry  string      `json:"entry"`
	Number int64       `json:"number"`
	Points json.Number `json:"points"`
	Place  int64       `json:"place"`
	Judges int64       `json:"judges"`
	Passes string      `json:"passes"`
}

// Passed reports whether the entry goes on.
func (r Result) Passed() bool { return r.Passes == yes }

// Most is how many points a juror can give in the round.
func (r *Round) Most() (sum int64) {
	for _, c := range r.Criteria {
		sum += c.Most
	}
	return sum
}

// Piece is an entry of a contest. Authors are those who agreed to be named; nobody else's name is read.
type Piece struct {
	ledger.Head

	Number     int64       `json:"number"`
	Subject    string      `json:"subject"`
	Form       string      `json:"form"`
	Team       string      `json:"team"`
	Members    int64       `json:"members"`
	Authors    []name      `json:"authors"`
	Consent    string      `json:"consent"`
	Summary    string      `json:"summary"`
	Picture    string      `json:"picture"` // hash
	Alt        string      `json:"alt"`
	Shown      string      `json:"shown"`
	Admission  string      `json:"admission"`
	RefusedWhy string      `json:"refused_why"`
	Prize      string      `json:"prize"`
	PrizeValue json.Number `json:"prize_value"`
}

type name struct {
	Name string `json:"name"`
}

// Names are the authors who agreed to be named.
func (p *Piece) Names() (out []string) {
	if p.Consent != named {
		return nil
	}
	for _, a := range p.Authors {
		out = append(out, a.Name)
	}
	return out
}

// Public reports whether people may read the piece: it is in the contest, and its author agreed.
func (p *Piece) Public() bool { return p.Admission == Admitted && p.Shown == yes }

// IsBlind reports whether jurors see numbers only.
func (c *Contest) IsBlind() bool { return c.Blind == yes }

// Ref is how entries name another.
func Ref(id int64) string { return "#" + strconv.FormatInt(id, 10) }

// Stage is where a contest stands.
type Stage string

// The stages of a contest.
const (
	Preparing  Stage = "preparing"  // nothing to send in yet
	Collecting Stage = "collecting" // entries are taken
	Judging    Stage = "judging"    // taken, the results not out yet
	Published  Stage = "published"  // results are out, or the contest was recorded with its totals
)

// StageOn says where the contest stands on a day.
func (c *Contest) StageOn(day civil.Date) Stage {
	switch {
	case c.Way != Here || c.ResultsOn != 0:
		return Published
	case c.EntriesFrom != 0 && day < c.EntriesFrom:
		return Preparing
	case c.EntriesTo != 0 && day <= c.EntriesTo:
		return Collecting
	}
	return Judging
}

// VotesOn reports whether votes are taken on a day.
func (c *Contest) VotesOn(day civil.Date) bool {
	return c.State != ledger.Void && c.Way == Here && c.ResultsOn == 0 && c.VotesFrom != 0 && c.VotesFrom <= day && day <= c.VotesTo
}

// Piece is the contest's piece of a number, nil for none.
func (c *Contest) Piece(number int64) *Piece {
	for _, p := range c.Pieces {
		if p.Number == number && number > 0 {
			return p
		}
	}
	return nil
}

// RoundOf is the contest's round, nil for none.
func (c *Contest) RoundOf(id int64) *Round {
	for _, r := range c.Held {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Open is the round that is under way: the first that is not closed, nil when all are.
func (c *Contest) Open() *Round {
	for _, r := range c.Held {
		if r.ClosedOn == 0 {
			return r
		}
	}
	return nil
}

// In are the pieces that take part in a round: in the first all that were admitted, later those that passed the one before.
func (c *Contest) In(round *Round) []*Piece {
	var before *Round
	for _, r := range c.Held {
		if r.ID == round.ID {
			break
		}
		before = r
	}
	var out []*Piece
	for _, p := range c.Pieces {
		if p.Admission == Admitted && (before == nil || before.passed(p.ID)) {
			out = append(out, p)
		}
	}
	return out
}

func (r *Round) passed(piece int64) bool {
	for _, x := range r.Results {
		if x.Entry == Ref(piece) {
			return x.Passed()
		}
	}
	return false
}

// ResultOf is a piece's result in the round, nil for none.
func (r *Round) ResultOf(number int64) *Result {
	for i := range r.Results {
		if r.Results[i].Number == number {
			return &r.Results[i]
		}
	}
	return nil
}

func into(l ledger.Line, x any) error {
	if err := json.Unmarshal([]byte(l.Fields), x); err != nil {
		return fmt.Errorf("read %s %d: %w", l.Kind, l.ID, err)
	}
	return nil
}
