package ledger

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"danvan/internal/catalog"
	"danvan/internal/db"
)

// Finding is one thing that is not as the entries say. Names of units are codes; Found and Expected are what the
// database holds and what recomputing gives.
type Finding struct {
	What     string `json:"what"` // entry, version, leaf, fact, total_year, total_bucket, series_key, batch
	Entry    int64  `json:"entry,omitempty"`
	Version  int    `json:"version,omitempty"`
	Series   string `json:"series,omitempty"`
	Unit     string `json:"unit,omitempty"`
	Day      string `json:"day,omitempty"` // or the year, or the bucket
	Found    string `json:"found,omitempty"`
	Expected string `json:"expected,omitempty"`
	Text     string `json:"message"` // in Vietnamese
}

// Verified is what Verify looked at.
type Verified struct {
	Entries  int64 `json:"entries"`
	Versions int64 `json:"versions"`
	Facts    int64 `json:"facts"`
	Series   int64 `json:"series"`
	Totals   int64 `json:"totals"`
	Findings int64 `json:"findings"`
}

// verification is a Verify under way, on one snapshot.
type verification struct {
	l        *Ledger
	q        db.Querier
	series   map[int64]seriesName
	used     map[int64]bool
	batches  map[int64]int
	sum      Verified
	find     func(Finding)
	progress func(done, total int)
	todo     int
}

// verifyPage is how many entries are read together.
const verifyPage = 1000

// Verify recomputes, on the snapshot q, the content of every version against its leaf, every head and fact from
// the versions under their own editions, and every total from the facts. Each difference goes to find. It holds a
// page of entries and a page of series at a time. The log itself is audit.Verify's business.
func (l *Ledger) Verify(ctx context.Context, q db.Querier, find func(Finding), progress func(done, total int)) (Verified, error) {
	return l.VerifyOn(ctx, []db.Querier{q}, find, progress)
}

// VerifyOn is Verify with several readers of one snapshot ([db.DB.Views]): the totals are summed on the second
// while the entries are read on the first.
func (l *Ledger) VerifyOn(ctx context.Context, readers []db.Querier, find func(Finding), progress func(done, total int)) (Verified, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	v := &verification{l: l, q: readers[0], used: map[int64]bool{}, batches: map[int64]int{}}
	var mu sync.Mutex
	v.find = func(f Finding) {
		mu.Lock()
		defer mu.Unlock()
		v.sum.Findings++
		find(f)
	}
	if err := v.readSeries(ctx); err != nil {
		return v.sum, err
	}
	if err := v.q.QueryRowContext(ctx, `SELECT count(*) FROM entry`).Scan(&v.todo); err != nil {
		return v.sum, fmt.Errorf("count entries: %w", err)
	}
	v.progress = progress
	err := v.both(ctx, stop, readers)
	if err != nil {
		return v.sum, err
	}
	v.unusedSeries()
	v.tell(1, 1)
	return v.sum, nil
}

// both checks the entries and the totals, at once where there are two readers.
func (v *verification) both(ctx context.Context, stop func(), readers []db.Querier) error {
	if len(readers) == 1 {
		if err := v.fromEntries(ctx); err != nil {
			return err
		}
		return v.totals(ctx, readers[0])
	}
	summed := make(chan error, 1)
	go func() { summed <- v.totals(ctx, readers[1]) }()
	err := v.fromEntries(ctx)
	if err != nil {
		stop()
		<-summed
		return err
	}
	return <-summed
}

