package report

import "testing"

func TestNearestName(t *testing.T) {
	names := []string{"petition.received", "petition.accepted", "training.conferences"}
	for in, want := range map[string]string{
		"petition.recieved":   "petition.received",
		"training.conference": "training.conferences",
		"zzz":                 "",
	} {
		if got := nearest(in, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", in, got, want)
		}
	}
}
