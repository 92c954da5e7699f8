package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"danvan/internal/fault"
	"danvan/internal/intake"
	"danvan/internal/ledger"
)

// table is a file to be imported.
type table struct{ *intake.Table }

// mostBytes bounds a file: about two million rows.
const mostBytes = 512 << 20

// readTable reads a file of one of the three formats.
func readTable(path, format, sheet string) (*table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không mở được tệp "+path+".")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không mở được tệp "+path+".")
	}
	t, err := intake.Read(intake.Source{ReaderAt: f, Size: info.Size()}, filepath.Base(path), format, sheet, intake.Limits{Bytes: mostBytes})
	return &table{t}, err
}

// writeErrors writes the rows again with what is wrong, in the format that the new file's name tells.
func (t *table) writeErrors(path string, bad map[int]ledger.Problems, partial bool) error {
	f, err := os.Create(path)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Không ghi được tệp lỗi "+path+". Hãy chọn thư mục khác.")
	}
	defer f.Close()
	if err := t.WriteErrors(f, intake.FormatOf(path), bad, partial); err != nil {
		return fmt.Errorf("write error file: %w", err)
	}
	return f.Close()
}
