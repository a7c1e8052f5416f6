package msads

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"linkbatch/internal/duration"
)

// Limits of what is read of an answer, after decompression. A page of 100
// links is about 100 KiB.
const (
	maxBody      = 16 << 20
	maxErrorBody = 64 << 10
)

// errNoAnswer starts the error of a call whose own deadline has passed.
var errNoAnswer = errors.New("no answer within")

// answer is one HTTP response, read.
type answer struct {
	status     int
	header     http.Header
	trackingID string // of the header
	body       []byte
}

// exchange makes one HTTP exchange. The error says how far it got.
func (c *Client) exchange(ctx context.Context, op operation, token string, body []byte) (*answer, *CallError) {
	out := &outgoing{rest: bytes.NewReader(body)}
	caller := ctx
	if op.writes {
		var stop context.CancelFunc
		ctx, stop = out.detach(ctx)
		defer stop()
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, fmt.Errorf("%w %s", errNoAnswer, duration.String(c.timeout)))
	defer cancel()
	req, err := c.request(ctx, op, token, out, int64(len(body)))
	if err != nil {
		return nil, invalid(op, err)
	}
	sent := c.gate.now()
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, out.failure(caller, ctx, err)
	}
	defer resp.Body.Close()
	c.clock.note(resp.Header, sent)
	a := &answer{status: resp.StatusCode, header: resp.Header, trackingID: resp.Header.Get("TrackingId")}
	limit := maxErrorBody
	if a.status == http.StatusOK {
		limit = maxBody + 1
	}
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, int64(limit)))
	if err == nil && len(a.body) > maxBody {
		err = fmt.Errorf("the answer is longer than %d MiB", maxBody>>20)
	}
	if err != nil && a.status == http.StatusOK { // of an error, what has been read is enough
		failure := out.failure(caller, ctx, err)
		failure.stage, failure.HTTPStatus, failure.TrackingID = lost, a.status, a.trackingID
		return a, failure
	}
	c.log.Debug("call", "operation", op.name, "status", a.status, "tracking_id", excerpt(a.trackingID, c.secrets()...), "bytes", len(a.body))
	return a, nil
}

// request makes a request whose body cannot be sent a second time: GetBody
// stays nil, and net/http repeats a request by itself only if it can get the
// body again or has not read it.
func (c *Client) request(ctx context.Context, op operation, token string, body io.Reader, length int64) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, op.method, c.base+op.path, body)
	if err != nil {
		return nil, err
	}
	req.ContentLength = length
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("DeveloperToken", c.developerToken)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if c.identityProvider != "" {
		req.Header.Set("IdentityProvider", c.identityProvider)
	}
	return req, nil
}

// outgoing is a request body that knows whether any of it was handed out.
// Before that, the service cannot have received the call, whatever went wrong.
//
// Read is its only method: with WriteTo, net/http would bypass it.
type outgoing struct {
	rest  *bytes.Reader
	state atomic.Int32
}

const (
	untouched int32 = iota
	handedOut
	givenUp
)

// Read implements [io.Reader].
func (o *outgoing) Read(p []byte) (int, error) {
	o.state.CompareAndSwap(untouched, handedOut)
	if o.state.Load() == givenUp {
		return 0, context.Canceled
	}
	return o.rest.Read(p)
}

// detach returns a context that ends with ctx only as long as nothing of the
// body was handed out.
func (o *outgoing) detach(ctx context.Context) (context.Context, context.CancelFunc) {
	free, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if o.state.CompareAndSwap(untouched, givenUp) {
			cancel()
		}
	})
	return free, func() { stop(); cancel() }
}

// failure describes the end of an exchange without an answer. caller is the
// context of the call, ctx the one with its deadline.
func (o *outgoing) failure(caller, ctx context.Context, err error) *CallError {
	e := &CallError{Err: err, stage: lost}
	state := o.state.Load()
	if state != handedOut {
		e.stage = unconnected
	}
	if ctx.Err() != nil {
		if e.Err = context.Cause(ctx); !errors.Is(e.Err, errNoAnswer) {
			e.Err = caller.Err()
		}
	}
	return e
}

// read interprets the answer. Nil means that decode has read it.
func (a *answer) read(decode func(object) error) *CallError {
	e := &CallError{HTTPStatus: a.status, TrackingID: a.trackingID}
	body := bytes.TrimSpace(bytes.TrimPrefix(a.body, []byte("\ufeff")))
	o, err := parseObject(body)
	if err != nil {
		if a.status == http.StatusOK {
			e.Err = unreadable(err)
		}
		e.Body = readable(body)
		return e
	}
	if f, ok := findFault(o, a.status == http.StatusOK); ok {
		e.Errors, e.stage = f.errors, f.stage
		e.TrackingID = cmp.Or(f.trackingID, a.trackingID)
		return e
	}
	if a.status != http.StatusOK {
		e.Err = errors.New("the answer is not a fault of the service")
		e.Body = o.text("Message") // where web servers put their own errors
		return e
	}
	if err := decode(o); err != nil {
		e.Err = unreadable(err)
		return e
	}
	return nil
}

// unreadable says why an answer of HTTP 200 is not a reply. The text can quote
// the answer, so it is redacted and shortened.
func unreadable(err error) error {
	return errors.New("the answer cannot be read: " + excerpt(err.Error()))
}

// readable is the part of a body that an error may show. JSON is left out: it
// can be a truncated page of links, or a user, with personal data.
func readable(body []byte) string {
	if len(body) == 0 || body[0] == '{' || body[0] == '[' {
		return ""
	}
	return string(body)
}
