package dossier

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"danvan/internal/audit"
	"danvan/internal/db"
)

// Verify compares what is kept with the log and says in Vietnamese what differs. It opens nothing: the log covers the
// sealed texts.
func Verify(ctx context.Context, q db.Querier) ([]string, error) {
	var found []string
	rows := 0
	for _, c := range []struct{ what, query string }{
		{"nội dung hồ sơ", `SELECT t.entry, t.version, '', '', t.sealed, a.subject_id, a.hash FROM dossier_text t LEFT JOIN audit_leaf a ON a.id = t.leaf AND a.act = 'dossier_text' AND a.actor = t.actor AND a.at_ms = t.at_ms`},
		{"người gửi", `SELECT t.entry, t.version, '', '', t.sealed, a.subject_id, a.hash FROM dossier_sender t LEFT JOIN audit_leaf a ON a.id = t.leaf AND a.act = 'dossier_sender' AND a.actor = t.actor AND a.at_ms = t.at_ms`},
		{"lượt xem người gửi", `SELECT t.entry, t.id, 'look', t.ground, t.note, a.subject_id, a.hash FROM sender_look t LEFT JOIN audit_leaf a ON a.id = t.leaf AND a.act = 'look' AND a.actor = t.login AND a.at_ms = t.at_ms`},
		{"giấy tờ", `SELECT t.entry, t.n, 'paper', t.hash, t.about, a.subject_id, a.hash FROM dossier_paper t LEFT JOIN audit_leaf a ON a.id = t.leaf AND a.act = 'paper' AND a.actor = t.actor AND a.at_ms = t.at_ms`},
	} {
		n, wrong, err := compare(ctx, q, c.what, c.query)
		if err != nil {
			return nil, err
		}
		rows, found = rows+n, append(found, wrong...)
	}
	var without int // acts whose leaf no row names: papers taken out, cases shredded
	err := q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM dossier_paper WHERE gone) + (SELECT count(*) FROM case_key WHERE shredded_ms <> 0)`).Scan(&without)
	if err != nil {
		return nil, fmt.Errorf("count papers taken out: %w", err)
	}
	leaves, err := audit.LeavesOn(ctx, q, "dossier")
	if err != nil {
		return nil, err
	}
	if leaves != rows+without {
		found = append(found, fmt.Sprintf("Hồ sơ đơn thư có %d dòng nhưng sổ niêm phong có %d lá: có dòng bị xóa hoặc thêm ngoài chương trình.", rows+without, leaves))
	}
	return found, nil
}

// compare checks the rows of one table against their leaves. A query gives entry, number, act, word, sealed bytes, and
// the leaf's subject and hash.
func compare(ctx context.Context, q db.Querier, what, query string) (n int, found []string, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return 0, nil, fmt.Errorf("verify dossiers: %w", err)
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		var entry, number int64
		var act, word string
		var sealed, hash []byte
		var subject *int64
		if err := rows.Scan(&entry, &number, &act, &word, &sealed, &subject, &hash); err != nil {
			return n, nil, fmt.Errorf("verify dossiers: %w", err)
		}
		said := sealed
		if act != "" {
			said = append([]byte("danvan/"+act+"/1\n"+strconv.FormatInt(number, 10)+"\n"+word+"\n"), sealed...)
		}
		if subject == nil || *subject != entry || !bytes.Equal(hash, audit.ContentHash(said)) {
			found = append(found, fmt.Sprintf("Hồ sơ #%d: %s số %d khác với lá trong sổ niêm phong.", entry, what, number))
		}
	}
	return n, found, rows.Err()
}
