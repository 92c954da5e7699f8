package geo

import (
	"math"
	"sort"
	"strconv"
	"strings"
)

// Scheme says how values are put into classes.
type Scheme int

const (
	// Quantile gives each class about as many areas.
	Quantile Scheme = iota
	// Equal gives each class the same span of values.
	Equal
	// Given takes the limits of Map.Limits.
	Given
)

// maxClasses are the tones q1 to q6; q0 is kept for zero.
const maxClasses = 6

// Class is an entry of the legend.
type Class struct {
	// CSS is the class of its areas: q0 to q6, or nd for no data.
	CSS string
	// Low and High bound the class: Low <= v < High. The first has no lower and
	// the last no upper bound (infinite).
	Low, High float64
	// Label says the range in words ("8 đến dưới 14").
	Label string
	// Count of areas, and of those among them whose value is estimated.
	Count, Estimated int
}

// limits are the lower bounds of the classes but the first, rising, none twice,
// rounded as they will be shown.
func (m Map) limits(values []float64) []float64 {
	n := m.Classes
	if n < 1 || n > maxClasses {
		n = maxClasses
	}
	raw := []float64{}
	switch {
	case len(values) == 0:
		return nil
	case m.Scheme == Given:
		raw = append(raw, m.Limits...)
		sort.Float64s(raw)
	case m.Scheme == Equal:
		low, high := values[0], values[len(values)-1]
		for i := 1; i < n; i++ {
			raw = append(raw, low+(high-low)*float64(i)/float64(n))
		}
	default:
		for i := 1; i < n; i++ {
			raw = append(raw, values[i*len(values)/n])
		}
	}
	out := []float64{}
	for _, v := range raw {
		v = round(v, m.Decimals)
		// A limit at or below the least value would head an empty class.
		if m.Scheme != Given && v <= values[0] {
			continue
		}
		if len(out) < maxClasses-1 && (len(out) == 0 || v > out[len(out)-1]) {
			out = append(out, v)
		}
	}
	return out
}

func round(v float64, decimals int) float64 {
	k := math.Pow10(min(max(decimals, 0), 9))
	return math.Round(v*k) / k
}

// classes builds the legend. Few classes are spread over the ramp, so that the
// highest is always the darkest.
func (m Map) classes(limits []float64) []Class {
	n := len(limits) + 1
	out := make([]Class, n)
	for i := range out {
		tone := maxClasses
		if n > 1 {
			tone = 1 + i*(maxClasses-1)/(n-1)
		} else {
			tone = 4
		}
		c := Class{CSS: "q" + strconv.Itoa(tone), Low: math.Inf(-1), High: math.Inf(1)}
		if i > 0 {
			c.Low = limits[i-1]
		}
		if i < n-1 {
			c.High = limits[i]
		}
		c.Label = m.rangeWords(c)
		out[i] = c
	}
	return out
}

func (m Map) rangeWords(c Class) string {
	low, high := number(c.Low, m.Decimals), number(c.High, m.Decimals)
	switch {
	case math.IsInf(c.Low, -1) && math.IsInf(c.High, 1):
		return "mọi giá trị"
	case math.IsInf(c.Low, -1):
		return "dưới " + high
	case math.IsInf(c.High, 1):
		return "từ " + low + " trở lên"
	case m.Decimals == 0 && c.High == c.Low+1 && m.whole:
		return low
	}
	return low + " đến dưới " + high
}

func find(classes []Class, v float64) int {
	for i, c := range classes {
		if v >= c.Low && v < c.High {
			return i
		}
	}
	return len(classes) - 1
}

// number writes 1234.5 as 1.234,5.
func number(v float64, decimals int) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return ""
	}
	s := strconv.FormatFloat(math.Abs(round(v, decimals)), 'f', max(0, decimals), 64)
	whole, frac, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	if frac != "" {
		whole += "," + frac
	}
	if v < 0 && strings.Trim(whole, "0.,") != "" {
		return "-" + whole
	}
	return whole
}
