package look

import (
	"bytes"
	"regexp"
)

var symbolOfIcon = regexp.MustCompile(`<symbol id="(i-[a-z0-9-]+)".*?</symbol>\s*`)

// UsedIcons takes the symbols out of a finished page that nothing on it shows: a first view on a slow line carries its own only.
func UsedIcons(page []byte) []byte {
	return symbolOfIcon.ReplaceAllFunc(page, func(symbol []byte) []byte {
		name := symbolOfIcon.FindSubmatch(symbol)[1]
		if bytes.Contains(page, []byte(`"#`+string(name)+`"`)) {
			return symbol
		}
		return nil
	})
}
