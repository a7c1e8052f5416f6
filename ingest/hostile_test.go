package ingest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	contentTypes = `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`
	rootRels     = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookRels     = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	bookPart     = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Clients" sheetId="1" r:id="rId1"/></sheets></workbook>`
	spreadsheet  = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	twoStrings   = `<sst` + spreadsheet + ` count="2" uniqueCount="2"><si><t>account_id</t></si><si><t>Birch Ltd</t></si></sst>`
)

// rawWorkbook is a workbook made of these parts, written by hand; without a table
// of shared strings if that is empty.
func rawWorkbook(tb testing.TB, sheet, strings string) []byte {
	tb.Helper()
	parts := []string{
		"[Content_Types].xml", contentTypes, "_rels/.rels", rootRels, "xl/workbook.xml", bookPart,
		"xl/_rels/workbook.xml.rels", bookRels, "xl/worksheets/sheet1.xml", sheet,
	}
	if strings != "" {
		parts = append(parts, "xl/sharedStrings.xml", strings)
	}
	return []byte(zipOf(tb, parts...))
}

// sheetOf is a sheet part with a header and these rows.
func sheetOf(rows string) string {
	return `<worksheet` + spreadsheet + `><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>client</t></is></c></row>` +
		rows + `</sheetData></worksheet>`
}

const (
	goodRow2 = `<row r="2"><c r="A2"><v>180012345</v></c><c r="B2" t="s"><v>1</v></c></row>`
	goodRow4 = `<row r="4"><c r="A4"><v>180012346</v></c></row>`
)

