package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml/ast"

	"danvan/internal/civil"
)

// source is one folder as read: its head and its files' syntax trees, decoded anew for each edition, because
// every edition links its own copy.
type source struct {
	dir       string
	head      head
	overlay   bool
	files     []sourceFile
	templates []Template
}

type sourceFile struct {
	path string
	tree ast.Node
}

// head is edition.yaml or overlay.yaml.
type head struct {
	Pos      `json:"-"`
	Code     string     `json:"code" need:"true"`
	Title    string     `json:"title" need:"true"`
	From     civil.Date `json:"from,omitempty"`
	Extends  string     `json:"extends,omitempty"`
	Cite     string     `json:"cite" need:"true"`
	Verified bool       `json:"verified,omitempty"`
	Editions []string   `json:"editions,omitempty"`
	Help     string     `json:"help,omitempty"`
}

// sheet is any other file.
type sheet struct {
	Pos          `json:"-"`
	System       int            `json:"system,omitempty" doc:"Hệ thống 1–24 của mọi mục trong tệp"`
	Kinds        []*Kind        `json:"kinds,omitempty"`
	Series       []*Series      `json:"series,omitempty"`
	Indicators   []*Indicator   `json:"indicators,omitempty"`
	Duties       []*Duty        `json:"duties,omitempty"`
	Lists        []*List        `json:"lists,omitempty"`
	UnitTypes    []*UnitType    `json:"unit_types,omitempty"`
	Regimes      []*Regime      `json:"regimes,omitempty"`
	Calendars    []*Calendar    `json:"calendars,omitempty"`
	Procedures   []*Procedure   `json:"procedures,omitempty"`
	Forms        []*Form        `json:"forms,omitempty"`
	PetitionActs []*PetitionAct `json:"petition_acts,omitempty"`
	OpenFigures  []*OpenFigure  `json:"open_figures,omitempty" doc:"Chỉ tiêu được công khai"`

	PublicationRules []*PublicationRule `json:"publication_rules,omitempty"`
	DecisionRules    []*DecisionRule    `json:"decision_rules,omitempty"`

	Drop drops `json:"drop,omitempty" doc:"Bỏ mục của ấn bản gốc"`
}

// LoadOption changes how Load works.
type LoadOption func(*loader)

// OnlyOverlays adds only the provinces' folders named, instead of all that are there.
func OnlyOverlays(names ...string) LoadOption {
	return func(l *loader) { l.overlays, l.chosen = names, true }
}

type loader struct {
	fsys     fs.FS
	ps       problems
	overlays []string
	chosen   bool
	plain    bool
}

// FromYAML reads the files themselves even where the folder has been prepared.
func FromYAML() LoadOption {
	return func(l *loader) { l.plain = true }
}

// Load reads a catalogue folder. The error is an Errors holding every problem found. Where the folder holds its
// editions prepared from these very files, they are taken instead, unread until they are asked for.
func Load(fsys fs.FS, options ...LoadOption) (*Catalog, error) {
	l := &loader{fsys: fsys}
	for _, o := range options {
		o(l)
	}
	if !l.plain && !l.chosen {
		if c := prepared(fsys); c != nil {
			return c, nil
		}
	}
	sources, overlays := l.read()
	if err := l.ps.err(); err != nil {
		return nil, err
	}
	chains := l.order(sources)
	if err := l.ps.err(); err != nil {
		return nil, err
	}
	editions := make([]*Edition, len(chains))
	found := make([]problems, len(chains))
	each(len(chains), func(i int) {
		editions[i] = build(chains[i], overlays, &found[i])
	})
	for i := range found {
		l.ps.merge(&found[i])
	}
	if err := l.ps.err(); err != nil {
		return nil, err
	}
	return newCatalog(editions), nil
}

// each runs do(0..n-1) on as many goroutines as there are processors.
func each(n int, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// read finds the folders and parses all files.
func (l *loader) read() (editions, overlays []*source) {
	entries, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		l.ps.add(Pos{File: "."}, "không đọc được thư mục danh mục: "+err.Error(), "Hãy xem lại đường dẫn và quyền đọc")
		return nil, nil
	}
	for _, e := range entries {
		switch {
		case !e.IsDir() || strings.HasPrefix(e.Name(), ".") || e.Name() == preparedDir:
		case e.Name() == "overlay":
			overlays = l.readOverlays()
		default:
			editions = append(editions, l.folder(e.Name(), false))
		}
	}
	if len(editions) == 0 {
		l.ps.add(Pos{File: "."}, "thư mục không có ấn bản nào", "Cần ít nhất một thư mục con có edition.yaml, ví dụ base/edition.yaml")
	}
	l.parseAll(append(slices.Clone(editions), overlays...))
	return editions, overlays
}

func (l *loader) readOverlays() []*source {
	entries, _ := fs.ReadDir(l.fsys, "overlay")
	var found []*source
	for _, e := range entries {
		if e.IsDir() && (!l.chosen || slices.Contains(l.overlays, e.Name())) {
			found = append(found, l.folder(path.Join("overlay", e.Name()), true))
		}
	}
	for _, name := range l.overlays {
		if !slices.ContainsFunc(found, func(s *source) bool { return path.Base(s.dir) == name }) {
			l.ps.add(Pos{File: "overlay"}, fmt.Sprintf("không có phần riêng của tỉnh %q", name), "Hãy tạo thư mục overlay/"+name+" có overlay.yaml")
		}
	}
	return found
}

