package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"linkbatch/executor"
	"linkbatch/internal/atomicfile"
	"linkbatch/internal/flagvalue"
	"linkbatch/internal/ledger"
	"linkbatch/internal/run"
	"linkbatch/planner"
	"linkbatch/report"
)

func newApplyCommand(a *app) *cobra.Command {
	j := job{serviceFlags: serviceFlags{app: a}}
	var yes, dryRun bool
	cmd := &cobra.Command{
		Use:   "apply ROSTER|PLAN",
		Short: "Apply a roster or a saved plan: plan, confirm, execute, report",
		Long: `apply reads a roster, plans what to do for each row, shows the plan, asks, and
executes it in calls of at most ten links. Every row ends with one outcome;
--report writes them to a file next to the roster's own columns. It is safe to
repeat: a second apply sends only what is left to do. "-" reads standard input.

A row with the action unlink, cancel or decline and a start_date is scheduled until
that day, and one with the action link or add and an end_date ends its link after
that day. Only a run sends what is due: apply the same roster every day.

--prune also unlinks or cancels the agency's links, of the types in the roster, that
no row names. It reads the whole list, and does nothing if the roster may not be all
of it: if a row is invalid, or if it lists less than half of the accounts of its last
good run or has had none (--allow-shrink waives these two).

The first ^C ends the run between calls and writes the report; a second one ends
it at once. Every call is recorded in the state folder before it is sent, so that
apply on the same roster resumes a run however it ended: rows in flight are
checked first, nothing is done twice, and the report covers the whole run. If the
roster has changed, the old run is closed.

PLAN is a file that plan -o has written. Its links are searched again, its rows
decided again with its own options, and what it has for a row is sent only if the
link is as it was; otherwise the row is held, with what was planned, what the link
is now, and what the row wants. Its guards hold, but for those that are named here.
--expect refuses any plan, saved or made now, but the one that was looked at.

` + partHelp + ` What is
left out is not touched, nor by --prune, and a run of some rows is another job than
one of the whole roster: neither resumes the other.

A call times out after two minutes; linkbatch then searches to find out whether
it took effect. When the service throttles, the run waits as long as it is asked
to, at most two hours. How many calls per minute it accepts is remembered for the
next run of the same user.

Guards (--max-unlinks, --max-adds, --allow-billing-pause and others) are judged
before anything is sent. --on-guard=hold leaves out what a guard is about and sends
the rest.

--canary sends the first changes alone, and the others only if all of them are
done. --max-failed stops a run of which too many rows are refused or failed. What
such a run has not sent is held, and the same command sends it.

` + waitHelp + "\n\n" + exitHelp,
		Args: rosterArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			if dryRun {
				return runPlan(cmd.Context(), &j, rosterOrPlan(args[0]), false)
			}
			return runApply(cmd.Context(), &j, rosterOrPlan(args[0]), yes)
		},
	}
	j.addFlags(cmd)
	fs := cmd.Flags()
	j.onDrift = flagvalue.OneOf("hold", "hold", "stop")
	fs.Var(&j.onDrift, "on-drift", "`WORD`: hold the rows of a saved plan whose links have changed since, or stop and change nothing")
	fs.Var(&j.expect, "expect", "refuse a plan whose `DIGEST` is another one than plan has printed")
	fs.BoolVar(&j.fresh, "fresh", false, "start a new run, even if one of this roster is not finished")
	j.addRun(fs, &yes, &dryRun)
	return cmd
}

// addRun adds the flags of the commands that carry something out.
func (j *job) addRun(fs *pflag.FlagSet, yes, dryRun *bool) {
	fs.StringArrayVar(&j.reports, "report", nil, "write the result of every row to `FILE` (.csv, .xlsx or .jsonl; repeatable)")
	fs.BoolVar(yes, "yes", false, "do not ask before changing anything")
	fs.Var(&j.lockTimeout, "lock-timeout", "wait this `DURATION` for another run of the same agency to end, such as 10m (default: do not wait)")
	fs.Var(&j.wait, "wait", "wait this `DURATION` for links to settle, such as --wait=30m; --wait alone waits 15m (default: do not wait)")
	fs.Lookup("wait").NoOptDefVal = defaultWait
	j.caution.add(fs)
	fs.BoolVar(dryRun, "dry-run", false, "stop after the plan, as plan does")
}

func runApply(ctx context.Context, j *job, from opener, yes bool) error {
	j.writes = true
	if err := j.open(ctx, from); err != nil {
		return err
	}
	defer j.close()
	turn, err := j.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer turn.Close()
	if err := j.decide(ctx, turn); err != nil {
		return err
	}
	earlier, sent := turn.Earlier(j.plan)
	if err := cmp.Or(j.expected(earlier, sent), j.drifted(sent), j.metFormer(sent)); err != nil {
		return err
	}
	if err := j.fits(); err != nil {
		return err
	}
	r := turn.Join(j.plan)
	stop := j.judge(r, false, turn.Resumed())
	if !j.roster.output.JSON() {
		if err := j.showPlan(); err != nil {
			return err
		}
	}
	if stop == nil {
		j.mentionHeld()
		stop = j.confirm(ctx, yes, r.Todo())
	}
	if stop != nil {
		return j.forgo(turn, r, stop)
	}
	id, err := turn.Begin(r, j.record())
	if err != nil {
		return err
	}
	stop = j.carry(ctx, turn, r)
	results, err := report.New(j.head(id), j.plan, r.Results())
	if err == nil {
		err = j.deliver(results, j.reports, j.roster.output.JSON(), j.table())
	}
	if err == nil {
		j.mentionReport(r.Results())
	}
	if ctx.Err() != nil && err != nil {
		j.say("linkbatch: %v\nhint: %s", err, reportAgain)
		err = nil
	}
	return cmp.Or(err, j.unusable(), ending(ctx, r.Results(), stop))
}

