package report

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestNeutral(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "",
		"Oak":               "Oak",
		"180012345":         "180012345",
		"=1+1":              "'=1+1",
		"+49 170 1":         "+49 170 1",
		"-2+3":              "'-2+3",
		"--5":               "'--5",
		"@SUM(A1)":          "'@SUM(A1)",
		"  =1":              "'  =1",
		"\t=1":              "'\t=1",
		"\ttext":            "\ttext",
		"\rtext":            "\rtext",
		"\ntext":            "\ntext",
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
		"-1.2.3":            "-1.2.3",
		"-1e5":              "-1e5",
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

		// numbers
		"-5 %":         "-5 %",
		"+1 234,50 €":  "+1 234,50 €",
		"-$1,234.50":   "-$1,234.50",
		"+1\u00a0234":  "+1\u00a0234",
		"-5*2":         "'-5*2",
		"-$A$1":        "'-$A$1",
		"+49170123456": "+49170123456",

		// telephones
		"+49 (0)30 12-34": "+49 (0)30 12-34",
		"+49 170/1234567": "+49 170/1234567",
		"+1 (555) 010-99": "+1 (555) 010-99",
		"+49-170-1":       "'+49-170-1", // a subtraction
		"+49/170/1":       "'+49/170/1",
		"+(49)170":        "'+(49)170",

		// a number and more
		"+1 Fitness":             "+1 Fitness",
		"+1 Fitness & Co: North": "+1 Fitness & Co: North",
		"-3 nights/week":         "-3 nights/week",
		"+1 Ünal":                "+1 Ünal",
		"+1Fitness":              "'+1Fitness",
		"+Fitness":               "'+Fitness",
		"- call them":            "'- call them",
		"+1 SUM(A1)":             "'+1 SUM(A1)",
		"+1 cmd|' /C calc'!A0":   "'+1 cmd|' /C calc'!A0",
		"+1 A=B":                 "'+1 A=B",
		"=1 Fitness":             "'=1 Fitness",
		"\t+1 Fitness":           "\t+1 Fitness",
		"\r=cmd|' /C calc'!A0":   "'\r=cmd|' /C calc'!A0",
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

// calls is what a formula must have to do anything beyond arithmetic: a call, a
// reference to elsewhere or another program, a string.
var calls = regexp.MustCompile(`\pL[\pL\pN_.]*\(|[|!"\[{]`)

// FuzzNeutral: a cell is either as it was or has one apostrophe before it, and
// what begins with a formula mark and is left as it is calls nothing.
func FuzzNeutral(f *testing.F) {
	for _, s := range []string{"", "=1", " \t=x", "＝x", "-5", "-5x", `="1"`, `="1"&A1`, "@", "\xff=1", "+,", "-,5", "-5,", "+1 Fit", "+1 A(1)", "-1 (2)"} {
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
		body := strings.TrimFunc(s, ignorable)
		if first, _ := utf8.DecodeRuneInString(body); got != s || body == "" || !strings.ContainsRune(formulaMarks, first) {
			return
		}
		if word := strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }); word && calls.MatchString(body) && !textFormula.MatchString(body) {
			t.Errorf("%q was let through", s)
		}
	})
}
