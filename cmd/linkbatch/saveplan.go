package main

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"linkbatch/internal/atomicfile"
	"linkbatch/internal/flagvalue"
	"linkbatch/internal/ledger"
	"linkbatch/internal/savedplan"
	"linkbatch/planner"
)

// planFile is where a plan is saved, and for how long it is good.
type planFile struct {
	name    string // empty = nowhere
	expires flagvalue.Span
}

func (f *planFile) add(fs *pflag.FlagSet) {
	f.expires = flagvalue.Span(24 * time.Hour)
	fs.StringVarP(&f.name, "out", "o", "", "save the plan to `FILE` (.json), for apply FILE")
	fs.Var(&f.expires, "expires", "how long the saved plan may be applied: a `DURATION` such as 8h or 3d")
}

// check refuses, before anything is searched, a file that could not be written.
func (f *planFile) check() error {
	if f.name == "" {
		return nil
	}
	if suffix := filepath.Ext(f.name); !strings.EqualFold(suffix, ".json") {
		return usage("--out %q: want a name that ends with .json", f.name)
	}
	if f.expires <= 0 {
		return usage("--expires: want more than no time at all")
	}
	if err := atomicfile.Check(f.name); err != nil {
		return usage("--out %q: %w", f.name, err)
	}
	return nil
}

// savePlan saves the plan if that is wished.
func (j *job) savePlan() error {
	if j.save.name == "" {
		return nil
	}
	file := j.planToSave()
	err := atomicfile.ReplaceOrKeep(j.save.name, 0o666, func(w io.Writer) error { return file.Write(w) })
	if err != nil {
		return fmt.Errorf("--out %q: %w", j.save.name, err)
	}
	j.say("saved as %s, good until %s UTC: linkbatch apply %s", j.save.name, file.Expires.Format("2006-01-02 15:04"), j.save.name)
	return nil
}

// planToSave is the plan with all that it was made of.
func (j *job) planToSave() *savedplan.File {
	osUser, host := j.who()
	made := j.now().UTC().Truncate(time.Second)
	roster := savedplan.Roster{
		File: j.source.name, Path: j.source.path, Sheet: j.source.sheet, Digest: j.source.digest, Header: j.source.header,
	}
	roster.Skip(j.source.named())
	return &savedplan.File{
		Linkbatch: version(), Made: made, Expires: made.Add(time.Duration(j.save.expires)),
		By:      savedplan.Author{UserID: j.session.UserID, CustomerID: j.session.Main.CustomerID, Profile: j.profile, OSUser: osUser, Host: host},
		Service: savedplan.Service{Environment: j.env.Value, Endpoint: j.scope.Endpoint},
		Roster:  roster,
		Options: j.planOptions(), Guards: j.planGuards(), Plan: j.plan,
	}
}

// Texts of new links that only the configuration has a place for, and their names
// among the options of a saved plan.
const (
	nameOption, nameKey = "name", "defaults.name"
	noteOption, noteKey = "note", "defaults.note"
)

// texts are the name and the note of new links: those of the saved plan, if there
// is one.
func (j *job) texts() (name, note string) {
	if j.source.purpose.Undoes != "" {
		return "", "" // a link comes back with the texts that it had, or with none
	}
	if saved := j.source.saved; saved != nil {
		return saved.Options[nameOption], saved.Options[noteOption]
	}
	return j.configured(nameKey), j.configured(noteKey)
}

// planOptions are the flags that decided, as they are in effect.
func (j *job) planOptions() map[string]string {
	fs := readingFlags(new(rosterFlags), new(planner.Reinvite))
	fs.String("profile", "", "")
	fs.Var(new(flagvalue.Customer), "managing-customer", "")
	options := j.inEffect(fs)
	name, note := j.texts()
	maps.Copy(options, map[string]string{nameOption: name, noteOption: note})
	maps.DeleteFunc(options, func(name, value string) bool { return value == "" || name == "output" })
	return options
}

// planGuards are the flags of the guards, as they are in effect.
func (j *job) planGuards() map[string]string { return j.inEffect(guardFlags(new(guards))) }

