package ledger

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

var update = flag.Bool("update", false, "write testdata/schemaN.sql of the present schema")

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

// stored is a small run in which every table has a record. testdata has it as
// each schema wrote it.
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

// timeless is what of a record does not depend on when it was made.
func timeless(r *Record) *Record {
	r.Started = time.Time{}
	for i := range r.Loose {
		r.Loose[i].Sent = time.Time{}
	}
	return r
}

// TestOldSchemas opens a file of every schema that there has been.
func TestOldSchemas(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	stored(t, l)
	want, err := l.Load("20261123-1")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if *update {
		name := filepath.Join("testdata", fmt.Sprintf("schema%d.sql", len(migrations)))
		if err := os.WriteFile(name, []byte(dump(t, filepath.Join(dir, fileName))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range migrations {
		text, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("schema%d.sql", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		old := t.TempDir()
		db := plainDB(t, filepath.Join(old, fileName))
		if _, err := db.Exec(string(text)); err != nil {
			t.Fatal(err)
		}
		db.Close()
		l := opened(t, old)
		got, err := l.Load("20261123-1")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		if diff := gocmp.Diff(timeless(want), timeless(got)); diff != "" {
			t.Errorf("schema %d:\n%s", i+1, diff)
		}
	}
}

// dump is a file as SQL statements, but for holders, who are of one computer.
func dump(t *testing.T, path string) string {
	t.Helper()
	db := plainDB(t, path)
	var b strings.Builder
	for _, pragma := range []string{"application_id", "user_version"} {
		var n int
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&n); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "PRAGMA %s = %d;\n", pragma, n)
	}
	lines := func(query string) (out []string) {
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			out = append(out, s)
		}
		return out
	}
	for _, statement := range lines("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, rowid") {
		b.WriteString(statement + ";\n")
	}
	for _, name := range lines("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'holders' ORDER BY rowid") {
		columns := lines("SELECT name FROM pragma_table_info('" + name + "')")
		values := "quote(" + strings.Join(columns, ") || ', ' || quote(") + ")"
		for _, v := range lines("SELECT " + values + " FROM " + name) {
			fmt.Fprintf(&b, "INSERT INTO %s VALUES (%s);\n", name, v)
		}
	}
	return b.String()
}

// TestNewerLedgerIsRefused holds that a file of a future linkbatch is neither
// written nor read.
func TestNewerLedgerIsRefused(t *testing.T) {
	dir := t.TempDir()
	opened(t, dir).Close()
	db := plainDB(t, filepath.Join(dir, fileName))
	if _, err := db.Exec("PRAGMA user_version = 3"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for name, try := range map[string]func(string) (*Ledger, error){"open": Open, "read": Read} {
		_, err := try(dir)
		want := filepath.Join(dir, fileName) + ": was written by a newer linkbatch (schema 3; this version knows 1)"
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
	next := append(slices.Clone(migrations), "CREATE TABLE more (a INTEGER); DROP TABLE kept; SELECT nonsense")
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
	next[len(next)-1] = "CREATE TABLE more (a INTEGER); INSERT INTO more VALUES (1)"
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
