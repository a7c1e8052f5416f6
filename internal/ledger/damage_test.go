package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linkbatch/planner"
)

// everything is all that a ledger answers.
type everything struct {
	Runs      []Run
	Records   []*Record
	Recent    []Trace
	Open      []Run
	Histories [][]Event
	Listed    int
	Acts      []Act
}

// readEverything asks for all of it.
func readEverything(l *Ledger) (all everything, err error) {
	if all.Runs, err = l.Runs(); err != nil {
		return all, err
	}
	for _, r := range all.Runs {
		rec, err := l.Load(r.ID)
		if err != nil {
			return all, err
		}
		all.Records = append(all.Records, rec)
	}
	if all.Recent, err = l.Recent(here, time.Unix(0, 0)); err != nil {
		return all, err
	}
	if all.Open, err = l.Unfinished(here); err != nil {
		return all, err
	}
	for i, s := range ordinary(8, planner.OpAdd).Steps {
		of := []func() ([]Event, error){
			func() ([]Event, error) { return l.History(s.Key.EntityID, "") },
			func() ([]Event, error) { return l.History(0, s.Key.Number) },
		}[i%2]
		events, err := of()
		if err != nil {
			return all, err
		}
		all.Histories = append(all.Histories, events)
	}
	if all.Acts, err = l.Acts(); err != nil {
		return all, err
	}
	all.Listed, err = l.Listed(here)
	return all, err
}

// specimen is the folder of a closed ledger with some runs, and its answers.
func specimen(t *testing.T) (dir string, truth everything) {
	t.Helper()
	dir = t.TempDir()
	l := opened(t, dir)
	for i, id := range []string{"one", "two"} {
		plan := ordinary(30+i, planner.OpAdd)
		rec, err := l.Begin(Run{ID: id, Scope: here, File: "r.csv", Header: []string{"account_id"}}, plan)
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= 6; n++ {
			c, answers := tenOf(plan, n)
			if err := rec.Sending(c); err != nil {
				t.Fatal(err)
			}
			if n == 4 {
				continue
			}
			if err := rec.Returned(c, answers); err != nil {
				t.Fatal(err)
			}
			if err := rec.Keep([]Progress{doneBy(c, answers[0]), doneBy(c, answers[1])}); err != nil {
				t.Fatal(err)
			}
		}
		if i == 0 {
			if err := rec.End(Finished, "", nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	settledAs(t, l, Run{ID: "pruned", Scope: Scope{"elsewhere", 1}}, ordinary(30, planner.OpAdd), Finished, true, true)
	if _, err := l.Prune(Retention{Before: time.Now().Add(time.Hour), Keep: 1}, Actor{}); err != nil {
		t.Fatal(err)
	}
	truth, err := readEverything(l)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, truth
}

// spoilt writes content as a ledger of its own, opens it in both ways and asks
// for everything. The answer is the truth or ErrDamaged.
func spoilt(t *testing.T, what string, content []byte, truth everything, prepare ...func(dir string)) (noticed bool) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, try := range map[string]func(string) (*Ledger, error){"Open": Open, "Read": Read} {
		for _, p := range prepare {
			p(dir)
		}
		l, err := try(dir)
		var got everything
		if err == nil {
			got, err = readEverything(l)
			l.Close()
		}
		if err == nil {
			if diff := differ(truth, got); diff != "" {
				t.Fatalf("%s: %s: wrong data, and no error:\n%s", what, name, diff)
			}
			continue
		}
		noticed = true
		if !errors.Is(err, ErrDamaged) || !strings.HasPrefix(err.Error(), path+": is damaged: ") || strings.Contains(err.Error(), "\n") {
			t.Fatalf("%s: %s: %v", what, name, err)
		}
	}
	return noticed
}

// TestCutShort cuts the file at many lengths, 0 among them.
func TestCutShort(t *testing.T) {
	t.Parallel()
	dir, truth := specimen(t)
	content, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	lengths := []int{0, 1, 15, 16, 50, 99, 100, 101, 511, 512, 1000, 4095, 4096, 4097, len(content) - 1}
	rng := rand.New(rand.NewPCG(3, 4))
	for at := 4096; at < len(content); at += 5 * 4096 {
		lengths = append(lengths, at, at+rng.IntN(4096))
	}
	for _, n := range lengths {
		if n < len(content) && !spoilt(t, fmt.Sprintf("cut to %d of %d bytes", n, len(content)), content[:n], truth) {
			t.Errorf("cut to %d of %d bytes, and nobody noticed", n, len(content))
		}
	}
	if spoilt(t, "the file as it was", content, truth) {
		t.Error("the file as it was is reported as damaged")
	}
}

// TestNoise overwrites bytes at random places: a byte, some bytes, a page.
func TestNoise(t *testing.T) {
	t.Parallel()
	dir, truth := specimen(t)
	content, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	noticed := 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 5))
		bad := append([]byte(nil), content...)
		length := []int{1, 2, 16, 100, 4096, 10_000}[rng.IntN(6)]
		at := rng.IntN(len(bad))
		if seed%5 == 0 {
			at = rng.IntN(200) // the header
		}
		for i := at; i < min(at+length, len(bad)); i++ {
			bad[i] = byte(rng.Uint32())
		}
		if spoilt(t, fmt.Sprintf("seed %d: %d bytes of noise at %d", seed, length, at), bad, truth) {
			noticed++
		}
	}
	t.Logf("noticed %d of 60; the others hit bytes that nothing depends on", noticed)
	if noticed < 25 {
		t.Errorf("only %d of 60 were noticed", noticed)
	}
}

