package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	_ "time/tzdata" // for --time-zone: Windows and small containers have no zones

	"github.com/spf13/cobra"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// A roster is held whole, and little of it is ever garbage: less than half
		// the usual headroom keeps a run over 100,000 rows below 300 MB.
		debug.SetGCPercent(40)
	}
	os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// execute is the whole program. The first interrupt cancels the context, which
// ends a run between calls; a second one ends the process at once. A reader of
// our output that goes away must not end a call: writing to it is an error
// then, and no signal.
func execute(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	defer stop()
	signal.Ignore(syscall.SIGPIPE)
	context.AfterFunc(ctx, stop)

	a := newApp(stdin, stdout, stderr)
	root := newRootCommand(a)
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	f := diagnose(err)
	if f.code == exitUsage && f.hint == "" {
		f.hint = "see " + cmd.CommandPath() + " --help"
	}
	if f.message != "" && !a.out.written && a.wantsJSON(cmd, args) {
		f.error().JSON(a.out)
	}
	if f.message != "" {
		a.say("linkbatch: %s", f.message)
	}
	if f.hint != "" {
		a.say("hint: %s", f.hint)
	}
	return f.code
}

// wantsJSON reports whether programs read standard output: so says the flag, or
// the command line where it could not be understood.
func (a *app) wantsJSON(cmd *cobra.Command, args []string) bool {
	flag := cmd.Flags().Lookup("output")
	if flag == nil {
		return false
	}
	return flag.Value.String() == "json" || a.getenv(environmentName("output")) == "json" || strings.Contains(strings.Join(args, " ")+" ", "--output=json ") ||
		strings.Contains(strings.Join(args, " ")+" ", "--output json ")
}
