// Package xlsx writes annexes as Excel workbooks and reads the workbooks that
// people send in.
//
// # Writing
//
// Write turns a Workbook into a file: title lines, a head that is bold, frozen,
// filtered and repeated when printed, cells with a type (whole number, decimal,
// percent, date, text), notes below, A4 landscape fitted to the width of the
// page, page numbers at the foot and the demo mark at the head of every page
// and in the first row of every sheet.
//
// A text stays a text. "=1+1", "+84...", "-5 %", "@sum" are stored as text cells
// in the text format: nothing is computed when the file is opened, nor when the
// cell is edited. Empty is "nothing reported" and differs from Int(0).
//
// # Reading
//
// Rows and Read treat a file as hostile. It is streamed by a reader of our own,
// so that memory does not follow what the file claims:
//
//   - the zip is checked before anything is unpacked: number of entries, unpacked
//     size and ratio as declared; what is really unpacked is counted again;
//   - macros, encrypted files, the old .xls format and files that are something
//     else are refused, each with its own error and a sentence for people;
//   - document type declarations are refused, entities are never fetched, no link
//     is followed, no formula is computed: a formula cell gives the value stored
//     with it;
//   - rows, columns and the length of a text are limited.
//
// A cell comes out as text: a number as its shortest decimal form with a point
// ("1234.5"), whatever its format showed; a cell in a date format as ISO
// ("2019-05-08" or "2019-05-08T07:30:00"); TRUE or FALSE; an error cell is an
// error of the read that names the cell. Leading zeros survive where the cell
// was text.
//
// Uploads from strangers are best read in a child process as well; the limits
// here make that a second wall, not the only one.
package xlsx
