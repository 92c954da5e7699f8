package report

import "strconv"

// Format is the family of official form a report is printed in.
type Format string

const (
	// Party is the form of Party bodies, Front and unions.
	Party Format = "party"
	// State is the form of departments and People's Committees.
	State Format = "state"
)

// Report is one finished document. Its figures are frozen as they were when it
// was built; Evidence tells how to ask for each again.
type Report struct {
	Template string `json:"template"`
	Title    string `json:"title"`   // "BÁO CÁO"
	Subject  string `json:"subject"` // the line under the title (trích yếu)
	Format   Format `json:"format"`
	Unit     Unit   `json:"unit"`
	Period   Period `json:"period"`
	Basis    string `json:"basis"` // "then" or a day
	Status   string `json:"status"`
	Edition  string `json:"edition"`
	Counted  string `json:"counted,omitempty"` // which entries the figures count, in words
	// Leaf is the newest act of the log that the figures know: what entries
	// did later is in none of them, what they did before is in all.
	Leaf       int64      `json:"leaf,omitempty"`
	Letterhead Letterhead `json:"letterhead"`
	Recipients []string   `json:"recipients"`
	Signature  Signature  `json:"signature"`
	// Mark is printed on every page of invented data, empty otherwise.
	Mark     string    `json:"mark,omitempty"`
	Sections []Section `json:"sections"`
	// Figures has one line for each ref (F01, F02...), in the order of refs.
	Figures []Figure `json:"figures"`
	// Evidence has one line for each distinct question asked of the figures,
	// in order of first appearance; Run.Evidence is an index into it.
	Evidence []Evidence `json:"evidence"`
	// Notices are what the reader must know before signing: failed checks,
	// estimates, units that have not reported, sentences said twice.
	Notices []Notice `json:"notices"`
	// Annexes are the printed indicators by unit and by year, made where the
	// request asks for them.
	Annexes []Table `json:"annexes,omitempty"`
	// Forms are the statistical forms that go with the report.
	Forms []Table `json:"forms,omitempty"`
	// Seal is printed at the end of a report that was filed or issued; nil before.
	Seal *Seal `json:"-"`
}

// Seal says how a printed report is held against the log.
type Seal struct {
	Hash   string // SHA-256 of the report's JSON, hex
	Leaf   int64  // number of the act in the log
	Index  int64  // line of the log, -1 while it waits for one
	Issued bool   // it went out with number, day and signer
	Check  string // the address where it is held against the log, empty where the host is not known
}

// Lines are the seal as it is printed.
func (s *Seal) Lines() []string {
	place := "Bút tích số " + strconv.FormatInt(s.Leaf, 10) + " trong sổ niêm phong."
	if s.Index >= 0 {
		place = "Dòng " + strconv.FormatInt(s.Index, 10) + " trong sổ niêm phong, bút tích số " + strconv.FormatInt(s.Leaf, 10) + "."
	}
	where := "Đối chiếu tại /cong/bao-cao/kiem-tra/" + s.Hash + " của hệ thống đã in báo cáo này."
	if s.Check != "" {
		where = "Đối chiếu tại " + s.Check
	}
	return []string{"Niêm phong: " + s.Hash, place, where}
}

// Unit is the body or territory that the report is about.
type Unit struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Level string `json:"level"` // province, district, commune
	Type  string `json:"type"`
}

// Period is the span of days reported on, both inclusive, in ISO form.
type Period struct {
	From string `json:"from"`
	To   string `json:"to"`
	Code string `json:"code,omitempty"`
	Name string `json:"name"` // "năm 2019"
}

// Letterhead is the block at the top of page one.
type Letterhead struct {
	Superior string `json:"superior,omitempty"`
	Issuer   string `json:"issuer"`
	Number   string `json:"number,omitempty"` // empty: to be written in
	Symbol   string `json:"symbol"`           // "BC/TU"
	Place    string `json:"place"`
	DateText string `json:"date_text"` // "ngày ... tháng 01 năm 2020"
}

// Signature is the block at the end.
type Signature struct {
	Authority []string `json:"authority"`
	Position  string   `json:"position"`
	Name      string   `json:"name,omitempty"`
}

