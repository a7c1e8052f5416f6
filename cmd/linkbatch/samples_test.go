package main

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linkbatch/ingest"
)

var update = flag.Bool("update", false, "rewrite samples/results.csv")

const samplesDir = "../../samples"

// TestSamples applies the sample roster, as CSV and as XLSX, to the built-in
// world, and wants samples/results.csv both times. When a call returned and
// how the service tracks it is left out of the comparison.
func TestSamples(t *testing.T) {
	results := filepath.Join(samplesDir, "results.csv")
	for _, name := range []string{"roster.csv", "roster.xlsx"} {
		out := filepath.Join(t.TempDir(), "out.csv")
		args := []string{"apply", filepath.Join(samplesDir, name), "--env", "simulator", "--state-dir", t.TempDir(), "--yes", "--report", out}
		if *update {
			args = append(args, "--concurrency", "1")
		}
		var stdout, stderr bytes.Buffer
		if code := execute(args, nil, &stdout, &stderr); code != exitRows {
			t.Fatalf("%s: exit code %d, want %d\n%s%s", name, code, exitRows, &stdout, &stderr)
		}
		if *update && name == "roster.csv" {
			copyFile(t, results, out)
		}
		got, want := readReport(t, out), readReport(t, results)
		if len(got) != len(want) {
			t.Fatalf("%s: %d lines, want %d", name, len(got), len(want))
		}
		for i := range got {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("%s: line %d:\n got %q\nwant %q", name, i+1, got[i], want[i])
			}
		}
	}
}

// TestSampleShowsEverything holds that the sample shows what it is meant
// to: every intent, every status of the decision table, and limits that the
// default guards let pass.
func TestSampleShowsEverything(t *testing.T) {
	report := readReport(t, filepath.Join(samplesDir, "results.csv"))
	column := func(name string) (cells []string) {
		at := slices.Index(report[0], name)
		if at < 0 {
			t.Fatalf("results.csv has no column %s", name)
		}
		for _, line := range report[1:] {
			cells = append(cells, line[at])
		}
		return cells
	}
	count := func(name string, values ...string) (n int) {
		for _, c := range column(name) {
			if slices.Contains(values, c) {
				n++
			}
		}
		return n
	}
	for _, status := range strings.Fields(`LinkPending LinkAccepted LinkDeclined LinkCanceled LinkExpired LinkInProgress Active LinkFailed
		UnlinkRequested UnlinkPending UnlinkInProgress UnlinkFailed UnlinkCanceled Inactive`) {
		if count("status_before", status) == 0 {
			t.Errorf("no row meets a link in status %s", status)
		}
	}
	for _, outcome := range []string{"done", "unchanged", "blocked", "refused", "invalid"} {
		if count("outcome", outcome) == 0 {
			t.Errorf("no row ends %s", outcome)
		}
	}
	if n := count("op", "unlink", "cancel"); n == 0 || n > 8 {
		t.Errorf("%d unlinks and cancels, want 1 to 8", n)
	}
	if len(report) < 55 || len(report) > 70 {
		t.Errorf("%d rows, want about 60", len(report)-1)
	}
	actions := map[ingest.Intent]bool{}
	for _, word := range column("Action") {
		if intent, ok := ingest.ParseIntent(word); ok {
			actions[intent] = true
		}
	}
	if len(actions) != 7 {
		t.Errorf("actions %v, want all seven intents", actions)
	}
}

// readReport reads a report without the columns that differ between two runs.
func readReport(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, volatile := range []string{"at", "tracking_id"} {
		column := slices.Index(lines[0], volatile)
		for i := range lines {
			if i > 0 && volatile == "at" && lines[i][column] != "" {
				if _, err := time.Parse(time.RFC3339, lines[i][column]); err != nil {
					t.Errorf("%s: line %d: at: %v", name, i+1, err)
				}
			}
			lines[i] = slices.Delete(lines[i], column, column+1)
		}
	}
	return lines
}

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o644); err != nil {
		t.Fatal(err)
	}
}
