package audit

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"

	"golang.org/x/mod/sumdb/tlog"
)

// Options say what the log is compared with.
type Options struct {
	// Checkpoints are signed notes kept outside this machine.
	Checkpoints []string
	// Verifier is the public key from outside; "" takes the database's own,
	// which proves nothing against whoever can write the database.
	Verifier string
	// Grace is how old a leaf may be and still have no place; a minute, if zero.
	Grace time.Duration
}

// Finding is one thing that is not as it should be.
type Finding struct {
	Code  string `json:"code"`
	Leaf  int64  `json:"leaf,omitempty"`  // id
	Index int64  `json:"index,omitempty"` // place in the log
	Text  string `json:"message"`         // for people, in Vietnamese
}

// Report is what Verify saw.
type Report struct {
	Size     int64     `json:"size"`    // leaves in the log
	Waiting  int64     `json:"waiting"` // leaves too young to have a place
	Root     tlog.Hash `json:"root"`
	Compared int       `json:"checkpoints"` // checkpoints, inside and outside, whose root was recomputed
	Findings []Finding `json:"findings"`
}

// OK says that nothing was found.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

// Codes of findings.
const (
	LeafWaiting       = "leaf_without_index"
	IndexGap          = "index_gap"
	LeafChanged       = "leaf_changed"
	TreeChanged       = "tree_changed"
	HashesMissing     = "hashes_missing"
	HashesExtra       = "hashes_extra"
	CheckpointInvalid = "checkpoint_invalid"
	LogTruncated      = "log_truncated"
	LogRewritten      = "log_rewritten"
	KeyReplaced       = "key_replaced"
)

// enough is how many findings are named; a log that is wrong throughout needs
// no more to say so.
const enough = 1000

// Verify recomputes the whole log from its leaves, on the snapshot q, and
// names what differs: leaves changed, missing or without a place, stored
// hashes changed, missing or too many, and checkpoints, those in the database
// and those from outside, whose signature or root does not hold. A checkpoint
// from outside that matches proves that the log of that day is the beginning
// of the log of today.
func Verify(ctx context.Context, q db.Querier, o Options) (*Report, error) {
	v := &verification{q: q, report: &Report{}}
	if err := v.collect(ctx, o); err != nil {
		return nil, err
	}
	if err := v.leaves(ctx); err != nil {
		return nil, err
	}
	if err := v.waiting(ctx, o.Grace); err != nil {
		return nil, err
	}
	v.report.Size, v.report.Root = v.tree.size, v.tree.root()
	return v.report, nil
}

type verification struct {
	q      db.Querier
	report *Report
	tree   tree
	stored *storedHashes
	claims map[int64][]claim // by size
}

// claim is a checkpoint to be compared with the recomputed root.
type claim struct {
	Checkpoint
	outside bool
}

func (v *verification) find(code string, leaf, index int64, format string, args ...any) {
	if len(v.report.Findings) < enough {
		v.report.Findings = append(v.report.Findings, Finding{code, leaf, index, fmt.Sprintf(format, args...)})
	}
}

// collect opens every checkpoint there is.
func (v *verification) collect(ctx context.Context, o Options) error {
	v.claims = map[int64][]claim{}
	own, err := Verifier(ctx, v.q)
	if err != nil {
		return err
	}
	key := own
	if o.Verifier != "" {
		key = o.Verifier
	}
	if key != own {
		v.find(KeyReplaced, 0, 0, "Khóa công khai ghi trong cơ sở dữ liệu khác với khóa công khai đưa từ bên ngoài.")
	}
	for i, signed := range o.Checkpoints {
		c, err := OpenCheckpoint(signed, key)
		if err != nil {
			v.find(CheckpointInvalid, 0, 0, "Điểm kiểm tra thứ %d đưa từ bên ngoài: %s", i+1, fault.Say(err))
			continue
		}
		v.claims[c.Size] = append(v.claims[c.Size], claim{c, true})
	}
	return v.inside(ctx, key)
}

