package ingest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// skippedLines are the skipped rows as "number reason".
func skippedLines(r *Roster) []string {
	var lines []string
	for _, s := range r.Skipped {
		lines = append(lines, fmt.Sprint(s.Row, " ", s.Reason))
	}
	return lines
}

// fileProblems are the problems of the file as messages.
func fileProblems(r *Roster) []string {
	var lines []string
	for _, p := range r.Problems {
		lines = append(lines, p.String())
	}
	return lines
}

// accounts are the rows as "number id number".
func accounts(rows []Row) []string {
	var lines []string
	for _, row := range rows {
		line := fmt.Sprint(row.Number, " ", row.AccountID, row.AccountNumber)
		if row.Invalid() {
			line += " invalid"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestHeaderIsFoundByItsNames(t *testing.T) {
	tests := []struct {
		name, content string
		header        int
		rows, skipped []string
		problems      []string
	}{
		{
			"titles above", "Northwind client roster;;\n;;\nOwner: Ada;;\nAccount ID;Client;Action\n180012345;Birch, Alder & Co;link\n", 4,
			[]string{"5 180012345"}, []string{`1 title: "Northwind client roster"`, "2 blank", `3 title: "Owner: Ada"`}, nil,
		},
		{
			"a title with quotes and the other delimiter", "Roster of \"Northwind\", 2026\nAccount ID;Client\n180012345;a\n", 2,
			[]string{"3 180012345"}, []string{`1 title: "Roster of \"Northwind\", 2026"`}, nil,
		},
		{
			"a remark that names a column", "Account number,X7654321\nAccount ID,Client\n180012345,a\n", 2,
			[]string{"3 180012345"}, []string{`1 title: "Account number | X7654321"`},
			[]string{`roster.csv:1: "X7654321": is above the header, and is not read as an account`},
		},
		{
			"a better header right below", "Account ID,,\nAccount ID,Client,Action\n180012345,a,link\n", 2,
			[]string{"3 180012345"}, []string{`1 title: "Account ID"`}, nil,
		},
		{
			"header again", "Account ID,Client\n180012345,a\n,\naccount id , CLIENT\n180012346,b\nAccount ID\n180012347,c\n", 1,
			[]string{"2 180012345", "5 180012346", "7 180012347"}, []string{"3 blank", "4 header again", "6 header again"}, nil,
		},
		{
			"totals", "Client,Account ID,Spend\na,180012345,1\nSubtotal,,1\nb,180012346,2\nGrand total:,,3\nTotal (2 accounts)\n合計,,3\n", 1,
			[]string{"2 180012345", "4 180012346"},
			[]string{`3 total: "Subtotal | 1"`, `5 total: "Grand total: | 3"`, `6 total: "Total (2 accounts)"`, `7 total: "合計 | 3"`}, nil,
		},
		{
			"a total in the account's column", "Account ID,Client\n180012345,a\nTotal: 25,\n", 1,
			[]string{"2 180012345"}, []string{`3 total: "Total: 25"`}, nil,
		},
		{
			"remarks", "Account ID,Client\n180012345,a\n* bill to client where marked,\n,Confidential\nExported on 2026-11-20,\nNote: see the wiki\n", 1,
			[]string{"2 180012345"},
			[]string{`3 remark: "* bill to client where marked"`, `4 remark: "Confidential"`, `5 remark: "Exported on 2026-11-20"`, `6 remark: "Note: see the wiki"`}, nil,
		},
		{
			"rows that only look so", "Client,Account ID,Action\nTotal Garden Care,,\nPage Turner Books,,\nTotal,,link\n* new: 180012349,,\nTotal,X1234567,\nBirch,,\n* Cedar,,\n", 1,
			[]string{"2 0 invalid", "3 0 invalid", "4 0 invalid", "5 0 invalid", "6 0 invalid", "7 0 invalid", "8 0 invalid"}, nil, nil,
		},
		{
			"a total beside some other number", "Client,Account ID,Account number,Customer number\nTotal,,,C012345678\nx,Total,oops,\n", 1,
			[]string{"2 0 invalid", "3 0 invalid"}, nil, nil,
		},
		{
			"a client by the name of Total", "Client,Account ID,Action\nTotal,180012345,link\n", 1, []string{"2 180012345"}, nil, nil,
		},
		{
			"links that no row named in a report", "Account ID,Client,outcome,op,linkbatch_entity_id\n180012345,a,done,add,180012345\n,,done,unlink,180012346\n", 1,
			[]string{"2 180012345"}, []string{"3 a link that no row named"}, nil,
		},
		{
			"rows that only look like such a link",
			"Account ID,Client,outcome,op,entity_id,status\n,a,done,unlink,180012346,\n,,done,unlink,,\n,,done,,180012346,\n,,,unlink,180012346,\n,,done,unlink,180012346,x\n", 1,
			[]string{"2 0 invalid", "3 0 invalid", "4 0 invalid", "5 0 invalid", "6 0 invalid"}, nil, nil,
		},
		{
			"a count that would pass for an id", "Client,Account ID,Spend\na,180012345,1\nTotal,25,1\n", 1, []string{"2 180012345", "3 25 invalid"}, nil, nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			roster, rows := readAll(t, write(t, "roster.csv", test.content), Options{})
			if roster.HeaderRow != test.header {
				t.Errorf("header in row %d, want %d", roster.HeaderRow, test.header)
			}
			if diff := cmp.Diff(test.rows, accounts(rows)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.skipped, skippedLines(roster)); diff != "" {
				t.Error(diff)
			}
			var problems []string
			for _, p := range fileProblems(roster) {
				if !strings.Contains(p, "carried along, not used") {
					problems = append(problems, p)
				}
			}
			if diff := cmp.Diff(test.problems, problems); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTotalsWithAnAccountAreReported(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", "Client,Account ID,Action\nTotal,180012345,link\nSUM,25,\n"), Options{})
	want := []string{
		`roster.csv:2: client_name "Total": looks like a total row, but it contains an account`,
		`roster.csv:3: client_name "SUM": looks like a total row, but it contains an account`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" || rows[0].Invalid() || !rows[1].Invalid() {
		t.Error(diff)
	}
}

// The same header again is skipped, with columns that are carried along too; a
// row that names the account it lacks in a note, or beside an account, is a row.
func TestWhatIsNoOtherTable(t *testing.T) {
	roster, rows := readAll(t, write(t, "roster.csv", "Account ID,Region,Note,Customer number\n180012345,North,n,\nAccount ID,Region,,\nACCOUNT-ID,,,\n"+
		",South,Account ID,\nAccount ID,West,,C012345678\n180 012 346,,,\n"), Options{})
	if diff := cmp.Diff([]string{"3 header again", "4 header again"}, skippedLines(roster)); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"roster.csv:5: neither account_id nor account_number is filled in",
		`roster.csv:6: account_id "Account ID": is not a whole number`,
		`roster.csv:7: account_id "180 012 346": is read as 180012346`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
}

// A header that --skip-hidden passes over, and a year in a number cell, are the
// header of another table all the same.
func TestAnotherTableInASheet(t *testing.T) {
	for name, header := range map[string][]any{
		"hidden": {"Account ID", "Region"},
		"year":   {"Region", "Account ID", 2026},
	} {
		book := workbookOf(t, func(f *excelize.File) {
			columns := []any{"Account ID", "Client"}
			if name == "year" {
				columns = []any{"Client", "Action", "Account ID"}
			}
			fill(f, "Sheet1", columns, []any{180012345, "a", 180012345}, header, []any{180012346, "North", 7654321})
			_ = f.SetRowVisible("Sheet1", 3, name != "hidden")
		})
		fault := openError(t, book, Options{SkipHidden: true})
		if want := "roster.xlsx: Sheet1!3: there is another header here, with other columns: another table begins"; fault.Error() != want {
			t.Errorf("%s: got %s", name, fault)
		}
	}
}

func TestAnotherTableEndsTheReading(t *testing.T) {
	for name, content := range map[string]string{
		"columns in another order": "Account ID,Managing customer ID,Action\n180012345,7,link\nManaging customer ID,Account ID,Action\n7,180012346,link\n",
		"unknown columns":          "Account ID,Client,Action\n180012345,a,link\nAccount ID,Region,Owner\n180012346,North,Ada\n",
		"unknown, other language":  "Account ID,Client,Action\n180012345,a,link\nKonto-ID,Gebiet,\n180012346,Nord,\n",
		"other key":                "Account ID,Client,Action\n180012345,a,link\nアカウント番号,地域,\nX1234567,Nord,\n",
		"account elsewhere":        "Client,Account ID,Action\na,180012345,link\nAccount ID,Manager,\n180012346,7654321,\n",
		"a year over the accounts": "Client,Account ID,Action\na,180012345,link\nAccount ID,2026 spend,\n180012346,7654321,\n",
		"another column":           "Account ID,Client,Action\n180012345,a,link\nClient,Account number,Action\nb,X1234567,link\n",
	} {
		fault := openError(t, write(t, "roster.csv", content), Options{})
		if want := "roster.csv:3: there is another header here, with other columns: another table begins"; fault.Error() != want {
			t.Errorf("%s: got %s", name, fault)
		}
		if fault.Hint != "put each table into a file or sheet of its own" {
			t.Errorf("%s: hint %q", name, fault.Hint)
		}
	}
}

func TestHeaderBelowTheRowsThatAreLookedAt(t *testing.T) {
	titles := strings.Repeat("title\n\n", headerWithin-1)
	roster, _ := readAll(t, write(t, "roster.csv", titles+"Account ID\n180012345\n"), Options{})
	if roster.HeaderRow != 2*headerWithin-1 {
		t.Errorf("header in row %d", roster.HeaderRow)
	}
	fault := openError(t, write(t, "roster.csv", titles+"title\nAccount ID\n180012345\n"), Options{})
	if want := `roster.csv:100: this row looks like the header, but only the first 50 rows that are not blank are searched for it`; fault.Error() != want || fault.Hint != "delete rows above it that are not needed" {
		t.Errorf("got %s\n%s", fault, fault.Hint)
	}
	fault = openError(t, write(t, "roster.csv", strings.Repeat("title\n", 2*headerWithin)), Options{})
	if want := `roster.csv:1: no column account_id or account_number among the headers "title" (in the first 50 rows that are not blank)`; fault.Error() != want {
		t.Errorf("got %s", fault)
	}
	fault = openError(t, write(t, "roster.csv", titles+"title\nKonto\n180012345\n"), Options{Map: map[string]string{"Konto": "account_id"}})
	if fault.Row != 100 || !strings.HasPrefix(fault.Message, "this row looks like the header") {
		t.Errorf("got %s", fault)
	}
}

func TestSuggestions(t *testing.T) {
	tests := []struct {
		content string
		row     int
		hint    string
	}{
		{"Acount ID,Client\n1,a\n", 1, `"Acount ID" may be meant as account_id: rename it, or pass --map 'Acount ID=account_id'`},
		{"Roster\nClient,Action,Acct Nubmer\na,link,X1234567\n", 2, `"Acct Nubmer" may be meant as account_number: rename it, or pass --map 'Acct Nubmer=account_number'`},
		{"MS Ads account ID,Client\n1,a\n", 1, `"MS Ads account ID" may be meant as account_id: rename it, or pass --map 'MS Ads account ID=account_id'`},
		{"Nmúero de cuenta;Cliente\nX1234567;a\n", 1, `"Nmúero de cuenta" may be meant as account_number: rename it, or pass --map 'Nmúero de cuenta=account_number'`},
		{"Konto;Kunde\n1;a\n", 1, `if "Konto" contains ids, rename it to account_id, or pass --map 'Konto=account_id'; if it contains numbers such as X1234567, rename it to account_number, or pass --map 'Konto=account_number'`},
		// What --map cannot do is not advised.
		{"Konto;Konto\n1;a\n", 1, `if "Konto" contains ids, rename it to account_id; if it contains numbers such as X1234567, rename it to account_number`},
		{"Acount ID=,Client\n1,a\n", 1, `"Acount ID=" may be meant as account_id: rename it`},
		{"Acount ID,acount id\n1,a\n", 1, `"Acount ID" may be meant as account_id: rename it, or pass --map 'Acount ID=account_id'; "acount id" may be meant as account_id: rename it, or pass --map 'acount id=account_id'`},
		{"180012345,link\n180012346,link\n", 1, "there seems to be no header row: add one above the rows, with account_id or account_number over the accounts"},
	}
	for _, test := range tests {
		fault := openError(t, write(t, "roster.csv", test.content), Options{})
		if fault.Row != test.row || fault.Hint != test.hint || !strings.HasPrefix(fault.Message, "no column account_id or account_number among the headers ") {
			t.Errorf("got %s\nhint %s", fault, fault.Hint)
		}
	}
	roster, _ := readAll(t, write(t, "roster.csv", "account_id,Permision,Notes,Region\n180012345,,n,r\n"), Options{})
	want := []string{
		`roster.csv:1: "Permision": may be meant as permission; it is carried along, not used`,
		`roster.csv:1: carried along, not used: "Notes", "Region"`,
	}
	if diff := cmp.Diff(want, fileProblems(roster)); diff != "" {
		t.Error(diff)
	}
}

func TestHeadersInFiveLanguages(t *testing.T) {
	for header, want := range map[string][]string{
		"Nº de cuenta;ID de cuenta;Número de cliente;Cliente;Acción;Facturar al cliente;Fecha de inicio":     {"account_number", "account_id", "customer_number", "client_name", "action", "bill_to_client", "start_date"},
		"Konto-Nr.;Konto-ID;Kundennummer;Kundenname;Aktion;Rechnung an Kunden;Startdatum":                    {"account_number", "account_id", "customer_number", "client_name", "action", "bill_to_client", "start_date"},
		"N° de compte;ID du compte;Numéro de client;Nom du client;Action;Facturer au client;Date de début":   {"account_number", "account_id", "customer_number", "client_name", "action", "bill_to_client", "start_date"},
		"Número da conta;ID da conta;Nº do cliente;Nome do cliente;Ação;Faturar ao cliente;Data de início":   {"account_number", "account_id", "customer_number", "client_name", "action", "bill_to_client", "start_date"},
		"アカウント番号;アカウント ID;顧客番号;顧客名;アクション;クライアントに請求;開始日":                                                      {"account_number", "account_id", "customer_number", "client_name", "action", "bill_to_client", "start_date"},
		"NUMERO DE CUENTA;ｱｶｳﾝﾄID;KUNDEN_NR;Client;ACAO;Le client paie ?;Date début":                         {"account_number", "account_id", "customer_number", "client_name", "action", "bill_to_client", "start_date"},
		"Account ID*;Account Number:;Customer №;Client (name);Action?;Bill to client?;Start date [required]": {"account_id", "account_number", "customer_number", "client_name", "action", "bill_to_client", ""},
	} {
		var got []string
		for h := range strings.SplitSeq(header, ";") {
			got = append(got, columnNamed(h))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", header, diff)
		}
	}
	seen := make(map[string]string)
	for name, aliases := range translations {
		if !slices.ContainsFunc(columns, func(c column) bool { return c.name == name }) {
			t.Errorf("there is no column %s", name)
		}
		for _, alias := range aliases {
			if other := seen[headerKey(alias)]; other != "" && other != name || columnNamed(alias) != name {
				t.Errorf("%q means %s, %s too", alias, name, other)
			}
			seen[headerKey(alias)] = name
		}
	}
}

// Whatever is around and within a table, in both formats: the header, the
// rows and the skipped rows are all the rows of the file, each once, and every
// account is a row or protected.
func TestRowsAndSkippedRowsAreAllRows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 2026))
	kinds := [][]string{
		{"%d", "Birch Ltd", "link"}, {"%d", "Alder", ""}, {"", "", ""}, {"Account ID", "Client", "Action"}, {"", "Total", ""}, {"Total: 7", "", ""},
		{"* remark", "", ""}, {"", "Cedar without an account", "add"}, {"%d", "Total", ""}, {"", "Exported on Monday", ""}, {"x", "y", "z"},
	}
	for range 60 {
		var table [][]string
		accounts := make(map[int64]bool)
		for range r.IntN(4) {
			table = append(table, [][]string{{"Northwind roster", "", ""}, {"", "", ""}, {"Number of agency", "7654321", ""}}[r.IntN(3)])
		}
		table = append(table, []string{"Account ID", "Client", "Action"}, []string{"180000000", "first", ""})
		accounts[180000000] = true
		for i := range r.IntN(30) {
			row := slices.Clone(kinds[r.IntN(len(kinds))])
			if row[0] == "%d" {
				id := int64(180000001 + i)
				row[0] = fmt.Sprint(id)
				accounts[id] = true
			}
			table = append(table, row)
		}
		table = append(table, []string{"", "Cedar", "keep"}) // a last row that both formats have
		hidden := make([]bool, len(table))
		for i := range hidden {
			hidden[i] = r.IntN(5) == 0
		}
		skip := r.IntN(2) == 0
		var text strings.Builder
		for _, row := range table {
			text.WriteString(strings.Join(row, ",") + "\n")
		}
		for _, build := range []func() string{
			func() string { return write(t, "roster.csv", text.String()) },
			func() string {
				return workbookOf(t, func(f *excelize.File) {
					for i, row := range table {
						for j, c := range row {
							if cell, _ := excelize.CoordinatesToCellName(j+1, i+1); c != "" {
								_ = f.SetCellStr("Sheet1", cell, c)
							}
						}
						_ = f.SetRowVisible("Sheet1", i+1, !hidden[i])
					}
				})
			},
		} {
			name := build()
			roster, rows := readAll(t, name, Options{SkipHidden: skip})
			numbers := []int{roster.HeaderRow}
			named := make(map[int64]bool)
			for _, row := range rows {
				numbers = append(numbers, row.Number)
				named[row.AccountID] = true
			}
			for _, p := range roster.Protected {
				named[p.AccountID] = true
			}
			checkNumbers(t, numbers, roster.Skipped, len(table))
			for id := range accounts {
				if !named[id] {
					t.Errorf("%s: account %d is neither a row nor protected", name, id)
				}
			}
		}
	}
}
