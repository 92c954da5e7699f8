// Package contest runs contests (hội thi): rounds, entries, a jury that scores them, the public's votes, results.
//
// A contest, its rounds and its entries (bài dự thi) are entries of the ledger; rounds and entries carry the contest. What
// stands in tables of its own is what must not stand there: who is on the jury, who is excused from which entry, the
// scores of each juror until the round is closed, and votes as sums.
//
// A juror reads and writes his own scores alone until the round is closed. Closing reckons the round's results (Rank) and
// writes them into the round's entry in the same transaction, with a leaf that holds the hash of all sheets. Saving a
// score and closing take the round for their transaction: no score comes in behind the results.
//
// A vote adds one to the sum of an entry and a day, and nothing else is kept of it: they are lượt bình chọn, not persons.
//
// The numbers of a contest that is run here (rounds, teams, entries, participants, jurors, votes) follow from all this in
// the transaction of each act, as reception sessions follow their visits; contests whose totals were typed are left alone.
package contest
