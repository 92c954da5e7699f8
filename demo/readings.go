package demo

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// readings.csv holds the few figures that were really published, each with its source; years between are left
// empty rather than invented.
//
//go:embed readings.csv
var readingsCSV []byte

// population.csv holds the census of 1 April 2019 by commune, used as weights.
//
//go:embed population.csv
var populationCSV []byte

// gridConnected of gridHouseholds is 97,28 % exactly, which is what was printed for 2019.
const (
	gridHouseholds = 80_625
	gridConnected  = 78_432
)

func (w *world) readings() ([]ledger.Draft, error) {
	out, err := w.published()
	if err != nil {
		return nil, err
	}
	weights, err := w.population()
	if err != nil {
		return nil, err
	}
	for year := start.Year(); year <= w.spec.Today.Year(); year++ {
		day := civil.NewDate(year, 12, 31)
		if day <= w.spec.Today {
			out = append(out, w.counted(year, day, weights)...)
		}
	}
	for _, id := range w.communes(start) {
		from := civil.NewDate(2010, 1, 4) // most had been reached before the records begin
		if int(id)%9 == 0 {
			from = civil.NewDate(2011+int(id)%5, 3+int(id)%9, 12)
		}
		out = append(out, ledger.Draft{Key: w.key("local_standard"), Kind: "local_standard", Unit: w.ref(id) + ".UBND", Place: w.ref(id), Day: from, Confirmed: true,
			Fields: map[string]any{"standard": "grid", "source": "Bản ghi giả định"}})
	}
	return append(out, w.standards()...), nil
}

// reached says which part of the communes reached a standard, between which years.
var reached = []struct {
	standard string
	part     float64
	from, to int
}{
	{"car_road", .97, 2010, 2014}, {"internet", .93, 2010, 2016}, {"health", .66, 2012, 2019}, {"new_rural", .2, 2014, 2019},
	{"legal_access", .78, 2018, 2019}, {"security_safe", .82, 2011, 2018}, {"safe_defence", .86, 2011, 2018}, {"culture", .34, 2012, 2019},
}

// standards are those that the communes of the old province reached by 2019.
func (w *world) standards() []ledger.Draft {
	r := w.dice("standards")
	var out []ledger.Draft
	for _, s := range reached {
		for _, id := range w.communes(start) {
			if r.Float64() >= s.part {
				continue
			}
			day := w.dayIn(r, s.from+r.IntN(s.to-s.from+1), []int{6, 11, 12})
			if !w.open(id, day) {
				continue
			}
			out = append(out, ledger.Draft{Key: w.key("local_standard"), Kind: "local_standard", Unit: w.ref(id) + ".UBND", Place: w.ref(id), Day: day, Confirmed: true,
				Fields: map[string]any{"standard": s.standard, "source": "Bản ghi giả định"}})
		}
	}
	return out
}

// published are the readings of the province that stand in public sources.
func (w *world) published() ([]ledger.Draft, error) {
	rows, err := csv.NewReader(bytes.NewReader(readingsCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("readings.csv: %w", err)
	}
	var out []ledger.Draft
	for _, row := range rows[1:] {
		year, err := strconv.Atoi(row[1])
		if err != nil {
			return nil, fmt.Errorf("readings.csv: year %q", row[1])
		}
		fields := map[string]any{"measure": row[0], "year": int64(year), "value": row[2], "vintage": row[3], "source": row[5]}
		if row[4] != "" {
			fields["standard"] = row[4]
		}
		if row[6] != "" {
			fields["basis"] = row[6]
		}
		out = append(out, ledger.Draft{Key: w.key("socio_reading"), Kind: "socio_reading", Unit: province, Day: civil.NewDate(year, 12, 31), Fields: fields, Confirmed: true})
	}
	return out, nil
}

func (w *world) population() (map[string]float64, error) {
	rows, err := csv.NewReader(bytes.NewReader(populationCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("population.csv: %w", err)
	}
	out := map[string]float64{}
	for _, row := range rows[1:] {
		n, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return nil, fmt.Errorf("population.csv: %q", row[1])
		}
		out[row[0]] = n
	}
	return out, nil
}

// counted are the parts that ratios are counted from, by commune: households with electricity, people with a
// health card.
func (w *world) counted(year int, day civil.Date, population map[string]float64) []ledger.Draft {
	communes := w.communes(day)
	weights := make([]float64, len(communes))
	for i, id := range communes {
		weights[i] = max(population[w.ref(id)], 1500)
	}
	back := float64(2019 - year) // before 2019 fewer were connected, after it more
	households := distribute(int64(gridHouseholds*(1-.008*back)), weights)
	connected := distribute(int64(gridConnected*(1-.008*back)*(1-min(.02*max(back, 0), .2)+min(.003*max(-back, 0), .02))), weights)
	poor := distribute(int64(64000*(1+.05*back)), weights)
	children := distribute(31200, weights)
	if year == 2019 {
		households, connected = distribute(gridHouseholds, weights), distribute(gridConnected, weights)
	}
	var out []ledger.Draft
	for i, id := range communes {
		unit := w.ref(id)
		add := func(kind string, fields map[string]any) {
			fields["year"], fields["vintage"] = int64(year), "official"
			out = append(out, ledger.Draft{Key: w.key(kind), Kind: kind, Unit: unit + ".UBND", Place: unit, Day: day, Fields: fields, Confirmed: true})
		}
		add("electricity_count", map[string]any{"households": households[i], "connected": min(connected[i], households[i])})
		if year >= 2013 {
			short := int64(max(0, 2019-year))
			add("health_card_count", map[string]any{"group": "poor", "persons": poor[i], "carded": poor[i] - poor[i]*short/100})
			add("health_card_count", map[string]any{"group": "under6", "persons": children[i], "carded": children[i] - children[i]*short/100})
		}
	}
	return out
}

// planted is one inconsistency, outside the 31 figures, that shows what a failed check looks like: a nought too
// many was typed, so that more decisions were enforced than there were to enforce.
func (w *world) planted() ([]ledger.Draft, error) {
	return []ledger.Draft{{
		Key: w.key("decision_enforcement"), Kind: "decision_enforcement", Unit: "062.UBND", Day: civil.NewDate(2018, 12, 14), Confirmed: true,
		Fields: map[string]any{"class": "complaint", "to_enforce": int64(96), "enforced": int64(960)},
	}}, nil
}