// inEffect are the values of the flags that a set has too. One that nobody set and
// that has no default is left out: its value is none that could be set.
func (j *job) inEffect(flags *pflag.FlagSet) map[string]string {
	values := make(map[string]string)
	flags.VisitAll(func(scratch *pflag.Flag) {
		f := j.cmd.Flags().Lookup(scratch.Name)
		if value := valueOf(f); value != "" && setValue(scratch, value) == nil {
			values[f.Name] = value
		}
	})
	return values
}

// readingFlags are the flags that say how a roster is read and decided.
func readingFlags(f *rosterFlags, reinvite *planner.Reinvite) *pflag.FlagSet {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.add(fs)
	fs.Var(reinvite, "reinvite", "")
	return fs
}

// guardFlags are the flags of the guards.
func guardFlags(g *guards) *pflag.FlagSet {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	g.add(fs)
	return fs
}

// digestPlan gives the plan its digest.
func (j *job) digestPlan() (err error) {
	j.digest, err = savedplan.Digest(j.scope.Endpoint, j.source.digest, j.plan)
	return err
}

// expectation is the digest that a plan must have; blank = any.
type expectation string

// leastDigest is how many characters of a digest are enough to expect it.
const leastDigest = 12

// String implements [pflag.Value].
func (e *expectation) String() string { return string(*e) }

// Type implements [pflag.Value].
func (e *expectation) Type() string { return "DIGEST" }

// Set implements [pflag.Value].
func (e *expectation) Set(text string) error {
	digest := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "sha256:"))
	if len(digest) < leastDigest || len(digest) > 64 || strings.Trim(digest, "0123456789abcdef") != "" {
		return fmt.Errorf("want the digest that plan prints, or its first %d characters or more", leastDigest)
	}
	*e = expectation(digest)
	return nil
}

// meets reports whether a digest is the expected one.
func (e expectation) meets(digest string) bool {
	return strings.HasPrefix(strings.TrimPrefix(digest, "sha256:"), string(e))
}

// unexpected refuses a plan with a digest that is not the expected one.
func (e expectation) unexpected(digest string) error {
	if e.meets(digest) {
		return nil
	}
	return &savedplan.RefusedError{
		Message: fmt.Sprintf("this is not the plan that --expect names: its digest is %s", digest),
		Hint:    "look at the plan again: what it decides has changed since",
	}
}

// expected compares a plan that was made now from a roster with the expected
// digest. A run that resumes one that met it has sent some rows already, so that
// its digest cannot be the same: the rows that are left must be as they were.
func (j *job) expected(earlier *ledger.Record, sent func(int) bool) error {
	if j.expect == "" || j.source.saved != nil {
		return nil
	}
	if err := j.digestPlan(); err != nil {
		return err
	}
	if earlier == nil || !j.expect.meets(earlier.Expected) || earlier.Expected == "" {
		return j.expect.unexpected(j.digest)
	}
	j.digest = earlier.Expected
	drifts, err := savedplan.Drifts(earlier.Plan, j.plan, sent)
	if err == nil && len(drifts) > 0 {
		err = savedplan.Refusal(drifts, "look at the plan again, then name its digest")
	}
	return err
}

// drifted holds the rows that have changed since the saved plan was made, or
// refuses the plan, as --on-drift says.
func (j *job) drifted(sent func(int) bool) error {
	if j.source.saved == nil {
		return nil
	}
	drifts, err := j.source.saved.Meet(j.plan, sent)
	if err == nil && len(drifts) > 0 && j.onDrift.Value == "stop" {
		err = savedplan.Refusal(drifts, "plan again, or pass --on-drift=hold to hold these rows and send the rest")
	}
	return err
}

// expectedDigest is the digest that the plan had to have, whole; empty = any.
func (j *job) expectedDigest() string {
	switch {
	case j.expect == "":
		return ""
	case j.source.saved != nil:
		return j.source.saved.Digest()
	}
	return j.digest
}
