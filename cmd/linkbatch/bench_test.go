package main

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// The benchmarks measure budgets against the simulator over real sockets, as
// ratios within one run. Run them once each:
//
//	go test ./cmd/linkbatch -run '^$' -bench . -benchtime 1x

const latency = 100 * time.Millisecond

// served is a rig over a simulator on a loopback port.
func served(b *testing.B, w simulator.World, concurrency int) *runtest.Rig {
	b.Helper()
	sim := simtest.New(b, w, simulator.Options{Latency: latency})
	server := httptest.NewServer(sim)
	b.Cleanup(server.Close)
	return runtest.New(b, sim, nil, server.URL, concurrency)
}

// addRoster is n rows that add accounts by id.
func addRoster(n int) string {
	var rows strings.Builder
	rows.WriteString("account_id,customer_number,action,bill_to_client\n")
	for i := range n {
		fmt.Fprintf(&rows, "%s,%s,add,true\n", simtest.AccountID(i), simtest.ClientNumber)
	}
	return rows.String()
}

// BenchmarkWritePhase sends 1,000 adds, 8 calls at once. ideal-ratio is its
// time over ⌈100 calls/8⌉ × 100 ms (budget: at most 1.05); single-ratio is the
// time of one link per call in sequence, over it (budget: at least 70). The
// slow way is run over 50 links and extrapolated to 1,000.
func BenchmarkWritePhase(b *testing.B) {
	const rows, concurrency, sample = 1000, 8, 50
	for b.Loop() {
		g := served(b, simtest.World(rows), concurrency)
		plan := g.Plan(b, addRoster(rows))
		begin := time.Now()
		sendAll(b, g, runtest.Forgetful{}, plan.Steps)
		took := time.Since(begin)

		slow := served(b, simtest.World(rows), 1)
		steps := slow.Plan(b, addRoster(sample)).Steps
		begin = time.Now()
		for i := range steps {
			sendAll(b, slow, runtest.Forgetful{}, steps[i:i+1])
		}
		single := time.Since(begin) * rows / sample

		calls := rows / msads.MaxLinksPerCall
		ideal := time.Duration((calls+concurrency-1)/concurrency) * latency
		b.ReportMetric(took.Seconds(), "write-s")
		b.ReportMetric(took.Seconds()/ideal.Seconds(), "ideal-ratio")
		b.ReportMetric(single.Seconds()/took.Seconds(), "single-ratio")
	}
}

// BenchmarkLedger sends 1,000 adds, 8 calls at once, with the calls recorded in
// a ledger and with a journal in memory, in turns. ledger-ratio is the shortest
// time of the first over that of the second (budget: at most 1.03).
func BenchmarkLedger(b *testing.B) {
	const rows, concurrency, turns = 1000, 8, 3
	write := func(recorded bool) time.Duration {
		g := served(b, simtest.World(rows), concurrency)
		plan := g.Plan(b, addRoster(rows))
		journal := executor.Journal(runtest.Forgetful{})
		if recorded {
			journal = newRecorder(b, plan)
		}
		begin := time.Now()
		sendAll(b, g, journal, plan.Steps)
		return time.Since(begin)
	}
	for b.Loop() {
		with, without := write(true), write(false)
		for range turns - 1 {
			with, without = min(with, write(true)), min(without, write(false))
		}
		b.ReportMetric(with.Seconds(), "write-s")
		b.ReportMetric(with.Seconds()/without.Seconds(), "ledger-ratio")
	}
}

// newRecorder is that of a new run in a ledger of its own.
func newRecorder(b *testing.B, plan *planner.Plan) *ledger.Recorder {
	b.Helper()
	l, err := ledger.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	recorder, err := l.Begin(ledger.Run{ID: "bench"}, plan)
	if err != nil {
		b.Fatal(err)
	}
	return recorder
}

// sendAll executes steps and wants all of them done.
func sendAll(b *testing.B, g *runtest.Rig, journal executor.Journal, steps []planner.Step) {
	b.Helper()
	todo := make([]*planner.Step, len(steps))
	for i := range steps {
		todo[i] = &steps[i]
	}
	done := 0
	exec := &executor.Executor{Linkers: g.Linkers, Journal: journal, Concurrency: g.Concurrency, Now: time.Now}
	err := exec.Run(b.Context(), todo, func(answers []executor.Answer) error {
		if answers[0].Outcome == executor.Done {
			done++
		}
		return nil
	})
	if err != nil || done != len(steps) {
		b.Fatalf("%d of %d done: %v", done, len(steps), err)
	}
}

