package main

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"linkbatch/internal/flagvalue"
	"linkbatch/planner"
	"linkbatch/report"
)

// exportFlags are those of export.
type exportFlags struct {
	serviceFlags
	reading  rosterFlags // of the rosters of notIn
	file     string
	statuses flagvalue.Statuses
	customer string
	notIn    []string
}

func newExportCommand(a *app) *cobra.Command {
	f := exportFlags{serviceFlags: serviceFlags{app: a}}
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the agency's client links as a roster",
		Long: `export reads the agency's list of client links and writes it as a roster: both
identifiers, the client, who pays, the status and the dates of each link. Nothing
is changed. The suffix of FILE selects the format, .xlsx or .csv; an existing file
is replaced. Without -o, CSV goes to standard output.

The action of each row leaves its link as it is: link where it is invited, being
set up or linked, keep for all others. A plan of the roster has nothing to do, so
that it is a safe start: change the rows that are meant, and apply it.

--not-in ROSTER leaves out the links that a roster names, in hidden, skipped and
rejected rows too. What is left are the links that no roster knows:

  linkbatch export --not-in clients.xlsx --status Active -o unknown.xlsx

` + exitHelp,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runExport(cmd.Context(), &f) },
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	f.addSignIn(fs)
	f.addWorld(fs)
	f.addCalls(fs)
	fs.StringVarP(&f.file, "out", "o", "", "write to `FILE`, .xlsx or .csv (default: CSV to standard output)")
	fs.Var(&f.statuses, "status", "only links in one of these statuses: a `LIST` such as Active,LinkPending")
	fs.StringVar(&f.customer, "customer", "", "only links with this customer of the client and its accounts: `NUMBER`, such as C012345678")
	fs.StringArrayVar(&f.notIn, "not-in", nil, "only links that no row of `ROSTER` names (repeatable)")
	f.reading.addReading(fs)
	return cmd
}

func runExport(ctx context.Context, f *exportFlags) error {
	if err := f.validate(); err != nil {
		return err
	}
	toFile := f.file != "" && f.file != "-"
	if toFile {
		if err := report.RosterWritable(f.file); err != nil {
			return usage("--out %q: %w", f.file, err)
		}
		for _, roster := range f.notIn {
			if err := notTheRoster("--out", []string{f.file}, roster); err != nil {
				return &usageError{err: err}
			}
		}
	}
	narrow := planner.Narrow{Statuses: f.statuses, Customer: f.customer}
	var err error
	if narrow.NotIn, err = f.named(); err != nil {
		return err
	}
	links, err := f.read(ctx, &narrow)
	if err != nil {
		return err
	}
	if !toFile {
		return shown(links.Roster().CSV(f.app.out))
	}
	if err := links.Roster().File(f.file); err != nil {
		return err
	}
	f.say("wrote %s to %s", report.Plural(len(links.Rows), "link"), f.file)
	return nil
}

// named reads the rosters of --not-in to their ends; nil if there are none.
func (f *exportFlags) named() (*planner.Names, error) {
	if len(f.notIn) == 0 {
		return nil, nil
	}
	names := new(planner.Names)
	for _, name := range f.notIn {
		before := names.Unreadable
		if err := f.addNames(names, name); err != nil {
			return nil, err
		}
		if n := names.Unreadable - before; n > 0 {
			f.warn("%s: the account of %s cannot be read: a link that it names may be written", name, report.Plural(n, "row"))
		}
	}
	return names, nil
}

// addNames reads the accounts of one roster.
func (f *exportFlags) addNames(names *planner.Names, roster string) error {
	file, err := f.reading.open(f.app, roster)
	if err != nil {
		return err
	}
	defer file.Close()
	for row, err := range file.Rows() {
		if err != nil {
			return err
		}
		names.Row(&row)
	}
	for _, line := range file.Protected {
		names.Line(line)
	}
	return nil
}

// read signs in, reads the list, and says what of it is left out that nobody
// asked to leave out.
func (f *exportFlags) read(ctx context.Context, narrow *planner.Narrow) (*report.Links, error) {
	defer f.progress.end()
	f.progress.begin("signing in", -1)
	s, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	f.progress.begin("reading the list of links", -1)
	pl := &planner.Planner{Main: s.Main, Options: planner.Options{ManagingCustomerID: f.manager()}}
	list, err := pl.Links(ctx, func(customer string) bool {
		_, answered := f.config().ClientProfile(customer)
		return answered
	})
	f.progress.end()
	if err != nil {
		return nil, err
	}
	wanted, left := narrow.Apply(list.All)
	if n := list.Unclear + left.Nameless; n > 0 {
		f.warn("left out %s of the list: the service does not say whose they are, or their status", report.Plural(n, "link"))
	}
	if left.Ownerless > 0 {
		f.warn("left out %s: the service does not say which customer owns the account", report.Plural(left.Ownerless, "link"))
	}
	return &report.Links{AsOf: cmp.Or(s.ServiceTime(), f.now()).UTC(), Rows: wanted}, nil
}
