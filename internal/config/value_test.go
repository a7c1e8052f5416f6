package config

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestValues has each kind of key with values that it accepts, as they are kept,
// and with those that it rejects, with the words for each. The line above and the
// blanks before the value are there for the place.
func TestValues(t *testing.T) {
	for _, test := range []struct {
		key  string
		good map[string]string // what is written, and what is kept
		bad  map[string]string // what is written, and what is said of it
	}{
		{"environment", map[string]string{`"production"`: "production", `'sandbox'`: "sandbox", `"""simulator"""`: "simulator", `"\u0073andbox"`: "sandbox"}, map[string]string{
			`"prod"`:                            `"prod": want production, sandbox or simulator, did you mean "production"? ()`,
			`"SANDBOX"`:                         `"SANDBOX": want production, sandbox or simulator, did you mean "sandbox"? ()`,
			`"moon"`:                            `"moon": want production, sandbox or simulator ()`,
			`""`:                                "is empty (write a value, or remove the key)",
			`3`:                                 "3: want text in quotes ()",
			`true`:                              "true: want text in quotes ()",
			`1979-05-27`:                        "1979-05-27: want text in quotes ()",
			`07:32:00`:                          "07:32:00: want text in quotes ()",
			`["sandbox"]`:                       "is a list: want text in quotes ()",
			`{a = 1}`:                           "is a table: want text in quotes ()",
			"'a\tb'":                            "contains a line break or another control character (write it on one line)",
			"'''\nsandbox\n'''":                 "contains a line break or another control character (write it on one line)",
			`"` + strings.Repeat("é", 61) + `"`: `"` + strings.Repeat("é", 60) + `…": want production, sandbox or simulator ()`,
		}},
		{"endpoint", map[string]string{`"https://api.example.com/a"`: "https://api.example.com/a", `"http://127.0.0.1:1"`: "http://127.0.0.1:1"}, map[string]string{
			`"http://api.example.com"`:      `"http://api.example.com": plain http is for this machine only (localhost, 127.0.0.1, ::1): use https ()`,
			`"api.example.com"`:             "want https://host/path, without a user, ? or # ()",
			`"https://me:hush@example.com"`: "want https://host/path, without a user, ? or # ()",
			`"https://example.com/?x"`:      "want https://host/path, without a user, ? or # ()",
		}},
		{"limits.concurrency", map[string]string{"1": "1", "6_4": "64", "+4": "4", "0x10": "16", "0o17": "15", "0b11": "3"}, map[string]string{
			"0": "0: want 1 to 64 ()", "65": "65: want 1 to 64 ()", "-1": "-1: want 1 to 64 ()",
			"99999999999999999999": "99999999999999999999: want 1 to 64 ()",
			`"4"`:                  "is text: want a whole number, without quotes ()",
			"4.0":                  "4.0: want a whole number, without quotes ()",
			"inf":                  "inf: want a whole number, without quotes ()",
			"-nan":                 "-nan: want a whole number, without quotes ()",
		}},
		{"limits.max_invalid", map[string]string{"0": "0", "1_000_000_000": "1000000000"}, map[string]string{
			"1_000_000_001":         "1_000_000_001: want 0 to 1000000000 ()",
			strings.Repeat("1", 61): strings.Repeat("1", 60) + "…: want 0 to 1000000000 ()",
		}},
		{"limits.max_unlinks", map[string]string{"0": "0", "10": "10", `"10"`: "10", `"5%"`: "5%", `"0%"`: "0%", `"100%"`: "100%"}, map[string]string{
			`"101%"`: `"101%": want a number such as 10, or a share such as "5%" ()`,
			`"5 %"`:  `"5 %": want a number such as 10, or a share such as "5%" ()`,
			`0.05`:   "0.05: want text in quotes ()",
			"-1":     "-1: want 0 to 1000000000 ()",
		}},
		{"defaults.bill_to_client", map[string]string{"true": "true", "false": "false"}, map[string]string{
			`"true"`: "is text: want true or false, without quotes ()",
			"1":      "1: want true or false, without quotes ()",
			"[]":     "is a list: want true or false, without quotes ()",
		}},
		{"defaults.name", map[string]string{`"A link"`: "A link", `"` + strings.Repeat("é", 40) + `"`: strings.Repeat("é", 40)}, map[string]string{
			`"` + strings.Repeat("é", 41) + `"`: `"` + strings.Repeat("é", 41) + `": want 1 to 40 characters on one line ()`,
		}},
		{"defaults.time_zone", map[string]string{`"UTC"`: "UTC", `"Europe/Berlin"`: "Europe/Berlin"}, map[string]string{
			`"Berlin"`:          `"Berlin": want the name of a time zone, such as UTC or Europe/Berlin ()`,
			`"Europe/Atlantis"`: `"Europe/Atlantis": want the name of a time zone, such as UTC or Europe/Berlin ()`,
			`"Local"`:           `"Local": want the name of a time zone, such as UTC or Europe/Berlin ()`,
			`1`:                 "1: want text in quotes ()",
		}},
		{"defaults.note", map[string]string{`"x"`: "x", `"two words"`: "two words"}, map[string]string{
			`" x"`: `" x": want one line of text, without blanks at its ends ()`,
			`" "`:  `" ": want one line of text, without blanks at its ends ()`,
		}},
		{"profiles.a.customer", map[string]string{`"210012345"`: "210012345", "210012345": "210012345", "9223372036854775807": "9223372036854775807"}, map[string]string{
			"2_1":                   "2_1: want the digits of an id in quotes ()",
			"0x1F":                  "0x1F: want the digits of an id in quotes ()",
			"+21":                   "+21: want the digits of an id in quotes ()",
			"0":                     "0: want the digits of an id in quotes ()",
			"2.1e8":                 "2.1e8: want the digits of an id in quotes; a number with a point or an exponent may have lost digits ()",
			`"0123"`:                `"0123": want an id: digits that do not start with 0 ()`,
			`" 21"`:                 `" 21": want an id: digits that do not start with 0 ()`,
			`"C012345678"`:          `"C012345678": want an id: digits that do not start with 0 (this looks like the number with letters that the website shows; the id is different and has only digits)`,
			`"9223372036854775808"`: `"9223372036854775808": too large for an id ()`,
			"9223372036854775808":   `"9223372036854775808": too large for an id ()`,
			`true`:                  "true: want the digits of an id in quotes ()",
		}},
		{"profiles.a.client_id", map[string]string{`"00000000-0000-0000-0000-000000000000"`: "00000000-0000-0000-0000-000000000000"}, map[string]string{
			`"two words"`: "want the id of the app, one word ()",
			`12`:          "is a whole number: want text in quotes ()",
			`1.5`:         "is a decimal number: want text in quotes ()",
			`true`:        "is true or false: want text in quotes ()",
			`07:32:00`:    "is a date or time: want text in quotes ()",
		}},
		{"profiles.a.tenant", map[string]string{`"common"`: "common", `"contoso.example"`: "contoso.example"}, map[string]string{
			`"../x"`: `"../x": want common, organizations, consumers, or the id or domain of a tenant ()`,
			`"-"`:    `"-": want common, organizations, consumers, or the id or domain of a tenant ()`,
		}},
		{"profiles.a.refresh_token_env", map[string]string{`"ADS_TOKEN_2"`: "ADS_TOKEN_2"}, map[string]string{
			`"0.AXcA-x"`: "want the name of an environment variable: letters, digits and _ (if this is the secret itself, remove it from the file and name the variable that holds it)",
			`"2ND"`:      "want the name of an environment variable: letters, digits and _ (if this is the secret itself, remove it from the file and name the variable that holds it)",
		}},
		{"profiles.a.refresh_token_file", map[string]string{`"secrets/a"`: "secrets/a", `"/run/a b"`: "/run/a b", `"a~"`: "a~"}, map[string]string{
			`"~/a"`: "~ is not expanded here (write the full path, or one from the folder of this file)",
		}},
	} {
		for written, want := range test.good {
			f, err := Parse("f", []byte("# here\n"+test.key+"  =  "+written))
			if err != nil {
				t.Errorf("%s = %s: %v", test.key, written, err)
				continue
			}
			if v, _ := f.Lookup("", test.key); v.Text != want || v.Line != 2 || v.Column != len(test.key)+6 {
				t.Errorf("%s = %s: %+v, want %q", test.key, written, v, want)
			}
		}
		for written, want := range test.bad {
			got := reported("\n" + test.key + " = " + written)
			if want := "2:" + strconv.Itoa(len(test.key)+4) + " " + test.key + ": " + want; got != want {
				t.Errorf("%s = %s:\n got %s\nwant %s", test.key, written, got, want)
			}
		}
	}
}

