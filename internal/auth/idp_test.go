package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// idp is an identity service for tests: it checks PKCE, redirect addresses and
// secrets, a code is good once, and rotation is strict: a refresh token that
// was used is dead.
type idp struct {
	t       *testing.T
	secret  string // empty = a public client
	scope   string // what an answer says was given
	deny    string // the query that refuses in a redirect
	still   bool   // refresh tokens are not rotated, as Google's
	keepOut bool   // no refresh token is given

	mu      sync.Mutex
	url     string
	asked   url.Values            // the last query of the authorize page
	codes   map[string]url.Values // by code, what it was asked with
	current map[string]bool       // good refresh tokens
	reused  int                   // refreshes with a dead token
	issued  int
	forms   []url.Values
	flaky   int // refuse so many refreshes although the token is good
}

func newIDP(t *testing.T) *idp {
	p := &idp{t: t, codes: map[string]url.Values{}, current: map[string]bool{}}
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	p.url = srv.URL
	return p
}

func (p *idp) provider() Provider {
	return Provider{AuthURL: p.url + "/common/oauth2/v2.0/authorize", TokenURL: p.url + "/common/oauth2/v2.0/token"}
}

// grant makes a refresh token that is good.
func (p *idp) grant() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next()
}

func (p *idp) next() string {
	p.issued++
	token := fmt.Sprintf("RT-secret-%d", p.issued)
	p.current[token] = true
	return token
}

func (p *idp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r.Method + " " + r.URL.Path {
	case "GET /common/oauth2/v2.0/authorize":
		p.authorize(w, r)
	case "POST /common/oauth2/v2.0/token":
		r.ParseForm()
		p.forms = append(p.forms, r.PostForm)
		p.token(w, r.PostForm)
	default:
		http.NotFound(w, r)
	}
}

func (p *idp) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.asked = q
	to, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || to.Hostname() != "localhost" || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 22 {
		http.Error(w, "AADSTS50011", http.StatusBadRequest)
		return
	}
	code := fmt.Sprintf("CODE-secret-%d.*!~", len(p.codes))
	p.codes[code] = q
	answer := url.Values{"code": {code}, "state": {q.Get("state")}, "session_state": {"x"}}
	if p.deny != "" {
		answer, _ = url.ParseQuery(p.deny)
		answer.Set("state", q.Get("state"))
	}
	to.RawQuery = answer.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

func (p *idp) token(w http.ResponseWriter, form url.Values) {
	w.Header().Set("Content-Type", "application/json")
	refuse := func(status int, code string, number int, text string) {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]any{
			"error": code, "error_codes": []int{number}, "trace_id": "x",
			"error_description": fmt.Sprintf("AADSTS%d: %s %s\r\nTrace ID: x", number, text, form.Encode()), // the worst case
		})
	}
	if form.Get("client_id") != "app-1" || form.Get("client_secret") != p.secret {
		refuse(http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided.")
		return
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		asked, good := p.codes[form.Get("code")]
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		switch {
		case !good || asked == nil:
			refuse(400, "invalid_grant", 54005, "The code was already redeemed.")
			return
		case base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge"):
			refuse(400, "invalid_grant", 501481, "The Code_Verifier does not match the code_challenge.")
			return
		case form.Get("redirect_uri") != asked.Get("redirect_uri"):
			refuse(400, "invalid_grant", 500112, "The reply address does not match.")
			return
		}
		p.codes[form.Get("code")] = nil
	case "refresh_token":
		old := form.Get("refresh_token")
		if !p.current[old] {
			p.reused++
			refuse(400, "invalid_grant", 70000, "The refresh token was used.")
			return
		}
		if p.flaky > 0 {
			p.flaky--
			refuse(400, "invalid_grant", 70000, "Try again, I am moody.")
			return
		}
		if p.still {
			fmt.Fprintf(w, `{"token_type":"Bearer","access_token":"AT-secret-%d","expires_in":3600}`, len(p.forms))
			return
		}
		delete(p.current, old)
	}
	answer := map[string]any{"token_type": "Bearer", "access_token": fmt.Sprintf("AT-secret-%d", len(p.forms)), "expires_in": 3600}
	if !p.keepOut {
		answer["refresh_token"] = p.next()
	}
	if p.scope != "" {
		answer["scope"] = p.scope
	}
	json.NewEncoder(w).Encode(answer)
}

// browser follows the redirects as a browser does, and keeps what it showed
// last.
type browser struct {
	status int
	page   string
	header http.Header
	end    string // the address that it ended at
}

func (b *browser) open(address string) error {
	resp, err := http.Get(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	b.status, b.page, b.header, b.end = resp.StatusCode, string(page), resp.Header, resp.Request.URL.String()
	return err
}

// clock is a fixed time for tests that do not care.
func clock() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }
