package sheet

import "testing"

func TestNumberFormatsThatAlterDigits(t *testing.T) {
	for _, code := range []string{
		`0"7"`, `0\0`, `"X"0`, `0,`, `#,##0,`, `0.0,`, `0,.0`, `0%`, `0.00%`, `;;;`, `"hidden"`, `0*7`, `"٣"0`, `General"7"`, `7General`, `#"7",##0`,
		`h:mm`, `[h]:mm`, `x0`, `"-";0`, `[>100]0"7";0`, `70`,
	} {
		if !altersDigits(code) {
			t.Errorf("%s: is said to alter nothing", code)
		}
	}
	for _, code := range []string{
		"General", "", "0", "#,##0", "0.00", "@", "# ##0", "#,##0.00_);[Red](#,##0.00)", `"$"#,##0`, `#,##0 "€"`, "[$€-407] #,##0", "[$USD] 0", "[Blue]0",
		`_(* #,##0_);_(* \(#,##0\);_(* "-"??_);_(@_)`, "0.00E+00", "##0.0E+0", "# ?/?", "# ?/16", "000-00-0000", "0;-0;;@", `[=0]"none";0`, `0_X`, "#,##0円", "General_)",
		"[$-409]General", "0_ ",
	} {
		if altersDigits(code) {
			t.Errorf("%s: is said to alter digits", code)
		}
	}
}
