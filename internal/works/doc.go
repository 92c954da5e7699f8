// Package works reads the books of work that have more than one step: inspections with their findings, training courses
// with their sessions, emulation movements, assignments of people to areas, posts to fill and filled.
//
// It owns no table. Every piece is an entry of a kind of the catalogue; what belongs to a piece is a group of its fields
// or an entry that carries it. This package puts them together and says where they stand: plain functions over what was
// recorded. The rules that keep their numbers right are in the catalogue (rules of the kinds), so that every way of
// recording obeys them: a form, a table, an import.
package works
