package report

import (
	"fmt"
	"regexp"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// Place is where the office writes its own words: [[write KEY "Title" "What to write there"]].
type Place struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Guide string `json:"guide"`
}

// Office is what the office itself adds to a report: its words by the key of the place, and the blocks of the program
// that it leaves out, by their key, with the reason. Drafting shows empty places and what is left out.
type Office struct {
	Texts    map[string]string
	Hidden   map[string]string
	Drafting bool
}

var placeKey = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func parsePlace(rest string, at pos, issues *Problems) node {
	w := words(rest)
	if len(w) != 3 || !placeKey.MatchString(w[0]) {
		issues.add(at, "[[write %s]] không đúng; viết như [[write tinh-hinh \"Tên ô\" \"Hướng dẫn viết gì\"]]", rest)
		return nil
	}
	return writeNode{Place{Key: w[0], Title: w[1], Guide: w[2]}, at}
}

// Places are all places of a template where the office writes, in their order, whatever the conditions around them.
func (t *Template) Places() []Place {
	var out []Place
	for _, n := range places(t.body, nil) {
		out = append(out, n.place)
	}
	return out
}

func places(list []node, out []writeNode) []writeNode {
	for _, n := range list {
		switch n := n.(type) {
		case writeNode:
			out = append(out, n)
		case partNode:
			out = places(n.body, out)
		case forNode:
			out = places(n.body, out)
		case ifNode:
			for _, a := range n.arms {
				out = places(a.body, out)
			}
			out = places(n.els, out)
		}
	}
	return out
}

// places refuses a key that stands twice: the office would write one text into two places.
func (c *checker) places(t *Template) {
	seen := map[string]bool{}
	for _, n := range places(t.body, nil) {
		if seen[n.place.Key] {
			c.issues.add(n.at, "[[write %s]]: mã ô này đã dùng trong mẫu; mỗi ô cần một mã riêng", n.place.Key)
		}
		seen[n.place.Key] = true
	}
}

// write prints what the office wrote in a place: each line is a paragraph, lines that begin with a dash are a list.
// Words stand as they were typed; slots are filled.
func (f *filler) write(n writeNode) {
	if f.office.Drafting {
		place := n.place
		f.pieces = append(f.pieces, piece{block: &Block{Kind: BlockPlace, Place: &place}})
	}
	var items [][]Run
	flush := func() {
		if len(items) > 0 {
			f.pieces = append(f.pieces, piece{block: &Block{Kind: BlockList, Items: items, Written: n.place.Key}})
		}
		items = nil
	}
	for i, text := range strings.Split(f.office.Texts[n.place.Key], "\n") {
		text = strings.TrimSpace(text)
		item, isItem := listItem(text)
		switch {
		case text == "":
			flush()
		case isItem:
			items = append(items, f.proseRuns(item, n.place, i+1))
		default:
			flush()
			f.pieces = append(f.pieces, piece{block: &Block{Kind: BlockParagraph, Runs: f.proseRuns(text, n.place, i+1), Written: n.place.Key}})
		}
	}
	flush()
}

