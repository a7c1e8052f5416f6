package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"linkbatch/internal/atomicfile"
)

// formatOf is the format of a report file by the suffix of its name, in any
// case: csv, xlsx or jsonl. Another suffix is an error.
func formatOf(name string) (string, error) {
	suffix := filepath.Ext(name)
	switch format := strings.ToLower(strings.TrimPrefix(suffix, ".")); format {
	case "csv", "xlsx", "jsonl":
		return format, nil
	case "":
		return "", fmt.Errorf("report %q: the name has no suffix: use .csv, .xlsx or .jsonl", name)
	}
	return "", fmt.Errorf("report %q: suffix %q is not known: use .csv, .xlsx or .jsonl", name, suffix)
}

// Writable reports whether [Run.File] could write to name: its suffix is known, its
// folder is there and can be written, and nothing but a regular file has the
// name. It changes nothing. Ask before a run, since after it a report that
// cannot be written costs its reader the outcome of every row; [Plan.Fits] says
// the rest once there is a plan.
func Writable(name string) error {
	if _, err := formatOf(name); err != nil {
		return err
	}
	return nameError(name, atomicfile.Check(name))
}

// File writes the report of a run to the file name, in the format of its suffix
// (.csv, .xlsx or .jsonl). The file holds the old content or the whole new report,
// at any moment. A new file has mode 0666 less the umask; one that is replaced
// keeps its mode, and a symbolic link stays one.
//
// Nothing stays behind on error but a report that is complete and could not take
// its name, as that of a workbook that is open in Excel: it is kept beside it, and
// the error holds an [*atomicfile.KeptError] that names it.
func (r *Run) File(name string) error {
	format, err := formatOf(name)
	if err != nil {
		return err
	}
	write := map[string]func(io.Writer) error{"csv": r.writeCSV, "xlsx": r.writeXLSX, "jsonl": r.writeJSONL}[format]
	return nameError(name, atomicfile.ReplaceOrKeep(name, 0o666, write))
}

// nameError puts the report's name before err.
func nameError(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("report %q: %w", name, err)
}
