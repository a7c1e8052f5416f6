package main

import (
	"github.com/spf13/pflag"

	"linkbatch/internal/flagvalue"
	"linkbatch/internal/run"
)

// caution is when a run stops itself: never, for a command without these flags.
type caution struct {
	maxFailed *flagvalue.Share
	canary    flagvalue.Number
}

func (c *caution) add(fs *pflag.FlagSet) {
	c.maxFailed = &flagvalue.Share{N: unlimited}
	fs.Var(c.maxFailed, "max-failed", "stop when more than `N` rows, or N% of the rows that change something, are refused or failed (default: no limit)")
	fs.Lookup("max-failed").DefValue = "0" // which help leaves out
	fs.Var(&c.canary, "canary", "send the first `N` changes alone, and the others only if all of them are done (default: no canary)")
}

// of is the caution of a run.
func (c *caution) of(r *run.Run) run.Caution {
	care := run.Caution{Canary: c.canary.Value}
	if c.maxFailed != nil && c.maxFailed.N != unlimited {
		care.TooMany = c.maxFailed.Of(r.Writes()) + 1
	}
	return care
}
