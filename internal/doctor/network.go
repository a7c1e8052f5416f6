package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"linkbatch/internal/duration"
	"linkbatch/internal/session"
)

// answerTime is how long an address may take to answer doctor.
const answerTime = 15 * time.Second

// reach asks an address for anything. Every answer will do: that it is the
// right one is seen when a login uses it.
func (e *examination) reach(ctx context.Context, what, address, flag string) bool {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, fmt.Errorf("no answer within %s", duration.String(answerTime)))
	defer cancel()
	asked := e.o.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		e.found(failed(what, &Error{Setup, err.Error(), "check " + flag}))
		return false
	}
	resp, err := e.clock.client().Do(req)
	if err == nil {
		resp.Body.Close()
		e.found(Finding{Check: what, Result: OK, Detail: fmt.Sprintf("%s answers, in %d ms", session.Host(address), e.o.Now().Sub(asked).Milliseconds())})
		return true
	}
	e.found(failed(what, unreachable(ctx, session.Host(address), flag, err)))
	return false
}

// unreachable says why a host did not answer a request, and what may help.
func unreachable(ctx context.Context, host, flag string, err error) *Error {
	e := &Error{Cause: Unreachable, Next: "check the network, a firewall and the proxy (HTTPS_PROXY)"}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		e.Next = "check the network, this machine's DNS, and the name in " + flag
	} else if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		e.Cause = Setup
		e.Next = "something intercepts the connection (a proxy, a firewall), or this machine's certificates or clock are wrong; TLS is always verified"
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the address
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	e.Text = fmt.Sprintf("%s cannot be reached: %v", host, err)
	return e
}
