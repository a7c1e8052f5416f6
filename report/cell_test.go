package report

import (
	"strings"
	"testing"
)

func TestNeutral(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "",
		"Oak":               "Oak",
		"180012345":         "180012345",
		"=1+1":              "'=1+1",
		"+49 170 1":         "'+49 170 1",
		"-2+3":              "'-2+3",
		"--5":               "'--5",
		"@SUM(A1)":          "'@SUM(A1)",
		"  =1":              "'  =1",
		"\t=1":              "'\t=1",
		"\ttext":            "'\ttext",
		"\rtext":            "'\rtext",
		"\ntext":            "'\ntext",
		"\u00a0=1":          "'\u00a0=1",
		"\u200b=1":          "'\u200b=1",
		"\ufeff=1":          "'\ufeff=1",
		"\x00=1":            "'\x00=1",
		"＝1＋1":              "'＝1＋1",
		"＠x":                "'＠x",
		"'=1":               "'=1",
		"-5":                "-5",
		"-5.25":             "-5.25",
		"+1,5":              "+1,5",
		"-1.2.3":            "'-1.2.3",
		"-1e5":              "'-1e5",
		"-":                 "-",
		"---":               "---",
		"=":                 "=",
		" ":                 " ",
		`="180012345"`:      `="180012345"`,
		`="X1234567"`:       `="X1234567"`,
		`="a"&cmd("b")`:     `'="a"&cmd("b")`,
		`="a b"`:            `'="a b"`,
		`="`:                `="`,
		"a=b":               "a=b",
		"x@example.com":     "x@example.com",
		"\u202e=1":          "'\u202e=1",
		"|cmd":              "|cmd",
		"１２３":               "１２３",
		"-٣":                "'-٣",
		" \t\n@x":           "' \t\n@x",
		"+":                 "+",
		"=HYPERLINK(\"h\")": "'=HYPERLINK(\"h\")",
	} {
		got := neutral(in)
		if got != want {
			t.Errorf("neutral(%q) = %q, want %q", in, got, want)
		}
		if again := neutral(got); again != got {
			t.Errorf("neutral(%q) is not its own fixed point: %q", got, again)
		}
	}
}

// FuzzNeutral: a cell is either as it was or has one apostrophe before it, and
// what begins with a formula mark runs nothing.
func FuzzNeutral(f *testing.F) {
	for _, s := range []string{"", "=1", " \t=x", "＝x", "-5", "-5x", `="1"`, `="1"&A1`, "@", "\xff=1", "+,", "-,5", "-5,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := neutral(s)
		if got != s && got != "'"+s {
			t.Fatalf("neutral(%q) = %q", s, got)
		}
		if neutral(got) != got {
			t.Errorf("neutral(%q) is not its own fixed point", got)
		}
		if got == s && strings.ContainsAny(s, "(!|") && s != "" && strings.ContainsAny(s[:1], "=+-@") && !harmless(strings.TrimFunc(s, ignorable)) {
			t.Errorf("%q was let through", s)
		}
	})
}
