// Package ledger keeps what public bodies recorded, and the sums that every figure is read from.
//
// An Entry is one piece of work, recorded once by the body answerable for it (its unit) at a place. It is never
// overwritten: an amendment, a confirmation and a void are new versions, with who, when and why. From each
// version follow its facts, one for each series that the catalogue says it adds to, keyed by unit or place and
// by day; a version that replaces another first posts the opposite of the old facts on their own keys. Totals by
// year and by bucket of a month are kept in the same transaction at the base unit's era, never at ancestors. One
// leaf of the audit log per version covers its whole content.
//
// So three things hold at every commit, and Verify proves them from raw rows: the log holds every version as it
// is stored, the facts are those that the versions give under their own edition of the catalogue, and the totals
// are the sums of the facts.
//
// Preparing a draft (prepare.go) is pure: tree and catalogue in, rows out. Posting one entry (post.go) and
// posting two hundred thousand (bulk.go) write the same rows.
package ledger
