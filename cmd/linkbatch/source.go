package main

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"linkbatch/ingest"
	"linkbatch/internal/ledger"
	"linkbatch/internal/part"
	"linkbatch/internal/savedplan"
	"linkbatch/report"
)

// source is where the rows of a job come from.
type source struct {
	name    string   // as the user wrote it
	path    string   // by which two runs recognise the same one: absolute; "-" for standard input
	sheet   string   // empty where there is none
	digest  string   // of its bytes, "sha256:…"
	header  []string // the columns that are carried to reports, as written
	rows    iter.Seq2[ingest.Row, error]
	skipped func() []ingest.Protected // once rows were read, the accounts in lines that are not among them; nil = there are none
	mention func()                    // once rows were read, says what a person should know about it before looking at the plan
	close   func()

	purpose ledger.Purpose // of a run of these rows
	former  *formerRun     // the run whose rows they are; nil = they are those of a roster

	saved *savedplan.File // whose rows they are; nil = they were read from a roster
	plan  string          // the saved plan, as the user named it
}

// seal is that of the saved plan; empty if there is none.
func (s *source) seal() string {
	if s.saved == nil {
		return ""
	}
	return s.saved.Seal()
}

// named are the accounts that the source names in lines that are not rows.
func (s *source) named() []ingest.Protected {
	if s.skipped == nil {
		return nil
	}
	return s.skipped()
}

// prunes reports whether links that the source does not name may end: only if it is
// a roster, and not what is left to do of a run.
func (s *source) prunes() bool { return s.purpose.Undoes == "" && s.purpose.Retries == "" }

// opener opens the source of a job, whose flags are checked.
type opener func(*job) (*source, error)

// rosterFile opens a roster; "-" is standard input.
func rosterFile(name string) opener {
	return func(j *job) (*source, error) {
		if err := j.notTheInput(name); err != nil {
			return nil, err
		}
		file, err := j.roster.open(j.app, name)
		if err != nil {
			return nil, err
		}
		wanted := j.roster.part()
		pick, err := wanted.From(file.Header, file.Columns)
		if err != nil {
			file.Close()
			return nil, err
		}
		return &source{
			name: file.File, path: rosterPath(name), sheet: file.Sheet, digest: file.Digest, header: file.Header,
			rows:    pick.Through(file.Rows()),
			skipped: func() []ingest.Protected { return slices.Concat(file.Protected, pick.Left) },
			mention: func() { j.mentionRoster(file); j.mentionPart(pick) }, close: func() { file.Close() },
			purpose: ledger.Purpose{Part: wanted.String()},
		}, nil
	}
}

// rosterPath is the path by which two runs recognise the same file.
func rosterPath(name string) string {
	if abs, err := filepath.Abs(name); err == nil && name != "-" {
		return abs
	}
	return name
}

// notTheInput refuses to write to what is read.
func (j *job) notTheInput(input string) error {
	if err := notTheRoster("--report", j.reports, input); err != nil {
		return &usageError{err: err}
	}
	if err := notTheRoster("--out", []string{j.save.name}, input); err != nil {
		return &usageError{err: err}
	}
	return nil
}

// notTheRoster refuses files that a flag names and that would take the place of
// the roster, or of another input.
func notTheRoster(flag string, names []string, roster string) error {
	for _, name := range names {
		if sameFile(name, roster) {
			return fmt.Errorf("%s %q: is the roster itself: name another file", flag, name)
		}
	}
	return nil
}

// sameFile reports whether two names are of one file, which is there.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// mentionPart says how much of a roster was left out.
func (a *app) mentionPart(pick *part.Pick) {
	if words := pick.Words(); words != "" {
		a.say("left out: %s", words)
	}
}

// mentionRoster says what a person should know about the file before looking at
// the plan: what is in it and not, or not visibly, part of the roster.
func (a *app) mentionRoster(file *ingest.Roster) {
	for i := range file.Problems {
		// One without a value is about the file in general, and check's to report.
		if p := &file.Problems[i]; p.Value != "" {
			a.warn("%s", p)
		}
	}
	lines := 0
	for _, s := range file.Skipped {
		if !s.Blank() {
			lines++
		}
	}
	if lines > 0 {
		a.say("skipped: %s not part of the table; linkbatch check lists them", report.Plural(lines, "line"))
	}
}
