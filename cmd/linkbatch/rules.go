package main

import (
	"github.com/spf13/cobra"

	"linkbatch/planner"
	"linkbatch/report"
)

func newRulesCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "Print the decision table: what each action does to a link in each status",
		Long: `rules prints the decision table. "prune" is no action that a row can have: it is
what --prune does to a link that no row names.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			t := report.Table{Width: width(a.out), Columns: []report.Column{
				{Name: "action"}, {Name: "side"}, {Name: "status of the link", Prose: true}, {Name: "if"}, {Name: "op"}, {Name: "reason", Prose: true},
			}}
			var last planner.Rule
			for i, r := range planner.Rules(false) {
				if i > 0 && r.Intent != last.Intent {
					t.Row()
				}
				t.Row(string(r.Intent), string(r.Side), r.Statuses, r.When, string(r.Op), r.Reason)
				last = r
			}
			return shown(t.Write(a.out))
		},
	}
}