// TestNoiseOnATrustedFile has a disk forget bytes of a file that was closed
// cleanly, so that it is not checked as a whole: mostly in the heads of pages,
// where a tree hides records. It finds all the same that something is missing.
func TestNoiseOnATrustedFile(t *testing.T) {
	t.Parallel()
	dir, truth := specimen(t)
	content, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	const header = 100 // of the file; TestNoise has it
	noticed := 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 9))
		bad := append([]byte(nil), content...)
		at, length := header+rng.IntN(len(bad)-header), []int{1, 2, 16, 100, 4096, 10_000}[rng.IntN(6)]
		if seed%3 != 0 {
			at, length = (1+rng.IntN(len(bad)/4096-1))*4096+rng.IntN(40), 1+rng.IntN(2)
		}
		for i := at; i < min(at+length, len(bad)); i++ {
			bad[i] = byte(rng.Uint32())
		}
		trusted := func(dir string) { checkedAt(t, filepath.Join(dir, fileName), time.Now()) }
		if spoilt(t, fmt.Sprintf("seed %d: %d bytes of noise at %d", seed, length, at), bad, truth, trusted) {
			noticed++
		}
	}
	t.Logf("noticed %d of 60; the others hit bytes that nothing depends on", noticed)
	if noticed < 20 {
		t.Errorf("only %d of 60 were noticed", noticed)
	}
}

// TestForeignFiles holds that a file which is not a ledger is reported as such.
func TestForeignFiles(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other.db")
	db := plainDB(t, other)
	if _, err := db.Exec("CREATE TABLE accounts (a)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	database, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"text":             []byte(strings.Repeat("account_id,action\n", 1000)),
		"zeros":            make([]byte, 8192),
		"another database": database,
	} {
		if !spoilt(t, name, content, everything{}) {
			t.Errorf("%s is taken for a ledger", name)
		}
	}
}

// TestNoiseInTheWriteAheadLog damages what is not in the file yet. SQLite takes
// the rest of it for a commit that a power cut ended: what remains is the first
// part of what happened, and each of its records is right.
func TestNoiseInTheWriteAheadLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := opened(t, dir)
	defer l.Close()
	plan := ordinary(crashRows, planner.OpAdd)
	rec, err := l.Begin(Run{ID: "run"}, plan)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 40; n++ {
		c, answers := tenOf(plan, n)
		if err := errors.Join(rec.Sending(c), rec.Returned(c, answers)); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(l.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 6))
		spoiltLog := append([]byte(nil), log...)
		at := rng.IntN(len(log))
		if seed%2 == 0 {
			spoiltLog = spoiltLog[:at]
		} else {
			for i := at; i < min(at+100, len(log)); i++ {
				spoiltLog[i] = byte(rng.Uint32())
			}
		}
		other := t.TempDir()
		for name, content := range map[string][]byte{fileName: file, fileName + "-wal": spoiltLog} {
			if err := os.WriteFile(filepath.Join(other, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Open(other)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("seed %d: %v", seed, err)
			}
			continue
		}
		s := &said{}
		s.check(t, got, int(seed))
		got.Close()
	}
}

// TestReadWithoutALedger holds that reading creates nothing.
func TestReadWithoutALedger(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if _, err := Read(dir); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), filepath.Join(dir, fileName)) {
		t.Errorf("%v", err)
	}
	if exists(dir) {
		t.Error("Read made the folder")
	}
}
