package auth

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/zalando/go-keyring"
)

const (
	ringService = "linkbatch"
	// ringTime is how long the keyring may take. A keyring that is locked asks
	// the person for its password, so it is not shorter; one that hangs must
	// not stop a run at night, so it is not longer.
	ringTime = 20 * time.Second
	// ringSize is the longest record, in bytes, that every keyring takes:
	// Windows ends at 2560, and macOS at 4096 for a command with the record in
	// base64 and names of some hundred bytes.
	ringSize = 2500
)

// errNoRing is a system without a keyring.
var errNoRing = errors.New("there is no keyring here")

// ring keeps records in the keyring of the system. The first call tells
// whether it works; after a failure it is not asked again in auto mode.
type ring struct {
	door  func() error // nil when there is one to ask
	read  func(service, user string) (string, error)
	write func(service, user, password string) error
	erase func(service, user string) error

	mu   sync.Mutex
	down error // why it does not work
	seen bool  // it was tried
}

// systemRing is the keyring of this system.
func systemRing() *ring {
	return &ring{door: findRing, read: keyring.Get, write: keyring.Set, erase: keyring.Delete}
}

// findRing looks for the session bus, through which the keyring of Linux and
// the BSDs is asked. Without it the library would try to start one, which
// outlives the run and holds no keyring.
func findRing() error {
	switch runtime.GOOS {
	case "windows", "darwin":
		return nil
	}
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" && address != "autolaunch:" {
		return nil
	}
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat("/run/user/" + strconv.Itoa(os.Getuid()) + "/" + name); err == nil {
			return nil
		}
	}
	return errNoRing
}

// works reports whether the keyring can be used. The first call asks it for
// something that it does not have.
func (r *ring) works() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.seen {
		r.seen = true
		if r.down = r.door(); r.down == nil {
			_, err := timed(func() (string, error) { return r.read(ringService, "probe") })
			r.down = ringFault(err)
		}
	}
	return r.down == nil
}

// why says why the keyring was left out in auto mode, where that is worth a
// word: a system without one is nothing to tell.
func (r *ring) why(m Mode) string {
	if m != ModeAuto || r.works() {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down == nil || errors.Is(r.down, errNoRing) {
		return ""
	}
	return "the keyring could not be asked: " + r.down.Error()
}

// ringFault is nil for an answer, errNoRing where nothing provides a keyring,
// else the error.
func ringFault(err error) error {
	switch {
	case err == nil || errors.Is(err, keyring.ErrNotFound):
		return nil
	case errors.Is(err, keyring.ErrUnsupportedPlatform), strings.Contains(err.Error(), "org.freedesktop.secrets"):
		return errNoRing // the bus knows of no service of that name
	}
	return errors.New(clean(err.Error()))
}

func (r *ring) where(string) string { return "keyring" }

func (r *ring) get(slot string) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	text, err := timed(func() (string, error) { return r.read(ringService, slot) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil, ErrNotSignedIn
	}
	return []byte(text), r.note(err)
}

func (r *ring) set(slot string, data []byte) error {
	if err := r.check(); err != nil {
		return err
	}
	if len(data) > ringSize {
		return fmt.Errorf("the token is too long for it (%d bytes): keep it in a file", len(data))
	}
	_, err := timed(func() (string, error) { return "", r.write(ringService, slot, string(data)) })
	if errors.Is(err, keyring.ErrSetDataTooBig) {
		return errors.New("the token is too long for it: keep it in a file")
	}
	return r.note(err)
}

func (r *ring) remove(slot string) (bool, error) {
	if err := r.check(); err != nil {
		return false, err
	}
	_, err := timed(func() (string, error) { return "", r.erase(ringService, slot) })
	if errors.Is(err, keyring.ErrNotFound) {
		return false, nil
	}
	return err == nil, r.note(err)
}

// check is why the keyring does not work, for the mode that takes no other
// place; nil when it does.
func (r *ring) check() error {
	if r.works() {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.down
}

// note remembers a failure, so that a keyring that hangs costs its time once.
func (r *ring) note(err error) error {
	if err = ringFault(err); err == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = err
	return err
}

// timed calls the keyring, which knows no context, with a time limit. A call
// that came too late goes on and changes nothing that matters: of two records
// the newer is read.
func timed(call func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := call()
		done <- answer{text, err}
	}()
	limit := time.NewTimer(ringTime)
	defer limit.Stop()
	select {
	case a := <-done:
		return a.text, a.err
	case <-limit.C:
		return "", fmt.Errorf("no answer within %v", ringTime)
	}
}
