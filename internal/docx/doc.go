// Package docx writes official Vietnamese documents as Word files (Office
// Open XML), with nothing but the standard library, and in two forms:
//
//   - Party, after Hướng dẫn 36-HD/VPTW of 03/4/2018: the body's name over an
//     asterisk at the left, "ĐẢNG CỘNG SẢN VIỆT NAM" over a rule at the right,
//     "Số 36-BC/BDV" without colon and with a hyphen, "T/M" with a slash;
//   - State, after Nghị định 30/2020/NĐ-CP: the national title and motto at
//     the right, "Số: 84/BC-UBND" with colon and slash, "TM." with a dot.
//
// What differs between the two is a table of values in form.go, where each is
// marked read in the rule or not verified. Both print on A4 in Times New
// Roman, with the page number in the middle of the head from page two on.
//
//	d := &docx.Document{Style: docx.Party, Title: "BÁO CÁO", ...}
//	d.Blocks = append(d.Blocks, docx.Heading{Level: 1, Number: "I.", Text: "..."})
//	err := docx.Write(w, d)
//
// Blocks are Heading, Paragraph, List, Table, Chart, Picture and PageBreak.
// A table's head is repeated on each page and its rows are never split. A
// chart is a native chart of Word with its values inside the document (a
// small workbook, so that "Edit data" works, and cached values, so that
// LibreOffice draws it too); a category without a value is a gap, and a break
// of definition cuts a line in two. A footnote is a Run with a Note.
//
// The file holds no field but PAGE, so nothing asks to be updated when it is
// opened, no macro and no outside link. Characters that XML forbids are
// dropped. Equal documents give files equal to the byte: entries of the zip
// have one fixed time and a fixed order.
//
// Widths are in millimetres as on a ruler; inside the file they are twips
// (1/1440 inch) and EMU (1/914400 inch).
package docx
