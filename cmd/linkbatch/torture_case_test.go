package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// tortureCase is one random case, all of it drawn from its seed.
type tortureCase struct {
	name     string
	seed     uint64
	rnd      *rand.Rand
	client   bool // the login is the client's, who accepts and declines
	prune    bool // links that no row names end; the roster stays as it is, and has no contradiction
	world    simulator.World
	modes    []simulator.Mode
	faults   simulator.Faults
	lag      time.Duration
	latency  time.Duration
	roster   []tortureRow
	versions map[string][]tortureRow // rosters by digest
	threads  int                     // --concurrency
	attacks  []attack                // one a process; those after the last are left in peace

	dir, program string
	gate         *gate
	sim          *simulator.Simulator
	done         []deeds        // by process: what its requests were seen to bring about
	runs         []string       // by process: the run that it carried out
	parts        map[string]int // of the runs in the ledger

	mu                 sync.Mutex // of what follows: a second process is looked at by a goroutine of the server
	lost, twice, wrong []string
	story              []string // what happened, for a person
	processes, kills   int
	took               time.Duration
}

// tortureRow is one row of a roster.
type tortureRow struct {
	account int
	byID    bool
	byNum   bool
	action  string
	profile string // of the client, whose login accepts
	edited  bool
}

// attack is what happens to one process, and before it.
type attack struct {
	edit   int // rows of the roster that change before it
	fresh  bool
	copied bool           // the roster has another path
	signal syscall.Signal // SIGKILL ends it at once; 0 leaves it in peace
	after  time.Duration  // the instant, if neither request nor commit is set
	trap   *trap          // the request
	commit string         // the commit: before:N or after:N
	second bool           // another process starts and ends while the request, a write, waits
}

func (a attack) String() string {
	s := "left in peace"
	switch {
	case a.signal == 0:
	case a.commit != "":
		s = "killed at commit " + a.commit
	case a.trap != nil:
		s = fmt.Sprintf("%v at %s", a.signal, a.trap)
	default:
		s = fmt.Sprintf("%v after %v", a.signal, a.after)
	}
	if a.edit > 0 {
		s += fmt.Sprintf(", %d rows changed before", a.edit)
	}
	if a.fresh {
		s += ", --fresh"
	}
	if a.copied {
		s += ", over a copy"
	}
	if a.second {
		s += ", a second process meanwhile"
	}
	return s
}

// newTortureCase draws a case. Every second one is lenient, where a duplicate
// add is counted and not refused, and every second one has searches that lag.
func newTortureCase(program string, seed uint64) *tortureCase {
	r := rand.New(rand.NewPCG(seed, 4))
	c := &tortureCase{
		program: program, name: fmt.Sprintf("seed=%d", seed), seed: seed, rnd: r, client: seed%6 == 5, versions: map[string][]tortureRow{},
		world: randomWorld(r), threads: 1 + r.IntN(6),
		lag: time.Duration(500+r.IntN(5000)) * time.Millisecond, latency: time.Duration(r.IntN(25)) * time.Millisecond,
	}
	c.modes = randomModes(r, seed)
	if !c.has(simulator.Lag) && r.IntN(2) == 0 {
		c.modes = append(c.modes, simulator.Lag)
	}
	if r.IntN(4) > 0 {
		c.faults = tortureFaults(r)
	}
	second, customer := simtest.AgencyUserID, simtest.AgencyID
	if c.client {
		customer = simtest.ClientID
	}
	c.world.Users = append(c.world.Users, simulator.User{
		ID: second + 1, UserName: "second@example.com", CustomerID: customer, Profile: "second",
		Roles: []simulator.Role{{CustomerID: customer, RoleID: msads.RoleSuperAdmin}},
	})
	c.roster = tortureRoster(r, 20+r.IntN(61), c.client)
	if c.prune = seed%4 == 1 && !c.client && !c.has(simulator.AbsentNumbers); c.prune {
		c.roster = once(c.roster)
	}
	for range 1 + r.IntN(3) {
		c.attacks = append(c.attacks, randomAttack(r))
	}
	return c
}

func (c *tortureCase) has(mode simulator.Mode) bool {
	for _, m := range c.modes {
		if m == mode {
			return true
		}
	}
	return false
}

// tortureFaults are those of TestFaults, each a few times at most: what is sent
// again three times takes half a minute.
func tortureFaults(r *rand.Rand) simulator.Faults {
	faults := randomFaults(r)
	for i := range faults {
		if faults[i].Kind == simulator.FaultThrottled {
			faults[i] = simulator.Fault{Kind: simulator.FaultThrottled, Rate: 0.05, RetryAfter: new(int)}
		}
		if faults[i].Body == simulator.BodyAny { // which may ask for a pause of a minute
			bodies := []simulator.FaultBody{simulator.BodyText, simulator.BodyHTML, simulator.BodyEmpty, simulator.BodyCut}
			faults[i].Body = bodies[r.IntN(len(bodies))]
		}
		if faults[i].First == 0 {
			faults[i].First = 1 + r.IntN(4)
		}
	}
	return faults
}

