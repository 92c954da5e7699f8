package demo

import (
	"context"
	"net/url"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/unsaved"
)

// halfTyped are forms that people of the demo have begun and not saved, by login: the page of drafts is not empty.
var halfTyped = map[string][]struct{ kind, fields string }{
	"canbo.xa": {
		{"contribution", "f-title=Bê tông hóa đường vào thôn (đang đợi biên bản)&f-purpose=road&f-money=12.500.000"},
		{"briefing", "f-title=Giao ban công tác dân vận tháng 11, chờ số liệu của các thôn"},
	},
}

// beginForms keeps the forms that somebody has begun, in the transaction that makes the account.
func beginForms(ctx context.Context, tx *db.Tx, account int64, login string, unit *org.Unit, today civil.Date) error {
	for n, x := range halfTyped[login] {
		values, err := url.ParseQuery(strings.ReplaceAll(x.fields, ";", "%3B"))
		if err != nil {
			return err
		}
		values.Set("don-vi", ledger.Ref(unit))
		values.Set("ngay", today.Vi())
		key := strings.Repeat("N", 25) + string(rune('A'+n))
		if _, _, err := unsaved.Keep(ctx, tx, unsaved.Form{Account: account, Key: key, Kind: x.kind, Values: values}, unsaved.Life); err != nil {
			return err
		}
	}
	return nil
}

// home is the unit of a person's first grant, nil for somebody without any.
func (p Post) home(tree *org.Tree, today civil.Date) *org.Unit {
	if len(p.Grants) == 0 {
		return nil
	}
	return p.Grants[0].unit(tree, today)
}
