package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/pflag"

	"linkbatch/ingest"
	"linkbatch/internal/config"
	"linkbatch/internal/flagvalue"
	"linkbatch/internal/msads"
	"linkbatch/internal/part"
	"linkbatch/internal/session"
	"linkbatch/planner"
)

// rosterFlags say how a roster is read.
type rosterFlags struct {
	sheet         string
	maps          flagvalue.Mapping
	skipHidden    bool
	encoding      flagvalue.Encoding
	dateOrder     flagvalue.Word
	timeZone      flagvalue.Zone
	defaultAction flagvalue.Intent
	billToClient  flagvalue.OptionalBool
	suppress      flagvalue.OptionalBool
	output        flagvalue.Output

	rows  part.Numbers
	only  part.Only
	limit flagvalue.Number
}

func (f *rosterFlags) add(fs *pflag.FlagSet) {
	f.defaultAction = flagvalue.Intent(ingest.Link)
	f.addReading(fs)
	f.addPart(fs)
	f.addZone(fs)
	fs.Var(&f.defaultAction, "default-action", "`ACTION` for rows that leave it blank, such as link or add")
	f.addPayer(fs)
	f.addSuppress(fs)
	f.output.Add(fs)
}

// addZone adds --time-zone.
func (f *rosterFlags) addZone(fs *pflag.FlagSet) {
	fs.Var(&f.timeZone, "time-zone", "time `ZONE` in which the roster's days begin, such as Europe/Berlin (default UTC)")
}

// addPayer adds --bill-to-client.
func (f *rosterFlags) addPayer(fs *pflag.FlagSet) {
	fs.Var(&f.billToClient, "bill-to-client", "who pays where a row does not say: `BOOL`, true for the client, false for the agency")
}

// addSuppress adds --suppress-notification.
func (f *rosterFlags) addSuppress(fs *pflag.FlagSet) {
	fs.Var(&f.suppress, "suppress-notification", "where a row does not say: `BOOL`, true sends the client no e-mail")
}

// addReading adds the flags that say how the file is read.
func (f *rosterFlags) addReading(fs *pflag.FlagSet) {
	f.maps, f.dateOrder = flagvalue.Mapping{}, flagvalue.OneOf("", "dmy", "mdy", "ymd")
	fs.StringVar(&f.sheet, "sheet", "", "`NAME` of the sheet to read (default: the first visible one with a header)")
	fs.Var(f.maps, "map", "treat the roster's column X as COLUMN: `X=COLUMN` (repeatable)")
	fs.BoolVar(&f.skipHidden, "skip-hidden", false, "ignore hidden rows (default: read them, with a warning)")
	fs.Var(&f.encoding, "encoding", "`NAME` of a CSV file's encoding, such as windows-1250 or shift_jis (default: detected)")
	fs.Var(&f.dateOrder, "date-order", "`ORDER` of dates that are not YYYY-MM-DD: dmy, mdy or ymd (default: such dates are rejected)")
}

// partHelp explains the flags of [rosterFlags.addPart].
const partHelp = `--rows, --only and --limit pick some rows: those with these numbers, of them those
whose cells match (* is any text, ? one character, case does not matter), and of
these the first N. COLUMN is a header of the roster, or a column by linkbatch's own
name for it.`

// addPart adds the flags that pick some of the rows.
func (f *rosterFlags) addPart(fs *pflag.FlagSet) {
	f.limit = flagvalue.Number{Min: 1}
	fs.Var(&f.rows, "rows", "only the rows with these numbers in the spreadsheet, such as 6-20,31 or 40-: `ROWS` (repeatable)")
	fs.Var(&f.only, "only", "only the rows whose cell matches: `COLUMN=PATTERN`, such as 'Country=D*' (repeatable; all must match)")
	fs.Var(&f.limit, "limit", "only the first `N` rows of those that --rows and --only leave")
}

// part is what the flags pick of a roster.
func (f *rosterFlags) part() *part.Part {
	return &part.Part{Rows: f.rows, Only: f.only, Limit: f.limit.Value}
}

// open opens a roster; "-" is standard input.
func (f *rosterFlags) open(a *app, name string) (*ingest.Roster, error) {
	return ingest.Open(name, a.in, ingest.Options{
		Sheet: f.sheet, Map: f.maps, Encoding: string(f.encoding), SkipHidden: f.skipHidden, DateOrder: f.dateOrder.Value, Now: a.now,
	})
}

// defaults are what the flags say about the rows.
func (f *rosterFlags) defaults() planner.Options {
	return planner.Options{
		DefaultAction: ingest.Intent(f.defaultAction), BillToClient: f.billToClient.Value, SuppressNotification: f.suppress.Value,
		TimeZone: f.timeZone.Value,
	}
}

// serviceFlags say which service to use, and as whom. Commands that only sign
// in have the first group of them, commands that call the service both.
type serviceFlags struct {
	*app
	env        flagvalue.Word
	endpoint   flagvalue.Server
	tokenURL   flagvalue.Server
	profile    string
	tokenStore flagvalue.Word
	stateDir   string
	world      string
	logFormat  flagvalue.Word
	verbose    int

	managingCustomer  flagvalue.Customer
	concurrency       flagvalue.Number
	maxCallsPerMinute flagvalue.Number
}

