package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	tortureSeeds = flag.Int("torture", 25, "how many seeds TestTorture goes through")
	tortureFrom  = flag.Int("torture-from", 0, "the first of them")
	tortureKeep  = flag.String("torture-keep", "", "keep the folders of failed seeds in this `folder`")
)

// walkEvery is how often a seed is walked besides: its first process is killed
// before and after every commit of the ledger, one after the other.
const walkEvery = 25

// atOnce is how many cases go on at the same time. Their processes wait most of
// the time: a run that goes on with another gives searches ten seconds to catch
// up.
const atOnce = 96

// TestTorture holds the promise of the ledger: whatever ends a process, no
// invitation is sent twice, no row is forgotten, and the reports say what is
// true. A case is a random roster, world, fault schedule and set of modes from
// a seed. linkbatch is a process of its own over real TCP; it is killed with
// SIGKILL at random instants, at requests of its own and at commits of its
// ledger, or interrupted; the roster changes, --fresh and a second process come
// in between; and it is started again until it ends by itself. Then the
// simulator's account of what happened is compared with the report of every run
// in the ledger.
func TestTorture(t *testing.T) {
	t.Parallel()
	program := thisProgram(t)
	var cases []*tortureCase
	for seed := *tortureFrom; seed < *tortureFrom+*tortureSeeds; seed++ {
		cases = append(cases, newTortureCase(program, uint64(seed)))
		if seed%walkEvery == walkEvery-1 || *tortureSeeds == 1 {
			cases = append(cases, walk(t, program, uint64(seed))...)
		}
	}
	tortureAll(t, cases)
	sum := judge(cases)
	t.Logf("torture: seeds=%d cases=%d processes=%d kills=%d lost=%d twice=%d wrong=%d",
		*tortureSeeds, len(cases), sum.processes, sum.kills, len(sum.lost), len(sum.twice), len(sum.wrong))
	for _, story := range sum.stories {
		t.Log(story)
	}
	for _, line := range sum.all() {
		t.Error(line)
	}
	if *tortureSeeds >= 25 && sum.kills < *tortureSeeds {
		t.Errorf("%d processes were killed, fewer than there are seeds", sum.kills)
	}
}

// verdict is what cases found, and how much they did.
type verdict struct {
	lost, twice, wrong []string
	processes, kills   int
	stories            []string // of the cases that found something
}

// judge adds up what cases found.
func judge(cases []*tortureCase) *verdict {
	v := &verdict{}
	for _, c := range cases {
		v.lost = append(v.lost, c.lost...)
		v.twice = append(v.twice, c.twice...)
		v.wrong = append(v.wrong, c.wrong...)
		v.processes += c.processes
		v.kills += c.kills
		if len(c.lost)+len(c.twice)+len(c.wrong) > 0 {
			v.stories = append(v.stories, fmt.Sprintf("%s, which took %v:\n%s", c.name, c.took.Round(time.Second), strings.Join(c.story, "\n")))
		}
	}
	return v
}

func (v *verdict) all() []string { return slices.Concat(v.lost, v.twice, v.wrong) }

// tortureAll runs cases, many at once.
func tortureAll(t *testing.T, cases []*tortureCase) {
	t.Helper()
	dir := t.TempDir()
	var all sync.WaitGroup
	turn := make(chan struct{}, atOnce)
	for i, c := range cases {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			c.run(t, fmt.Sprintf("%s/%d", dir, i))
		})
	}
	all.Wait()
}