// Section is a heading with the blocks up to the next heading of any level.
// The section before the first heading has no Title.
type Section struct {
	ID     string  `json:"id"`    // anchor, unique in the report
	Level  int     `json:"level"` // 1, 2, 3; 0 before the first heading
	Number string  `json:"number,omitempty"`
	Title  string  `json:"title"`
	Blocks []Block `json:"blocks"`
}

// BlockKind says which field of a Block is set.
type BlockKind string

const (
	BlockParagraph BlockKind = "paragraph" // Runs
	BlockList      BlockKind = "list"      // Items
	BlockTable     BlockKind = "table"     // Table
	BlockChart     BlockKind = "chart"     // Chart
	BlockNote      BlockKind = "note"      // Runs: a break in a series, an estimate
	BlockPlace     BlockKind = "place"     // Place: where the office may write; only while it does
)

// Block is a paragraph, list, table, chart or note.
type Block struct {
	Kind  BlockKind `json:"kind"`
	Runs  []Run     `json:"runs,omitempty"`
	Items [][]Run   `json:"items,omitempty"`
	Table *Table    `json:"table,omitempty"`
	Chart *Chart    `json:"chart,omitempty"`
	Place *Place    `json:"-"`
	// Written is the key of the place where the office wrote this, empty for what the program wrote.
	Written string `json:"written,omitempty"`
	// Key names what the program wrote, the same as long as it speaks of the same, so that it can be left out.
	Key string `json:"-"`
	// Hidden is why the office leaves it out; such a block is there only while the report is written.
	Hidden string `json:"-"`
}

// NoEvidence is the Evidence of a run that prints no figure.
const NoEvidence = -1

// Run is a stretch of text with one look; Evidence is the index of the
// question whose answer it prints, or NoEvidence.
type Run struct {
	Text     string `json:"text"`
	Bold     bool   `json:"bold,omitempty"`
	Italic   bool   `json:"italic,omitempty"`
	Evidence int    `json:"evidence"`
}

// Evidence is one question asked of the figures, with its answer. Key is
// stable for the same question: web links to /so-lieu/{Key...} or reads the
// query fields.
type Evidence struct {
	Key       string   `json:"key"`
	Refs      []string `json:"refs,omitempty"`
	Indicator string   `json:"indicator"`
	Name      string   `json:"name"`
	// Measure is the word for what is counted ("đơn", "lượt người", "%").
	Measure string `json:"measure"`
	Cite    string `json:"cite,omitempty"`
	Formula string `json:"formula"`
	// The question. Unit is a code that resolves on the report's basis; From
	// and To are ISO days.
	Unit     string `json:"unit"`
	UnitName string `json:"unit_name"`
	From     string `json:"from"`
	To       string `json:"to"`
	// CutOff is the day up to which outcomes count, for cohorts.
	CutOff string `json:"cut_off,omitempty"`
	// By and Row name the row of a breakdown ("label:field", "land").
	By  string `json:"by,omitempty"`
	Row string `json:"row,omitempty"`
	// The answer. Value is a decimal string, nil when nothing was reported.
	Value              *string  `json:"value"`
	Display            string   `json:"display"` // as the indicator prints it
	Exact              string   `json:"exact"`   // the value without words or rounding to steps
	Numerator          string   `json:"numerator,omitempty"`
	Denominator        string   `json:"denominator,omitempty"`
	Entries            int64    `json:"entries"`
	DenominatorEntries int64    `json:"denominator_entries,omitempty"`
	Estimated          bool     `json:"estimated,omitempty"`
	Breaks             []string `json:"breaks,omitempty"`
	Checks             []Check  `json:"checks,omitempty"`
}

// Figure is the line of one ref in the JSON.
type Figure struct {
	Ref         string  `json:"ref"`
	Indicator   string  `json:"indicator"`
	Name        string  `json:"name"`
	Unit        string  `json:"unit"`
	From        string  `json:"from"`
	To          string  `json:"to"`
	Value       *string `json:"value"`
	Display     string  `json:"display"`
	Numerator   string  `json:"numerator,omitempty"`
	Denominator string  `json:"denominator,omitempty"`
	Entries     int64   `json:"entries"`
	Series      []Point `json:"series,omitempty"`
	Evidence    int     `json:"evidence"`
}

