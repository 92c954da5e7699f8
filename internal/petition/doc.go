// Package petition is the law of a letter's way through an office: which act may follow which, what each act must
// show, and where a case stands. A case is a letter (an entry of kind petition_letter) or one part of a letter of several
// contents (petition_part, which carries the letter). Neither holds a word about people.
//
// Rules are plain functions over a Case: StateOf replays its steps, Law.Allowed lists what may come next, Lawful says what
// no office may have done. Do is the shell around them: one transaction that amends the entry, follows its clocks and
// leaves its leaf through the ledger.
//
//	c, err := petition.CaseOf(entry)
//	c.State()                         where it stands
//	law.Allowed(c, day)               what may be done on a day
//	office.Do(ctx, tx, actor, id, version, petition.Act{...})
//
// Lawful is asked by the ledger for every entry of these kinds on every path (forms, amendments, imports, restores).
package petition
