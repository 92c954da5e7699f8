// Package web is the staff face in the browser: pages rendered on the server, in Vietnamese, usable on a phone,
// on a slow line and without JavaScript. It reads a request, asks the packages below, and prints; it holds no
// rule of its own.
//
// One file an act: report.go answers the living report, figure.go one figure, evidence.go the entries behind it,
// entry.go one entry with its versions, units.go the tree on a day and one unit's life, catalog.go the
// regulation. Each has its view beside it (*.templ; the generated *_templ.go are committed). page.go holds what
// every page shares: the shell, the demo mark, errors as pages, security headers.
//
// A page's state stands in its address: unit, period and basis are query values (don-vi, tu, den, ranh-gioi), so
// that a page can be sent to a colleague.
package web
