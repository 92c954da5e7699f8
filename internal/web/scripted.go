package web

import (
	"net/http"
	"strings"
)

// scriptReply is what a script is told that sends a form in somebody's name: while it is being typed, or from the
// queue of a device that had no line.
type scriptReply struct {
	Say     string   `json:"say,omitempty"`
	Wrong   []string `json:"wrong,omitempty"`  // sentences of what keeps the form from being saved
	SignIn  bool     `json:"signIn,omitempty"` // the session has ended
	ID      int64    `json:"id,omitempty"`     // of the draft
	Version int      `json:"version,omitempty"`
	At      string   `json:"at,omitempty"`
	Apart   bool     `json:"apart,omitempty"`
	Saved   int64    `json:"saved,omitempty"` // the entry
}

// accountHeader names the account that a script sends for: what waited on a device for one person is never sent in
// the name of another who has signed in meanwhile.
const accountHeader = "X-Danvan-Account"

// asksJSON reports whether a script of ours asks, which cannot show a page.
func asksJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}
