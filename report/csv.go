package report

import (
	"encoding/csv"
	"io"

	"linkbatch/executor"
	"linkbatch/planner"
)

// writeCSV writes the report as comma-separated UTF-8 with LF.
func writeCSV(w io.Writer, head Head, plan *planner.Plan, results []executor.Result) error {
	l := newLayout(head.Header, plan.Steps)
	out := csv.NewWriter(w)
	record := make([]string, 0, len(l.names))
	write := func(cells []string) error {
		for i, text := range cells {
			cells[i] = neutral(oneBreak(text))
		}
		return out.Write(cells)
	}
	if err := write(append(record, l.names...)); err != nil {
		return err
	}
	for i := range plan.Steps {
		if err := write(l.cells(record, line{&plan.Steps[i], &results[i]})); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
