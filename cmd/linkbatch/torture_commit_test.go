package main

import (
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"modernc.org/sqlite"
)

// dieAt names the variable that tells linkbatch as a child of the torture at
// which commit of its ledger to kill itself: before:N just before the N-th, or
// after:N as soon as others can see it. count:FILE kills nothing and grows FILE
// by a byte a commit.
const dieAt = "TORTURE_DIE_AT"

// armDeath prepares this process to end as dieAt says.
func armDeath() {
	when, arg, ok := strings.Cut(os.Getenv(dieAt), ":")
	if !ok {
		return
	}
	n, _ := strconv.Atoi(arg)
	var commits atomic.Int64
	hook := func(dsn string) int32 {
		switch now := int(commits.Add(1)); {
		case when == "count":
			grow(arg)
		case when == "before" && now == n:
			die()
		case when == "after" && now == n:
			dieOnceSeen(dsn)
		}
		return 0
	}
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, dsn string) error {
		conn.(sqlite.HookRegisterer).RegisterCommitHook(func() int32 { return hook(dsn) })
		return nil
	})
}

// die is SIGKILL to oneself.
func die() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		p.Kill()
	}
	select {}
}

// dieOnceSeen ends the process when another connection sees the commit that is
// about to be made. Of a ledger that is being made aside there must be no other
// connection; a commit takes less than a millisecond.
func dieOnceSeen(dsn string) {
	name, _, _ := strings.Cut(dsn, "?")
	if strings.HasSuffix(name, ".new") {
		time.AfterFunc(time.Millisecond, die)
		return
	}
	db, err := sql.Open("sqlite", name+"?mode=ro")
	if err != nil {
		die()
	}
	db.SetMaxOpenConns(1)
	version := func() (v int) {
		db.QueryRow("PRAGMA data_version").Scan(&v)
		return v
	}
	before := version()
	go func() {
		for end := time.Now().Add(2 * time.Second); version() == before && time.Now().Before(end); {
		}
		die()
	}()
}

// grow appends a byte to a file.
func grow(name string) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := f.Write([]byte{'.'}); err != nil {
		panic(err)
	}
}

// walk makes the cases in which the first process is killed before, and right
// after, each commit of the ledger that it makes when it is left in peace.
func walk(t *testing.T, program string, seed uint64) (cases []*tortureCase) {
	t.Helper()
	small := func() *tortureCase {
		c := newTortureCase(program, seed)
		c.roster, c.attacks, c.faults = c.roster[:20], nil, nil
		return c
	}
	dir := t.TempDir()
	count := dir + "/commits"
	c := small()
	server, err := c.serve(dir + "/case")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	c.attacked(t, server.URL, attack{commit: "count:" + count})
	info, err := os.Stat(count)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= int(info.Size())+2; n++ {
		for _, when := range []string{"before", "after"} {
			c := small()
			c.attacks = []attack{{signal: 9, commit: fmt.Sprintf("%s:%d", when, n)}}
			c.name += " " + c.attacks[0].commit
			cases = append(cases, c)
		}
	}
	return cases
}
