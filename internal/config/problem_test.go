package config

import (
	"errors"
	"strings"
	"testing"
)

// TestPosition counts lines and columns as an editor shows them.
func TestPosition(t *testing.T) {
	for _, test := range []struct {
		text         string
		offset       int
		line, column int
	}{
		{"", 0, 1, 1}, {"", 5, 1, 1}, {"ab", 0, 1, 1}, {"ab", 1, 1, 2}, {"ab", 2, 1, 3}, {"ab", -1, 1, 1},
		{"a\nb", 1, 1, 2}, {"a\nb", 2, 2, 1}, {"a\r\nb", 3, 2, 1},
		{"éa", 2, 1, 2}, {"éa", 1, 1, 1}, // within a character: its beginning
		{"日本\n語x", 10, 2, 2},
		{"a\n\n\n", 4, 1, 2}, {"a\r\n\r\n", 5, 1, 2}, // missing at the end: in the last line that is not blank
		{"\xffa", 1, 1, 2},
	} {
		if line, column := position(test.text, test.offset); line != test.line || column != test.column {
			t.Errorf("%q at %d: %d:%d, want %d:%d", test.text, test.offset, line, column, test.line, test.column)
		}
	}
}

// TestProblemsAreInTheOrderOfTheFile, whatever found them: syntax is read before
// values, and those before what one key means for another.
func TestProblemsAreInTheOrderOfTheFile(t *testing.T) {
	_, err := Parse("dir/f.toml", []byte("colour = 1\ncolour = 2\nenvironment = 'moon'\n[limits]\nconcurrency = 0\nx = 1\n[clients]\nC012345678 = 'a'\nC012345678 = 'b'"))
	want := strings.Join([]string{
		"dir/f.toml:1:1: colour: unknown key",
		"dir/f.toml:2:1: colour: is already set in line 1",
		`dir/f.toml:3:15: environment: "moon": want production, sandbox or simulator`,
		"dir/f.toml:5:15: limits.concurrency: 0: want 1 to 64",
		"dir/f.toml:6:1: limits.x: unknown key",
		`dir/f.toml:8:14: clients.C012345678: "a": no such profile`,
		"dir/f.toml:9:1: clients.C012345678: is already set in line 8",
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	problems, ok := errors.AsType[*Error](err)
	if !ok || problems.Problems[0].Hint == "" || strings.Contains(problems.Problems[0].String(), problems.Problems[0].Hint) {
		t.Errorf("the hint is missing, or in the line of the problem: %+v", problems.Problems[0])
	}
	if got := (&Problem{File: "f", Line: 3, Column: 4, Message: "is UTF-16"}).String(); got != "f:3:4: is UTF-16" {
		t.Errorf("without a key: %s", got)
	}
}

// TestWholeFile is what one key means for another.
func TestWholeFile(t *testing.T) {
	for text, want := range map[string]string{
		"environment = 'simulator'\nendpoint = 'https://x'":                             "2:1 endpoint: the simulator runs its own server (remove it, or remove environment)",
		"environment = 'simulator'\ntoken_url = 'https://x'":                            "2:1 token_url: the simulator runs its own server (remove it, or remove environment)",
		"environment = 'sandbox'\nendpoint = 'https://x'":                               "",
		"[profiles.a]\nenvironment = 'simulator'":                                       "",
		"[profiles.a]\nrefresh_token_env = 'A'\nrefresh_token_file = 'a'":               "3:1 profiles.a.refresh_token_file: refresh_token_env is set too (keep one of them)",
		"[profiles.a]\ndeveloper_token_file = 'a'\ndeveloper_token_env = 'A'":           "2:1 profiles.a.developer_token_file: developer_token_env is set too (keep one of them)",
		"[profiles.a]\nclient_secret_file = 'a'\nclient_secret_env = 'A'":               "2:1 profiles.a.client_secret_file: client_secret_env is set too (keep one of them)",
		"[profiles.a]\nclient_secret_file = 'a'\nrefresh_token_env = 'A'":               "",
		"[profiles.a]\nclient_secret_file = 'a'\n[profiles.b]\nclient_secret_env = 'A'": "",
		"[profiles.a]\ntenant = 'common'\nsign_in = 'google'":                           `2:1 profiles.a.tenant: is for signing in with Microsoft only (remove it, or write sign_in = "microsoft")`,
		"[profiles.a]\ntenant = 'common'\nsign_in = 'microsoft'":                        "",
		"[profiles.a]\ntenant = 'common'\n[profiles.b]\nsign_in = 'google'":             "",
		"[clients]\nC012345678 = 'agncy'\n[profiles.agency]":                            `2:14 clients.C012345678: "agncy": no such profile, did you mean "agency"? (add [profiles.agncy])`,
		"[clients]\nC012345678 = 'x'\n[profiles.agency]":                                `2:14 clients.C012345678: "x": no such profile (add [profiles.x])`,
		"[clients]\nC012345678 = 'a'\nc012345678 = 'a'\n[profiles.a]":                   "3:1 clients.c012345678: is already set in line 2, in other case (keep one of them)",
		"clients.C012345678 = 'a'\nclients.F012345678 = 'a'\nprofiles.a.customer = '1'": "",
		"[clients]\nC0123 = 'a'\n'C012 45678' = 'a'\n[profiles.a]":                      "2:1 clients.C0123: a name here must be a customer number, 10 letters and digits ()\n3:1 clients.\"C012 45678\": a name here must be a customer number, 10 letters and digits ()",
		"[clients]\nC012345678 = 5":                                                     "2:14 clients.C012345678: 5: want text in quotes ()",
		"[profiles]\n'a b' = {}\n[profiles.\"\"]":                                       "2:1 profiles.\"a b\": a name here must be letters, digits, _ and - ()\n3:11 profiles.\"\": a name here must be letters, digits, _ and - ()",
		"profiles = 5\nclients = []\nlimits = 'x'\ndefaults = 1":                        "1:12 profiles: is a whole number: want a table ()\n2:11 clients: is a list: want a table ()\n3:10 limits: is text: want a table (write [limits] and its keys on the lines below)\n4:12 defaults: is a whole number: want a table (write [defaults] and its keys on the lines below)",
		"[profiles.a.customer]":                                                         "1:13 profiles.a.customer: is a table: want the digits of an id in quotes ()",
		"[environment]":                                                                 "1:2 environment: is a table: want text in quotes ()",
		"environment = 'simulator'\nendpoint = 'https://x'\nx =":                        "3:4 x: has no value (write one after the =, or remove the key)", // nothing is said of the whole
	} {
		if got := reported(text); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}
