package web

import (
	"context"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/task"
)

// homeTasks are the open tasks of a unit's own bodies, and how many of those that they gave wait for them.
type homeTasks struct {
	Lines  []taskLine
	Tally  task.Tally
	Accept int // given, reported done
	Asked  int // given, with a later day asked for
}

// homeTasks reads the tasks of the first page, nil where the unit has none open.
func (s *server) homeTasks(ctx context.Context, sc *scope) (*homeTasks, error) {
	v, err := keep(ctx, s, "tasks"+strconv.FormatInt(int64(sc.Unit.ID), 10), func(ctx context.Context) (*homeTasks, error) {
		today := s.Today()
		own := unitAndBodies(sc.tree, sc.Unit, today)
		units := make([]org.UnitID, 0, len(own))
		for id := range own {
			units = append(units, id)
		}
		mine, err := s.tasks().All(ctx, s.DB.Read(), sc.tree, today, ledger.Filter{Units: units})
		if err != nil {
			return nil, err
		}
		v := &homeTasks{Tally: task.Count(mine, today)}
		open := slices.DeleteFunc(mine, func(t task.Task) bool { return !t.StateOn(today).Open() })
		given, err := s.tasks().Given(ctx, s.DB.Read(), sc.tree, own, today)
		if err != nil {
			return nil, err
		}
		y := task.Count(given, today)
		v.Accept, v.Asked = y.Waiting, y.Asked
		v.Lines, err = s.taskLines(ctx, s.DB.Read(), sc.tree, open[:min(len(open), mostDues)])
		return v, err
	})
	if err != nil || v.Tally.Open()+v.Accept+v.Asked == 0 || !viewer(ctx).May(access.ReadWork, sc.Unit.ID) {
		return nil, err
	}
	return v, nil
}

// says is how many tasks there are to do, in a sentence.
func (v *homeTasks) says() string {
	out := count(v.Tally.Open(), "nhiệm vụ phải làm")
	if v.Tally.Overdue > 0 {
		out += ", trong đó " + count(v.Tally.Overdue, "quá hạn")
	}
	return out + "."
}
