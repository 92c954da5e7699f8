package report

import (
	"strings"
	"testing"
)

func outline(sections []Section) string {
	var b strings.Builder
	for _, s := range sections {
		b.WriteString(strings.Repeat("#", s.Level) + s.Number + s.Title + "\n")
		for _, block := range s.Blocks {
			switch block.Kind {
			case BlockList:
				for _, i := range block.Items {
					b.WriteString("- " + plain(i) + "\n")
				}
			case BlockTable:
				b.WriteString("[bảng]\n")
			default:
				b.WriteString(string(block.Kind) + ": " + plain(block.Runs) + "\n")
			}
		}
	}
	return b.String()
}

func TestAssembleReadsBlocks(t *testing.T) {
	run := func(s string) piece { return piece{run: &Run{Text: s, Evidence: 0}} }
	got := outline(assemble([]piece{
		{text: "# Một\n\nCâu đầu\ntiếp  theo , có "}, run("trên 70"), {text: " văn bản.\n\n# Rỗng\n\n## Rỗng nữa\n\n# Hai\n## Hai một\n- mục "},
		run("8/8"), {text: ";\n- mục sau\n  còn tiếp.\n\n> Chú ý.\n### Ba\n"}, {block: &Block{Kind: BlockTable, Table: &Table{}}}, {text: "\n"},
		run("khoảng 2.500"), {text: " lượt."},
	}))
	want := `#I.Một
paragraph: Câu đầu tiếp theo, có trên 70 văn bản.
#II.Hai
##1.Hai một
- Mục 8/8;
- Mục sau còn tiếp.
note: Chú ý.
###a)Ba
[bảng]
paragraph: Khoảng 2.500 lượt.
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEmphasisAndEscapes(t *testing.T) {
	runs := inline([]piece{{text: `ghi **đậm *nghiêng*** và \*sao\*, \100%`}})
	if plain(runs) != "Ghi đậm nghiêng và *sao*, 100%" {
		t.Errorf("got %q", plain(runs))
	}
	if !runs[1].Bold || runs[1].Italic || !runs[2].Bold || !runs[2].Italic {
		t.Errorf("looks are %+v", runs)
	}
}

func TestRepeatedSentencesAreFound(t *testing.T) {
	para := func(s string) Block { return Block{Kind: BlockParagraph, Runs: []Run{{Text: s, Evidence: NoEvidence}}} }
	sections := []Section{
		{Title: "Một", Blocks: []Block{para("Cấp ủy các cấp đã quan tâm lãnh đạo. Việc khác.")}},
		{Title: "Hai", Blocks: []Block{para("Nhân dân đồng tình hưởng ứng rộng rãi."),
			{Kind: BlockList, Items: [][]Run{{{Text: "cấp ủy các cấp đã quan tâm lãnh đạo;", Evidence: NoEvidence}}}}}},
	}
	got := repeated(sections)
	if len(got) != 1 || got[0] != "cấp ủy các cấp đã quan tâm lãnh đạo" {
		t.Errorf("got %q", got)
	}
	if got := repeated(sections[:1]); len(got) != 0 {
		t.Errorf("one section alone gives %q", got)
	}
}
