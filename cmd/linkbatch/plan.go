package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"syscall"

	"github.com/spf13/cobra"

	"linkbatch/internal/run"
	"linkbatch/internal/savedplan"
	"linkbatch/planner"
	"linkbatch/report"
)

func newPlanCommand(a *app) *cobra.Command {
	j := job{serviceFlags: serviceFlags{app: a}}
	var detailed, schema bool
	cmd := &cobra.Command{
		Use:   "plan ROSTER",
		Short: "Show what apply would do: searches only, nothing is changed",
		Long: `plan reads a roster, searches the client links that exist now, and shows what
apply would do for each row. Nothing is changed. "-" reads standard input. Where a
guard would stop apply, plan says so and ends with the same exit code.

--report writes the plan to a file: the roster's own columns, then what would be
done and why, as apply reports what it did. With --all it has every row, and so is
the status of the roster.

` + partHelp + `

-o saves the plan to a file, which another person can look at and apply:

  linkbatch plan roster.xlsx -o plan.json
  linkbatch apply plan.json

A saved plan is applied once, before it expires, to the same agency in the same
environment, and only as long as its roster has not changed. Rows whose links
have changed since are held. The digest below the plan is that of its decisions:
apply --expect takes it. plan with a saved plan shows what applying it would do.

` + exitHelp,
		Args: func(cmd *cobra.Command, args []string) error {
			if schema {
				return noArguments(cmd, args)
			}
			return rosterArgument(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				_, err := io.WriteString(a.out, savedplan.Schema)
				return shown(err)
			}
			return runPlan(cmd.Context(), &j, rosterOrPlan(args[0]), detailed)
		},
	}
	j.addFlags(cmd)
	fs := cmd.Flags()
	j.save.add(fs)
	fs.StringArrayVar(&j.reports, "report", nil, "write the plan to `FILE`, beside the roster's own columns (.csv, .xlsx or .jsonl; repeatable); with --all every row")
	fs.BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 when changes are pending")
	fs.BoolVar(&schema, "schema", false, "print the JSON schema of saved plans, and do nothing else")
	return cmd
}

func runPlan(ctx context.Context, j *job, from opener, detailed bool) error {
	if err := j.save.check(); err != nil {
		return err
	}
	if err := j.open(ctx, from); err != nil {
		return err
	}
	defer j.close()
	if err := j.unused(); err != nil {
		return err
	}
	turn, err := run.Ahead(j.turn())
	if err != nil {
		return err
	}
	if err := j.decide(ctx, turn); err != nil {
		return err
	}
	nothing := func(int) bool { return false }
	if err := cmp.Or(j.digestPlan(), j.drifted(nothing), j.expected(nil, nothing), j.metFormer(nothing)); err != nil {
		return err
	}
	stop := j.judgeAhead(turn)
	if err := cmp.Or(j.mentionUnfinished(), j.showPlan(), j.unusable(), j.reportPlan(), j.savePlan(), j.saveFormer(), stop); err != nil {
		return err
	}
	j.mentionHeld()
	return planEnding(j.plan, detailed)
}

// planEnding is how plan ends, by the rows of the plan.
func planEnding(p *planner.Plan, detailed bool) error {
	pending, attention := false, false
	for i := range p.Steps {
		s := &p.Steps[i]
		pending = pending || s.Op.Writes() && s.Held == ""
		attention = attention || s.Op == planner.OpBlocked || s.Op == planner.OpReject || s.Held != ""
	}
	switch {
	case pending && detailed:
		return &rowsError{exitChanges}
	case attention:
		return &rowsError{exitRows}
	}
	return nil
}

// mentionUnfinished says that apply would resume a run of this roster.
func (j *job) mentionUnfinished() error {
	if j.ledger == nil {
		return nil
	}
	runs, err := j.ledger.Unfinished(j.scope)
	for _, r := range runs {
		if r.Digest == j.source.digest && r.Purpose == j.source.purpose {
			j.say("run %s of this roster, started %s UTC, is not finished: apply resumes it", r.ID, report.Minute(r.Started))
			break
		}
	}
	return err
}

// showPlan writes the plan to standard output.
func (j *job) showPlan() error {
	p, err := report.NewPlan(j.head(""), j.plan)
	if err != nil {
		return err
	}
	if j.roster.output.JSON() {
		return shown(p.JSON(j.out))
	}
	return shown(p.Table(j.out, j.table()))
}

// reportPlan writes the plan to the files that --report names.
func (j *job) reportPlan() error {
	p, err := report.NewPlan(j.head(""), j.plan)
	for i := 0; err == nil && i < len(j.reports); i++ {
		if err = p.File(j.reports[i], j.all); err == nil {
			j.say("report of the plan: %s", j.reports[i])
		}
	}
	return err
}

// shown is the error of writing to standard output. That the reader went away
// (| head) is none.
func shown(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}
