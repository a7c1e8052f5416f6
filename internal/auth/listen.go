package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"linkbatch/internal/address"
	"linkbatch/internal/duration"
)

// goodbye is how long the browser has to fetch the page that ends a login.
const goodbye = 500 * time.Millisecond

// redirect checks the redirect address, and puts the wanted port into it.
func (o *LoginOptions) redirect() (*url.URL, error) {
	if o.Redirect == "" {
		o.Redirect = "http://localhost"
	}
	u, err := address.Parse(o.Redirect)
	if err != nil && !errors.Is(err, address.ErrPlainHTTP) {
		return nil, fmt.Errorf("redirect address: %w", err)
	}
	local := err == nil && u.Scheme == "http"
	if !local && (err != nil || !o.Paste) {
		return nil, &Error{
			Description: fmt.Sprintf("the redirect address %s is not on this machine, so nothing can listen there", o.Redirect),
			Next:        "register http://localhost for the app, or use --no-browser and paste the address that the browser ends at",
		}
	}
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil || o.Port != 0 && o.Port != port {
			return nil, fmt.Errorf("redirect address: its port is %s, not %d as in --port", u.Port(), o.Port)
		}
		o.Port = port
	}
	if o.Port != 0 && local {
		u.Host = net.JoinHostPort(u.Hostname(), strconv.Itoa(o.Port))
	}
	return u, nil
}

// listen opens the listener, on the loopback interface only, and puts its port into
// the redirect address. For "localhost" it is at 127.0.0.1, which every browser
// tries.
func (l *Login) listen() error {
	host := l.redirect.Hostname()
	if host == "localhost" {
		host = "127.0.0.1"
	}
	listener, err := l.o.listen("tcp", net.JoinHostPort(host, strconv.Itoa(l.o.Port)))
	if err != nil {
		if op, ok := errors.AsType[*net.OpError](err); ok {
			err = op.Err // without the address, which the message has
		}
		return &Error{
			Description: fmt.Sprintf("cannot listen on port %d of this machine: %v", l.o.Port, err),
			Next:        "choose another port with --port (0 picks a free one), or use --no-browser",
			Err:         err,
		}
	}
	l.listener = listener
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	l.redirect.Host = net.JoinHostPort(l.redirect.Hostname(), port)
	return nil
}

// arrival is a redirect of this login: a code, or the reason that there is none.
type arrival struct {
	code string
	err  error
}

// Wait calls open with the address to show in a browser, waits for the browser to
// come back, and exchanges the code. The first redirect with this login's state
// ends it; others get a page that says so and change nothing. The listener is
// closed when Wait returns.
//
// The error is a refusal ([*Error], also for a browser that does not come back or
// cannot be opened), an [*UnreachableError], or that of ctx.
func (l *Login) Wait(ctx context.Context, open func(address string) error) (Record, error) {
	if l.listener == nil {
		return Record{}, errors.New("login: there is no listener, so the answer must be pasted")
	}
	arrived := make(chan arrival, 1)
	server := &http.Server{
		Handler:           l.handler(arrived),
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // a broken connection of a browser does not matter
	}
	server.SetKeepAlivesEnabled(false)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l.listener) }()
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		if server.Shutdown(last) != nil {
			server.Close() // for connections that a browser opened early and never used
		}
	}()
	if err := open(l.URL()); err != nil {
		return Record{}, &Error{
			Description: "cannot open a browser: " + clean(err.Error(), l.state),
			Next:        "use --no-browser, and open the address that it prints in any browser",
		}
	}
	limit := time.NewTimer(l.o.Timeout)
	defer limit.Stop()
	select {
	case a := <-arrived:
		if a.err != nil {
			return Record{}, a.err
		}
		return l.exchange(ctx, a.code)
	case <-ctx.Done():
		return Record{}, ctx.Err()
	case err := <-served:
		return Record{}, fmt.Errorf("listen for the browser: %w", err)
	case <-limit.C:
		return Record{}, l.late()
	}
}

// late is the error for a login without a good redirect in time.
func (l *Login) late() error {
	e := &Error{
		Description: fmt.Sprintf("the browser did not come back within %s", duration.String(l.o.Timeout)),
		Next:        "run linkbatch login again and finish in the browser; on a machine without one use --no-browser",
		Err:         context.DeadlineExceeded,
	}
	if l.strays.Load() {
		e.Description += "; a redirect of another sign-in did (its state does not match)"
		e.Next = "close the old sign-in tabs, run linkbatch login again and finish in the tab that it opens"
	}
	return e
}

// handler receives the redirect from the browser.
func (l *Login) handler(arrived chan<- arrival) http.Handler {
	path := l.redirect.Path
	if path == "" {
		path = "/"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != path:
			showPage(w, http.StatusNotFound, pageNothing)
			return
		case r.Method != http.MethodGet:
			w.Header().Set("Allow", http.MethodGet)
			showPage(w, http.StatusMethodNotAllowed, pageNothing)
			return
		}
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			showPage(w, http.StatusBadRequest, pageStray)
			return
		}
		code, err := l.judge(query)
		if _, stray := errors.AsType[*RedirectError](err); stray {
			l.strays.Store(true)
			showPage(w, http.StatusBadRequest, pageStray)
			return
		}
		if !l.took.CompareAndSwap(false, true) {
			showPage(w, http.StatusConflict, pageAgain)
			return
		}
		page := pageDone
		if err != nil {
			page = pageRefused
		}
		showPage(w, http.StatusOK, page)
		arrived <- arrival{code, err}
	})
}
