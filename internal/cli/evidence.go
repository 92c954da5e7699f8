package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
)

// EvidenceCmd lists the entries behind a figure.
type EvidenceCmd struct {
	question
	Part   string `help:"numerator (tử số) hoặc denominator (mẫu số)." default:"numerator" placeholder:"numerator|denominator"`
	Offset int64  `help:"Bỏ qua chừng này ghi nhận đầu."`
	Limit  int64  `help:"In nhiều nhất chừng này ghi nhận; 0 là tất cả." default:"0"`
	CSV    bool   `name:"csv" help:"In CSV (UTF-8)."`

	By      string `help:"Chia theo month (tháng), year (năm), unit (đơn vị) hoặc label:NAME (nhãn): mỗi dòng của số liệu một danh sách." placeholder:"month|year|unit|label:NAME"`
	Compare bool   `help:"Thêm danh sách của cùng kỳ năm trước."`
}

// Run prints the entries, newest first.
func (c *EvidenceCmd) Run(r *Run) error {
	if c.JSON && c.CSV {
		return fault.New(fault.Invalid, "Chỉ ghi một trong hai: --json hoặc --csv.")
	}
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	q, err := c.query(a.Catalog)
	if err != nil {
		return err
	}
	questions, err := c.questions(r, a.Figures, q)
	if err != nil {
		return err
	}
	var all []*figure.Evidence
	for _, q := range questions {
		ev, err := a.Figures.Evidence(r.Ctx, q, figure.Side(c.Part), c.Offset, c.Limit)
		if err != nil {
			return err
		}
		all = append(all, ev)
	}
	if c.JSON && c.By == "" && !c.Compare {
		return writeJSON(r.Out, all[0])
	}
	if c.JSON {
		return writeJSON(r.Out, all)
	}
	for _, ev := range all {
		show := printEvidence
		if c.CSV {
			show = writeProofs
		}
		if err := show(r.Out, ev); err != nil {
			return err
		}
	}
	return nil
}

// questions are those whose entries are listed: the one asked, one for each row of --by, or the same period of the
// year before as well.
func (c *EvidenceCmd) questions(r *Run, figures *figure.Engine, q figure.Query) ([]figure.Query, error) {
	switch {
	case c.By != "" && c.Compare:
		return nil, fault.New(fault.Invalid, "Chỉ ghi một trong hai: --by hoặc --compare.")
	case c.Compare:
		before := q
		before.Period = civil.Period{From: q.Period.From.AddYears(-1), To: q.Period.To.AddYears(-1)}
		before.Period.Name = civil.NamePeriod(before.Period.From, before.Period.To)
		return []figure.Query{q, before}, nil
	case c.By == "":
		return []figure.Query{q}, nil
	}
	b, err := figures.Breakdown(r.Ctx, q, c.By)
	if err != nil {
		return nil, err
	}
	var out []figure.Query
	for _, row := range b.Rows {
		part := q
		switch {
		case row.Entries == 0:
			continue
		case strings.HasPrefix(c.By, "label:"):
			part.Label, part.LabelValue = strings.TrimPrefix(c.By, "label:"), row.Key
		case row.From != "":
			if part.Period, err = civil.ParsePeriod(row.From + ".." + row.To); err != nil {
				return nil, err
			}
		case row.Key == "" || row.Kind == "union":
			continue
		default:
			part.Unit = row.Key
		}
		out = append(out, part)
	}
	return out, nil
}

func printEvidence(w io.Writer, ev *figure.Evidence) error {
	side := "tử số"
	if ev.Side == figure.Denominator {
		side = "mẫu số"
	}
	fmt.Fprintf(w, "%s, %s, %s: %s ghi nhận đứng sau %s\n", ev.Name, ev.UnitName, ev.Period.Name, civil.FormatInt(ev.Total), side)
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "Số\tNgày\tĐơn vị\tLoại\tGiá trị\tTrạng thái\tNội dung")
	for _, e := range ev.Entries {
		fmt.Fprintf(tw, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", e.ID, viDate(e.Day), e.UnitName, e.KindName, number(&e.Value, ""), stateName(e.State), e.Title)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if shown := int64(len(ev.Entries)); shown < ev.Total {
		_, err := fmt.Fprintf(w, "In %s trên tổng số %s ghi nhận; xem tiếp bằng --offset %d.\n",
			civil.FormatInt(shown), civil.FormatInt(ev.Total), ev.Offset+shown)
		return err
	}
	return nil
}

func stateName(s string) string {
	switch s {
	case "confirmed":
		return "đã xác nhận"
	case "void":
		return "đã hủy"
	}
	return "đã ghi"
}

func writeProofs(w io.Writer, ev *figure.Evidence) error {
	cw := csv.NewWriter(w)
	if err := cw.Write([]string{"id", "kind", "day", "unit", "unit_name", "place", "title", "value", "state", "leaf"}); err != nil {
		return err
	}
	for _, e := range ev.Entries {
		err := cw.Write([]string{strconv.FormatInt(e.ID, 10), e.Kind, e.Day, e.Unit, e.UnitName, e.Place, e.Title, e.Value, e.State, strconv.FormatInt(e.Leaf, 10)})
		if err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}
