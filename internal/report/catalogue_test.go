package report_test

import (
	"testing"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/fault"
	"danvan/internal/report"
)

// The templates of the catalogue must hold against every edition in which a
// report can be asked for: a slot that one edition lacks would be found only
// when somebody needs the report.
func TestTemplatesOfTheCatalogueHold(t *testing.T) {
	cat, err := catalog.Load(catalogdata.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range cat.Editions() {
		if err := report.CheckAll(report.PartsOf(e), e); err != nil {
			t.Errorf("edition %s: %s", e.Code, fault.Say(err))
		}
		if len(report.Names(e)) < 4 {
			t.Errorf("edition %s offers only %v", e.Code, report.Names(e))
		}
	}
}
