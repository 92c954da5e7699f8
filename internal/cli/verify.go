package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"

	"danvan/internal/app"
	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// VerifyCmd recomputes everything that follows from the entries.
type VerifyCmd struct {
	Checkpoint []string `help:"Điểm kiểm tra có chữ ký đã giữ ở nơi khác; ghi nhiều lần cho nhiều tệp." type:"existingfile" placeholder:"FILE"`
	Key        string   `help:"Khóa công khai đã giữ ở nơi khác, hoặc tệp chứa khóa; mặc định khóa ghi trong cơ sở dữ liệu." placeholder:"KEY"`
	JSON       bool     `help:"In JSON."`
}

// verified is what verify prints as JSON.
type verified struct {
	OK      bool             `json:"ok"`
	Log     *audit.Report    `json:"log"`
	Units   []org.Tampered   `json:"units"`
	Records []string         `json:"records"` // decisions, grants, returns, filings
	Ledger  ledger.Verified  `json:"ledger"`
	Found   []ledger.Finding `json:"findings"`
}

// mostFindings is how many differences of the ledger are named; the count is complete.
const mostFindings = 1000

// Run verifies on one snapshot. It ends with status 4 when anything differs.
func (c *VerifyCmd) Run(r *Run) error {
	opts, err := c.options()
	if err != nil {
		return err
	}
	a, err := r.Open()
	if err != nil {
		return err
	}
	defer a.Close()
	out, err := c.verify(r, a, opts)
	if err != nil {
		return err
	}
	out.OK = out.Log.OK() && len(out.Units) == 0 && len(out.Records) == 0 && out.Ledger.Findings == 0
	if c.JSON {
		enc := json.NewEncoder(r.Out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(out); err != nil {
			return err
		}
	} else {
		out.print(r)
	}
	if !out.OK {
		return ErrCheck
	}
	return nil
}

func (c *VerifyCmd) verify(r *Run, a *app.App, opts audit.Options) (*verified, error) {
	out := &verified{Found: []ledger.Finding{}, Units: []org.Tampered{}, Records: []string{}}
	err := a.DB.Views(r.Ctx, min(2, runtime.GOMAXPROCS(0)), func(readers []db.Querier) (err error) {
		if out.Log, err = audit.Verify(r.Ctx, readers[0], opts); err != nil {
			return err
		}
		changed, err := org.VerifyChanges(r.Ctx, readers[0])
		if err != nil {
			return err
		}
		if len(changed) > 0 { // no figure can be trusted that stands on units other than those of the log
			out.Units = changed
			return nil
		}
		if out.Records, err = app.VerifyRecords(r.Ctx, readers[0]); err != nil {
			return err
		}
		out.Ledger, err = a.Ledger.VerifyOn(r.Ctx, readers, func(f ledger.Finding) {
			if len(out.Found) < mostFindings {
				out.Found = append(out.Found, f)
			}
		}, r.Progress("Kiểm tra"))
		return err
	})
	return out, err
}

func (c *VerifyCmd) options() (audit.Options, error) {
	opts := audit.Options{Verifier: c.Key}
	for _, path := range c.Checkpoint {
		text, err := os.ReadFile(path)
		if err != nil {
			return opts, fault.Wrap(err, fault.Invalid, "Không đọc được điểm kiểm tra "+path+".")
		}
		opts.Checkpoints = append(opts.Checkpoints, string(text))
	}
	if text, err := os.ReadFile(c.Key); c.Key != "" && err == nil {
		opts.Verifier = strings.TrimSpace(string(text))
	}
	return opts, nil
}

func (v *verified) print(r *Run) {
	for _, f := range v.Log.Findings {
		fmt.Fprintf(r.Out, "SỔ NIÊM PHONG: %s\n", f.Text)
	}
	for _, u := range v.Units {
		fmt.Fprintln(r.Out, u.Text)
	}
	for _, text := range v.Records {
		fmt.Fprintln(r.Out, text)
	}
	for i, f := range v.Found {
		if i == 50 {
			fmt.Fprintf(r.Out, "… còn %d chỗ khác; xem đủ bằng --json.\n", v.Ledger.Findings-50)
			break
		}
		fmt.Fprintln(r.Out, f.Text)
		if f.Found != "" || f.Expected != "" {
			fmt.Fprintf(r.Out, "    đang có: %s\n    phải là: %s\n", orNone(f.Found), orNone(f.Expected))
		}
	}
	l := v.Ledger
	fmt.Fprintf(r.Out, "Sổ niêm phong: %d dòng, gốc %s, đối chiếu %d điểm kiểm tra.\n", v.Log.Size, v.Log.Root, v.Log.Compared)
	fmt.Fprintf(r.Out, "Đã tính lại %d ghi nhận (%d bản), %d số cộng, %d chuỗi, %d tổng.\n", l.Entries, l.Versions, l.Facts, l.Series, l.Totals)
	if v.OK {
		fmt.Fprintln(r.Out, "Mọi con số khớp với các ghi nhận.")
		return
	}
	if len(v.Units) > 0 {
		fmt.Fprintln(r.Out, "Đơn vị đã bị sửa ngoài chương trình nên chưa tính lại ghi nhận và tổng.")
	}
	fmt.Fprintf(r.Out, "CÓ SAI KHÁC: %d ở sổ niêm phong, %d ở đơn vị, %d ở quyền, quyết định, báo cáo và hồ sơ, %d ở ghi nhận và tổng.\n", len(v.Log.Findings), len(v.Units), len(v.Records), l.Findings)
}

func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