// fromEntries checks what follows from the entries one by one.
func (v *verification) fromEntries(ctx context.Context) error {
	for _, check := range []func(context.Context) error{v.entries, v.leaves, v.checkBatches} {
		if err := check(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tell shows progress by the entries.
func (v *verification) tell(done, total int) {
	if v.progress != nil {
		v.progress(done, max(total, 1))
	}
}

func (v *verification) readSeries(ctx context.Context) error {
	v.series = map[int64]seriesName{}
	return each(ctx, v.q, func(r scanner) error {
		var id int64
		var n seriesName
		if err := r.Scan(&id, &n.code, &n.labels, &n.role); err != nil {
			return err
		}
		v.series[id] = n
		return nil
	}, `SELECT id, code, labels, role FROM series_key`)
}

// sealed is a version with the leaf that should cover it.
type sealed struct {
	versionRow
	leafAct, leafSubject, leafActor string
	leafSubjectID, leafAt           int64
	leafHash                        []byte
}

// factRow is a row of table fact.
type factRow struct {
	id, entry int64
	version   int
	series    int64
	leaf      int64
	sum
}

// page is some entries with all their rows; rows of entries that have no head come with the page, too.
type page struct {
	heads    []*headRow
	versions map[int64][]*sealed
	facts    map[int64][]factRow
	editions map[string]*catalog.Edition
}

// entries reads page after page, has them checked on all processors, and reports in order.
func (v *verification) entries(ctx context.Context) error {
	waiting := make(chan chan []Finding, runtime.GOMAXPROCS(0))
	reported := make(chan struct{})
	go func() {
		defer close(reported)
		for findings := range waiting {
			for _, f := range <-findings {
				v.find(f)
			}
		}
	}()
	err := v.pages(ctx, func(p *page) {
		findings := make(chan []Finding, 1)
		waiting <- findings
		go func() { findings <- p.check(v.series) }()
	})
	close(waiting)
	<-reported
	return err
}

func (v *verification) pages(ctx context.Context, give func(*page)) error {
	after := int64(math.MinInt64)
	for {
		p, last, err := v.page(ctx, after)
		if err != nil {
			return err
		}
		give(p)
		v.sum.Entries += int64(len(p.heads))
		v.tell(int(v.sum.Entries), v.todo+1)
		if last == math.MaxInt64 {
			return nil
		}
		after = last
	}
}

// page reads the entries after one, and every version and fact up to the last of them.
func (v *verification) page(ctx context.Context, after int64) (*page, int64, error) {
	p := &page{versions: map[int64][]*sealed{}, facts: map[int64][]factRow{}, editions: map[string]*catalog.Edition{}}
	err := each(ctx, v.q, func(r scanner) error {
		h, err := scanHead(r)
		p.heads = append(p.heads, h)
		return err
	}, selectHead+` WHERE id > $1 ORDER BY id LIMIT $2`, after, verifyPage)
	if err != nil {
		return nil, 0, fmt.Errorf("read entries: %w", err)
	}
	last := int64(math.MaxInt64)
	if len(p.heads) == verifyPage {
		last = p.heads[verifyPage-1].id
	}
	for _, h := range p.heads {
		if h.batch != 0 {
			v.batches[h.batch]++
		}
	}
	if err := v.readVersions(ctx, p, after, last); err != nil {
		return nil, 0, fmt.Errorf("read versions: %w", err)
	}
	if err := v.readFacts(ctx, p, after, last); err != nil {
		return nil, 0, fmt.Errorf("read facts: %w", err)
	}
	return p, last, nil
}

func (v *verification) readVersions(ctx context.Context, p *page, after, last int64) error {
	err := each(ctx, v.q, func(r scanner) error {
		s := &sealed{}
		if err := r.Scan(&s.entry, &s.number, &s.act, &s.state, &s.edition, &s.unit, &s.place, &s.day, &s.fields,
			&s.partners, &s.files, &s.carries, &s.reason, &s.actor, &s.at, &s.leaf,
			&s.leafAct, &s.leafSubject, &s.leafSubjectID, &s.leafActor, &s.leafAt, &s.leafHash); err != nil {
			return err
		}
		p.versions[s.entry] = append(p.versions[s.entry], s)
		p.editions[s.edition] = nil
		v.sum.Versions++
		return nil
	}, `SELECT v.entry, v.version, v.act, v.state, v.edition, v.unit, v.place, v.day, v.fields, v.partners, v.files,
		coalesce(v.carries, 0), v.reason, v.actor, v.at_ms, v.leaf, coalesce(l.act, ''), coalesce(l.subject, ''),
		coalesce(l.subject_id, 0), coalesce(l.actor, ''), coalesce(l.at_ms, 0), l.hash
		FROM entry_version v LEFT JOIN audit_leaf l ON l.id = v.leaf
		WHERE v.entry > $1 AND v.entry <= $2 ORDER BY v.entry, v.version`, after, last)
	if err != nil {
		return err
	}
	for hash := range p.editions {
		if ed, err := v.l.edition(ctx, v.q, hash); err == nil {
			p.editions[hash] = ed
		}
	}
	return nil
}

func (v *verification) readFacts(ctx context.Context, p *page, after, last int64) error {
	return each(ctx, v.q, func(r scanner) error {
		var f factRow
		a := &f.amount
		if err := r.Scan(&f.id, &f.entry, &f.version, &f.series, &f.unit, &f.day, &f.by, &a.Value, &a.N, &a.CValue,
			&a.CN, &f.leaf); err != nil {
			return err
		}
		f.sum.series = v.series[f.series]
		p.facts[f.entry] = append(p.facts[f.entry], f)
		v.used[f.series] = true
		v.sum.Facts++
		return nil
	}, `SELECT id, entry, version, series, unit, day, coalesce(by_day, 0), value, n, c_value, c_n, leaf
		FROM fact WHERE entry > $1 AND entry <= $2 ORDER BY entry, id`, after, last)
}
