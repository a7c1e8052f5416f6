package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"linkbatch/ingest"
)

func newTemplateCommand(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "template",
		Short: "Write an empty roster to fill in",
		Long: `template writes a roster to fill in: a header row with every column, and an
example row, ignored while it still starts with EXAMPLE: and keeps its account
number. The suffix of FILE selects the format, .xlsx or .csv; without -o, CSV
goes to standard output.

The workbook keeps identifiers as text, so that Excel cannot damage them, and has
a comment and a choice or a prompt on each column, and a help sheet. An existing
file with other contents is never replaced.

Exit codes: 0 written, or already there; 1 the file exists or cannot be written.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return ingest.WriteTemplate(a.out, "csv")
			}
			format := strings.ToLower(strings.TrimPrefix(filepath.Ext(out), "."))
			if format != "csv" && format != "xlsx" {
				return usage("-o %q: want a name that ends in .xlsx or .csv", out)
			}
			if err := writeTemplate(out, format); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.err, "wrote %s: fill in rows below the example, then run: linkbatch check %s\n", out, out)
			return err
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "write to `FILE`, .xlsx or .csv (default: CSV to standard output)")
	return cmd
}

// templateExistsError is a file where a template was to be written.
// It may hold a roster that somebody has filled in.
type templateExistsError struct{ name string }

func (e *templateExistsError) Error() string {
	return fmt.Sprintf("%s already exists, and is not an unchanged template", e.name)
}

// writeTemplate makes a new file. An unchanged template may stay.
func writeTemplate(name, format string) error {
	var content bytes.Buffer
	if err := ingest.WriteTemplate(&content, format); err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		if there, readErr := os.ReadFile(name); readErr == nil && bytes.Equal(there, content.Bytes()) {
			return nil
		}
		return &templateExistsError{name}
	}
	if err != nil {
		return err
	}
	_, err = file.Write(content.Bytes())
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
