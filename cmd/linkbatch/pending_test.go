package main

import (
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/internal/msads"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestPendingInEveryMode: whatever a server leaves out or spells in another
// way, each invitation on three pages is listed once, with its age by the
// server's clock.
func TestPendingInEveryMode(t *testing.T) {
	modes := append([]simulator.Mode{""}, simulator.Modes()...)
	for _, mode := range modes {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := simulator.Options{Now: time.Now}
				if mode != "" {
					opts.Modes = []simulator.Mode{mode}
				}
				const n = 260
				w := simtest.World(n, msads.LinkPending, msads.Active, msads.LinkPending, msads.LinkDeclined)
				for i := range w.Links {
					w.Links[i].LastModifiedDateTime = w.Clock
				}
				g := runtest.Memory(t, w, opts)
				for _, days := range []int{0, 29} {
					got, err := g.Planner.Invitations(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					now := g.Planner.Main.Searcher.(*msads.Client).ServiceTime()
					seen := map[msads.ID]bool{}
					for _, i := range got.Waiting {
						seen[i.Link.ClientEntityID] = true
						if age := now.Sub(i.Invited); age < time.Duration(days)*24*time.Hour || age > time.Duration(days)*24*time.Hour+time.Minute {
							t.Fatalf("%v: age %v after %d days", i.Link.ClientEntityID, age, days)
						}
					}
					if len(seen) != n/2 || len(got.Waiting) != n/2 || got.Unclear != 0 {
						t.Errorf("%d waiting, %d different, %d unclear; want %d", len(got.Waiting), len(seen), got.Unclear, n/2)
					}
					g.Sim.Advance(29 * 24 * time.Hour)
				}
				if got, err := g.Planner.Invitations(t.Context()); err != nil || len(got.Waiting) != 0 {
					t.Errorf("after 58 days: %v %v", got, err)
				}
			})
		})
	}
}
