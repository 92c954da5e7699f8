// Package dialogue is how leaders meet the people (đối thoại, tiếp xúc cử tri) and what becomes of what was promised.
//
// It keeps its records in the ledger. A plan is a session as it is announced (dialogue_plan); what carries it out is the
// session as held (dialogue, or voter_contact: one mechanism). A session is carried out by issues (people_issue: what was
// raised, by topic and place, never by whom, with who answers until when), an issue by promises (commitment), a promise by
// what happened to it (commitment_note): progress, a later day with its reason, done, confirmed or disputed by the village.
//
// Two things follow by themselves, in the transaction of whatever they follow from (Desk.Posted): the numbers of a session
// whose issues are recorded one by one, and the days of a promise from its notes. The rules (session.go, promise.go,
// follow.go, act.go) are plain functions; shelf.go reads; desk.go writes; code.go keeps the secret codes by which a village
// without an account answers.
package dialogue
