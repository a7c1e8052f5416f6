package savedplan

import (
	"fmt"
	"iter"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// FormatVersion is the version of the form. It grows with every change of it,
// since a reader refuses members that it does not know.
const FormatVersion = 1

// File is a saved plan. It is plain data; methods do not change it, but for
// [File.Meet] and [File.Write], which say so.
type File struct {
	Linkbatch string    // version of the program that made it
	Made      time.Time // by the machine's clock, UTC
	Expires   time.Time // from then on it is not applied; zero = never
	By        Author
	Service   Service
	Roster    Roster
	Options   map[string]string // what decided beside the rows: flags by name, as they were in effect
	Guards    map[string]string // the flags of guards by name, as they were in effect
	Plan      *planner.Plan     // of an update, Send has only what the form has, and there is no Former: it is to be shown, not to be sent

	digest, seal string // as Write or Read found them
}

// Author is who made a plan: empty = not known.
type Author struct {
	UserID     msads.ID `json:"user_id"`     // from GetUser
	CustomerID msads.ID `json:"customer_id"` // the signed-in customer
	Profile    string   `json:"profile"`
	OSUser     string   `json:"os_user"` // as the operating system names them
	Host       string   `json:"host"`    // of the machine
}

// Service is where the links were searched.
type Service struct {
	Environment string `json:"environment"` // production, sandbox or simulator
	Endpoint    string `json:"endpoint"`    // its name for runs, see ledger.Scope
}

// Roster is the file that the rows came from.
type Roster struct {
	File   string   `json:"file"`   // as the user named it
	Path   string   `json:"path"`   // absolute; "-" for standard input
	Sheet  string   `json:"sheet"`  // empty for a CSV file
	Digest string   `json:"digest"` // of its bytes, "sha256:…"
	Header []string `json:"header"` // its columns, as written

	// Skipped are the accounts in lines that are not rows: nothing is concluded from
	// that no row names them.
	Skipped []Skipped `json:"skipped"`
}

// Skipped is the form of an [ingest.Protected].
type Skipped struct {
	Row        int      `json:"row"`
	AccountID  msads.ID `json:"account_id"`
	Number     string   `json:"account_number"`
	Unreadable bool     `json:"unreadable"`
}

// Skip keeps the accounts in lines of the roster that are not rows.
func (r *Roster) Skip(lines []ingest.Protected) {
	for _, p := range lines {
		r.Skipped = append(r.Skipped, Skipped{p.Row, msads.ID(p.AccountID), p.AccountNumber, p.Unreadable})
	}
}

// Named are the accounts that Skip has kept.
func (r *Roster) Named() (lines []ingest.Protected) {
	for _, s := range r.Skipped {
		lines = append(lines, ingest.Protected{Row: s.Row, AccountID: int64(s.AccountID), AccountNumber: s.Number, Unreadable: s.Unreadable})
	}
	return lines
}

// Digest is that of the decision, "sha256:…"; empty before Write or Read.
func (f *File) Digest() string { return f.digest }

// Seal is the digest over the whole file, "sha256:…"; empty before Write or Read.
func (f *File) Seal() string { return f.seal }

// Rows gives the rows of the roster, as they were read when the plan was made. A
// step for a link that no row names has none.
func (f *File) Rows() iter.Seq2[ingest.Row, error] {
	return func(yield func(ingest.Row, error) bool) {
		for i := range f.Plan.Steps {
			if row := &f.Plan.Steps[i].Row; row.Number > 0 && !yield(*row, nil) {
				return
			}
		}
	}
}

// Pruned are the rows of the links that no row names, for [planner.Prune].
func (f *File) Pruned() (rows []ingest.Row) {
	for i := range f.Plan.Steps {
		if s := &f.Plan.Steps[i]; s.Pruned() {
			rows = append(rows, s.Row)
		}
	}
	return rows
}

// Current reports with a [*RefusedError] whether the plan has expired.
func (f *File) Current(now time.Time) error {
	if f.Expires.IsZero() || now.Before(f.Expires) {
		return nil
	}
	const minute = "2006-01-02 15:04"
	return refuse("plan again; --expires says how long a plan is good for",
		"the plan has expired: it was good until %s UTC, and it is %s UTC", f.Expires.UTC().Format(minute), now.UTC().Format(minute))
}

// RefusedError is a plan that is not to be applied. Nothing was changed.
type RefusedError struct {
	Message string // lower case, no full stop
	Hint    string // what to do; may be empty
}

// Error is the message.
func (e *RefusedError) Error() string { return e.Message }

// refuse is a [*RefusedError] in words.
func refuse(hint, format string, args ...any) error {
	return &RefusedError{fmt.Sprintf(format, args...), hint}
}
