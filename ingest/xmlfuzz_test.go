package ingest

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// FuzzXLSXText: of a sheet part changed in any way, each row and each text is read
// as encoding/xml reads it, a reader that this package has no part in; or the
// sheet is refused.
func FuzzXLSXText(f *testing.F) {
	text := func(ref, text string) string {
		return `<c r="` + ref + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
	}
	header := `<row r="1">` + text("A1", "account_id") + text("B1", "client") + `</row>`
	for _, rows := range []string{
		header + `<row r="2">` + text("A2", "180012345") + text("B2", "a") + `</row><row r="4">` + text("A4", "7") + `</row>`,
		header + `<row><c t="str"><v>8</v></c><c t="str"><f>"x"</f><v>a &amp; b</v></c></row><row/><row>` + text("A4", "9") + `</row>`,
		`<row r="3">` + text("A3", "Roster") + `</row>` + strings.ReplaceAll(header, "1", "5") + `<row r="6">` + text("B6", "<![CDATA[<b>]]>") + `</row><!-- <row/> -->`,
		header + `<row r="2"><c r="A2" t="inlineStr"><is><r><t>18</t></r><r><t>0</t></r><rPh><t>no</t></rPh></is></c></row>`,
		strings.NewReplacer("</", "</x:", "<", "<x:").Replace(header + `<row r="2">` + text("A2", "&#49;&#x32;") + `</row>`),
	} {
		f.Add(rows)
	}
	f.Fuzz(func(t *testing.T, rows string) {
		part := `<worksheet` + spreadsheet + ` xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
		name := filepath.Join(t.TempDir(), "roster.xlsx")
		if err := os.WriteFile(name, rawWorkbook(t, part, ""), 0o600); err != nil {
			t.Fatal(err)
		}
		roster, err := Open(name, nil, Options{TempDir: t.TempDir()})
		if err != nil {
			return
		}
		defer roster.Close()
		read := map[int][]string{roster.HeaderRow: roster.Header}
		for row, err := range roster.Rows() {
			if err != nil {
				return
			}
			read[row.Number] = row.Cells
		}
		skipped := make(map[int]bool)
		for _, s := range expanded(roster.Skipped) {
			skipped[s.Row] = true
		}
		for number, texts := range sheetTexts(t, part) {
			cells, ok := read[number]
			if !ok && !skipped[number] {
				t.Fatalf("row %d is lost", number)
			}
			for column, text := range texts {
				if column < len(cells) && cells[column] != text && !strings.Contains(text, "_x") {
					t.Fatalf("row %d, cell %d holds %q, and was read as %q", number, column+1, text, cells[column])
				}
			}
		}
	})
}

// sheetTexts are the texts that stand in the cells of a sheet part, by the number
// of their row and the index of their column. A row without any is there too.
func sheetTexts(t *testing.T, part string) map[int]map[int]string {
	t.Helper()
	all := make(map[int]map[int]string)
	d := xml.NewDecoder(strings.NewReader(part))
	row, column, typ := 0, -1, ""
	var path []string
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatalf("a damaged sheet was read: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			path = append(path, tok.Name.Local)
			switch at := strings.Join(path, "/"); at {
			case "worksheet/sheetData/row":
				row, column = row+1, -1
				if r := attribute(tok, "r"); r != "" {
					row, _ = strconv.Atoi(r)
				}
				all[row] = make(map[int]string)
			case "worksheet/sheetData/row/c":
				column, typ = column+1, attribute(tok, "t")
				if c, _, err := excelize.CellNameToCoordinates(attribute(tok, "r")); err == nil {
					column = c - 1
				}
			}
		case xml.EndElement:
			if path = path[:len(path)-1]; len(path) == 1 && tok.Name.Local == "sheetData" {
				return all
			}
		case xml.CharData:
			at := strings.TrimPrefix(strings.Join(path, "/"), "worksheet/sheetData/row/c/")
			if typ == "str" && at == "v" || typ == "inlineStr" && (at == "is/t" || at == "is/r/t") {
				all[row][column] += string(tok)
			}
		}
	}
}

// attribute is the last value of an attribute; empty when there is none.
func attribute(tok xml.StartElement, name string) (value string) {
	for _, a := range tok.Attr {
		if a.Name.Local == name {
			value = a.Value
		}
	}
	return value
}
