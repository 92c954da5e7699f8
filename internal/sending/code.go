package sending

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"

	"danvan/internal/db"
	"danvan/internal/vault"
)

// letters are the 32 signs of codes: none is taken for another when it is read aloud or copied by hand.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeSigns is how many signs carry the secret: 75 bits. One more checks them.
const codeSigns = 15

// shortestKey is how long the secret key of a form is at least: 26 signs of rand.Text are 130 bits.
const shortestKey = 26

// NewKey is the secret key of a form that opens.
func NewKey() string { return rand.Text() }

// codeFor is the secret code of what was sent with a form's key. Without the key nobody can make it, and the key is
// kept nowhere.
func codeFor(v *vault.Vault, key string) string {
	return CodeOf(v.Mark("sending/code", key))
}

// CodeOf is the code of bytes that nobody can guess, of which it takes five bits each.
func CodeOf(raw []byte) string {
	code := make([]byte, codeSigns)
	for i := range code {
		code[i] = letters[raw[i]%32]
	}
	return string(code) + string(check(string(code)))
}

// check is the sign that follows a code: Luhn's modulo 32, which notices any one wrong sign and most that were swapped.
func check(code string) byte {
	sum, double := 0, true
	for i := len(code) - 1; i >= 0; i-- {
		n := strings.IndexByte(letters, code[i])
		if double {
			n *= 2
			n = n/32 + n%32
		}
		sum, double = sum+n, !double
	}
	return letters[(32-sum%32)%32]
}

// Grouped writes a code as people read it.
func Grouped(code string) string {
	var out []string
	for ; len(code) > 4; code = code[4:] {
		out = append(out, code[:4])
	}
	return strings.Join(append(out, code), "-")
}

// readCode reads a code as people type it: small letters, spaces, dashes, o for 0, i and l for 1. ok is false where
// its check sign is wrong, so that a slip of the pen is told from a wrong code before anything is looked up.
func readCode(text string) (code string, ok bool) {
	code = plainSigns(text)
	if len(code) != codeSigns+1 {
		return "", false
	}
	return code, check(code[:codeSigns]) == code[codeSigns]
}

func plainSigns(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'O' || r == 'o':
			return '0'
		case r == 'I' || r == 'i' || r == 'L' || r == 'l':
			return '1'
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		if r < 128 && strings.ContainsRune(letters, r) {
			return r
		}
		return -1
	}, text)
}

// Mistyped reports whether a code cannot be one: a sign is missing, too many or wrong.
func Mistyped(code string) bool { _, ok := readCode(code); return !ok }

// CodeHash is what is kept of a code: enough to know it, nothing to try against, for 75 random bits cannot be tried.
func CodeHash(code string) []byte {
	sum := sha256.Sum256([]byte("danvan/sending/code/" + code))
	return sum[:]
}

// CodeIs reports whether a code, as people type it, is the one of which the hash was kept.
func CodeIs(typed string, hash []byte) bool {
	code, ok := readCode(typed)
	return subtle.ConstantTimeCompare(CodeHash(code), hash) == 1 && ok
}

// NewCode is a code that follows from nothing, for what is not sent by a form: it is shown grouped, its hash kept.
func NewCode() (code string, hash []byte) {
	b := make([]byte, codeSigns)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = letters[b[i]%32]
	}
	code = string(b) + string(check(string(b)))
	return Grouped(code), CodeHash(code)
}

// once is what is kept of a form's key.
func once(key string) []byte {
	sum := sha256.Sum256([]byte("danvan/sending/form/" + key))
	return sum[:]
}

// nextNumber is the next public number of a year. It has no gaps: two who send at once wait for one another.
func nextNumber(ctx context.Context, tx *db.Tx, year int) (string, error) {
	var n int64
	err := tx.QueryRowContext(ctx, `INSERT INTO sending_count (year, last) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET last = sending_count.last + 1 RETURNING last`, year).Scan(&n)
	if err != nil {
		return "", fmt.Errorf("next number of %d: %w", year, err)
	}
	return fmt.Sprintf("PA-%d-%06d", year, n), nil
}

// hiddenNumber says nothing of when or where it was given.
func hiddenNumber() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = letters[b[i]%32]
	}
	return "TC-" + string(b[:4]) + "-" + string(b[4:])
}

// ReadNumber is a public number as people type it: "pa 2026 123", "TC7K3MQ2WX"; empty where it can be none.
func ReadNumber(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) > 40 {
		return ""
	}
	kind, rest := "", ""
	for _, k := range []string{"PA", "TC", "DT"} {
		if r, ok := strings.CutPrefix(text, k); ok {
			kind, rest = k, r
		}
	}
	if kind == "TC" {
		signs := plainSigns(rest)
		if len(signs) != 8 {
			return ""
		}
		return "TC-" + signs[:4] + "-" + signs[4:]
	}
	parts := strings.FieldsFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if len(parts) == 1 && len(parts[0]) == 10 {
		parts = []string{parts[0][:4], parts[0][4:]}
	}
	if kind == "" || len(parts) != 2 || len(parts[0]) != 4 || len(parts[1]) > 6 {
		return ""
	}
	return kind + "-" + parts[0] + "-" + strings.Repeat("0", 6-len(parts[1])) + parts[1]
}
