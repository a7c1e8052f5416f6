package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
)

// rosterFlags say how a roster is read.
type rosterFlags struct {
	sheet         string
	maps          []string
	skipHidden    bool
	encoding      string
	dateOrder     string
	defaultAction string
	billToClient  optionalBool
	suppress      optionalBool
	output        string
}

func (f *rosterFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&f.sheet, "sheet", "", "the `name` of the sheet to read (default: the first visible one with a header)")
	fs.StringArrayVar(&f.maps, "map", nil, "read the column that the roster calls X as our column: `X=column` (repeatable)")
	fs.BoolVar(&f.skipHidden, "skip-hidden", false, "leave out the rows that are hidden in the sheet (they are read otherwise, with a warning)")
	fs.StringVar(&f.encoding, "encoding", "", "the `name` of a CSV file's encoding, such as windows-1250 or shift_jis (default: found out)")
	fs.StringVar(&f.dateOrder, "date-order", "", "the `order` of dates that are not YYYY-MM-DD: dmy, mdy or ymd (default: they are refused)")
	fs.StringVar(&f.defaultAction, "default-action", string(ingest.Link), "what rows ask for whose action is blank: an `ACTION` such as link or add")
	fs.Var(&f.billToClient, "bill-to-client", "who pays where a row does not say: `BOOL`, true for the client, false for the agency")
	fs.Var(&f.suppress, "suppress-notification", "where a row does not say: `BOOL`, true sends the client no e-mail")
	fs.StringVar(&f.output, "output", "text", "`FORMAT` of standard output: text or json")
}

// mapping is --map as ingest takes it.
func (f *rosterFlags) mapping() (map[string]string, error) {
	m := make(map[string]string)
	for _, pair := range f.maps {
		theirs, ours, ok := strings.Cut(pair, "=")
		if !ok || theirs == "" || ours == "" {
			return nil, &usageError{fmt.Errorf("--map %q: want 'Their header=column'", pair), ""}
		}
		m[strings.TrimSpace(theirs)] = strings.TrimSpace(ours)
	}
	return m, nil
}

// json reports whether the output is JSON; any other word than text is an
// error.
func (f *rosterFlags) json() (bool, error) {
	switch f.output {
	case "text":
		return false, nil
	case "json":
		return true, nil
	}
	return false, &usageError{fmt.Errorf("--output %q: want text or json", f.output), ""}
}

// serviceFlags say which service is spoken to, and as whom.
type serviceFlags struct {
	*app
	env               string
	endpoint          string
	tokenURL          string
	profile           string
	tokenKeep         string
	managingCustomer  string
	stateDir          string
	world             string
	concurrency       int
	maxCallsPerMinute int
	reinvite          bool
	logFormat         string
	verbose           int

	settings *settings // what the configuration says, and where every value comes from; nil = nothing
}

func (f *serviceFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&f.env, "env", "production", "`NAME` of the service: production, sandbox or simulator")
	fs.StringVar(&f.endpoint, "endpoint", "", "the `URL` of another server that speaks the Customer Management API; goes with --token-url")
	fs.StringVar(&f.tokenURL, "token-url", "", "the `URL` of its OAuth token endpoint")
	fs.StringVar(&f.profile, "profile", "agency", "the `name` of the credentials to use")
	addConfigFlag(fs)
	fs.StringVar(&f.tokenKeep, "token-store", "auto", "where sign-ins are kept: `PLACE` keyring, file, or auto for the keyring where there is one")
	fs.StringVar(&f.managingCustomer, "managing-customer", "", "the customer `id` of the agency (default: the signed-in customer)")
	fs.StringVar(&f.stateDir, "state-dir", "", "the `folder` that keeps what must outlive a run (default: the platform's)")
	fs.StringVar(&f.world, "world", "", "a world `file` for --env simulator (default: the built-in one)")
	fs.IntVar(&f.concurrency, "concurrency", 0, "calls at once, 1 to 64 (default 4; 1 in the sandbox)")
	fs.IntVar(&f.maxCallsPerMinute, "max-calls-per-minute", 0, "calls a minute at most (default: no limit but the service's)")
	fs.BoolVar(&f.reinvite, "reinvite", false, "add links again that the client has declined")
	fs.StringVar(&f.logFormat, "log-format", "text", "`FORMAT` of the log on standard error: text or json")
	fs.CountVarP(&f.verbose, "verbose", "v", "log every call on standard error")
}

// validate checks what can be checked before anything is opened.
func (f *serviceFlags) validate() error {
	switch f.env {
	case "production", "sandbox", "simulator":
	default:
		return &usageError{fmt.Errorf("--env %q: want production, sandbox or simulator", f.env), ""}
	}
	if f.env == "simulator" && f.endpoint+f.tokenURL != "" {
		return &usageError{fmt.Errorf("--env simulator runs its own server: leave out --endpoint and --token-url"), ""}
	}
	if f.world != "" && f.env != "simulator" {
		return &usageError{fmt.Errorf("--world goes with --env simulator"), ""}
	}
	if f.concurrency == 0 {
		f.concurrency = 4
		if f.env == "sandbox" {
			f.concurrency = 1 // "one thread, no load tests" (Sandbox page)
		}
	}
	if f.concurrency < 1 || f.concurrency > 64 {
		return &usageError{fmt.Errorf("--concurrency %d: want 1 to 64", f.concurrency), ""}
	}
	if f.maxCallsPerMinute < 0 {
		return &usageError{fmt.Errorf("--max-calls-per-minute %d: want a number above 0", f.maxCallsPerMinute), ""}
	}
	if f.logFormat != "text" && f.logFormat != "json" {
		return &usageError{fmt.Errorf("--log-format %q: want text or json", f.logFormat), ""}
	}
	for name, value := range map[string]string{"endpoint": f.endpoint, "token-url": f.tokenURL} {
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return &usageError{fmt.Errorf("--%s %q: want https://host/path", name, value), ""}
		}
	}
	_, err := f.manager()
	return err
}

// manager is --managing-customer as an id, 0 when it was left out.
func (f *serviceFlags) manager() (msads.ID, error) {
	if f.managingCustomer == "" {
		return 0, nil
	}
	id, err := msads.ParseID(f.managingCustomer)
	if err != nil {
		return 0, &usageError{fmt.Errorf("--managing-customer: %w", err), ""}
	}
	return id, nil
}

// optionalBool is a flag with three values: true, false and not set.
type optionalBool struct{ value *bool }

func (b *optionalBool) String() string {
	if b.value == nil {
		return ""
	}
	return strconv.FormatBool(*b.value)
}

func (b *optionalBool) Set(s string) error {
	v, err := strconv.ParseBool(s)
	if err != nil {
		return fmt.Errorf("want true (yes) or false (no)")
	}
	b.value = &v
	return nil
}

func (b *optionalBool) Type() string { return "bool" }
