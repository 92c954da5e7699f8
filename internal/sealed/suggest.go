package sealed

import (
	"regexp"
	"slices"

	"golang.org/x/text/unicode/norm"
)

// Trace is a pattern of what often tells who wrote a letter. Patterns are written for Go and for browsers alike: the
// page checks with them on the device before anything is sent.
type Trace struct {
	Pattern string `json:"pattern"`
	Says    string `json:"says"` // what it may be, in Vietnamese
}

// Traces are what suggestions look for. They find what is written in the usual way; a person must still read.
var Traces = []Trace{
	{`(?:[Tt]ôi tên là|[Tt]ên tôi là|[Tt]ôi là|[Hh]ọ và tên|[Hh]ọ tên|[Nn]gười tố cáo|[Nn]gười (?:làm|viết|gửi) đơn|[Kk]ính đơn|[Kk]ý tên)[ \t]*:?\s*(?:(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị)\s+)?(?:\p{Lu}\p{L}*[ \t]+){1,4}\p{Lu}\p{L}*`, "họ tên người viết"},
	{`(?:[Vv]ợ|[Cc]hồng|[Cc]on|[Cc]ha|[Bb]ố|[Mm]ẹ|[Aa]nh|[Cc]hị|[Ee]m)(?: (?:trai|gái|ruột))? (?:của )?tôi(?: là| tên)?[ \t]+(?:\p{Lu}\p{L}*[ \t]+){1,4}\p{Lu}\p{L}*`, "họ tên người thân"},
	{`(?:\+84|\(\+84\)|0)(?:[ .-]?\d){8,10}`, "số điện thoại, số định danh"},
	{`\d{9,12}`, "số định danh, căn cước, tài khoản"},
	{`[\w.+-]+@[\w-]+\.[\w.]+`, "địa chỉ thư điện tử"},
	{`[Ss]inh (?:năm|ngày)[ \t]*:?[ \t]*\d[\d/. -]{3,9}`, "năm sinh"},
	{`(?:[Nn]hà số|[Ss]ố nhà|[Tt]hường trú|[Tt]ạm trú|[Tt]rú tại|[Cc]ư trú|[Nn]gụ tại|[Đđ]ịa chỉ(?: của tôi)?)[^.\n;]{3,80}`, "nơi ở"},
}

var traces = compiled()

func compiled() []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, t := range Traces {
		out = append(out, regexp.MustCompile(t.Pattern))
	}
	return out
}

// Found is a place in a text that may tell who wrote it.
type Found struct {
	Text string
	Says string
}

// Suggest lists such places, in the order of the patterns, each text once.
func Suggest(text string) []Found {
	text = norm.NFC.String(text)
	var out []Found
	for i, re := range traces {
		for _, hit := range re.FindAllString(text, -1) {
			if !slices.ContainsFunc(out, func(f Found) bool { return f.Text == hit }) {
				out = append(out, Found{hit, Traces[i].Says})
			}
		}
	}
	return out
}
