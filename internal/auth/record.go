package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// ErrNotSignedIn is the cause of errors for a profile without a stored sign-in.
var ErrNotSignedIn = errors.New("not signed in")

// Key names a sign-in. A refresh token is found only under the key that it was
// saved with, so that one of production is never sent to another server.
type Key struct {
	Profile  string
	Env      string // production, sandbox or simulator
	TokenURL string // empty = [TokenURL]
}

// Record is a stored sign-in. Printing or logging it does not show the token.
type Record struct {
	RefreshToken string
	ClientID     string
	Scope        string
	TokenURL     string
	Obtained     time.Time // when this refresh token was issued
	Succeeds     string    // SHA-256, in hex, of the token of the environment that it replaces; empty = a login's
}

// String names the record without its token.
func (r Record) String() string {
	return fmt.Sprintf("sign-in{%s of %s}", r.ClientID, r.Obtained.UTC().Format(time.RFC3339))
}

// GoString is String, for %#v.
func (r Record) GoString() string { return r.String() }

// LogValue is String, for logs.
func (r Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalJSON is an error: only [Store] writes records.
func (r Record) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a sign-in must not be written out")
}

// recordFormat is raised when an older linkbatch must not read the record.
const recordFormat = 1

// storedRecord is a record at rest. Members are only ever added; a change of
// meaning raises recordFormat.
type storedRecord struct {
	Format       int       `json:"format"`
	RefreshToken string    `json:"refresh_token"`
	ClientID     string    `json:"client_id"`
	Scope        string    `json:"scope,omitempty"`
	TokenURL     string    `json:"token_url"`
	Obtained     time.Time `json:"obtained"`
	Succeeds     string    `json:"succeeds,omitempty"`
}

// encode is the record at rest.
func (r Record) encode() ([]byte, error) {
	return json.Marshal(storedRecord{recordFormat, r.RefreshToken, r.ClientID, r.Scope, r.TokenURL, r.Obtained.UTC(), r.Succeeds})
}

// decodeRecord reads a record at rest. The error shows nothing of it.
func decodeRecord(data []byte) (Record, error) {
	var s storedRecord
	if err := json.Unmarshal(data, &s); err != nil || s.RefreshToken == "" || s.Format < 1 {
		return Record{}, errors.New("it is damaged")
	}
	if s.Format > recordFormat {
		return Record{}, errors.New("it was written by a newer linkbatch")
	}
	return Record{s.RefreshToken, s.ClientID, s.Scope, s.TokenURL, s.Obtained, s.Succeeds}, nil
}

// hash is the SHA-256 of a text, in hex.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// prefix is how the names of a key's records start: the profile, for people, and a
// hash that distinguishes profiles, environments and servers.
func (k Key) prefix() string {
	seen := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '_'
	}, k.Profile)
	return seen[:min(len(seen), 40)] + "-" + hash(k.Profile + "\x00" + k.Env + "\x00" + k.TokenURL)[:16] + "-"
}

// slot names one record: the login's, or that of the successor of a token of the
// environment. Each such token has its own, so that two jobs with two tokens do
// not overwrite each other's successors.
func (k Key) slot(succeeds string) string {
	if succeeds == "" {
		return k.prefix() + "login"
	}
	return k.prefix() + succeeds[:16]
}
