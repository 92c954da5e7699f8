package intake

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/jobs"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// State is where an import stands.
type State string

// The states of an import.
const (
	Staged  State = "staged"  // its rows are being looked at
	Waiting State = "waiting" // a job will record them
	Done    State = "done"
	Failed  State = "failed"
	Undoing State = "undoing" // a job will void what it recorded
	Undone  State = "undone"
	Dropped State = "dropped" // thrown away before anything was recorded
)

// Import is a file that somebody handed in.
type Import struct {
	ID      int64
	Name    string
	Actor   string
	Kind    string // "" where the rows name it
	Format  string
	Header  []string
	Columns ledger.Columns // what each column is; "" is passed over
	State   State
	At      time.Time
	DoneAt  time.Time
	Total   int
	Bad     int
	Existed int
	Saved   int
	Partial bool
	Batch   int64
	Job     int64
	Reason  string
	Message string // for a person
	Adds    []Addition
}

// New is how many entries it would record.
func (i *Import) New() int { return i.Total - i.Bad - i.Existed }

// Busy reports whether a job has it in hand.
func (i *Import) Busy() bool { return i.State == Waiting || i.State == Undoing }

// Addition is what an import adds to a series.
type Addition struct {
	Series string
	Value  int64
	N      int64
}

// BadRow is a row with what is wrong.
type BadRow struct {
	Row      int // from 0
	Line     int // in the file
	Cells    []string
	JSON     string
	Problems ledger.Problems
}

// Store keeps staged imports and does their jobs. Its fields are set once, before use.
type Store struct {
	DB      *db.DB
	Ledger  *ledger.Ledger
	Catalog *catalog.Catalog
	// Viewer finds who an actor is now, with the grants that hold now, for the jobs.
	Viewer func(ctx context.Context, login string) (*access.Viewer, error)
	// Flush has the log take in the leaves of what was recorded; nil waits for the sequencer.
	Flush func(context.Context) error

	progress sync.Map // id → *progress
}

// mayRecord reports whether a viewer may record the kind for the unit; letters have a right of their own.
func mayRecord(v *access.Viewer, k *catalog.Kind, unit org.UnitID) bool {
	if k != nil && k.Letters() {
		return v.May(access.RecordLetters, unit)
	}
	return v.May(access.RecordWork, unit)
}

// Bounds of what is taken in through the browser.
var Bounds = Limits{Bytes: 20 << 20, Rows: 50_000, Cols: 200}

type progress struct {
	mu          sync.Mutex
	done, total int
}

// Progress is how far the job of an import is; false where none is known in this process.
func (s *Store) Progress(id int64) (done, total int, ok bool) {
	v, ok := s.progress.Load(id)
	if !ok {
		return 0, 0, false
	}
	p := v.(*progress)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done, p.total, true
}

func (s *Store) tell(id int64) func(done, total int) {
	p := &progress{}
	s.progress.Store(id, p)
	return func(done, total int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done, p.total = done, total
	}
}

// Stage keeps a table with what is wrong with its rows, once a key.
func (s *Store) Stage(ctx context.Context, v *access.Viewer, key string, t *Table, kind string) (int64, error) {
	if t.Kind != "" {
		kind = t.Kind
		t.nameColumns(s.kind(kind))
	}
	imp := &Import{Name: t.Name, Actor: v.Login, Kind: kind, Format: t.Format, Header: t.Header, State: Staged, At: time.Now(), Total: len(t.Rows)}
	bad, err := s.judge(ctx, v, t, imp)
	if err != nil {
		return 0, err
	}
	var id int64
	err = s.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		answer, err := db.Once(ctx, tx, "import:"+v.Login+":"+key, digest(t, kind), func() ([]byte, error) {
			n, err := tx.ID(ctx, "import")
			if err != nil {
				return nil, fmt.Errorf("number import: %w", err)
			}
			imp.ID = n
			return []byte(strconv.FormatInt(n, 10)), s.insert(ctx, tx, imp, t, bad)
		})
		if err != nil {
			return err
		}
		id, err = strconv.ParseInt(string(answer), 10, 64)
		return err
	})
	return id, err
}

func digest(t *Table, kind string) []byte {
	h := sha256.New()
	fmt.Fprintln(h, t.Name, kind, t.Format, t.Header)
	for i := range t.Rows {
		fmt.Fprintf(h, "%q %s\n", t.Rows[i].Cells, t.Rows[i].JSON)
	}
	return h.Sum(nil)
}

const insertImport = `INSERT INTO import (id, name, actor, kind, format, header, columns, state, at_ms, done_ms, total, bad,
	existed, saved, partial, batch, job, reason, message, adds)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, 0, $13, 0, 0, '', '', $14)`

func (s *Store) insert(ctx context.Context, tx *db.Tx, i *Import, t *Table, bad map[int]ledger.Problems) error {
	_, err := tx.ExecContext(ctx, insertImport, i.ID, i.Name, i.Actor, i.Kind, i.Format, jsonOf(i.Header), jsonOf(i.Columns), string(i.State),
		i.At.UnixMilli(), i.Total, i.Bad, i.Existed, false, jsonOf(i.Adds))
	if err != nil {
		return fmt.Errorf("insert import: %w", err)
	}
	rows := make([][]any, len(t.Rows))
	for n, r := range t.Rows {
		cells := string(r.JSON)
		if r.JSON == nil {
			cells = jsonOf(r.Cells)
		}
		rows[n] = []any{i.ID, n, r.Line, cells, problemsText(bad[n])}
	}
	if err := tx.Insert(ctx, "import_row", []string{"import", "row", "line", "cells", "problems"}, rows); err != nil {
		return fmt.Errorf("insert rows of import %d: %w", i.ID, err)
	}
	return s.keepContent(ctx, tx, i.ID, t)
}

