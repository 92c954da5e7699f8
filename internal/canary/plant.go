package canary

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"

	"golang.org/x/text/unicode/norm"
)

// Packings are the ways in which something may be packed; each is opened again.
var Packings = []string{"", "gzip", "zlib", "deflate", "zip", "gzip in zip"}

// Plant writes a canary down in an encoding between other bytes, packed in a way: what a program that leaks would leave.
// For base64 the phase says at which of the three places of a group the string begins.
func Plant(c Canary, e Encoding, packing string, phase int) ([]byte, error) {
	var body []byte
	switch e.Name {
	case "base64", "base64url":
		enc := base64.StdEncoding
		if e.Name == "base64url" {
			enc = base64.URLEncoding
		}
		body = []byte(enc.EncodeToString([]byte("xyz"[:phase] + norm.NFC.String(c.Text) + " và còn nữa")))
	default:
		forms := e.forms(c.Text)
		body = forms[phase%len(forms)]
	}
	text := bytes.Join([][]byte{[]byte("trước "), body, []byte(" sau")}, nil)
	return packed(text, packing)
}

func packed(text []byte, how string) ([]byte, error) {
	var b bytes.Buffer
	switch how {
	case "":
		return text, nil
	case "gzip":
		return finish(gzip.NewWriter(&b), text, &b)
	case "zip", "gzip in zip":
		if how == "gzip in zip" {
			inner, err := packed(text, "gzip")
			if err != nil {
				return nil, err
			}
			text = inner
		}
		z := zip.NewWriter(&b)
		w, err := z.Create("word/document.xml")
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(text); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		return b.Bytes(), nil
	case "zlib":
		w := zlib.NewWriter(&b)
		return finish(w, text, &b)
	case "deflate":
		w, err := flate.NewWriter(&b, flate.BestCompression)
		if err != nil {
			return nil, err
		}
		return finish(w, text, &b)
	}
	return nil, fmt.Errorf("no packing %q", how)
}

func finish(w io.WriteCloser, text []byte, b *bytes.Buffer) ([]byte, error) {
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}
