package portal_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"danvan/internal/portal"
)

var update = flag.Bool("update", false, "write docs/permissions-public.csv anew")

const matrixFile = "../../docs/permissions-public.csv"

// TestPublicMatrixIsWritten: docs/permissions-public.csv names every public page; anybody may ask for each, signed in or not.
func TestPublicMatrixIsWritten(t *testing.T) {
	rows := portal.Patterns()
	slices.SortFunc(rows, func(a, b string) int {
		am, ap, _ := strings.Cut(a, " ")
		bm, bp, _ := strings.Cut(b, " ")
		return strings.Compare(ap+am, bp+bm)
	})
	var b bytes.Buffer
	b.WriteString("method,path,english,right\n")
	for _, row := range rows {
		method, path, _ := strings.Cut(row, " ")
		path = strings.TrimSuffix(path, "{$}")
		b.WriteString(method + "," + path + ",/en" + strings.TrimPrefix(path, "/cong") + ",public\n")
	}
	if *update {
		if err := os.WriteFile(matrixFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(matrixFile)
	if err != nil || !bytes.Equal(have, b.Bytes()) {
		t.Errorf("docs/permissions-public.csv is not what the routes say (%v): go test ./internal/portal -run TestPublicMatrixIsWritten -update", err)
	}
}
