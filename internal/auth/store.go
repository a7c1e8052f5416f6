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

// The modes. Auto takes the keyring of the system where one answers and the
// record fits, else the file; of two records it reads the newer.
const (
	ModeAuto    Mode = "auto"
	ModeKeyring Mode = "keyring"
	ModeFile    Mode = "file"
)

// StoreOptions are the settings of a [Store].
type StoreOptions struct {
	Mode Mode // empty = ModeAuto
	// Dir is a folder of the store's own. It is made with mode 0700, holds the
	// records that are in files, with mode 0600, and the locks of all. On
	// Windows it is as private as the folder that it is in.
	Dir string
}

// Store keeps refresh tokens. It is safe for concurrent use, and so are
// several of several processes over the same folder.
//
// A record is replaced in one step: whatever happens meanwhile, either the old
// one is there or the new one.
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
		return nil, fmt.Errorf("token store: %q is not auto, keyring or file", o.Mode)
	case o.Dir == "":
		return nil, errors.New("token store: no folder")
	}
	return s, nil
}

// Load returns the sign-in that [Store.Save] saved, with the newest refresh
// token. The cause of the error is [ErrNotSignedIn] when there is none.
func (s *Store) Load(k Key) (Record, error) {
	k.TokenURL = cmp.Or(k.TokenURL, TokenURL)
	r, err := s.load(k.slot(""))
	if errors.Is(err, ErrNotSignedIn) {
		return Record{}, notSignedIn(k, s.ring.why(s.mode))
	}
	return r, err
}

// Ready reports why a sign-in could not be kept: a folder that cannot be
// written, a keyring that does not answer. A person is asked only after it.
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

// Save keeps a sign-in that a person made, in the place of the former.
func (s *Store) Save(ctx context.Context, k Key, r Record) error {
	k.TokenURL, r.Succeeds = cmp.Or(k.TokenURL, TokenURL), ""
	unlock, err := s.lock(ctx, k.slot(""))
	if err != nil {
		return err
	}
	defer unlock()
	return s.save(k.slot(""), r)
}

// Delete forgets a sign-in and all successors of tokens of the environment
// under the same key, and reports whether there was anything. The service is
// not told: a token that was copied stays good until it is revoked there.
func (s *Store) Delete(ctx context.Context, k Key) (bool, error) {
	k.TokenURL = cmp.Or(k.TokenURL, TokenURL)
	slots, err := s.files.slots(k.prefix())
	if err != nil {
		return false, err
	}
	if login := k.slot(""); !slices.Contains(slots, login) {
		slots = append(slots, login) // a keyring may have it though the folder was lost
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
		return found, errors.New("token store: " + why + ": a sign-in may be left in it")
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

// shown is a profile as a person types it in a command.
func shown(profile string) string {
	if profile == "" || strings.ContainsAny(profile, " \t\"'$`\\!&|;<>()*?[]#~") {
		return fmt.Sprintf("%q", profile)
	}
	return profile
}

// load returns the newest record of a slot, or ErrNotSignedIn. In auto mode a
// damaged record counts only if it is the only one.
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

// save puts a record into the first place that takes it, and the older one out
// of the others. The caller holds the lock.
func (s *Store) save(slot string, r Record) error {
	if old, err := s.load(slot); err == nil && !r.Obtained.After(old.Obtained) {
		r.Obtained = old.Obtained.Add(1) // a clock that was set back must not make the older one win
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
				other.remove(slot) // what stays there is older, and is not read
			}
		}
		return nil
	}
	return errors.Join(errs...)
}

// remove takes a record out of all places.
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

// place is one of the two places of a record. get gives ErrNotSignedIn when it
// has none; remove reports whether it had one.
type place interface {
	get(slot string) ([]byte, error)
	set(slot string, data []byte) error
	remove(slot string) (bool, error)
	where(slot string) string
}

// places are those of the mode, the better one first. In auto mode a keyring
// that does not work is none.
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

// errLocked is a lock that another process did not give back.
var errLocked = fmt.Errorf("token store: another run has held the lock for %v", lockTime)

// lock keeps a slot for this caller until unlock, also against other processes.
// A process that dies gives its locks back.
func (s *Store) lock(ctx context.Context, slot string) (unlock func(), err error) {
	if err := s.files.make(); err != nil {
		return nil, err
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
	return func() { lock.Unlock() }, nil // the file stays: who waits for it has it open
}

// Where says where the records are, for people: the folder, or the keyring of
// the system with the folder where the keyring fails.
func (s *Store) Where() string {
	switch {
	case s.mode == ModeKeyring:
		return "the keyring of the system"
	case s.mode == ModeAuto && s.ring.works():
		return "the keyring of the system, else " + s.files.dir
	}
	return s.files.dir
}

// isMissing reports whether an error says that a file or folder is not there.
func isMissing(err error) bool { return errors.Is(err, os.ErrNotExist) }
