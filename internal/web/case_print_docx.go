package web

import (
	"io"
	"strings"

	"danvan/internal/docx"
	"danvan/internal/report"
)

// dotted is a line left to be written in.
var dotted = strings.Repeat("…", 40)

// docx writes the paper as an official Word document.
func (p *casePaper) docx(w io.Writer, mark string) error {
	d := &docx.Document{Style: docx.State, Title: p.Title, Subject: p.Subject, Mark: mark, Recipients: p.Recipients,
		Letterhead: docx.Letterhead{Superior: p.Letterhead.Superior, Issuer: p.Letterhead.Issuer, Number: p.Letterhead.Number,
			Symbol: p.Letterhead.Symbol, Place: p.Letterhead.Place, DateText: p.Letterhead.DateText},
		Signature: docx.Signature{Authority: p.Signature.Authority, Position: p.Signature.Position, Name: p.Signature.Name}}
	if p.Format == report.Party {
		d.Style = docx.Party
	}
	if p.To != "" {
		d.Blocks = append(d.Blocks, docx.Paragraph{Align: docx.AlignCenter, Runs: []docx.Run{{Text: "Kính gửi: " + p.To}}})
	}
	for _, part := range p.Parts {
		d.Blocks = append(d.Blocks, part.blocks()...)
	}
	return docx.Write(w, d)
}

func (part paperPart) blocks() []docx.Block {
	var out []docx.Block
	if part.Title != "" {
		out = append(out, docx.Paragraph{NoIndent: true, KeepNext: true, Runs: []docx.Run{{Text: part.Title, Bold: true}}})
	}
	for _, f := range part.Facts {
		out = append(out, docx.Paragraph{Runs: []docx.Run{{Text: f.Name + ": "}, {Text: f.Value}}})
	}
	if t := part.Table; t != nil && len(t.Rows) > 0 {
		table := docx.Table{Caption: t.Caption, Columns: make([]docx.Column, len(t.Head))}
		var head []docx.HeadCell
		for _, h := range t.Head {
			head = append(head, docx.HeadCell{Text: h})
		}
		table.Head = [][]docx.HeadCell{head}
		for _, row := range t.Rows {
			table.Rows = append(table.Rows, docx.Cells(row...))
		}
		out = append(out, table)
	}
	for _, l := range part.Lines {
		out = append(out, docx.Text(l))
	}
	for range part.Dots {
		out = append(out, docx.Paragraph{NoIndent: true, Runs: []docx.Run{{Text: dotted}}})
	}
	return out
}
