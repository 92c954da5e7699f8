package contribution

import (
	"encoding/json"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// Work is a work of a village with its plan, its account and what it has come to.
type Work struct {
	ledger.Head

	Purpose      string
	Campaign     string
	Village      string
	Quantity     json.Number
	QuantityUnit string
	Estimate     int64
	StateMoney   int64
	Plan         Amounts
	PlanNote     string
	StartsOn     civil.Date
	EndsOn       civil.Date
	Decision     string // reference of the entry of the households' decision
	DecisionText string
	Latitude     json.Number
	Longitude    json.Number
	PostedOn     civil.Date
	ClosedOn     civil.Date
	ClosedText   string

	Lines    []Line // oldest first
	Accepted []Acceptance
	Pictures []Picture // before, during, after
	Account  Account
}

// Acceptance is an acceptance of the work, or a part of it.
type Acceptance struct {
	ledger.Head

	Title        string      `json:"title"`
	Quantity     json.Number `json:"quantity"`
	QuantityUnit string      `json:"quantity_unit"`
	Works        int64       `json:"works"`
	MoneyUsed    int64       `json:"money_used"`
	StateMoney   int64       `json:"state_money"`
	Minutes      string      `json:"minutes"`
	ByPeople     string      `json:"accepted_by_people"`
	Published    string      `json:"published"`
	Households   int64       `json:"households"`
}

// Picture is a picture of the work, with what it shows in words.
type Picture struct {
	ledger.Head

	Alt   string `json:"alt"`
	Stage string `json:"stage"` // before, during, after
	File  string `json:"picture"`
}

// Stage is where a work stands.
type Stage string

// The stages of a work.
const (
	Planned    Stage = "planned"    // nothing pledged or received yet
	Collecting Stage = "collecting" // pledged or received, nothing used
	Building   Stage = "building"   // something is used
	Done       Stage = "done"       // accepted, the account still open
	Closed     Stage = "closed"     // the account is closed, with nothing left
)

// Stage says where the work stands.
func (w *Work) Stage() Stage {
	switch {
	case w.ClosedOn != 0:
		return Closed
	case len(w.Accepted) > 0:
		return Done
	case !w.Account.Used.None():
		return Building
	case !w.Account.Pledged.None():
		return Collecting
	}
	return Planned
}

// Over are the items of which more came in than was planned; of what was not planned nothing is over.
func (w *Work) Over() Amounts {
	out := Amounts{}
	for i, n := range w.Plan {
		if in := w.Account.In(i); n > 0 && in > n {
			out[i] = in - n
		}
	}
	return out
}

// Done are the quantities accepted by their unit, to compare with the plan.
func (w *Work) Done() map[string]json.Number {
	sums := map[string]int64{}
	for _, a := range w.Accepted {
		unit := a.QuantityUnit
		if unit == "" {
			unit = w.QuantityUnit
		}
		if n, err := scaled(a.Quantity, 2); err == nil && n > 0 {
			sums[unit] += n
		}
	}
	out := map[string]json.Number{}
	for unit, n := range sums {
		out[unit] = json.Number(fmt.Sprintf("%d.%02d", n/100, n%100))
	}
	return out
}

// PictureOf is the first picture of a stage, nil for none.
func (w *Work) PictureOf(stage string) *Picture {
	for i := range w.Pictures {
		if w.Pictures[i].Stage == stage {
			return &w.Pictures[i]
		}
	}
	return nil
}

type planned struct {
	Purpose      string      `json:"purpose"`
	Campaign     string      `json:"campaign"`
	Village      string      `json:"village"`
	Quantity     json.Number `json:"quantity"`
	QuantityUnit string      `json:"quantity_unit"`
	Estimate     int64       `json:"estimate"`
	StateMoney   int64       `json:"state_money"`
	Land         json.Number `json:"land"`
	Workdays     json.Number `json:"workdays"`
	Money        json.Number `json:"money"`
	PlanNote     string      `json:"plan_note"`
	StartsOn     civil.Date  `json:"starts_on"`
	EndsOn       civil.Date  `json:"ends_on"`
	Decision     string      `json:"decision"`
	DecisionText string      `json:"decision_text"`
	Latitude     json.Number `json:"latitude"`
	Longitude    json.Number `json:"longitude"`
	PostedOn     civil.Date  `json:"posted_on"`
	ClosedOn     civil.Date  `json:"closed_on"`
	ClosedText   string      `json:"closed_text"`
}

func workOf(l ledger.Line) (*Work, error) {
	var p planned
	if err := json.Unmarshal([]byte(l.Fields), &p); err != nil {
		return nil, fmt.Errorf("read work %d: %w", l.ID, err)
	}
	plan, _, err := (&said{Land: p.Land, Workdays: p.Workdays, Money: p.Money}).amounts()
	if err != nil {
		return nil, fmt.Errorf("read work %d: %w", l.ID, err)
	}
	return &Work{Head: l.Head, Purpose: p.Purpose, Campaign: p.Campaign, Village: p.Village, Quantity: p.Quantity, QuantityUnit: p.QuantityUnit,
		Estimate: p.Estimate, StateMoney: p.StateMoney, Plan: plan, PlanNote: p.PlanNote, StartsOn: p.StartsOn, EndsOn: p.EndsOn, Decision: p.Decision,
		DecisionText: p.DecisionText, Latitude: p.Latitude, Longitude: p.Longitude, PostedOn: p.PostedOn, ClosedOn: p.ClosedOn, ClosedText: p.ClosedText,
		Account: NewAccount()}, nil
}
