package main

import (
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"linkbatch/internal/msads"
	"linkbatch/internal/session"
)

// TestRole holds that the best role for links counts, in the customer that is
// acted for and in no other, and who is warned of what.
func TestRole(t *testing.T) {
	for _, c := range []struct {
		roles   []msads.CustomerRole
		role    int
		types   int
		result  string
		warning string
	}{
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 41}}, 41, 2, checkOK, ""},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 100}, {CustomerID: 1, RoleID: 203}, {CustomerID: 1, RoleID: 41}}, 41, 2, checkOK, ""},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 41}, {CustomerID: 1, RoleID: 203}}, 41, 2, checkOK, ""},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 100}, {CustomerID: 1, RoleID: 203}, {CustomerID: 2, RoleID: 41}}, 203, 1, checkWarning, "has the role Standard in customer 1"},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 100}}, 100, 0, checkFailed, "100 (Viewer)"},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 777}}, 777, 0, checkWarning, "777 (role 777)"},
		{[]msads.CustomerRole{{CustomerID: 2, RoleID: 41}}, 0, 0, checkWarning, "has no role in customer 1"},
	} {
		who := &session.Identity{Profile: "agency", User: &msads.User{ID: 5, CustomerID: 1, Roles: c.roles}, Customer: 1, Login: &session.Login{}}
		f := roleFinding(who)
		if who.Role() != c.role || len(session.LinkTypes(c.role)) != c.types || f.Result != c.result || !strings.Contains(f.Detail, c.warning) {
			t.Errorf("%v: role %d, %d types, %s: %s", c.roles, who.Role(), len(session.LinkTypes(c.role)), f.Result, f.Detail)
		}
		if (f.Next == nil) != (c.result == checkOK) {
			t.Errorf("%v: next step %v", c.roles, f.Next)
		}
	}
}

// TestClockFinding holds the limits of the clock check, both ways.
func TestClockFinding(t *testing.T) {
	for off, want := range map[time.Duration]string{
		0: checkOK, 2 * time.Minute: checkOK, -2 * time.Minute: checkOK,
		121 * time.Second: checkWarning, -121 * time.Second: checkWarning, 5 * time.Minute: checkWarning,
		301 * time.Second: checkFailed, -301 * time.Second: checkFailed,
	} {
		c := clockCheck{answers: 1, off: off}
		if f := c.finding(); f.Result != want || (f.code == exitConfig) != (want == checkFailed) || (f.Next == nil) != (want == checkOK) {
			t.Errorf("%v: %+v, want %s", off, f, want)
		}
	}
	if f := new(clockCheck).finding(); f.Result != checkSkipped {
		t.Errorf("without an answer: %+v", f)
	}
}

// TestDoctorWantsTLS holds that a server whose certificate nobody vouches for
// is a matter of the set-up and not of trying later.
func TestDoctorWantsTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	d := doctor{serviceFlags: serviceFlags{app: newApp(nil, io.Discard, io.Discard)}, clock: newClockCheck()}
	if d.reach(t.Context(), "service", server.URL, "--endpoint") {
		t.Error("a certificate that is not valid: reached")
	}
	if f := d.findings[0]; f.code != exitConfig || f.Next == nil || !strings.Contains(*f.Next, "TLS is always verified") {
		t.Errorf("a certificate that is not valid: %+v", f)
	}
	if err := d.ending(); diagnose(err).code != exitConfig {
		t.Errorf("ends with %v", err)
	}
}

// TestWorstOfDoctor holds which exit code several failures have.
func TestWorstOfDoctor(t *testing.T) {
	for _, c := range []struct {
		codes []int
		want  int
	}{{[]int{0, 0}, 0}, {[]int{0, 75}, 75}, {[]int{75, 4, 0}, 4}, {[]int{4, 75, 78}, 78}} {
		var d doctor
		for _, code := range c.codes {
			d.found(finding{Result: checkFailed, code: code})
		}
		got := 0
		if err := d.ending(); err != nil {
			got = diagnose(err).code
		}
		if got != c.want {
			t.Errorf("%v: %d, want %d", c.codes, got, c.want)
		}
	}
}
