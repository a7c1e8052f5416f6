package ledger

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

var update = flag.Bool("update", false, "write testdata/schemaN.db.gz of the present schema")

// plainDB is the file without the ledger in between.
func plainDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestSchemaSums holds that the list of sums goes with the list of migrations.
func TestSchemaSums(t *testing.T) {
	if len(schemaSums) != len(migrations) {
		t.Fatalf("%d sums for %d migrations", len(schemaSums), len(migrations))
	}
	l := &Ledger{path: filepath.Join(t.TempDir(), "x.db")}
	if err := l.connect("rwc"); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i := range migrations {
		if err := l.migrate(migrations[:i+1]); err != nil {
			t.Fatal(err)
		}
		var schema string
		if err := l.db.QueryRow(schemaText).Scan(&schema); err != nil {
			t.Fatal(err)
		}
		if sum := crc32.Checksum([]byte(schema), castagnoli); sum != schemaSums[i] {
			t.Errorf("schema %d has the sum %#x, the list says %#x", i+1, sum, schemaSums[i])
		}
	}
}

// stored is a small run that is not finished.
func stored(t *testing.T, l *Ledger) {
	t.Helper()
	plan := ordinary(3, planner.OpAdd)
	plan.Steps[2] = ordinary(3, planner.OpNone).Steps[2]
	rec, err := l.Begin(Run{ID: "20261123-1", Scope: Scope{"simulator", 1234567}, File: "r.csv", Header: []string{"account_id"}, UserID: 4, Profile: "agency", Version: "v1"}, plan)
	if err != nil {
		t.Fatal(err)
	}
	first := executor.Call{Number: 1, Op: planner.OpAdd, Profile: "agency", Steps: []*planner.Step{&plan.Steps[0]}}
	second := executor.Call{Number: 2, Op: planner.OpAdd, Profile: "agency", Steps: []*planner.Step{&plan.Steps[1]}}
	for _, c := range []executor.Call{first, second} {
		if err := rec.Sending(c); err != nil {
			t.Fatal(err)
		}
	}
	refused := executor.Result{
		Step: 0, Ops: []planner.Op{planner.OpAdd}, Outcome: executor.Refused, Reason: "no", Call: 1, Attempts: 1, TrackingID: "t",
		Errors: []msads.OperationError{{Code: 1410, Message: "already sent"}}, At: time.Date(2026, 11, 23, 1, 2, 3, 4, time.UTC),
	}
	answer := executor.Answer{
		Step: 0, Outcome: refused.Outcome, Reason: refused.Reason, Errors: refused.Errors, Call: 1, TrackingID: "t", At: refused.At,
	}
	if err := rec.Returned(first, []executor.Answer{answer}); err != nil {
		t.Fatal(err)
	}
	if err := rec.Keep([]Progress{{Result: refused}}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Lock(t.Context(), Scope{"simulator", 1234567}, 0); err != nil { // released by the process's end
		t.Fatal(err)
	}
}

// TestOldSchemas opens a file of every schema that there has been, first to read
// it and then for a run. It answers as a ledger to which the same was written
// today.
func TestOldSchemas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := opened(t, dir)
	writeStory(t, l)
	want := answers(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if *update {
		pack(t, filepath.Join(dir, fileName), fixture(len(migrations)))
	}
	for i := range migrations {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, fileName)
			content := unpack(t, fixture(i+1))
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			l, err := Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(want, answers(t, l), timeless); diff != "" {
				t.Errorf("as it is:\n%s", diff)
			}
			if err := errors.Join(l.Verify(), l.Close()); err != nil {
				t.Error(err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(content, after) {
				t.Errorf("reading has changed the file: %v", err)
			}
			for range 2 {
				l = opened(t, dir)
				if diff := gocmp.Diff(want, answers(t, l), timeless); diff != "" {
					t.Errorf("upgraded:\n%s", diff)
				}
				if err := errors.Join(l.Verify(), l.Close()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// fixture is the file that holds the story as a schema wrote it.
func fixture(schema int) string {
	return filepath.Join("testdata", fmt.Sprintf("schema%d.db.gz", schema))
}

func pack(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(f)
	_, err = w.Write(content)
	if err := errors.Join(err, w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func unpack(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestNewerLedgerIsRefused holds that a file of a future linkbatch is neither
// written nor read.
func TestNewerLedgerIsRefused(t *testing.T) {
	dir := t.TempDir()
	opened(t, dir).Close()
	db := plainDB(t, filepath.Join(dir, fileName))
	if _, err := db.Exec("PRAGMA user_version = 7"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for name, try := range map[string]func(string) (*Ledger, error){"open": Open, "read": Read} {
		_, err := try(dir)
		want := filepath.Join(dir, fileName) + ": was written by a newer linkbatch (schema 7; this version knows 2)"
		if !errors.Is(err, ErrNewer) || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// TestMigrationIsWholeOrNot holds that a step which fails in its middle leaves
// the file as it was, and that of two processes one takes a step.
func TestMigrationIsWholeOrNot(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	defer l.Close()
	stored(t, l)
	before, err := l.Load("20261123-1")
	if err != nil {
		t.Fatal(err)
	}
	next := append(slices.Clone(migrations), migration{sql: "CREATE TABLE more (a INTEGER); DROP TABLE kept; SELECT nonsense"})
	if err := l.migrate(next); !errors.Is(err, ErrDamaged) {
		t.Fatalf("a step that makes no sense: %v", err)
	}
	after, err := l.Load("20261123-1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	next[len(next)-1].sql = "CREATE TABLE more (a INTEGER); INSERT INTO more VALUES (1)"
	others := []*Ledger{l, opened(t, dir)}
	defer others[1].Close()
	var wait sync.WaitGroup
	for _, l := range others {
		wait.Go(func() {
			if err := l.migrate(next); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	var rows, version int
	if err := l.db.QueryRow("SELECT count(*), (SELECT user_version FROM pragma_user_version) FROM more").Scan(&rows, &version); err != nil || rows != 1 || version != len(next) {
		t.Errorf("after both: %d rows, schema %d, %v", rows, version, err)
	}
}
