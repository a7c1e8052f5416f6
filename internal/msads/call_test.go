package msads

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	good    = `200 {"PartialErrors":null,"ClientLinks":[]}`
	expired = `401 {"Type":"AdApiFaultDetail","Errors":[{"Code":109}]}`
)

// TestWhatIsRepeated sends one add and one search at a server with a list of
// answers and counts how often each is sent.
func TestWhatIsRepeated(t *testing.T) {
	throttled := `200 {"Type":"AdApiFaultDetail","Errors":[{"Code":105},{"Code":117}]}`
	for name, tc := range map[string]struct {
		answers     []string
		adds        int
		added       bool
		searches    int
		searched    bool
		refreshed   int // tokens expired by the search
		addsExpired int
	}{
		"good":                     {[]string{good}, 1, true, 1, true, 0, 0},
		"429":                      {[]string{"429 ", "429 busy", good}, 3, true, 3, true, 0, 0},
		"117 in a 200":             {[]string{throttled, good}, 2, true, 2, true, 0, 0},
		"117 in a 5xx":             {[]string{`500 {"Errors":[{"Code":117}]}`, good}, 1, false, 2, true, 0, 0},
		"401":                      {[]string{"401 ", good}, 2, true, 2, true, 1, 1},
		"109":                      {[]string{expired, good}, 2, true, 2, true, 1, 1},
		"109 in a 200":             {[]string{`200 {"Type":"AdApiFaultDetail","Errors":[{"Code":109}]}`, good}, 2, true, 2, true, 1, 1},
		"109 in OperationErrors":   {[]string{`200 {"OperationErrors":[{"Code":109}]}`, good}, 2, true, 2, true, 1, 1},
		"109 in a 500":             {[]string{`500 {"Errors":[{"Code":109}]}`, good}, 1, false, 2, true, 1, 1},
		"105":                      {[]string{`400 {"Errors":[{"Code":105}]}`, good}, 2, true, 2, true, 1, 1},
		"105 for ever":             {[]string{`400 {"Errors":[{"Code":105}]}`}, 2, false, 2, false, 2, 2},
		"109 for ever":             {[]string{expired}, 2, false, 2, false, 2, 2},
		"throttle, then 109":       {[]string{"429 ", expired, "429 ", good}, 4, true, 4, true, 1, 1},
		"109, throttle, 109":       {[]string{expired, "429 ", expired, good}, 4, true, 4, true, 2, 2},
		"5xx":                      {[]string{"500 ", "503 <html>", "502 {}", good}, 1, false, 4, true, 0, 0},
		"5xx for ever":             {[]string{"500 "}, 1, false, maxTries, false, 0, 0},
		"transient code":           {[]string{`400 {"Errors":[{"Code":2208}]}`, good}, 1, false, 2, true, 0, 0},
		"transient OperationError": {[]string{`200 {"OperationErrors":[{"Code":0}]}`, good}, 1, false, 2, true, 0, 0},
		"unreadable":               {[]string{"200 <html>", "200 ", `200 {"ClientLi`, good}, 1, false, 4, true, 0, 0},
		"permanent code":           {[]string{`400 {"Type":"ApiFault","OperationErrors":[{"Code":1410}]}`, good}, 1, false, 1, false, 0, 0},
		"fatal code":               {[]string{`400 {"Errors":[{"Code":3101}]}`, good}, 1, false, 1, false, 0, 0},
		"wrong address":            {[]string{"404 ", good}, 1, false, 1, false, 0, 0},
		"not implemented":          {[]string{"501 ", good}, 1, false, 1, false, 0, 0},
		"forbidden":                {[]string{"403 Forbidden", good}, 1, false, 1, false, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			seen, toks := 0, &tokens{list: []string{"token-1", "token-2"}}
			c := serve(t, answers(&seen, tc.answers...), func(o *Options) { o.Tokens = toks })
			if _, err := add(t, c, 1); seen != tc.adds || (err == nil) != tc.added {
				t.Errorf("the add was sent %d times, want %d: %v", seen, tc.adds, err)
			}
			if len(toks.expired) != tc.addsExpired {
				t.Errorf("the add expired %q", toks.expired)
			}
			seen, toks.expired = 0, nil
			_, err := c.SearchClientLinks(t.Context(), Search{Size: 100})
			if seen != tc.searches || (err == nil) != tc.searched || len(toks.expired) != tc.refreshed {
				t.Errorf("the search was sent %d times, want %d, expired %q: %v", seen, tc.searches, toks.expired, err)
			}
		})
	}
}

