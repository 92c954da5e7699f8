package web

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"

	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/db"
)

// logRoutes are the pages of the sealed log.
func (s *server) logRoutes() []route {
	return []route{
		{"GET /so-niem-phong", access.ReadLog, nil, s.sealPage},
	}
}

// sealView is the state of the log: how many leaves, the root, and the last signed checkpoint.
type sealView struct {
	Leaves, Waiting int64
	Checkpoint      string
	Key             string
}

func (s *server) sealPage(w http.ResponseWriter, r *http.Request) error {
	var v sealView
	err := s.DB.View(r.Context(), func(q db.Querier) error {
		var err error
		if v.Leaves, v.Waiting, err = audit.Size(r.Context(), q); err != nil {
			return err
		}
		if v.Checkpoint, err = audit.LastCheckpoint(r.Context(), q); err != nil && !errors.Is(err, audit.ErrNoCheckpoint) {
			return err
		}
		v.Key, err = audit.Verifier(r.Context(), q)
		return err
	})
	if err != nil {
		return err
	}
	p := page{Title: "Sổ niêm phong", Section: "niem-phong"}
	return s.render(w, r, http.StatusOK, p, sealDetail(v))
}

// lastLeaf grows with every act; a page built at one value is good until the next.
func lastLeaf(ctx context.Context, q db.Querier) (int64, error) {
	var id sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT max(id) FROM audit_leaf`).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read last leaf: %w", err)
	}
	return id.Int64, nil
}
