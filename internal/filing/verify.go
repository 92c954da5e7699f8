package filing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
)

// Verify recomputes every version against its leaf and its hash, and says in Vietnamese what differs.
func Verify(ctx context.Context, q db.Querier) ([]string, error) {
	heads, err := List(ctx, q, Query{})
	if err != nil {
		return nil, err
	}
	var found []string
	for _, f := range heads {
		list, err := verifyOne(ctx, q, f)
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
		if list, err = verifyPublic(ctx, q, f); err != nil {
			return nil, err
		}
		found = append(found, list...)
	}
	return found, nil
}

// verifyPublic holds what was shown to everybody against the log.
func verifyPublic(ctx context.Context, q db.Querier, f *Filing) ([]string, error) {
	turns, err := Publications(ctx, q, f.ID)
	if err != nil {
		return nil, err
	}
	var found []string
	for i, p := range turns {
		ok, err := audit.Said(ctx, q, p.Leaf, "filing", f.ID, p.sealed(f))
		if err != nil {
			return nil, err
		}
		if !ok || p.Turn != i+1 {
			found = append(found, fmt.Sprintf("Kỳ báo cáo %d, lượt công khai %d: nội dung không khớp bút tích trong sổ niêm phong.", f.ID, p.Turn))
		}
		if !p.Public() {
			continue
		}
		content, err := PublicContent(ctx, q, p)
		sum := sha256.Sum256(content)
		if err != nil || hex.EncodeToString(sum[:]) != p.Hash {
			found = append(found, fmt.Sprintf("Kỳ báo cáo %d, lượt công khai %d: bản công khai không khớp mã băm.", f.ID, p.Turn))
		}
	}
	return found, nil
}

func verifyOne(ctx context.Context, q db.Querier, f *Filing) ([]string, error) {
	var found []string
	say := func(n int, what string) {
		found = append(found, fmt.Sprintf("Kỳ báo cáo %d, lần %d: %s", f.ID, n, what))
	}
	kept, err := sealedVersions(ctx, q, f.ID)
	if err != nil {
		return nil, err
	}
	if len(kept) != f.Version || len(kept) > 0 && kept[len(kept)-1].State != f.State {
		say(f.Version, "trạng thái ghi ở đầu hồ sơ không khớp các lần đã niêm phong.")
	}
	for _, v := range kept {
		if v.content != nil {
			plain, err := unpack(v.content)
			sum := sha256.Sum256(plain)
			if err != nil || hex.EncodeToString(sum[:]) != v.Hash {
				say(v.Number, "bản in được giữ không khớp mã băm.")
			}
		}
		if !bytes.Equal(v.leafHash, audit.ContentHash(v.sealed(f))) {
			say(v.Number, "nội dung không khớp bút tích trong sổ niêm phong.")
		}
	}
	return found, nil
}

type keptVersion struct {
	Version
	content, leafHash []byte
}

func sealedVersions(ctx context.Context, q db.Querier, id int64) ([]keptVersion, error) {
	rows, err := q.QueryContext(ctx, `SELECT v.version, v.act, v.state, v.texts, v.hash, v.number, coalesce(v.signed_on, 0), v.signer, v.signer_post,
		v.remark, v.actor, v.at_ms, v.leaf, v.content, l.hash FROM filing_version v JOIN audit_leaf l ON l.id = v.leaf WHERE v.filing = $1 ORDER BY v.version`, id)
	if err != nil {
		return nil, fmt.Errorf("read filing %d to verify: %w", id, err)
	}
	defer rows.Close()
	var out []keptVersion
	for rows.Next() {
		var v keptVersion
		var texts string
		var at int64
		if err := rows.Scan(&v.Number, &v.Act, &v.State, &texts, &v.Hash, &v.DocNumber, &v.SignedOn, &v.Signer, &v.SignerPost, &v.Remark,
			&v.Actor, &at, &v.Leaf, &v.content, &v.leafHash); err != nil {
			return nil, fmt.Errorf("read filing %d to verify: %w", id, err)
		}
		v.At = time.UnixMilli(at)
		if err := json.Unmarshal([]byte(texts), &v.Texts); err != nil {
			return nil, fmt.Errorf("texts of filing %d version %d: %w", id, v.Number, err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
