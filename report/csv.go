package report

import (
	"encoding/csv"
	"io"
)

// writeCSV writes the report as comma-separated UTF-8 with LF.
func (r *Run) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	record := make([]string, 0, len(r.layout.names))
	write := func(cells []string) error {
		for i, text := range cells {
			cells[i] = neutral(oneBreak(text))
		}
		return out.Write(cells)
	}
	if err := write(append(record, r.layout.names...)); err != nil {
		return err
	}
	for i := range r.results {
		if err := write(r.layout.cells(record, r.line(i))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
