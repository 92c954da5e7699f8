package org

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// contentKey is the same for the same act, however often and from wherever it is entered.
func contentKey(c *Change) string {
	plain := *c
	plain.Status, plain.Source, plain.Note = "", "", "" // what we know about the act is not the act
	sum := sha256.Sum256(canonical(&plain))
	return hex.EncodeToString(sum[:])
}

// canonical is the act as it is hashed into the audit log: its content without number and place of import.
func canonical(c *Change) []byte {
	plain := *c
	plain.ID, plain.Imported = 0, ""
	plain.Sources = slices.Clone(plain.Sources)
	slices.SortFunc(plain.Sources, func(a, b Source) int { return strings.Compare(a.Code, b.Code) })
	out, err := json.Marshal(plain)
	if err != nil { // a struct of strings and numbers always marshals
		panic(err)
	}
	return out
}
