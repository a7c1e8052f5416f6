package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v7"
	"golang.org/x/oauth2"

	"linkbatch/internal/duration"
)

const (
	maxTries  = 4                // with pauses of about 1, 2 and 4 s between them
	timeLimit = 30 * time.Second // of one exchange with the token address
	maxAnswer = 64 << 10         // bytes of its answer; a token has a few kilobytes
	maxPause  = time.Minute      // between two tries, even if it asks for a longer one
)

// retrieve asks for a token until there is an answer. After a refusal with
// invalid_grant it asks once more with the same token: the service is reported to
// refuse a good one occasionally (AADSTS70000). A Retry-After in seconds is the
// pause before the next try.
func (s *Source) retrieve(ctx context.Context, refreshToken string) (*oauth2.Token, error) {
	again := false
	operation := func() (*oauth2.Token, error) {
		t, err := s.ask(ctx, refreshToken)
		if refused, ok := errors.AsType[*Error](err); ok {
			if refused.Code != "invalid_grant" || again {
				return nil, backoff.Permanent(refused)
			}
			again = true
		}
		return t, err
	}
	t, err := backoff.Retry(ctx, operation, backoff.WithMaxTries(maxTries), backoff.WithBackOff(&backoff.ExponentialBackOff{
		InitialInterval:     s.o.Backoff,
		Multiplier:          2,
		RandomizationFactor: 0.5,
		MaxInterval:         8 * s.o.Backoff,
	}))
	if failed, ok := errors.AsType[*backoff.RetryError](err); ok {
		err = failed.LastErr
	}
	return t, err
}

// errNoAnswer is the cause if an exchange took too long.
var errNoAnswer = fmt.Errorf("no answer within %s", duration.String(timeLimit))

// ask makes one exchange. The error is an *Error or an *UnreachableError, or wraps
// one together with the requested pause.
func (s *Source) ask(ctx context.Context, refreshToken string) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeLimit, errNoAnswer)
	defer cancel()
	config := oauth2.Config{
		ClientID:     s.o.ClientID,
		ClientSecret: s.o.ClientSecret,
		Endpoint:     oauth2.Endpoint{TokenURL: s.o.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
	held := &oauth2.Token{RefreshToken: refreshToken}
	t, err := config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, s.client), held).Token()
	if err == nil {
		return t, nil
	}
	explained := explain(ctx, err, s.o.Now, refreshToken, s.o.ClientSecret)
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		if n, _ := strconv.ParseUint(answer.Response.Header.Get("Retry-After"), 10, 31); n > 0 {
			return nil, backoff.RetryAfter(min(time.Duration(n)*time.Second, maxPause), explained)
		}
	}
	return nil, explained
}

// explain turns an error of an exchange into an *Error or an *UnreachableError; ctx
// is the one that limits the exchange.
func explain(ctx context.Context, err error, now func() time.Time, secrets ...string) error {
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		err := refusal(answer, secrets...)
		if e, ok := errors.AsType[*Error](err); ok && now != nil {
			e.Next += skew(answer.Response.Header, now())
		}
		return err
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		if ctx.Err() != nil {
			return &UnreachableError{context.Cause(ctx)}
		}
		return &UnreachableError{failed.Err}
	}
	return &Error{
		Description: "the answer of the token address is not a token",
		Next:        nextStep("", "", nil),
	}
}

// longestSkew is how far a clock may be off: Microsoft Entra allows five minutes.
const longestSkew = 5 * time.Minute

// skew is a hint about this machine's clock if the date of an answer shows that it
// is wrong, else empty.
func skew(h http.Header, now time.Time) string {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return ""
	}
	off, way := now.Sub(date).Round(time.Minute), "fast"
	if off < 0 {
		off, way = -off, "slow"
	}
	if off <= longestSkew {
		return ""
	}
	return fmt.Sprintf("; this machine's clock is %v %s: correct it", off, way)
}

// exchanger is a client for a token address; of base it uses only the transport.
func exchanger(base *http.Client, scope string) *http.Client {
	transport := http.DefaultTransport
	if base != nil && base.Transport != nil {
		transport = base.Transport
	}
	return &http.Client{
		Transport: &form{base: transport, scope: scope},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // or the next address would get the refresh token
		},
	}
}

// form is a transport that adds the scope to the form of an exchange, since x/oauth2
// cannot send it, and reads the whole answer, up to a limit.
type form struct {
	base  http.RoundTripper
	scope string
}

// RoundTrip implements [http.RoundTripper].
func (f *form) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	req.Body.Close()
	if err != nil {
		return nil, err
	}
	if f.scope != "" {
		body = append(body, "&scope="+url.QueryEscape(f.scope)...)
	}
	req = req.Clone(req.Context())
	req.Body, req.ContentLength, req.GetBody = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	req.Header.Set("Accept", "application/json")
	resp, err := f.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("the answer is incomplete: %w", err)
	}
	if len(answer) > maxAnswer {
		return nil, fmt.Errorf("the answer is longer than %d KiB", maxAnswer>>10)
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	return resp, nil
}
