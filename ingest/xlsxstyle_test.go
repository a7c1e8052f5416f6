package ingest

import (
	"archive/zip"
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// storedWorkbook is a workbook whose parts are not compressed, with a part of
// styles: of its cell formats, number 1 is the format with this code.
func storedWorkbook(t *testing.T, properties, code, rows string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, part := range [][2]string{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", rootRels},
		{"xl/workbook.xml", strings.Replace(bookPart, "<sheets>", properties+"<sheets>", 1)},
		{"xl/_rels/workbook.xml.rels", strings.Replace(bookRels, "</Relationships>", `<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`, 1)},
		{"xl/worksheets/sheet1.xml", `<worksheet` + spreadsheet + `><sheetData><row r="1"><c r="A1" t="str"><v>account_id</v></c><c r="B1" t="str"><v>start_date</v></c>` +
			`<c r="C1" t="str"><v>action</v></c><c r="D1" t="str"><v>bill_to_client</v></c><c r="E1" t="str"><v>note</v></c><c r="F1" t="str"><v>Remarks</v></c></row>` + rows + `</sheetData></worksheet>`},
		{"xl/styles.xml", `<styleSheet` + spreadsheet + `><numFmts count="1"><numFmt numFmtId="164" formatCode="` + html.EscapeString(code) + `"/></numFmts>` +
			`<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>`},
		{"xl/sharedStrings.xml", twoStrings},
	} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: part[0], Method: zip.Store})
		if err == nil {
			_, err = f.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// Nothing is read of a part that is not what was packed.
func TestChecksumsAreCompared(t *testing.T) {
	book := storedWorkbook(t, `<workbookPr date1904="0"/>`, "0", `<row r="2"><c r="A2"><v>180012345</v></c><c r="B2" s="2"><v>46000</v></c></row>`)
	_, rows := readAll(t, write(t, "roster.xlsx", string(book)), Options{})
	if got := rows[0].StartDate.String(); got != "2025-12-09" {
		t.Fatalf("got %s, %v", got, rows[0].Problems)
	}
	const damaged = "roster.xlsx: is a damaged workbook: "
	for _, test := range []struct{ was, is, want string }{
		{`date1904="0"`, `date1904="1"`, damaged + "its part xl/workbook.xml cannot be read: zip: checksum error"},
		{`numFmtId="14"`, `numFmtId="10"`, damaged + "its part xl/styles.xml cannot be read: zip: checksum error"},
		{`ContentType="`, `ContentTypo="`, damaged + "its part [Content_Types].xml cannot be read: zip: checksum error"},
		{`Id="rId3"`, `Id="rId4"`, damaged + "its part xl/_rels/workbook.xml.rels cannot be read: zip: checksum error"},
		{`Id="rId1"`, `Id="rId4"`, damaged + "its part _rels/.rels cannot be read: zip: checksum error"},
		{`Birch`, `Larch`, damaged + "its shared strings cannot be read: string 3: zip: checksum error"},
		{`180012345`, `180012346`, "roster.xlsx: Clients!3: cannot be read exactly: zip: checksum error"},
	} {
		changed := bytes.Replace(book, []byte(test.was), []byte(test.is), 1)
		fault := openError(t, write(t, "roster.xlsx", string(changed)), Options{})
		if got := fault.Error(); got != test.want || fault.Hint != saveAgain {
			t.Errorf("%s:\ngot  %s\nwant %s", test.is, got, test.want)
		}
	}
}

func TestDateSystemInWords(t *testing.T) {
	const rows = `<row r="2"><c r="A2"><v>180012345</v></c><c r="B2" s="2"><v>46000</v></c></row>`
	for value, want := range map[string]string{
		"1": "2029-12-10", "true": "2029-12-10", "on": "2029-12-10",
		"0": "2025-12-09", "false": "2025-12-09", "off": "2025-12-09",
	} {
		book := storedWorkbook(t, `<workbookPr filterPrivacy="on" date1904='`+value+`'/>`, "0", rows)
		_, read := readAll(t, write(t, "roster.xlsx", string(book)), Options{})
		if got := read[0].StartDate.String(); got != want {
			t.Errorf("%s: got %s, want %s", value, got, want)
		}
	}
	book := storedWorkbook(t, `<workbookPr date1904="maybe"/>`, "0", rows)
	fault := openError(t, write(t, "roster.xlsx", string(book)), Options{})
	if want := `roster.xlsx: is a damaged workbook: its part xl/workbook.xml cannot be read: does not say whether its dates count from 1904: date1904="maybe"`; fault.Error() != want || fault.Hint != saveAgain {
		t.Errorf("got %s", fault)
	}
}

// What a person sees is not what would be read.
func TestIdentifiersShownOtherwise(t *testing.T) {
	const rows = `<row r="2"><c r="A2" s="1"><v>180012345</v></c></row><row r="3"><c r="A3"><v>180012346</v></c></row><row r="4"><c r="A4" s="2"><v>180012347</v></c></row>`
	stray := `roster.xlsx: Clients!A4: account_id "180012347": the spreadsheet displays something else; the cell contains 180012347`
	for code, want := range map[string][]string{
		`0"7"`:  {`roster.xlsx: Clients!A2: account_id "180012345": the spreadsheet displays something else; the cell contains 180012345`, stray},
		"#,##0": {stray},
	} {
		_, read := readAll(t, write(t, "roster.xlsx", string(storedWorkbook(t, "", code, rows))), Options{})
		if diff := cmp.Diff(want, problemLines(read)); diff != "" || read[0].AccountID != 180012345 || read[0].Invalid() != (code == `0"7"`) {
			t.Errorf("%s: %s", code, diff)
		}
		if hint := read[2].Problems[0].Hint; hint != "set the cell's format to General, and check whether that is what is meant" {
			t.Errorf("hint %q", hint)
		}
	}
}
