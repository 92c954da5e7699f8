package org

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
)

// Floor is the day the first loads begin with, where a row does not say otherwise.
const Floor civil.Date = 20100101

// LoadSet loads a folder of units.csv (territories), bodies.csv (bodies known by name, may be missing) and
// changes.csv (acts, may be missing) with the rules by which other bodies exist, in one transaction.
func (k *Keeper) LoadSet(ctx context.Context, tx *db.Tx, fsys fs.FS, set string, rules []BodyRule) error {
	_, err := k.LoadFolder(ctx, tx, fsys, set, rules, "danvan")
	return err
}

// LoadFolder is LoadSet that says who does it and what it did.
func (k *Keeper) LoadFolder(ctx context.Context, tx *db.Tx, fsys fs.FS, set string, rules []BodyRule, actor string) (*Imported, error) {
	units, acts, err := ReadFolder(fsys, set)
	if err != nil {
		return nil, err
	}
	return k.LoadUnits(ctx, tx, units, acts, rules, actor)
}

// LoadUnits enters units as they stood on their first day, acts on them, and the rules by which bodies exist.
func (k *Keeper) LoadUnits(ctx context.Context, tx *db.Tx, units []FloorUnit, acts []Change, rules []BodyRule, actor string) (*Imported, error) {
	done := &Imported{Applied: Applied{Changes: []int64{}}}
	return done, k.load(ctx, tx, units, acts, rules, actor, done)
}

// ReadFolder reads the files of a set of units.
func ReadFolder(fsys fs.FS, set string) (units []FloorUnit, acts []Change, err error) {
	for _, name := range []string{"units.csv", "bodies.csv"} {
		list, err := readFile(fsys, set, name, func(f fs.File) ([]FloorUnit, error) { return ReadUnits(name, f, Floor) })
		if err != nil {
			return nil, nil, err
		}
		units = append(units, list...)
	}
	acts, err = readFile(fsys, set, "changes.csv", func(f fs.File) ([]Change, error) { return ReadActs("changes.csv", f) })
	return units, acts, err
}

func readFile[T any](fsys fs.FS, set, name string, read func(fs.File) ([]T, error)) ([]T, error) {
	f, err := fsys.Open(path.Join(set, name))
	if errors.Is(err, fs.ErrNotExist) && name != "units.csv" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load set of units: %w", err)
	}
	defer f.Close()
	return read(f)
}

// Imported says what an import of units did.
type Imported struct {
	Units int `json:"units"` // units of the file that are new
	Have  int `json:"have"`  // that were there already
	Applied
}

// ImportUnits enters units as they stood on their first day, all or none. Units that stand already as they are
// given are left alone. rules say which bodies the hosts have.
func (k *Keeper) ImportUnits(ctx context.Context, units []FloorUnit, actor string, rules ...BodyRule) (*Imported, error) {
	done := &Imported{}
	err := k.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		*done = Imported{Applied: Applied{Changes: []int64{}}}
		return k.load(ctx, tx, units, nil, rules, actor, done)
	})
	return done, err
}

// load enters units, acts and rules, and derives once.
func (k *Keeper) load(ctx context.Context, tx *db.Tx, units []FloorUnit, acts []Change, rules []BodyRule, actor string, done *Imported) error {
	s, err := begin(ctx, tx)
	if err != nil {
		return err
	}
	added, err := s.newUnits(units)
	if err != nil {
		return err
	}
	done.Units, done.Have = len(added), len(units)-len(added)
	fresh, known, err := s.unknown(acts)
	if err != nil {
		return err
	}
	done.Known = known
	newRules, err := s.newRules(rules)
	if err != nil {
		return err
	}
	if len(added)+len(fresh)+len(newRules) == 0 {
		return db.SetMeta(ctx, tx, versionKey, fmt.Sprint(s.version-1))
	}
	if err := enterRules(ctx, tx, newRules); err != nil {
		return err
	}
	if err := enter(ctx, tx, fresh, actor); err != nil {
		return err
	}
	if err := logUnits(ctx, tx, added, actor); err != nil {
		return err
	}
	for _, c := range fresh {
		done.Changes = append(done.Changes, c.ID)
	}
	first := len(s.truth.Changes)
	s.truth.Floor = append(s.truth.Floor, added...)
	s.truth.Changes = append(s.truth.Changes, fresh...)
	s.truth.Rules = append(s.truth.Rules, rulesOf(newRules)...)
	return k.settle(ctx, tx, s, first, &done.Applied)
}

// newUnits leaves out units that stand as given, and refuses those that stand differently.
func (s *stored) newUnits(units []FloorUnit) ([]FloorUnit, error) {
	have := make(map[Key]FloorUnit, len(s.truth.Floor))
	for _, u := range s.truth.Floor {
		have[Key{u.Code, u.Opened}] = u
	}
	var r Refusal
	var out []FloorUnit
	for _, u := range units {
		key := Key{u.Code, u.Opened}
		was, ok := have[key]
		given := u
		given.Imported, was.Imported = "", ""
		switch {
		case !ok && s.live[s.ids[key]]:
			r.Reasons = append(r.Reasons, Reason{Where: u.Imported, Say: "mã " + u.Code + " đã do một việc sắp xếp mở vào ngày này."})
		case !ok:
			out = append(out, u)
			have[key] = given
		case given != was:
			r.Reasons = append(r.Reasons, Reason{Where: u.Imported, Say: "đơn vị " + u.Code + " đã có với nội dung khác; thay đổi về sau phải ghi bằng việc sắp xếp (danvan units apply)."})
		}
	}
	return out, r.err()
}

// logUnits leaves one audit leaf for a load: its content is the list.
func logUnits(ctx context.Context, tx *db.Tx, units []FloorUnit, actor string) error {
	if len(units) == 0 {
		return nil
	}
	content, err := json.Marshal(units)
	if err != nil {
		return err
	}
	_, err = audit.Append(ctx, tx, audit.Leaf{Act: "load", Subject: "units", SubjectID: int64(len(units)), Content: content, Actor: actor})
	return err
}

// storedRule is a rule with its text as kept.
type storedRule struct {
	rule BodyRule
	text string
}

func (s *stored) newRules(rules []BodyRule) ([]storedRule, error) {
	have := map[string]bool{}
	for _, r := range s.truth.Rules {
		text, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		have[string(text)] = true
	}
	var out []storedRule
	for _, r := range rules {
		text, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		if !have[string(text)] {
			have[string(text)] = true
			out = append(out, storedRule{r, string(text)})
		}
	}
	return out, nil
}

func enterRules(ctx context.Context, tx *db.Tx, rules []storedRule) error {
	ids, err := tx.IDs(ctx, "body_rule", len(rules))
	if err != nil {
		return err
	}
	rows := make([][]any, len(rules))
	for i, r := range rules {
		rows[i] = []any{ids[i], r.text}
	}
	return tx.Insert(ctx, "body_rule", []string{"id", "content"}, rows)
}

func rulesOf(list []storedRule) []BodyRule {
	out := make([]BodyRule, len(list))
	for i, r := range list {
		out[i] = r.rule
	}
	return out
}
