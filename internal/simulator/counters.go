package simulator

import (
	"maps"
	"slices"
	"time"
)

// State is what GET /__simulator/state shows: the links as they are, and what
// has happened since the world was loaded or reset. It is kept in the state
// file.
type State struct {
	Clock                  time.Time                 `json:"clock,omitzero"`
	Modes                  []Mode                    `json:"modes"`
	Links                  []Link                    `json:"links"`
	Calls                  map[string]int            `json:"calls"`                    // calls received, by operation, including refused ones
	AddsByAccount          map[string]int            `json:"adds_by_account"`          // committed adds, by id of the client entity
	Transitions            map[string]map[string]int `json:"transitions"`              // committed ops (add, accept, decline, cancel, unlink), by id of the client entity
	Invitations            int                       `json:"invitations"`              // committed adds
	Emails                 int                       `json:"emails"`                   // committed adds without SuppressNotification
	DuplicateAddsAttempted int                       `json:"duplicate_adds_attempted"` // adds for an entity that this agency has invited or linked
	LargestCall            int                       `json:"largest_call"`             // the most links in one add or update
	MaxConcurrentCalls     int                       `json:"max_concurrent_calls"`     // calls in flight at once, including token requests and calls that wait
	Callers                map[string]map[string]int `json:"callers"`                  // calls by profile (or user name) and operation
	LinkCallers            map[string]LinkCalls      `json:"link_callers"`             // by link, as managing customer/type/client entity: who asked for what
	Faults                 map[string]int            `json:"faults"`                   // injected, by kind
	Violations             []Violation               `json:"violations"`               // what a correct client does not send; the first 1,000
}

// LinkCalls counts what was asked for one link, granted or not: by op (add,
// accept, decline, cancel, unlink, or any other Status that was asked for), then
// by the caller's profile or user name.
type LinkCalls map[string]map[string]int

// Violation is a rule that a client broke, whether or not the simulator
// refused it for that. What a world makes the service refuse (a prepaid
// account, a duplicate) is not one.
type Violation struct {
	Operation string `json:"operation"`
	Rule      string `json:"rule"`
	Detail    string `json:"detail"`
}

// maxViolations keeps a client that does everything wrong from filling memory.
const maxViolations = 1000

// newCounters continues the counters of a state file, or starts new ones. The
// maps are never nil: counting needs no checks, and JSON shows {} and not null.
func newCounters(from *State) *State {
	s := &State{}
	if from != nil {
		s = from
	}
	for _, m := range []*map[string]int{&s.Calls, &s.AddsByAccount, &s.Faults} {
		if *m == nil {
			*m = map[string]int{}
		}
	}
	for _, m := range []*map[string]map[string]int{&s.Transitions, &s.Callers} {
		if *m == nil {
			*m = map[string]map[string]int{}
		}
	}
	if s.LinkCallers == nil {
		s.LinkCallers = map[string]LinkCalls{}
	}
	if s.Violations == nil {
		s.Violations = []Violation{}
	}
	return s
}

// State returns a copy of what the state door shows.
func (s *Simulator) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state()
}

// state is State under the lock. It copies deeply, since the reader has no lock.
func (s *Simulator) state() State {
	now := s.clock.now()
	s.store.settleUntil(now)
	out := *s.count
	out.Calls, out.AddsByAccount, out.Faults = maps.Clone(out.Calls), maps.Clone(out.AddsByAccount), maps.Clone(out.Faults)
	out.Transitions, out.Callers = cloneDeep(out.Transitions), cloneDeep(out.Callers)
	out.LinkCallers = make(map[string]LinkCalls, len(s.count.LinkCallers))
	for link, calls := range s.count.LinkCallers {
		out.LinkCallers[link] = cloneDeep(calls)
	}
	out.Violations = slices.Clone(out.Violations)
	out.Clock, out.Links, out.Modes = now, s.links(), []Mode{}
	for _, m := range Modes() {
		if s.modes[m] {
			out.Modes = append(out.Modes, m)
		}
	}
	return out
}

func cloneDeep(m map[string]map[string]int) map[string]map[string]int {
	out := make(map[string]map[string]int, len(m))
	for k, v := range m {
		out[k] = maps.Clone(v)
	}
	return out
}

// links returns every link, sorted by client entity and manager.
func (s *Simulator) links() []Link {
	entries := s.store.sorted()
	list := make([]Link, len(entries))
	for i, e := range entries {
		list[i] = *e.link
	}
	return list
}

func increase(m map[string]map[string]int, outer, inner string) {
	if m[outer] == nil {
		m[outer] = map[string]int{}
	}
	m[outer][inner]++
}

func (s *Simulator) countCaller(c *call) {
	if c.user != nil {
		increase(s.count.Callers, callerName(c.user), c.op)
	}
}

// countLinkCaller records who asked for an op on a link.
func (s *Simulator) countLinkCaller(c *call, k key, op string) {
	calls := s.count.LinkCallers[k.String()]
	if calls == nil {
		calls = LinkCalls{}
		s.count.LinkCallers[k.String()] = calls
	}
	increase(calls, op, callerName(c.user))
}

// callerName is how the state names a user: tests speak of profiles.
func callerName(u *User) string {
	if u.Profile != "" {
		return u.Profile
	}
	return u.UserName
}

// committed counts an op that changed a link.
func (s *Simulator) committed(entity ID, op string) {
	increase(s.count.Transitions, entity.String(), op)
}

// violate records a broken rule.
func (s *Simulator) violate(c *call, rule, detail string) {
	if len(s.count.Violations) < maxViolations {
		s.count.Violations = append(s.count.Violations, Violation{c.op, rule, detail})
	}
}
