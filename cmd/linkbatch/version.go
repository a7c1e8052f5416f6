package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"linkbatch/internal/flagvalue"
	"linkbatch/internal/ledger"
	"linkbatch/report"
)

// build is what a binary knows of how it was made.
type build struct {
	FormatVersion int     `json:"format_version"`
	Version       string  `json:"version"`
	Commit        *string `json:"commit"` // null: not built from a checkout
	Date          *string `json:"date"`   // of the commit, UTC
	Modified      bool    `json:"modified"`
	Go            string  `json:"go"`
	OS            string  `json:"os"`
	Arch          string  `json:"arch"`
	LedgerSchema  int     `json:"ledger_schema"` // the newest that it reads
}

func newVersionCommand(a *app) *cobra.Command {
	var out flagvalue.Output
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and how it was built",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if out.JSON() {
				return shown(encode(a.out, b))
			}
			_, err := fmt.Fprintln(a.out, b)
			return shown(err)
		},
	}
	out.Add(cmd.Flags())
	return cmd
}

// thisBuild reads what the linker has put into the binary.
func thisBuild() *build {
	b := &build{FormatVersion: report.FormatVersion, Version: version(), Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, LedgerSchema: ledger.Schema()}
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = &s.Value
		case "vcs.time":
			b.Date = &s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String is one line for people.
func (b *build) String() string {
	s := "linkbatch " + b.Version
	if b.Commit != nil {
		commit := (*b.Commit)[:min(12, len(*b.Commit))]
		if b.Modified {
			commit += " with changes"
		}
		date := ""
		if b.Date != nil {
			day, _, _ := strings.Cut(*b.Date, "T")
			date = ", " + day
		}
		s += fmt.Sprintf(" (commit %s%s)", commit, date)
	}
	return fmt.Sprintf("%s %s/%s %s", s, b.OS, b.Arch, b.Go)
}

// version is the module version that the binary was built from, with the
// commit for a build from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
