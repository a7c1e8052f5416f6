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

// maxTries is how often a call that keeps failing is made, with pauses of about
// 1, 2, 4 and 8 s in between. Throttles do not count: the [Gate] decides how long
// waiting is worthwhile.
const maxTries = 5

// defaultPause is the pause after a throttle without Retry-After: for code 117
// the documentation says to wait 60 s.
const defaultPause = 60 * time.Second

// call makes a call and repeats it where that can do no harm. decode reads the
// object of a successful answer. The error is a *CallError.
func (c *Client) call(ctx context.Context, op operation, body []byte, decode func(object) error) (trackingID string, err error) {
	r := repeats{op: op, unit: c.backoff, pauses: &backoff.ExponentialBackOff{
		InitialInterval:     c.backoff,
		Multiplier:          2,
		RandomizationFactor: 0.5,
		MaxInterval:         8 * c.backoff,
	}}
	r.pauses.Reset()
	var refusal *CallError // of the token, by the call before
	for {
		a, err := c.attempt(ctx, op, body, decode, &r)
		switch {
		case err == nil:
			return a.trackingID, nil
		case refusal != nil && err.stage == unsent && ctx.Err() != nil:
			return "", refusal // that the run has stopped since is not why nothing was applied
		}
		c.log.Debug("call failed", "operation", op.name, "error", err)
		if !r.again(ctx, err) {
			return "", err
		}
		if refusal = nil; err.tokenRefused() {
			refusal = err
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
	patient   bool // the gate has decided that waiting is worthwhile
	refreshed bool
}

// again decides whether the call is repeated, and waits first where nothing else
// does.
func (r *repeats) again(ctx context.Context, err *CallError) bool {
	cancelled := ctx.Err() != nil && errors.Is(err, ctx.Err())
	if cancelled || err.stage == unsent || r.op.writes && !err.NothingApplied() {
		return false
	}
	switch {
	case err.throttled(): // the gate makes it wait
		r.refreshed = false // the token may expire meanwhile
		return r.patient
	case err.tokenRefused():
		first := !r.refreshed
		r.refreshed = true
		return first
	case err.Class() == ClassTransient: // for a write, only if no connection was made
		if r.last(err) {
			return false
		}
		r.tries++
		sleep(ctx, r.pauses.NextBackOff())
		return true // a cancelled context is noticed at the gate
	}
	return false
}

// last reports whether a call that failed for a reason that may be temporary is
// not repeated.
func (r *repeats) last(err *CallError) bool {
	return r.op.writes && !err.NothingApplied() || r.tries+1 >= maxTries
}

// throttled is how long the gate closes after a throttle: as long as the service
// asks, and for a call that was throttled before at least 1, 2, 4 s and so on up
// to a minute, so that a Retry-After of 0 that does not help cannot cause a storm.
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

// attempt makes one exchange and reads the answer. It reports to the gate how
// the call ended, and a refused token to the token source.
func (c *Client) attempt(ctx context.Context, op operation, body []byte, decode func(object) error, r *repeats) (*answer, *CallError) {
	epoch, err := c.gate.enter(ctx)
	if err != nil {
		return nil, notLetIn(op, err)
	}
	token, err := c.tokens.Token(ctx)
	if err != nil {
		c.gate.leave(epoch, open)
		return nil, noToken(ctx, op, err)
	}
	a, failure := c.exchange(ctx, op, token, body)
	if failure == nil {
		failure = a.read(decode)
	}
	if failure == nil {
		c.gate.leave(epoch, served)
		return a, nil
	}
	failure.Operation = op.name
	c.scrub(failure)
	switch {
	case failure.throttled():
		c.throttled(epoch, a, failure, r)
		c.gate.leave(epoch, open)
	case failure.tokenRefused():
		c.tokens.Expire(token)
		c.gate.leave(epoch, open)
	case ctx.Err() != nil:
		c.gate.leave(epoch, open)
	case a != nil && failure.Class() != ClassTransient:
		c.gate.leave(epoch, served)
	case r.last(failure):
		c.gate.leave(epoch, failed)
	default: // it is repeated, after a pause of its own
		c.gate.leave(epoch, open)
	}
	return nil, failure
}

// throttled closes the gate after a throttle, and notes whether waiting for it
// to open is worthwhile.
func (c *Client) throttled(epoch int, a *answer, failure *CallError, r *repeats) {
	asked, told := a.retryAfter()
	failure.RetryAfter = asked
	d := r.throttled(asked)
	advice := unsaid
	switch {
	case told && asked == 0:
		advice = atOnce
	case told && asked == d:
		advice = asksFor
	}
	r.patient = c.gate.throttle(epoch, d, advice)
	if !r.patient && asked <= c.gate.patience {
		failure.gaveUp = c.gate.patience
	}
}

// notLetIn is the error of a call that the gate did not let in: it was cancelled,
// or would have had to wait too long.
func notLetIn(op operation, err error) *CallError {
	e := &CallError{Operation: op.name, Err: err, stage: unsent}
	if p, ok := errors.AsType[*pauseError](err); ok {
		e.class, e.RetryAfter = ClassThrottled, p.pause
	}
	return e
}

// noToken is the error of a call that was not made for want of a token.
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

// secrets lists the texts that this client must never show.
func (c *Client) secrets() []string { return append(c.tokens.Secrets(), c.developerToken) }

// scrub removes from a failure what must not be shown.
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

// cleanErrors removes secrets from the texts of errors.
func cleanErrors(errs []OperationError, secrets ...string) {
	for i := range errs {
		e := &errs[i]
		e.ErrorCode = redact.Text(e.ErrorCode, secrets...)
		e.Message = redact.Text(e.Message, secrets...)
		e.Details = redact.Text(e.Details, secrets...)
	}
}

// retryAfter is how long the service asks to wait: Retry-After in seconds or as
// a date, which is compared with the answer's own Date so that our clock does not
// matter. Without one that can be read it is [defaultPause], and told is false.
func (a *answer) retryAfter() (d time.Duration, told bool) {
	value := strings.TrimSpace(a.header.Get("Retry-After"))
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	until, err1 := http.ParseTime(value)
	from, err2 := http.ParseTime(a.header.Get("Date"))
	if err1 != nil || err2 != nil {
		return defaultPause, false
	}
	return max(until.Sub(from), 0), true
}