func listItem(line string) (string, bool) {
	for _, dash := range []string{"- ", "– ", "+ ", "• ", "* "} {
		if rest, ok := strings.CutPrefix(line, dash); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return line, false
}

// proseRuns fills the slots of one line. A slot that means nothing stands as it was typed and becomes a notice.
func (f *filler) proseRuns(line string, in Place, number int) []Run {
	var out []Run
	for _, p := range proseParts(line) {
		if !p.slot {
			out = append(out, Run{Text: p.text, Evidence: NoEvidence})
			continue
		}
		s, wrong := readProseSlot(f.edition, p.text)
		if wrong != "" {
			f.wrong = append(f.wrong, Notice{Kind: "write", Evidence: NoEvidence, Text: fmt.Sprintf("Ô “%s”, dòng %d: %s.", in.Title, number, wrong)})
			out = append(out, Run{Text: "{{" + p.text + "}}", Evidence: NoEvidence})
			continue
		}
		out = append(out, f.slotRuns(s)...)
	}
	return out
}

// slotRuns are the runs that a slot prints, without the looks of template text.
func (f *filler) slotRuns(s slot) []Run {
	kept := f.pieces
	f.pieces = nil
	f.slot(s)
	var out []Run
	for _, p := range f.pieces {
		if p.run != nil {
			out = append(out, *p.run)
			continue
		}
		out = append(out, Run{Text: unguard(p.text), Evidence: NoEvidence})
	}
	f.pieces = kept
	return out
}

func unguard(s string) string { return strings.NewReplacer(`\\`, `\`, `\*`, "*").Replace(s) }

type prosePart struct {
	text string
	slot bool
}

// proseParts cuts a line at its slots. A {{ that is never closed is text; the check names it.
func proseParts(line string) []prosePart {
	var out []prosePart
	for line != "" {
		open := strings.Index(line, "{{")
		stop := -1
		if open >= 0 {
			stop = strings.Index(line[open:], "}}")
		}
		if stop < 0 {
			return append(out, prosePart{text: line})
		}
		if open > 0 {
			out = append(out, prosePart{text: line[:open]})
		}
		out = append(out, prosePart{text: strings.TrimSpace(line[open+2 : open+stop]), slot: true})
		line = line[open+stop+2:]
	}
	return out
}

// readProseSlot reads a slot that a person typed; wrong is what to do about one that means nothing.
func readProseSlot(e *catalog.Edition, src string) (s slot, wrong string) {
	var issues Problems
	s = parseSlot(src, pos{}, &issues)
	if len(issues) == 0 {
		switch s.kind {
		case slotVariable, slotBreaks:
			return s, fmt.Sprintf("{{%s}} chỉ dùng trong mẫu báo cáo; hãy chọn một số liệu trong danh sách", src)
		}
		c := &checker{edition: e, vars: map[string]string{}}
		for _, i := range e.Indicators {
			c.indicators = append(c.indicators, i.Code)
		}
		c.slot(s)
		issues = c.issues
	}
	if len(issues) > 0 {
		return s, strings.TrimSuffix(issues[0].Text, ".")
	}
	return s, ""
}

// ProseWrong is one place in a text that cannot be printed: its line, counted from 1, and what to do.
type ProseWrong struct {
	Line int
	Text string
}

// CheckProse reads what the office wrote in one place.
func CheckProse(e *catalog.Edition, text string) []ProseWrong {
	var out []ProseWrong
	for i, line := range strings.Split(text, "\n") {
		for _, p := range proseParts(line) {
			switch {
			case p.slot:
				if _, wrong := readProseSlot(e, p.text); wrong != "" {
					out = append(out, ProseWrong{i + 1, wrong})
				}
			case strings.Contains(p.text, "{{"):
				out = append(out, ProseWrong{i + 1, "thiếu dấu đóng }} sau chỗ chèn số liệu"})
			}
		}
	}
	return out
}

// assemble makes the sections, names the program's blocks, and leaves out what the office left out.
func (f *filler) assemble() []Section {
	sections := blocks(f.pieces)
	f.nameBlocks(sections)
	for i := range sections {
		kept := sections[i].Blocks[:0]
		for _, b := range sections[i].Blocks {
			reason, hidden := f.office.Hidden[b.Key]
			b.Hidden = reason
			if !hidden || b.Key == "" || f.office.Drafting {
				kept = append(kept, b)
			}
		}
		sections[i].Blocks = kept
	}
	return number(prune(sections))
}

// nameBlocks gives each block of the program a key: the section, and the first figure that it prints, the table or chart
// that it is, or the beginning of its words.
func (f *filler) nameBlocks(sections []Section) {
	seen := map[string]int{}
	for i := range sections {
		title := anchorOf(sections[i].Title)
		for j := range sections[i].Blocks {
			b := &sections[i].Blocks[j]
			if b.Written != "" || b.Kind == BlockPlace {
				continue
			}
			key := title + "/" + f.speaksOf(b)
			seen[key]++
			if n := seen[key]; n > 1 {
				key = fmt.Sprintf("%s~%d", key, n)
			}
			b.Key = key
		}
	}
}

func (f *filler) speaksOf(b *Block) string {
	switch b.Kind {
	case BlockTable:
		return b.Table.ID
	case BlockChart:
		return b.Chart.ID
	}
	for _, runs := range append([][]Run{b.Runs}, b.Items...) {
		for _, r := range runs {
			if r.Evidence != NoEvidence {
				return f.evidence[r.Evidence].Indicator
			}
		}
	}
	text := plain(b.Runs)
	if len(b.Items) > 0 {
		text = plain(b.Items[0])
	}
	words := strings.Fields(text)
	return anchorOf(strings.Join(words[:min(6, len(words))], " "))
}

// anchorOf is a title as an id.
func anchorOf(title string) string {
	id := strings.Join(strings.FieldsFunc(civil.Fold(title), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	}), "-")
	if id == "" {
		return "dau"
	}
	return id
}
