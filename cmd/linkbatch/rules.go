package main

import (
	"strings"

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
				t.AppendRow(table.Row{r.Intent, r.Side, statuses(r.Group), r.When, r.Op, r.Reason})
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

// statuses names what a group of the decision table holds.
func statuses(g planner.Group) string {
	var names []string
	for _, s := range g.Statuses() {
		if s == "" {
			s = "no link"
		}
		names = append(names, string(s))
	}
	switch g {
	case "any":
		return "(before any search)"
	case "unrecognised":
		return "UnlinkCanceled, any other"
	}
	return strings.Join(names, ", ")
}
