package look

import (
	"bytes"
	"strings"
	"testing"
)

func TestUsedIcons(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("<p>trước</p>")
	if err := Icon("send").Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if err := Sprite().Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	b.WriteString("<p>sau</p>")
	whole := b.String()
	got := string(UsedIcons([]byte(whole)))
	if n := strings.Count(got, "<symbol"); n != 1 || !strings.Contains(got, `<symbol id="i-send"`) {
		t.Errorf("%d symbols stand: %s", n, got)
	}
	if !strings.HasPrefix(got, "<p>trước</p>") || !strings.HasSuffix(got, "<p>sau</p>") || len(got) >= len(whole) {
		t.Errorf("the rest of the page is %s", got)
	}
}
