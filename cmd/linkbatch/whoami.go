package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linkbatch/internal/flagvalue"
	"linkbatch/internal/msads"
	"linkbatch/internal/session"
	"linkbatch/report"
)

func newWhoamiCommand(a *app) *cobra.Command {
	f := serviceFlags{app: a}
	var out flagvalue.Output
	cmd := &cobra.Command{
		Use:   "whoami",
		Short: "Show who a profile is signed in as and what it may do",
		Long: `whoami signs the profile in, asks the service who it is, and shows the user, the
customer, the role, the links that the role may act on, as the agency (links that
the customer manages) and as the client (links to what it owns), and where the
refresh token comes from. Names and e-mail addresses are not shown.

What a role may do follows the service's documentation where its pages agree; the
service decides.

Exit codes: 0 signed in; 4 sign-in or permission; 64 usage; 75 the service cannot
be reached; 78 configuration.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runWhoami(cmd.Context(), &f, out.JSON()) },
	}
	cmd.Flags().SortFlags = false
	f.addSignIn(cmd.Flags())
	f.addWorld(cmd.Flags())
	out.Add(cmd.Flags())
	return cmd
}

// whoamiJSON is what whoami prints for programs.
type whoamiJSON struct {
	FormatVersion int         `json:"format_version"`
	Profile       string      `json:"profile"`
	Environment   string      `json:"environment"`
	Endpoint      string      `json:"endpoint"`
	UserID        string      `json:"user_id"`
	CustomerID    string      `json:"customer_id"`
	RoleID        *int        `json:"role_id"` // null: none in that customer
	Role          string      `json:"role"`
	Roles         []roleJSON  `json:"roles"` // all that the user has
	May           []rightJSON `json:"may"`
	Token         tokenJSON   `json:"token"`
	Warnings      []string    `json:"warnings"`
}

type roleJSON struct {
	CustomerID string `json:"customer_id"`
	RoleID     int    `json:"role_id"`
	Role       string `json:"role"`
}

// rightJSON is a side, and the types of links that may be acted on there.
type rightJSON struct {
	Side       string           `json:"side"`
	LinkTypes  []msads.LinkType `json:"link_types"`
	Operations []string         `json:"operations"`
}

// tokenJSON is where the refresh token comes from.
type tokenJSON struct {
	From     string     `json:"from"` // login, environment, file or simulator
	Where    string     `json:"where"`
	Obtained *time.Time `json:"obtained"` // null: not known
}

func runWhoami(ctx context.Context, f *serviceFlags, asJSON bool) error {
	if err := f.validate(); err != nil {
		return err
	}
	s, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	who := s.Identity(f.profile)
	w := newWhoami(who, f.env.Value, s.Endpoint)
	w.Warnings = append(w.Warnings, f.warnings()...)
	if asJSON {
		return shown(encode(f.out, w))
	}
	return shown(w.write(f.out))
}

// newWhoami is what whoami shows of an identity.
func newWhoami(who *session.Identity, env, endpoint string) *whoamiJSON {
	from := who.Login.RefreshTokenFrom()
	w := &whoamiJSON{
		FormatVersion: report.FormatVersion, Profile: who.Profile, Environment: env, Endpoint: endpoint,
		UserID: who.User.ID.String(), CustomerID: who.Customer.String(), Role: session.RoleName(who.Role()),
		Roles: []roleJSON{}, May: []rightJSON{}, Token: tokenJSON{From: from.Kind, Where: from.Where}, Warnings: []string{},
	}
	if id := who.Role(); id != 0 {
		w.RoleID = &id
	}
	for _, r := range who.User.Roles {
		w.Roles = append(w.Roles, roleJSON{r.CustomerID.String(), r.RoleID, session.RoleName(r.RoleID)})
	}
	if types := session.LinkTypes(who.Role()); types != nil {
		w.May = append(w.May,
			rightJSON{"agency", types, []string{"add", "cancel", "unlink"}},
			rightJSON{"client", types, []string{"accept", "decline"}})
	}
	if from.Kind == "login" {
		if r, err := who.Login.Options.Store.Load(who.Login.Key()); err == nil {
			w.Token.Obtained = new(r.Obtained.UTC())
		}
	}
	return w
}

// write prints it for people.
func (w *whoamiJSON) write(out io.Writer) error {
	t := report.Table{Width: width(out), Columns: []report.Column{{}, {Prose: true}}}
	line := func(name, format string, args ...any) { t.Row(name, report.Visible(fmt.Sprintf(format, args...))) }
	line("profile", "%s", w.Profile)
	line("service", "%s, %s", w.Environment, w.Endpoint)
	line("user", "%s", w.UserID)
	line("customer", "%s", w.CustomerID)
	line("role", "%s", w.Role)
	of := map[string]string{"agency": "that customer " + w.CustomerID + " manages", "client": "to what customer " + w.CustomerID + " owns"}
	for _, r := range w.May {
		var types []string
		for _, t := range r.LinkTypes {
			types = append(types, map[msads.LinkType]string{msads.AccountLink: "account", msads.CustomerLink: "customer"}[t])
		}
		line("as "+r.Side, "%s: %s links %s", strings.Join(r.Operations, ", "), strings.Join(types, " and "), of[r.Side])
	}
	if len(w.May) == 0 {
		line("may act on", "no links")
	}
	for _, r := range w.Roles {
		if r.CustomerID != w.CustomerID {
			line("also", "%s in customer %s", r.Role, r.CustomerID)
		}
	}
	line("token", "%s", w.Token)
	return t.Write(out)
}

// String is where the token comes from, for people.
func (t tokenJSON) String() string {
	if t.From != "login" {
		return session.Origin{Kind: t.From, Where: t.Where}.String()
	}
	if t.Obtained == nil {
		return "linkbatch login, in " + t.Where
	}
	return fmt.Sprintf("linkbatch login, renewed %s UTC, in %s", report.Minute(*t.Obtained), t.Where)
}
