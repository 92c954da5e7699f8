package app

import (
	"strings"
	"testing"
	"time"

	"danvan/internal/access"
	"danvan/internal/sealed"
)

// The custodian is told of a request that waits, whoever asked when it ran out, until he asks again; no reminder names a
// case.
func TestOpeningNotices(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	logins := map[int64]string{5: "baomat"}
	ask := func(state sealed.Step, ends time.Time) sealed.Opening {
		return sealed.Opening{Case: sealed.Case{Entry: 7, Code: "TC-ABCD-EFGH", Unit: 3}, State: state, AskedBy: 5, Ends: ends}
	}
	late, soon := now.Add(-time.Hour), now.Add(time.Hour)
	for name, x := range map[string]struct {
		all   []sealed.Opening
		login string
		right access.Right
		n     int
	}{
		"waits":             {[]sealed.Opening{ask(sealed.Asked, soon)}, "", access.KeepKeys, 1},
		"released":          {[]sealed.Opening{ask(sealed.Released, soon)}, "baomat", "", 1},
		"ran out":           {[]sealed.Opening{ask(sealed.Asked, late)}, "baomat", "", 1},
		"ran out long ago":  {[]sealed.Opening{ask(sealed.Expired, now.AddDate(0, 0, -30))}, "", "", 0},
		"ran out, fetched":  {[]sealed.Opening{ask(sealed.Fetched, soon), ask(sealed.Expired, late)}, "", "", 0},
		"ran out, asked on": {[]sealed.Opening{ask(sealed.Asked, soon), ask(sealed.Expired, late)}, "", access.KeepKeys, 1},
	} {
		got := openingNotices(x.all, logins, 20261122, now)
		if len(got) != x.n || x.n > 0 && (got[0].Login != x.login || got[0].Right != x.right) {
			t.Errorf("%s: %+v", name, got)
		}
		for _, n := range got {
			if strings.Contains(n.Title+n.Pile+n.Note+n.Path, "ABCD") || strings.Contains(n.Path, "7") {
				t.Errorf("%s names the case: %+v", name, n)
			}
		}
	}
}
