package executor_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"linkbatch/executor"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// service is a server that answers each write by a function, and keeps what
// it was sent. It speaks to the real client, so that what the executor is told
// about a call is what it would be told by the service.
type service struct {
	answer  func(n int, method string, entities []string) (status int, body string)
	latency time.Duration

	mu       sync.Mutex
	calls    []call
	inFlight int
	most     int
}

type call struct {
	method   string
	entities []string
}

func (s *service) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	var sent struct {
		ClientLinks []struct{ ClientEntityId string }
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	c := call{method: req.Method}
	for _, l := range sent.ClientLinks {
		c.entities = append(c.entities, l.ClientEntityId)
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	n := len(s.calls)
	s.inFlight++
	s.most = max(s.most, s.inFlight)
	s.mu.Unlock()
	time.Sleep(s.latency)
	s.mu.Lock()
	s.inFlight--
	s.mu.Unlock()
	status, text := http.StatusOK, `{"OperationErrors":null,"PartialErrors":null}`
	if s.answer != nil {
		status, text = s.answer(n, c.method, c.entities)
	}
	if status == 0 {
		return nil, errors.New("connection reset by peer")
	}
	rec := httptest.NewRecorder()
	rec.Header().Set("Content-Type", "application/json")
	rec.Header().Set("TrackingId", fmt.Sprintf("track-%d", n))
	rec.WriteHeader(status)
	rec.WriteString(text)
	return rec.Result(), nil
}

type token struct{}

func (token) Token(context.Context) (string, error) { return "token", nil }
func (token) Expire(string)                         {}
func (token) Secrets() []string                     { return []string{"token"} }

func (s *service) executor(t *testing.T, concurrency int) *executor.Executor {
	t.Helper()
	client, err := msads.New(msads.Options{
		Endpoint: "https://service.example.com", DeveloperToken: "DEV", Tokens: token{},
		Gate: msads.NewGate(concurrency, 0, time.Now, nil),
		HTTP: &http.Client{Transport: s},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &executor.Executor{
		Linkers: map[string]executor.Linker{"agency": client, "client": client},
		Journal: &memory{}, Concurrency: concurrency, Now: time.Now,
	}
}

// adds is n steps that add accounts first, first+1, ….
func adds(first, n int) []*planner.Step {
	var out []*planner.Step
	for i := range n {
		out = append(out, step(i, planner.OpAdd, "agency", first+i))
	}
	return out
}

func step(index int, op planner.Op, profile string, account int) *planner.Step {
	link := msads.ClientLink{ClientEntityID: msads.ID(account), ManagingCustomerID: 4183052}
	if op != planner.OpAdd {
		link.Status = msads.LinkAccepted
	}
	return &planner.Step{Index: index, Op: op, Profile: profile, SameAs: -1, Send: &link}
}

// outcomes collects answers by step: the last one, and all of them. A step that
// is emitted twice is an error.
type outcomes struct {
	t   *testing.T
	got map[int]executor.Answer
	all map[int][]executor.Answer
}

func collect(t *testing.T) *outcomes {
	return &outcomes{t, map[int]executor.Answer{}, map[int][]executor.Answer{}}
}

func (o *outcomes) emit(answers []executor.Answer) error {
	last := answers[len(answers)-1]
	if _, twice := o.got[last.Step]; twice {
		o.t.Errorf("step %d was emitted twice", last.Step)
	}
	o.got[last.Step], o.all[last.Step] = last, answers
	return nil
}

func (o *outcomes) count() map[executor.Outcome]int {
	n := map[executor.Outcome]int{}
	for _, r := range o.got {
		n[r.Outcome]++
	}
	return n
}

func TestCallsHoldAtMostTenLinksOfOneOpAndProfile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var steps []*planner.Step
		for i := range 60 {
			op, profile := planner.OpAdd, "agency"
			switch i % 4 {
			case 1:
				op = planner.OpCancel
			case 2:
				op, profile = planner.OpAccept, "client"
			case 3:
				op, profile = planner.OpAccept, "agency"
			}
			steps = append(steps, step(i, op, profile, 1000+i))
		}
		s, got := &service{latency: time.Second}, collect(t)
		if err := s.executor(t, 4).Run(t.Context(), steps, got.emit); err != nil {
			t.Fatal(err)
		}
		if want := 8; len(s.calls) != want { // 15 of each kind: 2 calls each
			t.Errorf("%d calls, want %d", len(s.calls), want)
		}
		seen := map[string]int{}
		for _, c := range s.calls {
			if len(c.entities) > 10 {
				t.Errorf("a call of %d links", len(c.entities))
			}
			for _, e := range c.entities {
				seen[e]++
				if i := int(e[len(e)-1]-'0') + 10*int(e[len(e)-2]-'0'); (i%4 == 0) != (c.method == http.MethodPost) {
					t.Errorf("link %s was sent by %s among %v", e, c.method, c.entities)
				}
			}
		}
		if len(seen) != 60 || len(got.got) != 60 || got.count()[executor.Done] != 60 {
			t.Errorf("%d links sent, %d results: %v", len(seen), len(got.got), got.count())
		}
		if s.most > 4 {
			t.Errorf("%d calls at once, want at most 4", s.most)
		}
	})
}

func TestScheduleIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, got, begin := &service{latency: 100 * time.Millisecond}, collect(t), time.Now()
		if err := s.executor(t, 8).Run(t.Context(), adds(1000, 1000), got.emit); err != nil {
			t.Fatal(err)
		}
		if took, want := time.Since(begin), 13*100*time.Millisecond; took != want {
			t.Errorf("100 calls by 8 at 100 ms took %v, want %v", took, want)
		}
	})
}

func TestErrorsBelongToLinksByIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answer: func(int, string, []string) (int, string) {
			return 200, `{"PartialErrors":[null,[{"Code":1471,"Message":"prepaid"}],[],[{"Code":0,"Message":"internal"}],[{"Code":1471},{"Code":2208}]]}`
		}}
		got := collect(t)
		if err := s.executor(t, 1).Run(t.Context(), adds(1000, 5), got.emit); err != nil {
			t.Fatal(err)
		}
		want := []executor.Outcome{executor.Done, executor.Refused, executor.Done, executor.Unknown, executor.Unknown}
		for i, w := range want {
			if r := got.got[i]; r.Outcome != w || r.Call != 1 || r.TrackingID != "track-1" || len(got.all[i]) != 1 {
				t.Errorf("step %d: %+v, want %s", i, r, w)
			}
		}
		if e := got.got[1].Errors; len(e) != 1 || e[0].Code != 1471 || e[0].Message != "prepaid" {
			t.Errorf("step 1: errors %+v", e)
		}
	})
}

func TestOneBadLinkIsIsolated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answer: func(_ int, _ string, entities []string) (int, string) {
			if slices.Contains(entities, "1003") {
				return 200, `{"OperationErrors":[{"Code":2108,"Message":"account id invalid"}],"PartialErrors":null}`
			}
			return 200, `{"PartialErrors":null}`
		}}
		got := collect(t)
		if err := s.executor(t, 1).Run(t.Context(), adds(1000, 10), got.emit); err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			want, all := executor.Done, got.all[i]
			if i == 3 {
				want = executor.Refused
			}
			if len(all) != 2 || all[0].Outcome != executor.Failed || len(all[0].Errors) != 1 || all[1].Outcome != want || all[1].Call != i+2 {
				t.Errorf("step %d: %+v, want the refusal of all, then %s", i, all, want)
			}
		}
		if len(s.calls) != 11 {
			t.Errorf("%d calls, want 1 and then 10", len(s.calls))
		}
	})
}

