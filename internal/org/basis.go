package org

import (
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
)

// Basis says on which boundaries a figure stands: those of the day the work was done, or those of one day.
type Basis struct {
	Then bool
	On   civil.Date
}

// AsThen is the basis of the day the work was done.
func AsThen() Basis { return Basis{Then: true} }

// OnDay is the basis of the boundaries of d.
func OnDay(d civil.Date) Basis { return Basis{On: d} }

// ParseBasis reads "then" (also empty) or a date.
func ParseBasis(s string) (Basis, error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "then" {
		return Basis{Then: true}, nil
	}
	d, err := civil.ParseDate(s)
	if err != nil {
		return Basis{}, fault.Wrap(err, fault.Invalid,
			"Mốc địa giới “"+s+"” không đúng: viết then (theo địa giới lúc làm việc) hoặc một ngày, ví dụ 2025-07-01.")
	}
	return Basis{On: d}, nil
}

// String is what ParseBasis reads.
func (b Basis) String() string {
	if b.Then || b.On == 0 {
		return "then"
	}
	return b.On.String()
}
