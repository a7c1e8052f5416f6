package simulator

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"net/http"
	"strconv"
	"time"
)

// reply is what goes back: a value to encode or a raw body, and what is to
// happen to it on the way.
type reply struct {
	status      int
	value       any    // encoded as JSON unless raw is set
	raw         []byte // sent as it is, even when empty
	contentType string // of raw
	tracking    string
	location    string    // header Location; empty: none
	date        time.Time // header Date; zero: the server's own
	clock       time.Time // header Simulator-Clock
	retryAfter  string    // header Retry-After; empty: none
	latency     time.Duration
	slow        time.Duration // the body takes this long
	drop        bool          // the connection closes without a reply
	cut         bool          // the connection closes in the middle of the body
}

func ok(value any) reply { return reply{status: http.StatusOK, value: value} }

// refuse answers a call that the service refuses before the operation.
func (c *call) refuse(code int, detail string) reply {
	return reply{status: faultStatus(code), value: adFault(code, detail, c.tracking)}
}

// reject answers a call that the operation refuses as a whole.
func (c *call) reject(e *operationError) reply {
	return reply{status: faultStatus(e.Code), value: opFault(c.tracking, *e)}
}

// nextTracking returns an id like the service's, made from the seed and a count.
func (s *Simulator) nextTracking() string {
	s.tracking++
	h := fnv.New128a()
	b := binary.BigEndian.AppendUint64(nil, s.opts.Seed)
	h.Write(binary.BigEndian.AppendUint64(b, s.tracking))
	x := hex.EncodeToString(h.Sum(nil))
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// write sends a reply, after its latency and without the lock. A reply that is
// dropped or cut closes the connection, which the client sees as a lost call.
func (s *Simulator) write(w http.ResponseWriter, r *http.Request, out reply) {
	if !sleep(r.Context(), out.latency) || out.drop {
		panic(http.ErrAbortHandler) // net/http closes the connection and logs nothing
	}
	body, contentType := out.raw, out.contentType
	if body == nil {
		body, contentType = s.encode(out.value), "application/json; charset=utf-8"
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	if out.tracking != "" {
		h.Set("TrackingId", out.tracking)
	}
	if out.location != "" {
		h.Set("Location", out.location)
	}
	if !out.date.IsZero() {
		h.Set("Date", out.date.UTC().Format(http.TimeFormat))
	}
	if !out.clock.IsZero() {
		h.Set("Simulator-Clock", out.clock.Format(time.RFC3339Nano))
	}
	if out.retryAfter != "" {
		h.Set("Retry-After", out.retryAfter)
	}
	w.WriteHeader(out.status)
	switch {
	case out.cut:
		writeFlushed(w, body[:len(body)/2])
		panic(http.ErrAbortHandler)
	case out.slow > 0:
		writeFlushed(w, body[:len(body)/2])
		if !sleep(r.Context(), out.slow) {
			panic(http.ErrAbortHandler)
		}
		w.Write(body[len(body)/2:])
	default:
		w.Write(body)
	}
}

func writeFlushed(w http.ResponseWriter, b []byte) {
	w.Write(b)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}

// sleep waits. It returns false if the client goes meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
