package run

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
	"linkbatch/planner"
)

// manyClients is a world of n accounts that belong to three clients in turn,
// each with a login of its own: client, client-1 and client-2.
func manyClients(n int, statuses ...msads.Status) simulator.World {
	w := simtest.World(n, statuses...)
	for i := 1; i < 3; i++ {
		customer, profile := simtest.ClientID+simulator.ID(i), fmt.Sprintf("client-%d", i)
		w.Customers = append(w.Customers, simulator.Customer{ID: customer, Number: fmt.Sprintf("F20000000%d", i+1), Name: "Client " + profile})
		w.Users = append(w.Users, simulator.User{
			ID: simtest.ClientUserID + simulator.ID(i), UserName: profile + "@example.com", CustomerID: customer, Profile: profile,
			Roles: []simulator.Role{{CustomerID: customer, RoleID: msads.RoleSuperAdmin}},
		})
	}
	for i := range w.Accounts {
		w.Accounts[i].CustomerID = simtest.ClientID + simulator.ID(i%3)
	}
	return w
}

// profileOf is the profile of the client that owns account i.
func profileOf(i int) string {
	return []string{"client", "client-1", "client-2"}[i%3]
}

// manyRig is a rig over manyClients with all its logins.
func manyRig(t *testing.T, w simulator.World, opts simulator.Options) *rig {
	t.Helper()
	sim := simtest.New(t, w, opts)
	client := simtest.Serve(t, sim)
	g := newRig(t, sim, client, simtest.URL, 4)
	for _, profile := range []string{"client-1", "client-2"} {
		g.SignIn(t, msads.NewGate(4, 0, time.Now, nil), client, simtest.URL, profile, "RT-"+profile)
	}
	g.engine.Main = "agency"
	return g
}

// linkKey is how the simulator names the link of account i with an agency.
func linkKey(agency simulator.ID, i int) string {
	return fmt.Sprintf("%s/AccountLink/%s", agency, simtest.AccountID(i))
}

// checkCallers holds that every write was asked for by the login of its step
// and by no other: adds, cancels and unlinks by the agency, the rest by the
// profile that the row of the account names.
func checkCallers(t *testing.T, state simulator.State, profiles map[string]string) {
	t.Helper()
	for link, calls := range state.LinkCallers {
		for op, callers := range calls {
			want := "agency"
			if op == "accept" || op == "decline" {
				want = profiles[link]
			}
			for caller := range callers {
				if caller != want {
					t.Errorf("%s of %s was asked for by %s, want %s", op, link, caller, want)
				}
			}
		}
	}
	for caller, calls := range state.Callers {
		if caller != "agency" && calls["AddClientLinks"] > 0 {
			t.Errorf("%s adds: %v", caller, calls)
		}
	}
	if len(state.Violations) > 0 {
		t.Errorf("violations %v", state.Violations)
	}
}

// TestEveryCallCarriesTheCredentialsOfItsStep applies random rosters over three
// clients, some rows with another client's profile, while replies are lost.
func TestEveryCallCarriesTheCredentialsOfItsStep(t *testing.T) {
	statuses := []msads.Status{"", msads.LinkPending, msads.Active, "", msads.LinkPending, msads.LinkDeclined, msads.LinkInProgress}
	actions := []string{"link", "link", "link", "accept", "accept", "decline", "add", "unlink", "cancel"}
	acts := map[string]int{}
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			g := manyRig(t, manyClients(40, statuses...), simulator.Options{Seed: seed, Faults: simulator.Faults{
				{Operation: "write", Kind: simulator.FaultDropAfter, Rate: 0.2}, {Operation: "write", Kind: simulator.FaultDropBefore, Rate: 0.1}}})
			var rows strings.Builder
			rows.WriteString("account_id,action,bill_to_client,client_profile\n")
			profiles := map[string]string{}
			wrong := map[int]bool{}
			for i := range 40 {
				profile := profileOf(i)
				switch r.IntN(6) {
				case 0:
					profile = ""
				case 1:
					profile, wrong[i] = profileOf(i+1), true
				}
				profiles[linkKey(simtest.AgencyID, i)] = profile
				fmt.Fprintf(&rows, "%s,%s,true,%s\n", simtest.AccountID(i), actions[r.IntN(len(actions))], profile)
			}
			results, err := g.apply(t.Context(), g.Plan(t, rows.String()))
			if err != nil {
				t.Fatal(err)
			}
			checkCallers(t, g.Sim.State(), profiles)
			for _, res := range results {
				if slices.Contains(res.Ops, planner.OpAccept) && res.Outcome == executor.Done {
					acts["accepts"]++
					if wrong[res.Step] {
						t.Errorf("seed %d: another client accepted: %+v", seed, res)
					}
				}
			}
			for caller, calls := range g.Sim.State().Callers {
				acts[caller] += calls["UpdateClientLinks"]
			}
		})
	}
	for _, who := range []string{"accepts", "agency", "client", "client-1", "client-2"} {
		if acts[who] == 0 {
			t.Errorf("the rosters never had %s act: %v", who, acts)
		}
	}
}

