package ledger

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"danvan/internal/fault"
)

// Texts are kept composed (NFC), whatever a keyboard or a file made of them, so that the same words are the same
// content; control characters, which no official text has, are refused.

// cleaned is the given fields with every text composed. It returns the very map when there is nothing to do.
func cleaned(fields map[string]any, ps *Problems) map[string]any {
	if tidyTexts(fields) {
		return fields
	}
	out, _ := composed(fields, "fields", ps).(map[string]any)
	return out
}

// tidyTexts says that every text in v is composed and free of control characters.
func tidyTexts(v any) bool {
	switch v := v.(type) {
	case string:
		return norm.NFC.IsNormalString(v) && writable(v)
	case map[string]any:
		for _, x := range v {
			if !tidyTexts(x) {
				return false
			}
		}
	case []any:
		for _, x := range v {
			if !tidyTexts(x) {
				return false
			}
		}
	case []map[string]any:
		for _, x := range v {
			if !tidyTexts(x) {
				return false
			}
		}
	case []string:
		for _, x := range v {
			if !tidyTexts(x) {
				return false
			}
		}
	}
	return true
}

func composed(v any, at string, ps *Problems) any {
	switch v := v.(type) {
	case string:
		if !writable(v) {
			ps.add(at, "Chữ có ký tự điều khiển hoặc sai bảng mã. Hãy gõ lại phần chữ này.")
		}
		return norm.NFC.String(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, x := range v {
			out[key] = composed(x, at+"."+key, ps)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = composed(x, at, ps)
		}
		return out
	case []map[string]any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = composed(x, at, ps)
		}
		return out
	case []string:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = composed(x, at, ps)
		}
		return out
	}
	return v
}

// writable says that s is text: UTF-8 without control characters other than line breaks and tabs.
func writable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

// lineOf checks a short text that an act carries: a reason, a name of who acts.
func lineOf(s, what string) error {
	if !writable(s) || utf8.RuneCountInString(s) > 2000 {
		return fault.Newf(fault.Invalid, "%s có ký tự lạ hoặc dài quá 2.000 ký tự. Hãy sửa lại.", what)
	}
	return nil
}

// checkKey checks a key that a client made. "#" and "e:" begin the references and keys that the ledger makes.
func checkKey(key string, own bool, ps *Problems) {
	switch {
	case !writable(key) || strings.ContainsAny(key, "\n\r\t") || len(key) > 200:
		ps.add("key", "Khóa có ký tự lạ hoặc dài quá 200 ký tự. Hãy đặt khóa ngắn, ví dụ so-noi-vu-2019-00017.")
	case strings.HasPrefix(key, "#") || strings.HasPrefix(key, "e:") && !own:
		ps.add("key", "Khóa không được bắt đầu bằng “#” hay “e:”, vì đó là khóa do hệ thống đặt. Hãy đặt khóa khác.")
	}
}