// On each of these excelize alone reports success with rows or cells missing,
// misplaced or made up, panics, or rightly refuses.
func TestDamagedWorkbooksAreRefused(t *testing.T) {
	row3 := func(cell string) string { return sheetOf(goodRow2 + `<row r="3">` + cell + `</row>` + goodRow4) }
	tests := []struct{ name, sheet, strings, want string }{
		{"control character", row3("<c r=\"A3\" t=\"str\"><v>1\x0b</v></c>"), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3: contains the control character U+000B`},
		{"control character as entity", row3(`<c r="A3" t="str"><v>1&#11;</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3: contains the character U+000B, which XML does not allow`},
		{"bad UTF-8", row3("<c r=\"A3\" t=\"str\"><v>\xff</v></c>"), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3: contains bytes that are not UTF-8`},
		{"bad UTF-8 in the last row", sheetOf(goodRow2 + "<row r=\"3\"><c r=\"A3\" t=\"str\"><v>\xff</v></c></row>"), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3: contains bytes that are not UTF-8`},
		{"bare ampersand", row3(`<c r="A3" t="str"><v>A & B</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3: contains an & that begins no entity`},
		{"unknown entity", row3(`<c r="A3" t="str"><v>&nbsp;</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3: contains the unknown entity "&nbsp;"`},
		{"cut off", sheetOf(goodRow2 + goodRow4)[:300], twoStrings, `cannot be read exactly: the part ends before its last element is closed`},
		{"cut off after the rows", strings.TrimSuffix(sheetOf(goodRow2), "</worksheet>"), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: the part ends before its last element is closed`},
		{"shared string beyond the table", row3(`<c r="A3" t="s"><v>7</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3 refers to a shared string that does not exist`},
		{"shared string below the table", row3(`<c r="A3" t="s"><v>-1</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3 refers to a shared string that does not exist`},
		{"shared string that is not a number", row3(`<c r="A3" t="s"><v>x</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3 refers to a shared string that does not exist`},
		{"no table of shared strings", row3(``), "", `roster.xlsx: Clients!1: cannot be read exactly: cell A1 refers to a shared string that does not exist`},
		{"damaged table of shared strings", row3(``), twoStrings[:140], `roster.xlsx: is a damaged workbook: its shared strings cannot be read: string 2: the part ends before its last element is closed`},
		{"row twice", sheetOf(goodRow2 + `<row r="2"><c r="A2"><v>180012346</v></c></row>`), twoStrings, `roster.xlsx: Clients!2: cannot be read exactly: the row appears twice`},
		{"rows out of order", sheetOf(goodRow4 + goodRow2), twoStrings, `roster.xlsx: Clients!2: cannot be read exactly: row 2 comes after row 4`},
		{"absurd row", sheetOf(goodRow2 + `<row r="1048577"/>`), twoStrings, `roster.xlsx: Clients!1048577: cannot be read exactly: a sheet ends at row 1,048,576`},
		{"row without a number", sheetOf(goodRow2 + `<row r="x"/>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: a row has the number "x"`},
		{"row zero", sheetOf(goodRow2 + `<row r="0"/>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: a row has the number "0"`},
		{"boolean that is not one", row3(`<c r="A3" t="b"><v>180012345</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3 is TRUE or FALSE by its type, but contains "180012345"`},
		{"boolean in words", row3(`<c r="A3" t="b"><v>yes</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3 is TRUE or FALSE by its type, but contains "yes"`},
		{"cells out of order", row3(`<c r="B3"><v>1</v></c><c r="A3"><v>2</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3 is out of order`},
		{"cell of another row", row3(`<c r="A9"><v>1</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: a cell has the invalid attribute r="A9"`},
		{"two values", row3(`<c r="A3"><v>1</v><v>2</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3: has two values`},
		{"unknown type", row3(`<c r="A3" t="q"><v>1</v></c>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: a cell has the invalid attribute t="q"`},
		{"two sheetData", strings.Replace(sheetOf(goodRow2), "</sheetData>", "</sheetData><sheetData>"+goodRow4+"</sheetData>", 1), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: the sheet has two sheetData elements`},
		{"document type", `<!DOCTYPE worksheet [<!ENTITY a "b">]>` + sheetOf(goodRow2), twoStrings, `roster.xlsx: Clients!1: cannot be read exactly: contains a document type, which no workbook needs`},
		{"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?>` + sheetOf(goodRow2), twoStrings, `roster.xlsx: Clients!1: cannot be read exactly: is written in "ISO-8859-1", not in UTF-8`},
		{"wrong closing tag", sheetOf(goodRow2 + `<row r="3"><c r="A3"><v>1</c></v></row>`), twoStrings, `roster.xlsx: Clients!3: cannot be read exactly: cell A3: closes the element "c", which is not open there`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fault := openError(t, write(t, "roster.xlsx", string(rawWorkbook(t, test.sheet, test.strings))), Options{})
			if got := fault.Error(); got != test.want && (test.name != "cut off" || !strings.HasSuffix(got, test.want)) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if fault.Hint != saveAgain {
				t.Errorf("hint %q", fault.Hint)
			}
		})
	}
}

// What is unusual but says clearly what it means is read.
func TestOddWorkbooksAreRead(t *testing.T) {
	want := [][]string{{"180012345", "Birch Ltd"}, {"180012346", ""}}
	tests := []struct{ name, sheet, strings string }{
		{"usual", sheetOf(goodRow2 + goodRow4), twoStrings},
		{"no references", `<worksheet` + spreadsheet + `><sheetData><row><c t="s"><v>0</v></c><c t="str"><v>client</v></c></row><row><c><v>180012345</v></c><c t="s"><v>1</v></c></row><row/><row><c><v>180012346</v></c></row></sheetData></worksheet>`, twoStrings},
		{"prefixed namespace", strings.NewReplacer("</", "</x:", "<", "<x:", "xmlns", "xmlns:x").Replace(sheetOf(goodRow2 + goodRow4)), twoStrings},
		{"wrong dimension", strings.Replace(sheetOf(goodRow2+goodRow4), "<sheetData>", `<dimension ref="A1:A1"/><sheetData>`, 1), twoStrings},
		{"exponent", strings.Replace(sheetOf(goodRow2+goodRow4), "180012345", "1.80012345E8", 1), twoStrings},
		{"trailing zeros", strings.Replace(sheetOf(goodRow2+goodRow4), "180012345", "180012345.00", 1), twoStrings},
		{"rich text", sheetOf(goodRow2 + goodRow4), `<sst` + spreadsheet + `><si><t>account_id</t></si><si><r><rPr><b/></rPr><t>Birch</t></r><r><t xml:space="preserve"> Ltd</t></r><rPh sb="0" eb="1"><t>ba-chi</t></rPh></si></sst>`},
		{"inline rich text", strings.Replace(sheetOf(goodRow2+goodRow4), `t="s"><v>1</v>`, `t="inlineStr"><is><r><t>Birch</t></r><r><t xml:space="preserve"> Ltd</t></r></is>`, 1), twoStrings},
		{"character references", sheetOf(goodRow2 + goodRow4), strings.Replace(twoStrings, "Birch Ltd", "&#66;&#x69;rch Ltd", 1)},
		{"escaped characters", sheetOf(goodRow2 + goodRow4), strings.Replace(twoStrings, "Birch Ltd", "Birch_x0020_Ltd", 1)},
		{"CDATA and comments", strings.Replace(sheetOf(goodRow2+"<!-- <row r=\"3\"> -->"+goodRow4), `t="s"><v>1</v>`, `t="str"><v><![CDATA[Birch Ltd]]></v>`, 1), twoStrings},
		{"saved formula", strings.Replace(sheetOf(goodRow2+goodRow4), `t="s"><v>1</v>`, `t="str"><f>"Birch"&amp;" Ltd"</f><v>Birch Ltd</v>`, 1), twoStrings},
		{"formula that gives nothing", strings.Replace(sheetOf(goodRow2+goodRow4), `<v>180012346</v></c>`, `<v>180012346</v></c><c r="B4" t="str"><f>""</f><v></v></c>`, 1), twoStrings},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			roster, rows := readAll(t, write(t, "roster.xlsx", string(rawWorkbook(t, test.sheet, test.strings))), Options{})
			var got [][]string
			for _, row := range rows {
				got = append(got, row.Cells)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]Skipped{{3, "blank"}}, roster.Skipped); diff != "" {
				t.Error(diff)
			}
			if lines := problemLines(rows); lines != nil {
				t.Error(lines)
			}
		})
	}
}

