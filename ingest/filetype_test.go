package ingest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// zipOf is a zip file of these names and contents, in turn.
func zipOf(tb testing.TB, parts ...string) string {
	tb.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(f, parts[i+1])
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.String()
}

// compoundOf is a compound file of which only the directory is whole: entries
// with these names.
func compoundOf(names ...string) string {
	file := make([]byte, 512, 4096)
	copy(file, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	for _, name := range append([]string{"Root Entry"}, names...) {
		entry := make([]byte, 128)
		copy(entry, utf16Of(name, false))
		entry[64] = byte(2*len(name) + 2)
		entry[66] = 2
		file = append(file, entry...)
	}
	return string(file)
}

// What is known and not read is named, with how to save it instead.
func TestUnsupportedFormats(t *testing.T) {
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	if _, err := w.Write([]byte("account_id\n1\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	const openDoc = "application/vnd.oasis.opendocument."
	locked := []byte(zipOf(t, "roster.csv", "x"))
	directory := bytes.Index(locked, []byte("PK\x01\x02"))
	locked[directory+8] |= 1
	const page = "an HTML page, as some programs save under the name .xls"
	tests := []struct{ name, content, want, hint string }{
		{"xls", compoundOf("Workbook", "\x05SummaryInformation"), oldExcel, saveAsXLSX},
		{"xls of Excel 95", compoundOf("Book"), oldExcel, saveAsXLSX},
		{"xls of Excel 4", "\x09\x04\x06\x00rest", "a workbook of Excel 4 (.xls)", saveAsXLSX},
		{"password", compoundOf("EncryptionInfo", "EncryptedPackage"), "a workbook or document with a password", "open it, remove the password, and save it as .xlsx, or as CSV in UTF-8"},
		{"doc", compoundOf("WordDocument"), "a Word 97-2003 document (.doc)", noTable},
		{"msg", compoundOf("__properties_version1.0"), "an Outlook message (.msg)", "save the file that is attached to it"},
		{"cut compound file", compoundOf()[:300], "an OLE2 file that is not a workbook, or only part of one", saveAsXLSX},
		{"xlsb", zipOf(t, "[Content_Types].xml", "", "xl/workbook.bin", ""), "a binary workbook (.xlsb)", saveAsXLSX},
		{"docx", zipOf(t, "[Content_Types].xml", "", "word/document.xml", ""), "a Word document (.docx)", noTable},
		{"ods", zipOf(t, "mimetype", openDoc+"spreadsheet", "content.xml", ""), "an OpenDocument spreadsheet (.ods)", saveAsXLSX},
		{"odt", zipOf(t, "mimetype", openDoc+"text", "content.xml", ""), "an OpenDocument file that is not a spreadsheet (text)", saveAsXLSX},
		{"Numbers", zipOf(t, "Index/Document.iwa", "", "Metadata/Properties.plist", ""), "a Numbers, Pages or Keynote document", "export it from Numbers as Excel (.xlsx) or CSV"},
		{"zip of one file", zipOf(t, "lists/", "", "lists/roster.csv", "", "__MACOSX/._roster.csv", ""), `a zip file that contains "roster.csv"`, unpackIt},
		{"zip of two files", zipOf(t, "a.csv", "", "b.csv", ""), `a zip file, but not a workbook: it contains "a.csv", "b.csv"`, unpackIt},
		{"empty zip", zipOf(t), "a zip file with nothing in it", "give the roster itself, as .xlsx or CSV"},
		{"zip with a password", string(locked), "a zip file with a password", "unpack it, and save the roster as .xlsx without a password, or as CSV in UTF-8"},
		{"gzip", gz.String(), "a gzip file (.gz)", unpackIt},
		{"PDF", "%PDF-1.7\n%\xe2\xe3", "a PDF document", "ask for the spreadsheet that it was made from, and save that as .xlsx or CSV"},
		{"RTF", "{\\rtf1", "a text document (.rtf)", noTable},
		{"picture", "\x89PNG\r\n\x1a\n\x00", "a picture (.png)", noTable},
		{"HTML", "\n<HTML><body><table><tr><td>account_id", page, saveAsXLSX},
		{"HTML in Windows-1252", "<table><tr><td>Caf\xe9 \x81", page, saveAsXLSX},
		{"HTML in UTF-16", utf16Of("\ufeff<html><table>", false), page, saveAsXLSX},
		{"XHTML", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">`, page, saveAsXLSX},
		{"XML Spreadsheet 2003", `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`, "an XML Spreadsheet 2003", saveAsXLSX},
		{"flat OpenDocument", `<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">`, "an OpenDocument file in XML (.fods)", saveAsXLSX},
		{"XML", "<?xml version=\"1.0\"?><rows/>", "an XML file", noTable},
		{"web archive", "MIME-Version: 1.0\r\n", "a web archive (.mht), as Excel saves one", saveAsXLSX},
		{"SYLK", "ID;PWXL;N;E\r\nC;Y1;X1;K\"account_id\"\r\nE\r\n", "a SYLK file (.slk)", saveAsXLSX},
		{"DIF", "TABLE\r\n0,1\r\n\"EXCEL\"\r\n", "a DIF file (.dif)", saveAsXLSX},
		{"link to a Google document", `{"":"WARNING!","doc_id":"x"}`, "a link to a Google document (.gsheet)", "open the document and download it as .xlsx or CSV"},
		{"JSON", `[{"account_id": 180012345}]`, "a JSON file", noTable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fault := openError(t, write(t, "roster.xlsx", test.content), Options{})
			if want := "roster.xlsx: unsupported format: " + test.want; fault.Error() != want {
				t.Errorf("got  %s\nwant %s", fault, want)
			}
			if fault.Hint != test.hint {
				t.Errorf("hint %q, want %q", fault.Hint, test.hint)
			}
		})
	}
}

// A file is what it holds, whatever it is called and wherever it comes from.
func TestContentDecidesTheFormat(t *testing.T) {
	book := string(rawWorkbook(t, sheetOf(goodRow2), twoStrings))
	text := "account_id,client\n180012345,Birch Ltd\n"
	t.Chdir(t.TempDir())
	for _, test := range []struct{ name, content, format string }{
		{"roster.csv", book, "xlsx"}, {"roster.xlsx", text, "csv"}, {"-", book, "xlsx"}, {"-", text, "csv"},
	} {
		if test.name != "-" {
			write(t, test.name, test.content)
		}
		roster, err := Open(test.name, strings.NewReader(test.content), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range roster.Rows() {
			if err != nil || row.AccountID != 180012345 || row.ClientName != "Birch Ltd" || row.Number != 2 {
				t.Errorf("%s, %s: got %+v, %v", test.name, test.format, row, err)
			}
		}
		if roster.Format != test.format {
			t.Errorf("%s: got %s, want %s", test.name, roster.Format, test.format)
		}
		if err := roster.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Strict OOXML has other namespaces and types; some programs call the parts
// otherwise, and XLSM has other content types.
func TestKindsOfWorkbooksAreRead(t *testing.T) {
	strict := strings.NewReplacer(
		"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships",
	)
	const styles = `<styleSheet` + spreadsheet + `><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`
	stylesRel := `<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`
	rels := strings.Replace(bookRels, "</Relationships>", stylesRel, 1)
	sheet := `<worksheet` + spreadsheet + `><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>start_date</t></is></c></row>` +
		`<row r="2"><c r="A2"><v>180012345</v></c><c r="B2" s="1"><v>46357</v></c></row></sheetData></worksheet>`
	moved := strings.NewReplacer("xl/workbook.xml", "book/Main.xml", "worksheets/sheet1.xml", "/pages/One.xml", "sharedStrings.xml", "table/strings.xml", "styles.xml", "../looks.xml")
	tests := map[string][]string{
		"transitional": {"[Content_Types].xml", contentTypes, "_rels/.rels", rootRels, "xl/workbook.xml", bookPart, "xl/_rels/workbook.xml.rels", rels, "xl/worksheets/sheet1.xml", sheet, "xl/sharedStrings.xml", twoStrings, "xl/styles.xml", styles},
		"strict":       {"[Content_Types].xml", contentTypes, "_rels/.rels", strict.Replace(rootRels), "xl/workbook.xml", strict.Replace(bookPart), "xl/_rels/workbook.xml.rels", strict.Replace(rels), "xl/worksheets/sheet1.xml", strict.Replace(sheet), "xl/sharedStrings.xml", strict.Replace(twoStrings), "xl/styles.xml", strict.Replace(styles)},
		"XLSM":         {"[Content_Types].xml", strings.Replace(contentTypes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml", 1), "_rels/.rels", rootRels, "xl/workbook.xml", bookPart, "xl/_rels/workbook.xml.rels", rels, "xl/worksheets/sheet1.xml", sheet, "xl/sharedStrings.xml", twoStrings, "xl/styles.xml", styles, "xl/vbaProject.bin", "macros"},
		"other names":  {"[Content_Types].xml", contentTypes, "_rels/.rels", moved.Replace(rootRels), "book/Main.xml", bookPart, "book/_rels/Main.xml.rels", moved.Replace(rels), "pages/One.xml", sheet, "book/table/strings.xml", twoStrings, "looks.xml", styles},
		"backslashes":  {"[Content_Types].xml", contentTypes, `_rels\.rels`, rootRels, `xl\workbook.xml`, bookPart, `xl\_rels\workbook.xml.rels`, rels, `xl\worksheets\sheet1.xml`, sheet, `xl\sharedStrings.xml`, twoStrings, `xl\styles.xml`, styles},
	}
	for name, parts := range tests {
		t.Run(name, func(t *testing.T) {
			roster, rows := readAll(t, write(t, "roster.xlsx", zipOf(t, parts...)), Options{})
			if roster.Sheet != "Clients" || roster.Format != "xlsx" {
				t.Errorf("got sheet %q, format %s", roster.Sheet, roster.Format)
			}
			if len(rows) != 1 || rows[0].AccountID != 180012345 || rows[0].StartDate.String() != "2026-12-01" {
				t.Errorf("got %+v", rows)
			}
		})
	}
}

// A strict workbook may hold its dates as ISO text.
func TestDatesOfStrictWorkbooks(t *testing.T) {
	sheet := `<worksheet` + spreadsheet + `><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>start_date</t></is></c></row>` +
		`<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="d"><v>2026-12-01T00:00:00</v></c></row>` +
		`<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="d"><v>2026-12-01T08:30:00.000</v></c></row>` +
		`<row r="4"><c r="A4"><v>3</v></c><c r="B4" t="d"><v>2026-12-01</v></c></row></sheetData></worksheet>`
	_, rows := readAll(t, write(t, "roster.xlsx", string(rawWorkbook(t, sheet, twoStrings))), Options{})
	var got []string
	for _, row := range rows {
		got = append(got, row.StartDate.String())
	}
	if diff := cmp.Diff([]string{"2026-12-01", "2026-12-01T08:30:00", "2026-12-01"}, got); diff != "" {
		t.Error(diff, problemLines(rows))
	}
}

// Bounds are taken from the directory; what it says is all that is unpacked.
func TestBombsAreRefused(t *testing.T) {
	book := rawWorkbook(t, sheetOf(goodRow2+`<!--`+strings.Repeat("0", 1<<20)+`-->`), twoStrings)
	for _, test := range []struct {
		size uint32
		want string
	}{
		{64<<20 + 1, "roster.xlsx: is a zip bomb: its part xl/worksheets/sheet1.xml unpacks to more than 200 times its size"},
		{2 << 30, "roster.xlsx: is too big to be unpacked"},
		{1 << 12, "roster.xlsx: Clients!1: cannot be read exactly: zip: not a valid zip file"},
	} {
		claimed := bytes.Clone(book)
		for at := bytes.Index(claimed, []byte("PK\x01\x02")); at >= 0; {
			entry := claimed[at:]
			if bytes.HasPrefix(entry[46:], []byte("xl/worksheets/sheet1.xml")) {
				binary.LittleEndian.PutUint32(entry[24:], test.size)
				break
			}
			at += 4 + bytes.Index(entry[4:], []byte("PK\x01\x02"))
		}
		if got := openError(t, write(t, "roster.xlsx", string(claimed)), Options{}); got.Error() != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
