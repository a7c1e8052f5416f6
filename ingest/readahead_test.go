package ingest

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
)

// countedRows is a source of so many rows; then it gives its error.
type countedRows struct {
	rows, given int
	err         error
}

func (s *countedRows) fill(row *rawRow) error {
	if s.given == s.rows {
		*row = rawRow{number: s.rows + 1}
		return s.err
	}
	s.given++
	*row = rawRow{number: s.given, cells: []string{"x"}}
	return nil
}

func TestReadAheadGivesEveryRowInOrderAndThenTheError(t *testing.T) {
	broken := errors.New("broken")
	for _, rows := range []int{0, 1, batchRows - 1, batchRows, batchRows + 1, 10 * batchRows} {
		for _, end := range []error{io.EOF, broken} {
			synctest.Test(t, func(t *testing.T) { // it fails when a goroutine is left
				r := newReadAhead((&countedRows{rows: rows, err: end}).fill, (*rawRow).size)
				for n := 1; n <= rows; n++ {
					if raw, err := r.next(); err != nil || raw.number != n || len(raw.cells) != 1 {
						t.Fatalf("row %d of %d: got %v, %v", n, rows, raw, err)
					}
				}
				for range 2 {
					if raw, err := r.next(); err != end || raw.number != rows+1 {
						t.Errorf("after %d rows: got row %d, %v", rows, raw.number, err)
					}
				}
				if err := errors.Join(r.Close(), r.Close()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestReadAheadEndsWhenNobodyWantsMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &countedRows{rows: 1 << 40}
		r := newReadAhead(src.fill, (*rawRow).size)
		if _, err := r.next(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if most := batches * batchRows; src.given > most {
			t.Errorf("%d rows were read ahead, want at most %d", src.given, most)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		for range batchRows {
			_, _ = r.next()
		}
		if _, err := r.next(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("got %v after Close", err)
		}
	})
}

func TestLongRowsAreReadAheadOneByOne(t *testing.T) {
	for name, row := range map[string][]string{
		"long": {strings.Repeat("x", batchBytes)},
		"wide": make([]string, batchBytes/cellSize),
	} {
		src := &sameRows{cells: row}
		r := newReadAhead(src.fill, (*rawRow).size)
		if _, err := r.next(); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if src.given > batches {
			t.Errorf("%d %s rows are in memory at once, want at most %d", src.given, name, batches)
		}
	}
}

// sameRows is a source of one row without end.
type sameRows struct {
	cells []string
	given int
}

func (s *sameRows) fill(row *rawRow) error {
	s.given++
	*row = rawRow{number: s.given, cells: s.cells}
	return nil
}
