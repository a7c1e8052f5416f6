package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"linkbatch/ingest"
	"linkbatch/planner"
	"linkbatch/report"
)

func newCheckCommand(a *app) *cobra.Command {
	var f rosterFlags
	var all bool
	cmd := &cobra.Command{
		Use:   "check ROSTER",
		Short: "Check a roster offline and list every problem",
		Long: `check reads a roster without calling any service and lists every problem of every
row, each with its place, its value and what to do. What many rows share is said
once; --all lists each of them. "-" reads standard input.

` + partHelp + `

Exit codes: 0 no errors (there may be warnings), 3 some rows are invalid, 65 the
roster cannot be read, or no row of it can be used.`,
		Args: oneArgument,
		RunE: func(_ *cobra.Command, args []string) error { return runCheck(a, &f, args[0], all) },
	}
	cmd.Flags().SortFlags = false
	f.add(cmd.Flags())
	cmd.Flags().BoolVar(&all, "all", false, "list every problem, also of kinds that many rows have")
	return cmd
}

func runCheck(a *app, f *rosterFlags, name string, all bool) error {
	asJSON := f.output.JSON()
	roster, err := f.open(a, name)
	if err != nil {
		return unreadable(a.out, asJSON, err)
	}
	defer roster.Close()
	options := f.defaults()
	options.Now = a.now()
	var rows report.CheckedRows
	var each func(*ingest.Row) error
	if asJSON {
		each = rows.Add
	}
	pick, err := f.part().From(roster.Header, roster.Columns)
	if err != nil {
		return err
	}
	checked, err := planner.Check(roster, pick.Through(roster.Rows()), options, each)
	a.mentionPart(pick)
	if err != nil {
		return unreadable(a.out, asJSON, err)
	}
	if asJSON {
		err = report.WriteCheckJSON(a.out, checked, &rows)
	} else {
		err = report.WriteCheck(a.out, checked, all)
	}
	switch {
	case err != nil:
		return err
	case checked.Invalid == len(checked.Usable) && asJSON:
		return &rowsError{exitRoster}
	case checked.Invalid == len(checked.Usable):
		return errNoRows
	case checked.Invalid > 0:
		return &rowsError{exitRows}
	}
	return nil
}

// unreadable reports a roster that cannot be read at all; for JSON it is an
// object on standard output too.
func unreadable(out io.Writer, asJSON bool, err error) error {
	fe, ok := errors.AsType[*ingest.FileError](err)
	if !asJSON || !ok {
		return err
	}
	doc := struct {
		FormatVersion int    `json:"format_version"`
		File          string `json:"file"`
		Error         struct {
			Message string `json:"message"`
			Hint    string `json:"hint"`
		} `json:"error"`
	}{FormatVersion: report.FormatVersion, File: fe.File}
	doc.Error.Message, doc.Error.Hint = fe.Error(), fe.Hint
	return errors.Join(err, encode(out, doc))
}
