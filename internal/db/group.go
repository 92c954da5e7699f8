package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"danvan/internal/fault"
)

// A group is the acts that share one COMMIT. It takes in acts while they keep
// arriving, up to these limits.
const (
	groupActs = 64
	groupTime = 20 * time.Millisecond
)

// idleTime is after how long without a write the writer frees its memory.
const idleTime = 20 * time.Second

// writer owns the one connection that writes to SQLite.
type writer struct {
	conn   *sql.Conn
	stmts  map[string]*sql.Stmt
	blocks map[string]block
	queue  chan *turn
	quit   chan struct{}
	ended  chan struct{}
	broken chan struct{}
	once   sync.Once
}

// turn is one act waiting for, having, and ending its turn at the connection.
// The act runs in its caller's goroutine, so a panic there is the caller's.
type turn struct {
	alone  bool
	start  chan *Tx   // nil when the transaction could not begin
	done   chan error // what the act returned
	answer chan error // what became of it
}

var (
	errClosed    = errors.New("database is closed")
	errAbandoned = errors.New("act left its transaction without returning")
)

func newWriter(conn *sql.Conn) *writer {
	w := &writer{
		conn: conn, stmts: map[string]*sql.Stmt{}, blocks: map[string]block{}, queue: make(chan *turn),
		quit: make(chan struct{}), ended: make(chan struct{}), broken: make(chan struct{}),
	}
	go w.loop()
	return w
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.ended
	return nil
}

// run is one act from its caller's side.
func (w *writer) run(ctx context.Context, alone bool, fn func(*Tx) error) error {
	t := &turn{alone: alone, start: make(chan *Tx, 1), done: make(chan error, 1), answer: make(chan error, 1)}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case w.queue <- t:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.broken:
		return brokenDisk()
	case <-w.quit:
		return errClosed
	}
	tx := <-t.start
	if tx == nil {
		return <-t.answer
	}
	if err := t.act(tx, fn); err != nil {
		return err
	}
	tx.committed()
	return nil
}

// act runs fn and hands the connection back, however fn ends.
func (t *turn) act(tx *Tx, fn func(*Tx) error) error {
	returned := false
	defer func() {
		if !returned { // a panic, or runtime.Goexit in a test
			tx.over = true
			t.done <- errAbandoned
			<-t.answer
		}
	}()
	err := fn(tx)
	returned = true
	tx.over = true
	t.done <- err
	return <-t.answer
}

func (w *writer) loop() {
	defer close(w.ended)
	defer w.conn.Close()
	defer w.closeStatements()
	idle := time.NewTimer(idleTime)
	var next *turn
	for {
		t := next
		if t == nil {
			idle.Reset(idleTime)
			select {
			case t = <-w.queue:
			case <-w.quit:
			case <-idle.C: // nobody writes: fold the log, give the page cache back
				w.exec("PRAGMA wal_checkpoint(PASSIVE)")
				w.exec("PRAGMA shrink_memory")
				t = w.wait()
			}
		}
		if t == nil {
			w.returnIDs()
			return
		}
		next = w.group(t)
		select {
		case <-w.broken:
			w.refuse(next)
			return
		default:
		}
	}
}

// wait gives the next act, nil when the database is being closed.
func (w *writer) wait() *turn {
	select {
	case t := <-w.queue:
		return t
	case <-w.quit:
		return nil
	}
}

func (w *writer) refuse(t *turn) {
	if t != nil {
		t.fail(brokenDisk())
	}
}

// group serves first and, unless that wants to be alone, those who come while
// it is being served; then commits and answers. It returns the act that came
// but could not join.
func (w *writer) group(first *turn) (next *turn) {
	var second *turn
	if !first.alone {
		second = w.waiting()
	}
	if second == nil {
		w.single(first)
		return nil
	}
	if second.alone {
		w.single(first)
		return second
	}
	return w.many(first, second)
}

// single serves one act in a transaction of its own.
func (w *writer) single(t *turn) {
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		t.fail(notSaved(err))
		return
	}
	g := &liteSession{w: w}
	t.start <- &Tx{session: g}
	failed := <-t.done
	if failed == nil && g.lost == nil {
		w.commit(g, []*turn{t})
		return
	}
	w.rollback()
	if g.lost != nil {
		failed = notSaved(errors.Join(g.lost, failed))
	}
	t.answer <- failed
}

