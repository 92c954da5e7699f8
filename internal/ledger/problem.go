package ledger

import (
	"fmt"
	"slices"
	"strings"

	"danvan/internal/fault"
)

// Problem is one thing that is wrong with a draft: the field ("unit", "day", "fields.topic") and a sentence.
type Problem struct {
	Field string `json:"field"`
	Say   string `json:"say"`
}

// Problems are all that is wrong with one draft. As an error it is a fault of kind Invalid.
type Problems []Problem

func (ps Problems) Error() string {
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = p.Field + ": " + p.Say
	}
	return strings.Join(parts, "; ")
}

// err is the problems as a fault, nil when there are none.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	says := make([]string, len(ps))
	for i, p := range ps {
		says[i] = p.Say
	}
	return fault.Wrap(ps, fault.Invalid, strings.Join(says, " "))
}

func (ps *Problems) add(field, format string, args ...any) {
	*ps = append(*ps, Problem{field, fmt.Sprintf(format, args...)})
}

// sayInvalid is the sentence of an error that the one who hands in can mend, "" for any other.
func sayInvalid(err error) string {
	if err != nil && fault.KindOf(err) == fault.Invalid {
		return fault.Say(err)
	}
	return ""
}

// onlyFields says that nothing but single fields is wrong.
func (ps Problems) onlyFields() bool {
	return !slices.ContainsFunc(ps, func(p Problem) bool { return !strings.HasPrefix(p.Field, "fields.") })
}