// Point is one year of a Figure's series.
type Point struct {
	Year    string  `json:"year"`
	Value   *string `json:"value"`
	Display string  `json:"display"`
	Entries int64   `json:"entries"`
}

// Check is one test of a figure against its parts.
type Check struct {
	Code    string `json:"code"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

// Notice is something the reader must know.
type Notice struct {
	Kind string `json:"kind"` // check, estimate, break, missing, repeat
	Text string `json:"text"`
	// Evidence is the figure it is about, or NoEvidence.
	Evidence int `json:"evidence"`
}

// Table is a table of a report.
type Table struct {
	ID      string   `json:"id"`
	Number  int      `json:"number"` // "Bảng 1"
	Caption string   `json:"caption"`
	Unit    string   `json:"unit,omitempty"`
	Columns []Column `json:"columns"`
	// Heads, where set, are printed instead of the columns' own: rows of cells that span.
	Heads [][]HeadCell `json:"heads,omitempty"`
	Rows  []Row        `json:"rows"`
	Notes []string     `json:"notes,omitempty"`
}

// Column heads a column; Text columns are aligned left.
type Column struct {
	Head string `json:"head"`
	Unit string `json:"unit,omitempty"`
	Text bool   `json:"text,omitempty"`
	// Indicator is what every number of the column answers, of a form.
	Indicator string `json:"indicator,omitempty"`
}

// Row is a row of a table. Total marks a sum; Additive is false where the rows
// do not add up to it.
type Row struct {
	Cells    []Cell `json:"cells"`
	Total    bool   `json:"total,omitempty"`
	Additive bool   `json:"additive"`
}

// Cell is a cell: runs to print and, where it is a figure, the exact value for
// typed cells of a workbook.
type Cell struct {
	Runs []Run `json:"runs"`
	// Value is the exact decimal string, nil in text cells and where nothing
	// was reported.
	Value    *string `json:"value,omitempty"`
	Decimals int     `json:"decimals,omitempty"`
	Percent  bool    `json:"percent,omitempty"`
}

// ChartKind is the form of a chart.
type ChartKind string

const (
	ChartBars      ChartKind = "bars"      // side by side
	ChartOverlaid  ChartKind = "overlaid"  // parts of parts, inside one another
	ChartStacked   ChartKind = "stacked"   // on one another
	ChartLines     ChartKind = "lines"     // cut at breaks
	ChartRanking   ChartKind = "ranking"   // lying, for units
	ChartMultiples ChartKind = "multiples" // one small chart per unit, on one scale
)

// Chart is a chart of a report with its values.
type Chart struct {
	ID         string        `json:"id"`
	Number     int           `json:"number"` // "Biểu đồ 1"
	Kind       ChartKind     `json:"kind"`
	Caption    string        `json:"caption"`
	Unit       string        `json:"unit,omitempty"`
	Decimals   int           `json:"decimals"`
	Categories []string      `json:"categories"`
	Series     []ChartSeries `json:"series"`
	Breaks     []ChartBreak  `json:"breaks,omitempty"`
	Notes      []string      `json:"notes,omitempty"`
	// Indicators are what its values answer; none in reports that were printed before charts said so.
	Indicators []string `json:"indicators,omitempty"`
}

// ChartSeries is a named row of values, nil where nothing was reported.
type ChartSeries struct {
	Name   string     `json:"name"`
	Values []*float64 `json:"values"`
	// Labels are the values as printed, "" where nothing was reported.
	Labels []string `json:"labels"`
	// Total, when set, is printed beside the name (small multiples); Whole is
	// its number.
	Total string   `json:"total,omitempty"`
	Whole *float64 `json:"whole,omitempty"`
}

// ChartBreak says that from category At on another definition holds.
type ChartBreak struct {
	At     int    `json:"at"`
	Reason string `json:"reason"`
}
