package chart

import "strings"

// CSS are the rules that a chart needs, once for a page. Each colour is a
// custom property of the page's tokens with its light value behind it.
const CSS = `.dv-chart{display:block;width:100%;height:auto;overflow:visible}
.dv-chart text{font:400 13px var(--font,"Be Vietnam Pro",system-ui,sans-serif);fill:var(--ink-2,#465064)}
.dv-chart .t-s{font-size:11px}.dv-chart .t-b{font-weight:700;fill:var(--ink,#172033)}
.dv-chart .on{font-weight:700;fill:var(--on-cham,#fff)}.dv-chart .in{fill:var(--ink,#172033)}
.dv-chart .ax{stroke:var(--line,#e3dfd3);stroke-width:1;fill:none}.dv-chart .ax0{stroke:var(--ink-3,#5f6879);stroke-width:1;fill:none}
.dv-chart .dash{stroke-dasharray:4 5}
.dv-chart .f0{fill:var(--q0,#eceae2)}.dv-chart .f1{fill:var(--c1,#1f3f7a)}.dv-chart .f2{fill:var(--c2,#b0552f)}
.dv-chart .f3{fill:var(--ma-fill,#3d9468)}.dv-chart .f4{fill:var(--q2,#aac3df)}.dv-chart .f5{fill:var(--q1,#d5e0ee)}
.dv-chart .f6{fill:var(--nghe-fill,#e2a727)}.dv-chart .f7{fill:var(--tim,#63389b)}
.dv-chart .ln{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}
.dv-chart .l1{stroke:var(--c1,#1f3f7a)}.dv-chart .l2{stroke:var(--c2,#b0552f)}.dv-chart .l3{stroke:var(--ma-fill,#3d9468)}
.dv-chart .l6{stroke:var(--nghe-fill,#e2a727)}.dv-chart .l7{stroke:var(--tim,#63389b)}.dv-chart .l4{stroke:var(--q4,#4c7db5)}
.dv-chart .l2{stroke-dasharray:9 4}.dv-chart .l3{stroke-dasharray:3 4}.dv-chart .l6{stroke-dasharray:12 4 2 4}
.dv-chart .gap{stroke:var(--ink-3,#5f6879);stroke-width:1;stroke-dasharray:2 3;fill:none}
.dv-chart .h{stroke:var(--surface,#fff);stroke-width:2;fill:none}
.dv-chart .est{stroke:var(--tim,#63389b);stroke-width:1.5}
.dv-chart a:hover rect,.dv-chart a:focus rect{fill:var(--focus,#c2570c)}
.dv-spark{display:block;overflow:visible}.dv-spark path{fill:none;stroke:var(--c1,#1f3f7a);stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round}
.dv-spark .a{fill:var(--cham-tint,#e7edf7);stroke:none}
`

// Standalone puts the rules inside a chart, for a file that stands alone.
func Standalone(svg string) string {
	i := strings.IndexByte(svg, '>')
	if i < 0 {
		return svg
	}
	return svg[:i+1] + "<style>" + CSS + "</style>" + svg[i+1:]
}