// BenchmarkWholeRun applies 1,000 rows, 8 calls at once, from search to
// status_after. sample-ratio is the time of the official sample's way (search,
// add, search for each row, in sequence) over it (budget: at least 100); that
// way is run over 50 rows and extrapolated to 1,000.
func BenchmarkWholeRun(b *testing.B) {
	const rows, concurrency, sample = 1000, 8, 50
	for b.Loop() {
		g := served(b, simtest.World(rows), concurrency)
		begin := time.Now()
		results, err := apply(b.Context(), g, g.Plan(b, addRoster(rows)))
		took := time.Since(begin)
		if err != nil || len(results) != rows {
			b.Fatalf("%d results: %v", len(results), err)
		}

		slow := served(b, simtest.World(rows), 1)
		begin = time.Now()
		for i := range sample {
			sampleWay(b, slow, simtest.AccountID(i).String())
		}
		theirs := time.Since(begin) * rows / sample
		b.ReportMetric(took.Seconds(), "run-s")
		b.ReportMetric(theirs.Seconds()/took.Seconds(), "sample-ratio")
	}
}

// sampleWay does for one account what the official ClientLinks sample does.
func sampleWay(b *testing.B, g *runtest.Rig, account string) {
	b.Helper()
	client := g.Linkers["agency"].(*msads.Client)
	search := msads.Search{Predicates: []msads.Predicate{{Field: "ClientAccountId", Operator: "In", Value: account}}, Size: msads.MaxPageSize}
	if links, err := client.SearchClientLinks(b.Context(), search); err != nil || len(links) != 0 {
		b.Fatalf("%d links: %v", len(links), err)
	}
	id, err := msads.ParseID(account)
	if err != nil {
		b.Fatal(err)
	}
	link := msads.ClientLink{ClientEntityID: id, ManagingCustomerID: msads.ID(simtest.AgencyID), IsBillToClient: new(true), ClientEntityCustomerNumber: simtest.ClientNumber}
	if reply, err := client.AddClientLinks(b.Context(), []msads.ClientLink{link}); err != nil || len(reply.PartialErrors[0]) > 0 {
		b.Fatalf("%+v: %v", reply, err)
	}
	if links, err := client.SearchClientLinks(b.Context(), search); err != nil || len(links) != 1 {
		b.Fatalf("%d links: %v", len(links), err)
	}
}

// BenchmarkPlanningCalls counts the searches of planning n rows by id for an
// agency of m links, half of the rows among them where there are enough. It
// reports them beside the fewest possible: ⌈n/10⌉ by id or ⌊m/100⌋+1 by list
// (budget: at most 2 × as many).
func BenchmarkPlanningCalls(b *testing.B) {
	for _, rows := range []int{10, 1000, 10_000} {
		for _, links := range []int{0, 1000, 10_000} {
			b.Run(fmt.Sprintf("rows=%d/links=%d", rows, links), func(b *testing.B) {
				world := linkedWorld(rows, links)
				for b.Loop() {
					sim := simtest.New(b, world, simulator.Options{})
					server := httptest.NewServer(sim)
					g := runtest.New(b, sim, nil, server.URL, 4)
					g.Plan(b, addRoster(rows))
					server.Close()
					calls, best := sim.State().Calls[simulator.SearchClientLinks], min((rows+9)/10, links/100+1)
					b.ReportMetric(float64(calls), "calls")
					b.ReportMetric(float64(best), "fewest")
					b.ReportMetric(float64(calls)/float64(best), "ratio")
				}
			})
		}
	}
}

// linkedWorld has links links; every second row of a roster of rows has one,
// as far as they go, and the others belong to accounts beyond the roster.
func linkedWorld(rows, links int) simulator.World {
	w := simtest.World(rows + links)
	for i := range links {
		account := rows + i
		if 2*i < rows {
			account = 2 * i
		}
		w.Links = append(w.Links, simtest.Link(account, msads.Active))
	}
	return w
}

// BenchmarkNightWithNothingToDo plans 10,000 rows that are all linked, as cron
// does every night: calls counts token and GetUser of the agency too (budget:
// 103 with the length of the list unknown, 102 known).
func BenchmarkNightWithNothingToDo(b *testing.B) {
	const rows = 10_000
	world := simtest.World(rows, msads.Active)
	for _, known := range []int{0, rows} {
		b.Run(fmt.Sprintf("known=%v", known > 0), func(b *testing.B) {
			for b.Loop() {
				sim := simtest.New(b, world, simulator.Options{})
				server := httptest.NewServer(sim)
				g := runtest.New(b, sim, nil, server.URL, 4)
				g.Planner.KnownLinks = known
				begin := time.Now()
				plan := g.Plan(b, addRoster(rows))
				results, err := apply(b.Context(), g, plan)
				took := time.Since(begin)
				server.Close()
				if err != nil {
					b.Fatal(err)
				}
				for i := range results {
					if results[i].Outcome != executor.Unchanged {
						b.Fatalf("row %d: %+v", i, results[i])
					}
				}
				calls := 0
				for _, n := range sim.State().Callers["agency"] {
					calls += n
				}
				b.ReportMetric(float64(calls), "calls")
				b.ReportMetric(took.Seconds(), "plan-s")
			}
		})
	}
}
