package web

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"danvan/internal/access"
	"danvan/internal/audit"
	"danvan/internal/civil"
)

// systemLine is one thing that the administrator should know today.
type systemLine struct {
	Name, Says string
	Href       string
	Class      string // of its chip: done, wait, late
}

// systemLines tell whoever runs the system what asks for him: accounts, grants, the log.
func (s *server) systemLines(ctx context.Context, who *access.Viewer) ([]systemLine, error) {
	if !who.May(access.ManageAccounts, 0) && !who.May(access.ReadLog, 0) {
		return nil, nil
	}
	var out []systemLine
	if who.May(access.ReadLog, 0) {
		line, err := s.logLine(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}

// logLine says how far the sealed log has come.
func (s *server) logLine(ctx context.Context) (systemLine, error) {
	line := systemLine{Name: "Sổ niêm phong", Href: "/so-niem-phong", Class: "done"}
	var last sql.NullInt64
	var waiting int64
	row := s.DB.Read().QueryRowContext(ctx, `SELECT (SELECT max(idx) FROM audit_leaf), (SELECT count(*) FROM audit_leaf WHERE idx IS NULL)`)
	if err := row.Scan(&last, &waiting); err != nil {
		return line, fmt.Errorf("read state of the log: %w", err)
	}
	line.Says = "Chưa có lá nào."
	if last.Valid {
		line.Says = civil.FormatInt(last.Int64+1) + " lá đã vào sổ."
	}
	signed, err := audit.LastCheckpoint(ctx, s.DB.Read())
	switch {
	case errors.Is(err, audit.ErrNoCheckpoint) || err == nil && signed == "":
		line.Says, line.Class = line.Says+" Chưa có điểm kiểm nào được ký.", "wait"
	case err != nil:
		return line, err
	}
	if waiting > 0 {
		line.Says += " " + civil.FormatInt(waiting) + " lá đang chờ xếp."
	}
	return line, nil
}
