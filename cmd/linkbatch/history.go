package main

import (
	"strings"

	"github.com/spf13/cobra"

	"linkbatch/internal/msads"
	"linkbatch/report"
)

func newHistoryCommand(a *app) *cobra.Command {
	f := recordFlags{app: a}
	cmd := &cobra.Command{
		Use:   "history ACCOUNT",
		Short: "Show everything recorded about an account",
		Long: `history prints every decision, call, reply and status recorded about an account or
customer, oldest first. The service itself keeps only the latest link. ACCOUNT is
an id (whole number) or a number (X1234567).`,
		Args: oneArgument,
		RunE: func(_ *cobra.Command, args []string) error { return runHistory(&f, args[0]) },
	}
	f.add(cmd.Flags())
	return cmd
}

func runHistory(f *recordFlags, account string) error {
	l, err := f.read()
	if err != nil {
		return err
	}
	defer l.Close()
	id, number := identifiersOf(account)
	events, err := l.History(id, number)
	if err != nil {
		return err
	}
	if f.JSON() {
		return shown(report.WriteHistoryJSON(f.out, account, events))
	}
	return shown(report.WriteHistory(f.out, account, events, width(f.out)))
}

// identifiersOf reads an id or a number. Most numbers have letters; one of digits
// alone is looked up as both.
func identifiersOf(s string) (msads.ID, string) {
	number := strings.ToUpper(strings.TrimSpace(s))
	id, err := msads.ParseID(number)
	if err != nil {
		id = 0
	}
	return id, number
}
