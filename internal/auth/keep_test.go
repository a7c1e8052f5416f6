package auth

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// kept is a source over a store, for the identity service.
func kept(t *testing.T, p *idp, store *Store, change ...func(*Options)) *Source {
	t.Helper()
	o := Options{
		ClientID: "app-1", TokenURL: p.provider().TokenURL, Scope: ProductionScope, Backoff: time.Millisecond,
		Store: store, Profile: "agency", Env: "production", Now: time.Now,
	}
	for _, c := range change {
		c(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fromEnv(token string) func(*Options) { return func(o *Options) { o.RefreshToken = token } }

func refresh(t *testing.T, s *Source) {
	t.Helper()
	token, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Expire(token)
}

func TestALoginIsUsedAndItsSuccessorsAreKept(t *testing.T) {
	p, store := newIDP(t), fileStore(t, t.TempDir())
	if _, err := kept(t, p, store).Token(t.Context()); !errors.Is(err, ErrNotSignedIn) {
		t.Errorf("before the login: %v", err)
	} else if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Next, "linkbatch login --profile agency") {
		t.Errorf("%+v", err)
	}
	r, err := login(t, p).Wait(t.Context(), new(browser).open)
	if err != nil {
		t.Fatal(err)
	}
	key := Key{"agency", "production", p.provider().TokenURL}
	if err := store.Save(t.Context(), key, r); err != nil {
		t.Fatal(err)
	}
	s := kept(t, p, store)
	for range 3 {
		refresh(t, s)
	}
	refresh(t, kept(t, p, store)) // the next run
	refresh(t, s)                 // which this one follows
	got, err := store.Load(key)
	if err != nil || got.RefreshToken != "RT-secret-6" || p.reused != 0 || got.Scope != ProductionScope {
		t.Errorf("%q, %v; %d refreshes with a dead token", got.RefreshToken, err, p.reused)
	}
	for _, token := range []string{"RT-secret-1", "RT-secret-3", "RT-secret-6"} {
		if !slices.Contains(s.Secrets(), token) {
			t.Errorf("%s is not among the secrets", token)
		}
	}
}

// TestALogoutEndsARun holds that a run which is still going does not undo it.
func TestALogoutEndsARun(t *testing.T) {
	p, store := newIDP(t), fileStore(t, t.TempDir())
	key := Key{"agency", "production", p.provider().TokenURL}
	if err := store.Save(t.Context(), key, Record{RefreshToken: p.grant(), ClientID: "app-1", TokenURL: key.TokenURL, Obtained: time.Now()}); err != nil {
		t.Fatal(err)
	}
	s := kept(t, p, store)
	refresh(t, s)
	if _, err := store.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(t.Context()); !errors.Is(err, ErrNotSignedIn) {
		t.Errorf("after the logout: %v", err)
	}
	if _, err := store.Load(key); !errors.Is(err, ErrNotSignedIn) {
		t.Errorf("the run undid the logout: %v", err)
	}
}

// TestTheEnvironmentsTokenIsReplacedWhileItStaysTheSame is the rule for
// servers: the environment keeps one value forever, and rotation continues.
func TestTheEnvironmentsTokenIsReplacedWhileItStaysTheSame(t *testing.T) {
	p, store := newIDP(t), fileStore(t, t.TempDir())
	first, second := p.grant(), p.grant()
	for range 3 { // runs of one job, and of another with a token of its own
		refresh(t, kept(t, p, store, fromEnv(first)))
		refresh(t, kept(t, p, store, fromEnv(second)))
	}
	third := p.grant() // somebody signed in again
	refresh(t, kept(t, p, store, fromEnv(third)))
	if p.reused != 0 || len(p.current) != 3 || p.current[first] || p.current[second] || p.current[third] {
		t.Errorf("%d refreshes with a dead token, %d good ones", p.reused, len(p.current))
	}
	if _, err := store.Load(Key{"agency", "production", p.provider().TokenURL}); !errors.Is(err, ErrNotSignedIn) {
		t.Errorf("a job's token became the person's sign-in: %v", err)
	}
	other := kept(t, p, store, fromEnv(first), func(o *Options) { o.ClientID = "app-2" })
	if _, err := other.Token(t.Context()); !isA[*Error](err) || p.forms[len(p.forms)-1].Get("refresh_token") != first {
		t.Errorf("another app got the successor: %v", err)
	}
}

func TestARefusalErasesNothing(t *testing.T) {
	p, store := newIDP(t), fileStore(t, t.TempDir())
	key := Key{"agency", "production", p.provider().TokenURL}
	if err := store.Save(t.Context(), key, Record{RefreshToken: p.grant(), ClientID: "app-1", TokenURL: key.TokenURL, Obtained: time.Now()}); err != nil {
		t.Fatal(err)
	}
	p.flaky = 1
	refresh(t, kept(t, p, store)) // asked once more
	p.flaky = 2
	_, err := kept(t, p, store).Token(t.Context())
	e, ok := errors.AsType[*Error](err)
	if !ok || !slices.Contains(e.ErrorCodes, 70000) || !strings.Contains(e.Next, "run linkbatch login --profile agency") || strings.Contains(e.Next, "LINKBATCH_REFRESH_TOKEN") {
		t.Errorf("%v", err)
	}
	refresh(t, kept(t, p, store))
	if p.reused != 0 {
		t.Errorf("%d refreshes with a dead token", p.reused)
	}
}

func TestATokenThatDoesNotRotateIsNotWritten(t *testing.T) {
	p, store := newIDP(t), fileStore(t, t.TempDir())
	p.still = true
	token := p.grant()
	refresh(t, kept(t, p, store, fromEnv(token), func(o *Options) { o.Scope = "" }))
	if filesIn(t, store) != 0 || p.forms[0].Has("scope") {
		t.Errorf("%d files, sent %v", filesIn(t, store), p.forms[0])
	}
}

func TestASignInOfAnotherApp(t *testing.T) {
	p, store := newIDP(t), fileStore(t, t.TempDir())
	key := Key{"agency", "production", p.provider().TokenURL}
	if err := store.Save(t.Context(), key, Record{RefreshToken: p.grant(), ClientID: "app-0", TokenURL: key.TokenURL, Obtained: time.Now()}); err != nil {
		t.Fatal(err)
	}
	_, err := kept(t, p, store).Token(t.Context())
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Next, "LINKBATCH_CLIENT_ID") || len(p.forms) != 0 {
		t.Errorf("%v", err)
	}
}

// block puts a file where the store wants its folder.
func block(t *testing.T, store *Store) (unblock func()) {
	t.Helper()
	if err := os.RemoveAll(store.files.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(store.files.dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(store.files.dir); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAStoreThatCannotBeWrittenIsAWarning(t *testing.T) {
	p, store := newIDP(t), fileStore(t, t.TempDir()+"/tokens")
	unblock := block(t, store)
	token := p.grant()
	var warned []string
	s := kept(t, p, store, fromEnv(token), func(o *Options) { o.Warn = func(err error) { warned = append(warned, err.Error()) } })
	refresh(t, s)
	refresh(t, s) // with the successor, which only the memory has
	if p.reused != 0 || len(warned) < 2 || !strings.Contains(warned[len(warned)-1], "so a later run may be unable to sign in: token store: ") {
		t.Errorf("%d refreshes with a dead token; warned %q", p.reused, warned)
	}
	if strings.Contains(strings.Join(warned, "\n"), "RT-secret") {
		t.Errorf("a token is shown: %q", warned)
	}
	unblock()
	warned = nil
	refresh(t, s)
	refresh(t, kept(t, p, store, fromEnv(token)))
	if p.reused != 0 || warned != nil {
		t.Errorf("it is not kept once that is possible: %d refreshes with a dead token, warned %q", p.reused, warned)
	}

	block(t, store)
	if _, err := kept(t, p, store, fromEnv(p.grant())).Token(t.Context()); err == nil || !strings.Contains(err.Error(), "token store: ") {
		t.Errorf("without Warn: %v", err)
	}
	_, err := kept(t, p, store, func(o *Options) { o.Warn = func(error) {} }).Token(t.Context())
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Next, "readable") {
		t.Errorf("a login that cannot be read: %v", err)
	}
}

// TestASaveThatFailsAloneIsAWarning makes only the record unwritable: the lock and
// the reading work.
func TestASaveThatFailsAloneIsAWarning(t *testing.T) {
	p, store := newIDP(t), fileStore(t, t.TempDir())
	token := p.grant()
	key := Key{"agency", "production", p.provider().TokenURL}
	obstruct := func(token string) {
		t.Helper()
		// As if a process had died while it wrote, and left what cannot be removed.
		if err := os.MkdirAll(store.files.dir+"/."+key.slot(hash(token))+".json.1-0.tmp/x", 0o700); err != nil {
			t.Fatal(err)
		}
	}
	before := p.grant()
	settled := kept(t, p, store, fromEnv(before), func(o *Options) { o.Warn = func(error) {} })
	refresh(t, settled)
	obstruct(before)
	for range 3 { // what is stored is older than what the memory has
		refresh(t, settled)
	}
	obstruct(token)
	var warned []string
	s := kept(t, p, store, fromEnv(token), func(o *Options) { o.Warn = func(err error) { warned = append(warned, err.Error()) } })
	refresh(t, s)
	refresh(t, s)
	if p.reused != 0 || len(warned) != 2 || !slices.ContainsFunc(warned, func(s string) bool {
		return strings.Contains(s, "so a later run may be unable to sign in: token store: "+store.files.dir)
	}) {
		t.Errorf("%d refreshes with a dead token; warned %q", p.reused, warned)
	}
	another := p.grant()
	obstruct(another)
	if token, err := kept(t, p, store, fromEnv(another)).Token(t.Context()); err == nil || !strings.Contains(err.Error(), "the new refresh token could not be stored") || token != "" {
		t.Errorf("without Warn: %v", err)
	}
}

// TestATokenThatAnotherRotatedIsReadAgain is a folder whose locks do not hold,
// as on some network drives: another process rotates between our reading and
// our asking.
func TestATokenThatAnotherRotatedIsReadAgain(t *testing.T) {
	p, store := newIDP(t), fileStore(t, t.TempDir())
	key := Key{"agency", "production", p.provider().TokenURL}
	save := func(token string) {
		if err := store.save(key.slot(""), Record{RefreshToken: token, ClientID: "app-1", TokenURL: key.TokenURL, Obtained: time.Now()}); err != nil {
			t.Error(err)
		}
	}
	if err := store.files.make(); err != nil {
		t.Fatal(err)
	}
	old := p.grant()
	save(old)
	var once sync.Once
	s := kept(t, p, store, func(o *Options) {
		o.HTTP = &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
			once.Do(func() {
				save(p.grant())
				p.mu.Lock()
				defer p.mu.Unlock()
				delete(p.current, old)
			})
			return http.DefaultTransport.RoundTrip(r)
		})}
	})
	refresh(t, s)
	refresh(t, s)
	if p.reused != 2 { // the old one, and once more in case that was a mood
		t.Errorf("%d refreshes with a dead token", p.reused)
	}
}

func TestASourceWithAStoreWantsAClock(t *testing.T) {
	if _, err := New(Options{ClientID: "a", Store: fileStore(t, t.TempDir())}); err == nil {
		t.Error("no error")
	}
}
