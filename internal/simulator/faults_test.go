package simulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// TestFaultKinds: what a client sees of each kind, and whether the write was
// done.
func TestFaultKinds(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   simulator.Fault
		status  int // 0: no whole reply
		text    string
		applied int // of two links
	}{
		{"117", simulator.Fault{Kind: "117"}, 429, `"Code":117`, 0},
		{"117 on 500", simulator.Fault{Kind: "117", Status: 500}, 500, `"CallRateExceeded"`, 0},
		{"429", simulator.Fault{Kind: "429", RetryAfter: new(0)}, 429, "Too Many", 0},
		{"expired", simulator.Fault{Kind: simulator.FaultExpired}, 401, `"Code":109`, 0},
		{"expired on 500", simulator.Fault{Kind: simulator.FaultExpired, Status: 500}, 500, `"Code":109`, 0},
		{"error before", simulator.Fault{Kind: simulator.FaultErrorBefore, Status: 503, Body: simulator.BodyText}, 503, "unavailable", 0},
		{"drop before", simulator.Fault{Kind: simulator.FaultDropBefore}, 0, "", 0},
		{"drop after", simulator.Fault{Kind: simulator.FaultDropAfter}, 0, "", 2},
		{"cut", simulator.Fault{Kind: simulator.FaultCut}, 0, "", 2},
		{"short", simulator.Fault{Kind: simulator.FaultShort}, 200, `"PartialErrors":[null]`, 2},
		{"long", simulator.Fault{Kind: simulator.FaultLong}, 200, `"PartialErrors":[null,null,null]`, 2},
		{"flat", simulator.Fault{Kind: simulator.FaultFlat}, 200, `"PartialErrors":[null,null]`, 2},
		{"garbled", simulator.Fault{Kind: simulator.FaultGarbled}, 200, `"PartialErrors":{"0":"x"}`, 2},
		{"partial code", simulator.Fault{Kind: simulator.FaultPartialCode, Code: 2208}, 200, `"Code":2208`, 1},
		{"partial code, applied", simulator.Fault{Kind: simulator.FaultPartialCode, Code: 833, Committed: true}, 200, `"Code":833`, 2},
		{"stale", simulator.Fault{Kind: simulator.FaultStale}, 200, `"Code":209`, 1},
		{"operation errors", simulator.Fault{Kind: simulator.FaultOpErrors, Code: 1001}, 200, `"OperationErrors":[{"Code":1001`, 0},
		{"fault in 200", simulator.Fault{Kind: simulator.FaultFaultIn200, Code: 106}, 200, `"Type":"ApiFault"`, 0},
		{"ad api", simulator.Fault{Kind: simulator.FaultErrorAfter, Code: 117}, 500, `"Code":117`, 2},
		{"api", simulator.Fault{Kind: simulator.FaultErrorAfter, Code: 1471, Body: simulator.BodyAPIFault}, 500, `"Type":"ApiFault"`, 2},
		{"batch", simulator.Fault{Kind: simulator.FaultErrorAfter, Body: simulator.BodyBatchFault}, 500, `"BatchErrors":[]`, 2},
		{"wrapped", simulator.Fault{Kind: simulator.FaultErrorAfter, Body: simulator.BodyWrapped}, 500, `{"ApplicationFault":{`, 2},
		{"text", simulator.Fault{Kind: simulator.FaultErrorAfter, Body: simulator.BodyText}, 500, "unavailable", 2},
		{"html", simulator.Fault{Kind: simulator.FaultErrorAfter, Body: simulator.BodyHTML, Status: 502}, 502, "<html>", 2},
		{"empty", simulator.Fault{Kind: simulator.FaultErrorAfter, Body: simulator.BodyEmpty}, 500, "", 2},
		{"success on 500", simulator.Fault{Kind: simulator.FaultErrorAfter, Body: simulator.BodySuccess}, 500, `"PartialErrors":[null,null]`, 2},
		{"cut JSON", simulator.Fault{Kind: simulator.FaultErrorAfter, Body: simulator.BodyCut}, 500, `"Code":`, 2},
		{"any", simulator.Fault{Kind: simulator.FaultErrorAfter, Body: simulator.BodyAny}, 500, "", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.fault.Operation, c.fault.First = simulator.AddClientLinks, 1
			s, agency, _ := serve(t, simtest.World(2), simulator.Options{Seed: 4, Faults: simulator.Faults{c.fault}})
			a := agency.add(newLink(0, ""), newLink(1, ""))
			switch {
			case c.status == 0 && a.err == nil:
				t.Errorf("a whole reply: %d %s", a.status, a.body)
			case c.status != 0 && (a.status != c.status || !strings.Contains(string(a.body), c.text)):
				t.Errorf("%d %s %v, want %d and %s", a.status, a.body, a.err, c.status, c.text)
			}
			if c.fault.RetryAfter != nil && a.header.Get("Retry-After") != "0" {
				t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
			}
			st := s.State()
			if st.Invitations != c.applied || st.Faults[string(c.fault.Kind)] != 1 {
				t.Errorf("%d applied, want %d; faults %v", st.Invitations, c.applied, st.Faults)
			}
			if a := agency.search(byAccount(0)); a.status != 200 {
				t.Errorf("the next call: %d", a.status)
			}
		})
	}
}

