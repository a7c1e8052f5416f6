package ingest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runs is a cell with a text in several pieces; those that begin with - are crossed
// out, those with ^ raised.
func runs(column string, row int, pieces ...string) string {
	text := ""
	for _, piece := range pieces {
		properties := ""
		switch piece[0] {
		case '-':
			properties, piece = `<rPr><strike/></rPr>`, piece[1:]
		case '^':
			properties, piece = `<rPr><vertAlign val="superscript"/></rPr>`, piece[1:]
		case '+':
			properties, piece = `<rPr><b/></rPr>`, piece[1:]
		}
		text += "<r>" + properties + `<t xml:space="preserve">` + piece + "</t></r>"
	}
	return fmt.Sprintf(`<c r="%s%d" t="inlineStr"><is>%s</is></c>`, column, row, text)
}

// What is crossed out or raised is neither read as if it were not, nor left out.
func TestCrossedOutAndRaised(t *testing.T) {
	const (
		inPart = "is crossed out in part; the cell contains all of it"
		whole  = "is crossed out, and the row is not"
		footer = "is raised or lowered in part, as a footnote mark is; the cell contains all of it"
	)
	for name, test := range map[string]struct {
		cells []string
		want  []string
	}{
		"bold":                 {[]string{runs("A", 2, "18", "+0012345"), runs("C", 2, "un", "+link")}, nil},
		"id in part":           {[]string{runs("A", 2, "-1", "180012345")}, []string{`error: account_id "1180012345": ` + inPart}},
		"action in part":       {[]string{runs("A", 2, "180012345"), runs("C", 2, "-un", "link")}, []string{`error: action "unlink": ` + inPart}},
		"payer in part":        {[]string{runs("A", 2, "180012345"), runs("D", 2, "-yes", " no")}, []string{`error: bill_to_client "yes no": is neither yes nor no`, `error: bill_to_client "yes no": ` + inPart}},
		"date in part":         {[]string{runs("A", 2, "180012345"), runs("B", 2, "2026-12-0", "-1", "2")}, []string{`error: start_date "2026-12-012": is not a date`, `error: start_date "2026-12-012": ` + inPart}},
		"action alone":         {[]string{runs("A", 2, "180012345"), runs("C", 2, "-unlink")}, []string{`error: action "unlink": ` + whole}},
		"account alone":        {[]string{runs("A", 2, "-180012345"), runs("C", 2, "unlink")}, []string{`error: account_id "180012345": ` + whole}},
		"row":                  {[]string{runs("A", 2, "-180012345"), runs("C", 2, "-un", "-link"), runs("E", 2, "-gone")}, []string{"warning:  : " + struckRow.message}},
		"row but a column":     {[]string{runs("A", 2, "-180012345"), runs("C", 2, "-unlink"), runs("F", 2, "left in May")}, []string{"warning:  : " + struckRow.message}},
		"note in part":         {[]string{runs("A", 2, "180012345"), runs("E", 2, "-old", "new")}, []string{`warning: note "oldnew": ` + inPart}},
		"footnote":             {[]string{runs("A", 2, "18374532", "^8"), runs("C", 2, "unlink")}, []string{`error: account_id "183745328": ` + footer}},
		"footnote of a note":   {[]string{runs("A", 2, "180012345"), runs("E", 2, "Acme", "^TM")}, nil},
		"footnote of a date":   {[]string{runs("A", 2, "180012345"), runs("B", 2, "2026-12-0", "^1")}, []string{`error: start_date "2026-12-01": ` + footer}},
		"raised as a whole":    {[]string{runs("A", 2, "^180012345")}, nil},
		"beside the table":     {[]string{runs("A", 2, "180012345"), runs("G", 2, "-see", " below")}, []string{`warning:  "see below": is outside the table and is not carried along`}},
		"footnote of a column": {[]string{runs("A", 2, "180012345"), runs("F", 2, "4", "^2")}, nil},
	} {
		sheet := `<row r="2">` + strings.Join(test.cells, "") + "</row>"
		_, rows := readAll(t, write(t, "roster.xlsx", string(storedWorkbook(t, "", "0", sheet))), Options{})
		var got []string
		for _, p := range rows[0].Problems {
			value := ""
			if p.Value != "" {
				value = fmt.Sprintf("%q", p.Value)
			}
			got = append(got, fmt.Sprintf("%s: %s %s: %s", p.Severity, p.Column, value, p.Message))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What programs that cannot calculate write for the value of a formula is not
// read as one, if the file says that it is to be calculated.
func TestPlaceholderOfAFormula(t *testing.T) {
	const (
		cells = `<row r="2"><c r="A2"><v>180012345</v></c><c r="D2"><f>IF(E2="client",TRUE,FALSE)</f><v>%s</v></c><c r="F2"><f>1-1</f><v>0</v></c></row>`
		again = `<calcPr fullCalcOnLoad="1"/>`
	)
	for _, test := range []struct{ calc, value, want string }{
		{again, "0", `roster.xlsx: Clients!D2: bill_to_client "0": is a formula without a saved value`},
		{again, "1", `roster.xlsx: Clients!D2: bill_to_client "1": is the saved value of a formula, and the workbook asks to be calculated again`},
		{`<calcPr fullCalcOnLoad="0"/>`, "0", ""},
		{"", "0", ""},
	} {
		book := storedWorkbook(t, test.calc, "0", fmt.Sprintf(cells, test.value))
		_, rows := readAll(t, write(t, "roster.xlsx", string(book)), Options{})
		if got := strings.Join(problemLines(rows), "\n"); got != test.want || rows[0].Invalid() != (test.calc == again && test.value == "0") {
			t.Errorf("%s %s: got %s", test.calc, test.value, got)
		}
		if got := rows[0].Cells[3]; got != test.value {
			t.Errorf("the cell is %q, want %q", got, test.value)
		}
	}
}
