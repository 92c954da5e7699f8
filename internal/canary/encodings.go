package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"

	"danvan/internal/civil"
)

// Encoding is one way to write a string down. forms are all byte sequences to look for; the first is what Plant writes.
type Encoding struct {
	Name  string
	forms func(string) [][]byte
}

// Encodings are all ways in which canaries are looked for.
var Encodings = []Encoding{
	{"UTF-8 NFC", func(s string) [][]byte { return one(norm.NFC.String(s)) }},
	{"UTF-8 NFD", func(s string) [][]byte { return one(norm.NFD.String(s)) }},
	{"folded", func(s string) [][]byte { return one(civil.Fold(s)) }},
	{"lower case", func(s string) [][]byte { return one(strings.ToLower(norm.NFC.String(s))) }},
	{"upper case", func(s string) [][]byte { return one(strings.ToUpper(norm.NFC.String(s))) }},
	{"UTF-16LE", func(s string) [][]byte { return [][]byte{wide(s, binary.LittleEndian)} }},
	{"UTF-16BE", func(s string) [][]byte { return [][]byte{wide(s, binary.BigEndian)} }},
	{"base64", func(s string) [][]byte { return phases(s, base64.RawStdEncoding) }},
	{"base64url", func(s string) [][]byte { return phases(s, base64.RawURLEncoding) }},
	{"hex", func(s string) [][]byte { return one(hex.EncodeToString([]byte(norm.NFC.String(s)))) }},
	{"HEX", func(s string) [][]byte { return one(strings.ToUpper(hex.EncodeToString([]byte(norm.NFC.String(s))))) }},
	{"URL form", func(s string) [][]byte { return one(url.QueryEscape(norm.NFC.String(s))) }},
	{"URL path", func(s string) [][]byte { return one(url.PathEscape(norm.NFC.String(s))) }},
	{"percent, all", func(s string) [][]byte { return one(percent(norm.NFC.String(s))) }},
	{"JSON \\u", func(s string) [][]byte { return append(one(escaped(s, "%04x")), one(escaped(s, "%04X"))...) }},
	{"HTML entities", func(s string) [][]byte { return append(one(entities(s, "&#%d;")), one(entities(s, "&#x%x;"))...) }},
	{"quoted-printable", func(s string) [][]byte { return one(quoted(norm.NFC.String(s))) }},
	{"reversed", func(s string) [][]byte { return one(reversed(norm.NFC.String(s))) }},
}

func one(s string) [][]byte { return [][]byte{[]byte(s)} }

func wide(s string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(norm.NFC.String(s))) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// phases are the middles of a base64 text that hold for whatever stands before and after, in each of the three places at
// which the string may begin.
func phases(s string, enc *base64.Encoding) [][]byte {
	text := []byte(norm.NFC.String(s))
	var out [][]byte
	for before := range 3 {
		padded := append(bytes.Repeat([]byte{0}, before), text...)
		coded := enc.EncodeToString(padded)
		first := []int{0, 2, 3}[before]         // characters that hold bits of what stands before
		whole := len(padded) / 3 * 4            // those of the last group hold bits of what comes after
		if rest := len(padded) % 3; rest != 0 { // full characters of the begun group
			whole += rest
		}
		out = append(out, []byte(coded[first:whole]))
	}
	return out
}

func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// escaped writes what is not ASCII as JSON and Go do when told to.
func escaped(s, format string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(norm.NFC.String(s))) {
		if u < 0x80 {
			b.WriteByte(byte(u))
			continue
		}
		fmt.Fprintf(&b, `\u`+format, u)
	}
	return b.String()
}

func entities(s, format string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

// quoted is quoted-printable as mails use it, without the breaks of lines.
func quoted(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 0x80 || c == '=' {
			fmt.Fprintf(&b, "=%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}
