package reception

import (
	"danvan/internal/civil"
	"danvan/internal/clock"
)

// onlineProcedure says what an online session asks for before its day.
const onlineProcedure = "reception_online"

// Ahead are the limits counted back from an online session, by their codes: by when notice is given, by when the line is
// tested. There are none before the law knew such sessions.
func Ahead(law *clock.Law, day civil.Date) map[string]clock.Deadline {
	out := map[string]clock.Deadline{}
	for _, d := range law.Deadlines(law.Edition.Procedure(onlineProcedure), clock.Case{Events: map[string]civil.Date{"session": day}}) {
		out[d.Clock] = d
	}
	return out
}

// Answer is the limit for telling a visitor what becomes of it, with its calculation; ok is false where the law of the day has
// none. An answer that was given ends it.
func Answer(law *clock.Law, v *Visit) (d clock.Deadline, ok bool) {
	events := map[string]civil.Date{"received": v.Day}
	if v.AnsweredOn != 0 {
		events["answered"] = v.AnsweredOn
	}
	for _, d := range law.Deadlines(law.Edition.Procedure(receptionProcedure), clock.Case{Events: events}) {
		if d.Clock == "answer" {
			d.StartEvent = "session" // a visit begins on the day of its session: nothing was handed in
			return d, true
		}
	}
	return clock.Deadline{}, false
}
