package main

import (
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"linkbatch/ingest"
	"linkbatch/planner"
)

func newCheckCommand(a *app) *cobra.Command {
	var f rosterFlags
	cmd := &cobra.Command{
		Use:   "check ROSTER",
		Short: "Check a roster offline and list every problem",
		Long: `check reads a roster without calling any service and lists every problem of every
row, each with its place, its value and what to do. "-" reads standard input.

Exit codes: 0 no errors (there may be warnings), 3 some rows are invalid, 65 the
roster cannot be read, or no row of it can be used.`,
		Args: oneArgument,
		RunE: func(_ *cobra.Command, args []string) error { return runCheck(a, &f, args[0]) },
	}
	cmd.Flags().SortFlags = false
	f.add(cmd.Flags())
	return cmd
}

func runCheck(a *app, f *rosterFlags, name string) error {
	asJSON := f.output.json()
	roster, err := f.open(a, name)
	if err != nil {
		return unreadable(a.out, asJSON, err)
	}
	defer roster.Close()
	c := &checker{roster: roster, defaults: planner.Options{DefaultAction: ingest.Intent(f.defaultAction), BillToClient: f.billToClient.value, SuppressNotification: f.suppress.value}}
	out := a.out
	if asJSON {
		err = c.writeJSON(out)
	} else {
		err = c.writeText(out)
	}
	if err != nil {
		return unreadable(out, asJSON, err)
	}
	switch {
	case c.usable == 0 && asJSON:
		return &rowsError{exitRoster}
	case c.usable == 0:
		return errNoRows
	case c.invalid > 0:
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
	}{FormatVersion: checkFormat, File: fe.File}
	doc.Error.Message, doc.Error.Hint = fe.Error(), fe.Hint
	return errors.Join(err, encode(out, doc))
}

// checker reads a roster and keeps what is wrong with it, not its rows.
type checker struct {
	roster   *ingest.Roster
	defaults planner.Options

	rows, usable, invalid int
	problems              []ingest.Problem // of all rows, in their order
	bad                   []bool           // by row: it cannot be used
}

// read passes every row of the roster to each, and afterwards knows every
// problem, repeats and conflicts between rows included.
func (c *checker) read(each func(*ingest.Row) error) error {
	c.problems = slices.Clone(c.roster.Problems)
	repeats := planner.NewRepeats(c.defaults)
	var near planner.Near
	for row, err := range c.roster.Rows() {
		if err != nil {
			return err
		}
		repeats.Add(&row)
		near.Add(&row)
		c.problems = append(c.problems, row.Problems...)
		if w := c.missingPayer(&row); w != nil {
			c.problems = append(c.problems, *w)
		}
		c.bad = append(c.bad, row.Invalid())
		if err := each(&row); err != nil {
			return err
		}
	}
	for _, r := range repeats.All() {
		p := ingest.Problem{Place: c.roster.Place(r.Row), Row: r.Row, Severity: ingest.Warning, Message: r.Reason}
		if r.Conflict {
			p.Severity, c.bad[r.Index] = ingest.Error, true
		}
		c.problems = append(c.problems, p)
	}
	c.tellSlips(near.All())
	slices.SortStableFunc(c.problems, func(a, b ingest.Problem) int { return a.Row - b.Row })
	c.rows = len(c.bad)
	for _, bad := range c.bad {
		if bad {
			c.invalid++
		}
	}
	c.usable = c.rows - c.invalid
	return nil
}

// tellSlips warns of identifiers that are nearly alike, once for each pair, at
// its later row.
func (c *checker) tellSlips(slips []planner.Slip) {
	for _, s := range slips {
		c.problems = append(c.problems, ingest.Problem{
			Place: c.roster.CellPlace(s.Row[1], s.Column), Row: s.Row[1], Column: s.Column, Value: s.Value[1],
			Severity: ingest.Warning, Message: s.Message(1), Hint: "one of the two rows may be a slip: compare both with the source",
		})
	}
}

// missingPayer warns of a row that would be rejected if it turned out to need
// an add, since it does not say who pays.
func (c *checker) missingPayer(row *ingest.Row) *ingest.Problem {
	action := row.Action
	if action == "" {
		action = c.defaults.DefaultAction
	}
	adds := action == ingest.Link || action == ingest.Add
	if !adds || row.BillToClient != nil || c.defaults.BillToClient != nil || row.Type == "CustomerLink" || row.Invalid() {
		return nil
	}
	return &ingest.Problem{
		Place: c.roster.CellPlace(row.Number, "bill_to_client"), Row: row.Number, Column: "bill_to_client", Severity: ingest.Warning,
		Message: "is missing; if the row turns out to need an add, it is invalid",
		Hint:    "say who pays: true for the client, false for the agency; or give --bill-to-client",
	}
}
