package app

import (
	"context"
	"fmt"
	"net/url"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/filing"
	"danvan/internal/notice"
	"danvan/internal/org"
)

// sources are the subjects of which people are reminded.
func (a *App) sources() []notice.Source {
	return []notice.Source{a.filingsReturned, a.filingsWaiting}
}

// filingsReturned reminds an office of its reports that the superior sent back.
func (a *App) filingsReturned(ctx context.Context, q db.Querier, _ civil.Date) ([]notice.Notice, error) {
	list, err := filing.List(ctx, q, filing.Query{State: filing.Returned})
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, f := range list {
		out = append(out, notice.Notice{
			Key: fmt.Sprintf("ky-bao-cao/%d/%d", f.ID, f.Version), Topic: notice.Returned, Unit: f.Unit, Right: access.RecordWork,
			Title: fmt.Sprintf("%s, %s: bị trả lại, cần sửa rồi nộp lại", f.Name, f.Period.Name), Path: fmt.Sprintf("/ky-bao-cao/%d", f.ID),
			Due: f.Due, Since: civil.FromTime(f.At.In(notice.Zone)),
		})
	}
	return out, nil
}

// filingsWaiting reminds a superior of the reports below that nobody has accepted yet: one line for each report and
// period, however many units filed it.
func (a *App) filingsWaiting(ctx context.Context, q db.Querier, day civil.Date) ([]notice.Notice, error) {
	list, err := filing.List(ctx, q, filing.Query{State: filing.Filed})
	if err != nil {
		return nil, err
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	type pile struct {
		unit     org.UnitID
		template string
		from, to civil.Date
	}
	at := map[pile]int{}
	var out []notice.Notice
	var counts []int
	for _, f := range list {
		u := tree.Unit(f.Unit)
		if u == nil || f.Accepted || !u.Open(day) {
			continue
		}
		above := u.SpanOn(day).Parent
		if above == 0 {
			continue
		}
		p := pile{above, f.Template, f.Period.From, f.Period.To}
		i, ok := at[p]
		if !ok {
			i = len(out)
			at[p] = i
			where := url.Values{"mau": {f.Template}, "don-vi": {tree.Unit(above).Code}, "tu": {f.Period.From.String()}, "den": {f.Period.To.String()}}
			out = append(out, notice.Notice{
				Key: fmt.Sprintf("cap-duoi/%d/%s/%s-%s", above, f.Template, f.Period.From, f.Period.To), Topic: notice.Waiting, Unit: above,
				Right: access.ConfirmWork, Title: fmt.Sprintf("%s, %s", f.Name, f.Period.Name), Path: "/ky-bao-cao/cap-duoi?" + where.Encode(),
				Since: f.FiledOn,
			})
			counts = append(counts, 0)
		}
		counts[i]++
		if f.FiledOn < out[i].Since {
			out[i].Since = f.FiledOn
		}
	}
	for i := range out {
		out[i].Title = fmt.Sprintf("%d báo cáo cấp dưới chờ xem: %s", counts[i], out[i].Title)
	}
	return out, nil
}
