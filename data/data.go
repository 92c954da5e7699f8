// Package data embeds the facts the program ships with: units and their changes, the national lists, calendars,
// boundaries. Each folder says in its SOURCES.md where they come from and under which licence.
package data

import "embed"

// FS holds the folders units, nation, geo, calendar and places.
//
//go:embed calendar geo nation places units
var FS embed.FS
