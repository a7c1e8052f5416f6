package auth

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

// fakeRing is a keyring in memory that can be broken.
type fakeRing struct {
	mu    sync.Mutex
	held  map[string]string
	fails error
	calls int
}

func (f *fakeRing) ring() *ring {
	return &ring{door: func() error { return nil }, read: f.get, write: f.set, erase: f.erase}
}

func (f *fakeRing) get(_, user string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	text, ok := f.held[user]
	if f.fails != nil {
		return "", f.fails
	}
	if !ok {
		return "", keyring.ErrNotFound
	}
	return text, nil
}

func (f *fakeRing) set(_, user, text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.fails == nil {
		f.held[user] = text
	}
	return f.fails
}

func (f *fakeRing) erase(_, user string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.fails != nil {
		return f.fails
	}
	if _, ok := f.held[user]; !ok {
		return keyring.ErrNotFound
	}
	delete(f.held, user)
	return nil
}

func ringStore(t *testing.T, m Mode, f *fakeRing) *Store {
	t.Helper()
	s, err := OpenStore(StoreOptions{Mode: m, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s.ring = f.ring()
	return s
}

func filesIn(t *testing.T, s *Store) (n int) {
	t.Helper()
	entries, err := os.ReadDir(s.files.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), lockSuffix) {
			n++
		}
	}
	return n
}

