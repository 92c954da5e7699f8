// Package cli is the command line: one file a command, each a thin shell that reads its flags, calls the
// subject's package and prints. Texts and errors are Vietnamese; exit statuses are the same for every command
// (run.go).
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"danvan/internal/fault"
)

// commands is the whole command line.
type commands struct {
	Data string `help:"Thư mục dữ liệu: cơ sở dữ liệu SQLite, tệp đính kèm và khóa ký sổ." default:"danvan-data" type:"path" placeholder:"DIR" env:"DANVAN_DATA"`
	DB   string `name:"db" help:"Dùng PostgreSQL thay cho SQLite: postgres://người-dùng@máy/cơ-sở-dữ-liệu." placeholder:"URL" env:"DANVAN_DB"`

	Demo     DemoCmd     `cmd:"" help:"Dựng tỉnh minh họa và mở báo cáo sống trong trình duyệt."`
	Serve    ServeCmd    `cmd:"" help:"Mở các trang của cơ sở dữ liệu đã dựng."`
	Accounts AccountsCmd `cmd:"" help:"Tài khoản: tạo, cấp mật khẩu, gỡ lớp thứ hai, ngừng, mở."`
	Units    UnitsCmd    `cmd:"" help:"Đơn vị qua thời gian: cây, lịch sử, sáp nhập, chia tách, hoàn tác."`
	Import   ImportCmd   `cmd:"" help:"Nhập đơn vị, ghi nhận, số đọc từ CSV, JSON Lines, XLSX."`
	Figure   FigureCmd   `cmd:"" help:"Tính một số liệu."`
	Evidence EvidenceCmd `cmd:"" help:"Liệt kê các ghi nhận đứng sau một số liệu."`
	Report   ReportCmd   `cmd:"" help:"Lập báo cáo ra HTML, DOCX, XLSX, JSON."`
	Verify   VerifyCmd   `cmd:"" help:"Tính lại sổ niêm phong, số cộng và tổng từ các ghi nhận."`
	Vault    VaultCmd    `cmd:"" help:"Khóa niêm phong nội dung đơn thư: thay khóa, hủy nội dung hết hạn lưu."`
	Catalog  CatalogCmd  `cmd:"" help:"Danh mục quy định: kiểm tra, liệt kê."`
	Identity IdentityCmd `cmd:"" help:"Danh tính người tố cáo: tạo khóa, niêm phong, mở bằng tệp, không cần trình duyệt."`
	Bench    benches     `cmd:"" help:"Đo tốc độ."`
}

// benches are the measurements.
type benches struct {
	Engine BenchCmd      `cmd:"" default:"withargs" help:"Đo ghi và tính số liệu trên cơ sở dữ liệu tự dựng."`
	Pages  BenchPagesCmd `cmd:"" help:"Hỏi mọi trang trên bản sao của thư mục dữ liệu; in thời gian và số byte."`
}

// Main runs the program with the words after its name and returns the exit status.
func Main(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var cmds commands
	exited := -1
	parser, err := kong.New(&cmds,
		kong.Name("danvan"),
		kong.Description("Ghi nhận công tác dân vận một lần; mọi số liệu, báo cáo từ đó mà ra."),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return ExitFault
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help printed itself
		return exited
	}
	if err != nil {
		fmt.Fprintf(errOut, "danvan: dòng lệnh không đúng: %v\nGõ danvan --help để xem các lệnh và tham số.\n", err)
		return ExitUsage
	}
	run := &Run{Ctx: ctx, In: in, Out: out, Err: errOut, Data: cmds.Data, DB: cmds.DB}
	err = parsed.Run(run)
	switch {
	case err == nil || errors.Is(err, ErrCheck):
	case ctx.Err() != nil: // Ctrl-C: whatever failed, failed because of it
		fmt.Fprintln(errOut, "danvan: Đã dừng theo yêu cầu. Việc ghi đang dở được hoàn tác; chạy lại lệnh để làm lại từ đầu.")
		return ExitFault
	default:
		explain(errOut, err)
	}
	return status(err)
}

// explain prints the sentence for people, and the cause where the program itself is at fault.
func explain(w io.Writer, err error) {
	fmt.Fprintln(w, "danvan:", fault.Say(err))
	if k := fault.KindOf(err); k == fault.Internal || k == fault.Unavailable || os.Getenv("DANVAN_DEBUG") != "" {
		fmt.Fprintln(w, "  nguyên nhân:", strings.TrimPrefix(err.Error(), fault.Say(err)+": "))
	}
}
