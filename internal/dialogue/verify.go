package dialogue

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"danvan/internal/audit"
	"danvan/internal/db"
)

// codeContent is what the leaf of a code says.
func codeContent(c Code, hash string) ([]byte, error) {
	content, err := json.Marshal(map[string]any{"entry": c.Entry, "holder": c.Holder, "place": c.Place, "hash": hash})
	if err != nil {
		return nil, fmt.Errorf("make code: %w", err)
	}
	return content, nil
}

// Verify compares the codes by which villages and citizens answer for promises with the log, and says in Vietnamese what
// differs. What they answered are entries: the ledger verifies those.
func Verify(ctx context.Context, q db.Querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT c.hash, c.entry, c.holder, c.place, c.at_ms, c.ended_ms, a.subject_id, a.hash FROM promise_code c
		LEFT JOIN audit_leaf a ON a.id = c.leaf AND a.act = 'make' AND a.subject = '`+codeSubject+`' AND a.actor = c.actor AND a.at_ms = c.at_ms
		ORDER BY c.entry, c.holder, c.place, c.at_ms, c.hash`)
	if err != nil {
		return nil, fmt.Errorf("verify codes of promises: %w", err)
	}
	defer rows.Close()
	var found []string
	n := 0
	var last Code // of the row before
	lastEnd := int64(-1)
	for ; rows.Next(); n++ {
		var c Code
		var hash string
		var at, ended int64
		var of *int64
		var leaf []byte
		if err := rows.Scan(&hash, &c.Entry, &c.Holder, &c.Place, &at, &ended, &of, &leaf); err != nil {
			return nil, fmt.Errorf("verify codes of promises: %w", err)
		}
		content, err := codeContent(c, hash)
		if err != nil {
			return nil, err
		}
		same := last.Entry == c.Entry && last.Holder == c.Holder && last.Place == c.Place
		if of == nil || *of != c.Entry || !bytes.Equal(leaf, audit.ContentHash(content)) {
			found = append(found, fmt.Sprintf("Mã trả lời cam kết của ghi nhận #%d khác với sổ niêm phong.", c.Entry))
		}
		if same && lastEnd != at { // a code ends when the next of its holder is made, and not otherwise
			found = append(found, fmt.Sprintf("Mã trả lời cam kết cũ của ghi nhận #%d không kết thúc khi có mã mới.", c.Entry))
		}
		if !same && lastEnd > 0 {
			found = append(found, endedAlone(last))
		}
		last, lastEnd = c, ended
	}
	if lastEnd > 0 {
		found = append(found, endedAlone(last))
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("verify codes of promises: %w", err)
	}
	leaves, err := audit.LeavesOn(ctx, q, codeSubject)
	if err == nil && leaves != n {
		found = append(found, fmt.Sprintf("Có %d mã trả lời cam kết nhưng sổ niêm phong có %d lá: có dòng bị xóa hoặc thêm ngoài chương trình.", n, leaves))
	}
	return found, err
}

func endedAlone(c Code) string {
	return fmt.Sprintf("Mã trả lời cam kết của ghi nhận #%d bị kết thúc mà không có mã mới.", c.Entry)
}
