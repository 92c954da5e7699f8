package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"danvan/data"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// ImportUnitsCmd enters the first load of units.
type ImportUnitsCmd struct {
	File   string `arg:"" help:"Tệp CSV các đơn vị ngày đầu (docs/units.md); @nation là danh mục cả nước kèm sắp xếp năm 2025, @bac_kan là Bắc Kạn và Thái Nguyên." name:"FILE"`
	Bodies bool   `help:"Sinh các tổ chức của mỗi địa bàn theo loại đơn vị trong danh mục quy định."`
	On     string `help:"Ngày đầu của các đơn vị không ghi ngày thành lập." default:"2010-01-01" placeholder:"D"`
	JSON   bool   `help:"In JSON."`
}

// sets are the lists of units that the program carries.
var sets = map[string]string{"@nation": "nation", "@bac_kan": "units/bac_kan"}

// Run imports the units into the installation, which it creates where there is none.
func (c *ImportUnitsCmd) Run(r *Run) error {
	a, err := r.OpenNew()
	if err != nil {
		return err
	}
	var rules []org.BodyRule
	if c.Bodies || c.File == "@bac_kan" { // its acts name bodies that only rules make
		rules = bodyRules(a.Catalog.Latest())
	}
	done := &org.Imported{}
	if strings.HasPrefix(c.File, "@") {
		done, err = c.set(r, a.Org, rules)
	} else {
		done, err = c.file(r, a.Org, rules)
	}
	if err == nil {
		err = a.Log.Flush(r.Ctx)
	}
	if err = errors.Join(err, a.Close()); err != nil {
		return refusal(r, c.JSON, err)
	}
	if c.JSON {
		return printJSON(r.Out, done)
	}
	fmt.Fprintf(r.Out, "Đã nhập %d đơn vị; %d đơn vị đã có từ trước; %d việc sắp xếp.\n", done.Units, done.Have, len(done.Changes))
	return nil
}

func (c *ImportUnitsCmd) file(r *Run, k *org.Keeper, rules []org.BodyRule) (*org.Imported, error) {
	floor, err := civil.ParseDate(c.On)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Ngày (--on) chưa đúng: viết dạng 2010-01-01.")
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "Không mở được tệp "+c.File+". Hãy kiểm tra đường dẫn và quyền đọc.")
	}
	defer f.Close()
	units, err := org.ReadUnits(filepath.Base(c.File), f, floor)
	if err != nil {
		return nil, err
	}
	return k.ImportUnits(r.Ctx, units, actor(), rules...)
}

func (c *ImportUnitsCmd) set(r *Run, k *org.Keeper, rules []org.BodyRule) (*org.Imported, error) {
	folder, ok := sets[c.File]
	if !ok {
		return nil, fault.Newf(fault.NotFound, "Không có danh mục %s. Các danh mục kèm theo: @nation, @bac_kan.", c.File)
	}
	var done *org.Imported
	err := k.DB.WriteAlone(r.Ctx, func(tx *db.Tx) (err error) {
		done, err = k.LoadFolder(r.Ctx, tx, data.FS, folder, rules, actor())
		return err
	})
	return done, err
}

// bodyRules are the rules of the catalogue by which the bodies of each territory exist.
func bodyRules(ed *catalog.Edition) []org.BodyRule {
	var out []org.BodyRule
	for _, t := range ed.UnitTypes {
		if t.Form != org.Body || t.Listed {
			continue
		}
		for _, l := range t.Levels {
			r := org.BodyRule{Type: t.Code, Abbr: t.Abbr, Levels: []string{l.Level}, Names: map[string]string{l.Level: l.Name}, From: l.From, Follows: l.Follows}
			if l.Until != 0 {
				r.To = l.Until.AddDays(-1)
			}
			out = append(out, r)
		}
	}
	return out
}