func TestAnAmbiguousCallIsNeverSentAgain(t *testing.T) {
	bodies := []struct {
		status int
		body   string
	}{
		{0, ""},
		{500, ""},
		{500, `{"Type":"AdApiFaultDetail","Errors":[{"Code":117}]}`},
		{503, `{"Type":"ApiFault","OperationErrors":[{"Code":1471}]}`},
		{500, `{"PartialErrors":null}`},
		{200, ""},
		{200, "<html>"},
		{200, `{"PartialErrors":[null]}`},
		{200, `{"OperationErrors":[{"Code":2208}]}`},
		{400, `{"Type":"ApiFault","OperationErrors":[{"Code":987654}]}`},
		{400, "no"},
	}
	for _, b := range bodies {
		t.Run(fmt.Sprintf("%d %s", b.status, b.body), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{answer: func(int, string, []string) (int, string) { return b.status, b.body }}
				got := collect(t)
				s.executor(t, 1).Run(t.Context(), adds(1000, 3), got.emit)
				if len(s.calls) != 1 || got.count()[executor.Unknown] != 3 {
					t.Errorf("%d calls, outcomes %v; want one call and three unknown", len(s.calls), got.count())
				}
			})
		})
	}
}

func TestRunStopsBetweenCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		s, got := &service{latency: time.Second}, collect(t)
		why := errors.New("interrupt")
		e, journal := s.executor(t, 2), &memory{}
		e.Journal = journal
		var under int
		time.AfterFunc(1500*time.Millisecond, func() { under = journal.under(); cancel(why) })
		err := e.Run(ctx, adds(1000, 100), got.emit)
		if under != 2 || journal.under() != 0 {
			t.Errorf("%d calls under way at the interrupt and %d afterwards, want 2 and none", under, journal.under())
		}
		if !errors.Is(err, why) {
			t.Errorf("stopped by %v, want %v", err, why)
		}
		for i, a := range got.got {
			if a.Outcome == executor.Held && a.Reason != "not sent: interrupted" {
				t.Errorf("step %d: %s", i, a.Reason)
			}
		}
		if len(s.calls) != 4 || s.inFlight != 0 {
			t.Errorf("%d calls, %d of them left in flight; want the 2 that had been answered and the 2 in flight", len(s.calls), s.inFlight)
		}
		if n := got.count(); n[executor.Done] != 40 || n[executor.Held] != 60 {
			t.Errorf("outcomes %v, want 40 done and 60 held", n)
		}
	})
}

func TestAFatalErrorHoldsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{latency: time.Second, answer: func(n int, _ string, _ []string) (int, string) {
			if n == 2 {
				return 400, `{"Type":"AdApiFaultDetail","TrackingId":"T","Errors":[{"Code":108,"ErrorCode":"UserCompromised","Message":"suspicious activity"}]}`
			}
			return 200, `{"PartialErrors":null}`
		}}
		got := collect(t)
		err := s.executor(t, 1).Run(t.Context(), adds(1000, 50), got.emit)
		var ce *msads.CallError
		if !errors.As(err, &ce) || len(ce.Errors) != 1 || ce.Errors[0].Code != 108 {
			t.Errorf("stopped by %v, want the service's 108", err)
		}
		if n := got.count(); n[executor.Done] != 10 || n[executor.Failed] != 10 || n[executor.Held] != 30 {
			t.Errorf("outcomes %v", n)
		}
	})
}

func TestATokenThatStaysRefusedHoldsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{answer: func(n int, _ string, _ []string) (int, string) {
			if n > 2 {
				return 401, "Unauthorized"
			}
			return 200, `{"PartialErrors":null}`
		}}
		got := collect(t)
		if err := s.executor(t, 1).Run(t.Context(), adds(1000, 100), got.emit); err == nil {
			t.Error("the run says that it was not stopped")
		}
		if n := got.count(); n[executor.Done] != 20 || n[executor.Failed] != 10 || n[executor.Held] != 70 {
			t.Errorf("outcomes %v", n)
		}
		if len(s.calls) != 4 {
			t.Errorf("%d calls, want two, the one that was refused and its one repetition", len(s.calls))
		}
	})
}

