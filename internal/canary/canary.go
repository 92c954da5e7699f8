// Package canary proves that what must not be readable is nowhere readable. A harness types strings that occur nowhere else
// (canaries) into every field that may hold a person's identity or words, works with the program, and then looks for them
// byte by byte in everything that the program left: database, log files, mail, exports, backups.
//
// A canary is looked for in each of [Encodings]: as typed, in other normal forms, folded as search folds it, in wide
// characters, base64 in all three phases, hex, URL and JSON escapes; and inside gzip, deflate, zlib and zip members,
// which are unpacked where they are found. [Plant] writes a string in each of them, so that a test can show that the
// scanner finds what it claims to find.
package canary

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Canary is one planted string.
type Canary struct {
	Name string // where it was typed: the field
	Text string
}

// Hit is a place in which a canary could be read.
type Hit struct {
	Where    string // file, with "!" and the kind and offset of each packed member it was found in
	Offset   int
	Canary   string
	Encoding string
}

func (h Hit) String() string {
	return fmt.Sprintf("%s+%d: %s, %s", h.Where, h.Offset, h.Canary, h.Encoding)
}

// needle is one way in which the bytes of a canary can stand.
type needle struct {
	canary, encoding string
	bytes            []byte
}

// Scanner looks for canaries. Make one with [New]; it may be used by many at once.
type Scanner struct {
	trie *trie
}

// New prepares the search for some canaries. Each must be long enough to stand for itself: at least 12 bytes.
func New(canaries []Canary) (*Scanner, error) {
	var all []needle
	seen := map[string]bool{}
	for _, c := range canaries {
		if len(c.Text) < 12 {
			return nil, fmt.Errorf("canary %s is too short to prove anything: %q", c.Name, c.Text)
		}
		for _, e := range Encodings {
			for _, b := range e.forms(c.Text) {
				if key := string(b); len(b) >= 8 && !seen[key] {
					seen[key] = true
					all = append(all, needle{c.Name, e.Name, b})
				}
			}
		}
	}
	return &Scanner{trie: newTrie(all)}, nil
}

// window is how much of a file is looked at together; parts overlap by more than the longest needle.
const (
	window  = 16 << 20
	overlap = 8 << 10
)

// Dir scans every file below a directory. Files that go away meanwhile are passed over.
func (s *Scanner) Dir(dir string) (hits []Hit, files int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			if os.IsNotExist(err) {
				return nil
			}
			return err
		}
		name, _ := filepath.Rel(dir, path)
		hits = append(hits, s.Bytes("name of "+name, []byte(name))...)
		found, err := s.File(path)
		if os.IsNotExist(err) {
			return nil
		}
		files++
		hits = append(hits, found...)
		return err
	})
	return hits, files, err
}

// File scans one file, part by part.
func (s *Scanner) File(path string) ([]Hit, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var hits []Hit
	buf := make([]byte, 0, window+overlap)
	at := 0
	for {
		n, err := io.ReadFull(f, buf[len(buf):window])
		buf = buf[:len(buf)+n]
		for _, h := range s.Bytes(path, buf) {
			if !strings.Contains(h.Where, "!") {
				h.Offset += at
			}
			hits = append(hits, h)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return unique(hits), nil
		}
		if err != nil {
			return nil, err
		}
		keep := min(overlap, len(buf))
		at += len(buf) - keep
		copy(buf, buf[len(buf)-keep:])
		buf = buf[:keep]
	}
}

// Bytes scans what is in memory, and what is packed in it.
func (s *Scanner) Bytes(where string, b []byte) []Hit {
	return unique(s.bytes(where, b, 0))
}

// deepest is how many packings inside each other are opened.
const deepest = 4

func (s *Scanner) bytes(where string, b []byte, depth int) []Hit {
	hits := s.trie.find(where, b)
	if depth == deepest {
		return hits
	}
	for _, m := range members(b) {
		hits = append(hits, s.bytes(fmt.Sprintf("%s!%s@%d", where, m.kind, m.at), m.body, depth+1)...)
	}
	return hits
}

func unique(hits []Hit) []Hit {
	seen := map[Hit]bool{}
	return slices.DeleteFunc(hits, func(h Hit) bool {
		was := seen[h]
		seen[h] = true
		return was
	})
}

// trie finds many needles in one pass (Aho and Corasick): a row of 256 steps for each state.
type trie struct {
	next [][256]int32
	ends [][]int
	all  []needle
}

func newTrie(all []needle) *trie {
	t := &trie{next: make([][256]int32, 1), ends: make([][]int, 1), all: all}
	for i, n := range all {
		at := int32(0)
		for _, c := range n.bytes {
			if t.next[at][c] == 0 {
				t.next = append(t.next, [256]int32{})
				t.ends = append(t.ends, nil)
				t.next[at][c] = int32(len(t.next) - 1)
			}
			at = t.next[at][c]
		}
		t.ends[at] = append(t.ends[at], i)
	}
	t.link()
	return t
}

// link adds the steps that go on with the longest end of what was read.
func (t *trie) link() {
	back := make([]int32, len(t.next))
	var queue []int32
	for _, to := range t.next[0] {
		if to != 0 {
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for c, to := range t.next[at] {
			fallback := t.next[back[at]][c]
			if to == 0 {
				t.next[at][c] = fallback
				continue
			}
			back[to] = fallback
			t.ends[to] = append(t.ends[to], t.ends[fallback]...)
			queue = append(queue, to)
		}
	}
}

func (t *trie) find(where string, b []byte) []Hit {
	var hits []Hit
	at := int32(0)
	for i, c := range b {
		at = t.next[at][c]
		for _, n := range t.ends[at] {
			hits = append(hits, Hit{where, i + 1 - len(t.all[n].bytes), t.all[n].canary, t.all[n].encoding})
		}
	}
	return hits
}

// Summary counts hits by canary, encoding and file, for a report.
func Summary(hits []Hit) string {
	var b bytes.Buffer
	for i, h := range hits {
		if i == 40 {
			fmt.Fprintf(&b, "... and %d more\n", len(hits)-i)
			break
		}
		fmt.Fprintln(&b, h)
	}
	return b.String()
}
