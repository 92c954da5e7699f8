package look

import "testing"

func TestSheetsAreServedBare(t *testing.T) {
	const sheet = "/* why\n * so */\n.a {\n\tcolor: red;\n}\n\n.b{background:url(\"data:image/svg+xml,%3Csvg/%3E\")} /* x */\n"
	if got, want := string(bare([]byte(sheet))), ".a{color: red}.b{background:url(\"data:image/svg+xml,%3Csvg/%3E\")}"; got != want {
		t.Errorf("served as %q", got)
	}
}
