package simtest

import (
	"fmt"
	"time"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
)

// The customers and users of every world made here. The agency user and the
// client user are Super Admins; the client customer owns all accounts.
const (
	AgencyID     simulator.ID = 9100001
	AgencyNumber              = "F100000001"
	ClientID     simulator.ID = 9200001
	ClientNumber              = "F200000001"
	RivalID      simulator.ID = 9300001 // another agency; it has a login only in TwoAgencies
	AgencyUserID simulator.ID = 9100101
	ClientUserID simulator.ID = 9200101
	RivalUserID  simulator.ID = 9300101
	firstAccount              = 1000001
)

// Clock is the time at which every world made here begins.
var Clock = time.Date(2026, time.November, 20, 16, 0, 0, 0, time.UTC)

// AccountID returns the id of account i, from 0.
func AccountID(i int) simulator.ID { return simulator.ID(firstAccount + i) }

// AccountNumber returns the number of account i, from 0: 8 alphanumerics.
func AccountNumber(i int) string { return fmt.Sprintf("X%07d", 1+i) }

// World returns a world of n accounts. Account i has a link with the agency in
// statuses[i % len(statuses)], none where that is empty or when no statuses
// are given. The client pays for all links, and pending ones do not expire for
// weeks.
func World(n int, statuses ...msads.Status) simulator.World {
	w := simulator.World{
		Clock: Clock,
		Customers: []simulator.Customer{
			{ID: AgencyID, Number: AgencyNumber, Name: "Harbour Lane Agency"},
			{ID: ClientID, Number: ClientNumber, Name: "Juniper Trading"},
			{ID: RivalID, Number: "F300000001", Name: "Quarry Street Media"},
		},
		Users: []simulator.User{
			user(AgencyUserID, AgencyID, "agency"),
			user(ClientUserID, ClientID, "client"),
		},
		Accounts: make([]simulator.Account, n),
	}
	for i := range n {
		w.Accounts[i] = simulator.Account{ID: AccountID(i), Number: AccountNumber(i), Name: fmt.Sprintf("Juniper %05d", i), CustomerID: ClientID}
		if len(statuses) == 0 || statuses[i%len(statuses)] == "" {
			continue
		}
		w.Links = append(w.Links, Link(i, statuses[i%len(statuses)]))
	}
	return w
}

// Link returns a link of account i with the agency.
func Link(i int, status msads.Status) simulator.Link {
	return simulator.Link{ClientEntityID: AccountID(i), ManagingCustomerID: AgencyID, Status: status}
}

func user(id, customer simulator.ID, profile string) simulator.User {
	return simulator.User{
		ID: id, UserName: profile + "@example.com", Email: profile + "@example.com", Phone: "555-0100",
		FirstName: "Robin", LastName: "Vale", CustomerID: customer, Profile: profile,
		Roles: []simulator.Role{{CustomerID: customer, RoleID: msads.RoleSuperAdmin}},
	}
}

// TwoAgencies returns a world of n accounts that have each been invited by two
// agencies: the usual one and RivalID, whose login is the profile rival.
func TwoAgencies(n int) simulator.World {
	w := World(n, msads.LinkPending)
	w.Users = append(w.Users, user(RivalUserID, RivalID, "rival"))
	for i := range n {
		w.Links = append(w.Links, simulator.Link{ClientEntityID: AccountID(i), ManagingCustomerID: RivalID, Status: msads.LinkPending})
	}
	return w
}
