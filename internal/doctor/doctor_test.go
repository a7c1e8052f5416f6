package doctor

import (
	"errors"
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
		result  Result
		warning string
	}{
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 41}}, 41, 2, OK, ""},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 100}, {CustomerID: 1, RoleID: 203}, {CustomerID: 1, RoleID: 41}}, 41, 2, OK, ""},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 41}, {CustomerID: 1, RoleID: 203}}, 41, 2, OK, ""},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 100}, {CustomerID: 1, RoleID: 203}, {CustomerID: 2, RoleID: 41}}, 203, 1, Warning, "has the role Standard in customer 1"},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 100}}, 100, 0, Failed, "100 (Viewer)"},
		{[]msads.CustomerRole{{CustomerID: 1, RoleID: 777}}, 777, 0, Warning, "777 (role 777)"},
		{[]msads.CustomerRole{{CustomerID: 2, RoleID: 41}}, 0, 0, Warning, "has no role in customer 1"},
	} {
		who := &session.Identity{Profile: "agency", User: &msads.User{ID: 5, CustomerID: 1, Roles: c.roles}, Customer: 1, Login: &session.Login{}}
		f := role(who)
		if who.Role() != c.role || len(session.LinkTypes(c.role)) != c.types || f.Result != c.result || !strings.Contains(text(f), c.warning) {
			t.Errorf("%v: role %d, %d types, %s: %s", c.roles, who.Role(), len(session.LinkTypes(c.role)), f.Result, f.Detail)
		}
		if (next(f) == "") != (c.result == OK) {
			t.Errorf("%v: next step %q", c.roles, next(f))
		}
	}
}

// TestClockFinding holds the limits of the clock check, both ways.
func TestClockFinding(t *testing.T) {
	for off, want := range map[time.Duration]Result{
		0: OK, 2 * time.Minute: OK, -2 * time.Minute: OK,
		121 * time.Second: Warning, -121 * time.Second: Warning, 5 * time.Minute: Warning,
		301 * time.Second: Failed, -301 * time.Second: Failed,
	} {
		c := clock{answers: 1, off: off}
		if f := c.finding(); f.Result != want || (f.Err != nil) != (want == Failed) || (next(f) == "") != (want == OK) {
			t.Errorf("%v: %+v, want %s", off, f, want)
		}
	}
	if f := new(clock).finding(); f.Result != Skipped {
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
	var found []Finding
	e := examination{o: session.Options{Now: time.Now}, found: func(f Finding) { found = append(found, f) }, clock: newClock(time.Now)}
	if e.reach(t.Context(), "service", server.URL, "--endpoint") {
		t.Error("a certificate that is not valid: reached")
	}
	if err, ok := errors.AsType[*Error](found[0].Err); !ok || err.Cause != Setup || !strings.Contains(err.Next, "TLS is always verified") {
		t.Errorf("a certificate that is not valid: %+v", found[0])
	}
}

// text and next are what a finding says, by itself or by its error.
func text(f Finding) string {
	if f.Err != nil {
		return f.Err.Error()
	}
	return f.Detail
}

func next(f Finding) string {
	if err, ok := errors.AsType[*Error](f.Err); ok {
		return err.Next
	}
	return f.Next
}
