package msads

import (
	"bufio"
	"compress/gzip"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// rawServer hands each request that it has read whole to answer, which writes
// what it likes to the connection; it closes the connection unless answer
// returns true.
func rawServer(t *testing.T, answer func(n int, conn net.Conn) (keep bool)) (endpoint string, requests *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	requests = new(atomic.Int32)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				for {
					req, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					if _, err := io.ReadAll(req.Body); err != nil {
						return
					}
					if !answer(int(requests.Add(1)), conn) {
						return
					}
				}
			}()
		}
	}()
	return "http://" + l.Addr().String(), requests
}

const okHTTP = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

// TestAWriteIsSentOnceWhateverTheConnectionDoes guards against the repeats of
// net/http itself, on a new connection and on one that was used before.
func TestAWriteIsSentOnceWhateverTheConnectionDoes(t *testing.T) {
	for name, answer := range map[string]func(net.Conn){
		"closed":       func(net.Conn) {},
		"reset":        func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) },
		"half a head":  func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nConte") },
		"no HTTP":      func(c net.Conn) { io.WriteString(c, "jane@example.com says hello\r\n\r\n") },
		"half a body":  func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"Partial") },
		"broken chunk": func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			for _, used := range []bool{false, true} {
				endpoint, requests := rawServer(t, func(n int, conn net.Conn) bool {
					if used && n == 1 {
						io.WriteString(conn, okHTTP)
						return true
					}
					answer(conn)
					return false
				})
				c := serve(t, nil, func(o *Options) { o.Endpoint = endpoint })
				want := int32(1)
				if used {
					want = 2
					if _, err := add(t, c, 1); err != nil {
						t.Fatal(err)
					}
				}
				_, err := add(t, c, 1)
				if err == nil || err.NothingApplied() || err.Class() != ClassTransient {
					t.Errorf("%v", err)
				}
				if err != nil && strings.Contains(err.Error(), "jane") {
					t.Errorf("shown: %v", err)
				}
				if got := requests.Load(); got != want {
					t.Errorf("the server saw %d requests, want %d", got, want)
				}
				if _, err := c.UpdateClientLinks(t.Context(), oneAdd); err == nil || requests.Load() != want+1 {
					t.Errorf("update: %v, %d requests", err, requests.Load())
				}
			}
		})
	}
}

func TestALostSearchIsAskedAgain(t *testing.T) {
	endpoint, requests := rawServer(t, func(n int, conn net.Conn) bool {
		if n < 4 {
			return false
		}
		io.WriteString(conn, okHTTP)
		return true
	})
	c := serve(t, nil, func(o *Options) { o.Endpoint = endpoint })
	if _, err := c.SearchClientLinks(t.Context(), Search{}); err != nil || requests.Load() != 4 {
		t.Errorf("%v after %d requests", err, requests.Load())
	}
}

func TestNobodyListens(t *testing.T) {
	c := serve(t, nil, func(o *Options) { o.Endpoint = "http://127.0.0.1:1" })
	_, err := add(t, c, 1)
	if err == nil || !err.NothingApplied() || err.Class() != ClassTransient || !strings.Contains(err.Error(), "refused") {
		t.Errorf("%v", err)
	}
}

func TestAnUntrustedCertificateIsFatal(t *testing.T) {
	calls := 0
	srv := httptest.NewUnstartedServer(answers(&calls, good))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	c := serve(t, nil, func(o *Options) { o.Endpoint = srv.URL; o.Backoff = time.Hour })
	_, err := add(t, c, 1)
	if err == nil || !err.NothingApplied() || err.Class() != ClassFatal || calls != 0 {
		t.Errorf("%v, %d calls", err, calls)
	}
}

func TestARedirectIsNeverFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		elsewhere := 0
		srv := httptest.NewServer(answers(&elsewhere, good))
		c := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, srv.URL, status) })
		_, err := add(t, c, 1)
		if err == nil || err.Class() != ClassFatal || err.NothingApplied() || elsewhere != 0 || !strings.Contains(err.Error(), "redirect") {
			t.Errorf("%d: %v, %d calls elsewhere", status, err, elsewhere)
		}
		if _, err := c.SearchClientLinks(t.Context(), Search{}); err == nil || elsewhere != 0 {
			t.Errorf("%d: %v, %d searches elsewhere", status, err, elsewhere)
		}
		srv.Close()
	}
}

func TestBodiesAreReadThroughLimits(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		z := gzip.NewWriter(w)
		defer z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		if r.Method == http.MethodPut {
			w.WriteHeader(400)
		}
		io.WriteString(z, `{"Type":"ApiFault","OperationErrors":[{"Code":1410}],"Pad":"`)
		for range maxBody >> 16 {
			io.WriteString(z, strings.Repeat("x", 1<<16))
		}
		io.WriteString(z, `"}`)
	})
	_, err := add(t, c, 1)
	if err == nil || err.NothingApplied() || !strings.Contains(err.Error(), "longer than 16 MiB") {
		t.Errorf("%v", err)
	}
	_, updated := c.UpdateClientLinks(t.Context(), oneAdd)
	if ce, ok := updated.(*CallError); !ok || ce.NothingApplied() || len(ce.Error()) > 400 {
		t.Errorf("%v", updated)
	}
}

func TestCompressedAnswersAreRead(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		io.WriteString(z, "\ufeff{\"PartialErrors\":[[{\"Code\":1424}]]}\n")
	})
	if reply, err := add(t, c, 1); err != nil || reply.PartialErrors[0][0].Code != 1424 {
		t.Errorf("%v, %v", reply, err)
	}
}

func TestAnAnswerThatCameBeforeTheBodyWasReadCounts(t *testing.T) {
	sent := 0
	c := bubble(t, NewGate(1, 0, time.Now, nil), func(*http.Request) (*http.Response, error) {
		sent++
		r := response(200, "")
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), brokenReader{}))
		return r, nil
	})
	if _, err := add(t, c, 1); err == nil || err.NothingApplied() || sent != 1 {
		t.Errorf("%v, sent %d times", err, sent)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
