package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"linkbatch/executor"
	"linkbatch/internal/atomicfile"
	"linkbatch/planner"
)

// Format tells the format of a report file by the suffix of its name, in any
// case: csv, xlsx or jsonl. Another suffix is an error.
func Format(name string) (string, error) {
	suffix := filepath.Ext(name)
	switch format := strings.ToLower(strings.TrimPrefix(suffix, ".")); format {
	case "csv", "xlsx", "jsonl":
		return format, nil
	case "":
		return "", fmt.Errorf("report %q: the name has no suffix: use .csv, .xlsx or .jsonl", name)
	}
	return "", fmt.Errorf("report %q: suffix %q is not known: use .csv, .xlsx or .jsonl", name, suffix)
}

// Check reports whether WriteFile could write to name: its suffix is known, its
// folder is there and can be written, and nothing but a regular file has the
// name. It changes nothing. Ask before a run, since after it a report that
// cannot be written costs its reader the outcome of every row.
func Check(name string) error {
	if _, err := Format(name); err != nil {
		return err
	}
	return nameError(name, atomicfile.Check(name))
}

// WriteFile writes the report of a run to the file name, in the format of its
// suffix. The file holds the old content or the whole new report, at any moment,
// and nothing stays behind on error. A new file has mode 0666 less the umask; one
// that is replaced keeps its mode, and a symbolic link stays one.
//
// Results must be one for each step, in the order of the plan.
func WriteFile(name string, head Head, plan *planner.Plan, results []executor.Result) error {
	format, err := Format(name)
	if err != nil {
		return err
	}
	if err := checkResults(plan, results); err != nil {
		return nameError(name, err)
	}
	write := map[string]func(io.Writer, Head, *planner.Plan, []executor.Result) error{
		"csv": writeCSV, "xlsx": writeXLSX, "jsonl": writeJSONL,
	}[format]
	return nameError(name, atomicfile.Replace(name, 0o666, func(w io.Writer) error {
		return write(w, head, plan, results)
	}))
}

// nameError puts the report's name before err.
func nameError(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("report %q: %w", name, err)
}
