package ingest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"linkbatch/internal/sheet"
)

// templateFile writes a template, and rows below its example.
func templateFile(t *testing.T, format string, rows ...map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteTemplate(&out, format); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "roster."+format)
	if format == "csv" {
		for _, row := range rows {
			var cells []string
			for _, c := range template {
				cells = append(cells, row[c.name])
			}
			fmt.Fprintln(&out, strings.Join(cells, ","))
		}
		if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for i, row := range rows {
		for at, c := range template {
			if row[c.name] == "" {
				continue
			}
			if err := book.SetCellStr(templateSheet, sheet.Letters(at)+fmt.Sprint(i+3), row[c.name]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestTemplateIsARoster(t *testing.T) {
	var names []string
	for i := range columns {
		if name := columns[i].name; name != "bill_to_agency" && name != "notify_client" {
			names = append(names, name)
		}
	}
	for _, format := range []string{"csv", "xlsx"} {
		roster, rows := readAll(t, templateFile(t, format, map[string]string{"client_name": "Anvil Cafe", "account_id": "0185433012", "bill_to_client": "no"},
			map[string]string{"client_name": "Quarry Tools", "account_id": "181215279", "action": "unlink"}), Options{})
		if diff := cmp.Diff([]string{"3 0 invalid", "4 181215279"}, accounts(rows)); diff != "" || rows[0].Problems[0].Column != "account_id" || rows[1].Action != Unlink {
			t.Errorf("%s: rows %+v", format, rows)
		}
		if len(roster.Problems) > 0 {
			t.Errorf("%s: problems of the template itself: %v", format, roster.Problems)
		}
		if diff := cmp.Diff([]Skipped{{2, "example"}}, roster.Skipped); diff != "" {
			t.Errorf("%s: skipped (-want +got)\n%s", format, diff)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(roster.Columns))); diff != "" {
			t.Errorf("%s: columns of the table and of the template (-table +template)\n%s", format, diff)
		}
	}
}

func TestTemplateAloneHasNoRows(t *testing.T) {
	for format, want := range map[string]string{
		"csv":  "roster.csv: has a header and the template's example row, which is not read, but no other rows",
		"xlsx": "roster.xlsx: Roster: has a header and the template's example row, which is not read, but no other rows",
	} {
		name := templateFile(t, format)
		_, err := Open(name, nil, Options{})
		if got := strings.TrimPrefix(fmt.Sprint(err), filepath.Dir(name)+string(filepath.Separator)); got != want {
			t.Errorf("%s: got %q, want %q", format, got, want)
		}
	}
}

func TestTemplateIsTheSameEachTime(t *testing.T) {
	for _, format := range []string{"csv", "xlsx"} {
		var first, second bytes.Buffer
		if err := WriteTemplate(&first, format); err != nil {
			t.Fatal(err)
		}
		if err := WriteTemplate(&second, format); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: two templates differ", format)
		}
	}
	if err := WriteTemplate(&bytes.Buffer{}, "ods"); err == nil {
		t.Error("an unknown format: no error")
	}
}

// What Excel needs to keep people from damaging an id, and to help them.
func TestTemplateWorkbook(t *testing.T) {
	book, err := excelize.OpenFile(templateFile(t, "xlsx"))
	must(t, err)
	defer book.Close()
	if diff := cmp.Diff([]string{"Roster", "Help"}, book.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	comments, err := book.GetComments(templateSheet)
	must(t, err)
	choices, err := book.GetDataValidations(templateSheet)
	must(t, err)
	if len(comments) != len(template) || len(choices) != len(template) {
		t.Fatalf("%d comments and %d choices; want one for each of %d columns", len(comments), len(choices), len(template))
	}
	for i, c := range template {
		if v := choices[i]; c.words != nil && (v.Type != "list" || v.Formula1 != `"`+strings.Join(c.words, ",")+`"`) || !v.ShowInputMessage {
			t.Errorf("%s: choice %+v", c.name, v)
		}
		id, err := book.GetColStyle(templateSheet, sheet.Letters(i))
		must(t, err)
		style, err := book.GetStyle(id)
		must(t, err)
		if isText := style.NumFmt == 49; isText == c.isDate() {
			t.Errorf("%s: number format %d", c.name, style.NumFmt)
		}
	}
	props, err := book.GetDocProps()
	must(t, err)
	if props.Creator != "linkbatch" || props.LastModifiedBy != "linkbatch" {
		t.Errorf("made by %q, %q", props.Creator, props.LastModifiedBy)
	}
}

// Every word that a template offers or shows is one that is understood.
func TestTemplateWords(t *testing.T) {
	for _, c := range template {
		i := slices.IndexFunc(columns, func(known column) bool { return known.name == c.name })
		if i < 0 {
			t.Errorf("%s: is not a column", c.name)
			continue
		}
		for _, word := range append(slices.Clone(c.words), c.example) {
			if word == "" {
				continue
			}
			if f := columns[i].set(new(Row), cell{text: word}); f != nil {
				t.Errorf("%s %q: %s", c.name, word, f.message)
			}
		}
	}
}

func TestExampleRow(t *testing.T) {
	const header = "client_name,account_id,account_number\n"
	const mine = `roster.csv:2: client_name "EXAMPLE: Anvil": marks the example of a template, but the row has an account of its own`
	for line, want := range map[string]string{
		"EXAMPLE: Anvil,123456789,X0000000":      "skipped",
		"EXAMPLE: Anvil,,":                       "skipped",
		" EXAMPLE: Anvil, 123456789,":            "skipped",
		",EXAMPLE: 180012345,":                   `roster.csv:2: account_id`,
		"EXAMPLE: Anvil,180012346,":              mine,
		"EXAMPLE: Anvil,123456789,X7654321":      mine,
		"EXAMPLE: Anvil,,180012345":              mine,
		"Example: Anvil,180012345,":              "read",
		"EXAMPLES OF ART,180012345,":             "read",
		"Anvil,180012345,X1234567":               "read",
		"Anvil,123456789,":                       "read",
		"Anvil,123456789,X0000000":               `roster.csv:2: account_id "123456789": is the account of the template's example, not your client's`,
		"\"The EXAMPLE: shop\",180012345,X12345": "roster.csv:2: account_number",
	} {
		name := filepath.Join(t.TempDir(), "roster.csv")
		if err := os.WriteFile(name, []byte(header+line+"\nQuarry,181215279,\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(name, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		got := "read"
		for row, err := range r.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			if row.Number == 2 && row.Invalid() {
				for _, p := range row.Problems {
					got = strings.ReplaceAll(p.String(), filepath.Dir(name)+string(filepath.Separator), "")
				}
			}
		}
		if slices.Contains(r.Skipped, Skipped{2, "example"}) {
			got = "skipped"
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q: got %s, want %s", line, got, want)
		}
	}
}
