package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
)

// attach keeps the attachments that drafts name, so that each has its hash. A file that is not there, or cannot be
// taken, is an error of its row. What was kept for an import that is refused afterwards does no harm: it is named by
// nobody.
func (c *ImportEntriesCmd) attach(r *Run, store *files.Store, in *imported) error {
	dir := c.Attachments
	if dir == "" {
		dir = filepath.Dir(c.File)
	}
	kept := map[string]string{} // name -> hash
	drafts, rows := in.drafts[:0], in.rows[:0]
	for i, d := range in.drafts {
		problems, err := c.keepFiles(r, store, dir, d.Files, kept)
		if err != nil {
			return err
		}
		if len(problems) > 0 {
			in.bad[in.rows[i]] = problems
			continue
		}
		drafts, rows = append(drafts, d), append(rows, in.rows[i])
	}
	in.drafts, in.rows = drafts, rows
	return nil
}

func (c *ImportEntriesCmd) keepFiles(r *Run, store *files.Store, dir string, list []ledger.File, kept map[string]string) (ledger.Problems, error) {
	var problems ledger.Problems
	for i := range list {
		if list[i].Hash != "" {
			continue
		}
		name := list[i].Name
		if name == "" || name != filepath.Base(name) {
			problems = append(problems, ledger.Problem{Field: "files", Say: "Tên tệp đính kèm “" + name + "” không hợp lệ: chỉ ghi tên tệp, không kèm đường dẫn."})
			continue
		}
		hash, ok := kept[name]
		if !ok {
			var err error
			if hash, err = keepFile(r, store, filepath.Join(dir, name)); err != nil {
				if fault.KindOf(err) != fault.Invalid {
					return nil, err
				}
				problems = append(problems, ledger.Problem{Field: "files", Say: fault.Say(err)})
				continue
			}
			kept[name] = hash
		}
		list[i].Hash = hash
	}
	return problems, nil
}

func keepFile(r *Run, store *files.Store, path string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fault.New(fault.Invalid, "Không thấy tệp đính kèm “"+filepath.Base(path)+"”. Đặt tệp cạnh tệp nhập, hoặc chỉ thư mục bằng --attachments.")
	}
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "Không đọc được tệp đính kèm “"+filepath.Base(path)+"”. Hãy kiểm tra quyền đọc.")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fault.New(fault.Invalid, "“"+filepath.Base(path)+"” không phải là tệp.")
	}
	kept, err := store.Put(r.Ctx, f)
	if err != nil {
		return "", err
	}
	return kept.Hash, nil
}

// namesFiles reports whether a draft names an attachment that is not kept yet.
func namesFiles(drafts []ledger.Draft) bool {
	for _, d := range drafts {
		for _, f := range d.Files {
			if f.Hash == "" {
				return true
			}
		}
	}
	return false
}
