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

	"linkbatch/internal/duration"
)

const (
	ringService = "linkbatch"
	// ringTime is how long the keyring may take: long enough for a person to
	// unlock it with a password, and short enough that one that hangs does not
	// stop a run at night.
	ringTime = 20 * time.Second
	// ringSize is the longest record, in bytes, that every keyring accepts: the
	// limit is 2560 on Windows, and on macOS 4096 for a command that holds the
	// record in base64 and names of about a hundred bytes.
	ringSize = 2500
)

// errNoRing is a system without a keyring.
var errNoRing = errors.New("this system has no keyring")

// ring keeps records in the system's keyring. The first call shows whether it
// works; after a failure it is not asked again in auto mode.
type ring struct {
	door  func() error // nil error = there is a keyring to ask
	read  func(service, user string) (string, error)
	write func(service, user, password string) error
	erase func(service, user string) error

	mu   sync.Mutex
	down error // why it does not work
	seen bool  // it has been tried
}

// systemRing is the keyring of this system.
func systemRing() *ring {
	return &ring{door: findRing, read: keyring.Get, write: keyring.Set, erase: keyring.Delete}
}

// findRing looks for the session bus, through which the keyring is reached on
// Linux and the BSDs. Without it the library would try to start one, which would
// outlive the run and hold no keyring.
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

// works reports whether the keyring can be used. The first call asks it for a
// record that it does not have.
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

// why is the reason that the keyring is not used in auto mode, if it is worth
// mentioning: that a system has none is not.
func (r *ring) why(m Mode) string {
	if m != ModeAuto || r.works() {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down == nil || errors.Is(r.down, errNoRing) {
		return ""
	}
	return "the keyring does not work: " + r.down.Error()
}

// ringFault is nil for an answer, errNoRing if nothing provides a keyring, else
// the error.
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
		return fmt.Errorf("the token is too long for it (%d bytes): use --token-store file", len(data))
	}
	_, err := timed(func() (string, error) { return "", r.write(ringService, slot, string(data)) })
	if errors.Is(err, keyring.ErrSetDataTooBig) {
		return errors.New("the token is too long for it: use --token-store file")
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

// check is the reason that the keyring does not work, for the mode that uses no
// other place; nil if it works.
func (r *ring) check() error {
	if r.works() {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.down
}

// note remembers a failure, so that a keyring that hangs costs its time only once.
func (r *ring) note(err error) error {
	if err = ringFault(err); err == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = err
	return err
}

// timed calls the keyring, which takes no context, with a time limit. A call that
// is too late continues and does no harm: of two records the newer is read.
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
		return "", fmt.Errorf("no answer within %s", duration.String(ringTime))
	}
}
