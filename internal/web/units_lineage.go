package web

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// lineage is a unit among those that it came from and those that it became: each a bar along time.
type lineage struct {
	self     *org.Unit
	units    []*org.Unit // as drawn, from the top
	flows    []org.Flow
	from, to civil.Date
	more     int // units that are left out of the drawing
}

// lineageLine is one unit of a lineage in words.
type lineageLine struct {
	unitLink
	Code, Life, How, Share string
	Self                   bool
	Change                 int64
}

// mostBars is how many units a lineage draws; mostSteps how many changes it follows to either side.
const (
	mostBars  = 18
	mostSteps = 4
)

// lineageOf follows a unit back and forth through merges and splits.
func lineageOf(tree *org.Tree, self *org.Unit, today civil.Date) lineage {
	l := lineage{self: self, from: civil.Forever, to: today}
	seen := map[org.UnitID]bool{self.ID: true}
	var before, after []*org.Unit
	walk := func(list *[]*org.Unit, flowsOf func(org.UnitID) []org.Flow, end func(org.Flow) org.UnitID) {
		level := []org.UnitID{self.ID}
		for range mostSteps {
			var next []org.UnitID
			for _, id := range level {
				for _, f := range flowsOf(id) {
					other := end(f)
					if !seen[other] {
						if len(*list) >= mostBars/2 && len(before)+len(after)+1 >= mostBars {
							l.more++
							continue
						}
						seen[other] = true
						*list = append(*list, tree.Unit(other))
						next = append(next, other)
					}
					if !slices.ContainsFunc(l.flows, func(x org.Flow) bool { return x.From == f.From && x.To == f.To }) {
						l.flows = append(l.flows, f)
					}
				}
			}
			level = next
		}
	}
	walk(&before, tree.Predecessors, func(f org.Flow) org.UnitID { return f.From })
	walk(&after, tree.Successors, func(f org.Flow) org.UnitID { return f.To })
	slices.Reverse(before)
	l.units = slices.Concat(before, []*org.Unit{self}, after)
	for _, u := range l.units {
		l.from = min(l.from, max(u.Opened, org.Floor))
		if u.Closed != civil.Forever {
			l.to = max(l.to, u.Closed)
		}
	}
	l.flows = slices.DeleteFunc(l.flows, func(f org.Flow) bool { return !seen[f.From] || !seen[f.To] })
	return l
}

// lines are the lineage in words, by the day on which each began.
func (l lineage) lines(tree *org.Tree) []lineageLine {
	var out []lineageLine
	for _, u := range l.units {
		day := max(u.Opened, org.Floor)
		line := lineageLine{unitLink: unitLink{unitAt(u.Code, day), u.SpanOn(u.Closed.AddDays(-1)).Name}, Code: u.Code, Life: spanDays(u.Opened, u.Closed), Self: u == l.self}
		var how []string
		for _, f := range l.flows {
			if f.From == u.ID {
				how = append(how, f.Day.Vi()+": "+flowName(f.Kind)+" vào "+tree.NameOn(f.To, f.Day)+flowShare(f))
				line.Change = f.Change
			}
		}
		line.How = strings.Join(how, "; ")
		out = append(out, line)
	}
	return out
}

func flowShare(f org.Flow) string {
	if f.Kind != org.Split {
		return ""
	}
	return " (" + shareText(f.Parts) + ")"
}

const (
	lineageWidth = 960
	barHeight    = 14
	barStep      = 46
)

// svg draws the lineage: time from left to right, one bar a unit, lines where one went into another.
func (l lineage) svg(tree *org.Tree) string {
	if len(l.units) < 2 {
		return ""
	}
	height := barStep*len(l.units) + 34
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="lineage" viewBox="0 0 %d %d" role="group" aria-labelledby="dong-doi-t"><title id="dong-doi-t">Lai lịch của %s: %d đơn vị, từ %s đến %s; bảng bên dưới ghi đủ</title>`,
		lineageWidth, height, html.EscapeString(l.self.SpanOn(l.self.Closed.AddDays(-1)).Name), len(l.units), l.from.Vi(), l.to.Vi())
	l.axis(&b, height)
	row := map[org.UnitID]int{}
	for i, u := range l.units {
		row[u.ID] = i
	}
	for _, f := range l.flows {
		l.flow(&b, f, row[f.From], row[f.To])
	}
	for i, u := range l.units {
		l.bar(&b, u, i)
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// x is where a day stands in the drawing.
func (l lineage) x(d civil.Date) int {
	d = min(max(d, l.from), l.to)
	days := max(l.from.DaysUntil(l.to), 1)
	return 10 + l.from.DaysUntil(d)*(lineageWidth-20)/days
}

func (l lineage) axis(b *strings.Builder, height int) {
	step := max(1, (l.to.Year()-l.from.Year())/8)
	for y := l.from.Year() + 1; y <= l.to.Year(); y += step {
		x := l.x(civil.NewDate(y, 1, 1))
		fmt.Fprintf(b, `<path class="ax" d="M%d 0V%d"/><text class="yr" x="%d" y="%d">%d</text>`, x, height-20, x, height-5, y)
	}
}

func (l lineage) flow(b *strings.Builder, f org.Flow, from, to int) {
	class := "fl"
	if f.Kind == org.Split {
		class = "fl dash"
	}
	x := l.x(f.Day)
	fmt.Fprintf(b, `<path class="%s" d="M%d %dV%d"/>`, class, x, from*barStep+24+barHeight/2, to*barStep+24+barHeight/2)
}

func (l lineage) bar(b *strings.Builder, u *org.Unit, row int) {
	y := row*barStep + 24
	class := "b"
	if u == l.self {
		class = "b me"
	}
	x0, x1 := l.x(u.Opened), l.x(u.Closed)
	name := u.SpanOn(u.Closed.AddDays(-1)).Name
	anchor, at := "start", x0
	if x0 > lineageWidth*2/3 {
		anchor, at = "end", x1
	}
	fmt.Fprintf(b, `<a href="/don-vi/%s"><rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="3"/>`, html.EscapeString(unitAt(u.Code, max(u.Opened, org.Floor))), class, x0, y, max(x1-x0, 3), barHeight)
	for _, sp := range u.Spans[1:] {
		fmt.Fprintf(b, `<path class="tick" d="M%d %dv%d"/>`, l.x(sp.From), y-2, barHeight+4)
	}
	fmt.Fprintf(b, `<text class="nm" x="%d" y="%d" text-anchor="%s">%s <tspan class="cd">%s</tspan></text></a>`, at, y-6, anchor, html.EscapeString(name), html.EscapeString(u.Code))
}
