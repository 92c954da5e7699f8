package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
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
	ev, err := a.Figures.Evidence(r.Ctx, q, figure.Side(c.Part), c.Offset, c.Limit)
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		return writeJSON(r.Out, ev)
	case c.CSV:
		return writeProofs(r.Out, ev)
	}
	return printEvidence(r.Out, ev)
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
