package model

import (
	"context"
	"encoding/json"
	"fmt"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Shelf reads models, groups and drives from the ledger.
type Shelf struct {
	Ledger  *ledger.Ledger
	Catalog *catalog.Catalog
	Engine  db.Engine
}

func (s *Shelf) pick(ctx context.Context, q db.Querier, kind string, f ledger.Filter) ([]ledger.Line, error) {
	k := s.Catalog.Latest().Kind(kind)
	if k == nil {
		return nil, nil
	}
	f.Kinds = []string{kind}
	picked, err := s.Ledger.Pick(ctx, q, s.Engine, k, f, nil, ledger.NewestFirst, nil)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", kind, err)
	}
	return picked.Lines(0, -1), nil
}

// List are the models or groups that stand and that keep keeps, newest first, each with its evidence and replicas; nil
// keeps all.
func (s *Shelf) List(ctx context.Context, q db.Querier, kind string, keep func(*ledger.Head) bool) ([]*Model, error) {
	lines, err := s.pick(ctx, q, kind, ledger.Filter{})
	if err != nil {
		return nil, err
	}
	var out []*Model
	byID, heads := map[int64]*Model{}, map[int64]*ledger.Head{}
	for i := range lines {
		heads[lines[i].ID] = &lines[i].Head
		if keep != nil && !keep(&lines[i].Head) {
			continue
		}
		m, err := modelOf(lines[i])
		if err != nil {
			return nil, err
		}
		out = append(out, m)
		byID[m.ID] = m
	}
	for i := len(lines) - 1; i >= 0; i-- { // oldest first
		h := &lines[i].Head
		if h.Carries == 0 {
			continue
		}
		if m := byID[h.Carries]; m != nil {
			m.Replicas = append(m.Replicas, Link{*h})
		}
		if m := byID[h.ID]; m != nil && heads[h.Carries] != nil {
			m.First = &Link{*heads[h.Carries]}
		}
	}
	return out, s.prove(ctx, q, byID)
}

// prove puts evidence to its models, oldest first.
func (s *Shelf) prove(ctx context.Context, q db.Querier, of map[int64]*Model) error {
	lines, err := s.pick(ctx, q, EvidenceKind, ledger.Filter{})
	if err != nil {
		return err
	}
	for i := len(lines) - 1; i >= 0; i-- {
		m := of[lines[i].Carries]
		if m == nil {
			continue
		}
		e := Evidence{}
		if err := json.Unmarshal([]byte(lines[i].Fields), &e); err != nil {
			return fmt.Errorf("read evidence %d: %w", lines[i].ID, err)
		}
		e.Head = lines[i].Head
		m.Evidence = append(m.Evidence, e)
	}
	return nil
}

// Model is one model or group; a void one is found too.
func (s *Shelf) Model(ctx context.Context, q db.Querier, id int64) (*Model, error) {
	l, err := s.Ledger.LineOf(ctx, q, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && l.Kind != ModelKind && l.Kind != GroupKind {
		return nil, fault.New(fault.NotFound, "Không có mô hình này. Hãy mở từ danh sách mô hình.")
	}
	if err != nil {
		return nil, err
	}
	m, err := modelOf(l)
	if err != nil {
		return nil, err
	}
	carried, err := s.Ledger.CarriedOut(ctx, q, []int64{id})
	if err != nil {
		return nil, err
	}
	for _, c := range carried {
		switch c.Kind {
		case ModelKind:
			m.Replicas = append(m.Replicas, Link{c.Head})
		case EvidenceKind:
			e := Evidence{}
			if err := json.Unmarshal([]byte(c.Fields), &e); err != nil {
				return nil, fmt.Errorf("read evidence %d: %w", c.ID, err)
			}
			e.Head = c.Head
			m.Evidence = append(m.Evidence, e)
		}
	}
	if m.Carries != 0 && m.Kind == ModelKind {
		first, err := s.Ledger.LineOf(ctx, q, m.Carries)
		if err != nil {
			return nil, err
		}
		if first.Kind == ModelKind && first.State != ledger.Void {
			m.First = &Link{first.Head}
		}
	}
	return m, nil
}

// PictureFile is the file of a picture that everybody may see: marked public, of a model that stands and is public on a
// day; "" for any other entry.
func (s *Shelf) PictureFile(ctx context.Context, q db.Querier, id int64, today civil.Date) (string, error) {
	l, err := s.Ledger.LineOf(ctx, q, id)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	if err != nil || l.Kind != EvidenceKind || l.State == ledger.Void {
		return "", err
	}
	e := Evidence{}
	if err := json.Unmarshal([]byte(l.Fields), &e); err != nil {
		return "", fmt.Errorf("read evidence %d: %w", id, err)
	}
	m, err := s.Model(ctx, q, l.Carries)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	if err != nil || m.Head.State == ledger.Void || !m.Open(today) || !e.Shown() {
		return "", err
	}
	return e.File, nil
}

// Ref is how entries name a model.
func Ref(id int64) string { return fmt.Sprintf("#%d", id) }

// Setting is a number of the catalogue by which models are followed, as it holds on a day.
func Setting(c *catalog.Catalog, code string, day civil.Date, otherwise int) int {
	p := c.Latest().Procedure("model_life")
	if p == nil {
		return otherwise
	}
	for _, l := range p.Limits {
		if l.Code == code && l.From <= day && (l.Until == 0 || day < l.Until) {
			return l.Value
		}
	}
	return otherwise
}

// EvidenceDays is after how many days without evidence a model is said to have none that is new.
func EvidenceDays(c *catalog.Catalog, day civil.Date) int {
	return Setting(c, "evidence_days", day, 365)
}

// ScorePass is from how many percent of the verified points on a model is suggested as effective.
func ScorePass(c *catalog.Catalog, day civil.Date) int { return Setting(c, "score_pass", day, 70) }

// Criteria are the criteria by which a model of a sector, registered on a day, is scored.
func Criteria(c *catalog.Catalog, sector string, day civil.Date) []*catalog.Option {
	k := c.Latest().Kind(ModelKind)
	if k == nil {
		return nil
	}
	g := k.Field("scores")
	if g == nil {
		return nil
	}
	var out []*catalog.Option
	for _, o := range g.Field("criterion").Choices() {
		if o.Open(day) && o.Fits(sector) {
			out = append(out, o)
		}
	}
	return out
}
