package petition

import (
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// RemotePlace is a territory that the law takes for remote (vùng sâu, vùng xa, đi lại khó khăn) from a day to a day,
// the second not included: everything below it is remote too.
type RemotePlace struct {
	Code     string
	From, To civil.Date
	Source   string
	Verified bool
}

// RemotePlaces is the list of remote places.
type RemotePlaces []RemotePlace

// ReadRemotePlaces reads places/remote.csv of the data.
func ReadRemotePlaces(data fs.FS) (RemotePlaces, error) {
	f, err := data.Open("places/remote.csv")
	if err != nil {
		return nil, fmt.Errorf("read remote places: %w", err)
	}
	defer f.Close()
	var out RemotePlaces
	for lines := csv.NewReader(f); ; {
		row, err := lines.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read remote places: %w", err)
		}
		if row[0] == "unit" {
			continue
		}
		p := RemotePlace{Code: row[0], To: civil.Forever, Source: row[3], Verified: row[4] == "yes"}
		if p.From, err = civil.ParseDate(row[1]); err == nil && row[2] != "" {
			p.To, err = civil.ParseDate(row[2])
		}
		if err != nil {
			return nil, fmt.Errorf("remote place %s: %w", p.Code, err)
		}
		out = append(out, p)
	}
}

// Of finds why a place is remote on a day, nil where it is not. Being remote is a property of the place, not of the
// letter, and lengthens the clocks of complaints alone.
func (list RemotePlaces) Of(tree *org.Tree, place org.UnitID, day civil.Date) *RemotePlace {
	for u := tree.Unit(place); u != nil; u = tree.Unit(u.SpanOn(day).Parent) {
		for i, p := range list {
			if p.Code == u.Code && p.From <= day && day < p.To {
				return &list[i]
			}
		}
		if u.SpanOn(day).Parent == u.ID || u.SpanOn(day).Parent == 0 {
			return nil
		}
	}
	return nil
}
