package portal

import (
	"context"
	"fmt"
	"strconv"

	"danvan/internal/chart"
	"danvan/internal/opendata"
)

// quarterName is a quarter as people write it.
func quarterName(ctx context.Context, q int) string {
	return say(ctx, "quý ", "quarter ") + [...]string{"I", "II", "III", "IV"}[q-1]
}

// periodWords are a year or a quarter in words.
func periodWords(ctx context.Context, a opendata.Ask) string {
	if a.Quarter == 0 {
		return strconv.Itoa(a.Year)
	}
	return quarterName(ctx, a.Quarter) + "/" + strconv.Itoa(a.Year)
}

// periodCode is a year or a quarter in names of files: 2026, 2026-Q3.
func periodCode(a opendata.Ask) string {
	if a.Quarter == 0 {
		return strconv.Itoa(a.Year)
	}
	return strconv.Itoa(a.Year) + "-Q" + strconv.Itoa(a.Quarter)
}

// How many years or quarters a chart shows, the one that is looked at the last.
const (
	chartYears    = 10
	chartQuarters = 8
)

// before are the asks of the periods up to the one shown, the oldest first.
func before(a opendata.Ask) []opendata.Ask {
	if a.Quarter == 0 {
		var out []opendata.Ask
		for y := max(firstOpenYear, a.Year-chartYears+1); y <= a.Year; y++ {
			one := a
			one.Year = y
			out = append(out, one)
		}
		return out
	}
	out := make([]opendata.Ask, chartQuarters)
	for i := range out {
		at := a.Year*4 + a.Quarter - 1 - (chartQuarters - 1 - i)
		out[i] = a
		out[i].Year, out[i].Quarter = at/4, at%4+1
	}
	return out
}

// byPeriod draws the province's values of the years, or quarters, up to the one shown; nothing where none is known.
func (p *portal) byPeriod(ctx context.Context, v *figureView) (string, error) {
	var names []string
	var values []chart.Value
	known := false
	for _, a := range before(v.Ask) {
		t, err := p.openTableOf(ctx, a)
		if err != nil {
			return "", err
		}
		value := chart.Gap()
		if t.Whole.State == opendata.Known {
			n, _ := t.Whole.Val.Float64()
			value, known = chart.Value{N: n, Known: true, Label: lineText(ctx, t, t.Whole), Estimate: t.Whole.Estimate}, true
		}
		name := strconv.Itoa(a.Year)
		if a.Quarter != 0 {
			name = [...]string{"I", "II", "III", "IV"}[a.Quarter-1] + "/" + name
		}
		names, values = append(names, name), append(values, value)
	}
	if !known {
		return "", nil
	}
	return chart.Bars{About: chart.About{ID: "theo-nam", Title: v.Name + ", " + v.chartTitle(ctx), Unit: v.Measure, Decimals: -1}, Categories: names,
		Series: []chart.Series{{Name: v.Name, Values: values}}}.SVG(), nil
}

func (v *figureView) chartTitle(ctx context.Context) string {
	if v.Ask.Quarter == 0 {
		return say(ctx, "Theo năm", "By year")
	}
	return say(ctx, "Theo quý", "By quarter")
}

// untilText says how far a figure goes whose small counts are hidden.
func (v *figureView) untilText(ctx context.Context) string {
	if v.Early {
		return say(ctx, "Chưa có quý nào hết để in: chỉ tiêu này in từng quý đã hết, để số của từng ngày không lộ ra.", "No quarter is over yet: this figure is printed by finished quarters, so that no day’s number shows.")
	}
	return say(ctx, "Tính đến ngày ", "Up to ") + v.Period.To.Vi() + say(ctx, ", hết quý gần nhất: in từng ngày thì lộ số của ngày ấy.", ", the end of the last quarter: printed day by day, a day’s number would show.")
}

// smallText says how small counts of a figure are hidden.
func smallText(ctx context.Context, least int) string {
	return fmt.Sprintf(say(ctx, "Số dưới %d của một nơi không in, cùng những số mà từ đó tính ra được; theo quý chỉ in cả tỉnh; tính đến hết quý gần nhất.",
		"A place’s number below %d is not printed, nor others from which it would follow; by quarter the whole province alone; up to the last finished quarter."), 2*least)
}
