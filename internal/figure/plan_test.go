package figure

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/org"
)

// However the tables are read (seeking eras, in runs, all rows of a series), the answer is the same, also where
// only its sum is asked for.
func TestPlansAgree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		cat, err := catalog.Load(os.DirFS("testdata/catalog"))
		if err != nil {
			t.Fatal(err)
		}
		text := "code,name,type,parent,level\n06,Tỉnh Một,Tỉnh,,province\n07,Tỉnh Hai,Tỉnh,,province\n"
		for i := range 60 {
			text += fmt.Sprintf("%03d,Xã %d,Xã,%s,commune\n", i, i, []string{"06", "07"}[i%2])
		}
		keep := &org.Keeper{DB: d}
		err = d.WriteAlone(ctx, func(tx *db.Tx) error {
			return keep.LoadSet(ctx, tx, fstest.MapFS{"s/units.csv": {Data: []byte(text)}}, "s", nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		tree, err := keep.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var series []int64
		for i := range int64(700) {
			series = append(series, i+1)
		}
		err = d.WriteAlone(ctx, func(tx *db.Tx) error {
			var years, thirds [][]any
			for _, s := range series {
				for k, u := range tree.Units() {
					if (int(s)+k)%25 == 0 {
						e, _ := tree.EraOn(u.ID, 20190601)
						years = append(years, []any{s, int64(e.ID), 2019, s, 1, s, 1})
						thirds = append(thirds, []any{s, int64(e.ID), 2019061, s, 1, s, 1})
					}
				}
			}
			cols := []string{"series", "era", "year", "value", "n", "c_value", "c_n"}
			if err := tx.Insert(ctx, "total_year", cols, years); err != nil {
				return err
			}
			cols[2] = "bucket"
			return tx.Insert(ctx, "total_bucket", cols, thirds)
		})
		if err != nil {
			t.Fatal(err)
		}
		e := &Engine{DB: d, Catalog: cat, Tree: func() *org.Tree { return tree }}
		sums := func(ids []int64, unit string, w window, flat bool) map[int64]int64 {
			out := map[int64]int64{}
			err := e.view(ctx, func(s *session) error {
				u, err := tree.Resolve(unit, org.AsThen(), w.to)
				if err != nil {
					return err
				}
				r := s.reachOf(org.AsThen(), u.ID, org.ByAny, org.Filter{})
				n := need{w: w, status: All, reach: r, flat: flat}
				set, err := tables{s, n}.cells(ctx, ids, w)
				for id, cells := range set {
					a := amount{}
					if flat {
						for _, c := range cells {
							a.whole, a.n = a.whole+c.value, a.n+c.n
						}
					} else {
						a = within(cells, r.shares)
					}
					if a.n != 0 {
						out[id] = a.whole
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		for _, w := range []window{{20190101, 20191231}, {20190601, 20190630}, {20190201, 20191214}} {
			for _, unit := range []string{"06", "07", "000"} {
				all := sums(series, unit, w, false) // so many series that all rows are read
				flat := sums(series, unit, w, true)
				one := map[int64]int64{}
				for _, id := range series {
					for k, v := range sums([]int64{id}, unit, w, true) { // one series: eras are sought
						one[k] = v
					}
				}
				if len(all) == 0 || !reflect.DeepEqual(all, flat) || !reflect.DeepEqual(all, one) {
					t.Errorf("%s %v: by era %d series, summed %d, one by one %d", unit, w, len(all), len(flat), len(one))
				}
			}
		}
	})
}

func TestPiecesCoverTheWindow(t *testing.T) {
	day := civil.NewDate(2018, 11, 3)
	for i := range 500 {
		w := window{day, day.AddDays(i * 3)}
		count := map[civil.Date]int64{}
		pieces, days := w.pieces()
		for _, p := range pieces {
			for d := civil.NewDate(2017, 1, 1); d < civil.NewDate(2025, 1, 1); d = d.AddDays(1) {
				at := int32(d.Year())
				if p.grain == buckets {
					at = int32(civil.BucketOf(d))
				}
				if p.from <= at && at <= p.to {
					count[d] += p.sign
				}
			}
		}
		for _, s := range days {
			for d := s.From; d <= s.To; d = d.AddDays(1) {
				count[d]++
			}
		}
		var wrong []string
		for d := civil.NewDate(2017, 1, 1); d < civil.NewDate(2025, 1, 1); d = d.AddDays(1) {
			want := int64(0)
			if w.from <= d && d <= w.to {
				want = 1
			}
			if count[d] != want {
				wrong = append(wrong, d.String())
			}
		}
		if len(wrong) > 0 {
			t.Fatalf("%v: %s", w, strings.Join(wrong, " "))
		}
	}
}
