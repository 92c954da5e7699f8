package demo_test

import (
	"testing"

	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// casework looks over all letters and parts of the demo: every version is lawful, nothing lies about for years, and the
// desks of the demo's people have what their pages show.
func casework(t *testing.T, a *app.App, today civil.Date) {
	tree, err := a.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	office := tree.On("02143.UBND", today).ID
	rows, err := a.DB.Read().QueryContext(t.Context(), `
		SELECT e.id, e.kind, e.key, v.fields, v.version = e.version, e.unit
		FROM entry_version v JOIN entry e ON e.id = v.entry WHERE e.kind IN ('petition_letter', 'petition_part') AND e.state <> 'void'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	law := petition.Law{Edition: a.Catalog.Latest()}
	count := map[string]int{}
	told := 0
	for rows.Next() {
		var id int64
		var kind, key, fields string
		var newest bool
		var unit org.UnitID
		if err := rows.Scan(&id, &kind, &key, &fields, &newest, &unit); err != nil {
			t.Fatal(err)
		}
		c, err := petition.Of(kind, fields)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range law.Lawful(kind, today, c.Values) {
			if told++; told < 20 {
				t.Errorf("%s: %s: %s\n%s", key, p.Field, p.Say, fields)
			}
		}
		if !newest {
			continue
		}
		count["all"]++
		tally(count, c, unit == office, today)
		if st := c.State(); st.Open() && !st.Suspended && c.Received.AddDays(150) < today {
			count["forgotten"]++
			if count["forgotten"] < 5 {
				t.Errorf("%s is open since %s: %s", key, c.Received, fields)
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%v", count)
	for what, least := range map[string]int{
		"ours due today": 1, "ours due this week": 5, "ours late": 3, "ours suspended": 1, "ours prolonged": 1, "ours new": 4, "parts": 1000, "second round": 100,
		"anonymous accepted": 50, "withdrawn in part": 50, "terminated": 100, "receipts": 2000, "enforced": 1000, "published": 5000, "remote": 1000, "enforcing": 5,
		"class complaint": 1000, "class denunciation": 500, "class proposal": 1000, "class reflection": 1000, "class mixed": 500,
	} {
		if count[what] < least {
			t.Errorf("%s: %d, want %d at least", what, count[what], least)
		}
	}
}

func tally(count map[string]int, c *petition.Case, ours bool, today civil.Date) {
	st := c.State()
	is := map[string]bool{
		"parts": c.Kind == petition.Part, "second round": c.Round == "second", "anonymous accepted": c.AnonymousAllowed, "terminated": st.Stage == petition.Terminated,
		"withdrawn in part": c.Values.Text("withdrawal") == "part", "receipts": st.Times["receipt"] > 0, "enforced": st.Times["enforced"] > 0, "published": st.Times["published"] > 0,
		"enforcing": st.Times["enforcing"] > 0 && st.Times["enforced"] == 0, "remote": c.Remote, "class " + c.Class: true, "open": st.Open(),
		"ours due today":     ours && st.Open() && c.Due >= today && c.Due <= nextMonday(today),
		"ours due this week": ours && st.Open() && c.Due >= today && c.Due <= today.AddDays(7),
		"ours late":          ours && st.Open() && c.Due != 0 && c.Due < today, "ours suspended": ours && st.Suspended,
		"ours prolonged": ours && st.Open() && len(c.Extensions()) > 0, "ours new": ours && st.Open() && c.Values.Text("accepted_on") == "", "ours open": ours && st.Open(),
	}
	for what, yes := range is {
		if yes {
			count[what]++
		}
	}
}

// nextMonday is the day itself unless it is a weekend: no limit of the law ends then.
func nextMonday(d civil.Date) civil.Date {
	for d.Weekday() == 0 || d.Weekday() == 6 {
		d = d.AddDays(1)
	}
	return d
}