// TestAccountLists: every element is checked at its place, and kept in upper case.
func TestAccountLists(t *testing.T) {
	f := parseOK(t, "protected = [ 'x1234567', # one\n 180012345, \"c012345678\" ]")
	want := []Value{{"X1234567", "etc/linkbatch.toml", 1, 15}, {"180012345", "etc/linkbatch.toml", 2, 2}, {"C012345678", "etc/linkbatch.toml", 2, 13}}
	if got := f.Protected(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	f.Protected()[0].Text = "changed"
	if f.Protected()[0].Text != "X1234567" {
		t.Error("what is returned is not a copy")
	}
	for text, want := range map[string]string{
		"protected = []":           "",
		"protected = 'X1234567'":   `1:13 protected: is text: want a list (write it as ["X1234567", "180012345"])`,
		"protected.a = 1":          `1:1 protected: is a table: want a list (write it as ["X1234567", "180012345"])`,
		"[protected]":              `1:2 protected: is a table: want a list (write it as ["X1234567", "180012345"])`,
		"protected = ['']":         `1:14 protected[0]: "": want an account's id, or its number such as X1234567 ()`,
		"protected = ['X123']":     `1:14 protected[0]: "X123": want an account's id, or its number such as X1234567 ()`,
		"protected = ['a', 012]":   "1:19 protected: a number cannot start with 0 (put it in quotes if it is an id)",
		"protected = [1X]":         "1:15 protected: want text in quotes, a number, true or false (put it in quotes)",
		"protected = [\n[ 'x' ] ]": "2:1 protected[0]: is a list: want an account's id or number in quotes ()",
		"protected = [1, { a=1 }]": "1:17 protected[1]: is a table: want an account's id or number in quotes ()",
		"protected = [1.5e7]":      "1:14 protected[0]: 1.5e7: want an account's id or number in quotes; a number with a point or an exponent may have lost digits ()",
		"[[protected]]\na = 1":     "1:3 protected[0]: is a table: want an account's id or number in quotes ()",
	} {
		if got := reported(text); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}
