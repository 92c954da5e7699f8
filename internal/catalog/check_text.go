package catalog

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"danvan/internal/civil"
)

// items splits what may be one value, a list, or text parted by semicolons (a cell of a sheet).
func items(x any) []any {
	switch x := x.(type) {
	case []any:
		return x
	case []string:
		list := make([]any, len(x))
		for i, s := range x {
			list[i] = s
		}
		return list
	case string:
		var list []any
		for _, s := range strings.Split(x, ";") {
			if s = strings.TrimSpace(s); s != "" {
				list = append(list, s)
			}
		}
		return list
	}
	return []any{x}
}

var (
	unitPattern = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.\-_]*(@\d{4}-\d{2}-\d{2})?$`)
	hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// longest texts, in characters: a line, and a page or two.
const (
	lineLimit = 500
	pageLimit = 20000
)

func (c *valueCheck) text(f *Field, x any, at string) (any, bool) {
	s, ok := x.(string)
	if !ok {
		c.fail(at, "%s: phải là chữ", f.Name)
		return nil, false
	}
	s = strings.TrimSpace(s)
	limit := lineLimit
	if f.Type == LongText {
		limit = pageLimit
	}
	wrong := ""
	switch {
	case len([]rune(s)) > limit:
		wrong = fmt.Sprintf("dài quá %s ký tự; hãy rút gọn hoặc đính kèm tệp", civil.FormatInt(int64(limit)))
	case f.Type != LongText && strings.ContainsAny(s, "\n\r"):
		wrong = "chỉ được một dòng"
	case (f.Type == UnitRef || f.Type == UnitRefs) && !unitPattern.MatchString(s):
		wrong = fmt.Sprintf("%q không phải mã đơn vị; hãy viết như 06.BTV hoặc 01834@2019-12-31", s)
	case f.Type == File && !hashPattern.MatchString(s):
		wrong = "phải là mã SHA-256 của tệp đã tải lên"
	case f.Type == URL && !webAddress(s):
		wrong = fmt.Sprintf("%q không phải địa chỉ trang; hãy viết đủ, bắt đầu bằng https://", s)
	}
	if wrong != "" {
		c.fail(at, "%s: %s", f.Name, wrong)
		return nil, false
	}
	return s, true
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
