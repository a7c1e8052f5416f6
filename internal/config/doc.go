// Package config reads linkbatch.toml: profiles and settings.
//
// What enters is the text of a file; what leaves is a [File], whose values know
// their line, or an [Error] with every problem of the file at once, each with its
// line and column. Nothing is applied here: the caller lets flags and the
// environment override the file, supplies its own defaults, and reads the
// variables and files that the file names.
//
// The one promise: no secret belongs in the file, and none that was put there by
// mistake is ever shown. A key that would hold one is rejected with advice on
// where to put it, and the values of keys that name a variable or a file are left
// out of every message, since a secret may have been pasted there.
//
// # The file
//
//	environment = "production"          # or sandbox, simulator
//	endpoint = "https://…"              # another server for this environment
//	token_url = "https://…"
//	protected = ["X1234567", "180012345"]
//
//	[profiles.agency]                   # --profile agency
//	customer = "210012345"              # an identifier is text; a bare whole number works too
//	client_id = "00000000-0000-0000-0000-000000000000"
//	refresh_token_file = "/run/secrets/agency"
//	developer_token_env = "ADS_DEVELOPER_TOKEN"
//
//	[profiles.agency.defaults]          # override [defaults] when the profile is in use
//	bill_to_client = true
//
//	[profiles.client-a]
//	managing_customer = "210012345"     # whose invitations it may accept
//
//	[defaults]                          # for rows that leave the cell blank
//	default_action = "link"
//
//	[limits]
//	concurrency = 4
//	max_unlinks = "5%"
//
//	[clients]                           # customer number = the profile that accepts
//	C012345678 = "client-a"
//
// The table in keys.go has every key; [Schema] is the same as a JSON schema. For
// secrets that a profile does not mention there are `linkbatch login` and the
// LINKBATCH_… variables. A relative file name is relative to the folder of the
// configuration. endpoint and token_url belong to the environment at the top of
// the file, so that nothing is sent to them when another one is asked for.
//
// # Positions
//
// The parser of go-toml (syntax.go) reads one statement after another and knows
// where each part of it is written. The package that exports it is named unstable
// since its interface may change; the fuzzers hold it to what is relied on here.
// It stops at the first fault: the statement with the fault is left out and the
// rest read on, so that all problems are reported at once. What statements mean
// together is decided in tree.go, by the rules of TOML 1.1: who may add to which
// table, and what is set twice. When something had to be left out, what one key
// means for another is not checked.
package config