// addSignIn adds the flags that every sign-in needs.
func (f *serviceFlags) addSignIn(fs *pflag.FlagSet) {
	f.env = flagvalue.OneOf("production", "production", "sandbox", "simulator")
	f.tokenStore = flagvalue.OneOf("auto", "auto", "keyring", "file")
	f.logFormat = flagvalue.OneOf("text", "text", "json")
	fs.Var(&f.env, "env", "`ENV`: production, sandbox or simulator")
	fs.Var(&f.endpoint, "endpoint", "`URL` of another server that speaks the Customer Management API; goes with --token-url")
	fs.Var(&f.tokenURL, "token-url", "`URL` of its OAuth token endpoint")
	fs.StringVar(&f.profile, "profile", "agency", "`NAME` of the credentials to use")
	addConfigFlag(fs)
	fs.Var(&f.tokenStore, "token-store", "`STORE` for sign-ins: keyring, file, or auto for the keyring where there is one")
	addStateFlag(fs, &f.stateDir)
	fs.Var(&f.logFormat, "log-format", "`FORMAT` of the log on standard error: text or json")
	fs.CountVarP(&f.verbose, "verbose", "v", "log every call on standard error")
}

// addWorld adds --world, for commands that take --env simulator.
func (f *serviceFlags) addWorld(fs *pflag.FlagSet) {
	fs.StringVar(&f.world, "world", "", "world `FILE` for --env simulator (default: the built-in one)")
}

// addCalls adds the flags of commands that do more than sign in.
func (f *serviceFlags) addCalls(fs *pflag.FlagSet) {
	f.concurrency, f.maxCallsPerMinute = flagvalue.Number{Min: 1, Max: 64}, flagvalue.Number{Min: 1}
	fs.Var(&f.managingCustomer, "managing-customer", "customer `ID` of the agency (default: the signed-in customer)")
	fs.Var(&f.concurrency, "concurrency", "`N` calls at once, 1 to 64 (default 4; 1 in the sandbox)")
	fs.Var(&f.maxCallsPerMinute, "max-calls-per-minute", "maximum `N` of calls per minute (default: unlimited)")
}

// calls is how many calls may be made at once. The sandbox takes one thread and
// no load tests (the page about the sandbox).
func (f *serviceFlags) calls() int {
	if f.env.Value == "sandbox" {
		return cmp.Or(f.concurrency.Value, 1)
	}
	return cmp.Or(f.concurrency.Value, 4)
}

// validate checks flags that do not go together.
func (f *serviceFlags) validate() error {
	switch simulator := f.env.Value == "simulator"; {
	case simulator && f.endpoint+f.tokenURL != "":
		return usage("--env simulator runs its own server: leave out --endpoint and --token-url")
	case !simulator && f.world != "":
		return usage("--world goes with --env simulator")
	}
	return nil
}

// sessionOptions say how to sign in.
func (f *serviceFlags) sessionOptions() (session.Options, error) {
	dir, err := f.stateFolder(f.stateDir)
	return session.Options{
		Env: f.env.Value, Endpoint: string(f.endpoint), TokenURL: string(f.tokenURL), Profile: f.profile, TokenStore: f.tokenStore.Value, StateDir: dir, World: f.world,
		Concurrency: f.calls(), MaxCallsPerMinute: f.maxCallsPerMinute.Value, Version: version(),
		Config: f.config(), Getenv: f.getenv, Unsetenv: f.unsetenv, Now: f.now, HTTP: f.http, Log: f.logger(), Warn: f.warn, OnPause: f.progress.pause,
	}, err
}

// open signs the profile in use in.
func (f *serviceFlags) open(ctx context.Context) (*session.Session, error) {
	o, err := f.sessionOptions()
	if err != nil {
		return nil, err
	}
	return session.Open(ctx, o)
}

// config is the configuration, which says nothing if there is none.
func (f *serviceFlags) config() *config.File {
	if f.settings == nil {
		return nil
	}
	return f.settings.file
}

// logger is the log on standard error, silent without -v.
func (f *serviceFlags) logger() *slog.Logger {
	if f.verbose == 0 {
		return slog.New(slog.DiscardHandler)
	}
	opts := &slog.HandlerOptions{Level: slog.LevelDebug}
	if f.logFormat.Value == "json" {
		return slog.New(slog.NewJSONHandler(f.err, opts))
	}
	return slog.New(slog.NewTextHandler(f.err, opts))
}

// manager is the customer that --managing-customer names, 0 when it was left out.
func (f *serviceFlags) manager() msads.ID { return msads.ID(f.managingCustomer) }

// service names the environment, and its server if it is another.
func (f *serviceFlags) service() string {
	if f.endpoint == "" {
		return f.env.Value
	}
	return fmt.Sprintf("%s at %s", f.env.Value, f.endpoint)
}

// addStateFlag adds --state-dir.
func addStateFlag(fs *pflag.FlagSet, dir *string) {
	fs.StringVar(dir, "state-dir", "", "`DIR` for the ledger and tokens (default: ~/.local/state/linkbatch on Linux)")
}

// addNoColor adds --no-color.
func addNoColor(fs *pflag.FlagSet, noColor *bool) {
	fs.BoolVar(noColor, "no-color", false, "no colours (NO_COLOR does the same)")
}
