package main

import (
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"linkbatch/planner"
)

func newRulesCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "Print the decision table: what each action does to a link in each status",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t := table.NewWriter()
			t.SetOutputMirror(a.out)
			t.SetStyle(table.StyleLight)
			t.AppendHeader(table.Row{"action", "side", "status of the link", "if", "op", "reason"})
			var last planner.Rule
			for i, r := range planner.Rules() {
				if i > 0 && r.Intent != last.Intent {
					t.AppendSeparator()
				}
				t.AppendRow(table.Row{r.Intent, r.Side, r.Statuses, r.When, r.Op, r.Reason})
				last = r
			}
			t.SetColumnConfigs([]table.ColumnConfig{
				{Number: 3, WidthMax: 34, WidthMaxEnforcer: text.WrapSoft}, {Number: 6, WidthMax: 56, WidthMaxEnforcer: text.WrapSoft},
			})
			t.Render()
			return nil
		},
	}
}