// TestFaultShapesKeepErrors: what was refused is still reported in a misshaped
// PartialErrors, and a single link never reads as well.
func TestFaultShapesKeepErrors(t *testing.T) {
	for kind, want := range map[simulator.FaultKind]string{
		simulator.FaultFlat: `"PartialErrors":[null,{"Code":1410`, simulator.FaultLong: `"PartialErrors":[null,[{"Code":1410`,
	} {
		_, agency, _ := serve(t, simtest.World(2, "", msads.Active), simulator.Options{Faults: simulator.Faults{{Kind: kind}}})
		if a := agency.add(newLink(0, ""), newLink(1, "")); !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %s", kind, a.body)
		}
	}
	_, agency, _ := serve(t, simtest.World(1), simulator.Options{Faults: simulator.Faults{{Kind: simulator.FaultShort}}})
	if a := agency.add(newLink(0, "")); !strings.Contains(string(a.body), `"PartialErrors":[null,null]`) {
		t.Errorf("one link: %s", a.body)
	}
}

// TestFaultsOfTokens: the token endpoint fails in its own language.
func TestFaultsOfTokens(t *testing.T) {
	s := simtest.New(t, simtest.World(0), simulator.Options{Faults: simulator.Faults{
		{Operation: simulator.Token, Kind: simulator.FaultExpired, First: 1},
		{Operation: simulator.Token, Kind: simulator.FaultErrorBefore, Status: 503, Body: simulator.BodyHTML, First: 1},
		{Kind: simulator.FaultDropBefore},
	}})
	c := caller{t: t, http: simtest.Serve(t, s), base: simtest.URL, dev: simulator.DeveloperToken}
	for _, want := range []int{400, 503, 200} {
		if got, _ := c.status("RT-agency"); got != want {
			t.Errorf("token: %d, want %d", got, want)
		}
	}
}

