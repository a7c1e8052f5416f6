package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Faults is what goes wrong: for each call the rules are tried in order, and the
// first one that strikes decides; latency is added to any other.
type Faults []Fault

// Fault is one rule.
type Fault struct {
	Operation  string    `json:"operation,omitzero"`   // an operation by name, those of the identity service included; write: add and update; read: searches and GetUser; empty: write and read
	User       string    `json:"user,omitzero"`        // only calls of this user: id, profile or user name; empty: of anyone
	Kind       FaultKind `json:"kind"`                 //
	Rate       float64   `json:"rate,omitzero"`        // the share of matching calls that are struck; 0 or absent: every one
	Skip       int       `json:"skip,omitzero"`        // this many matching calls are spared first
	Every      int       `json:"every,omitzero"`       // of the rest, only each n-th may be struck
	First      int       `json:"first,omitzero"`       // at most this many are struck; 0: no limit
	PerMinute  int       `json:"per_minute,omitzero"`  // calls are spared as long as no more than this many were in the minute before; 0: none
	Code       int       `json:"code,omitzero"`        // error code, where the kind carries one; of oauth-error: the AADSTS number
	Status     int       `json:"status,omitzero"`      // HTTP status, where the kind has none of its own
	Body       FaultBody `json:"body,omitzero"`        // of error-before-commit and error-after-commit
	Committed  bool      `json:"committed,omitzero"`   // partial-code: the link is applied in spite of its code
	RetryAfter *int      `json:"retry_after,omitzero"` // 117 and 429: seconds in the header Retry-After, 0 is at once; absent: no header
	Millis     int       `json:"millis,omitzero"`      // latency, slow-reply and clock-skew: how long
}

// injector draws faults. A draw depends on the seed, on the content of the call
// and on how often that content was sent before, not on the order in which
// concurrent calls arrive: with the same seed a run meets the same faults.
type injector struct {
	rules  Faults
	seed   uint64
	struck []int            // by rule
	passed []int            // matching calls, by rule
	spared [][]time.Time    // by rule: when it spared a call in the last minute
	seen   []map[uint64]int // by rule: how often a call with this content came
}

// newInjector checks the rules, so that a misspelt one is not a rule that never
// strikes.
func newInjector(rules Faults, seed uint64) (*injector, error) {
	for i, f := range rules {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("faults[%d]: %w", i, err)
		}
	}
	n := len(rules)
	in := &injector{rules: rules, seed: seed, struck: make([]int, n), passed: make([]int, n), spared: make([][]time.Time, n), seen: make([]map[uint64]int, n)}
	for i := range in.seen {
		in.seen[i] = map[uint64]int{}
	}
	return in, nil
}

// check refuses a rule that could never strike or would break a promise.
func (f Fault) check() error {
	operations := append([]string{"", "read", "write", SearchClientLinks, AddClientLinks, UpdateClientLinks, GetUser, SearchAccounts}, identityOperations...)
	switch {
	case !slices.Contains(operations, f.Operation):
		return fmt.Errorf("operation: %q: not one of %q", f.Operation, operations[1:])
	case !slices.Contains(faultKinds, f.Kind):
		return fmt.Errorf("kind: %q: not one of %q", f.Kind, faultKinds)
	case f.Body != "" && f.Body != BodyAny && !slices.Contains(faultBodies, f.Body):
		return fmt.Errorf("body: %q: not one of %q or %q", f.Body, faultBodies, BodyAny)
	case f.Rate < 0 || f.Rate > 1:
		return fmt.Errorf("rate: %v: not between 0 and 1", f.Rate)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status: %d: not an HTTP status", f.Status)
	case min(f.Skip, f.Every, f.First, f.PerMinute, f.Millis) < 0:
		return fmt.Errorf("skip, every, first, per_minute and millis: must not be negative")
	}
	return cmp.Or(f.atHome(), f.truthful())
}

// atHome refuses a fault of sign-in for an operation that is not one of sign-in.
func (f Fault) atHome() error {
	switch {
	case f.Kind == FaultOAuthError && !slices.Contains(identityOperations, f.Operation):
		return fmt.Errorf("kind: %q: needs one of the operations %q", f.Kind, identityOperations)
	case f.Kind == FaultOAuthError && f.Code == 0:
		return fmt.Errorf("code: %q needs an AADSTS number", f.Kind)
	case f.Kind == FaultWrongState && f.Operation != SignIn:
		return fmt.Errorf("kind: %q: needs the operation %q", f.Kind, SignIn)
	}
	return nil
}

