// Package fault is the one vocabulary of errors. An error speaks twice: wrapped with the act and the id for the
// people who run the program, and in one safe Vietnamese sentence, with what to do next, for the people who use it.
//
// A package creates a fault where it knows what the user did wrong; everybody above only wraps it with %w.
// Each face (command line, pages, API) has one function that turns a fault into an exit status or a page.
package fault

import (
	"errors"
	"fmt"
)

// Kind says which sort of thing went wrong; a face maps it to a status.
type Kind int

const (
	Internal    Kind = iota // our mistake or the machine's
	Invalid                 // the input cannot be taken as it is
	NotFound                // no such unit, entry, indicator
	Conflict                // it was done already, differently, or something stands in the way
	Denied                  // not for this user, or not in this state of the installation
	Unavailable             // try again later: the outcome may be unknown
)

func (k Kind) String() string {
	return [...]string{"internal", "invalid", "not found", "conflict", "denied", "unavailable"}[k]
}

// Fault is an error with its kind and its sentence for people.
type Fault struct {
	Kind Kind
	Vi   string // one or two sentences in Vietnamese: what is wrong and what to do
	Err  error  // the cause, may be nil
}

func (f *Fault) Error() string {
	if f.Err == nil {
		return f.Vi
	}
	return f.Vi + ": " + f.Err.Error()
}

func (f *Fault) Unwrap() error { return f.Err }

// New returns a fault with no other cause.
func New(k Kind, vi string) error { return &Fault{Kind: k, Vi: vi} }

// Newf is New with formatting of the Vietnamese sentence.
func Newf(k Kind, format string, args ...any) error {
	return &Fault{Kind: k, Vi: fmt.Sprintf(format, args...)}
}

// Wrap gives err a kind and a sentence; nil stays nil.
func Wrap(err error, k Kind, vi string) error {
	if err == nil {
		return nil
	}
	return &Fault{Kind: k, Vi: vi, Err: err}
}

// KindOf is the kind of the outermost fault in err's chain, Internal where there is none.
func KindOf(err error) Kind {
	var f *Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// Say is the sentence to show to people. An error that carries none gives a general one, never its own text,
// which may hold what a reader must not see.
func Say(err error) string {
	var f *Fault
	if errors.As(err, &f) {
		return f.Vi
	}
	return "Chương trình gặp lỗi ngoài dự kiến. Hãy thử lại; nếu vẫn lỗi, báo người quản trị kèm thời điểm xảy ra."
}