func problemsText(ps ledger.Problems) string {
	if len(ps) == 0 {
		return ""
	}
	return jsonOf(ps)
}

func jsonOf(v any) string {
	b, _ := json.Marshal(v) // lists of words and numbers marshal
	return string(b)
}

const selectImport = `SELECT id, name, actor, kind, format, header, columns, state, at_ms, done_ms, total, bad, existed, saved, partial,
	batch, job, reason, message, adds FROM import`

func scanImport(scan func(...any) error) (*Import, error) {
	var i Import
	var header, columns, adds string
	var at, done int64
	err := scan(&i.ID, &i.Name, &i.Actor, &i.Kind, &i.Format, &header, &columns, &i.State, &at, &done, &i.Total, &i.Bad, &i.Existed,
		&i.Saved, &i.Partial, &i.Batch, &i.Job, &i.Reason, &i.Message, &adds)
	if err != nil {
		return nil, err
	}
	i.At, i.DoneAt = time.UnixMilli(at), time.UnixMilli(done)
	return &i, errors.Join(json.Unmarshal([]byte(header), &i.Header), json.Unmarshal([]byte(columns), &i.Columns), json.Unmarshal([]byte(adds), &i.Adds))
}

// Get reads an import.
func (s *Store) Get(ctx context.Context, q db.Querier, id int64) (*Import, error) {
	i, err := scanImport(q.QueryRowContext(ctx, selectImport+` WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Newf(fault.NotFound, "Không có lần nhập số %d. Hãy mở từ trang Nhập từ tệp.", id)
	}
	if err != nil {
		return nil, fmt.Errorf("read import %d: %w", id, err)
	}
	return i, nil
}

// List reads the last imports of an actor, newest first, without those that were dropped.
func (s *Store) List(ctx context.Context, q db.Querier, actor string, limit int) ([]*Import, error) {
	rows, err := q.QueryContext(ctx, selectImport+` WHERE actor = $1 AND state <> $2 ORDER BY id DESC LIMIT $3`, actor, string(Dropped), limit)
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	defer rows.Close()
	var out []*Import
	for rows.Next() {
		i, err := scanImport(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list imports: %w", err)
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

// Table reads all rows of an import again.
func (s *Store) Table(ctx context.Context, q db.Querier, i *Import) (*Table, error) {
	t := &Table{Name: i.Name, Format: i.Format, Header: i.Header}
	err := s.eachRow(ctx, q, i, `WHERE import = $1 ORDER BY row`, func(r BadRow) {
		row := Row{Line: r.Line, Cells: r.Cells}
		if i.Format == "jsonl" {
			row.JSON = []byte(r.JSON)
		}
		t.Rows = append(t.Rows, row)
	}, i.ID)
	return t, err
}

// BadRows reads a page of the rows that are wrong.
func (s *Store) BadRows(ctx context.Context, q db.Querier, i *Import, offset, limit int) ([]BadRow, error) {
	var out []BadRow
	err := s.eachRow(ctx, q, i, `WHERE import = $1 AND problems <> '' ORDER BY row LIMIT $2 OFFSET $3`, func(r BadRow) { out = append(out, r) }, i.ID, limit, offset)
	return out, err
}

func (s *Store) eachRow(ctx context.Context, q db.Querier, i *Import, where string, take func(BadRow), args ...any) error {
	rows, err := q.QueryContext(ctx, `SELECT row, line, cells, problems FROM import_row `+where, args...)
	if err != nil {
		return fmt.Errorf("read rows of import %d: %w", i.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var r BadRow
		var cells, problems string
		if err := rows.Scan(&r.Row, &r.Line, &cells, &problems); err != nil {
			return fmt.Errorf("read rows of import %d: %w", i.ID, err)
		}
		if r.JSON = cells; i.Format != "jsonl" {
			err = json.Unmarshal([]byte(cells), &r.Cells)
		}
		if problems != "" {
			err = errors.Join(err, json.Unmarshal([]byte(problems), &r.Problems))
		}
		if err != nil {
			return fmt.Errorf("row %d of import %d: %w", r.Row, i.ID, err)
		}
		take(r)
	}
	return rows.Err()
}

// move takes an import from one state to another, or says that it is no longer there.
func (s *Store) move(ctx context.Context, tx *db.Tx, id int64, from, to State) error {
	res, err := tx.ExecContext(ctx, `UPDATE import SET state = $3 WHERE id = $1 AND state = $2`, id, string(from), string(to))
	if err != nil {
		return fmt.Errorf("move import %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fault.Wrap(fmt.Errorf("import %d is not %s: %v", id, from, err), fault.Conflict, "Lần nhập này đã chuyển sang bước khác. Hãy tải lại trang để xem.")
	}
	return nil
}

// Jobs are the handlers of the imports' jobs.
func (s *Store) Jobs() map[string]jobs.Handler {
	return map[string]jobs.Handler{jobRecord: s.record, jobUndo: s.undo}
}

func logged(err error, what string, id int64) {
	if err != nil {
		slog.Error("intake: "+what, "import", id, "err", err)
	}
}
