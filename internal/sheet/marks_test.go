package sheet

import (
	"io"
	"strings"
	"testing"
)

// How much of a text is crossed out, or raised, by its runs and by the font of its
// cell.
func TestMarks(t *testing.T) {
	const strike, super = `<rPr><strike/></rPr>`, `<rPr><vertAlign val="superscript"/></rPr>`
	run := func(properties, text string) string { return "<r>" + properties + "<t>" + text + "</t></r>" }
	for _, test := range []struct {
		text           string
		cell           font
		struck, raised Extent
	}{
		{"<t>180012345</t>", font{}, None, None},
		{"<t>180012345</t>", font{struck: true}, All, None},
		{"<t>180012345</t>", font{raised: true}, None, All},
		{run("", "18") + run("<rPr><b/></rPr>", "0012345"), font{}, None, None},
		{run(strike, "un") + run("", "link"), font{}, Part, None},
		{run(strike, "un") + run("<rPr><b/></rPr>", "link"), font{struck: true}, Part, None},
		{run("", "un") + run(strike, "link"), font{struck: true}, All, None},
		{run(strike, "unlink") + run("", " "), font{}, All, None},
		{run("", "18374532") + run(super, "8"), font{}, None, Part},
		{run("", "X") + run(`<rPr><vertAlign val="subscript"/></rPr>`, "2"), font{}, None, Part},
		{run(`<rPr><strike val="0"/><vertAlign val="baseline"/></rPr>`, "a") + run("", "b"), font{}, None, None},
		{run(`<rPr><strike val="false"/></rPr>`, "a") + run(`<rPr><strike val="1"/></rPr>`, "b"), font{}, Part, None},
		{"<t>a</t><rPh><r>" + strike + "<t>b</t></r></rPh>", font{}, None, None},
	} {
		book := &Book{strings: &Strings{}, styles: []style{{font: test.cell}}}
		var err error
		book.strings, err = readStrings(strings.NewReader("<sst><si><t>plain</t></si><si>" + test.text + "</si><si><t>plain</t></si></sst>"))
		if err != nil {
			t.Fatal(err)
		}
		rows := newReader(io.NopCloser(strings.NewReader(`<worksheet><sheetData><row><c t="inlineStr"><is>`+test.text+
			`</is></c><c t="s"><v>1</v></c><c t="s" s="9"><v>2</v></c></row></sheetData></worksheet>`)), book)
		row, err := rows.Next()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range row.Cells[:2] {
			if c.Struck != test.struck || c.Raised != test.raised {
				t.Errorf("%s in a cell of %+v: struck %d, raised %d", test.text, test.cell, c.Struck, c.Raised)
			}
		}
		if c := row.Cells[2]; c.Struck != None || c.Raised != None {
			t.Errorf("a plain text after %s: struck %d, raised %d", test.text, c.Struck, c.Raised)
		}
	}
}
