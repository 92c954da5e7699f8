package contribution

import (
	"cmp"
	"slices"
	"strconv"

	"danvan/internal/civil"
)

// Account is the balance of a work, a village, a programme: by item, what was pledged and received, and what became of it.
type Account struct {
	Pledged  Amounts // what is promised, received or not; never less than received
	Received Amounts // given by the people
	MovedIn  Amounts // came from other works
	Used     Amounts
	Returned Amounts
	MovedOut Amounts
	Support  Amounts // of the state, beside the account

	Gifts      int   // how often something was received
	Households int64 // lượt hộ of gifts
}

// NewAccount is an account of nothing.
func NewAccount() Account {
	return Account{Amounts{}, Amounts{}, Amounts{}, Amounts{}, Amounts{}, Amounts{}, Amounts{}, 0, 0}
}

// Items are what the account is kept of, in the order of tables.
func (a Account) Items() []Item { return Items(a.Pledged, a.Received, a.MovedIn, a.Used) }

// In is all that came in of an item: from the people and from other works.
func (a Account) In(i Item) int64 { return a.Received[i] + a.MovedIn[i] }

// Left is what is still there of an item.
func (a Account) Left(i Item) int64 {
	return a.In(i) - a.Used[i] - a.Returned[i] - a.MovedOut[i]
}

// Owed is what is pledged of an item and has not come.
func (a Account) Owed(i Item) int64 { return a.Pledged[i] - a.In(i) }

// Lefts are what is still there, zero items left out.
func (a Account) Lefts() Amounts {
	out := Amounts{}
	for _, i := range a.Items() {
		if n := a.Left(i); n != 0 {
			out[i] = n
		}
	}
	return out
}

// Plus adds another account to this one. Moves between two works of the sum stand on both sides.
func (a *Account) Plus(b Account) {
	a.Pledged.Add(b.Pledged, 1)
	a.Received.Add(b.Received, 1)
	a.MovedIn.Add(b.MovedIn, 1)
	a.Used.Add(b.Used, 1)
	a.Returned.Add(b.Returned, 1)
	a.MovedOut.Add(b.MovedOut, 1)
	a.Support.Add(b.Support, 1)
	a.Gifts += b.Gifts
	a.Households += b.Households
}

// Reckon sums the lines of one work.
func Reckon(lines []Line) Account {
	a := NewAccount()
	pledged, kept := pledges(lines)
	for _, l := range lines {
		switch l.What {
		case Gift:
			a.Received.Add(l.Amounts, 1)
			a.Gifts++
			a.Households += l.Households
			if kept[l.Pledge] == nil {
				a.Pledged.Add(l.Amounts, 1)
			}
		case MoveIn:
			a.MovedIn.Add(l.Amounts, 1)
			a.Pledged.Add(l.Amounts, 1)
		case Spend:
			a.Used.Add(l.Amounts, 1)
		case GiveBack:
			a.Returned.Add(l.Amounts, 1)
		case MoveOut:
			a.MovedOut.Add(l.Amounts, 1)
		case Support:
			a.Support.Add(l.Amounts, 1)
		}
	}
	for _, p := range pledged {
		for _, i := range Items(p.Amounts, kept[p.ref()]) {
			a.Pledged[i] += max(p.Amounts[i], kept[p.ref()][i])
		}
	}
	return a
}

// pledges are the pledges of a work, and what was received of each by the references by which gifts may name it.
func pledges(lines []Line) (list []Line, received map[string]Amounts) {
	received = map[string]Amounts{}
	for _, l := range lines {
		if l.What == Pledge {
			sum := Amounts{}
			received[l.ref()], received[l.Key] = sum, sum
			list = append(list, l)
		}
	}
	delete(received, "")
	for _, l := range lines {
		if sum := received[l.Pledge]; l.What == Gift && sum != nil {
			sum.Add(l.Amounts, 1)
		}
	}
	return list, received
}

func (l *Line) ref() string { return "#" + strconv.FormatInt(l.ID, 10) }

// Outstanding is what has not come yet of each pledge, by the number of its entry; pledges that were kept are left out.
func Outstanding(lines []Line) map[int64]Amounts {
	list, received := pledges(lines)
	out := map[int64]Amounts{}
	for _, p := range list {
		rest := Amounts{}
		for i, n := range p.Amounts {
			if n > received[p.ref()][i] {
				rest[i] = n - received[p.ref()][i]
			}
		}
		if len(rest) > 0 {
			out[p.ID] = rest
		}
	}
	return out
}

// Overdraft is where an account fails: at the end of a day more of an item was used, returned and moved on than there was.
type Overdraft struct {
	Item Item
	On   civil.Date
	In   int64 // received until then
	Out  int64
}

// Overdrawn finds the first day at whose end more went out than had come in; nil where there is none. What comes and
// goes on one day is in order.
func Overdrawn(lines []Line) *Overdraft {
	days := slices.Clone(lines)
	slices.SortStableFunc(days, func(a, b Line) int { return cmp.Compare(a.Day, b.Day) })
	in, out := Amounts{}, Amounts{}
	for n, l := range days {
		switch l.What {
		case Gift, MoveIn:
			in.Add(l.Amounts, 1)
		case Spend, GiveBack, MoveOut:
			out.Add(l.Amounts, 1)
		}
		if n+1 < len(days) && days[n+1].Day == l.Day {
			continue
		}
		for _, i := range Items(out) {
			if out[i] > in[i] {
				return &Overdraft{i, l.Day, in[i], out[i]}
			}
		}
	}
	return nil
}
