package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"linkbatch/ingest"
	"linkbatch/internal/doctor"
	"linkbatch/internal/flagvalue"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/internal/run"
	"linkbatch/internal/session"
	"linkbatch/planner"
	"linkbatch/report"
)

// job is rows on their way through a command: what plan, apply and their kin share.
type job struct {
	cmd    *cobra.Command // for its name and help
	roster rosterFlags
	serviceFlags
	guards
	caution
	reports []string
	save    planFile
	onDrift flagvalue.Word // what to do about rows whose links have changed since they were planned
	expect  expectation
	all     bool
	noColor bool

	reinvite    planner.Reinvite
	fresh       bool
	lockTimeout flagvalue.Span
	wait        flagvalue.Span // how long to wait for links to settle; 0 = not at all

	writes  bool           // this is a run, which the ledger records
	ledger  *ledger.Ledger // nil = none
	scope   ledger.Scope
	source  *source
	session *session.Session
	pace    msads.Pace // that earlier runs have learned; zero = none
	planner *planner.Planner
	plan    *planner.Plan
	digest  string // of the plan, where it is to be shown
}

func (j *job) addFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	j.cmd = cmd
	j.addSettings(fs)
	j.addShown(fs)
}

// addShown adds the flags that say how a plan and results are shown.
func (j *job) addShown(fs *pflag.FlagSet) {
	fs.BoolVar(&j.all, "all", false, "show unchanged rows too")
	addNoColor(fs, &j.noColor)
}

// addSettings adds the flags that the configuration may set too.
func (j *job) addSettings(fs *pflag.FlagSet) {
	j.serviceFlags.addSignIn(fs)
	j.serviceFlags.addWorld(fs)
	j.serviceFlags.addCalls(fs)
	j.addReinvite(fs)
	j.roster.add(fs)
	j.guards.add(fs)
}

// addReinvite adds --reinvite.
func (j *job) addReinvite(fs *pflag.FlagSet) {
	fs.Var(&j.reinvite, "reinvite", "invite again for rows with the action link where the link is in `LIST`: declined, failed; --reinvite alone means all")
	fs.Lookup("reinvite").NoOptDefVal = "all"
}

// open checks the flags, opens the source of the rows and signs in. close must be
// called when it returns nil.
func (j *job) open(ctx context.Context, from opener) (err error) {
	if err := j.validate(); err != nil {
		return err
	}
	if err := j.checkReports(); err != nil {
		return err
	}
	if j.source, err = from(j); err != nil {
		return err
	}
	if err = j.openLedger(j.writes); err == nil {
		if err = j.signIn(ctx); err != nil {
			j.forgoSignIn(err)
		}
	}
	if err != nil {
		j.closeLedger()
		j.source.close()
	}
	return err
}

// signIn opens the session, and the planner that works with its logins.
func (j *job) signIn(ctx context.Context) (err error) {
	if v, ok := j.config().Lookup(j.profile, "endpoint"); ok && string(j.endpoint) == v.Text {
		j.say("using %s (set in %s)", j.endpoint, v.Origin())
	}
	j.progress.begin("signing in", -1)
	j.session, err = j.serviceFlags.open(ctx)
	j.progress.end()
	if err != nil {
		return err
	}
	err = j.recallPace()
	if err == nil {
		err = j.newPlanner()
	}
	if err == nil {
		err = j.samePlace()
	}
	if err != nil {
		j.session.Close()
	}
	return err
}

