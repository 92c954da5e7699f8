package report

import (
	"sort"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/fault"
)

// partPrefix begins the names of templates that others include and that are no
// report of their own.
const partPrefix = "phan-"

// PartsOf are the templates of an edition.
func PartsOf(e *catalog.Edition) Parts {
	out := Parts{}
	for _, t := range e.Templates {
		out[t.Name] = Source{Path: t.Path, Text: string(t.Body)}
	}
	return out
}

// Names are the reports that an edition offers.
func Names(e *catalog.Edition) []string { return PartsOf(e).reports() }

func (p Parts) reports() []string {
	var out []string
	for n := range p {
		if !strings.HasPrefix(n, partPrefix) {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}

// Load reads a template of an edition and checks it against that edition. An
// unknown name is a fault that lists the choices.
func Load(e *catalog.Edition, name string) (*Template, error) {
	parts := PartsOf(e)
	if _, ok := parts[name]; !ok || strings.HasPrefix(name, partPrefix) {
		choices := parts.reports()
		hint := meant(name, choices)
		if hint == "" {
			hint = "."
		}
		return nil, fault.Newf(fault.NotFound, "Không có mẫu báo cáo %q%s Các mẫu: %s.", name, hint, strings.Join(choices, ", "))
	}
	t, err := Parse(name, parts)
	if err != nil {
		return nil, err
	}
	return t, t.Check(e)
}

// CheckAll reads every template of parts and holds it against an edition; all
// problems come in one fault.
func CheckAll(parts Parts, e *catalog.Edition) error {
	var all Problems
	for _, name := range parts.reports() {
		t, err := Parse(name, parts)
		if err == nil {
			err = t.Check(e)
		}
		if err != nil {
			all = append(all, problemsIn(err)...)
		}
	}
	return all.fault()
}

// ForDuty is the template by which a duty to report is met: it names the duty's report, and is made as often. nil
// where the catalogue has none, or where the duty is to record work.
func (b *Builder) ForDuty(e *catalog.Edition, d *catalog.Duty) *Template {
	if d.Report == "" {
		return nil
	}
	for _, name := range Names(e) {
		t, err := b.Template(e, name)
		if err == nil && t.Head.Period == d.Every && contains(t.Head.Reports, d.Report) {
			return t
		}
	}
	return nil
}
