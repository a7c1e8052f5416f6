package main

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"linkbatch/ingest"
	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
	"linkbatch/planner"
	"linkbatch/report"
)

// job is one roster on its way through a command: what plan and apply share.
type job struct {
	cmd    *cobra.Command // for its name and help
	roster rosterFlags
	serviceFlags
	guards
	reports []string
	all     bool
	noColor bool

	fresh       bool
	lockTimeout time.Duration
	wait        time.Duration // how long to wait for links to settle; 0 = not at all

	writes  bool // this is a run, which the ledger records
	turn    turn
	asJSON  bool
	file    *ingest.Roster
	session *session
	planner *planner.Planner
	plan    *planner.Plan
}

func (j *job) addFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	j.cmd = cmd
	cmd.PersistentPreRunE = func(cmd *cobra.Command, _ []string) (err error) {
		j.settings, err = loadSettings(cmd.Flags(), j.getenv)
		return err
	}
	j.serviceFlags.add(fs)
	j.roster.add(fs)
	j.guards.add(fs)
	fs.BoolVar(&j.all, "all", false, "show unchanged rows too")
	fs.BoolVar(&j.noColor, "no-color", false, "no colours (NO_COLOR does the same)")
}

// open checks the flags, opens the roster and signs in. close must be called
// when it returns nil.
func (j *job) open(ctx context.Context, name string) (err error) {
	if j.asJSON, err = j.roster.json(); err != nil {
		return err
	}
	if err := j.validate(); err != nil {
		return err
	}
	if _, err := j.guards.limit(&planner.Plan{}); err != nil {
		return err
	}
	if _, err := j.roster.action(); err != nil {
		return err
	}
	if err := j.checkReports(name); err != nil {
		return err
	}
	if j.file, err = j.roster.open(j.app, name); err != nil {
		return err
	}
	if err = j.openLedger(j.writes); err == nil {
		err = j.signIn(ctx)
	}
	if err != nil {
		j.turn.close()
		j.file.Close()
	}
	return err
}

// signIn opens the session, and the planner that works with its logins.
func (j *job) signIn(ctx context.Context) (err error) {
	if v, ok := j.config().Lookup(j.profile, "endpoint"); ok && j.endpoint == v.Text {
		j.say("the service is %s, by %s", j.endpoint, v.Origin())
	}
	j.progress.begin("signing in", -1)
	j.session, err = openSession(ctx, &j.serviceFlags)
	j.progress.end()
	if err != nil {
		return err
	}
	if err := j.newPlanner(); err != nil {
		j.session.close()
		return err
	}
	return nil
}

// checkReports refuses, before anything is sent, a report that could not be
// written afterwards, and one that would take the roster's place.
func (j *job) checkReports(roster string) error {
	for _, name := range j.reports {
		if err := report.Check(name); err != nil {
			return &usageError{fmt.Errorf("--%w", err), j.cmd.CommandPath()}
		}
	}
	if err := notTheRoster(j.reports, roster); err != nil {
		return &usageError{err, j.cmd.CommandPath()}
	}
	return nil
}

// notTheRoster refuses reports that would take the roster's place.
func notTheRoster(reports []string, roster string) error {
	input, err := os.Stat(roster)
	if err != nil {
		return nil // standard input, or a roster that is not there any more
	}
	for _, name := range reports {
		if there, err := os.Stat(name); err == nil && os.SameFile(input, there) {
			return fmt.Errorf("--report %q: is the roster itself: name another file", name)
		}
	}
	return nil
}

func (j *job) close() {
	j.progress.end()
	j.turn.close()
	j.file.Close()
	j.session.close()
}

// newPlanner makes the planner and finds the scope of the run.
func (j *job) newPlanner() error {
	manager, err := j.manager()
	if err != nil {
		return err
	}
	action, err := j.roster.action()
	if err != nil {
		return err
	}
	j.turn.scope = ledger.Scope{Endpoint: cmp.Or(j.session.place.service, msads.CanonicalEndpoint(j.session.place.endpoint)), ManagingCustomerID: cmp.Or(manager, j.session.main.CustomerID)}
	known := 0
	if j.turn.ledger != nil {
		if known, err = j.turn.ledger.Listed(j.turn.scope); err != nil {
			return err
		}
	}
	j.planner = &planner.Planner{
		Main:    j.session.main,
		Clients: j.session.clients,
		Options: planner.Options{
			ManagingCustomerID:   manager,
			DefaultAction:        action,
			BillToClient:         j.roster.billToClient.value,
			SuppressNotification: j.roster.suppress.value,
			Name:                 j.configured("defaults.name"),
			Note:                 j.configured("defaults.note"),
			Protected:            j.protected,
			Reinvite:             j.reinvite,
			KnownLinks:           known,
			Concurrency:          j.concurrency,
		},
	}
	return nil
}