func (v *verification) inside(ctx context.Context, key string) error {
	rows, err := v.q.QueryContext(ctx, `SELECT size, root, at_ms, note FROM checkpoint ORDER BY size`)
	if err != nil {
		return fmt.Errorf("read checkpoints: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var size, at int64
		var root, signed string
		if err := rows.Scan(&size, &root, &at, &signed); err != nil {
			return fmt.Errorf("read checkpoints: %w", err)
		}
		c, err := OpenCheckpoint(signed, key)
		if err != nil || c.Size != size || c.Root.String() != root || c.AtMS != at {
			v.find(CheckpointInvalid, 0, size, "Điểm kiểm tra tại vị trí %d lưu trong cơ sở dữ liệu đã bị sửa.", size)
			continue
		}
		v.claims[c.Size] = append(v.claims[c.Size], claim{c, false})
	}
	return rows.Err()
}

// leaves walks the log from its first leaf to its last.
func (v *verification) leaves(ctx context.Context) error {
	var err error
	if v.stored, err = readStored(ctx, v.q); err != nil {
		return err
	}
	rows, err := v.q.QueryContext(ctx, selectRow+` WHERE idx IS NOT NULL ORDER BY idx`)
	if err != nil {
		return fmt.Errorf("read audit leaves: %w", err)
	}
	defer rows.Close()
	v.compare()
	var want int64
	var complete []tlog.Hash
	for rows.Next() {
		row, err := scanRow(rows)
		if err != nil {
			return fmt.Errorf("read audit leaves: %w", err)
		}
		if row.Index != want {
			v.find(IndexGap, row.ID, want, "Nhật ký thiếu bút tích ở vị trí %d (bút tích %d mang vị trí %d).", want, row.ID, row.Index)
		}
		want = row.Index + 1
		complete = v.tree.add(tlog.RecordHash(row.record()), complete[:0])
		v.match(&row, complete)
		v.compare()
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read audit leaves: %w", err)
	}
	v.rest()
	return nil
}

// match compares the hashes that a leaf completes with the stored ones.
func (v *verification) match(row *Row, complete []tlog.Hash) {
	for level, h := range complete {
		stored, ok := v.stored.next()
		switch {
		case !ok:
			v.find(HashesMissing, row.ID, row.Index, "Thiếu giá trị băm của bút tích %d (vị trí %d).", row.ID, row.Index)
		case stored == h:
		case level == 0:
			v.find(LeafChanged, row.ID, row.Index, "Bút tích %d (vị trí %d) đã bị sửa sau khi ghi.", row.ID, row.Index)
		default:
			v.find(TreeChanged, row.ID, row.Index, "Giá trị băm tầng %d tại vị trí %d không khớp với các bút tích.", level, row.Index)
		}
	}
}

// compare looks at the checkpoints of the size that the log has here.
func (v *verification) compare() {
	for _, c := range v.claims[v.tree.size] {
		v.report.Compared++
		if c.Root == v.tree.root() {
			continue
		}
		v.find(LogRewritten, 0, c.Size, "Nhật ký đến vị trí %d không còn như khi %s được ký: đã có bút tích bị sửa, xóa hoặc chèn.", c.Size, c.name())
	}
	delete(v.claims, v.tree.size)
}

// rest reports what the leaves did not reach.
func (v *verification) rest() {
	for size, claims := range v.claims {
		for _, c := range claims {
			v.find(LogTruncated, 0, size, "Nhật ký chỉ còn %d bút tích, trong khi %s ghi %d.", v.tree.size, c.name(), size)
		}
	}
	if n := v.stored.left(); n != 0 {
		v.find(HashesExtra, 0, v.tree.size, "Có %d giá trị băm thừa: bút tích ở cuối nhật ký đã bị xóa.", n)
	}
}

func (c claim) name() string {
	if c.outside {
		return "điểm kiểm tra đưa từ bên ngoài"
	}
	return "điểm kiểm tra lưu trong cơ sở dữ liệu"
}

// waiting counts the leaves without a place and names those that should have
// had one long ago.
func (v *verification) waiting(ctx context.Context, grace time.Duration) error {
	if grace == 0 {
		grace = time.Minute
	}
	old := time.Now().Add(-grace).UnixMilli()
	rows, err := v.q.QueryContext(ctx, `SELECT id, at_ms FROM audit_leaf WHERE idx IS NULL ORDER BY id`)
	if err != nil {
		return fmt.Errorf("read waiting leaves: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, at int64
		if err := rows.Scan(&id, &at); err != nil {
			return fmt.Errorf("read waiting leaves: %w", err)
		}
		v.report.Waiting++
		if at < old {
			v.find(LeafWaiting, id, 0, "Bút tích %d đã ghi nhưng chưa được xếp vào nhật ký.", id)
		}
	}
	return rows.Err()
}

// storedHashes is the content of audit_hash, in order: about 64 bytes a leaf.
type storedHashes struct {
	bytes bytes.Buffer
	odd   int // bytes that are no whole hash, and hashes out of their row
}

func readStored(ctx context.Context, q db.Querier) (*storedHashes, error) {
	rows, err := q.QueryContext(ctx, `SELECT tile, hashes FROM audit_hash ORDER BY tile`)
	if err != nil {
		return nil, fmt.Errorf("read stored hashes: %w", err)
	}
	defer rows.Close()
	s := &storedHashes{}
	for rows.Next() {
		var tile int64
		var row []byte
		if err := rows.Scan(&tile, &row); err != nil {
			return nil, fmt.Errorf("read stored hashes: %w", err)
		}
		s.put(tile, row)
	}
	return s, rows.Err()
}

// put adds a row; one that does not follow the row before it, or is not full
// of hashes, leaves its trace in odd.
func (s *storedHashes) put(tile int64, row []byte) {
	if int64(s.bytes.Len()) != tile*rowHashes*tlog.HashSize || len(row) > rowHashes*tlog.HashSize {
		s.odd++
		return
	}
	whole := len(row) - len(row)%tlog.HashSize
	if whole != len(row) {
		s.odd++
	}
	s.bytes.Write(row[:whole])
}

func (s *storedHashes) next() (h tlog.Hash, ok bool) {
	n, _ := s.bytes.Read(h[:])
	return h, n == tlog.HashSize
}

func (s *storedHashes) left() int { return s.bytes.Len()/tlog.HashSize + s.odd }
