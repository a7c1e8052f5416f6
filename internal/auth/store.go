package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Mode is where a [Store] keeps its records.
type Mode string

// The modes. Auto uses the system's keyring if there is one that answers and the
// record fits, else a file; of two records it reads the newer.
const (
	ModeAuto    Mode = "auto"
	ModeKeyring Mode = "keyring"
	ModeFile    Mode = "file"
)

// StoreOptions are the settings of a [Store].
type StoreOptions struct {
	Mode Mode // empty = ModeAuto
	// Dir is a folder of the store's own. It is created with mode 0700 and holds
	// the records that are in files, with mode 0600, and the locks of all. On
	// Windows it is as private as its parent.
	Dir string
}

// Store keeps refresh tokens. It is safe for concurrent use, also by several
// processes with the same folder.
//
// A record is replaced in one step: whatever happens, there is either the old one
// or the new one.
type Store struct {
	mode  Mode
	files tokenFiles
	ring  *ring
}

// OpenStore checks the options. It touches neither folder nor keyring.
func OpenStore(o StoreOptions) (*Store, error) {
	s := &Store{mode: cmp.Or(o.Mode, ModeAuto), files: tokenFiles{o.Dir}, ring: systemRing()}
	switch {
	case s.mode != ModeAuto && s.mode != ModeKeyring && s.mode != ModeFile:
		return nil, fmt.Errorf("token store: %q: want auto, keyring or file", o.Mode)
	case o.Dir == "":
		return nil, errors.New("token store: no folder")
	}
	return s, nil
}

// Load returns the sign-in that [Store.Save] saved, with the newest refresh token.
// The cause of the error is [ErrNotSignedIn] if there is none.
func (s *Store) Load(k Key) (Record, error) {
	k.TokenURL = cmp.Or(k.TokenURL, TokenURL)
	r, err := s.load(k.slot(""))
	if errors.Is(err, ErrNotSignedIn) {
		return Record{}, notSignedIn(k, s.ring.why(s.mode))
	}
	return r, err
}

// Ready reports why a sign-in could not be stored: a folder that cannot be written,
// a keyring that does not answer. Ask it before a person signs in.
func (s *Store) Ready(ctx context.Context, k Key) error {
	k.TokenURL = cmp.Or(k.TokenURL, TokenURL)
	if s.mode == ModeKeyring {
		if err := s.ring.check(); err != nil {
			return fmt.Errorf("token store: %s: %w", s.ring.where(""), err)
		}
	}
	unlock, err := s.lock(ctx, k.slot(""))
	if err == nil {
		unlock()
	}
	return err
}

// Save stores a person's sign-in, and replaces the previous one.
func (s *Store) Save(ctx context.Context, k Key, r Record) error {
	k.TokenURL, r.Succeeds = cmp.Or(k.TokenURL, TokenURL), ""
	unlock, err := s.lock(ctx, k.slot(""))
	if err != nil {
		return err
	}
	defer unlock()
	return s.save(k.slot(""), r)
}

// Delete removes a sign-in and all successors of tokens of the environment under
// the same key, and reports whether there was anything. The service does not learn
// of it: copies of a token remain valid until they are revoked there.
func (s *Store) Delete(ctx context.Context, k Key) (bool, error) {
	k.TokenURL = cmp.Or(k.TokenURL, TokenURL)
	slots, err := s.files.slots(k.prefix())
	if err != nil {
		return false, err
	}
	if login := k.slot(""); !slices.Contains(slots, login) {
		slots = append(slots, login) // a keyring may have it even if the folder was lost
	}
	found := false
	for _, slot := range slots {
		had, err := s.remove(ctx, slot)
		if err != nil {
			return found, err
		}
		found = found || had
	}
	if why := s.ring.why(s.mode); why != "" {
		return found, errors.New("token store: " + why + ": it may still hold a sign-in")
	}
	return found, nil
}

// notSignedIn is the error for a profile without a sign-in.
func notSignedIn(k Key, why string) error {
	command := "linkbatch login --profile " + shown(k.Profile)
	if k.Env != "" && k.Env != "production" {
		command += " --env " + k.Env
	}
	if why != "" {
		why = " (" + why + ")"
	}
	return &Error{
		Description: fmt.Sprintf("profile %q is not signed in%s", k.Profile, why),
		Next:        "run " + command + ", or set LINKBATCH_REFRESH_TOKEN",
		Err:         ErrNotSignedIn,
	}
}

