package web

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/a-h/templ"
)

// groupID gives the first group of a form's choices the id that the summary of errors leads to.
func groupID(i int) templ.Attributes {
	if i > 0 {
		return nil
	}
	return templ.Attributes{"id": "ky", "tabindex": "-1"}
}

func open(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"open": true}
}

// blockID is a block's key as an id.
func blockID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "doan-" + hex.EncodeToString(sum[:4])
}

func (v writeView) invalid(key string) templ.Attributes {
	if !v.Form.Wrong.has(textControl + key) {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true"}
}

// print is where a document of what is shown is to be had.
func (v filingView) print(kind string) templ.SafeURL {
	to := filingURL(v.Filing.ID) + "/tep?dang=" + kind
	if v.Shown != nil {
		to += "&lan=" + itoa(int64(v.Shown.Number))
	}
	return templ.SafeURL(to)
}

// sealed is what is printed at the end, nil for a report that is not kept yet.
func (v filingView) sealed() templ.Component {
	if v.Seal == nil {
		return nil
	}
	return sealPart(v.Seal)
}
