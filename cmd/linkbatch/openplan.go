package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"linkbatch/internal/ledger"
	"linkbatch/internal/run"
	"linkbatch/internal/savedplan"
	"linkbatch/planner"
	"linkbatch/report"
)

// rosterOrPlan opens a saved plan, which is known by its content, or else a roster.
func rosterOrPlan(name string) opener {
	return func(j *job) (*source, error) {
		file, err := readPlan(name)
		if err != nil {
			return nil, err
		}
		if file == nil {
			return rosterFile(name)(j)
		}
		return j.openPlan(name, file)
	}
}

// readPlan reads a saved plan; nil if the file is none, or cannot be opened.
func readPlan(name string) (*savedplan.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil // the roster's reader says why
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if (err != nil && !errors.Is(err, io.ErrUnexpectedEOF)) || !savedplan.Recognise(head[:n]) {
		return nil, nil
	}
	file, err := savedplan.Read(io.MultiReader(strings.NewReader(string(head[:n])), f))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return file, nil
}

// openPlan takes the rows and the settings of a saved plan, if it may be applied.
func (j *job) openPlan(name string, file *savedplan.File) (*source, error) {
	if j.save.name != "" {
		return nil, usage("--out goes with a roster: %s is a saved plan", name)
	}
	if j.fresh {
		return nil, usage("--fresh does not go with a saved plan, which is used once: plan again")
	}
	if err := j.notTheInput(name); err != nil {
		return nil, err
	}
	if err := errors.Join(file.Current(j.now()), j.expect.unexpected(file.Digest())); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := rosterSame(&file.Roster); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := j.adopt(file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r := &file.Roster
	return &source{
		name: r.File, path: r.Path, sheet: r.Sheet, digest: r.Digest, header: r.Header,
		rows: file.Rows(), skipped: r.Named, mention: func() { j.mentionPlan(file) }, close: func() {}, saved: file, plan: name,
		purpose: ledger.Purpose{Part: j.roster.part().String()},
	}, nil
}

// mentionPlan says whose plan it is.
func (j *job) mentionPlan(f *savedplan.File) {
	by := f.By.OSUser
	if f.By.Host != "" {
		by += "@" + f.By.Host
	}
	j.say("plan of %s, made %s UTC by %s", report.Visible(f.Roster.File), report.Minute(f.Made), report.Visible(by))
}

// rosterSame refuses a plan whose roster is still there, and says something else
// now. One that is not there cannot contradict the plan.
func rosterSame(r *savedplan.Roster) error {
	if r.Path == "-" {
		return nil
	}
	f, err := os.Open(r.Path)
	if err != nil {
		return nil
	}
	defer f.Close()
	digest, err := savedplan.FileDigest(f)
	if err != nil || digest == r.Digest {
		return nil
	}
	return &savedplan.RefusedError{
		Message: fmt.Sprintf("the roster %s has changed since the plan was made", r.Path),
		Hint:    "plan again",
	}
}

// adopt takes the settings of a saved plan. How rows are read and decided is the
// plan's; the environment and the agency must be, if they are named here. The
// guards are the plan's too, but for those that this command or its environment
// names: whoever applies a plan may be stricter, or answer for being less strict.
func (j *job) adopt(f *savedplan.File) error {
	origins := j.settings.origins
	here := func(flag string) bool { // on the command line or in the environment
		return strings.HasPrefix(origins[flag], "flag ") || strings.HasPrefix(origins[flag], environmentPrefix)
	}
	named := ""
	readingFlags(new(rosterFlags), new(planner.Reinvite)).VisitAll(func(flag *pflag.Flag) {
		if flag.Name != "output" && strings.HasPrefix(origins[flag.Name], "flag ") {
			named = flag.Name
		}
	})
	if named != "" {
		return usage("--%s goes with a roster: the saved plan has its rows decided already", named)
	}
	if env := f.Service.Environment; env != j.env.Value {
		if here("env") {
			return elsewhere("environment", env, j.env.Value)
		}
		if err := j.moveTo(env); err != nil {
			return err
		}
	}
	return errors.Join(j.adoptOptions(f.Options, here), j.adoptGuards(f.Guards, here), j.validate())
}

// adoptOptions takes how the plan's rows were read and decided, and whose logins
// decided, unless this command names others.
func (j *job) adoptOptions(options map[string]string, here func(string) bool) error {
	if !here("profile") {
		j.profile = options["profile"]
	}
	if !here("managing-customer") {
		if err := j.managingCustomer.Set(options["managing-customer"]); err != nil {
			return unusable("managing-customer", err)
		}
	}
	fresh, reinvite := j.roster, planner.Reinvite(nil)
	fs := readingFlags(&fresh, &reinvite)
	fresh.output = j.roster.output
	for _, name := range slices.Sorted(maps.Keys(options)) {
		f := fs.Lookup(name)
		if f == nil { // those above, and the texts of new links
			continue
		}
		if err := setValue(f, options[name]); err != nil {
			return err
		}
	}
	j.roster, j.reinvite = fresh, reinvite
	return nil
}

// adoptGuards takes the plan's guards, but for those that are named here.
func (j *job) adoptGuards(values map[string]string, here func(string) bool) error {
	var fresh guards
	fs := guardFlags(&fresh)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		f := fs.Lookup(name)
		if f == nil {
			return unusable(name, errors.New("it is not known here"))
		}
		if err := setValue(f, values[name]); err != nil {
			return err
		}
	}
	var err error
	fs.VisitAll(func(f *pflag.Flag) {
		if here(f.Name) && err == nil {
			err = setValue(f, valueOf(j.cmd.Flags().Lookup(f.Name)))
		}
	})
	j.guards = fresh
	return err
}

