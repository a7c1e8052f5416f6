package simtest_test

import (
	"bytes"
	"testing"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestWorldIsTheSameEachTime: byte for byte, with the links that were asked for.
func TestWorldIsTheSameEachTime(t *testing.T) {
	build := func() simulator.World { return simtest.World(7, msads.Active, "", msads.LinkPending) }
	if !bytes.Equal(build().JSON(), build().JSON()) {
		t.Error("two worlds differ")
	}
	s := simtest.New(t, build(), simulator.Options{})
	var got []msads.Status
	for _, l := range s.State().Links {
		got = append(got, l.Status)
		if l.ClientEntityNumber == "" || l.ManagingCustomerID != simtest.AgencyID || l.IsBillToClient == nil || !*l.IsBillToClient {
			t.Errorf("link %+v", l)
		}
	}
	want := []msads.Status{msads.Active, msads.LinkPending, msads.Active, msads.LinkPending, msads.Active}
	if len(got) != len(want) || got[1] != want[1] || got[4] != want[4] {
		t.Errorf("statuses %v, want %v", got, want)
	}
	if n := simtest.AccountNumber(99999); len(n) != 8 {
		t.Errorf("account number %q", n)
	}
}

// TestServeDropsConnections: a handler that aborts is seen as a lost reply,
// and the next request goes through on a new connection.
func TestServeDropsConnections(t *testing.T) {
	s := simtest.New(t, simtest.World(0), simulator.Options{Faults: simulator.Faults{{Operation: simulator.Token, Kind: simulator.FaultDropBefore, First: 1}}})
	c := simtest.Serve(t, s)
	if resp, err := c.Post(simtest.TokenURL, "application/x-www-form-urlencoded", nil); err == nil {
		t.Errorf("a dropped reply came: %s", resp.Status)
	}
	resp, err := c.Post(simtest.TokenURL, "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Errorf("status %s", resp.Status)
	}
	if n := s.State().Calls[simulator.Token]; n != 2 {
		t.Errorf("the server saw %d requests, want 2", n)
	}
}