// TestExpiredCredentialsOfAClientBlockItsRowsOnly takes a client's grant and
// access token away after the plan was made, and in another run has the service
// refuse its login just when it accepts.
func TestExpiredCredentialsOfAClientBlockItsRowsOnly(t *testing.T) {
	tests := []struct {
		name   string
		revoke bool
		faults simulator.Faults
		reason string
		asked  int // updates of the client whose login is refused
	}{
		{"revoked", true, nil, `added; not accepted: profile "client-1": search client links: SearchClientLinks: not sent: sign-in: invalid_grant`, 0},
		{"refused", false, simulator.Faults{{Operation: "UpdateClientLinks", User: "client-1", Kind: simulator.FaultErrorBefore, Status: 400, Code: 108}},
			`added; not accepted: profile "client-1": UpdateClientLinks: HTTP 400: 108`, 1},
	}
	for _, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			g := manyRig(t, manyClients(60), simulator.Options{Faults: test.faults})
			g.engine.Concurrency = 1
			var rows strings.Builder
			rows.WriteString("account_id,customer_number,action,bill_to_client,client_profile\n")
			for i := range 60 {
				fmt.Fprintf(&rows, "%s,F20000000%d,link,true,%s\n", simtest.AccountID(i), i%3+1, profileOf(i))
			}
			plan := g.Plan(t, rows.String())
			if test.revoke {
				g.door(t, "POST", "revoke", `{"user": "client-1"}`)
				time.Sleep(2 * time.Hour) // until the access tokens are gone too
			}
			r := g.applyAndWait(t.Context(), t, plan, 15*time.Minute)
			for i, res := range r.results {
				switch broken := profileOf(i) == "client-1"; {
				case !broken && (res.Outcome != executor.Done || res.Reason != "linked"):
					t.Errorf("%s: row %d of %s: %+v", test.name, i, profileOf(i), res)
				case broken && (res.Outcome != executor.Blocked || !strings.HasPrefix(res.Reason, test.reason)):
					t.Errorf("%s: row %d of %s: %+v", test.name, i, profileOf(i), res)
				}
			}
			if n := g.Sim.State().Callers["client-1"]["UpdateClientLinks"]; n != test.asked {
				t.Errorf("%s: client-1 updated %d times, want %d", test.name, n, test.asked)
			}
		})
	}
}

// rivalLinks are the links of the other agency as they are.
func rivalLinks(state simulator.State) (out []simulator.Link) {
	for _, l := range state.Links {
		if l.ManagingCustomerID == simtest.RivalID {
			out = append(out, l)
		}
	}
	return out
}

// TestTwoAgenciesInviteTheSameAccounts accepts and declines for the client, in
// an agency's run and with the client's login alone: what the other agency sent
// is never touched, and never answered by guess.
func TestTwoAgenciesInviteTheSameAccounts(t *testing.T) {
	const roster = "account_id,action,client_profile\n1000001,accept,client\n1000002,decline,client\n1000003,link,client\n"
	own := strings.NewReplacer(",client", ",", ",link", ",accept").Replace(strings.SplitN(roster, "\n", 2)[1])
	tests := []struct {
		name, roster string
		main         string
		manager      msads.ID
		updates      int // calls that update
		outcomes     string
	}{
		{"the agency's run", roster, "agency", 0, 2, "map[done:3]"},
		{"the client alone", answers + own, "client", msads.ID(simtest.AgencyID), 2, "map[done:3]"},
		{"the client alone, by guess", answers + own, "client", 0, 0, "map[blocked:3]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := simtest.TwoAgencies(4)
				// the other agency's links come first in an answer
				slices.SortStableFunc(w.Links, func(a, b simulator.Link) int { return int(b.ManagingCustomerID) - int(a.ManagingCustomerID) })
				g := memoryRig(t, w, simulator.Options{})
				g.Planner.Main, g.Planner.ManagingCustomerID = g.Planner.Clients[test.main], test.manager
				before := rivalLinks(g.Sim.State())
				r := g.applyAndWait(t.Context(), t, g.Plan(t, test.roster), 15*time.Minute)
				if got := outcomesOf(r.results); got != test.outcomes {
					t.Errorf("%s: %+v", got, r.results)
				}
				state := g.Sim.State()
				if after := rivalLinks(state); fmt.Sprint(after) != fmt.Sprint(before) || len(after) != 4 {
					t.Errorf("the other agency's links were\n%+v\nand are\n%+v", before, after)
				}
				for link := range state.LinkCallers {
					if !strings.HasPrefix(link, simtest.AgencyID.String()+"/") {
						t.Errorf("somebody called for %s: %v", link, state.LinkCallers[link])
					}
				}
				if n := state.Callers["client"]["UpdateClientLinks"]; n != test.updates || state.Callers["agency"]["UpdateClientLinks"] != 0 {
					t.Errorf("callers %v, want %d updates by the client", state.Callers, test.updates)
				}
				if test.updates > 0 {
					checkStatuses(t, state, msads.Active, msads.LinkDeclined, msads.Active, msads.LinkPending)
				}
			})
		})
	}
}

// answers is the header of a roster that answers invitations.
const answers = "account_id,action,client_profile\n"

// checkStatuses holds the agency's links of the first accounts.
func checkStatuses(t *testing.T, state simulator.State, want ...msads.Status) {
	t.Helper()
	for i, status := range want {
		for _, l := range state.Links {
			if l.ManagingCustomerID == simtest.AgencyID && l.ClientEntityID == simtest.AccountID(i) && l.Status != status {
				t.Errorf("account %s: %s, want %s", l.ClientEntityID, l.Status, status)
			}
		}
	}
}
