package report_test

import (
	"fmt"
	"strings"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/report"
)

// drafted is the test report with what an office wrote.
func (w *world) drafted(o report.Office) *report.Report {
	w.t.Helper()
	p, err := civil.ParsePeriod("2019")
	if err != nil {
		w.t.Fatal(err)
	}
	b := report.Builder{Engine: w.eng}
	r, err := b.Build(w.ctx, report.Request{Template: "thu", Unit: "06", Period: p, Office: o})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func TestOfficeWritesAroundFigures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.drafted(report.Office{Texts: map[string]string{
			"tuyen-truyen": "Cấp ủy v.v. đã chỉ đạo, có {{t.sessions exact}} cuộc (*không* nhiều).\n# Không phải mục\n- thứ nhất {{compare t.received}}\n- thứ hai <b>đậm</b>\nKết luận {{t.khong_co}}.",
			"kiem:x":       "lời của mục khác",
		}})
		var got []string
		figures := 0
		for _, s := range r.Sections {
			for _, b := range s.Blocks {
				if b.Written == "" {
					continue
				}
				for _, runs := range append([][]report.Run{b.Runs}, b.Items...) {
					line := ""
					for _, run := range runs {
						line += run.Text
						if run.Evidence != report.NoEvidence {
							figures++
						}
					}
					if line != "" {
						got = append(got, s.Title+": "+line)
					}
				}
			}
		}
		want := []string{
			"Tuyên truyền: Cấp ủy v.v. đã chỉ đạo, có 2 cuộc (*không* nhiều).", "Tuyên truyền: # Không phải mục",
			"Tuyên truyền: thứ nhất tăng 1 đơn so với năm 2018", "Tuyên truyền: thứ hai <b>đậm</b>", "Tuyên truyền: Kết luận {{t.khong_co}}.",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || figures == 0 {
			t.Errorf("got  %q\nwant %q, %d figures", got, want, figures)
		}
		if n := r.Notices; len(n) == 0 || n[0].Kind != "write" || !strings.Contains(n[0].Text, "dòng 5") {
			t.Errorf("notices %+v", n)
		}
		if strings.Contains(text(r), "Lời riêng") {
			t.Error("a heading under which nobody wrote must not be printed")
		}
	})
}

func TestDraftShowsPlacesAndHiddenBlocks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		draft := w.drafted(report.Office{Drafting: true})
		var places, keys []string
		for _, s := range draft.Sections {
			for _, b := range s.Blocks {
				if b.Kind == report.BlockPlace {
					places = append(places, b.Place.Key)
				} else {
					keys = append(keys, b.Key)
				}
			}
		}
		if fmt.Sprint(places) != "[tuyen-truyen loi-rieng]" {
			t.Errorf("places %v", places)
		}
		const key = "tuyen-truyen/t.sessions"
		if !strings.Contains(fmt.Sprint(keys), key) {
			t.Fatalf("keys %v", keys)
		}
		hidden := map[string]string{key: "Đã nói ở báo cáo quý"}
		if r := w.drafted(report.Office{Hidden: hidden}); strings.Contains(text(r), "Tuyên truyền") {
			t.Errorf("left out and still there:\n%s", text(r))
		}
		found := ""
		for _, s := range w.drafted(report.Office{Hidden: hidden, Drafting: true}).Sections {
			for _, b := range s.Blocks {
				if b.Key == key {
					found = b.Hidden
				}
			}
		}
		if found != "Đã nói ở báo cáo quý" {
			t.Errorf("the draft does not show what is left out: %q", found)
		}
	})
}

func TestWrongSlotsAreNamedByLine(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.cat.Latest()
		for text, want := range map[string]string{
			"Tốt.\nCó {{t.sesions}} cuộc.":    "2: không có chỉ tiêu",
			"{{t.sessions":                    "1: thiếu dấu đóng }}",
			"{{r.value}}":                     "1: {{r.value}} chỉ dùng trong mẫu",
			"{{}}":                            "1: chỗ điền số liệu trống",
			"{{t.sessions by label:mau}}":     "1: chỉ tiêu t.sessions không có nhãn",
			"{{t.sessions}} và {{unit.name}}": "",
			"Năm 2019, 12 việc [[if x]]":      "",
		} {
			got := ""
			for _, x := range report.CheckProse(e, text) {
				got += fmt.Sprintf("%d: %s", x.Line, x.Text)
			}
			if want == "" && got != "" || !strings.Contains(got, want) {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	})
}
