// Package reception is citizen reception (tiếp công dân): the days planned, the sessions held, the visits of each.
//
// It owns no table. A planned day, a session, a visit are entries of kinds of the catalogue; a session carries the plan
// that it carries out, a visit carries its session. Where visits are recorded one by one, every number of the session
// follows from them (Totals), written in the transaction of the visit itself (Desk). A session recorded as totals stays
// as it was typed.
//
// Who came and what was said are not here: they stand sealed in the case's dossier, never in the ledger.
package reception
