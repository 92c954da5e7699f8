package identity

import (
	"crypto/rand"
	"fmt"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"danvan/internal/fault"
)

// Password is a password that was checked and hashed, ready to be saved. Make it before the transaction: hashing
// takes its time on purpose. It prints as nothing, so that it cannot slip into a log.
type Password struct {
	Plain string // to be shown once to whoever hands it over; empty where the person chose it
	hash  string
}

func (Password) String() string   { return "identity.Password" }
func (Password) GoString() string { return "identity.Password" }

// The lengths of a password, in characters. Long ones are refused, never cut.
const (
	ShortestPassword = 10
	LongestPassword  = 200
)

// params are the least of OWASP's: 19 MiB, twice, one lane; a machine of two cores signs in dozens a second.
var params = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// dummy is a hash with these params of a password that was thrown away: whoever has no account costs as much as
// whoever has one.
const dummy = "$argon2id$v=19$m=19456,t=2,p=1$kTuHMSxHiu6oshicmqB2sg$2ceacTuamn51N52eSaGcwI2K8xv7AtaHUPLxGNgvw44"

// Hash checks a password against the rules and hashes it.
func Hash(login, plain string) (Password, error) {
	if err := Rules(login, plain); err != nil {
		return Password{}, err
	}
	hash, err := argon2id.CreateHash(normal(plain), params)
	if err != nil {
		return Password{}, fmt.Errorf("hash password: %w", err)
	}
	return Password{hash: hash}, nil
}

// normal is the form in which passwords are hashed: one form of each Vietnamese letter, whatever keyboard wrote it.
func normal(plain string) string { return norm.NFKC.String(plain) }

// temporaryLetters leave out what is misread on paper: 0 O 1 l I.
const temporaryLetters = "abcdefghjkmnpqrstuvwxyz23456789"

// Temporary makes a password to be handed over and changed at the first sign-in: 16 letters, 79 bits.
func Temporary() (Password, error) {
	plain := groups(temporaryLetters, 4, 4)
	hash, err := argon2id.CreateHash(plain, params)
	if err != nil {
		return Password{}, fmt.Errorf("hash password: %w", err)
	}
	return Password{Plain: plain, hash: hash}, nil
}

// groups are random letters in groups with a hyphen between.
func groups(letters string, n, size int) string {
	var out []byte
	limit := 256 - 256%len(letters) // bytes above it would make some letters likelier
	for b := make([]byte, 1); len(out) < n*(size+1)-1; {
		if len(out)%(size+1) == size {
			out = append(out, '-')
		}
		_, _ = rand.Read(b) // never fails
		if int(b[0]) < limit {
			out = append(out, letters[int(b[0])%len(letters)])
		}
	}
	return string(out)
}

// Rules says what keeps a password from being taken; nil when it may be. As NIST SP 800-63B asks: length and not a
// common one, no rules about kinds of letters, no change by the calendar.
func Rules(login, plain string) error {
	switch n := utf8.RuneCountInString(plain); {
	case !utf8.ValidString(plain):
		return fault.New(fault.Invalid, "Mật khẩu có ký tự không đọc được. Hãy gõ lại.")
	case n < ShortestPassword:
		return fault.Newf(fault.Invalid, "Mật khẩu cần ít nhất %d ký tự. Một câu ngắn dễ nhớ, có dấu cách, là mật khẩu tốt.", ShortestPassword)
	case n > LongestPassword:
		return fault.Newf(fault.Invalid, "Mật khẩu dài quá %d ký tự. Hãy chọn câu ngắn hơn.", LongestPassword)
	case containsLogin(login, plain):
		return fault.New(fault.Invalid, "Mật khẩu không được chứa tên đăng nhập. Hãy chọn câu khác.")
	case common(plain):
		return fault.New(fault.Invalid, "Mật khẩu này thuộc loại thường gặp, máy dò đoán ra ngay. Hãy chọn một câu chỉ mình bạn nghĩ ra.")
	}
	return nil
}
