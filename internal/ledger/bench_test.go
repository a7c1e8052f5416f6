package ledger

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linkbatch/executor"
	"linkbatch/planner"
)

// BenchmarkBegin records a run of 100,000 rows: of a roster that is new, and of
// one that the ledger knows. peak-MB is what the heap grows by meanwhile; the
// collector runs often in the case for it, so that garbage does not count.
func BenchmarkBegin(b *testing.B) {
	const rows = 100_000
	plan := ordinary(rows, planner.OpNone)
	for _, name := range []string{"new", "known", "memory"} {
		known := name == "known"
		b.Run(name, func(b *testing.B) {
			if name == "memory" {
				defer debug.SetGCPercent(debug.SetGCPercent(2))
			}
			l := opened(b, b.TempDir())
			defer l.Close()
			n := 0
			begin := func() {
				header := []string{"account_id", "account_number", "client_name", "action", "bill_to_client", "note"}
				if !known {
					header = append(header, fmt.Sprint(n))
				}
				if _, err := l.Begin(Run{ID: fmt.Sprint("run", n), Header: header}, plan); err != nil {
					b.Fatal(err)
				}
				n++
			}
			if known {
				begin()
			}
			size := fileSize(b, l)
			runtime.GC()
			var before, peak uint64
			before = heap()
			stop := make(chan struct{})
			var wait sync.WaitGroup
			wait.Add(1)
			go func() {
				defer wait.Done()
				for {
					select {
					case <-stop:
						return
					case <-time.After(10 * time.Millisecond):
						peak = max(peak, heap())
					}
				}
			}()
			start := n
			for b.Loop() {
				begin()
			}
			close(stop)
			wait.Wait()
			done := float64(n-start) * rows
			b.ReportMetric(done/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(fileSize(b, l)-size)/done, "B/row")
			b.ReportMetric(float64(int64(peak)-int64(before))/1e6, "peak-MB")
		})
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// fileSize is the size of the ledger once everything is in its file.
func fileSize(b *testing.B, l *Ledger) int64 {
	if _, err := l.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(l.path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// BenchmarkCall records calls of ten links before they are sent and after they
// came back, by several callers at once. An op is a call: two records on disk.
func BenchmarkCall(b *testing.B) {
	const rows = 10_000
	plan := ordinary(rows, planner.OpAdd)
	for _, callers := range []int{1, 4, 8} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			l := opened(b, b.TempDir())
			defer l.Close()
			rec, err := l.Begin(Run{ID: "run"}, plan)
			if err != nil {
				b.Fatal(err)
			}
			var number atomic.Int64
			total := 0
			for b.Loop() {
				total += callers * 50
				var wait sync.WaitGroup
				for range callers {
					wait.Go(func() {
						for range 50 {
							n := int(number.Add(1))
							c := executor.Call{Number: n, Op: planner.OpAdd, Profile: "agency"}
							var answers []executor.Answer
							for i := range 10 {
								s := &plan.Steps[(n*10+i)%rows]
								c.Steps = append(c.Steps, s)
								answers = append(answers, executor.Answer{Step: s.Index, Outcome: executor.Done, Call: n, At: time.Now().UTC(), TrackingID: "0f5fb1ec-6a5c-4e5a-9b8f-1f0d0a7f0c11"})
							}
							if err := rec.Sending(c); err != nil {
								b.Error(err)
							}
							if err := rec.Returned(c, answers); err != nil {
								b.Error(err)
							}
						}
					})
				}
				wait.Wait()
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(total), "ms/call")
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(total)*float64(callers), "ms/caller")
		})
	}
}

// BenchmarkOpen opens a ledger of 100,000 rows, which includes the check of the
// whole file, and loads its run.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	l := opened(b, dir)
	if _, err := l.Begin(Run{ID: "run"}, ordinary(100_000, planner.OpNone)); err != nil {
		b.Fatal(err)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if err := opened(b, dir).Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		l := opened(b, dir)
		defer l.Close()
		for b.Loop() {
			if _, err := l.Load("run"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
