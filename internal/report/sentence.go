package report

import (
	"regexp"
	"strings"
)

var sentenceEnd = regexp.MustCompile(`[.!?;]\s+`)

// sentences cuts a paragraph into its sentences, each without its end and in
// lower case.
func sentences(text string) []string {
	var out []string
	for _, s := range sentenceEnd.Split(text, -1) {
		s = strings.ToLower(strings.TrimRight(strings.TrimSpace(s), ".;:!?"))
		if len(strings.Fields(s)) >= 4 {
			out = append(out, s)
		}
	}
	return out
}

// repeated are the sentences that a report says more than once, each with the
// section of its second place. An official report says a thing once.
func repeated(sections []Section) []string {
	first := map[string]string{}
	var out []string
	for _, s := range sections {
		for _, text := range s.prose() {
			for _, one := range sentences(text) {
				if _, again := first[one]; again {
					out = append(out, one)
					continue
				}
				first[one] = s.Title
			}
		}
	}
	return out
}

// prose are the paragraphs, items and notes of a section, without tables and
// charts but with what is written under them.
func (s Section) prose() []string {
	var out []string
	for _, b := range s.Blocks {
		switch b.Kind {
		case BlockParagraph, BlockNote:
			out = append(out, plain(b.Runs))
		case BlockList:
			for _, item := range b.Items {
				out = append(out, plain(item))
			}
		case BlockTable:
			out = append(out, b.Table.Caption)
			out = append(out, b.Table.Notes...)
		case BlockChart:
			out = append(out, b.Chart.Caption)
			out = append(out, b.Chart.Notes...)
		}
	}
	return out
}
