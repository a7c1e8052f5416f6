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
)

// goodbye is how long the browser has to fetch the page that says it is done.
const goodbye = 500 * time.Millisecond

// redirect is the redirect address with the port that was asked for.
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
			return nil, fmt.Errorf("redirect address: its port is %s and not the %d that was asked for", u.Port(), o.Port)
		}
		o.Port = port
	}
	if o.Port != 0 && local {
		u.Host = net.JoinHostPort(u.Hostname(), strconv.Itoa(o.Port))
	}
	return u, nil
}

// listen opens the listener and puts its port into the redirect address. Only
// the loopback interface is listened on. "localhost" is listened for at
// 127.0.0.1, which every browser tries.
func (l *Login) listen() error {
	host := l.redirect.Hostname()
	if host == "localhost" {
		host = "127.0.0.1"
	}
	listener, err := l.o.listen("tcp", net.JoinHostPort(host, strconv.Itoa(l.o.Port)))
	if err != nil {
		if op, ok := errors.AsType[*net.OpError](err); ok {
			err = op.Err // without the address, which is named here
		}
		return &Error{
			Description: fmt.Sprintf("cannot listen on port %d of this machine: %v", l.o.Port, err),
			Next:        "name another port with --port, or 0 for a free one, or use --no-browser",
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

// arrival is a redirect of this login: a code, or why there is none.
type arrival struct {
	code string
	err  error
}

// Wait hands the address to open, which is to show it in a browser, waits for
// the browser to come back, and exchanges the code. The first redirect that
// carries this login's state ends it; others are told so in the browser and
// change nothing. Nothing listens any more when it returns.
//
// The error is a refusal ([*Error], also for a browser that does not come back
// and one that cannot be opened), an [*UnreachableError], or that of ctx.
func (l *Login) Wait(ctx context.Context, open func(address string) error) (Record, error) {
	if l.listener == nil {
		return Record{}, errors.New("login: nothing listens, so the answer must be pasted")
	}
	arrived := make(chan arrival, 1)
	server := &http.Server{
		Handler:           l.handler(arrived),
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // a browser's broken connection is nobody's concern
	}
	server.SetKeepAlivesEnabled(false)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l.listener) }()
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		if server.Shutdown(last) != nil {
			server.Close() // a connection that a browser opened ahead and never used
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

// late says that no good redirect came in time.
func (l *Login) late() error {
	e := &Error{
		Description: fmt.Sprintf("the browser did not come back within %v", l.o.Timeout),
		Next:        "run linkbatch login again and finish in the browser; on a machine without one use --no-browser",
		Err:         context.DeadlineExceeded,
	}
	if l.strays.Load() {
		e.Description += ", only a redirect of another sign-in did (its state does not match)"
		e.Next = "close the old sign-in tabs, run linkbatch login again and finish in the tab that it opens"
	}
	return e
}

// handler takes the redirect from the browser.
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
