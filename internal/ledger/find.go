package ledger

import (
	"fmt"
	"strings"
)

// Runs lists every run, newest first, in the order in which they were started,
// not by the clock.
func (l *Ledger) Runs() ([]Run, error) {
	return l.runs(func(*Run) bool { return true })
}

// Unfinished lists the runs of a scope that can be resumed, newest first: those
// whose state is [Running], [Interrupted] or [Stopped].
func (l *Ledger) Unfinished(s Scope) ([]Run, error) {
	return l.runs(func(r *Run) bool {
		return r.Scope == s && (r.State == Running || r.State == Interrupted || r.State == Stopped)
	})
}

// maxNamed is the number of runs that a message about an ambiguous name lists.
const maxNamed = 5

// Find returns the run that name refers to: by its id, by a prefix of it that no
// other run has, or "last" for the newest. The error is an [ErrNoRun], or lists
// some of the runs that an ambiguous prefix may mean.
func (l *Ledger) Find(name string) (Run, error) {
	var found []Run
	runs, err := l.Runs()
	if err != nil {
		return Run{}, err
	}
	for i, r := range runs {
		if r.ID == name || name == "last" && i == 0 {
			return r, nil
		}
		if strings.HasPrefix(r.ID, name) && name != "" {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return Run{}, fmt.Errorf("%q: %w", name, ErrNoRun)
	case 1:
		return found[0], nil
	}
	var ids []string
	for _, r := range found[:min(len(found), maxNamed)] {
		ids = append(ids, r.ID)
	}
	if len(found) > maxNamed {
		ids = append(ids, "…")
	}
	return Run{}, fmt.Errorf("%q is ambiguous: %d runs start with it: %s", name, len(found), strings.Join(ids, ", "))
}

// Listed returns the number of links that the agency's list had when a run of
// the scope last read it to its end; 0 = unknown.
func (l *Ledger) Listed(s Scope) (int, error) {
	runs, err := l.runs(func(r *Run) bool { return r.Scope == s && r.Listed != 0 })
	if err != nil || len(runs) == 0 {
		return 0, err
	}
	return runs[0].Listed, nil
}

// Accounts returns how many accounts the roster at a path listed in its last good
// run of a scope: one of the whole roster that finished, and whose roster was
// neither doubted nor refused to prune by. 0 = there is none, or none that recorded
// it. Standard input, "-", has no runs that could be compared.
func (l *Ledger) Accounts(s Scope, path string) (accounts int, err error) {
	if path == "-" {
		return 0, nil
	}
	err = l.read(func(v *view) error {
		all, err := v.entries()
		for _, e := range all {
			if e.Scope == s && e.Path == path && e.Whole() && e.State == Finished && e.plan.Accounts > 0 && !e.plan.Doubtful {
				accounts = e.plan.Accounts
				break
			}
		}
		return err
	})
	return accounts, err
}

// runs reads the runs that match, newest first.
func (l *Ledger) runs(match func(*Run) bool) (out []Run, err error) {
	err = l.read(func(v *view) error {
		all, err := v.entries()
		for _, e := range all {
			if match(&e.Run) {
				out = append(out, e.Run)
			}
		}
		return err
	})
	return out, err
}
