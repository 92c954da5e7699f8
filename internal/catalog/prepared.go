package catalog

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync"

	"danvan/internal/civil"
)

// A catalogue folder may hold its editions prepared: the checked bundles, compressed, in the folder bundle, with
// an index that names the hash of the YAML they were made from. A program then starts in a tenth of the time.
// Nothing depends on their being current: where the hash is not that of the files, the files are read.

const preparedDir = "bundle"

// preparedIndex is bundle/index.json.
type preparedIndex struct {
	Source   string            `json:"source"`
	Editions []preparedEdition `json:"editions"`
}

type preparedEdition struct {
	Code      string             `json:"code"`
	From      civil.Date         `json:"from"`
	Hash      string             `json:"hash"`
	Templates []preparedTemplate `json:"templates,omitempty"`
}

type preparedTemplate struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

// Prepare checks a folder and returns the files of its bundle folder, by path.
func Prepare(fsys fs.FS) (map[string][]byte, error) {
	c, err := Load(fsys, FromYAML())
	if err != nil {
		return nil, err
	}
	var index preparedIndex
	if index.Source, err = sourceHash(fsys); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, e := range c.Editions() {
		p := preparedEdition{Code: e.Code, From: e.From, Hash: e.Hash}
		for _, t := range e.Templates {
			p.Templates = append(p.Templates, preparedTemplate{t.Name, t.Path})
		}
		index.Editions = append(index.Editions, p)
		files[preparedPath(e.Code)] = compress(e.bundle)
	}
	text, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		return nil, err
	}
	files[path.Join(preparedDir, "index.json")] = append(text, '\n')
	return files, nil
}

func preparedPath(code string) string { return path.Join(preparedDir, code+".json.gz") }

func compress(text []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
	if _, err := w.Write(text); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// sourceHash is over what the editions are made of: every YAML file, and the names of the templates. The
// program's reader is part of it: other keys, other bundles.
func sourceHash(fsys fs.FS) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n", bundleFormat)
	h.Write(Schema())
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p == preparedDir {
			return fs.SkipDir
		}
		switch path.Ext(p) {
		case ".md":
			fmt.Fprintln(h, p)
		case ".yaml", ".yml":
			text, err := fs.ReadFile(fsys, p)
			if err != nil {
				return err
			}
			fmt.Fprintln(h, p, len(text))
			h.Write(text)
		}
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// prepared is the catalogue of a folder that holds its editions prepared from the files as they are, else nil.
func prepared(fsys fs.FS) *Catalog {
	text, err := fs.ReadFile(fsys, path.Join(preparedDir, "index.json"))
	if err != nil {
		return nil
	}
	var index preparedIndex
	if json.Unmarshal(text, &index) != nil || len(index.Editions) == 0 {
		return nil
	}
	if source, err := sourceHash(fsys); err != nil || source != index.Source {
		return nil
	}
	c := &Catalog{}
	for i, p := range index.Editions {
		to := civil.Forever
		if i+1 < len(index.Editions) {
			to = index.Editions[i+1].From.AddDays(-1)
		}
		c.slots = append(c.slots, slot{p.Code, p.Hash, p.From, sync.OnceValue(func() *Edition {
			e, err := p.read(fsys)
			if err != nil {
				// The bundle was made from these files by a program with this reader; that every one can be
				// read is tested. What is left is a damaged program file.
				panic(fmt.Sprintf("catalogue edition %s as prepared: %v", p.Code, err))
			}
			e.To = to
			return e
		})})
	}
	return c
}

func (p preparedEdition) read(fsys fs.FS) (*Edition, error) {
	packed, err := fs.ReadFile(fsys, preparedPath(p.Code))
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	e, err := fromBundle(text)
	if err != nil {
		return nil, err
	}
	if e.Hash != p.Hash {
		return nil, errors.New("its hash is another")
	}
	e.Templates, err = readTemplates(fsys, p.Templates)
	return e, err
}

func readTemplates(fsys fs.FS, list []preparedTemplate) ([]Template, error) {
	templates := make([]Template, len(list))
	for i, t := range list {
		body, err := fs.ReadFile(fsys, t.Path)
		if err != nil {
			return nil, err
		}
		templates[i] = Template{Name: t.Name, Path: t.Path, Body: body}
	}
	return templates, nil
}
