package simtest

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"

	"linkbatch/internal/simulator"
)

// URL is the address of a server made by [Serve]. Only the client returned with
// it can reach it; it is a loopback address, since the client under test uses
// plain HTTP for no other.
const URL = "http://127.0.0.1:18090"

// TokenURL is the token endpoint of a server made by [Serve].
const TokenURL = URL + "/common/oauth2/v2.0/token"

// New returns a simulator over a world, in memory. Options.World is replaced.
func New(t testing.TB, w simulator.World, opts simulator.Options) *simulator.Simulator {
	t.Helper()
	opts.World = w.JSON()
	s, err := simulator.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Serve runs a real net/http server for h over pipes in memory and returns a
// real client that reaches it, whatever host the request names. Connections
// drop for real and no socket is opened, so both ends may run in one bubble of
// testing/synctest. The server ends with the test; in a bubble, call Serve
// within it.
func Serve(t testing.TB, h http.Handler) *http.Client {
	t.Helper()
	l := &listener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l) // always an error: the server was closed
	}()
	transport := &http.Transport{DialContext: l.dial, MaxIdleConnsPerHost: 64}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		<-done
	})
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// listener hands out one end of a pipe for each dial.
type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Accept waits for the next dial.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and every dial.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr returns a placeholder: there is no network.
func (l *listener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
