package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"linkbatch/internal/atomicfile"
	"linkbatch/internal/duration"
	"linkbatch/internal/ledger"
	"linkbatch/internal/session"
	"linkbatch/report"
)

// configuration shows which configuration is used.
func (d *doctor) configuration() finding {
	f := finding{Check: "configuration", Result: checkOK, Detail: "none; flags, variables and defaults"}
	if file := d.config(); file != nil {
		f.Detail = fmt.Sprintf("%s, %s", file.Path(), report.Plural(len(file.Profiles()), "profile"))
	}
	return f
}

// state shows whether runs can be recorded. A folder that does not exist yet is
// not created.
func (d *doctor) state() finding {
	const check = "state folder"
	dir, err := d.stateFolder(d.stateDir)
	if err != nil {
		return failed(check, err)
	}
	there, missing := dir, false
	for {
		info, err := os.Stat(there)
		if err == nil && !info.IsDir() {
			err = errors.New("not a folder")
		} else if errors.Is(err, fs.ErrNotExist) && filepath.Dir(there) != there {
			there, missing = filepath.Dir(there), true
			continue
		}
		if err == nil {
			err = tryWriting(there)
		}
		if err != nil {
			return failed(check, &configError{fmt.Errorf("%s: %w", there, atomicfile.Cause(err)), "make it a writable folder, or name another with --state-dir"})
		}
		break
	}
	if missing {
		return finding{Check: check, Result: checkOK, Detail: dir + " does not exist yet; the first run creates it"}
	}
	l, err := ledger.Read(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return private(dir, dir+" is writable; no run has been recorded in it")
	case err != nil:
		return failed(check, err)
	}
	defer l.Close()
	if err := l.Verify(); err != nil {
		return failed(check, err)
	}
	runs, err := l.Runs()
	if err != nil {
		return failed(check, err)
	}
	return private(dir, fmt.Sprintf("%s is writable; its ledger is intact and contains %s", dir, report.Plural(len(runs), "run")))
}

// private finds a state folder good, or open to other users of this machine: who
// may write there can replace our ledger or sign-in. Windows has no such modes.
func private(dir, good string) finding {
	f := finding{Check: "state folder", Result: checkOK, Detail: good}
	for _, file := range []struct {
		name   string
		others fs.FileMode
	}{{dir, 0o022}, {filepath.Join(dir, "ledger.db"), 0o077}} {
		if info, err := os.Stat(file.name); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&file.others != 0 {
			f.Result, f.Detail = checkWarning, fmt.Sprintf("%s is open to other users of this machine (mode %04o)", file.name, info.Mode().Perm())
			f.Next = new("remove access for other users: chmod go= '" + file.name + "'")
			break
		}
	}
	return f
}

// tryWriting makes a file in a folder, and deletes it.
func tryWriting(dir string) error {
	f, err := os.CreateTemp(dir, "linkbatch-*.tmp")
	if err != nil {
		return fmt.Errorf("not writable: %w", atomicfile.Cause(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// answerTime is how long an address may take to answer doctor.
const answerTime = 15 * time.Second

// reach asks an address for anything. Every answer will do: that it is the
// right one is seen when a login uses it.
func (d *doctor) reach(ctx context.Context, what, address, flag string) bool {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, fmt.Errorf("no answer within %s", duration.String(answerTime)))
	defer cancel()
	f := finding{Check: what, Result: checkOK}
	asked := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		d.found(failed(what, &configError{err, "check " + flag}))
		return false
	}
	resp, err := d.clock.client().Do(req)
	if err == nil {
		resp.Body.Close()
		f.Detail = fmt.Sprintf("%s answers, in %d ms", session.Host(address), time.Since(asked).Milliseconds())
		d.found(f)
		return true
	}
	f.Result, f.code = checkFailed, exitTryLater
	next := "check the network, a firewall and the proxy (HTTPS_PROXY)"
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		next = "check the network, this machine's DNS, and the name in " + flag
	} else if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		f.code = exitConfig
		next = "something intercepts the connection (a proxy, a firewall), or this machine's certificates or clock are wrong; TLS is always verified"
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	f.Detail, f.Next = fmt.Sprintf("%s cannot be reached: %v", session.Host(address), err), &next
	d.found(f)
	return false
}

// How far this machine's clock may be off: Microsoft Entra allows five minutes,
// and what is off by two will be off by five.
const (
	skewWarning = 2 * time.Minute
	skewFailed  = 5 * time.Minute
)

// clockCheck is a transport that holds the date of every answer against this
// machine's clock. It is safe for concurrent use.
type clockCheck struct {
	base http.RoundTripper

	mu      sync.Mutex
	answers int
	off     time.Duration // the worst; above 0 the machine is ahead
}

func newClockCheck() *clockCheck {
	return &clockCheck{base: http.DefaultTransport}
}

// client makes requests through the check, and follows no redirect.
func (c *clockCheck) client() *http.Client {
	return &http.Client{Transport: c, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// RoundTrip implements [http.RoundTripper].
func (c *clockCheck) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.base.RoundTrip(req)
	if err != nil {
		return resp, err
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.answers++
		if off := time.Since(date).Truncate(time.Second); off.Abs() > c.off.Abs() {
			c.off = off
		}
	}
	return resp, nil
}

// finding shows how far the clock is off.
func (c *clockCheck) finding() finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := finding{Check: "clock", Result: checkOK}
	if c.answers == 0 {
		f.Result, f.Detail = checkSkipped, "no answer had a date"
		return f
	}
	way := "ahead of"
	if c.off < 0 {
		way = "behind"
	}
	f.Detail = fmt.Sprintf("%s %s the service", duration.String(c.off.Abs()), way)
	if c.off.Abs() <= skewWarning {
		return f
	}
	f.Result, f.Next = checkWarning, new("set this machine's clock, with NTP if possible")
	if c.off.Abs() > skewFailed {
		f.Result, f.code = checkFailed, exitConfig
	}
	return f
}