// truthful refuses a fault that would report as refused what was applied: no
// client could detect that, and no service does it.
func (f Fault) truthful() error {
	switch {
	case f.Kind == FaultErrorAfter && f.Status != 0 && f.Status < 500:
		return fmt.Errorf("status: %d: an error after commit is a 5xx", f.Status)
	case f.Kind == FaultPartialCode && f.Committed && !slices.Contains(transientCodes, f.Code):
		return fmt.Errorf("code: %d: an applied link may have only %v", f.Code, transientCodes)
	}
	return nil
}

// ParseFaults reads the JSON form of --faults and of the faults door: a list
// of rules.
func ParseFaults(b []byte) (Faults, error) {
	var rules Faults
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(&rules); err != nil {
		return nil, fmt.Errorf("faults: %w", err)
	}
	if _, err := newInjector(rules, 0); err != nil {
		return nil, err
	}
	return rules, nil
}

// matches reports whether a rule is about an operation. Without a name it is
// about the service alone: a run that cannot sign in meets no other fault.
func (f Fault) matches(op string) bool {
	write, identity := op == AddClientLinks || op == UpdateClientLinks, slices.Contains(identityOperations, op)
	switch f.Operation {
	case "":
		return !identity
	case "write":
		return write
	case "read":
		return !write && !identity
	}
	return f.Operation == op
}

// injection is what the faults do to one call.
type injection struct {
	Fault
	struck  bool
	latency time.Duration
	skew    time.Duration
	rnd     *rand.Rand // for choices within the fault
	link    *int       // the link that the fault is about, once drawn
}

// draw applies the rules to a call.
func (in *injector) draw(c *call, count *State) *injection {
	out := &injection{}
	if len(in.rules) == 0 {
		return out
	}
	about := fingerprint(c.op, c.body)
	for i, f := range in.rules {
		rnd, strikes := in.strikes(i, c, about)
		if !strikes {
			continue
		}
		in.struck[i]++
		count.Faults[string(f.Kind)]++
		switch f.Kind {
		case FaultLatency:
			out.latency += f.delay()
			continue
		case FaultSkew:
			out.skew += f.delay()
			continue
		}
		*out = injection{Fault: f, struck: true, latency: out.latency, skew: out.skew, rnd: rnd}
		break
	}
	return out
}

// strikes counts a call that rule i is about and decides whether the rule
// strikes it. rnd is for what is still to be drawn within the fault.
func (in *injector) strikes(i int, c *call, about string) (rnd *rand.Rand, strikes bool) {
	f := in.rules[i]
	if !f.matches(c.op) || f.User != "" && (c.user == nil || !c.user.named(f.User)) {
		return nil, false
	}
	content := in.hash(uint64(i), c.op, about)
	in.seen[i][content]++
	in.passed[i]++
	n := in.passed[i] - f.Skip
	if n <= 0 || f.First > 0 && in.struck[i] >= f.First || f.Every > 1 && n%f.Every != 0 {
		return nil, false
	}
	if f.PerMinute > 0 && in.spares(i, c.now) {
		return nil, false
	}
	rnd = rand.New(rand.NewPCG(content, uint64(in.seen[i][content])))
	return rnd, f.Rate <= 0 || rnd.Float64() < f.Rate
}

// spares reports whether rule i spares a call since it comes within the limit of
// calls per minute, and counts it then: a call that is refused uses nothing up.
func (in *injector) spares(i int, now time.Time) bool {
	in.spared[i] = slices.DeleteFunc(in.spared[i], func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	if len(in.spared[i]) >= in.rules[i].PerMinute {
		return false
	}
	in.spared[i] = append(in.spared[i], now)
	return true
}

func (f Fault) delay() time.Duration {
	if f.Millis == 0 {
		return defaultFaultDelay * time.Millisecond
	}
	return time.Duration(f.Millis) * time.Millisecond
}

// hash seeds a draw. The rule is part of it, so that two rules with the same
// rate do not strike the same calls.
func (in *injector) hash(rule uint64, op, about string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %s %s", in.seed, rule, op, about)
	return h.Sum64()
}

// fingerprint is the content of a call that faults depend on. For writes it
// leaves out what depends on earlier calls, such as Timestamps.
func fingerprint(op string, body []byte) string {
	switch op {
	case Token, Authorize, SignIn:
		return ""
	case SearchClientLinks, GetUser, SearchAccounts:
		return string(body)
	}
	var list struct {
		ClientLinks []struct {
			ClientEntityId     json.RawMessage
			ClientEntityNumber json.RawMessage
			Status             json.RawMessage
		}
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return string(body)
	}
	var b strings.Builder
	for _, l := range list.ClientLinks {
		fmt.Fprintf(&b, "%s %s %s;", l.ClientEntityId, l.ClientEntityNumber, l.Status)
	}
	return b.String()
}

func retryAfter(seconds *int) string {
	if seconds == nil {
		return ""
	}
	return strconv.Itoa(*seconds)
}
