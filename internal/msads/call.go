package msads

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v7"
)

// How often one call is repeated from here.
const (
	maxTries     = 5  // with pauses of about 1, 2, 4 and 8 s between them
	maxThrottles = 20 // answers in which the service asks for a pause: with its usual 60 s, 20 minutes
)

// Pauses that the service asks for.
const (
	defaultPause = 60 * time.Second // for code 117 the documentation says to wait 60 s
	longestPause = 5 * time.Minute  // a longer Retry-After is cut: asking again is harmless and a run must not hang for hours
)

// call makes a call and repeats it where that cannot do harm. decode reads the
// object of a good answer. The error is a *CallError.
func (c *Client) call(ctx context.Context, op operation, body []byte, decode func(object) error) (trackingID string, err error) {
	r := repeats{op: op, pauses: &backoff.ExponentialBackOff{
		InitialInterval:     c.backoff,
		Multiplier:          2,
		RandomizationFactor: 0.5,
		MaxInterval:         8 * c.backoff,
	}}
	r.pauses.Reset()
	for {
		a, err := c.attempt(ctx, op, body, decode)
		if err == nil {
			return a.trackingID, nil
		}
		c.log.Debug("call failed", "operation", op.name, "error", err)
		if !r.again(ctx, err) {
			return "", err
		}
	}
}

// repeats counts the repeats of one call.
type repeats struct {
	op        operation
	pauses    backoff.BackOff
	tries     int
	throttles int
	refreshed bool
}

// again decides whether the call is made once more, and waits before it where
// nothing else makes it wait.
func (r *repeats) again(ctx context.Context, err *CallError) bool {
	cancelled := ctx.Err() != nil && errors.Is(err, ctx.Err())
	if cancelled || err.stage == unsent || r.op.writes && !err.NothingApplied() {
		return false
	}
	switch {
	case err.throttled(): // the gate makes it wait
		r.throttles++
		return r.throttles < maxThrottles
	case err.tokenRefused():
		first := !r.refreshed
		r.refreshed = true
		return first
	case err.Class() == ClassTransient: // of a write, only a connection that was never made is left
		if r.tries++; r.tries >= maxTries {
			return false
		}
		sleep(ctx, r.pauses.NextBackOff())
		return true // a cancelled context is noticed at the gate
	}
	return false
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// attempt makes one exchange and reads what came back. It tells the gate of a
// throttle and the token source of a refused token.
func (c *Client) attempt(ctx context.Context, op operation, body []byte, decode func(object) error) (*answer, *CallError) {
	epoch, err := c.gate.enter(ctx)
	if err != nil {
		return nil, &CallError{Operation: op.name, Err: err, stage: unsent}
	}
	token, err := c.tokens.Token(ctx)
	if err != nil {
		c.gate.leave(false)
		return nil, noToken(ctx, op, err)
	}
	a, failure := c.exchange(ctx, op, token, body)
	if failure == nil {
		failure = a.read(decode)
	}
	if failure == nil {
		c.gate.leave(true)
		return a, nil
	}
	failure.Operation = op.name
	c.scrub(failure)
	if failure.throttled() {
		c.gate.throttle(epoch, a.retryAfter())
	} else if failure.tokenRefused() {
		c.tokens.Expire(token)
	}
	c.gate.leave(a != nil && !failure.throttled())
	return nil, failure
}

// noToken is a call that was not made since there is no token for it.
func noToken(ctx context.Context, op operation, err error) *CallError {
	e := &CallError{Operation: op.name, Err: err, stage: unsent, class: ClassSignIn}
	passing, ok := errors.AsType[interface {
		error
		Temporary() bool
	}](err)
	if ok && passing.Temporary() || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		e.class = ClassTransient
	}
	return e
}

// secrets are the texts that this client must never show.
func (c *Client) secrets() []string { return append(c.tokens.Secrets(), c.developerToken) }

// scrub takes out of a failure what must not be shown.
func (c *Client) scrub(e *CallError) {
	secrets := c.secrets()
	cleanErrors(e.Errors, secrets...)
	e.TrackingID = excerpt(e.TrackingID, secrets...)
	e.Body = excerpt(e.Body, secrets...)
	if e.stage == unconnected {
		if _, ok := errors.AsType[*tls.CertificateVerificationError](e.Err); ok {
			e.class = ClassFatal
		}
	}
}

// cleanErrors takes secrets out of the texts of errors.
func cleanErrors(errs []OperationError, secrets ...string) {
	for i := range errs {
		e := &errs[i]
		e.ErrorCode = clean(e.ErrorCode, secrets...)
		e.Message = clean(e.Message, secrets...)
		e.Details = clean(e.Details, secrets...)
	}
}

// retryAfter is how long the service asks to wait: Retry-After in seconds or
// as a date, which is held against the answer's own Date so that no clock of
// ours matters. Without one that can be read it is [defaultPause].
func (a *answer) retryAfter() time.Duration {
	value := strings.TrimSpace(a.header.Get("Retry-After"))
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, longestPause)
	}
	until, err1 := http.ParseTime(value)
	from, err2 := http.ParseTime(a.header.Get("Date"))
	if err1 != nil || err2 != nil {
		return defaultPause
	}
	return min(until.Sub(from), longestPause)
}
