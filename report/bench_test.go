package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
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
		"json": func() error { return made(b, head, plan, results).JSON(io.Discard) },
		"table": func() error {
			return planned(b, Head{}, plan).Table(io.Discard, TableOptions{Width: 120})
		},
		"summary": func() error { return made(b, head, plan, results).Summary(io.Discard, TableOptions{}) },
	}
	for _, format := range []string{"csv", "xlsx", "jsonl"} {
		name := filepath.Join(b.TempDir(), "out."+format)
		forms[format] = func() error { return made(b, head, plan, results).File(name) }
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
// stays far below the size of the report, however many rows it has.
func TestMemoryIsBounded(t *testing.T) {
	const rows, limit = 10_000, 4 << 20
	head, plan, results := large(rows)
	for name, do := range map[string]func(io.Writer) error{
		"csv":   func(w io.Writer) error { return made(t, head, plan, results).writeCSV(w) },
		"jsonl": func(w io.Writer) error { return made(t, head, plan, results).writeJSONL(w) },
		"json":  func(w io.Writer) error { return made(t, head, plan, results).JSON(w) },
		"table": func(w io.Writer) error { return planned(t, Head{}, plan).Table(w, TableOptions{Width: 120}) },
	} {
		base := heap()
		peak, written, step := uint64(0), 0, 256<<10
		err := do(writerFunc(func(p []byte) (int, error) {
			if written += len(p); written > step { // live objects only, at growing distances
				step *= 2
				peak = max(peak, heap())
			}
			return len(p), nil
		}))
		if err != nil {
			t.Fatal(name, err)
		}
		if peak == 0 || peak > base+limit {
			t.Errorf("%s holds %d bytes beyond %d", name, peak, base)
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
	const rows = 3000
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	head, plan, results := large(rows)
	for i := range results {
		results[i].Reason = strings.Repeat("reason ", 850)
	}
	var b bytes.Buffer
	spilled := false
	err := made(t, head, plan, results).writeXLSX(writerFunc(func(p []byte) (int, error) {
		files, err := os.ReadDir(temp)
		spilled = spilled || len(files) > 0
		b.Write(p)
		return len(p), err
	}))
	if err != nil || !spilled {
		t.Fatalf("temporary file used: %v, error %v", spilled, err)
	}
	xml := part(t, b.String(), "xl/worksheets/sheet1.xml")
	if n := strings.Count(xml, "<row "); n != rows+1 || !strings.Contains(xml, fmt.Sprint(180000000+rows-1)) {
		t.Errorf("%d rows", n)
	}
	wantFiles(t, temp)
}