func TestNoTokenIsARefusalUnlessItMayPass(t *testing.T) {
	for err, want := range map[error]Class{errors.New("refused"): ClassSignIn, passing{}: ClassTransient} {
		seen := 0
		c := serve(t, answers(&seen, good), func(o *Options) { o.Tokens = &tokens{err: err} })
		_, got := add(t, c, 1)
		if got == nil || !got.NothingApplied() || got.Class() != want || !errors.Is(got, err) || seen != 0 {
			t.Errorf("%v: %v, class %d, %d calls", err, got, got.Class(), seen)
		}
	}
}

type passing struct{}

func (passing) Error() string   { return "cannot be reached" }
func (passing) Temporary() bool { return true }

func TestTheLogHasNoSecrets(t *testing.T) {
	var log bytes.Buffer
	c := serve(t, answers(new(int), "429 token-1 DEVTOKEN a@example.com", good), func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if _, err := add(t, c, 1); err != nil {
		t.Fatal(err)
	}
	if s := log.String(); !strings.Contains(s, "AddClientLinks") || !strings.Contains(s, "track-header") ||
		strings.Contains(s, "token-1") || strings.Contains(s, "DEVTOKEN") || strings.Contains(s, "example.com") {
		t.Errorf("log:\n%s", s)
	}
}

// trip is a RoundTripper made of a function.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// bubble makes a client without a network, for use in a synctest bubble.
func bubble(t *testing.T, gate *Gate, f trip) *Client {
	t.Helper()
	c, err := New(Options{DeveloperToken: "D", Tokens: &tokens{list: []string{"t"}}, Gate: gate, HTTP: &http.Client{Transport: f}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func response(status int, body string, header ...string) *http.Response {
	r := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestPausesBetweenTriesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		c := bubble(t, NewGate(1, 0, time.Now, nil), func(*http.Request) (*http.Response, error) {
			at = append(at, time.Now())
			return nil, errors.New("dial tcp: connection refused")
		})
		_, err := c.AddClientLinks(t.Context(), oneAdd)
		ce, ok := errors.AsType[*CallError](err)
		if !ok || !ce.NothingApplied() || ce.Class() != ClassTransient || len(at) != maxTries {
			t.Fatalf("%v after %d tries", err, len(at))
		}
		for i, want := range []time.Duration{1, 2, 4, 8} {
			if got := at[i+1].Sub(at[i]); got < want*time.Second/2 || got > want*time.Second*3/2 {
				t.Errorf("pause %d is %v, want about %d s", i, got, want)
			}
		}
	})
}

func TestThrottlePausesAsLongAsTheServiceAsks(t *testing.T) {
	date := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) string { return date.Add(d).Format(http.TimeFormat) }
	for name, tc := range map[string]struct {
		header []string
		want   time.Duration
	}{
		"none":         {nil, time.Minute},
		"seconds":      {[]string{"Retry-After", "7"}, 7 * time.Second},
		"zero":         {[]string{"Retry-After", "0"}, 0},
		"an hour":      {[]string{"Retry-After", "3600"}, time.Hour},
		"negative":     {[]string{"Retry-After", "-5"}, time.Minute},
		"nonsense":     {[]string{"Retry-After", "soon"}, time.Minute},
		"huge":         {[]string{"Retry-After", "99999999999999999999"}, time.Minute},
		"date":         {[]string{"Retry-After", at(30 * time.Second), "Date", at(0)}, 30 * time.Second},
		"date long":    {[]string{"Retry-After", at(90 * time.Minute), "Date", at(0)}, 90 * time.Minute},
		"date over":    {[]string{"Retry-After", at(-time.Hour), "Date", at(0)}, 0},
		"date unknown": {[]string{"Retry-After", at(0)}, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var shown []time.Duration
				sent := 0
				c := bubble(t, NewGate(4, 0, time.Now, func(d time.Duration) { shown = append(shown, d) }), func(*http.Request) (*http.Response, error) {
					if sent++; sent == 1 {
						return response(429, "", tc.header...), nil
					}
					return response(200, "{}"), nil
				})
				start := time.Now()
				if _, err := c.AddClientLinks(t.Context(), oneAdd); err != nil {
					t.Fatal(err)
				}
				if got := time.Since(start); got != tc.want {
					t.Errorf("waited %v, want %v", got, tc.want)
				}
				if tc.want > 0 && !slices.Equal(shown, []time.Duration{tc.want}) || tc.want == 0 && shown != nil {
					t.Errorf("pauses reported: %v", shown)
				}
			})
		})
	}
}

func TestAWriteThatWasSentIsNotCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := bubble(t, NewGate(1, 0, time.Now, nil), func(r *http.Request) (*http.Response, error) {
			io.ReadAll(r.Body)
			cancel()
			select {
			case <-time.After(time.Minute):
				return response(200, "{}"), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		if _, err := c.AddClientLinks(ctx, oneAdd); err != nil {
			t.Errorf("the answer after the cancel is lost: %v", err)
		}
		sent := false
		c.transport = trip(func(*http.Request) (*http.Response, error) { sent = true; return response(200, "{}"), nil })
		_, err := c.UpdateClientLinks(ctx, oneAdd)
		if ce, ok := errors.AsType[*CallError](err); !ok || !ce.NothingApplied() || !errors.Is(err, context.Canceled) || sent {
			t.Errorf("after the cancel: %v, sent %v", err, sent)
		}
	})
}

func TestCancelStopsAConnectionInTheMakingAndAnySearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := bubble(t, NewGate(1, 0, time.Now, nil), func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/Search") {
				io.ReadAll(r.Body)
			}
			<-r.Context().Done() // a dial that hangs, or a search without an answer
			if n, err := r.Body.Read(make([]byte, 9)); n > 0 || err == nil {
				t.Errorf("%d bytes after the cancel, %v", n, err)
			}
			return nil, r.Context().Err()
		})
		for _, call := range []func(context.Context) error{
			func(ctx context.Context) error { _, err := c.AddClientLinks(ctx, oneAdd); return err },
			func(ctx context.Context) error { _, err := c.SearchClientLinks(ctx, Search{}); return err },
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			start := time.Now()
			err := call(ctx)
			cancel()
			if ce, ok := errors.AsType[*CallError](err); !ok || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second ||
				strings.HasPrefix(ce.Operation, "Add") && !ce.NothingApplied() {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		}
	})
}

func TestCancelStopsPauses(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"throttled":  func(*http.Request) (*http.Response, error) { return response(429, ""), nil },
		"no network": func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") },
	} {
		synctest.Test(t, func(t *testing.T) {
			c := bubble(t, NewGate(1, 0, time.Now, nil), answer)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			start := time.Now()
			_, err := c.AddClientLinks(ctx, oneAdd)
			if ce, ok := errors.AsType[*CallError](err); !ok || !ce.NothingApplied() || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", name, err)
			}
			if d := time.Since(start); d != 100*time.Millisecond {
				t.Errorf("%s: stopped after %v", name, d)
			}
		})
	}
}

func TestNoAnswerInTimeIsAmbiguous(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := bubble(t, NewGate(1, 0, time.Now, nil), func(r *http.Request) (*http.Response, error) {
			sent++
			io.ReadAll(r.Body)
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		start := time.Now()
		_, err := c.AddClientLinks(t.Context(), oneAdd)
		ce, ok := errors.AsType[*CallError](err)
		if !ok || ce.NothingApplied() || ce.Class() != ClassTransient || sent != 1 || time.Since(start) != 2*time.Minute {
			t.Errorf("%v after %v, sent %d times", err, time.Since(start), sent)
		}
		if got, want := err.Error(), "AddClientLinks: no answer within 2m"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