// openLedger opens the ledger of the state folder. A run must be able to write
// it before anything else; a plan looks into it if there is one.
func (j *job) openLedger(writes bool) (err error) {
	dir, err := j.stateFolder(j.stateDir)
	if err != nil {
		return err
	}
	if writes {
		j.ledger, err = ledger.Open(dir)
		return err
	}
	if j.ledger, err = ledger.Read(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (j *job) closeLedger() {
	if j.ledger != nil {
		j.ledger.Close()
	}
}

// checkReports refuses, before anything is sent, a report that could not be
// written afterwards.
func (j *job) checkReports() error {
	for _, name := range j.reports {
		if err := report.Writable(name); err != nil {
			return usage("--%w", err)
		}
	}
	return nil
}

// fits refuses, before anything is sent, a report that has no room for the plan.
func (j *job) fits() error {
	p, err := report.NewPlan(j.head(""), j.plan)
	if err != nil {
		return err
	}
	for _, name := range j.reports {
		if err := p.Fits(name); err != nil {
			return &usageError{err: fmt.Errorf("--%w", err), hint: "nothing was changed"}
		}
	}
	return nil
}

func (j *job) close() {
	j.progress.end()
	j.keepPace()
	j.closeLedger()
	j.source.close()
	j.session.Close()
}

// newPlanner makes the planner and finds the scope of the run.
func (j *job) newPlanner() error {
	j.scope = ledger.Scope{Endpoint: j.session.Name, ManagingCustomerID: cmp.Or(j.manager(), j.session.Main.CustomerID)}
	known, accounts := 0, 0
	if j.ledger != nil {
		var err error
		if known, err = j.ledger.Listed(j.scope); err != nil {
			return err
		}
		if accounts, err = j.ledger.Accounts(j.scope, j.source.path); err != nil {
			return err
		}
	}
	o := j.roster.defaults()
	o.ManagingCustomerID = j.manager()
	o.Name, o.Note = j.texts()
	o.Reinvite = j.reinvite
	if len(j.config().Protected()) > 0 {
		o.Protected = j.protected
	}
	o.Prune = planner.Prune{On: j.prune && j.source.prunes(), Spared: j.source.named, LastAccounts: accounts, AllowShrink: j.allowShrink}
	if saved := j.source.saved; saved != nil {
		o.Prune.Earlier = saved.Pruned()
	}
	o.KnownLinks, o.Concurrency = known, j.calls()
	j.planner = &planner.Planner{Main: j.session.Main, Clients: j.session.Clients, Options: o}
	return nil
}

// configured is what the configuration says under a key for the profile in use.
func (j *job) configured(key string) string {
	v, _ := j.config().Lookup(j.profile, key)
	return v.Text
}

// protected finds where the configuration protects an account.
func (j *job) protected(id msads.ID, number string) (string, bool) {
	v, ok := j.config().Protects(id.String(), number)
	return v.Origin(), ok
}

// decide reads the roster and makes the plan, as of this moment: another run may
// have been waited for since the sign-in. turn knows the run that is resumed.
// Nothing is written.
func (j *job) decide(ctx context.Context, turn *run.Turn) (err error) {
	if pruned := turn.Pruned(); pruned != nil && j.source.prunes() {
		j.planner.Prune.Earlier = pruned
	}
	here := j.now().UTC()
	j.planner.Now = cmp.Or(j.session.ServiceTime(), here).UTC()
	j.progress.begin("reading the roster and searching its links", -1)
	j.plan, err = j.planner.Plan(ctx, j.signedIn(ctx, j.source.rows))
	j.progress.end()
	j.source.mention()
	if err != nil {
		return err
	}
	if j.plan.Dated() {
		j.mentionClocks(j.planner.Now, here)
	}
	j.recallAgency()
	return nil
}

// mentionClocks says by which clock days are counted where the two differ by more
// than the doctor would let pass. A simulator's clock is its world's.
func (j *job) mentionClocks(service, here time.Time) {
	if service.Sub(here).Abs() > doctor.SkewWarning {
		const minute = "2006-01-02 15:04"
		j.say("days are counted by the service's clock: there it is %s UTC, here %s UTC", service.Format(minute), here.Format(minute))
	}
}

// unusable is [errNoRows] if no row of the plan could be understood.
func (j *job) unusable() error {
	if len(j.plan.Steps) == 0 && j.source.former != nil {
		return nil // there is nothing to undo, or to try again
	}
	for i := range j.plan.Steps {
		if j.plan.Steps[i].Op != planner.OpReject {
			return nil
		}
	}
	return errNoRows
}

// signedIn signs the profiles in that rows name, before the planner meets their
// rows, and counts the rows on the progress line.
func (j *job) signedIn(ctx context.Context, rows iter.Seq2[ingest.Row, error]) iter.Seq2[ingest.Row, error] {
	return func(yield func(ingest.Row, error) bool) {
		for row, err := range rows {
			j.progress.step()
			if v, ok := j.config().ClientProfile(row.CustomerNumber); ok && row.ClientProfile == "" {
				row.ClientProfile = v.Text
			}
			j.session.Need(ctx, row.ClientProfile)
			if !yield(row, err) {
				return
			}
		}
		j.session.Wait() // the planner needs them now
	}
}

// head is what reports say about the job as a whole.
func (j *job) head(run string) report.Head {
	return report.Head{
		File: j.source.name, Sheet: j.source.sheet, Digest: j.source.digest, Header: j.source.header,
		Endpoint: j.scope.Endpoint, ManagingCustomerID: j.plan.ManagingCustomerID.String(), Run: run, PlanDigest: j.digest,
	}
}

// table is how text is laid out on standard output.
func (j *job) table() report.TableOptions {
	return report.TableOptions{All: j.all, Width: width(j.out), Color: j.colour(j.noColor)}
}
