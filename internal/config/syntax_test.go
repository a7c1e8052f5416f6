package config

import (
	"fmt"
	"strings"
	"testing"
)

// TestSyntax has every kind of fault of syntax with its place and its words. What
// comes after a fault is read on: each text ends with a key that is unknown, and
// is reported at its own place unless it belongs to what was left out.
func TestSyntax(t *testing.T) {
	const after = "\ncolour = 1"
	for _, test := range []struct{ text, want string }{
		{"environment = sandbox", `1:15 environment: want text in quotes, a number, true or false (put it in quotes: environment = "…")`},
		{"profiles.a.tenant = common", `1:21 profiles.a.tenant: want text in quotes, a number, true or false (put it in quotes: tenant = "…")`},
		{`"a b" = 1.2.3`, `1:9 "a b": want text in quotes, a number, true or false (put it in quotes: "a b" = "…")`},
		{"a = 0123", `1:5 a: want text in quotes, a number, true or false (put it in quotes: a = "…")`},
		{"a = 1 2", `1:5 a: want text in quotes, a number, true or false (put it in quotes: a = "…")`},
		{"a =", "1:4 a: has no value (write one after the =, or remove the key)"},
		{"a =   # todo", "1:7 a: has no value (write one after the =, or remove the key)"},

		{`a = "x" y`, "1:9 a: unexpected text after the value (start a new line, or put # before a comment)"},
		{`a = ["x"] ]`, "1:11 a: unexpected text after the value (start a new line, or put # before a comment)"},
		{`a = "x`, "1:5 a: the text that starts here has no closing quote on its line (close it with the quote that it started with)"},
		{`a = 'x"`, "1:5 a: the text that starts here has no closing quote on its line (close it with the quote that it started with)"},
		{`a = "C:\Users"`, "1:10 a: this is not a valid escape sequence in double quotes (use single quotes, or write \\\\ for each \\)"},
		{`a = "\u12"`, "1:10 a: this is not a valid escape sequence in double quotes (use single quotes, or write \\\\ for each \\)"},
		{`a = "é\q"`, "1:7 a: this is not a valid escape sequence in double quotes (use single quotes, or write \\\\ for each \\)"},
		{"a = \"x\x01\"", "1:7 a: text cannot contain a control character ()"},
		{"a = \"\xff\"", "1:6 a: this byte is not UTF-8 (save the file as UTF-8)"},
		{"# \x01", "1:3 : a comment contains a control character, or a byte that is not UTF-8 (remove it, or save the file as UTF-8)"},
		{"# \xff", "1:3 : a comment contains a control character, or a byte that is not UTF-8 (remove it, or save the file as UTF-8)"},
		{`a = """x""""""`, "1:9 a: this is not TOML ()"},

		{`a = ["x" "y"]`, "1:10 a: want a comma here, or the end of the list ()"},
		{"a = [\n \"x\"\n \"y\",\n]", "3:2 a: want a comma here, or the end of the list ()"},
		{"a = [ , ]", "1:7 a: want a value before the comma ()"},
		{"a = [ x ]", "1:7 a: want text in quotes, a number, true or false ()"},
		{"a = [ tru ]", "1:7 a: want text in quotes, a number, true or false ()"},
		{`a = { b = 1 c = 2 }`, "1:13 a: want a comma here, or the end of the table ()"},
		{`a = { , b = 1 }`, "1:7 a: want a key, = and a value before the comma ()"},

		{"nonsense", `1:9 nonsense: want a key, = and a value (write it as key = "value")`},
		{"= 5", `1:1 : want a key, = and a value (write it as key = "value")`},
		{"a. = 5", `1:4 a: want a key, = and a value (write it as key = "value")`},
		{"é = 5", `1:1 : want a key, = and a value (write it as key = "value")`},
		{"a: 5", `1:2 a: want a key, = and a value (write it as key = "value")`},
	} {
		got := reported(test.text + after)
		line := strings.Count(test.text, "\n") + 2
		want := test.want + fmt.Sprintf("\n%d:1 colour: unknown key (run linkbatch config schema for a list of all keys)", line)
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", test.text, got, want)
		}
	}
}

// TestWhatIsLeftOut: a header goes with its table, what has no end as far as the
// next statement, or to the end if all of it may be one text.
func TestWhatIsLeftOut(t *testing.T) {
	const (
		noEnd  = "the list, table or text that starts here has no end (close it with ], } or the quotes that it started with)"
		header = "want a table's name between [ and ], and nothing after it (write it as [profiles.agency])"
	)
	for text, want := range map[string]string{
		"[limits\nx = 1\n[[x\ny = 1\n[clients]\nz = 1": "1:8 limits: " + header + "\n3:4 x: " + header + "\n6:1 clients.z: a name here must be a customer number, 10 letters and digits ()",
		"[limits] x\ny = 1":                            "1:10 limits: " + header,
		"[]\ny = 1":                                    "1:2 : " + header,
		"[a.]\ny = 1":                                  "1:4 a: " + header,
		"a = [\n'x',\n[limits]\nx = 1":                 "1:5 a: " + noEnd + "\n4:1 limits.x: unknown key (run linkbatch config schema for a list of all keys)",
		"a = [\n'x'\n[[limits]]\nx = 1":                "1:5 a: " + noEnd + "\n3:3 limits: is a list: want a table (write [limits] and its keys on the lines below)",
		"a = [\n'x'\nb = 1":                            "1:5 a: " + noEnd + "\n3:1 b: unknown key (run linkbatch config schema for a list of all keys)",
		"a = {\nb = 1\nc = 1":                          "1:5 a: " + noEnd + "\n3:1 c: unknown key (run linkbatch config schema for a list of all keys)",
		"a = [\n'x',":                                  "1:5 a: " + noEnd,
		"a = {":                                        "1:5 a: " + noEnd,
		"a = \"\"\"\nb = 1\n[c]\n":                     "1:5 a: " + noEnd,
		"a = '''\nb = 1":                               "1:5 a: " + noEnd,
		"a = [\n'x' 'y'\n'z',\n]\nb = 1":               "2:5 a: want a comma here, or the end of the list ()\n5:1 b: unknown key (run linkbatch config schema for a list of all keys)",
		"a = '''\n\x01\nb''' \nc = 1":                  "2:1 a: text cannot contain a control character ()\n4:1 c: unknown key (run linkbatch config schema for a list of all keys)",
	} {
		if got := reported(text); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	// What one key means for another may have been in the part that is left out.
	if got, want := reported("[clients]\nC012345678 = 'one'\n[profiles.one"), "3:13 profiles.one: "+header; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestFaultsWithoutEnd: a file that is no configuration fills no screen.
func TestFaultsWithoutEnd(t *testing.T) {
	_, err := Parse("f", []byte(strings.Repeat("no TOML\n", 1000)))
	problems := err.(*Error).Problems
	if len(problems) != mostFaults {
		t.Errorf("%d problems, want %d", len(problems), mostFaults)
	}
	if last := problems[mostFaults-1]; last.Line != mostFaults {
		t.Errorf("the last one is %s", &last)
	}
}

// reported is the problems of a text, one a line, each with its hint.
func reported(text string) string {
	_, err := Parse("f", []byte(text))
	if err == nil {
		return ""
	}
	var all []string
	for _, p := range err.(*Error).Problems {
		all = append(all, fmt.Sprintf("%d:%d %s: %s (%s)", p.Line, p.Column, p.Key, p.Message, p.Hint))
	}
	return strings.Join(all, "\n")
}
