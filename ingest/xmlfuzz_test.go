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
// as encoding/xml reads it; or the sheet is refused.
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
					t.Fatalf("row %d, cell %d contains %q, and was read as %q", number, column+1, text, cells[column])
				}
			}
		}
	})
}

// xmlSheet is a sheet part as encoding/xml reads it.
type xmlSheet struct {
	Rows []struct {
		Number string `xml:"r,attr"`
		Cells  []struct {
			Ref    string   `xml:"r,attr"`
			Type   string   `xml:"t,attr"`
			Value  string   `xml:"v"`
			Inline string   `xml:"is>t"`
			Runs   []string `xml:"is>r>t"`
		} `xml:"c"`
	} `xml:"sheetData>row"`
}

// sheetTexts are the texts in the cells of a sheet part, by the number of their
// row and the index of their column. A row without any is there too.
func sheetTexts(t *testing.T, part string) map[int]map[int]string {
	t.Helper()
	var sheet xmlSheet
	if err := xml.Unmarshal([]byte(part), &sheet); err != nil {
		t.Fatalf("a damaged sheet was read: %v", err)
	}
	all := make(map[int]map[int]string)
	number := 0
	for _, row := range sheet.Rows {
		number++
		if row.Number != "" {
			number, _ = strconv.Atoi(row.Number)
		}
		all[number] = make(map[int]string)
		column := -1
		for _, c := range row.Cells {
			column++
			if at, _, err := excelize.CellNameToCoordinates(c.Ref); err == nil {
				column = at - 1
			}
			switch c.Type {
			case "str":
				all[number][column] = c.Value
			case "inlineStr":
				all[number][column] = c.Inline + strings.Join(c.Runs, "")
			}
		}
	}
	return all
}