func TestTheBreakerStopsARunWhoseCallsAllFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := &service{latency: time.Second, answer: func(int, string, []string) (int, string) { return 500, "down" }}
		got := collect(t)
		err := s.executor(t, 2).Run(t.Context(), adds(1000, 500), got.emit)
		if !errors.Is(err, executor.ErrBreaker) {
			t.Errorf("stopped by %v", err)
		}
		if n := len(s.calls); n < 4 || n > 10 || got.count()[executor.Held] != 500-10*n {
			t.Errorf("%d calls, outcomes %v", n, got.count())
		}
		if took := time.Since(start); took < 30*time.Second || took > time.Minute {
			t.Errorf("stopped after %v", took)
		}
	})
}

// TestAHiccupIsNoOutage: a service that is down for 20 s stops nothing, however
// many calls it fails; afterwards the run is carried out to its end.
func TestAHiccupIsNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := &service{latency: 100 * time.Millisecond, answer: func(int, string, []string) (int, string) {
			if time.Since(start) < 20*time.Second {
				return 503, "down"
			}
			return 200, `{"PartialErrors":[]}`
		}}
		got := collect(t)
		if err := s.executor(t, 4).Run(t.Context(), adds(1000, 500), got.emit); err != nil {
			t.Errorf("stopped by %v", err)
		}
		if n := got.count(); n[executor.Unknown] > 150 || n[executor.Done] != 500-n[executor.Unknown] {
			t.Errorf("outcomes %v", n)
		}
	})
}

// journal fails where it is told to, and checks the order of what it hears.
type journal struct {
	t                *testing.T
	failAt           int // the call whose Sending fails
	failReturned     int // the call whose Returned fails
	mu               sync.Mutex
	sending, replied map[int]bool
}

func (j *journal) Sending(c executor.Call) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.sending[c.Number] || len(c.Steps) == 0 {
		j.t.Errorf("call %d recorded twice or empty: %+v", c.Number, c)
	}
	if c.Number == j.failAt {
		return errors.New("disk full")
	}
	j.sending[c.Number] = true
	return nil
}

func (j *journal) Returned(c executor.Call, answers []executor.Answer) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.sending[c.Number] || j.replied[c.Number] || len(answers) != len(c.Steps) {
		j.t.Errorf("call %d returned out of order or with %d answers for %d steps", c.Number, len(answers), len(c.Steps))
	}
	j.replied[c.Number] = true
	if c.Number == j.failReturned {
		return errors.New("disk full")
	}
	return nil
}

func TestNothingIsSentThatCannotBeRecorded(t *testing.T) {
	for name, j := range map[string]*journal{"before": {failAt: 3}, "after": {failReturned: 3}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j.t, j.sending, j.replied = t, map[int]bool{}, map[int]bool{}
				s, got := &service{latency: time.Second}, collect(t)
				e := s.executor(t, 1)
				e.Journal = j
				err := e.Run(t.Context(), adds(1000, 60), got.emit)
				if err == nil || !strings.Contains(err.Error(), "disk full") {
					t.Errorf("stopped by %v", err)
				}
				if len(s.calls) != len(j.sending) || len(got.got) != 60 {
					t.Errorf("%d calls, %d of them recorded, %d results", len(s.calls), len(j.sending), len(got.got))
				}
				want := 20
				if name == "after" {
					want = 30
				}
				if n := got.count(); n[executor.Done] != want || n[executor.Held] != 60-want {
					t.Errorf("outcomes %v", n)
				}
			})
		})
	}
}

func TestAStepWithoutCredentialsIsHeld(t *testing.T) {
	s, got := &service{}, collect(t)
	steps := []*planner.Step{step(0, planner.OpAccept, "stranger", 1000)}
	s.executor(t, 1).Run(t.Context(), steps, got.emit)
	if r := got.got[0]; r.Outcome != executor.Held || !strings.Contains(r.Reason, `"stranger"`) || len(s.calls) != 0 {
		t.Errorf("%+v after %d calls", r, len(s.calls))
	}
}
