package main

import (
	"cmp"
	"context"
	"time"

	"github.com/spf13/cobra"

	"linkbatch/internal/flagvalue"
	"linkbatch/planner"
	"linkbatch/report"
)

// pendingFlags are those of pending.
type pendingFlags struct {
	serviceFlags
	output  flagvalue.Output
	within  flagvalue.Span
	pack    string
	noColor bool
}

func newPendingCommand(a *app) *cobra.Command {
	f := pendingFlags{serviceFlags: serviceFlags{app: a}}
	cmd := &cobra.Command{
		Use:   "pending",
		Short: "List pending invitations, and write a letter for each client",
		Long: `pending reads the agency's list of client links and shows the invitations that no
client has answered yet, soonest expiry first. Nothing is changed.

An invitation expires 30 days after it was sent. A link has no date of its own
for that: days are counted from its LastModifiedDateTime, by the service's own
clock. An invitation whose note was changed since is older than it looks. "left"
counts the current day, so age + left = 30; 0 means the 30 days are over. Whatever
the service still calls LinkPending is listed, even then.

--pack DIR writes a letter for each client: who is asking, for which accounts, who
pays, how to accept on the Microsoft Advertising website, and by when. It is plain
text, ready to be sent as the body of an e-mail; you choose the recipient.
Accounts of one customer go into one letter if the service gives their customer
number. DIR is created if necessary; a client's older letter in it is replaced.

--output csv is a roster too, for example for

  linkbatch pending --within 2d --output csv >expiring.csv
  linkbatch apply expiring.csv --default-action cancel

` + exitHelp,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPending(cmd, &f) },
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	f.addSignIn(fs)
	f.addWorld(fs)
	f.addCalls(fs)
	fs.Var(&f.within, "within", "only what expires within this `DURATION`, such as 7d or 36h")
	fs.StringVar(&f.pack, "pack", "", "write a letter for each client to the folder `DIR`")
	f.output.Add(fs, "csv")
	addNoColor(fs, &f.noColor)
	return cmd
}

func runPending(cmd *cobra.Command, f *pendingFlags) error {
	if err := f.validate(); err != nil {
		return err
	}
	p, unclear, err := f.read(cmd.Context())
	if err != nil {
		return err
	}
	if unclear > 0 {
		f.warn("left out %s of the list: the service does not say whose they are, or their status", report.Plural(unclear, "link"))
	}
	if cmd.Flags().Changed("within") || f.within > 0 {
		if dateless := p.narrow(time.Duration(f.within)); dateless > 0 {
			f.warn("left out %s: the service does not give the date", report.Plural(dateless, "invitation"))
		}
	}
	if f.pack != "" {
		if err := p.pack(f.app, f.pack); err != nil {
			return err
		}
	}
	return shown(f.write(&p.Pending))
}

// write writes the list in the format that --output asks for.
func (f *pendingFlags) write(p *report.Pending) error {
	switch f.output.Value {
	case "json":
		return p.JSON(f.out)
	case "csv":
		return p.CSV(f.out)
	}
	return p.Table(f.out, report.TableOptions{Width: width(f.out), Color: f.colour(f.noColor)})
}

// pendingList is the list on its way through the command.
type pendingList struct{ report.Pending }

// read signs in and reads the list, and counts the links in it that are unclear.
func (f *pendingFlags) read(ctx context.Context) (*pendingList, int, error) {
	defer f.progress.end()
	f.progress.begin("signing in", -1)
	s, err := f.open(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer s.Close()
	f.progress.begin("reading the list of links", -1)
	pl := &planner.Planner{Main: s.Main, Options: planner.Options{ManagingCustomerID: f.manager()}}
	found, err := pl.Invitations(ctx)
	f.progress.end()
	if err != nil {
		return nil, 0, err
	}
	return &pendingList{report.Pending{
		Endpoint: s.Endpoint, ManagingCustomerID: found.ManagingCustomerID.String(),
		AsOf: cmp.Or(s.ServiceTime(), f.now()).UTC(), SignIn: f.signInPage(), Waiting: found.Waiting,
	}}, found.Unclear, nil
}

// signInPage is where a client signs in to answer (the page about the sandbox
// names the sandbox's).
func (f *pendingFlags) signInPage() string {
	if f.env.Value == "sandbox" {
		return "https://sandbox.bingads.microsoft.com"
	}
	return "https://ads.microsoft.com"
}

// narrow keeps what expires within a time, and counts the invitations that have
// no date to go by.
func (p *pendingList) narrow(within time.Duration) (dateless int) {
	var kept []planner.Invitation
	for _, i := range p.Waiting {
		switch {
		case i.Expires.IsZero():
			dateless++
		case i.Expires.Sub(p.AsOf) <= within:
			kept = append(kept, i)
		}
	}
	p.Waiting = kept
	return dateless
}

// pack writes the letters, and says so on standard error, since standard output
// holds the list.
func (p *pendingList) pack(a *app, dir string) error {
	pack, err := p.Pack(dir)
	if err != nil {
		return err
	}
	p.Files = pack.Files
	a.say("wrote %s to %s", report.Plural(pack.Count, "letter"), dir)
	if n := len(pack.Others); n > 0 {
		a.warn("%s: contains %s from earlier, such as %q: look before you send them", dir, report.Plural(n, "text file"), pack.Others[0])
	}
	return nil
}
