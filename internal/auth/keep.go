package auth

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/oauth2"
)

// renewKept is renew with a store. Under the lock the store is read again, so that
// a token that another process has rotated is taken from there, and the new token
// is stored before the access token is used.
//
// A store that cannot be written does not stop a run, whose work matters more and
// which needs only the token in memory: [Options.Warn] gets a warning, and the
// next refresh tries again. Without Warn it is an error.
func (s *Source) renewKept(ctx context.Context) (string, error) {
	unlock, err := s.o.Store.lock(ctx, s.slot)
	switch {
	case errors.Is(err, errLocked):
		return "", &UnreachableError{err}
	case err != nil:
		if err := s.warn(err); err != nil {
			return "", err
		}
	default:
		defer unlock()
	}
	old, err := s.newest()
	if err != nil {
		return "", err
	}
	t, err := s.retrieve(ctx, old)
	if refused, ok := errors.AsType[*Error](err); ok && refused.Code == "invalid_grant" {
		if newer, readErr := s.newest(); readErr == nil && newer != old { // on a file system whose locks do not work
			old = newer
			t, err = s.retrieve(ctx, old)
		}
	}
	if err != nil {
		return "", s.refuse(err)
	}
	if err := s.store(old, t); err != nil {
		return "", err
	}
	return t.AccessToken, nil
}

// newest is the refresh token to use: the one in memory if it could not be stored,
// else the stored one, else that of the environment. What was read is a secret
// from then on.
func (s *Source) newest() (string, error) {
	s.mu.Lock()
	memory, unsaved := s.refresh, s.unsaved
	s.mu.Unlock()
	if unsaved {
		return memory, nil
	}
	fromEnv := s.o.RefreshToken != ""
	r, err := s.o.Store.load(s.slot)
	switch {
	case err == nil && r.ClientID == s.o.ClientID && r.TokenURL == s.o.TokenURL && r.Succeeds == s.succeeds:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held = append(s.held, r.RefreshToken)
		return r.RefreshToken, nil
	case err == nil && fromEnv, errors.Is(err, ErrNotSignedIn) && fromEnv:
		return memory, nil // the successor of another app's token is useless here
	case err == nil:
		return "", &Error{
			Description: fmt.Sprintf("profile %q is signed in to a different app than the one in LINKBATCH_CLIENT_ID", s.o.Profile),
			Next:        s.again() + ", or set LINKBATCH_CLIENT_ID to the app that it is signed in to",
			Err:         ErrNotSignedIn,
		}
	case errors.Is(err, ErrNotSignedIn):
		return "", notSignedIn(s.key(), s.o.Store.ring.why(s.o.Store.mode))
	case fromEnv:
		return memory, s.warn(err)
	}
	return "", &Error{Description: err.Error(), Next: "make the token store readable, or " + s.again(), Err: err}
}

// store saves a refresh token that is new, and only then puts it into use.
func (s *Source) store(old string, t *oauth2.Token) error {
	s.mu.Lock()
	changed := t.RefreshToken != old || s.unsaved
	s.mu.Unlock()
	var failed error
	if changed {
		failed = s.o.Store.save(s.slot, Record{
			RefreshToken: t.RefreshToken, ClientID: s.o.ClientID, Scope: s.o.Scope,
			TokenURL: s.o.TokenURL, Obtained: s.o.Now(), Succeeds: s.succeeds,
		})
	}
	s.keep(t)
	s.mu.Lock()
	s.unsaved = failed != nil
	s.mu.Unlock()
	if failed == nil {
		return nil
	}
	err := s.warn(fmt.Errorf("the new refresh token could not be stored, so a later run may be unable to sign in: %w", failed))
	if err != nil {
		s.Expire(t.AccessToken)
	}
	return err
}

// warn passes the error to Warn, or returns it if there is no Warn.
func (s *Source) warn(err error) error {
	if s.o.Warn == nil {
		return err
	}
	s.o.Warn(err)
	return nil
}

// key is the key of the source's sign-in.
func (s *Source) key() Key { return Key{s.o.Profile, s.o.Env, s.o.TokenURL} }

// again is how a person renews a stored login.
func (s *Source) again() string {
	command := "run linkbatch login --profile " + shown(s.o.Profile)
	if s.o.Env != "" && s.o.Env != "production" {
		command += " --env " + s.o.Env
	}
	return command
}
