package web_test

import (
	"fmt"
	"testing"

	"danvan/internal/db"
	"danvan/internal/news"
)

// newsroomOf is the news of an office.
func newsroomOf(o *office) *news.Desk {
	return &news.Desk{DB: o.app.DB, Catalog: o.app.Catalog, Ledger: o.app.Ledger, Files: o.deps.Files, Dossiers: o.deps.Dossiers, Tree: o.app.Org.Tree, Now: o.app.Ledger.Now}
}

func textOfTheMatrix() news.Text {
	return news.Text{Sort: "news", Title: "Bài của ma trận", Summary: "Tóm tắt.", Body: "Nội dung **đậm**.", Byline: "Ma Trận"}
}

// theArticle is a draft of the body, by somebody who is none of the roles that ask.
func theArticle(t testing.TB, o *office) string {
	t.Helper()
	var id int64
	err := o.app.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
		id, err = newsroomOf(o).Begin(t.Context(), tx, "ma-tran", unitOf(t, o, theBody), textOfTheMatrix())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(id)
}

// theFeedback is what a reader said of a published article of the body.
func theFeedback(t testing.TB, o *office) string {
	t.Helper()
	k := newsroomOf(o)
	var id int64
	err := o.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		article, err := k.Begin(t.Context(), tx, "ma-tran", unitOf(t, o, theBody), textOfTheMatrix())
		if err != nil {
			return err
		}
		if err := k.Send(t.Context(), tx, "ma-tran", article); err != nil {
			return err
		}
		if err := k.Publish(t.Context(), tx, "ma-tran-2", article, false); err != nil {
			return err
		}
		id, _, err = k.Say(t.Context(), tx, news.Said{Key: "MATRIXAAAAAAAAAAAAAAAAAAAA", Article: article, Text: "Lời của bạn đọc.", Name: "Người Ma Trận"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(id)
}