// folder lists one folder's files; parseAll reads them.
func (l *loader) folder(dir string, overlay bool) *source {
	s := &source{dir: dir, overlay: overlay}
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		l.ps.add(Pos{File: dir}, "không đọc được thư mục: "+err.Error(), "Hãy xem lại quyền đọc")
	}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		switch ext := path.Ext(e.Name()); {
		case e.IsDir() && e.Name() == "templates":
			s.templates = l.templates(p)
		case e.IsDir():
			l.ps.add(Pos{File: p}, "thư mục con lạ", "Trong ấn bản chỉ có các tệp .yaml và thư mục templates")
		case ext == ".yaml" || ext == ".yml":
			s.files = append(s.files, sourceFile{path: p})
		}
	}
	return s
}

func (l *loader) templates(dir string) []Template {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		l.ps.add(Pos{File: dir}, "không đọc được thư mục mẫu: "+err.Error(), "Hãy xem lại quyền đọc")
	}
	var found []Template
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".md")
		if !ok || e.IsDir() || strings.HasPrefix(name, "README") {
			continue
		}
		p := path.Join(dir, e.Name())
		body, err := fs.ReadFile(l.fsys, p)
		if err != nil {
			l.ps.add(Pos{File: p}, "không đọc được mẫu: "+err.Error(), "Hãy xem lại quyền đọc")
			continue
		}
		found = append(found, Template{Name: name, Path: p, Body: body})
	}
	return found
}

// parseAll parses every file, on all processors: syntax is most of the time that loading takes.
func (l *loader) parseAll(sources []*source) {
	var files []*sourceFile
	for _, s := range sources {
		for i := range s.files {
			files = append(files, &s.files[i])
		}
	}
	found := make([]problems, len(files))
	each(len(files), func(i int) {
		f := files[i]
		text, err := fs.ReadFile(l.fsys, f.path)
		if err != nil {
			found[i].add(Pos{File: f.path}, "không đọc được tệp: "+err.Error(), "Hãy xem lại quyền đọc")
			return
		}
		f.tree = parse(f.path, text, &found[i])
	})
	for i := range found {
		l.ps.merge(&found[i])
	}
	for _, s := range sources {
		l.takeHead(s)
	}
}

// takeHead reads edition.yaml or overlay.yaml and takes it out of the list of files.
func (l *loader) takeHead(s *source) {
	name := "edition.yaml"
	if s.overlay {
		name = "overlay.yaml"
	}
	i := slices.IndexFunc(s.files, func(f sourceFile) bool { return path.Base(f.path) == name })
	if i < 0 {
		l.ps.add(Pos{File: path.Join(s.dir, name)}, "thiếu tệp "+name, "Hãy tạo tệp có code, title, from, cite")
		return
	}
	if s.files[i].tree != nil {
		decodeInto(s.files[i], &s.head, "ấn bản", &l.ps)
	}
	if !s.overlay && s.head.From == 0 && s.files[i].tree != nil {
		l.ps.add(s.head.Pos, "ấn bản thiếu ngày có hiệu lực", "Hãy thêm from: YYYY-MM-DD")
	}
	s.files = slices.Delete(s.files, i, i+1)
}

// order sets the editions by day and gives each its chain of folders, oldest first.
func (l *loader) order(sources []*source) [][]*source {
	slices.SortFunc(sources, func(a, b *source) int { return cmp.Compare(a.head.From, b.head.From) })
	var chains [][]*source
	for i, s := range sources {
		if i > 0 && sources[i-1].head.From == s.head.From {
			l.ps.add(s.head.Key("from"), "hai ấn bản cùng ngày có hiệu lực: "+sources[i-1].dir+" và "+s.dir, "Mỗi ngày chỉ có một ấn bản có hiệu lực")
		}
		if chain, ok := l.chain(s, sources); ok {
			chains = append(chains, chain)
		}
	}
	return chains
}

func (l *loader) chain(s *source, sources []*source) ([]*source, bool) {
	chain := []*source{s}
	for at := s; at.head.Extends != ""; {
		i := slices.IndexFunc(sources, func(x *source) bool { return x.dir == at.head.Extends || x.head.Code == at.head.Extends })
		if i < 0 {
			l.ps.add(at.head.Key("extends"), fmt.Sprintf("không có ấn bản %q để kế thừa", at.head.Extends), "extends là tên thư mục hoặc mã của một ấn bản khác")
			return nil, false
		}
		at = sources[i]
		if slices.Contains(chain, at) {
			l.ps.add(at.head.Key("extends"), "các ấn bản kế thừa vòng tròn", "Hãy bỏ extends ở ấn bản đầu tiên")
			return nil, false
		}
		chain = append(chain, at)
	}
	slices.Reverse(chain)
	return chain, true
}

// AsErrors returns the list of problems behind an error of Load.
func AsErrors(err error) (Errors, bool) {
	var list Errors
	ok := errors.As(err, &list)
	return list, ok
}
