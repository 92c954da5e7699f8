package catalog

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"danvan/internal/civil"
)

// bundle is an edition as written down: JSON of the declarations, sorted by code. Its text is canonical: the
// same declarations give the same bytes, in whatever files and order they stood.
type bundle struct {
	Format       int            `json:"format"`
	Code         string         `json:"code"`
	Title        string         `json:"title"`
	Cite         string         `json:"cite"`
	From         civil.Date     `json:"from"`
	Overlays     []string       `json:"overlays,omitempty"`
	Kinds        []*Kind        `json:"kinds,omitempty"`
	Series       []*Series      `json:"series,omitempty"`
	Indicators   []*Indicator   `json:"indicators,omitempty"`
	Duties       []*Duty        `json:"duties,omitempty"`
	Lists        []*List        `json:"lists,omitempty"`
	UnitTypes    []*UnitType    `json:"unit_types,omitempty"`
	Regimes      Regimes        `json:"regimes,omitempty"`
	Calendars    []*Calendar    `json:"calendars,omitempty"`
	Procedures   []*Procedure   `json:"procedures,omitempty"`
	Forms        []*Form        `json:"forms,omitempty"`
	PetitionActs []*PetitionAct `json:"petition_acts,omitempty"`
	OpenFigures  []*OpenFigure  `json:"open_figures,omitempty"`

	PublicationRules []*PublicationRule `json:"publication_rules,omitempty"`
	DecisionRules    []*DecisionRule    `json:"decision_rules,omitempty"`
}

const bundleFormat = 1

// seal sorts, writes the bundle, makes the hash, then links and checks.
func (e *Edition) seal(ps *problems) {
	e.sort()
	b := bundle{Format: bundleFormat, Code: e.Code, Title: e.Title, Cite: e.Cite, From: e.From, Overlays: e.Overlays,
		Kinds: e.Kinds, Series: e.Series, Indicators: e.Indicators, Duties: e.Duties, Lists: e.Lists,
		UnitTypes: e.UnitTypes, Regimes: e.Regimes, Calendars: e.Calendars, Procedures: e.Procedures, Forms: e.Forms,
		PetitionActs: e.PetitionActs, OpenFigures: e.OpenFigures,
		PublicationRules: e.PublicationRules, DecisionRules: e.DecisionRules}
	text, err := json.Marshal(b)
	if err != nil {
		ps.add(Pos{File: e.Code}, "không ghi được ấn bản: "+err.Error(), "Hãy báo người phát triển")
		return
	}
	e.bundle, e.Hash = text, hashOf(text)
	e.link(ps)
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (e *Edition) sort() {
	slices.SortFunc(e.Kinds, func(a, b *Kind) int { return bySystem(a.System, a.Code, b.System, b.Code) })
	slices.SortFunc(e.Series, func(a, b *Series) int { return bySystem(a.System, a.Code, b.System, b.Code) })
	slices.SortFunc(e.Indicators, func(a, b *Indicator) int { return bySystem(a.System, a.Code, b.System, b.Code) })
	slices.SortFunc(e.Duties, func(a, b *Duty) int { return bySystem(a.System, a.Code, b.System, b.Code) })
	slices.SortFunc(e.Lists, func(a, b *List) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.UnitTypes, func(a, b *UnitType) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.Regimes, func(a, b *Regime) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.Calendars, func(a, b *Calendar) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.Procedures, func(a, b *Procedure) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.Forms, func(a, b *Form) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), bySystem(a.System, a.Code, b.System, b.Code))
	})
	slices.SortFunc(e.PetitionActs, func(a, b *PetitionAct) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.OpenFigures, func(a, b *OpenFigure) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Code, b.Code)) })
	slices.SortFunc(e.PublicationRules, func(a, b *PublicationRule) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.DecisionRules, func(a, b *DecisionRule) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.Templates, func(a, b Template) int { return cmp.Compare(a.Name, b.Name) })
}

func bySystem(s1 int, c1 string, s2 int, c2 string) int {
	return cmp.Or(cmp.Compare(s1, s2), cmp.Compare(c1, c2))
}

// FromBundle brings an edition back from its bundle: the same edition under the same hash. It has no templates.
func FromBundle(text []byte) (*Edition, error) {
	e, err := fromBundle(text)
	if err != nil {
		return nil, err
	}
	return e, e.compile()
}

// fromBundle leaves rules and series to be compiled when they are needed.
func fromBundle(text []byte) (*Edition, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var b bundle
	if err := d.Decode(&b); err != nil {
		return nil, fmt.Errorf("bundle of an edition: %w", err)
	}
	if b.Format != bundleFormat {
		return nil, fmt.Errorf("bundle of edition %s has format %d, this program reads %d", b.Code, b.Format, bundleFormat)
	}
	e := &Edition{Code: b.Code, Title: b.Title, Cite: b.Cite, From: b.From, To: civil.Forever, Overlays: b.Overlays,
		Kinds: b.Kinds, Series: b.Series, Indicators: b.Indicators, Duties: b.Duties, Lists: b.Lists,
		UnitTypes: b.UnitTypes, Regimes: b.Regimes, Calendars: b.Calendars, Procedures: b.Procedures, Forms: b.Forms, PetitionActs: b.PetitionActs, OpenFigures: b.OpenFigures,
		PublicationRules: b.PublicationRules, DecisionRules: b.DecisionRules,
		stored: true, bundle: bytes.Clone(text), Hash: hashOf(text)}
	var ps problems
	e.link(&ps)
	if err := ps.err(); err != nil {
		return nil, fmt.Errorf("edition %s as stored: %w", b.Code, err)
	}
	return e, nil
}
