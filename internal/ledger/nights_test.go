package ledger

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// BenchmarkNights runs the same roster of 10,000 linked rows every night for a
// year. B/night is what a night adds to the file (budget: at most 64 KB), the
// first left out; schema1-ratio is what schema 1 stored for it, the decisions
// alone, over that. open-ms and read-ms are the medians of opening the ledger
// for a run and for reading afterwards (budget: 50 ms each), open-ratio is a
// check of the whole file over that.
//
// In the cases beside nothing, some rows are decided otherwise each night, or a
// row is added above all others.
func BenchmarkNights(b *testing.B) {
	const nights, rows = 365, 10_000
	for name, night := range map[string]func(night int) *planner.Plan{
		"nothing": func(int) *planner.Plan { return ordinary(rows, planner.OpNone) },
		"10 rows change": func(n int) *planner.Plan {
			p := ordinary(rows, planner.OpNone)
			for i := range 10 {
				p.Steps[(n*1009+i*997)%rows].Before.LastModified = time.Date(2026, 11, 23, 0, 0, n, i, time.UTC)
			}
			return p
		},
		"a row is added": func(n int) *planner.Plan {
			p := ordinary(rows+n, planner.OpNone)
			top := p.Steps[rows:]
			p.Steps = append(top[:len(top):len(top)], p.Steps[:rows]...)
			for i := range p.Steps {
				p.Steps[i].Index, p.Steps[i].Row.Number = i, i+2
			}
			return p
		},
	} {
		b.Run(name, func(b *testing.B) {
			n := nights
			if name != "nothing" {
				n = 30
			}
			for b.Loop() {
				runNights(b, n, night)
			}
		})
	}
}

func runNights(b *testing.B, nights int, night func(int) *planner.Plan) {
	dir := b.TempDir()
	var first, decisions int64
	begin := time.Now()
	for n := range nights + 1 {
		plan := night(n)
		l := opened(b, dir)
		if _, err := l.Unfinished(here); err != nil {
			b.Fatal(err)
		}
		rec, err := l.Begin(Run{ID: fmt.Sprintf("2026-%d", n), Scope: here, Path: "/srv/roster.csv", Header: []string{"account_id"}, UserID: msads.ID(4)}, plan)
		if err != nil {
			b.Fatal(err)
		}
		if err := rec.End(Finished, "", map[executor.Outcome]int{executor.Unchanged: len(plan.Steps)}); err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		if n == 0 {
			first = size(b, l.path)
			for i := range plan.Steps {
				s, err := encodeStep(&plan.Steps[i])
				if err != nil {
					b.Fatal(err)
				}
				decisions += int64(len(s))
			}
		}
	}
	b.ReportMetric(float64(time.Since(begin).Milliseconds())/float64(nights+1), "ms/night")
	last := size(b, dir+"/"+fileName)
	each := float64(last-first) / float64(nights)
	b.ReportMetric(float64(first)/1e6, "first-MB")
	b.ReportMetric(each, "B/night")
	b.ReportMetric(float64(decisions)/each, "schema1-ratio")

	open := median(b, func() error {
		l, err := Open(dir)
		if err != nil {
			return err
		}
		return l.Close()
	})
	read := median(b, func() error {
		l, err := Read(dir)
		if err != nil {
			return err
		}
		return l.Close()
	})
	l := opened(b, dir)
	defer l.Close()
	check := median(b, l.check)
	runs := median(b, func() error { _, err := l.Runs(); return err })
	b.ReportMetric(open.Seconds()*1e3, "open-ms")
	b.ReportMetric(read.Seconds()*1e3, "read-ms")
	b.ReportMetric(runs.Seconds()*1e3, "runs-ms")
	b.ReportMetric(check.Seconds()/read.Seconds(), "open-ratio")
}

// median is the median time of eleven calls.
func median(b *testing.B, do func() error) time.Duration {
	b.Helper()
	var all []time.Duration
	for range 11 {
		begin := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		all = append(all, time.Since(begin))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