// many serves acts while they keep coming, each in its savepoint.
func (w *writer) many(first, second *turn) (next *turn) {
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		first.fail(notSaved(err))
		second.fail(notSaved(err))
		return nil
	}
	g := &liteSession{w: w}
	began := time.Now()
	var saved []*turn
	for t := first; t != nil; {
		ok, err := w.serve(g, t)
		if err != nil {
			w.rollback()
			answer(saved, notSaved(err))
			return second
		}
		if ok {
			saved = append(saved, t)
		}
		t, second = second, nil
		if t == nil && len(saved) < groupActs && time.Since(began) < groupTime {
			t = w.waiting()
		}
		if t != nil && t.alone {
			next = t
			break
		}
	}
	w.commit(g, saved)
	return next
}

func (w *writer) rollback() {
	w.exec("ROLLBACK") // fails when SQLite has rolled back by itself
	clear(w.blocks)    // what this transaction reserved is reserved no more
}

// waiting is an act that stands in the queue now, or nil.
func (w *writer) waiting() *turn {
	select {
	case t := <-w.queue:
		return t
	default:
		return nil
	}
}

// serve runs one act inside its savepoint. A failed act is answered at once;
// ok says that it is to be committed. An error means that the transaction of
// the whole group is lost.
func (w *writer) serve(g *liteSession, t *turn) (ok bool, err error) {
	if err := w.exec("SAVEPOINT act"); err != nil {
		t.fail(notSaved(err))
		return false, err
	}
	t.start <- &Tx{session: g}
	failed := <-t.done
	if g.lost != nil {
		t.answer <- notSaved(errors.Join(g.lost, failed))
		return false, g.lost
	}
	if failed == nil {
		if err := w.exec("RELEASE act"); err != nil {
			t.answer <- notSaved(err)
			return false, err
		}
		return true, nil
	}
	err = w.exec("ROLLBACK TO act")
	if err == nil {
		err = w.exec("RELEASE act")
	}
	t.answer <- failed
	return false, err
}

func (w *writer) commit(g *liteSession, saved []*turn) {
	if len(saved) == 0 {
		w.rollback()
		return
	}
	if err := g.flushIDs(); err != nil {
		w.rollback()
		answer(saved, notSaved(err))
		return
	}
	err := w.exec("COMMIT")
	if err == nil {
		answer(saved, nil)
		return
	}
	w.rollback()
	if diskFull(err) { // the frame that commits could not be written
		answer(saved, notSaved(err))
		return
	}
	if diskFailed(err) {
		close(w.broken)
	}
	answer(saved, unknown(err))
}

// exec runs a statement of the writer itself.
func (w *writer) exec(query string) error {
	stmt, err := w.prepared(context.Background(), query)
	if err == nil {
		_, err = stmt.ExecContext(context.Background())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// prepared keeps statements ready: parsing costs more than most of them run.
func (w *writer) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := w.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(w.stmts) >= 512 {
		for old, s := range w.stmts {
			s.Close()
			delete(w.stmts, old)
			break
		}
	}
	w.stmts[query] = stmt
	return stmt, nil
}

// closeStatements gives the kept statements back. database/sql does not do it for a connection held by hand, and
// SQLite keeps a connection with open statements alive: its files stay open and the log is never folded into them.
func (w *writer) closeStatements() {
	for query, stmt := range w.stmts {
		stmt.Close()
		delete(w.stmts, query)
	}
}

func (t *turn) fail(err error) {
	t.answer <- err
	t.start <- nil
}

func answer(turns []*turn, err error) {
	for _, t := range turns {
		t.answer <- err
	}
}

// notSaved is for acts of which nothing is in the database.
func notSaved(err error) error {
	if diskFull(err) {
		return fault.Wrap(fmt.Errorf("write: %w", err), fault.Unavailable,
			"Ổ đĩa đã đầy nên chưa lưu được. Vẫn xem được dữ liệu; hãy báo người quản trị giải phóng dung lượng rồi lưu lại.")
	}
	return fault.Wrap(fmt.Errorf("write: %w", err), fault.Unavailable,
		"Chưa lưu được vì cơ sở dữ liệu đang bận hoặc gặp sự cố. Hãy thử lại sau ít phút.")
}

// unknown is for acts whose COMMIT failed.
func unknown(err error) error {
	return fault.Wrap(fmt.Errorf("%w: %w", ErrUnknown, err), fault.Unavailable,
		"Hệ thống đang kiểm tra việc lưu đã xong hay chưa. Không cần nhập lại; hãy mở lại trang này sau ít phút.")
}

func brokenDisk() error {
	return fault.New(fault.Unavailable,
		"Ổ đĩa chứa dữ liệu gặp lỗi nên hệ thống ngừng nhận thông tin mới. Hãy báo người quản trị kiểm tra ổ đĩa.")
}
