package report

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/internal/run/runtest"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// TestLinksGolden pins the roster of a list with one of every kind.
func TestLinksGolden(t *testing.T) {
	list := &Links{AsOf: pendingDay}
	for _, i := range samplePending().Waiting {
		list.Rows = append(list.Rows, planner.Listed{Link: i.Link, Action: ingest.Link, Expires: i.Expires})
	}
	gone := accountLink(1000009, "X0000009", "Elm Press", "F200000001")
	gone.Status, gone.LastModifiedDateTime, gone.StartDate = msads.Inactive, pendingDay.AddDate(0, -1, 0), pendingDay.AddDate(-1, 0, 0)
	list.Rows = append(list.Rows, planner.Listed{Link: gone, Action: ingest.Keep})
	got := write(t, func(b *bytes.Buffer) error { return list.Roster().CSV(b) })
	golden(t, "links.csv", []byte(got))
}

// TestRosterWritable: what could not be written is refused before any search.
func TestRosterWritable(t *testing.T) {
	dir := t.TempDir()
	for name, ok := range map[string]bool{
		"now.csv": true, "NOW.XLSX": true, "now.jsonl": false, "now": false, "none/now.csv": false, ".": false,
	} {
		if err := RosterWritable(filepath.Join(dir, filepath.FromSlash(name))); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLinksAreARosterThatChangesNothing exports random worlds in random modes of
// the service, and plans what was exported: no row is invalid, blocked or in need
// of a call, and there is one for each link of the agency.
func TestLinksAreARosterThatChangesNothing(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		world, ours := randomLinks(r)
		var modes []simulator.Mode
		for _, m := range []simulator.Mode{simulator.AbsentMembers, simulator.AbsentNumbers, simulator.NumericIDs, simulator.UnknownMembers, simulator.OnePredicate, simulator.CustomerNumberRequired} {
			if r.IntN(4) == 0 {
				modes = append(modes, m)
			}
		}
		name := fmt.Sprintf("seed %d, modes %v", seed, modes)
		sim := simtest.New(t, world, simulator.Options{Modes: modes, Now: func() time.Time { return world.Clock }})
		rig := runtest.New(t, sim, simtest.Serve(t, sim), simtest.URL, 4)
		list, err := rig.Planner.Links(t.Context(), nil)
		if err != nil || list.Unclear > 0 {
			t.Fatalf("%s: %d unclear, %v", name, list.Unclear, err)
		}
		if len(list.All) != ours {
			t.Errorf("%s: %d rows for %d links", name, len(list.All), ours)
		}
		file := filepath.Join(t.TempDir(), []string{"now.csv", "now.xlsx"}[seed%2])
		if err := (&Links{AsOf: world.Clock, Rows: list.All}).Roster().File(file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkNoOp(t, name, rig, file, world.Clock, list.All)
		if calls := sim.State().Calls; calls[simulator.AddClientLinks]+calls[simulator.UpdateClientLinks] > 0 {
			t.Errorf("%s: something was written", name)
		}
	}
}

// checkNoOp plans an exported file, and compares what its rows say with the list.
func checkNoOp(t *testing.T, name string, rig *runtest.Rig, file string, now time.Time, list []planner.Listed) {
	t.Helper()
	roster, err := ingest.Open(file, nil, ingest.Options{TempDir: t.TempDir(), Now: func() time.Time { return now }})
	if err != nil {
		if len(list) == 0 {
			return // a header alone has no row to plan
		}
		t.Fatalf("%s: %v", name, err)
	}
	defer roster.Close()
	rig.Planner.Now = now
	plan, err := rig.Planner.Plan(t.Context(), roster.Rows())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(plan.Steps) != len(list) {
		t.Fatalf("%s: %d rows read, %d written", name, len(plan.Steps), len(list))
	}
	for i := range plan.Steps {
		s, l := &plan.Steps[i], &list[i].Link
		// Where the service gives no numbers, accounts that were made one after another
		// may look like slips of each other, which is a warning.
		if s.Op != planner.OpNone || s.SameAs >= 0 || len(s.Warnings) > 0 && l.ClientEntityNumber != "" {
			t.Errorf("%s: row %d, %s %s: %s: %s %q", name, s.Row.Number, l.Type, l.Status, s.Op, s.Reason, s.Warnings)
		}
		if s.Row.AccountID != int64(l.ClientEntityID) || s.Row.Action != list[i].Action || s.Before.Status != l.Status || !same(s.Row.BillToClient, l.IsBillToClient) {
			t.Errorf("%s: row %d: %+v was written from %+v", name, s.Row.Number, s.Row, l)
		}
	}
}

func same(a, b *bool) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// randomLinks is a world, and how many of its links are the agency's.
func randomLinks(r *rand.Rand) (w simulator.World, ours int) {
	w = simtest.World(r.IntN(40))
	names := []string{"", "=SUM(A1)", "Ärzte am Markt", "# 1 Pizza", "  two\tblanks ", "'quoted'", "株式会社さくら", "Total: 3", `"Möbel", GmbH`}
	for i := range w.Accounts {
		if n := r.IntN(2 * len(names)); n < len(names) {
			w.Accounts[i].Name = names[n]
		}
	}
	add := func(l simulator.Link) {
		statuses := msads.Statuses()
		l.Status = statuses[r.IntN(len(statuses))]
		l.LastModifiedDateTime = w.Clock.Add(-time.Duration(r.IntN(25*24)) * time.Hour)
		switch r.IntN(3) {
		case 0:
			l.StartDate = w.Clock.Add(time.Duration(r.IntN(2000)) * time.Hour)
		case 1:
			l.StartDate = w.Clock.Add(-time.Duration(r.IntN(20000)) * time.Hour)
		}
		if l.ManagingCustomerID == simtest.AgencyID {
			ours++
		}
		w.Links = append(w.Links, l)
	}
	for i := range w.Accounts {
		for _, by := range []simulator.ID{simtest.AgencyID, simtest.RivalID} {
			if r.IntN(2) == 0 {
				continue
			}
			l := simulator.Link{ClientEntityID: simtest.AccountID(i), ManagingCustomerID: by}
			if r.IntN(2) == 0 {
				l.IsBillToClient = new(r.IntN(2) == 0)
			}
			if r.IntN(2) == 0 {
				l.ClientEntityCustomerNumber = simtest.ClientNumber
			}
			add(l)
		}
	}
	for i := range r.IntN(6) {
		c := simulator.Customer{ID: simulator.ID(9400001 + i), Number: fmt.Sprintf("C%09d", i), Name: names[r.IntN(len(names))]}
		w.Customers = append(w.Customers, c)
		add(simulator.Link{
			Type: msads.CustomerLink, ClientEntityID: c.ID, ManagingCustomerID: simtest.AgencyID,
			CustomerLinkPermission: []string{"Administrative", "Standard"}[r.IntN(2)],
		})
	}
	return w, ours
}

// TestLinksOfManyRows: the workbook of a long list is read back whole.
func TestLinksOfManyRows(t *testing.T) {
	list := &Links{AsOf: pendingDay}
	for i := range 5000 {
		l := accountLink(msads.ID(1000001+i), fmt.Sprintf("X%07d", i), "Juniper", "")
		l.Status = msads.Active
		list.Rows = append(list.Rows, planner.Listed{Link: l, Action: ingest.Link})
	}
	file := filepath.Join(t.TempDir(), "now.xlsx")
	if err := list.Roster().File(file); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 1 {
		t.Errorf("%v %v", entries, err)
	}
	roster, err := ingest.Open(file, io.Reader(nil), ingest.Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer roster.Close()
	var ids []int64
	for row, err := range roster.Rows() {
		if err != nil || row.Invalid() {
			t.Fatalf("%+v %v", row, err)
		}
		ids = append(ids, row.AccountID)
	}
	if len(ids) != 5000 || !slices.IsSorted(ids) {
		t.Errorf("%d rows", len(ids))
	}
}
