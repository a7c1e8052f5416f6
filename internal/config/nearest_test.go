package config

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	names := []string{"environment", "endpoint", "limits", "name", "note"}
	for name, want := range map[string]string{
		"environment": "environment", "enviroment": "environment", "evnironmnet": "environment", "environ": "environment", "env": "environment",
		"end": "endpoint", "limit": "limits", "nane": "name", "nam": "name", "no": "", "nmae": "name", "en": "", "colour": "", "": "",
		"nabb": "", "lamots": "limits", "lamotz": "", "notes": "note", strings.Repeat("name", 20): "",
	} {
		if got := nearest(name, names); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestUnknownKeys: a key that is misspelt, or in the wrong table, or both.
func TestUnknownKeys(t *testing.T) {
	for text, want := range map[string]string{
		"enviroment = 1":                "1:1 enviroment: unknown key, did you mean \"environment\"? ()",
		"Token-URL = 1":                 "1:1 Token-URL: unknown key, did you mean \"token_url\"? ()",
		"[profile.a]\nx = 1":            "1:2 profile: unknown key, did you mean \"profiles\"? ()",
		"[profiles.a]\nmanaging = 1":    "2:1 profiles.a.managing: unknown key, did you mean \"managing_customer\"? ()",
		"[profiles.a]\n'client id' = 1": "2:1 profiles.a.\"client id\": unknown key, did you mean \"client_id\"? ()",
		"max_unlinks = 1":               "1:1 max_unlinks: unknown key (it belongs under [limits])",
		"max_unlink = 1":                "1:1 max_unlink: unknown key (if you mean max_unlinks, it belongs under [limits])",
		"[limits]\nendpoint = 1":        "2:1 limits.endpoint: unknown key (it belongs at the top, before the first [table])",
		"[limits]\nprofiles = {}":       "2:1 limits.profiles: unknown key (it belongs at the top, before the first [table])",
		"[profiles.a]\nlimits = {}":     "2:1 profiles.a.limits: unknown key (it belongs at the top, as [limits])",
		"[limits]\ntenant = 1":          "2:1 limits.tenant: unknown key (it belongs under [profiles.NAME])",
		"note = 1":                      "1:1 note: unknown key (it belongs under [profiles.NAME.defaults] or under [defaults])",
		"colour = 1":                    "1:1 colour: unknown key (run linkbatch config schema for a list of all keys)",
		"'a\\nb' = 1":                   "1:1 \"a\\\\nb\": unknown key (run linkbatch config schema for a list of all keys)",
		`"a\u001b" = 1`:                 `1:1 "a\x1b": unknown key (run linkbatch config schema for a list of all keys)`,
	} {
		if got := reported(text); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	long := strings.Repeat("x", 300)
	if got, want := reported(long+" = 1"), `1:1 "`+long[:60]+`…": unknown key (run linkbatch config schema for a list of all keys)`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
