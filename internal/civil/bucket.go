package civil

// Bucket is a third of a month: yyyymm*10 + 1 (days 1-14), 2 (day 15) or 3 (16 to the end). Official windows
// run 15th to 14th (TT 01/2024/TT-TTCP), 16th to 15th (TT 03/2013) or by calendar month: each is an exact
// run of buckets.
type Bucket int32

// BucketOf is the bucket that holds d.
func BucketOf(d Date) Bucket {
	k := 3
	switch {
	case d.Day() < 15:
		k = 1
	case d.Day() == 15:
		k = 2
	}
	return Bucket(int(d)/100*10 + k)
}

// Range is the first and last day of the bucket.
func (b Bucket) Range() (Date, Date) {
	first := Date(int(b) / 10 * 100)
	switch b % 10 {
	case 1:
		return first + 1, first + 14
	case 2:
		return first + 15, first + 15
	}
	return first + 16, (first + 1).MonthEnd()
}

func (b Bucket) Year() int { return int(b) / 1000 }

// next is the bucket after b.
func (b Bucket) next() Bucket {
	_, last := b.Range()
	return BucketOf(last.AddDays(1))
}

func (b Bucket) prev() Bucket {
	first, _ := b.Range()
	return BucketOf(first.AddDays(-1))
}

// YearSpan, BucketSpan and DaySpan are runs with both ends counted.
type (
	YearSpan   struct{ From, To int }
	BucketSpan struct{ From, To Bucket }
	DaySpan    struct{ From, To Date }
)

// Parts is an exact disjoint cover of a period by whole years, whole buckets and single days.
type Parts struct {
	Years   []YearSpan
	Buckets []BucketSpan
	Days    []DaySpan
}

// Decompose covers from..to with as few and as coarse parts as there are. An empty period gives no parts.
func Decompose(from, to Date) Parts {
	var p Parts
	if from > to {
		return p
	}
	first, last := BucketOf(from), BucketOf(to)
	if f, _ := first.Range(); f != from {
		_, end := first.Range()
		p.Days = append(p.Days, DaySpan{from, min(end, to)})
		if end >= to {
			return p
		}
		first = first.next()
	}
	if start, end := last.Range(); end != to {
		if start <= from && len(p.Days) > 0 {
			return p
		}
		p.Days = append(p.Days, DaySpan{max(start, from), to})
		if start <= from {
			return p
		}
		last = last.prev()
	}
	if first > last {
		return p
	}
	p.Years, p.Buckets = wholeYears(first, last)
	return p
}

func wholeYears(first, last Bucket) ([]YearSpan, []BucketSpan) {
	y0, y1 := first.Year(), last.Year()
	if first != Bucket(y0*1000+11) {
		y0++
	}
	if last != Bucket(y1*1000+123) {
		y1--
	}
	if y0 > y1 {
		return nil, []BucketSpan{{first, last}}
	}
	var edges []BucketSpan
	if head := Bucket(y0*1000 + 11); first < head {
		edges = append(edges, BucketSpan{first, head.prev()})
	}
	if tail := Bucket(y1*1000 + 123); tail < last {
		edges = append(edges, BucketSpan{tail.next(), last})
	}
	return []YearSpan{{y0, y1}}, edges
}
