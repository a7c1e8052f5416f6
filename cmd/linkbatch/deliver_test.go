package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/planner"
	"linkbatch/report"
)

// TestReportsThatDoNotFit: a workbook without room for the roster is refused before
// anything is sent or recorded, and the other formats take it.
func TestReportsThatDoNotFit(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	t.Setenv("LINKBATCH_ENV", "simulator")
	t.Setenv("LINKBATCH_WORLD", "world.json")
	t.Setenv("LINKBATCH_TOKEN_STORE", "file")
	put := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("world.json", string(scriptWorld()))
	put("wide.csv", "account_id,action,bill_to_client"+strings.Repeat(",more", 16375)+"\n1000001,add,true"+strings.Repeat(",v", 16375)+"\n")
	put("long.csv", "account_id,action,bill_to_client,remarks\n1000002,add,true,"+strings.Repeat("x", 32768)+"\n")
	for name, want := range map[string]string{
		"wide.csv": `linkbatch: --report "r.xlsx": 2 rows of 16394 columns do not fit on a sheet`,
		"long.csv": `linkbatch: --report "r.xlsx": row 2: the text under "remarks" has 32768 characters`,
	} {
		var stdout, stderr bytes.Buffer
		code := execute([]string{"apply", name, "--yes", "--report", "r.jsonl", "--report", "r.xlsx"}, strings.NewReader(""), &stdout, &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), want) || !strings.Contains(stderr.String(), "hint: nothing was changed") {
			t.Errorf("%s: exit %d, %.300s", name, code, &stderr)
		}
		if files, err := filepath.Glob("r.*"); err != nil || len(files) > 0 {
			t.Errorf("%s: %v, %v", name, files, err)
		}
	}
	var runs bytes.Buffer
	if code := execute([]string{"runs", "--output", "json"}, strings.NewReader(""), &runs, io.Discard); code != 0 || !strings.Contains(runs.String(), `"runs": []`) {
		t.Errorf("runs: exit %d, %s", code, &runs)
	}
	if code := execute([]string{"apply", "long.csv", "--yes", "--report", "r.csv"}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
		t.Errorf("exit %d for a CSV", code)
	}
}

// TestReportsThatFail: whatever goes wrong with a report, the others are written,
// the outcomes are on the screen, and a person learns how to get the report.
func TestReportsThatFail(t *testing.T) {
	dir := t.TempDir()
	plan := &planner.Plan{Steps: []planner.Step{{Op: planner.OpAdd, Row: ingest.Row{Number: 2, AccountID: 1000001}, SameAs: -1}}}
	run, err := report.New(report.Head{}, plan, []executor.Result{{Outcome: executor.Refused, Reason: "prepaid"}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	good, bad := filepath.Join(dir, "good.csv"), filepath.Join(dir, "gone", "bad.csv")
	end := diagnose(newApp(nil, &out, io.Discard).deliver(run, []string{bad, good}, false, report.TableOptions{}))
	if end.code != exitRun || !strings.Contains(end.message, fmt.Sprintf("report %q: ", bad)) || !strings.Contains(end.hint, "linkbatch report last --report FILE") {
		t.Errorf("%+v", end)
	}
	if _, err := os.Stat(good); err != nil || !strings.Contains(out.String(), "full report: "+good) || !strings.Contains(out.String(), "prepaid") {
		t.Errorf("%v, %s", err, &out)
	}
}
