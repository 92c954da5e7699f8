package canary

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
)

// member is something packed, unpacked.
type member struct {
	kind string
	at   int
	body []byte
}

// most bounds what one member may unpack to.
const most = 64 << 20

var (
	gzipMark  = []byte{0x1f, 0x8b, 0x08}
	localFile = []byte("PK\x03\x04")
)

// members finds what is packed in b by the marks at which it begins. A zip's members are read from their local headers, so
// that a broken or half overwritten archive is still opened.
func members(b []byte) []member {
	var out []member
	each(b, gzipMark, func(at int) {
		if z, err := gzip.NewReader(bytes.NewReader(b[at:])); err == nil {
			z.Multistream(false)
			out = keep(out, "gzip", at, z)
		}
	})
	for _, second := range []byte{0x01, 0x5e, 0x9c, 0xda} {
		each(b, []byte{0x78, second}, func(at int) {
			if z, err := zlib.NewReader(bytes.NewReader(b[at:])); err == nil {
				out = keep(out, "zlib", at, z)
			}
		})
	}
	each(b, localFile, func(at int) { out = append(out, local(b, at)...) })
	if len(b) < 1<<16 { // a raw deflate stream has no mark: small pieces are tried whole
		out = keep(out, "deflate", 0, flate.NewReader(bytes.NewReader(b)))
	}
	return out
}

func each(b, mark []byte, fn func(at int)) {
	for from := 0; ; {
		i := bytes.Index(b[from:], mark)
		if i < 0 {
			return
		}
		fn(from + i)
		from += i + len(mark)
	}
}

// keep unpacks as much as can be unpacked: a stream that breaks off still shows its beginning.
func keep(out []member, kind string, at int, r io.Reader) []member {
	body, _ := io.ReadAll(io.LimitReader(r, most))
	if len(body) == 0 {
		return out
	}
	return append(out, member{kind, at, body})
}

// local unpacks the member whose local header stands at a place.
func local(b []byte, at int) []member {
	const fixed = 30
	if len(b) < at+fixed {
		return nil
	}
	method := uint16(b[at+8]) | uint16(b[at+9])<<8
	begin := at + fixed + (int(b[at+26]) | int(b[at+27])<<8) + (int(b[at+28]) | int(b[at+29])<<8)
	if begin > len(b) || method != zip.Deflate {
		return nil // stored members stand there as they are
	}
	return keep(nil, "zip", at, flate.NewReader(bytes.NewReader(b[begin:])))
}
