package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v7"
	"golang.org/x/oauth2"
)

const (
	maxTries  = 4                // with pauses of about 1, 2 and 4 s between them
	timeLimit = 30 * time.Second // of one exchange with the token address
	maxAnswer = 64 << 10         // bytes of its answer; a token is some kilobytes
)

// retrieve asks for a token until there is an answer. A refusal with
// invalid_grant is asked once more with the same token: the service is
// reported to refuse a good one now and then (AADSTS70000).
func (s *Source) retrieve(ctx context.Context, refreshToken string) (*oauth2.Token, error) {
	again := false
	operation := func() (*oauth2.Token, error) {
		t, err := s.ask(ctx, refreshToken)
		if refused, ok := errors.AsType[*Error](err); ok {
			if refused.Code != "invalid_grant" || again {
				return nil, backoff.Permanent(err)
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

// ask makes one exchange. The error is an *Error or an *UnreachableError.
func (s *Source) ask(ctx context.Context, refreshToken string) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeLimit, fmt.Errorf("no answer within %v", timeLimit))
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
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return nil, refusal(answer, refreshToken, s.o.ClientSecret)
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		if ctx.Err() != nil {
			return nil, &UnreachableError{context.Cause(ctx)}
		}
		return nil, &UnreachableError{failed.Err}
	}
	return nil, &Error{
		Description: "the token address answered something that is not a token",
		Next:        nextStep("", "", nil),
	}
}

// form is a transport that adds the scope to the form of a refresh, which
// x/oauth2 has no way to send, and reads the whole answer, through a limit.
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
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	if len(answer) > maxAnswer {
		return nil, fmt.Errorf("the answer is longer than %d KiB", maxAnswer>>10)
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	return resp, nil
}
