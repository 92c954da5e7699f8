// Package contribution keeps account of what people give to the works of their villages: land (m²), workdays, money
// (đồng) and goods by their unit, from the plan to the last đồng.
//
// A work (công trình) is an entry; what belongs to it are entries that carry it: pledges, gifts received, uses,
// returns and moves to another work, acceptances (nghiệm thu), pictures. There is no second ledger: a balance is summed
// from these entries each time it is asked for, so that it is right in the transaction that saved the last of them.
//
//	pledged ≥ received = used + returned + moved on + left,   left ≥ 0 at the end of every day
//
// holds for each of the four kinds, goods for each unit of measure. Shelf.Posted sees to it in the transaction of every
// version of such an entry, whatever way it came in (forms, import, amendment, void): it takes the works concerned for
// the transaction, so that of two people who spend the last đồng the second is refused, with the sentence why. A work is
// closed only with nothing left. What somebody pledged counts as pledged until it is received, what came without a
// pledge as pledged when it came; support of the state is recorded beside, and is not of the people's account.
//
// The gift alone is the fact that F22 to F24 count; pledge, use, return and move have series of their own.
//
// Who gave is counted; a name is read only where the giver wishes to be named (consent "named"). Line and Work do not
// carry other names at all.
package contribution
