// Package disclosure says what a body must publish by the grassroots-democracy law and what became of it; whether a
// decision of a community's households holds; what supervision boards found and what was answered.
//
// It owns no table. What was published, decided and found are entries of kinds of the catalogue; what is expected follows
// from its publication rules, from the calendar (budget of every quarter) and from the documents that were recorded. All
// days are reckoned by package clock, with their calculation. The rules here are plain functions: entries and a day in,
// states out. Nothing that can be reckoned is read from what somebody typed: not whether it was in time, not whether a
// ballot passed.
//
// A ballot is its totals: households, present, for, against, not valid. Who chose what is nowhere.
package disclosure
