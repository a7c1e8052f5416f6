package ledger

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"linkbatch/ingest"
)

// FuzzDecode reads any bytes as each stored form. What can be read is written
// and read again without a change.
func FuzzDecode(f *testing.F) {
	for seed := range uint64(20) {
		r := newRandom(seed)
		s, res := r.step(0), r.result(0, 1)
		for _, encoded := range []func() (string, error){
			func() (string, error) { return encodeRow(&s.Row, 0) },
			func() (string, error) { return encodeStep(&s) },
			func() (string, error) { return encodeProgress(&Progress{Result: res, Done: res.Ops}) },
		} {
			payload, err := encoded()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(payload)
		}
	}
	f.Fuzz(func(t *testing.T, payload string) {
		if row, err := decodeRow(payload, 3); err == nil {
			again(t, row, func() (string, error) { return encodeRow(&row, 3) }, func(p string) (any, error) { return decodeRow(p, 3) })
		}
		if step, err := decodeStep(payload, 3, ingest.Row{}); err == nil {
			again(t, step, func() (string, error) { return encodeStep(&step) }, func(p string) (any, error) { return decodeStep(p, 3, ingest.Row{}) })
		}
		if p, err := decodeProgress(payload, 3); err == nil {
			again(t, p, func() (string, error) { return encodeProgress(&p) }, func(s string) (any, error) { return decodeProgress(s, 3) })
		}
	})
}

func again[T any](t *testing.T, want any, encode func() (string, error), decode func(string) (T, error)) {
	t.Helper()
	payload, err := encode()
	if err != nil {
		return // a time beyond the year 9999 in UTC
	}
	got, err := decode(payload)
	if err != nil {
		t.Fatalf("%s: %v", payload, err)
	}
	if diff := gocmp.Diff(want, any(got)); diff != "" {
		t.Fatalf("%s:\n%s", payload, diff)
	}
}

// TestWholeIsOfErrorsThatThereAre: a record that says more of a row's errors
// than there are is damaged.
func TestWholeIsOfErrorsThatThereAre(t *testing.T) {
	for payload, good := range map[string]bool{
		`{"result":{"errors":[{"code":1},{"code":2}]},"whole":2}`:  true,
		`{"result":{"errors":[{"code":1},{"code":2}]},"whole":3}`:  false,
		`{"result":{"errors":[{"code":1},{"code":2}]},"whole":-1}`: false,
		`{"result":{},"whole":1}`:                                  false,
	} {
		if _, err := decodeProgress(payload, 0); (err == nil) != good {
			t.Errorf("%s: %v", payload, err)
		}
	}
}