func TestPackageThatIsNoWorkbook(t *testing.T) {
	book := rawWorkbook(t, sheetOf(goodRow2), twoStrings)
	flipped := bytes.Replace(book, []byte("PK\x01\x02"), []byte("PK\x01\x03"), 1)
	var twice, slash, other bytes.Buffer
	w := zip.NewWriter(&twice)
	for _, name := range []string{"[Content_Types].xml", "xl/worksheets/sheet1.xml", "XL/worksheets/sheet1.xml"} {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	u := zip.NewWriter(&slash)
	for _, name := range []string{"[Content_Types].xml", "xl/worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"} {
		if _, err := u.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	v := zip.NewWriter(&other)
	if _, err := v.Create("letter.txt"); err != nil {
		t.Fatal(err)
	}
	for _, w := range []*zip.Writer{w, u, v} {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name    string
		content []byte
		want    string
	}{
		{"broken directory", flipped, "roster.xlsx: is a damaged workbook: zip: not a valid zip file"},
		{"cut", book[:len(book)/2], "roster.xlsx: is a workbook or zip file that is cut off: its end is missing"},
		{"two parts of one name", twice.Bytes(), `roster.xlsx: is a damaged workbook: it has two parts named "XL/worksheets/sheet1.xml"`},
		{"one of them with a slash", slash.Bytes(), `roster.xlsx: is a damaged workbook: it has two parts named "/xl/worksheets/sheet1.xml"`},
		{"another zip", other.Bytes(), `roster.xlsx: unsupported format: a zip file that contains "letter.txt"`},
	}
	for _, test := range tests {
		if got := openError(t, write(t, "roster.xlsx", string(test.content)), Options{}); got.Error() != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, test.want)
		}
	}
}

// A flipped bit anywhere is noticed, or changes nothing that is read.
func TestFlippedBits(t *testing.T) {
	t.Chdir(t.TempDir())
	book := rawWorkbook(t, sheetOf(goodRow2+goodRow4), twoStrings)
	for i := 0; i < len(book); i += 7 {
		damaged := bytes.Clone(book)
		damaged[i] ^= 1 << (i % 8)
		if err := os.WriteFile("roster.xlsx", damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		roster, err := Open("roster.xlsx", nil, Options{})
		if err != nil {
			continue
		}
		got := ""
		for row, rowErr := range roster.Rows() {
			if err = rowErr; err == nil {
				got += fmt.Sprintln(row.Number, row.Cells, row.AccountID)
			}
		}
		if want := "2 [180012345 Birch Ltd] 180012345\n4 [180012346 ] 180012346\n"; err == nil && got != want {
			t.Errorf("byte %d: got %q", i, got)
		}
		if err := roster.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWorkbookThatIsTooBig(t *testing.T) {
	for part, size := range map[string]uint64{"xl/worksheets/sheet1.xml": 2 << 30, "xl/sharedStrings.xml": 512<<20 + 1} {
		var buf bytes.Buffer
		w := zip.NewWriter(&buf)
		for _, p := range [][2]string{{"[Content_Types].xml", contentTypes}, {"_rels/.rels", rootRels}, {"xl/workbook.xml", bookPart}, {"xl/_rels/workbook.xml.rels", bookRels}} {
			f, err := w.Create(p[0])
			if err == nil {
				_, err = f.Write([]byte(p[1]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.CreateRaw(&zip.FileHeader{Name: part, Method: zip.Deflate, UncompressedSize64: size}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := openError(t, write(t, "roster.xlsx", buf.String()), Options{}); got.Error() != "roster.xlsx: is too big to be unpacked" {
			t.Errorf("%s: got %s", part, got)
		}
	}
}
