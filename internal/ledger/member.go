package ledger

import (
	"iter"
	"strings"
)

// The stored fields are canonical JSON without spaces. Lists ask a hundred thousand of them for one member each,
// which these readers find without decoding the rest. They are for stored values only.

// member is the JSON of a member of an object, "" where there is none.
func member(object, code string) string {
	if len(object) < 2 || object[0] != '{' {
		return ""
	}
	for i := 1; i < len(object) && object[i] == '"'; {
		end := stringEnd(object, i)
		name := object[i+1 : end-1]
		from := end + 1 // past the colon
		to := valueEnd(object, from)
		if name == code {
			return object[from:to]
		}
		i = to + 1
	}
	return ""
}

// elements are the JSON of the elements of a list.
func elements(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if len(list) < 3 || list[0] != '[' {
			return
		}
		for i := 1; i < len(list)-1; {
			to := valueEnd(list, i)
			if !yield(list[i:to]) {
				return
			}
			i = to + 1
		}
	}
}

// stringEnd is the place after the string that begins at i.
func stringEnd(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// valueEnd is the place after the value that begins at i.
func valueEnd(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	switch s[i] {
	case '"':
		return stringEnd(s, i)
	case '{', '[':
		return nestedEnd(s, i)
	}
	if n := strings.IndexAny(s[i:], ",]}"); n >= 0 {
		return i + n
	}
	return len(s)
}

func nestedEnd(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '"':
			i = stringEnd(s, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// Member is the JSON of one member of stored fields, "" where it has no value.
func Member(fields, code string) string { return member(fields, code) }
