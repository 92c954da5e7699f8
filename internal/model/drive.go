package model

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Drive is a drive of army or police with the people: one entry however many bodies take part, so that it counts once.
type Drive struct {
	ledger.Head
	driveSaid
}

type driveSaid struct {
	Topic       string      `json:"topic"`
	Force       string      `json:"force"`
	Form        string      `json:"form"`
	Theme       string      `json:"theme"`
	EndedOn     civil.Date  `json:"ended_on"`
	Days        int64       `json:"days"`
	Units       int64       `json:"units"`
	UnitsText   string      `json:"units_text"`
	Soldiers    int64       `json:"soldiers"`
	Militia     int64       `json:"militia"`
	Workdays    json.Number `json:"workdays"`
	Villages    int64       `json:"villages"`
	Village     string      `json:"village"`
	Households  int64       `json:"households"`
	Works       []Work      `json:"works"`
	Gifts       []Gift      `json:"gifts"`
	Sessions    int64       `json:"propaganda_sessions"`
	Attendances int64       `json:"propaganda_attendances"`
	Value       int64       `json:"value"` // đồng
	Content     string      `json:"content"`
	Public      string      `json:"public"`
}

// Work is what was done in a drive, Gift what was given to a group of people.
type Work struct {
	Work     string      `json:"work"`
	Quantity json.Number `json:"quantity"` // in the unit of the work, two decimals
	Value    int64       `json:"work_value"`
}

// Gift is how many gifts a group of people was given.
type Gift struct {
	Target string `json:"target"`
	Count  int64  `json:"gift_count"`
	Value  int64  `json:"gift_value"`
}

// Open reports whether everybody may read of the drive.
func (d *Drive) Open() bool { return d.Public != No }

// Until is the last day of the drive, as far as it is known.
func (d *Drive) Until() civil.Date {
	switch {
	case d.EndedOn != 0:
		return d.EndedOn
	case d.Days > 1:
		return d.Day.AddDays(int(d.Days) - 1)
	}
	return d.Day
}

// GiftCount and GiftValue are all gifts of the drive.
func (d *Drive) GiftCount() (n int64) {
	for _, g := range d.Gifts {
		n += g.Count
	}
	return n
}

// Drives are the drives that stand, newest first.
func (s *Shelf) Drives(ctx context.Context, q db.Querier, f ledger.Filter) ([]*Drive, error) {
	lines, err := s.pick(ctx, q, DriveKind, f)
	if err != nil {
		return nil, err
	}
	out := make([]*Drive, 0, len(lines))
	for _, l := range lines {
		d, err := driveOf(l)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Drive is one drive; a void one is found too.
func (s *Shelf) Drive(ctx context.Context, q db.Querier, id int64) (*Drive, error) {
	l, err := s.Ledger.LineOf(ctx, q, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && l.Kind != DriveKind {
		return nil, fault.New(fault.NotFound, "Không có đợt công tác này. Hãy mở từ danh sách các đợt.")
	}
	if err != nil {
		return nil, err
	}
	return driveOf(l)
}

func driveOf(l ledger.Line) (*Drive, error) {
	d := &Drive{Head: l.Head}
	if err := json.Unmarshal([]byte(l.Fields), &d.driveSaid); err != nil {
		return nil, fmt.Errorf("read drive %d: %w", l.ID, err)
	}
	return d, nil
}

// DriveSum are drives put together. They are the figures of the series drive_*, from the same fields.
type DriveSum struct {
	Drives, Days, Soldiers, Militia, Households, Sessions, Attendances, Value int64
	Workdays                                                                  *big.Rat
	Works                                                                     []Amount // by work, in the order of the codes given
	Gifts, GiftValue                                                          int64
}

// Amount is how much of one work was done.
type Amount struct {
	Work     string
	Quantity *big.Rat
	Value    int64
	Times    int
}

// SumDrives adds drives up; works stand in the order of the catalogue.
func SumDrives(list []*Drive, order []string) DriveSum {
	sum := DriveSum{Workdays: new(big.Rat)}
	works := map[string]*Amount{}
	for _, d := range list {
		sum.Drives++
		sum.Days += d.Days
		sum.Soldiers += d.Soldiers
		sum.Militia += d.Militia
		sum.Households += d.Households
		sum.Sessions += d.Sessions
		sum.Attendances += d.Attendances
		sum.Value += d.Value
		sum.Workdays.Add(sum.Workdays, rat(d.Workdays))
		for _, w := range d.Works {
			a := works[w.Work]
			if a == nil {
				a = &Amount{Work: w.Work, Quantity: new(big.Rat)}
				works[w.Work] = a
			}
			a.Quantity.Add(a.Quantity, rat(w.Quantity))
			a.Value += w.Value
			a.Times++
		}
		for _, g := range d.Gifts {
			sum.Gifts += g.Count
			sum.GiftValue += g.Value
		}
	}
	for _, a := range works {
		sum.Works = append(sum.Works, *a)
	}
	slices.SortFunc(sum.Works, func(a, b Amount) int { return slices.Index(order, a.Work) - slices.Index(order, b.Work) })
	return sum
}

// rat is a stored decimal, 0 for none.
func rat(n json.Number) *big.Rat {
	if r, ok := new(big.Rat).SetString(string(n)); ok {
		return r
	}
	return new(big.Rat)
}
