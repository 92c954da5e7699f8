package model

import (
	"encoding/json"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// Model is a model, an example or a self-managed group. It holds no contact, and the name of a person only where he
// agreed to be named: neither is read from the entry otherwise.
type Model struct {
	ledger.Head
	said

	Name     string // of the person who is the example and wishes to be named
	Evidence []Evidence
	Replicas []Link // the places to which it was taken, as they are recorded
	First    *Link  // the model that this one replicates
}

// said is what an entry of a model or a group says of itself, as it is stored.
type said struct {
	Sector       string `json:"sector"` // of models
	Type         string `json:"type"`   // model or example; of groups the type of group
	Subject      string `json:"subject"`
	Level        string `json:"level"`
	Participants int64  `json:"participants"`
	Resources    int64  `json:"resources"` // đồng
	Village      string `json:"village"`
	Content      string `json:"content"`
	Results      string `json:"results"`

	CheckedOn       civil.Date `json:"checked_on"`
	CheckText       string     `json:"check_text"`
	EffectiveOn     civil.Date `json:"effective_on"`
	IneffectiveOn   civil.Date `json:"ineffective_on"`
	RecognisedOn    civil.Date `json:"recognised_on"`
	RecognisedLevel string     `json:"recognised_level"`
	RecognisedText  string     `json:"recognised_text"`
	TypicalOn       civil.Date `json:"typical_on"`
	TypicalLevel    string     `json:"typical_level"`
	ReplicatedOn    civil.Date `json:"replicated_on"`
	OtherReplicas   int64      `json:"replicas"` // places that are not recorded as models of their own
	LastEvidenceOn  civil.Date `json:"last_evidence_on"`
	EndedOn         civil.Date `json:"ended_on"`
	EndedWhy        string     `json:"ended_why"`
	Origin          string     `json:"origin"`
	Public          string     `json:"public"`
	Scores          []Score    `json:"scores"`

	Groups     int64       `json:"groups"` // of self-managed groups
	Households int64       `json:"households"`
	Members    int64       `json:"members"`
	Road       json.Number `json:"road"` // km
	Guide      string      `json:"guide"`
}

// Score is one criterion with its points out of MostPoints, nil where nobody gave any.
type Score struct {
	Criterion string `json:"criterion"`
	Own       *int64 `json:"self_score"`
	Verified  *int64 `json:"verified_score"`
}

// MostPoints is the most that a criterion is given.
const MostPoints = 10

// Evidence says that the model was seen at work on a day.
type Evidence struct {
	ledger.Head

	Alt    string `json:"alt"`
	File   string `json:"picture"` // hash, empty for none
	Public string `json:"public"`
}

// Shown reports whether its picture may stand on the public pages.
func (e *Evidence) Shown() bool { return e.File != "" && e.Public == Yes }

// Link leads to another model.
type Link struct{ ledger.Head }

func modelOf(l ledger.Line) (*Model, error) {
	m := &Model{Head: l.Head}
	if err := json.Unmarshal([]byte(l.Fields), &m.said); err != nil {
		return nil, fmt.Errorf("read model %d: %w", l.ID, err)
	}
	if m.Subject != individual {
		return m, nil
	}
	var who struct {
		Consent  string `json:"consent"`
		Exemplar struct {
			Name string `json:"name"`
		} `json:"exemplar"`
	}
	if err := json.Unmarshal([]byte(l.Fields), &who); err != nil {
		return nil, fmt.Errorf("read model %d: %w", l.ID, err)
	}
	if who.Consent == Named {
		m.Name = who.Exemplar.Name
	}
	return m, nil
}

const individual = "individual"

// IsGroup reports whether it is a self-managed group: it is founded and kept up, and neither checked nor recognised.
func (m *Model) IsGroup() bool { return m.Kind == GroupKind }

// Percent is what the points given make of the most that could be given, in whole percent; false where none were given.
func Percent(scores []Score, points func(Score) *int64) (int64, bool) {
	var sum, of int64
	for _, s := range scores {
		if n := points(s); n != nil {
			sum, of = sum+*n, of+MostPoints
		}
	}
	if of == 0 {
		return 0, false
	}
	return sum * 100 / of, true
}

// OwnPoints and VerifiedPoints are the points of a score, for Percent.
func OwnPoints(s Score) *int64      { return s.Own }
func VerifiedPoints(s Score) *int64 { return s.Verified }

// Places is to how many places the model was taken: those that are recorded, and those that are only counted.
func (m *Model) Places() int64 { return int64(len(m.Replicas)) + m.OtherReplicas }

// Picture is the newest picture that may stand on the public pages, nil for none.
func (m *Model) Picture() *Evidence {
	for i := len(m.Evidence) - 1; i >= 0; i-- {
		if m.Evidence[i].Shown() {
			return &m.Evidence[i]
		}
	}
	return nil
}
