package main

import (
	"cmp"
	"context"
	"errors"
	"syscall"

	"github.com/spf13/cobra"

	"linkbatch/planner"
	"linkbatch/report"
)

func newPlanCommand(a *app) *cobra.Command {
	j := job{serviceFlags: serviceFlags{app: a}}
	var detailed bool
	cmd := &cobra.Command{
		Use:   "plan ROSTER",
		Short: "Show what apply would do: searches only, nothing is changed",
		Long: `plan reads a roster, searches the client links that exist now, and shows what
apply would do for each row. Nothing is changed. "-" reads standard input.

` + exitHelp,
		Args: rosterArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runPlan(cmd.Context(), &j, rosterFile(args[0]), detailed)
		},
	}
	j.addFlags(cmd)
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 when changes are pending")
	return cmd
}

func runPlan(ctx context.Context, j *job, from opener, detailed bool) error {
	if err := j.open(ctx, from); err != nil {
		return err
	}
	defer j.close()
	if err := j.decide(ctx); err != nil {
		return err
	}
	if err := cmp.Or(j.mentionUnfinished(), j.showPlan(), j.unusable()); err != nil {
		return err
	}
	pending, attention := false, false
	for i := range j.plan.Steps {
		op := j.plan.Steps[i].Op
		pending = pending || op.Writes()
		attention = attention || op == planner.OpBlocked || op == planner.OpReject
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
		if r.Digest == j.source.digest {
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

// shown is the error of writing to standard output. That the reader went away
// (| head) is none.
func shown(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}