// mentionReport says, after a run that sent something and had no --report, how to
// have the outcomes in a file, and where invitations are to be looked after.
func (j *job) mentionReport(results []executor.Result) {
	sent := slices.ContainsFunc(results, func(r executor.Result) bool { return r.Attempts > 0 })
	if !sent || len(j.reports) > 0 || j.roster.output.JSON() {
		return
	}
	j.say("hint: linkbatch report last --report FILE.xlsx writes the outcome of every row to a file")
	invited := slices.ContainsFunc(results, func(r executor.Result) bool {
		return r.Outcome == executor.Done && slices.Contains(r.Ops, planner.OpAdd)
	})
	if invited {
		j.say("hint: linkbatch pending lists the invitations that no client has answered yet")
	}
}

// takeTurn waits until no other run of the agency is in progress, and settles
// what earlier ones left open.
func (j *job) takeTurn(ctx context.Context) (*run.Turn, error) {
	defer j.progress.end()
	o := j.turn()
	o.Watch = (*watcher)(j.terminal)
	return run.Take(ctx, o)
}

// turn is what a run of the job needs to have its turn.
func (j *job) turn() run.Options {
	return run.Options{
		Engine: run.Engine{Planner: j.planner, Linkers: j.session.Linkers, Main: j.profile, Concurrency: j.calls(), Now: j.now},
		Ledger: j.ledger, Scope: j.scope, Digest: j.source.digest, Path: j.source.path, Fresh: j.fresh, LockTimeout: time.Duration(j.lockTimeout),
		SavedPlan: j.source.seal(), Purpose: j.source.purpose,
	}
}

// watcher shows on a terminal what a run is doing.
type watcher terminal

func (w *watcher) Phase(name string, total int) { w.progress.begin(name, total) }
func (w *watcher) Step()                        { w.progress.step() }
func (w *watcher) Say(text string)              { (*terminal)(w).say("%s", text) }

// record is what the ledger keeps of the run beyond its rows.
func (j *job) record() ledger.Run {
	run := ledger.Run{
		ID: runID(j.now()), File: j.source.name, Sheet: j.source.sheet, Header: j.source.header,
		Profile: j.profile, Version: version(), Expected: j.expectedDigest(),
	}
	if j.session != nil {
		run.UserID = j.session.UserID
	}
	return run
}

// carry carries the run out, waits for its links if that is wished, and records
// how it ended. It returns what stopped the run, if anything did.
func (j *job) carry(ctx context.Context, turn *run.Turn, r *run.Run) error {
	defer j.progress.end()
	defer context.AfterFunc(ctx, func() {
		j.say("interrupted: finishing the calls in flight (up to two minutes); press ^C again to stop now")
	})()
	r.Caution = j.caution.of(r)
	_, stop := r.Carry(ctx)
	if stop == nil && j.wait > 0 && ctx.Err() == nil {
		stop = j.await(ctx, r)
	}
	return cmp.Or(stop, turn.End(ctx, r, stop))
}

// confirm asks before anything is changed. A plan that changes nothing needs
// no answer.
func (j *job) confirm(ctx context.Context, yes bool, todo []*planner.Step) error {
	if yes || len(todo) == 0 {
		return nil
	}
	p, err := report.NewPlan(j.head(""), j.plan)
	if err != nil {
		return err
	}
	if j.roster.output.JSON() {
		if err := p.Table(j.err, j.table()); err != nil {
			return err
		}
	}
	from := report.Visible(j.source.name)
	if j.source.plan != "" {
		from += ", as planned in " + report.Visible(j.source.plan)
	}
	question, want := p.Question(todo, cmp.Or(string(j.endpoint), j.env.Value), from)
	return j.agree(ctx, "\n"+question, want, "read the plan, then add --yes")
}

// deliver writes the reports and what standard output shows of a run. The outcome
// of each row is in a report, or else on standard output, and so is each warning
// that has scrolled away since.
func (a *app) deliver(r *report.Run, reports []string, asJSON bool, opts report.TableOptions) error {
	var errs []error
	var reported []string
	for _, name := range reports {
		err := r.File(name)
		kept, isKept := errors.AsType[*atomicfile.KeptError](err)
		switch {
		case err == nil:
			reported = append(reported, name)
		case isKept:
			reported = append(reported, kept.Name)
		}
		if err != nil {
			errs = append(errs, &reportError{err})
		}
	}
	if asJSON {
		return errors.Join(append(errs, shown(r.JSON(a.out)))...)
	}
	if len(reported) == 0 {
		errs = append(errs, shown(r.Table(a.out, opts)))
	}
	errs = append(errs, shown(r.Summary(a.out, opts)))
	var end strings.Builder
	for _, warning := range a.warnings() {
		fmt.Fprintf(&end, "\nwarning: %s\n", warning)
	}
	if len(reported) > 0 {
		fmt.Fprintf(&end, "\nfull report: %s\n", strings.Join(reported, ", "))
	}
	_, err := io.WriteString(a.out, end.String())
	return errors.Join(append(errs, shown(err))...)
}

// runID names a run: when it began, and a few letters against a clash.
func runID(now time.Time) string {
	return now.UTC().Format("20060102T150405Z") + "-" + strings.ToLower(rand.Text()[:6])
}