// TestTheLibrarysKeyring goes through the library itself, over its memory.
func TestTheLibrarysKeyring(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere") // not asked: the library's memory is in its place
	s, err := OpenStore(StoreOptions{Mode: ModeKeyring, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	k := Key{Profile: "a"}
	if _, err := s.Load(k); !errors.Is(err, ErrNotSignedIn) {
		t.Errorf("%v", err)
	}
	if err := s.Save(t.Context(), k, record("RT-1", clock())); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Load(k); err != nil || r.RefreshToken != "RT-1" || filesIn(t, s) != 0 {
		t.Errorf("%v, %d files", err, filesIn(t, s))
	}
	for _, want := range []bool{true, false} {
		if found, err := s.Delete(t.Context(), k); found != want || err != nil {
			t.Errorf("%v, %v", found, err)
		}
	}
	if s.Where() != "the system's keyring" {
		t.Error(s.Where())
	}
}

func TestAutoTakesTheKeyringElseTheFile(t *testing.T) {
	f := &fakeRing{held: map[string]string{}}
	s, k := ringStore(t, ModeAuto, f), Key{Profile: "a"}
	save := func(token string) {
		t.Helper()
		if err := s.Save(t.Context(), k, record(token, clock())); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Load(k); err != nil || r.RefreshToken != token {
			t.Errorf("%q after %q was saved, %v", r.RefreshToken, token, err)
		}
	}
	holds := func(ring, files int) {
		t.Helper()
		if len(f.held) != ring || filesIn(t, s) != files {
			t.Errorf("%d in the keyring, %d files; want %d and %d", len(f.held), filesIn(t, s), ring, files)
		}
	}
	save("RT-1")
	holds(1, 0)
	save(strings.Repeat("x", ringSize)) // too long for it
	holds(0, 1)
	save("RT-3")
	holds(1, 0)
	f.fails = errors.New("it is locked")
	if _, err := s.Load(k); err == nil || !strings.Contains(err.Error(), "it is locked") {
		t.Errorf("it broke meanwhile: %v", err)
	}
	save("RT-4") // into the file
	calls := f.calls
	if _, err := s.Load(k); err != nil || f.calls != calls {
		t.Errorf("%v; a keyring that failed was asked again", err)
	}
	if _, err := s.Delete(t.Context(), k); err == nil || !strings.Contains(err.Error(), "may still hold a sign-in") {
		t.Errorf("logout without the keyring: %v", err)
	}
	if _, err := s.Load(k); !errors.Is(err, ErrNotSignedIn) || !strings.Contains(err.Error(), "it is locked") {
		t.Errorf("%v", err)
	}
}

func TestTheNewerOfTwoRecordsIsRead(t *testing.T) {
	f := &fakeRing{held: map[string]string{}}
	s, k := ringStore(t, ModeAuto, f), Key{"a", "", TokenURL}
	slot := k.slot("")
	put := func(place place, r Record) {
		t.Helper()
		data, err := r.encode()
		if err == nil {
			err = place.set(slot, data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(s.ring, record("RT-ring", clock()))
	put(s.files, record("RT-file", clock().Add(time.Second)))
	if r, err := s.Load(k); err != nil || r.RefreshToken != "RT-file" {
		t.Errorf("%q, %v", r.RefreshToken, err)
	}
	if err := s.Save(t.Context(), k, record("RT-new", clock().Add(-time.Hour))); err != nil { // the clock was set back
		t.Fatal(err)
	}
	put(s.files, record("RT-file", clock().Add(time.Second))) // as if it had not been removed
	if r, err := s.Load(k); err != nil || r.RefreshToken != "RT-new" {
		t.Errorf("%q, %v", r.RefreshToken, err)
	}
	f.held[slot] = "damaged"
	if r, err := s.Load(k); err != nil || r.RefreshToken != "RT-file" {
		t.Errorf("%q, %v", r.RefreshToken, err)
	}
}

func TestAKeyringThatMustWork(t *testing.T) {
	f := &fakeRing{held: map[string]string{}, fails: errors.New("Prompt was dismissed")}
	s := ringStore(t, ModeKeyring, f)
	err := s.Save(t.Context(), Key{Profile: "a"}, record("RT-secret", clock()))
	if err == nil || !strings.Contains(err.Error(), "keyring: Prompt was dismissed") || strings.Contains(err.Error(), "RT-secret") {
		t.Errorf("%v", err)
	}
	if _, err := s.Load(Key{Profile: "a"}); err == nil || errors.Is(err, ErrNotSignedIn) {
		t.Errorf("%v", err)
	}
	if err := s.Ready(t.Context(), Key{Profile: "a"}); err == nil || !strings.Contains(err.Error(), "keyring: Prompt was dismissed") {
		t.Errorf("ready: %v", err)
	}
	f.fails = nil
	s = ringStore(t, ModeKeyring, f)
	if err := s.Ready(t.Context(), Key{Profile: "a"}); err != nil || len(f.held) > 0 {
		t.Errorf("ready: %v, %d records", err, len(f.held))
	}
	if err := s.Save(t.Context(), Key{Profile: "a"}, record(strings.Repeat("x", ringSize), clock())); err == nil || !strings.Contains(err.Error(), "file") || strings.Contains(err.Error(), "xxx") {
		t.Errorf("too long: %v", err)
	}
}

func TestASystemWithoutAKeyringIsNoWarning(t *testing.T) {
	for name, r := range map[string]*ring{
		"no bus":      {door: func() error { return errNoRing }},
		"no service":  (&fakeRing{fails: errors.New("The name org.freedesktop.secrets was not provided by any .service files")}).ring(),
		"no platform": (&fakeRing{fails: keyring.ErrUnsupportedPlatform}).ring(),
	} {
		s, err := OpenStore(StoreOptions{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		s.ring = r
		if err := s.Save(t.Context(), Key{Profile: "a"}, record("RT-1", clock())); err != nil || filesIn(t, s) != 1 || s.Where() != s.files.dir {
			t.Errorf("%s: %v", name, err)
		}
		if found, err := s.Delete(t.Context(), Key{Profile: "a"}); !found || err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Load(Key{Profile: "a"}); !errors.Is(err, ErrNotSignedIn) || strings.Contains(err.Error(), "keyring") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAKeyringThatHangsIsGivenUp(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		s, err := OpenStore(StoreOptions{Dir: folder})
		if err != nil {
			t.Fatal(err)
		}
		s.ring = &ring{
			door: func() error { return nil },
			read: func(string, string) (string, error) { <-hang; return "", keyring.ErrNotFound },
		}
		started := time.Now()
		for range 3 {
			if err := s.Save(t.Context(), Key{Profile: "a"}, record("RT-1", clock())); err != nil {
				t.Fatal(err)
			}
			if r, err := s.Load(Key{Profile: "a"}); err != nil || r.RefreshToken != "RT-1" {
				t.Error(err)
			}
		}
		if took := time.Since(started); took != ringTime {
			t.Errorf("it took %v, want %v once", took, ringTime)
		}
		_, err = s.Delete(t.Context(), Key{Profile: "a"})
		if want := fmt.Sprint("no answer within ", ringTime); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v", err)
		}
		close(hang)
	})
}

func TestALockThatIsNeverGivenBack(t *testing.T) {
	folder := t.TempDir()
	unlock, err := fileStore(t, folder).lock(t.Context(), Key{"a", "", TokenURL}.slot(""))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		s, err := New(Options{ClientID: "app-1", Store: fileStore(t, folder), Profile: "a", Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Token(t.Context())
		if !isA[*UnreachableError](err) || !errors.Is(err, errLocked) || time.Since(started) < lockTime {
			t.Errorf("%v after %v", err, time.Since(started))
		}
	})
}
