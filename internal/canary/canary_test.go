package canary

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var planted = []Canary{
	{"họ tên", "Hoàng Phượng Yểng Kjqxwz"},
	{"số giấy tờ", "070199900417263"},
	{"địa chỉ", "thôn Nà Khuổi Zqx, xã Đồng Phúc 88"},
	{"chữ ngắn nhất", "kanari-0001x"},
}

// noise is what surrounds a canary: bytes of all values, always the same.
func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.IntN(256))
	}
	return b
}

// The positive control: each canary is found in each encoding, in each phase, in each packing, between other bytes.
func TestEveryPlantedCanaryIsFound(t *testing.T) {
	s, err := New(planted)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range planted {
		for _, e := range Encodings {
			for _, packing := range Packings {
				for phase := range 3 {
					b, err := Plant(c, e, packing, phase)
					if err != nil {
						t.Fatal(err)
					}
					if packing != "deflate" { // a raw stream has no mark: it is found where it stands by itself
						b = append(append(noise(uint64(n), 500+n%97), b...), noise(uint64(n)+1, 300)...)
					}
					n++
					found := false
					for _, h := range s.Bytes("x", b) {
						found = found || h.Canary == c.Name
					}
					if !found {
						t.Errorf("%s as %s, phase %d, packed %q is not found", c.Name, e.Name, phase, packing)
					}
				}
			}
		}
	}
	t.Logf("%d plantings found", n)
}

// Without a canary there is no hit, whatever the bytes.
func TestNoiseIsNoHit(t *testing.T) {
	s, err := New(planted)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(20) {
		if hits := s.Bytes("noise", noise(seed, 1<<17)); len(hits) != 0 {
			t.Errorf("noise %d: %v", seed, hits)
		}
	}
	text := strings.Repeat("Hoàng Phượng, thôn Nà Khuổi, xã Đồng Phúc; số 0701999. ", 1000)
	if hits := s.Bytes("text", []byte(text)); len(hits) != 0 {
		t.Errorf("parts of canaries are no canaries: %v", hits)
	}
}

// A canary is found wherever in a large file it stands, also across the parts in which the file is read, and in the name
// of a file.
func TestLargeFilesAndNames(t *testing.T) {
	s, err := New(planted)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	body := make([]byte, 2*window+12345)
	places := []int{0, window - 10, window + 500, 2*window - overlap, len(body) - len(planted[0].Text)}
	for _, at := range places {
		copy(body[at:], planted[0].Text)
	}
	if err := os.WriteFile(filepath.Join(dir, "big"), body, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, planted[1].Text+".pdf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	hits, files, err := s.Dir(dir)
	if err != nil || files != 2 {
		t.Fatalf("%d files: %v", files, err)
	}
	at, named := map[int]bool{}, false
	for _, h := range hits {
		at[h.Offset] = at[h.Offset] || h.Canary == planted[0].Name
		named = named || h.Canary == planted[1].Name
	}
	for _, place := range places {
		if !at[place] {
			t.Errorf("not found at %d", place)
		}
	}
	if !named {
		t.Error("the name of a file is not scanned")
	}
}

func TestShortCanariesAreRefused(t *testing.T) {
	if _, err := New([]Canary{{"tên", "Lan"}}); err == nil {
		t.Error("a canary of three letters proves nothing")
	}
}
