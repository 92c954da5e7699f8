// Package catalog is the regulation as data: what is recorded (kinds), what it adds up to (series), what is
// computed from that (indicators), who owes what and when (duties), with the lists, unit types, period regimes,
// calendars, procedures and report templates that these need. docs/catalog.md is the manual of its files.
//
// Load reads a folder of strict YAML and returns a Catalog or all its problems at once, each with file, line,
// column, what is wrong and what to do. A Catalog holds editions. An edition is in force from a day until the
// next one; after loading it is complete in itself, and its hash is the SHA-256 of its canonical bundle. An
// entry keeps the hash of the edition under which it was recorded, and its facts follow that edition for ever:
// Save keeps the bundle in the database and Stored brings it back.
//
// The package is rules only: values in, values out. The one file with SQL is store.go.
//
//	kind.Check(fields, day)          normalises and validates what was typed
//	edition.Contributions(kind, rec) the facts that follow from it
//	indicator.Formula()              the parsed formula, for package figure to compute
//	edition.Regimes.Parse(s)         "tt01-2024:2025-Q1" to two days
//
// Fields about persons hold a name and an office, in one of a closed list of parts (Part). A field for what
// somebody thinks, believes or descends from cannot be declared: see person.go.
package catalog
