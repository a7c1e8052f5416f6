package planner

import (
	"context"
	"runtime"
	"testing"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// BenchmarkPlan plans the quiet night (every row is linked) and reports the
// memory that the finished plan holds.
func BenchmarkPlan(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(map[int]string{10_000: "10k", 100_000: "100k"}[n], func(b *testing.B) {
			roster := byNumber(ingest.Link, 1_000_000, n)
			all := links(msads.Active, 1_000_000, n)
			p := &Planner{Main: Login{Profile: "agency", CustomerID: agencyID}, Options: Options{BillToClient: new(true)}}
			p.Main.Searcher = searchFunc(func(_ context.Context, s msads.Search) ([]msads.ClientLink, error) {
				return all[min(n, s.Index*100):min(n, s.Index*100+100)], nil
			})
			var plan *Plan
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				var err error
				if plan, err = p.Plan(b.Context(), seq(roster)); err != nil {
					b.Fatal(err)
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/float64(len(plan.Steps)), "held-B/row")
			b.ReportAllocs()
			runtime.KeepAlive(roster)
			runtime.KeepAlive(all)
		})
	}
}
