package ingest

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"
)

func date(year int, month time.Month, day int) Date {
	return Date{Time: time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

func TestEveryColumn(t *testing.T) {
	name := write(t, "roster.csv", `account_id,account_number,customer_number,managing_customer_id,action,client_name,type,permission,bill_to_client,start_date,name,note,suppress_notification,client_profile,CRM owner
 180012345 ,x1234567,c012345678,7654321,Invite,Birch Ltd,Account,,YES,2026-12-01,My link,"two
lines",no,birch,Ada
,c012345678,,,un-link,,manager,standard,,2026-12-01T08:30:00+02:00,=1+1,,,,
`)
	_, rows := readAll(t, name, Options{})
	want := []Row{
		{
			Number: 2, AccountID: 180012345, AccountNumber: "X1234567", CustomerNumber: "C012345678", ManagingCustomerID: 7654321,
			Action: Add, ClientName: "Birch Ltd", Type: "AccountLink", BillToClient: new(true), StartDate: date(2026, 12, 1),
			Name: "My link", Note: "two\nlines", SuppressNotification: new(false), ClientProfile: "birch",
			Cells: []string{" 180012345 ", "x1234567", "c012345678", "7654321", "Invite", "Birch Ltd", "Account", "", "YES", "2026-12-01", "My link", "two\nlines", "no", "birch", "Ada"},
		},
		{
			Number: 3, AccountNumber: "C012345678", Action: Unlink, Type: "CustomerLink", Permission: "Standard", Name: "=1+1",
			StartDate: Date{Time: time.Date(2026, 12, 1, 6, 30, 0, 0, time.UTC), HasTime: true},
			Cells:     []string{"", "c012345678", "", "", "un-link", "", "manager", "standard", "", "2026-12-01T08:30:00+02:00", "=1+1", "", "", "", ""},
		},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestHeaderSpellings(t *testing.T) {
	want := map[string][]string{
		"account_id":            {"Account ID", "ACCOUNT-ID", "account.id", "#AccountId", "ClientEntityId", "Client Account Id", "\u200bAccount\u00a0ID"},
		"account_number":        {"Account #", "Account No.", "Acct No", "AccountNumber", "ClientEntityNumber", "ClientAccountNumber"},
		"customer_number":       {"Customer #", "Customer Number", "ClientEntityCustomerNumber"},
		"managing_customer_id":  {"ManagingCustomerId", "Agency ID"},
		"action":                {"Action", "Intent"},
		"client_name":           {"Client", "Account name", "ClientEntityName"},
		"type":                  {"Type", "Link type"},
		"permission":            {"CustomerLinkPermission"},
		"bill_to_client":        {"Bill to client", "Who pays?", "Bill to", "IsBillToClient"},
		"start_date":            {"Start date", "StartDate", "START"},
		"name":                  {"Name", "Link name"},
		"note":                  {"Note"},
		"suppress_notification": {"SuppressNotification"},
		"client_profile":        {"Client profile"},
		"":                      {"Account", "Notes", "op", "entity_id", "status_before", "", "#"},
	}
	for name, headers := range want {
		for _, h := range headers {
			if got := columnNamed(h); got != name {
				t.Errorf("%q means %q, want %q", h, got, name)
			}
		}
	}
	seen := make(map[string]string)
	for _, c := range columns {
		for _, key := range append([]string{normal(c.name)}, c.aliases...) {
			if key != normal(key) || seen[key] != "" {
				t.Errorf("alias %q of %s is not normal, or %s has it too", key, c.name, seen[key])
			}
			seen[key] = c.name
		}
	}
	for _, name := range reportColumns {
		if columnNamed(name) != "" && name != "payer" { // whose place says whose it is
			t.Errorf("the report's column %s is one of the roster's", name)
		}
	}
}

// The payer of a report is that of the link, and does not say who is to pay; a
// roster's own is.
func TestThePayerOfAReportIsCarriedAlong(t *testing.T) {
	for header, want := range map[string][]string{
		"account_id,bill_to_client,outcome,status_after,payer":    {"account_id", "bill_to_client", "", "", ""},
		"account_id,Payer,Status After,linkbatch_payer,entity_id": {"account_id", "bill_to_client", "", "", ""},
		"account_id,status_after,outcome,payer,x":                 {"account_id", "", "", "bill_to_client", ""},
	} {
		roster, rows := readAll(t, write(t, "roster.csv", header+"\n180012345,client,client,client,client\n"), Options{})
		if diff := cmp.Diff(want, roster.Columns); diff != "" || rows[0].Invalid() {
			t.Errorf("%s: %s %v", header, diff, rows[0].Problems)
		}
	}
}

func TestActionWords(t *testing.T) {
	want := map[string]Intent{
		"LINK": Link, "add": Add, " Invite ": Add, "Approve": Accept, "remove": Unlink, "De-Link": Unlink,
		"withdraw": Cancel, "revoke": Cancel, "Reject": Decline, "keep": Keep, "ignore": Keep,
	}
	for word, intent := range want {
		if got, ok := ParseIntent(word); got != intent || !ok {
			t.Errorf("%q is %q, want %q", word, got, intent)
		}
	}
	for _, word := range []string{"", "delete", "link?", "LinkPending", "yes", "lin\u212a", "L\u0130NK", "l\u0131nk", "unlin\u212a", "\u212aeep", "di\u017fconnect"} {
		if got, ok := ParseIntent(word); ok {
			t.Errorf("%q is %q", word, got)
		}
	}
}

func TestMapWinsOverTheTable(t *testing.T) {
	name := write(t, "roster.csv", "Account ID,Our account,Client,Account name\nCRM-1,180012345,x,Birch Ltd\n")
	roster, rows := readAll(t, name, Options{Map: map[string]string{"our account": "account_id", "Client": ""}})
	if diff := cmp.Diff([]string{"", "account_id", "", "client_name"}, roster.Columns); diff != "" {
		t.Error(diff)
	}
	if rows[0].AccountID != 180012345 || rows[0].ClientName != "Birch Ltd" || rows[0].Invalid() {
		t.Errorf("got %+v", rows[0])
	}
}

func TestCarriedHeadersAreReported(t *testing.T) {
	name := write(t, "roster.csv", "account_id,Region,outcome,,Region\n180012345,a,done,b,c\n")
	roster, rows := readAll(t, name, Options{})
	var got []string
	for _, p := range roster.Problems {
		got = append(got, p.String())
	}
	want := []string{
		`roster.csv:1: "Region": is the header of two columns; both are carried along`,
		`roster.csv:1: carried along, not used: "Region"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"180012345", "a", "done", "b", "c"}, rows[0].Cells); diff != "" {
		t.Error(diff)
	}
}

func TestStandardInputTakesBothFormats(t *testing.T) {
	book := workbookOf(t, func(f *excelize.File) { fill(f, "Sheet1", []any{"Account ID"}, []any{180012345}) })
	content, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	for format, text := range map[string]string{"csv": "account_id\n180012345\n12A\n", "xlsx": string(content)} {
		temp := t.TempDir()
		roster, err := Open("-", strings.NewReader(text), Options{TempDir: temp})
		if err != nil {
			t.Fatal(err)
		}
		var rows []Row
		for row, err := range roster.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, row)
		}
		if roster.Format != format || rows[0].AccountID != 180012345 || roster.File != "-" {
			t.Errorf("%s: got %+v", format, rows)
		}
		if format == "csv" && rows[1].Problems[0].Place != "standard input:3" {
			t.Errorf("got %s", rows[1].Problems[0])
		}
		if err := roster.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("%s: %v was left, %v", format, left, err)
		}
	}
}

func TestRowsAreReadOnce(t *testing.T) {
	roster, _ := readAll(t, write(t, "roster.csv", "account_id\n180012345\n"), Options{})
	for _, err := range roster.Rows() {
		if err == nil || err.Error() != "roster.csv: its rows were read already" {
			t.Errorf("got %v", err)
		}
	}
}

func TestDigestIsThatOfTheBytes(t *testing.T) {
	const content = "\ufeffaccount_id\r1\r"
	roster, _ := readAll(t, write(t, "roster.csv", content), Options{})
	if want := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))); roster.Digest != want {
		t.Errorf("got %s, want %s", roster.Digest, want)
	}
}

func TestCustomerLinks(t *testing.T) {
	name := write(t, "roster.csv", `account_id,account_number,customer_number,type,action,bill_to_client
4500001,,,customer,,
4500001,,,customer,unlink,
4500001,X1234567,,customer,,
,C012345678,C012345678,customer,add,no
,C012345678,,mystery,add,
`)
	_, rows := readAll(t, name, Options{})
	want := []string{
		`roster.csv:2: account_number: is missing; the service asks for the number when it adds a customer link`,
		`roster.csv:4: account_number "X1234567": is not 10 letters and digits, as the number of a customer link is`,
		`roster.csv:5: bill_to_client "false": is not used for a customer link`,
		`roster.csv:5: customer_number "C012345678": is not used for a customer link`,
		`roster.csv:6: type "mystery": is not a type of link`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	if rows[3].Invalid() || rows[4].Type != "" {
		t.Errorf("got %+v", rows[3:])
	}
}

// The same rows as CSV and as XLSX are the same rows.
func TestBothFormatsAgree(t *testing.T) {
	table := [][]string{
		{"Account #", "Account ID", "Customer #", "Action", "Client", "Bill to client", "Start date", "Name", "Region"},
		{"X1234567", "180012345", "C012345678", "link", "Birch & Alder <Ltd>", "yes", "2026-12-01", "Größe \U0001F600", "north"},
		{"", "", "", "", "", "", "", "", ""},
		{"bad", "12A", "x", "frob", "a\nb", "maybe", "soon", strings.Repeat("x", 41), ""},
		{"F113T5TB", "", "", "keep", "=1+1", "", "", "", "x & co"},
	}
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(table); err != nil {
		t.Fatal(err)
	}
	ours, fromCSV := readAll(t, write(t, "roster.csv", text.String()), Options{})
	theirs, fromXLSX := readAll(t, workbookOf(t, func(f *excelize.File) {
		for i, row := range table {
			cells := make([]any, len(row))
			for j, c := range row {
				cells[j] = c
			}
			fill(f, "Sheet1", slices.Concat(make([][]any, i), [][]any{cells})...)
		}
		fill(f, "Sheet1", nil, []any{nil, 180012345})
	}), Options{})
	ignore := cmp.Options{cmpopts.IgnoreFields(Row{}, "Sheet"), cmpopts.IgnoreFields(Problem{}, "Place")}
	if diff := cmp.Diff(fromCSV, fromXLSX, ignore); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ours.Skipped, theirs.Skipped); diff != "" || len(fromCSV) != 3 {
		t.Error(diff, len(fromCSV))
	}
}

// columnNamed is the name of the column that a header means when --map says
// nothing; empty = it is carried along.
func columnNamed(header string) string {
	if c := lookup(header); c != nil {
		return c.name
	}
	return ""
}