func (c caller) status(refresh string) (int, string) {
	resp, err := c.http.Post(c.base+"/common/oauth2/v2.0/token", "application/x-www-form-urlencoded",
		strings.NewReader("client_id=simulator&grant_type=refresh_token&refresh_token="+refresh))
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

// TestFaultsFollowTheSeed: one seed strikes the same contents whatever their
// order; another seed others; a repeated content is drawn again.
func TestFaultsFollowTheSeed(t *testing.T) {
	const n = 60
	strikes := func(seed uint64, order []int) map[int]string {
		_, agency, _ := serve(t, simtest.World(n), simulator.Options{Seed: seed, Faults: simulator.Faults{{Operation: "write", Kind: "117", Rate: 0.3}}})
		got := map[int]string{}
		for _, i := range order {
			for range 3 {
				got[i] += fmt.Sprint(agency.add(newLink(i, "")).status, " ")
			}
		}
		return got
	}
	var up, down []int
	for i := range n {
		up, down = append(up, i), append(down, n-1-i)
	}
	a, b, c := strikes(1, up), strikes(1, down), strikes(2, up)
	struck, repeated := 0, 0
	for i := range n {
		if a[i] != b[i] {
			t.Errorf("content %d: %q in one order, %q in another", i, a[i], b[i])
		}
		struck += strings.Count(a[i], "429")
		if strings.Contains(a[i], "429 200") || strings.Contains(a[i], "429 429") {
			repeated++
		}
	}
	if struck < n*3*2/10 || struck > n*3*4/10 || repeated == 0 {
		t.Errorf("%d of %d calls struck", struck, n*3)
	}
	if fmt.Sprint(a) == fmt.Sprint(c) {
		t.Error("two seeds strike the same")
	}
}

// TestFaultCounts: skip, every and first.
func TestFaultCounts(t *testing.T) {
	_, agency, _ := serve(t, simtest.World(0), simulator.Options{Faults: simulator.Faults{{Operation: simulator.GetUser, Kind: "429", Skip: 2, Every: 3, First: 2}}})
	var got []int
	for range 14 {
		got = append(got, agency.send("POST", base+"/User/Query", `{}`).status)
	}
	if want := []int{200, 200, 200, 200, 429, 200, 200, 429, 200, 200, 200, 200, 200, 200}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestLimitPerMinute: a limit of calls in the last minute, which calls that it
// refuses do not use up.
func TestLimitPerMinute(t *testing.T) {
	_, agency, _ := serve(t, simtest.World(0), simulator.Options{Faults: simulator.Faults{{Kind: "117", PerMinute: 3}}})
	var got []int
	for _, seconds := range []int{0, 30, 0, 0, 29, 1, 0, 29, 1} {
		door(t, agency, "POST", "clock", fmt.Sprintf(`{"seconds":%d}`, seconds))
		got = append(got, agency.send("POST", base+"/User/Query", `{}`).status)
	}
	if want := []int{200, 200, 200, 429, 429, 200, 429, 429, 200}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestBadFaults: a rule that cannot be, or that would lie, is refused.
func TestBadFaults(t *testing.T) {
	_, agency, _ := serve(t, simtest.World(0), simulator.Options{})
	for _, body := range []string{
		`{}`, `[{"kind":"nonsense"}]`, `[{"kind":"117","operation":"Add"}]`, `[{"kind":"117","rate":2}]`, `[{"kind":"117","first":-1}]`,
		`[{"kind":"117","per_minute":-1}]`,
		`[{"kind":"117","rates":1}]`, `[{"kind":"error-after-commit","status":400}]`, `[{"kind":"error-before-commit","body":"x"}]`,
		`[{"kind":"partial-code","committed":true,"code":1410}]`,
	} {
		if a := agency.send("POST", "/__simulator/faults", body); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", body, a.status)
		}
	}
	door(t, agency, "POST", "faults", `[{"kind":"429"}]`)
	if a := agency.search(byAccount(0)); a.status != 429 {
		t.Errorf("after the door: %d", a.status)
	}
	door(t, agency, "POST", "faults", `[]`)
	if a := agency.search(byAccount(0)); a.status != 200 {
		t.Errorf("after it was closed: %d", a.status)
	}
}

// TestTimeInABubble: latency, slow replies and lag take the time they say, on
// the bubble's clock; a client that leaves does not wait.
func TestTimeInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, agency, client := serve(t, simtest.World(2), simulator.Options{
			Latency: 100 * time.Millisecond, Modes: []simulator.Mode{simulator.Lag},
			Faults: simulator.Faults{{Operation: simulator.AddClientLinks, Kind: simulator.FaultLatency, Millis: 400}, {Operation: simulator.UpdateClientLinks, Kind: simulator.FaultSlowReply, Millis: 700}},
		})
		took := func(want time.Duration, call func() answer) answer {
			t.Helper()
			began := time.Now()
			a := call()
			if got := time.Since(began); got != want {
				t.Errorf("took %v, want %v", got, want)
			}
			return a
		}
		if a := took(500*time.Millisecond, func() answer { return agency.add(newLink(0, "")) }); a.status != 200 {
			t.Errorf("add: %d %s", a.status, a.body)
		}
		if n := len(client.links(byAccount(0))); n != 0 {
			t.Errorf("%d links right after the add", n)
		}
		time.Sleep(5 * time.Second)
		raw := client.links(byAccount(0))[0]
		a := took(800*time.Millisecond, func() answer { return client.update(with(t, raw, "Status", `"LinkDeclined"`)) })
		if a.status != 200 || !json.Valid(a.body) {
			t.Errorf("slow reply: %d %s", a.status, a.body)
		}
		time.Sleep(3 * time.Second)
		if got := member(t, client.links(byAccount(0))[0], "Status"); got != "LinkPending" {
			t.Errorf("status %s, 3.8 s after the decline", got)
		}
		time.Sleep(3 * time.Second)
		if got := member(t, client.links(byAccount(0))[0], "Status"); got != "LinkDeclined" {
			t.Errorf("status %s, 6.9 s after the decline", got)
		}
	})
}

// TestAClientThatLeaves: the write is kept even if nobody waited for its reply.
func TestAClientThatLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, agency, _ := serve(t, simtest.World(1), simulator.Options{Faults: simulator.Faults{{Operation: "write", Kind: simulator.FaultLatency, Millis: 60000}}})
		agency.http.Timeout = time.Second
		began := time.Now()
		if a := agency.add(newLink(0, "")); a.err == nil || time.Since(began) != time.Second {
			t.Errorf("%d after %v", a.status, time.Since(began))
		}
		if n := s.State().Invitations; n != 1 {
			t.Errorf("%d invitations", n)
		}
	})
}
