package report

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"linkbatch/internal/ledger"
)

// WriteActs writes what was done to the ledger itself in the order given, one
// line each.
func WriteActs(w io.Writer, acts []ledger.Act) error {
	for _, a := range acts {
		if _, err := fmt.Fprintln(w, actLine(a)); err != nil {
			return err
		}
	}
	return nil
}

// actLine is an act as a person reads it.
func actLine(a ledger.Act) string {
	var what string
	switch a.Kind {
	case "prune":
		what = fmt.Sprintf("%s deleted that ended before %s UTC", Plural(a.Runs, "run"), Minute(a.Before))
	case "forget":
		what = fmt.Sprintf("an account erased from %s of %s", Plural(a.Rows, "row"), Plural(a.Runs, "run"))
	default:
		what = fmt.Sprintf("restored from a copy with %s", Plural(a.Runs, "run"))
	}
	line := fmt.Sprintf("%s UTC: %s, by %s on %s", Minute(a.At), what, cmp.Or(a.OSUser, "an unknown user"), cmp.Or(a.Host, "an unknown machine"))
	if a.Reason != "" {
		line += ": " + a.Reason
	}
	return Visible(line)
}

// actJSON is an act as programs read it.
type actJSON struct {
	At      time.Time  `json:"at"`
	Kind    string     `json:"kind"`
	OSUser  *string    `json:"os_user"`
	Host    *string    `json:"host"`
	Command *string    `json:"command"`
	Reason  *string    `json:"reason"`
	Runs    int        `json:"runs"`
	Rows    int        `json:"rows"`
	Before  *time.Time `json:"before"`
	Keep    int        `json:"keep"`
}

func newActJSON(a *ledger.Act) actJSON {
	return actJSON{
		At: a.At, Kind: a.Kind, OSUser: blank(a.OSUser), Host: blank(a.Host), Command: blank(a.Command), Reason: blank(a.Reason),
		Runs: a.Runs, Rows: a.Rows, Before: blank(a.Before), Keep: a.Keep,
	}
}
