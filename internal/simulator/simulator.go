package simulator

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"
)

// The credentials of the built-in identities.
const (
	DeveloperToken     = "SIMULATOR"
	ClientID           = "simulator"        // a native application
	WebClientID        = "simulator-web"    // an application with the secret ClientSecret
	GoogleClientID     = "simulator-google" // the same at Google's endpoints
	ClientSecret       = "simulator-secret"
	AgencyRefreshToken = "RT-agency"
	ClientRefreshToken = "RT-client"
)

// The operations, as State counts them and faults name them.
const (
	SearchClientLinks = "SearchClientLinks"
	AddClientLinks    = "AddClientLinks"
	UpdateClientLinks = "UpdateClientLinks"
	GetUser           = "GetUser"
	SearchAccounts    = "SearchAccounts"
	Token             = "Token"
	Authorize         = "Authorize" // the page of people to sign in as
	SignIn            = "SignIn"    // one of them does, or cancels
)

// identityOperations are those of the identity service, which need no bearer.
var identityOperations = []string{Token, Authorize, SignIn}

// maxBody bounds a request: ten links of a few hundred bytes need little.
const maxBody = 4 << 20

// Options make a Simulator. World is required; the zero value of all others
// is the strict server in memory, without latency or faults.
type Options struct {
	World          []byte           // the world as JSON
	State          string           // file to load instead of World if it exists, and to save to; empty: memory only
	Seed           uint64           // of tracking ids and faults
	Latency        time.Duration    // waited before each reply of the service or the token endpoint
	Faults         Faults           // what goes wrong
	Modes          []Mode           // deviations from the strict server
	Lag            time.Duration    // how far searches lag in the mode Lag; 0 means 5 s by the simulator's clock
	StrictRotation bool             // a refresh token is refused once it was used
	Now            func() time.Time // source of elapsed time; nil means time.Now
}

// Simulator is the service: an [http.Handler] that is safe for concurrent
// use. It holds one lock while it decides and none while it waits or writes.
type Simulator struct {
	opts  Options
	modes map[Mode]bool
	mux   *http.ServeMux

	mu       sync.Mutex
	world    *saved // what does not change: customers, accounts, users, clients
	store    *store
	clock    clock
	identity *identity
	count    *State
	tracking uint64
	faults   *injector
	inFlight int
	static   []byte // members of the state file that never change; nil until needed
}

// New returns a simulator over a world, or over the state file if there is one.
func New(opts Options) (*Simulator, error) {
	if opts.World == nil {
		return nil, fmt.Errorf("simulator: no world given")
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Lag <= 0 {
		opts.Lag = 5 * time.Second
	}
	modes, err := modeSet(opts.Modes)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	faults, err := newInjector(opts.Faults, opts.Seed)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s := &Simulator{opts: opts, modes: modes, faults: faults}
	world := opts.World
	if opts.State != "" {
		switch b, err := os.ReadFile(opts.State); {
		case err == nil:
			world = b
		case !os.IsNotExist(err):
			return nil, fmt.Errorf("simulator: state: %w", err)
		}
	}
	if err := s.load(world); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s.route()
	return s, nil
}

// load replaces everything that the simulator knows with a world.
func (s *Simulator) load(world []byte) error {
	w, err := decodeWorld(world)
	if err != nil {
		return err
	}
	keep := time.Duration(0)
	if s.modes[Lag] {
		keep = s.opts.Lag
	}
	st, err := newStore(w, keep)
	if err != nil {
		return err
	}
	s.world, s.store, s.tracking, s.static = w, st, w.Tracking, nil
	s.identity = newIdentity(w, s.opts.StrictRotation)
	s.clock = clock{base: w.Clock, started: s.opts.Now(), real: s.opts.Now}
	s.count = newCounters(w.Counters)
	return nil
}

// ServeHTTP serves the service, the identity service and the doors.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// Advance moves the simulator's clock forward, as the clock door does.
func (s *Simulator) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.base = s.clock.base.Add(d)
	s.store.settleUntil(s.clock.now())
}

// route registers the operations of the service and of the identity service, and
// the doors. Paths and methods are those of the REST reference pages.
func (s *Simulator) route() {
	const base = "/CustomerManagement/v13"
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("POST "+base+"/ClientLinks/Search", s.operation(SearchClientLinks, s.search))
	s.mux.HandleFunc("POST "+base+"/ClientLinks", s.operation(AddClientLinks, s.add))
	s.mux.HandleFunc("PUT "+base+"/ClientLinks", s.operation(UpdateClientLinks, s.update))
	s.mux.HandleFunc("POST "+base+"/User/Query", s.operation(GetUser, s.getUser))
	s.mux.HandleFunc("POST "+base+"/Accounts/Search", s.operation(SearchAccounts, s.searchAccounts))
	s.mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", s.operation(Token, s.token))
	s.mux.HandleFunc("POST /token", s.operation(Token, s.token)) // Google's
	for _, path := range []string{"/{tenant}/oauth2/v2.0/authorize", "/o/oauth2/v2/auth"} {
		s.mux.HandleFunc("GET "+path, s.operation(Authorize, s.authorize))
		s.mux.HandleFunc("POST "+path, s.operation(SignIn, s.signInAs))
	}
	s.doors()
}

// call is one request on its way through an operation. It is used under the
// lock.
type call struct {
	op       string
	request  *http.Request
	body     []byte
	now      time.Time
	tracking string
	user     *User // who is signed in, or is about to be; nil if unknown
	inject   *injection
}

// operation serves one operation, with what they all share: counting, faults,
// sign-in, saving, waiting and replying.
func (s *Simulator) operation(op string, handle func(*call) reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		out := s.process(&call{op: op, request: r, body: body}, handle)
		defer s.leave()
		out.latency += s.opts.Latency
		s.write(w, r, out)
	}
}

// readBody returns the body of a request, or answers it and returns false.
func readBody(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "request body: "+err.Error(), http.StatusBadRequest)
	}
	return body, err == nil
}

// process handles one call under the lock, from its arrival to the saved state.
// Whatever it decides is decided before anything is written to the client.
func (s *Simulator) process(c *call, handle func(*call) reply) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight++
	s.count.MaxConcurrentCalls = max(s.count.MaxConcurrentCalls, s.inFlight)
	c.now = s.clock.now()
	c.tracking = s.nextTracking()
	s.store.settleUntil(c.now)
	s.count.Calls[c.op]++
	var refused *reply
	if slices.Contains(identityOperations, c.op) {
		c.user = s.subject(c)
	} else {
		refused = s.signIn(c)
	}
	s.countCaller(c)
	c.inject = s.faults.draw(c, s.count)
	out, decided := s.before(c)
	switch {
	case decided:
	case refused != nil:
		out = *refused
	default:
		out = handle(c)
	}
	if !decided {
		out = s.after(c, out)
	}
	out.tracking = c.tracking
	out.latency += c.inject.latency
	out.date, out.clock = s.opts.Now().Add(c.inject.skew), c.now
	if err := s.save(); err != nil { // before every reply: what a client has been sent, and the counters, outlive the process
		return reply{status: http.StatusInternalServerError, contentType: "text/plain", raw: []byte("simulator: " + err.Error())}
	}
	return out
}

func (s *Simulator) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight--
}
