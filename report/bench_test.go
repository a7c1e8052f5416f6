package report

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"testing"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// large is a run of n adds with the usual texts.
func large(n int) (Head, *planner.Plan, []executor.Result) {
	head := Head{File: "roster.csv", Header: []string{"Account ID", "Account #", "Client", "Action"}}
	plan := &planner.Plan{Steps: make([]planner.Step, n)}
	results := make([]executor.Result, n)
	for i := range n {
		id := int64(180000000 + i)
		name := fmt.Sprintf("Client %d", i)
		plan.Steps[i] = planner.Step{Index: i, SameAs: -1, Intent: ingest.Link, Op: planner.OpAdd, Reason: "not linked",
			Row: ingest.Row{Number: i + 2, AccountID: id, ClientName: name, Cells: []string{msads.ID(id).String(), "X1234567", name, "link"}}}
		results[i] = executor.Result{Step: i, Outcome: executor.Done, Reason: "added", StatusAfter: msads.LinkPending,
			EntityID: msads.ID(id), EntityName: name, TrackingID: "00000000-0000-0000-0000-000000000000", Call: i/10 + 1, Attempts: 1}
	}
	return head, plan, results
}

// BenchmarkReport writes 100,000 rows in each form. The budget of a whole run is
// 300 MB; B/op counts what is allocated in total, heap-MB what is held at once
// beyond the plan and the results.
func BenchmarkReport(b *testing.B) {
	head, plan, results := large(100_000)
	forms := map[string]func() error{
		"json": func() error { return WriteRunJSON(io.Discard, head, plan, results) },
		"table": func() error {
			return WritePlanTable(io.Discard, plan, TableOptions{Width: 120})
		},
		"summary": func() error { return WriteSummary(io.Discard, head, plan, results, TableOptions{}) },
	}
	for _, format := range []string{"csv", "xlsx", "jsonl"} {
		name := filepath.Join(b.TempDir(), "out."+format)
		forms[format] = func() error { return WriteFile(name, head, plan, results) }
	}
	for name, do := range forms {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestMemoryIsBounded guards that a report is streamed: what is held at once
// for ten times the rows is not ten times as much.
func TestMemoryIsBounded(t *testing.T) {
	const rows, limit = 30_000, 24 << 20 // XLSX buffers 16 MiB before it uses a file
	head, plan, results := large(rows)
	for name, do := range map[string]func(io.Writer) error{
		"csv":   func(w io.Writer) error { return writeCSV(w, head, plan, results) },
		"jsonl": func(w io.Writer) error { return writeJSONL(w, head, plan, results) },
		"json":  func(w io.Writer) error { return WriteRunJSON(w, head, plan, results) },
		"xlsx":  func(w io.Writer) error { return writeXLSX(w, head, plan, results) },
		"table": func(w io.Writer) error { return WritePlanTable(w, plan, TableOptions{Width: 120}) },
	} {
		base := heap()
		peak, written := uint64(0), 0
		err := do(writerFunc(func(p []byte) (int, error) {
			if written += len(p); written > 1<<20 { // each MiB, live objects only
				written = 0
				peak = max(peak, heap())
			}
			return len(p), nil
		}))
		if err != nil {
			t.Fatal(name, err)
		}
		if peak > base+limit {
			t.Errorf("%s holds %d MiB", name, (peak-base)>>20)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestLargeReportOverflowsToDisk: a sheet beyond excelize's 16 MiB goes through
// its temporary file, whole, and the file is gone afterwards.
func TestLargeReportOverflowsToDisk(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	head, plan, results := large(15_000)
	content := write(t, func(b *bytes.Buffer) error { return writeXLSX(b, head, plan, results) })
	rows := readXLSX(t, content, "Report", 19)
	if len(rows) != 15_001 || rows[15_000][0] != "180014999" {
		t.Errorf("%d rows", len(rows))
	}
	wantFiles(t, temp)
}
