package web_test

import (
	"context"
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
}

// TestCold measures each page right after an entry was recorded that changes figures, as it is in an office where
// somebody records every few seconds. It prints; DANVAN_COLD asks for it and says how often each page is opened.
func TestCold(t *testing.T) {
	rounds := 0
	if _, err := fmt.Sscan(os.Getenv("DANVAN_COLD"), &rounds); err != nil || rounds < 1 {
		t.Skip("DANVAN_COLD asks for it")
	}
	o := open(t)
	took := map[string][]time.Duration{}
	only := os.Getenv("DANVAN_COLD_PAGE")
	for i := range rounds + 1 {
		for k, address := range figurePages {
			if !strings.Contains(address, only) {
				continue
			}
			writeOne(t, o, i*len(figurePages)+k)
			start := time.Now()
			if a := o.get(t, address); a.status != http.StatusOK {
				t.Fatalf("%s: status %d", address, a.status)
			}
			if i > 0 { // the first round fills what lasts
				took[address] = append(took[address], time.Since(start))
			}
		}
	}
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

// writeOne records an entry that adds to the series most asked for: letters and meetings in turn.
func writeOne(t *testing.T, o *office, i int) {
	t.Helper()
	d := ledger.Draft{Key: fmt.Sprint("cold ", i, time.Now().UnixNano()), Kind: "petition_letter", Unit: "06.UBND", Place: "06", Day: civil.NewDate(2019, 3, 1+i%28), Fields: map[string]any{
		"class": "complaint", "field": "land", "received_on": "2019-02-20", "accepted_on": "2019-02-25", "settled_on": "2019-03-20",
	}}
	err := o.app.DB.Write(context.Background(), func(tx *db.Tx) error {
		_, err := o.app.Ledger.Record(context.Background(), tx, "thu", d)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