// shown is a profile as a person types it in a shell.
func shown(profile string) string {
	if profile == "" || strings.ContainsAny(profile, " \t\"'$`\\!&|;<>()*?[]#~") {
		return fmt.Sprintf("%q", profile)
	}
	return profile
}

// load returns the newest record of a slot, or ErrNotSignedIn. In auto mode a
// damaged record is an error only if there is no other.
func (s *Store) load(slot string) (Record, error) {
	var (
		newest Record
		errs   []error
	)
	for _, place := range s.places() {
		data, err := place.get(slot)
		if errors.Is(err, ErrNotSignedIn) {
			continue
		}
		var r Record
		if err == nil {
			r, err = decodeRecord(data)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("token store: %s: %w", place.where(slot), err))
		} else if newest.RefreshToken == "" || r.Obtained.After(newest.Obtained) {
			newest = r
		}
	}
	if newest.RefreshToken != "" {
		return newest, nil
	}
	return Record{}, cmp.Or(errors.Join(errs...), ErrNotSignedIn)
}

// save writes a record to the first place that accepts it, and removes the older
// one from the others. The caller holds the lock.
func (s *Store) save(slot string, r Record) error {
	if old, err := s.load(slot); err == nil && !r.Obtained.After(old.Obtained) {
		r.Obtained = old.Obtained.Add(1) // so that the newer one wins although the clock was set back
	}
	data, err := r.encode()
	if err != nil {
		return err
	}
	var errs []error
	places := s.places()
	for i, place := range places {
		if err := place.set(slot, data); err != nil {
			errs = append(errs, fmt.Errorf("token store: %s: %w", place.where(slot), err))
			continue
		}
		for j, other := range places {
			if j != i {
				other.remove(slot) // if that fails, what remains is older and is not read
			}
		}
		return nil
	}
	return errors.Join(errs...)
}

// remove removes a record from all places.
func (s *Store) remove(ctx context.Context, slot string) (found bool, err error) {
	unlock, err := s.lock(ctx, slot)
	if err != nil {
		return false, err
	}
	defer unlock()
	var errs []error
	for _, place := range s.places() {
		had, err := place.remove(slot)
		if err != nil {
			errs = append(errs, fmt.Errorf("token store: %s: %w", place.where(slot), err))
		}
		found = found || had
	}
	return found, errors.Join(errs...)
}

// place is where records can be. get returns ErrNotSignedIn if there is no record;
// remove reports whether there was one.
type place interface {
	get(slot string) ([]byte, error)
	set(slot string, data []byte) error
	remove(slot string) (bool, error)
	where(slot string) string
}

// places are those of the mode, the preferred one first. In auto mode a keyring
// that does not work is left out.
func (s *Store) places() []place {
	switch {
	case s.mode == ModeKeyring:
		return []place{s.ring}
	case s.mode == ModeAuto && s.ring.works():
		return []place{s.ring, s.files}
	}
	return []place{s.files}
}

// lockTime is how long another process may hold a lock: its refresh takes at
// most maxTries of timeLimit and the pauses between.
const lockTime = maxTries*timeLimit + time.Minute

// errLocked is a lock that another process did not release.
var errLocked = fmt.Errorf("token store: another run has held the lock for %v", lockTime)

// lock reserves a slot for this caller until unlock, also against other processes.
// A process that dies releases its locks.
func (s *Store) lock(ctx context.Context, slot string) (unlock func(), err error) {
	if err := s.files.make(); err != nil {
		return nil, fmt.Errorf("token store: %w", err)
	}
	lock := flock.New(filepath.Join(s.files.dir, slot+lockSuffix), flock.SetPermissions(0o600))
	waiting, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	held, err := lock.TryLockContext(waiting, 20*time.Millisecond)
	switch {
	case ctx.Err() != nil && !held:
		return nil, ctx.Err()
	case waiting.Err() != nil && !held:
		return nil, errLocked
	case err != nil:
		return nil, fmt.Errorf("token store: lock: %w", err)
	}
	return func() { lock.Unlock() }, nil // the file stays: others may have it open, waiting
}

// Where is where the records are, in words for people: the folder, or the system's
// keyring with the folder as its fallback.
func (s *Store) Where() string {
	switch {
	case s.mode == ModeKeyring:
		return "the system's keyring"
	case s.mode == ModeAuto && s.ring.works():
		return "the system's keyring, or " + s.files.dir
	}
	return s.files.dir
}

// isMissing reports whether an error means that a file or folder does not exist.
func isMissing(err error) bool { return errors.Is(err, os.ErrNotExist) }
