package ledger

import (
	"encoding/json"
	"strconv"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// headRow is the row of table entry.
type headRow struct {
	id      int64
	key     string
	kind    string
	unit    org.UnitID
	place   org.UnitID
	day     civil.Date
	state   State
	version int
	edition string
	title   string
	fold    string
	carries int64
	batch   int64
	at      int64
}

// versionRow is the row of table entry_version. fields, partners and files are the JSON as it is stored.
type versionRow struct {
	entry    int64
	number   int
	act      Act
	state    State
	edition  string
	unit     org.UnitID
	place    org.UnitID
	day      civil.Date
	fields   string
	partners string
	files    string
	carries  int64
	reason   string
	actor    string
	at       int64
	leaf     int64
}

// content is what the leaf of a version covers: every column of the version, and those of the entry that never
// change, as one JSON object with its keys in this order.
func (v *versionRow) content(key, kind string, batch int64) []byte {
	b := make([]byte, 0, 400+len(v.fields))
	b = append(b, `{"entry":`...)
	b = strconv.AppendInt(b, v.entry, 10)
	b = appendText(b, "key", key)
	b = appendText(b, "kind", kind)
	b = appendInt(b, "batch", batch)
	b = appendInt(b, "version", int64(v.number))
	b = appendText(b, "act", string(v.act))
	b = appendText(b, "state", string(v.state))
	b = appendText(b, "edition", v.edition)
	b = appendInt(b, "unit", int64(v.unit))
	b = appendInt(b, "place", int64(v.place))
	b = appendInt(b, "day", int64(v.day))
	b = append(append(b, `,"fields":`...), v.fields...)
	b = append(append(b, `,"partners":`...), v.partners...)
	b = append(append(b, `,"files":`...), v.files...)
	b = appendInt(b, "carries", v.carries)
	b = appendText(b, "reason", v.reason)
	b = appendText(b, "actor", v.actor)
	b = appendInt(b, "at_ms", v.at)
	return append(b, '}')
}

func appendInt(b []byte, key string, n int64) []byte {
	b = append(append(append(b, `,"`...), key...), `":`...)
	return strconv.AppendInt(b, n, 10)
}

func appendText(b []byte, key, s string) []byte {
	b = append(append(append(b, `,"`...), key...), `":`...)
	if plain(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	quoted, _ := json.Marshal(s) // a string always marshals
	return append(b, quoted...)
}

// plain says that s needs no escape in JSON.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}

// jsonList writes a list as it is stored; an empty one is "[]".
func jsonList[T any](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(list) // ids and files always marshal
	return string(b)
}
