package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// The kinds of ticket, as prefixes, so that one that turns up in a log can be
// recognised.
const (
	accessTicket  = "AT-"
	refreshTicket = "RT-"
	codeTicket    = "OC-"
)

// ticket is what a token or an authorization code grants. It travels within
// the token with a checksum, so that no token has to be remembered and a token of
// one process is valid in the next.
type ticket struct {
	User      ID     `json:"user"`
	Client    string `json:"client,omitzero"` // the application it was given to; empty: any
	Tenant    string `json:"tenant,omitzero"` // of a code: the path it was asked under
	Scope     string `json:"scope,omitzero"`
	Issued    int64  `json:"issued"` // Unix seconds
	Serial    int    `json:"serial"`
	Redirect  string `json:"redirect,omitzero"`  // of a code
	Challenge string `json:"challenge,omitzero"` // of a code; empty: asked without PKCE
	Plain     bool   `json:"plain,omitzero"`     // of a code: the challenge is the verifier itself
}

// after reports whether a time is at or after the end of the ticket's life.
func (t ticket) after(now time.Time, life time.Duration) bool {
	return !now.Before(time.Unix(t.Issued, 0).Add(life))
}

// seal encodes a ticket. The checksum distinguishes a garbled token from a valid
// one; it protects no secret, since the simulator guards nothing.
func seal(kind string, t ticket) string {
	payload := kind + base64.RawURLEncoding.EncodeToString(marshal(t))
	return payload + "." + checksum(payload)
}

func checksum(payload string) string {
	sum := sha256.Sum256([]byte("linkbatch simulator\n" + payload))
	return hex.EncodeToString(sum[:8])
}

// unseal reads a ticket of one kind, or returns false.
func unseal(kind, token string) (ticket, bool) {
	var t ticket
	payload, sum, found := strings.Cut(token, ".")
	text, ours := strings.CutPrefix(payload, kind)
	if !found || !ours || checksum(payload) != sum {
		return t, false
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	return t, err == nil && json.Unmarshal(b, &t) == nil
}