// randomAttack draws how a process ends.
func randomAttack(r *rand.Rand) attack {
	a := attack{signal: syscall.SIGKILL, fresh: r.IntN(10) == 0, copied: r.IntN(6) == 0}
	if r.IntN(5) == 0 {
		a.edit = 1 + r.IntN(3)
	}
	switch r.IntN(8) {
	case 0:
		a.after = time.Duration(r.IntN(1500)) * time.Millisecond
	case 1:
		a.after = time.Duration(r.IntN(8000)) * time.Millisecond
	case 2, 3:
		a.commit = fmt.Sprintf("%s:%d", []string{"before", "after"}[r.IntN(2)], 1+r.IntN(24))
		return a
	default:
		a.trap = &trap{phase: phase(r.IntN(int(phases))), late: time.Duration(r.IntN(1500)) * time.Millisecond}
		if a.trap.writes = r.IntN(3) > 0; a.trap.writes {
			a.trap.n, a.second = 1+r.IntN(6), r.IntN(4) == 0 && a.trap.phase != onReplied // which keeps nobody waiting
		} else {
			a.trap.n = 1 + r.IntN(25)
		}
	}
	if r.IntN(6) == 0 {
		a.signal = []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[r.IntN(2)]
	}
	return a
}

// tortureRoster draws rows. An account that comes twice asks the same both times,
// mostly, in any form: whether two rows mean one account may show only once
// there is a link.
func tortureRoster(r *rand.Rand, n int, client bool) (rows []tortureRow) {
	actions := []string{"link", "link", "add", "add", "", "unlink", "cancel", "keep", "accept", "decline"}
	if client {
		actions = []string{"accept", "accept", "accept", "decline", "keep"}
	}
	order := r.Perm(accounts)
	for i := range n {
		row := tortureRow{account: order[i], action: actions[r.IntN(len(actions))]}
		if !client && r.IntN(4) == 0 {
			row.profile = "client"
		}
		if i > 0 && r.IntN(12) == 0 {
			row = rows[r.IntN(i)]
			if r.IntN(4) == 0 {
				row.action = actions[r.IntN(len(actions))]
			}
		}
		form := r.IntN(4)
		row.byID, row.byNum = form > 0 || client, form == 0 || form == 3
		rows = append(rows, row)
	}
	return rows
}

// once leaves the first row of each account.
func once(rows []tortureRow) (kept []tortureRow) {
	for _, row := range rows {
		if !slices.ContainsFunc(kept, func(k tortureRow) bool { return k.account == row.account }) {
			kept = append(kept, row)
		}
	}
	return kept
}

// change edits the roster: a row is added, removed or asks for something else.
// The action of an account changes once at most, so that an op can be right
// once at most.
func (c *tortureCase) change() {
	r := c.rnd
	switch i := r.IntN(len(c.roster)); r.IntN(3) {
	case 0:
		if len(c.roster) > 5 {
			c.roster = append(append([]tortureRow{}, c.roster[:i]...), c.roster[i+1:]...)
		}
	case 1:
		for _, row := range tortureRoster(r, 1, c.client) {
			if c.named(row.account) == 0 {
				row.edited = true
				c.roster = append(c.roster, row)
			}
		}
	default:
		row := c.roster[i]
		if c.named(row.account) == 1 && !row.edited {
			next := map[string]string{"link": "unlink", "add": "cancel", "": "keep", "unlink": "keep", "cancel": "keep", "keep": "add", "accept": "keep", "decline": "keep"}[row.action]
			if c.client && next == "add" {
				next = "accept"
			}
			row.action, row.edited = next, true
			c.roster = append([]tortureRow{}, c.roster...)
			c.roster[i] = row
		}
	}
}

// named counts the rows of any version of the roster that name an account.
func (c *tortureCase) named(account int) (n int) {
	for _, row := range c.roster {
		if row.account == account {
			n++
		}
	}
	for _, rows := range c.versions {
		here := 0
		for _, row := range rows {
			if row.account == account {
				here++
			}
		}
		n = max(n, here)
	}
	return n
}

var tortureHeader = []string{"account_id", "account_number", "customer_number", "managing_customer_id", "action", "bill_to_client", "client_profile", "remark"}

// cells are the cells of a row.
func (row tortureRow) cells(i int) []string {
	out := []string{"", "", simtest.ClientNumber, simtest.AgencyID.String(), row.action, "true", row.profile, "r" + strconv.Itoa(i)}
	if row.byID {
		out[0] = simtest.AccountID(row.account).String()
	}
	if row.byNum {
		out[1] = simtest.AccountNumber(row.account)
	}
	return out
}

// csv renders the roster as it is now and keeps it by its digest.
func (c *tortureCase) csv() (text, digest string) {
	var b strings.Builder
	b.WriteString(strings.Join(tortureHeader, ",") + "\n")
	for i, row := range c.roster {
		b.WriteString(strings.Join(row.cells(i), ",") + "\n")
	}
	sum := sha256.Sum256([]byte(b.String()))
	digest = "sha256:" + hex.EncodeToString(sum[:])
	c.versions[digest] = c.roster
	return b.String(), digest
}
