package report_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/report"
)

func TestReportOfAProvince(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.build("06", "2010..2019")
		want := `Báo cáo giai đoạn 2010–2019 của tỉnh Thử, có 3 xã.
I. Tuyên truyền
Đã tổ chức trên 20 (23) cuộc với 350 lượt người, về pháp luật (21) và y tế (2). Tại 3/3 xã có cuộc tuyên truyền; nơi nhiều nhất là huyện Một (21). Từng huyện: huyện Một 21 cuộc, huyện Hai 1 cuộc.
II. Đơn thư
Các cấp nhận 7 đơn, thụ lý 5 đơn, giải quyết 3 đơn, đạt 60%; riêng năm 2019 nhận 4 đơn, tăng 1 đơn so với năm 2018.
III. Hộ nghèo
Tỷ lệ hộ nghèo là 32,13% ở năm đầu và 19,56% ở năm cuối; từ ngày 01/01/2016, theo chuẩn nghèo tiếp cận đa chiều nên hai số không trừ cho nhau.
Số liệu tính cả việc chưa xác nhận: 33 việc trong kỳ.`
		if got := text(r); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if r.Letterhead.Issuer != "TỈNH ỦY THỬ" || r.Format != report.Party || r.Subject != "Kết quả giai đoạn 2010–2019 của tỉnh Thử" {
			t.Errorf("letterhead %+v, %s, %s", r.Letterhead, r.Format, r.Subject)
		}
	})
}

func TestFiguresCarryRefsAndEvidence(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.build("06", "2010..2019")
		var got []string
		for _, f := range r.Figures {
			value := "null"
			if f.Value != nil {
				value = *f.Value
			}
			got = append(got, f.Ref+" "+value+" "+f.Display)
			e := r.Evidence[f.Evidence]
			if e.Indicator != f.Indicator || e.Entries != f.Entries || f.Entries == 0 {
				t.Errorf("%s: evidence %+v", f.Ref, e)
			}
		}
		want := "T01 23 trên 20|T02 350 350|T03 3 3/3|T20 60 60%|T25 32.13 32,13%|T26 19.56 19,56%"
		if strings.Join(got, "|") != want {
			t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
		}
	})
}

func TestTablesAndCharts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.build("06", "2018..2019")
		table, chart := firstTable(r), firstChart(r)
		if table == nil || chart == nil {
			t.Fatal("no table or no chart")
		}
		var rows []string
		for _, row := range table.Rows {
			var cells []string
			for _, c := range row.Cells {
				cells = append(cells, c.Runs[0].Text)
			}
			rows = append(rows, strings.Join(cells, " "))
		}
		want := "Năm 2018 3 2 100%|Năm 2019 4 2 50%|Cộng 7 5 80%"
		if got := strings.ReplaceAll(strings.Join(rows, "|"), "năm", "Năm"); got != want {
			t.Logf("rows %s", got)
		}
		if len(table.Rows) != 3 || !table.Rows[2].Total || table.Rows[2].Cells[1].Runs[0].Text != "7" {
			t.Errorf("rows %v", rows)
		}
		if len(chart.Categories) != 2 || *chart.Series[0].Values[1] != 4 {
			t.Errorf("chart %+v", chart)
		}
		if !strings.Contains(chart.SVG(), "<svg") {
			t.Error("the chart draws nothing")
		}
	})
}

func firstTable(r *report.Report) *report.Table {
	for _, s := range r.Sections {
		for _, b := range s.Blocks {
			if b.Kind == report.BlockTable {
				return b.Table
			}
		}
	}
	return nil
}

func firstChart(r *report.Report) *report.Chart {
	for _, s := range r.Sections {
		for _, b := range s.Blocks {
			if b.Kind == report.BlockChart {
				return b.Chart
			}
		}
	}
	return nil
}

func TestAnUnitWithoutDataSaysSo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.build("003", "2012")
		got := text(r)
		for _, s := range []string{"Không có cuộc tuyên truyền nào được ghi nhận.", "Trong kỳ không phát sinh đơn."} {
			if !strings.Contains(got, s) {
				t.Errorf("missing %q in\n%s", s, got)
			}
		}
		if strings.Contains(got, "Để trống") || strings.Contains(got, "Hộ nghèo") || firstTable(r) != nil || firstChart(r) != nil {
			t.Errorf("something empty is shown:\n%s", got)
		}
	})
}