// configured is what the configuration says under a key for the profile in use.
func (j *job) configured(key string) string {
	v, _ := j.config().Lookup(j.profile, key)
	return v.Text
}

// protected tells where the configuration protects an account.
func (j *job) protected(id msads.ID, number string) (string, bool) {
	v, ok := j.config().Protects(id.String(), number)
	return v.Origin(), ok
}

// decide reads the roster and makes the plan. Nothing is written.
func (j *job) decide(ctx context.Context) (err error) {
	j.progress.begin("reading the roster and searching its links", -1)
	j.plan, err = j.planner.Plan(ctx, j.signedIn(ctx, j.file.Rows()))
	j.progress.end()
	j.tellOfRoster()
	return err
}

// tellOfRoster says what a person should know about the file before looking at
// the plan: what stands in it and is not, or not visibly, part of the roster.
func (j *job) tellOfRoster() {
	for i := range j.file.Problems {
		// One without a value is about the file in general, and check's to tell.
		if p := &j.file.Problems[i]; p.Value != "" {
			j.warn("%s", p)
		}
	}
	lines := 0
	for _, s := range j.file.Skipped {
		if !s.Blank() {
			lines++
		}
	}
	if lines > 0 {
		j.say("skipped: %s not part of the table; linkbatch check lists them", count(lines, "line"))
	}
}

// unusable is [errNoRows] if no row of the plan could be understood.
func (j *job) unusable() error {
	for i := range j.plan.Steps {
		if j.plan.Steps[i].Op != planner.OpReject {
			return nil
		}
	}
	return errNoRows
}

// signedIn signs the profiles in that rows name, before the planner meets their
// rows, and counts the rows on the progress line.
func (j *job) signedIn(ctx context.Context, rows iter.Seq2[ingest.Row, error]) iter.Seq2[ingest.Row, error] {
	return func(yield func(ingest.Row, error) bool) {
		for row, err := range rows {
			j.progress.step()
			if v, ok := j.config().ClientProfile(row.CustomerNumber); ok && row.ClientProfile == "" {
				row.ClientProfile = v.Text
			}
			j.session.need(ctx, row.ClientProfile)
			if !yield(row, err) {
				return
			}
		}
	}
}

// head is what reports say about the job as a whole.
func (j *job) head(run string) report.Head {
	return report.Head{
		File: j.file.File, Sheet: j.file.Sheet, Digest: j.file.Digest, Header: j.file.Header,
		Endpoint: j.turn.scope.Endpoint, ManagingCustomerID: j.plan.ManagingCustomerID.String(), Run: run,
	}
}

// table is how text is laid out on standard output.
func (j *job) table() report.TableOptions {
	return report.TableOptions{All: j.all, Width: width(j.out), Color: j.colour(j.noColor)}
}

// open opens a roster; "-" is standard input.
func (f *rosterFlags) open(a *app, name string) (*ingest.Roster, error) {
	m, err := f.mapping()
	if err != nil {
		return nil, err
	}
	if name != "-" {
		name = filepath.Clean(name)
	}
	switch f.dateOrder {
	case "", "dmy", "mdy", "ymd":
	default:
		return nil, &usageError{fmt.Errorf("--date-order %q: want dmy, mdy or ymd", f.dateOrder), ""}
	}
	if f.encoding != "" && !ingest.KnownEncoding(f.encoding) {
		return nil, &usageError{fmt.Errorf("--encoding %q: want the name of an encoding, such as utf-8, windows-1250 or shift_jis", f.encoding), ""}
	}
	return ingest.Open(name, a.in, ingest.Options{Sheet: f.sheet, Map: m, Encoding: f.encoding, SkipHidden: f.skipHidden, DateOrder: f.dateOrder, Now: a.now})
}

// action is --default-action as an intent.
func (f *rosterFlags) action() (ingest.Intent, error) {
	intent, ok := ingest.ParseIntent(f.defaultAction)
	if !ok {
		return "", &usageError{fmt.Errorf("--default-action %q: want link, add, accept, unlink, cancel, decline or keep", f.defaultAction), ""}
	}
	return intent, nil
}
