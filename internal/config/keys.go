package config

import "regexp"

// kind is what a key may hold.
type kind int

const (
	textual    kind = iota // one line of text that matches key.pattern
	word                   // one of key.words
	yesNo                  // true or false
	identifier             // digits in quotes, or a bare whole number
	count                  // a whole number from key.least to key.most
	share                  // a whole number, or one with % in quotes
	server                 // the URL of a server
	variable               // the name of an environment variable; never shown
	filename               // the name of a file; never shown
	zone                   // the name of a time zone
	accounts               // a list of account ids and numbers
	table                  // the keys that key.keys lists
	named                  // a table whose keys are names that match key.pattern
)

// key is one key of the file. The table of them decides what is read, what is
// suggested, and what is in the JSON schema.
type key struct {
	name        string
	kind        kind
	help        string
	pattern     *regexp.Regexp
	want        string // what a value that does not match should have been
	words       []string
	least, most int64
	keys        []key // of a table; of named, the one that describes what each name holds
}

// What texts look like.
var (
	nonBlank    = regexp.MustCompile(`^\S(.*\S)?$`)
	shortName   = regexp.MustCompile(`^.{1,40}$`)
	profileName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	oneWord     = regexp.MustCompile(`^[!-~]{1,256}$`)
	zoneName    = regexp.MustCompile(`^(UTC|[A-Za-z]+(/[A-Za-z0-9_+-]+)+)$`)
	tenantName  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$`)

	digits         = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)
	percentage     = regexp.MustCompile(`^([0-9]{1,9}|(100|[0-9]{1,2})%)$`)
	variableName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	webAddress     = regexp.MustCompile(`^https?://[^\s/?#@]+(/[^\s?#]*)?$`)
	accountName    = regexp.MustCompile(`^([1-9][0-9]{0,18}|[A-Za-z0-9]{8}|[A-Za-z0-9]{10})$`)
	customerNumber = regexp.MustCompile(`^[A-Za-z0-9]{10}$`)
)

// The environments.
const (
	production = "production"
	sandbox    = "sandbox"
	simulator  = "simulator"
)

// The ways to sign in.
const (
	microsoft = "microsoft"
	google    = "google"
)

// largest is the largest number where nothing else bounds it.
const largest = 1_000_000_000

var environmentKey = key{name: "environment", kind: word, words: []string{production, sandbox, simulator}, help: "The service: production (the default), Microsoft's sandbox, or the built-in simulator."}

// rowKeys are the defaults of rows that leave a cell blank.
var rowKeys = []key{
	{name: "default_action", kind: word, words: []string{"link", "add", "accept", "unlink", "cancel", "decline", "keep"}, help: "The action of rows that leave it blank."},
	{name: "bill_to_client", kind: yesNo, help: "Who pays: true for the client, false for the agency."},
	{name: "suppress_notification", kind: yesNo, help: "True sends the client no e-mail."},
	// 40 characters are the service's limit for the name of a client link.
	{name: "name", kind: textual, pattern: shortName, want: "1 to 40 characters on one line", help: "The name of a link, at most 40 characters."},
	{name: "time_zone", kind: zone, help: "The time zone in which the days of a roster begin (default: UTC)."},
	{name: "note", kind: textual, pattern: nonBlank, want: "one line of text, without blanks at its ends", help: "The note of a link."},
}

var profileKeys = []key{
	environmentKey,
	{name: "customer", kind: identifier, help: "The id of the customer to sign in to (default: the customer that the sign-in belongs to)."},
	{name: "managing_customer", kind: identifier, help: "The customer id of the agency whose links are managed. Required for a client's login."},
	{name: "client_id", kind: textual, pattern: oneWord, want: "the id of the app, one word", help: "The id of the app that is registered for signing in."},
	{name: "sign_in", kind: word, words: []string{microsoft, google}, help: "The sign-in service: microsoft (the default) or google."},
	{name: "tenant", kind: textual, pattern: tenantName, want: "common, organizations, consumers, or the id or domain of a tenant", help: "The Microsoft Entra tenant to sign in to (default: common)."},
	{name: "refresh_token_env", kind: variable, help: "The name of the environment variable that holds the refresh token."},
	{name: "refresh_token_file", kind: filename, help: "The name of the file that holds the refresh token."},
	{name: "developer_token_env", kind: variable, help: "The name of the environment variable that holds the developer token."},
	{name: "developer_token_file", kind: filename, help: "The name of the file that holds the developer token."},
	{name: "client_secret_env", kind: variable, help: "The name of the environment variable that holds the app's client secret, if it has one."},
	{name: "client_secret_file", kind: filename, help: "The name of the file that holds the app's client secret, if it has one."},
	{name: "defaults", kind: table, keys: rowKeys, help: "Defaults for rows when this profile is in use; they override [defaults]."},
}

var root = key{kind: table, help: "The configuration of linkbatch.", keys: []key{
	environmentKey,
	{name: "endpoint", kind: server, help: "The address of another server that speaks the Customer Management API, for the environment in this file."},
	{name: "token_url", kind: server, help: "The address of its OAuth token endpoint."},
	{name: "profiles", kind: named, pattern: profileName, want: "letters, digits, _ and -", help: "Named sets of credentials and defaults; --profile selects one.",
		keys: []key{{kind: table, keys: profileKeys, help: "A login, and where its secrets are kept. Secrets themselves do not belong here."}}},
	{name: "defaults", kind: table, keys: rowKeys, help: "Values for rows that leave a cell blank."},
	{name: "limits", kind: table, help: "Limits of a run.", keys: []key{
		// 64 is the most that --concurrency takes.
		{name: "concurrency", kind: count, least: 1, most: 64, help: "Number of calls at once, 1 to 64."},
		{name: "max_calls_per_minute", kind: count, least: 1, most: largest, help: "Maximum calls per minute."},
		{name: "max_unlinks", kind: share, most: largest, help: "Maximum number of unlinks and cancels: a number, or a share of the live links such as \"5%\"."},
		{name: "max_adds", kind: share, most: largest, help: "Maximum number of invitations: a number, or a share of the rows such as \"20%\"."},
		{name: "max_invalid", kind: share, most: largest, help: "Change nothing if more rows than this are invalid: a number, or a share of the rows such as \"5%\"."},
		{name: "on_guard", kind: word, words: []string{"stop", "hold"}, help: "When a guard trips: stop changes nothing, hold leaves out what the guard is about and sends the rest."},
	}},
	{name: "protected", kind: accounts, help: "Accounts that are never unlinked: ids or account numbers."},
	{name: "clients", kind: named, pattern: customerNumber, want: "a customer number, 10 letters and digits",
		help: "The profile that accepts or declines for a client: customer number = \"profile\".",
		keys: []key{{kind: textual, pattern: profileName, want: "the name of a profile", help: "The name of a profile in this file."}}},
}}

// find is the key of a table by its name, or nil.
func (k *key) find(name string) *key {
	for i := range k.keys {
		if k.keys[i].name == name {
			return &k.keys[i]
		}
	}
	return nil
}
