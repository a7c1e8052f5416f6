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

	"linkbatch/internal/redact"
)

// maxTries is how often one call that fails is made, with pauses of about 1,
// 2, 4 and 8 s between the tries. A throttle does not count: the [Gate] says
// how long it is worth waiting.
const maxTries = 5

// defaultPause is the pause after a throttle without Retry-After: for code 117
// the documentation says to wait 60 s.
const defaultPause = 60 * time.Second

// call makes a call and repeats it where that cannot do harm. decode reads the
// object of a good answer. The error is a *CallError.
func (c *Client) call(ctx context.Context, op operation, body []byte, decode func(object) error) (trackingID string, err error) {
	r := repeats{op: op, unit: c.backoff, pauses: &backoff.ExponentialBackOff{
		InitialInterval:     c.backoff,
		Multiplier:          2,
		RandomizationFactor: 0.5,
		MaxInterval:         8 * c.backoff,
	}}
	r.pauses.Reset()
	for {
		a, err := c.attempt(ctx, op, body, decode, &r)
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
	unit      time.Duration // the first pause
	pauses    backoff.BackOff
	tries     int
	throttles int
	patient   bool // the gate says that waiting is worth while
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
		r.refreshed = false // a token may run out meanwhile
		return r.patient
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

// throttled is how long the gate closes after a throttle: as long as the
// service asks, and for a call that it has throttled before at least 1, 2, 4 s
// and so on up to a minute, so that a Retry-After of 0 that is no help does not
// become a storm.
func (r *repeats) throttled(asked time.Duration) time.Duration {
	least := time.Duration(0)
	if r.throttles > 0 {
		least = min(r.unit<<min(r.throttles-1, 6), 60*r.unit)
	}
	r.throttles++
	return max(asked, least)
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
func (c *Client) attempt(ctx context.Context, op operation, body []byte, decode func(object) error, r *repeats) (*answer, *CallError) {
	epoch, err := c.gate.enter(ctx)
	if err != nil {
		return nil, notLetIn(op, err)
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
		failure.RetryAfter = a.retryAfter()
		r.patient = c.gate.throttle(epoch, r.throttled(failure.RetryAfter))
		if !r.patient && failure.RetryAfter <= c.gate.patience {
			failure.gaveUp = c.gate.patience
		}
	} else if failure.tokenRefused() {
		c.tokens.Expire(token)
	}
	c.gate.leave(a != nil && !failure.throttled() && !failure.tokenRefused())
	return nil, failure
}

// notLetIn is a call that the gate did not let pass: it was cancelled, or the
// service asks for too long a pause.
func notLetIn(op operation, err error) *CallError {
	e := &CallError{Operation: op.name, Err: err, stage: unsent}
	if p, ok := errors.AsType[*pauseError](err); ok {
		e.class, e.RetryAfter = ClassThrottled, p.pause
	}
	return e
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

// excerptLength is how many characters of an unexpected body or value an error
// shows: enough to recognise a proxy's page.
const excerptLength = 200

// excerpt is the beginning of a text of the service, as it may be shown.
func excerpt(text string, secrets ...string) string {
	return redact.Excerpt(text, excerptLength, secrets...)
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
		e.ErrorCode = redact.Text(e.ErrorCode, secrets...)
		e.Message = redact.Text(e.Message, secrets...)
		e.Details = redact.Text(e.Details, secrets...)
	}
}

// retryAfter is how long the service asks to wait: Retry-After in seconds or
// as a date, which is held against the answer's own Date so that no clock of
// ours matters. Without one that can be read it is [defaultPause].
func (a *answer) retryAfter() time.Duration {
	value := strings.TrimSpace(a.header.Get("Retry-After"))
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	until, err1 := http.ParseTime(value)
	from, err2 := http.ParseTime(a.header.Get("Date"))
	if err1 != nil || err2 != nil {
		return defaultPause
	}
	return max(until.Sub(from), 0)
}
