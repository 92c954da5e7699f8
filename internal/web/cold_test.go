package web_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
)

// figurePages are pages of figures and reports as people open them, each of which has something of its own to compute.
var figurePages = []string{
	"/bao-cao/tong-ket-10-nam?don-vi=06&tu=2010-01-01&den=2019-12-31",
	"/bao-cao/tong-ket-10-nam?don-vi=06&tu=2010-01-01&den=2019-12-31&ranh-gioi=2026-11-22",
	"/bao-cao/nam?don-vi=06&ky=2019",
	"/bao-cao/nam?don-vi=060&ky=2018",
	"/bao-cao/6-thang?don-vi=061&ky=2019-H1",
	"/bao-cao/thang?don-vi=19&ky=2026-M10",
	"/bao-cao?don-vi=06&ky=2019",
	"/so-lieu?don-vi=06&ky=2010..2019",
	"/so-lieu?don-vi=06&ky=2019&tim=don+thu",
	"/so-lieu?don-vi=060&ky=2019",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2015..2019",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2015..2019&theo=month",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2010..2019&theo=month",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2015..2019&theo=unit",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2015..2019&theo=label:timeliness",
	"/so-lieu/contribution.land?don-vi=06&theo=unit",
	"/so-lieu/contribution.land?don-vi=06&theo=month",
	"/so-lieu/contribution.land?don-vi=06&theo=unit&ranh-gioi=2026-11-22",
	"/so-lieu/indicator.poverty_rate?don-vi=06",
	"/so-lieu/indicator.poverty_rate?don-vi=06&theo=unit",
	"/so-lieu/one_stop.communes?don-vi=06&ky=2019&theo=unit",
	"/so-lieu/outreach.attendances?don-vi=06&ky=2010..2019&theo=month",
	"/so-lieu/petition.settled_rate/ghi-nhan?don-vi=06&ky=2015..2019",
	"/so-lieu/outreach.attendances/ghi-nhan?don-vi=06&ky=2010..2019",
	"/so-lieu/petition.received?don-vi=06&ky=2015..2019&theo=unit",
	"/so-lieu/petition.settled?don-vi=06&ky=2019&biet-den=2020-06-30",
	"/bao-cao/nam?don-vi=06&ky=2019&so=ky-truoc",
	"/so-lieu?don-vi=06&ky=2019&he-thong=14&co=1",
	"/so-sanh?don-vi=06&ky=2019",
	"/so-sanh?don-vi=060&ky=2019&voi=061,062",
	"/ban-do?don-vi=06&ky=2015..2019",
	"/ban-do?don-vi=19&ky=2026",
}

// TestCold measures each page right after an entry was recorded, as it is in an office where somebody records every few
// seconds: first one of today, then one that falls into the periods that the pages show and changes the figures that
// most formulas read. It prints; DANVAN_COLD asks for it and says how often each page is opened, DANVAN_COLD_PAGE names
// one.
func TestCold(t *testing.T) {
	rounds := 0
	if _, err := fmt.Sscan(os.Getenv("DANVAN_COLD"), &rounds); err != nil || rounds < 1 {
		t.Skip("DANVAN_COLD asks for it")
	}
	o := open(t)
	measureCold(t, o, rounds, "a letter of today", "19.UBND", "19", today)
	measureCold(t, o, rounds, "a letter of March 2019", "06.UBND", "06", 20190301)
}

func measureCold(t *testing.T, o *office, rounds int, what, unit, place string, day civil.Date) {
	took := map[string][]time.Duration{}
	only := os.Getenv("DANVAN_COLD_PAGE")
	for i := range rounds + 1 {
		for _, address := range figurePages {
			if !strings.Contains(address, only) {
				continue
			}
			writeOne(t, o, unit, place, day)
			start := time.Now()
			if a := o.get(t, address); a.status != http.StatusOK {
				t.Fatalf("%s: status %d", address, a.status)
			}
			if i > 0 { // the first round fills what lasts
				took[address] = append(took[address], time.Since(start))
			}
		}
	}
	fmt.Printf("each page after %s:\n", what)
	var all []time.Duration
	for _, address := range figurePages {
		if len(took[address]) == 0 {
			continue
		}
		slices.Sort(took[address])
		all = append(all, took[address]...)
		fmt.Printf("%8.1f ms %8.1f ms at most  %s\n", ms(took[address], 50), ms(took[address], 100), address)
	}
	slices.Sort(all)
	fmt.Printf("median %.1f ms, p99 %.1f ms, %d kB held\n", ms(all, 50), ms(all, 99), o.app.Figures.Cache.Bytes()>>10)
}

func ms(sorted []time.Duration, percent int) float64 {
	return float64(sorted[min(len(sorted)-1, len(sorted)*percent/100)].Microseconds()) / 1000
}

// writeOne records a letter that was settled: what most formulas read.
func writeOne(t *testing.T, o *office, unit, place string, day civil.Date) {
	t.Helper()
	d := ledger.Draft{Key: rand.Text(), Kind: "petition_letter", Unit: unit, Place: place, Day: day, Fields: map[string]any{
		"class": "complaint", "field": "land", "received_on": day.AddDays(-30).String(), "accepted_on": day.AddDays(-25).String(), "settled_on": day.AddDays(-1).String(),
	}}
	err := o.app.DB.Write(context.Background(), func(tx *db.Tx) error {
		_, err := o.app.Ledger.Record(context.Background(), tx, "thu", d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