// valueOf is what a flag was given; elements of a list are joined by commas.
func valueOf(f *pflag.Flag) string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return strings.Join(list.GetSlice(), ",")
	}
	return f.Value.String()
}

// setValue gives a flag what valueOf has said.
func setValue(f *pflag.Flag, value string) error {
	set := f.Value.Set
	if list, ok := f.Value.(pflag.SliceValue); ok {
		set = func(value string) error { return list.Replace(strings.Split(value, ",")) }
	}
	if err := set(value); err != nil {
		return unusable(f.Name, fmt.Errorf("%q: %w", value, err))
	}
	return nil
}

// unusable refuses a plan with an option that this linkbatch does not take.
func unusable(option string, err error) error {
	return &savedplan.RefusedError{
		Message: fmt.Sprintf("the plan has an option that cannot be used: %s: %v", option, err),
		Hint:    "plan again with the linkbatch that applies the plan",
	}
}

// moveTo makes the environment another one than the configuration's, whose
// addresses are those of its own.
func (j *job) moveTo(env string) error {
	for _, flag := range []string{"endpoint", "token-url"} {
		origin := j.settings.origins[flag]
		if origin != "" && !strings.HasPrefix(origin, "flag ") && !strings.HasPrefix(origin, environmentPrefix) {
			if err := j.cmd.Flags().Set(flag, ""); err != nil {
				return err
			}
		}
	}
	return j.cmd.Flags().Set("env", env)
}

// elsewhere refuses a plan that was made for something else than is used now.
func elsewhere(what, planned, here string) error {
	return &savedplan.RefusedError{
		Message: fmt.Sprintf("the plan was made for the %s %s, and this is %s", what, planned, here),
		Hint:    "apply it where it was made for, or plan again",
	}
}

// samePlace refuses a saved plan that was made with another server, for another
// agency or by another customer. It is asked once somebody is signed in.
func (j *job) samePlace() error {
	if j.source.former != nil {
		return j.source.former.samePlace(j.scope)
	}
	f := j.source.saved
	if f == nil {
		return nil
	}
	var err error
	switch {
	case f.Service.Endpoint != j.scope.Endpoint:
		err = elsewhere("server", f.Service.Endpoint, j.scope.Endpoint)
	case f.Plan.ManagingCustomerID != j.scope.ManagingCustomerID:
		err = elsewhere("agency", f.Plan.ManagingCustomerID.String(), j.scope.ManagingCustomerID.String())
	case f.By.CustomerID != j.session.Main.CustomerID:
		err = elsewhere("customer", f.By.CustomerID.String(), j.session.Main.CustomerID.String())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", j.source.plan, err)
	}
	return nil
}

// unused refuses a saved plan that was used, where no run is about to take it.
func (j *job) unused() error {
	if j.source.saved == nil || j.ledger == nil {
		return nil
	}
	return run.Unused(j.ledger, j.source.saved.Seal())
}