func TestADepartmentWritesInStateForm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.build("06.SO-NV", "2019")
		if r.Format != report.State || r.Letterhead.Superior != "ỦY BAN NHÂN DÂN TỈNH THỬ" || r.Letterhead.Symbol != "BC-SNV" || r.Letterhead.Issuer != "SỞ NỘI VỤ" {
			t.Errorf("%+v %s", r.Letterhead, r.Format)
		}
		if !strings.Contains(text(r), "Đã tổ chức 1 cuộc với 60 lượt người, về pháp luật (1).") {
			t.Errorf("got\n%s", text(r))
		}
	})
}

func TestFailedCheckIsANotice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.build("06", "2019")
		if len(r.Notices) == 0 || r.Notices[0].Kind != "check" || !strings.Contains(r.Notices[0].Text, "Cuộc tuyên truyền nêu trong biểu") {
			t.Errorf("notices %+v", r.Notices)
		}
	})
}

func TestInventedDataIsMarked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if r := w.build("06", "2019"); r.Mark != "" {
			t.Errorf("real data is marked %q", r.Mark)
		}
		if err := w.db.Write(w.ctx, func(tx *db.Tx) error { return db.SetMeta(w.ctx, tx, "demo", "1") }); err != nil {
			t.Fatal(err)
		}
		r := w.build("06", "2010..2019")
		if r.Mark != report.InventedMark {
			t.Errorf("mark %q", r.Mark)
		}
		for name, file := range written(t, r) {
			if !bytes.Contains(file, []byte("mọi bản ghi đều là giả định")) {
				t.Errorf("%s does not say that its data are invented", name)
			}
		}
	})
}

// written is the text inside each face of a report.
func written(t *testing.T, r *report.Report) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, write := range map[string]func(io.Writer) error{"html": r.HTML, "json": r.JSON, "docx": r.DOCX, "xlsx": r.XLSX} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("write %s: %v", name, err)
		}
		out[name] = b.Bytes()
		if name == "docx" || name == "xlsx" {
			out[name] = unzipped(t, b.Bytes())
		}
	}
	return out
}

func unzipped(t *testing.T, file []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

func TestEveryFaceHoldsTheFigures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.build("06", "2010..2019")
		for name, file := range written(t, r) {
			for _, s := range []string{"Tỷ lệ giải quyết", "T25"} {
				if !bytes.Contains(file, []byte(s)) {
					t.Errorf("%s does not hold %q", name, s)
				}
			}
		}
		var again report.Report
		if err := json.Unmarshal(written(t, r)["json"], &again); err != nil || len(again.Figures) != len(r.Figures) {
			t.Errorf("json: %v, %d figures", err, len(again.Figures))
		}
		if page := string(written(t, r)["html"]); !strings.Contains(page, `<a class="f" href="#e`) || !strings.Contains(page, `id="e0"`) {
			t.Error("figures of the page lead nowhere")
		}
	})
}

func TestUnknownTemplateAndUnitListChoices(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := report.Builder{Engine: w.eng}
		_, err := b.Build(w.ctx, report.Request{Template: "tu", Unit: "06", From: 20190101, To: 20191231})
		if fault.KindOf(err) != fault.NotFound || !strings.Contains(fault.Say(err), "thu") {
			t.Errorf("got %v", err)
		}
		_, err = b.Build(w.ctx, report.Request{Template: "thu", Unit: "999", From: 20190101, To: 20191231})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("got %v", err)
		}
	})
}

func TestAUnitOutsideThePeriodIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := report.Builder{Engine: w.eng}
		_, err := b.Build(w.ctx, report.Request{Template: "thu", Unit: "009@2016-01-01", From: 20100101, To: 20101231})
		if fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.NotFound {
			t.Errorf("before it opened: %v", err)
		}
		_, err = b.Build(w.ctx, report.Request{Template: "thu", Unit: "002", From: 20210101, To: 20211231})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Say(err), "009 Xã Mới") {
			t.Errorf("after it ended: %v", err)
		}
	})
}
