package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A row that may be commented out is refused wherever it is; where all rows begin
// so, it is a number sign.
func TestCommentedOutRows(t *testing.T) {
	const hash = `begins with #, as if the row were commented out, and other rows do not`
	for content, want := range map[string][]string{
		"account_id,action\n#180012345,unlink\n180012346,unlink\n":                       {`roster.csv:2: account_id "#180012345": ` + hash},
		"account_id,action\n180012345,unlink\n# 180012346,unlink\n":                      {`roster.csv:3: account_id "# 180012346": ` + hash},
		"account_id,action\n#180012345,unlink\n#180012346,unlink\nTotal: 2,\n":           nil,
		"#account_id,action\n#180012345,unlink\n":                                        nil,
		"account_number,action\n#XH02EAGG,unlink\nXAABFEHB2,unlink\n":                    {`roster.csv:2: account_number "#XH02EAGG": ` + hash, `roster.csv:3: account_number "XAABFEHB2": is not 8 letters and digits`},
		"client,account_id\n#Fabrikam,180012345\nAdatum,180012346\n":                     {`roster.csv:2: client_name "#Fabrikam": ` + hash},
		"client,account_id\n// Fabrikam,180012345\nAdatum,180012346\n":                   {`roster.csv:2: client_name "// Fabrikam": ` + strings.ReplaceAll(hash, "#", "//")},
		"client,account_id\n#1 Auto Parts,180012345\nAdatum,180012346\n":                 nil,
		"client,account_id\nFabrikam,#180012345\nAdatum,180012346\n":                     nil,
		"Area,account_id\n#4711,180012345\n,180012346\n#REF!,180012347\n":                nil,
		"account_id,action\n\n#180012345,unlink\naccount_id,action\n#180012346,keep\n\n": nil,
	} {
		_, rows := readAll(t, write(t, "roster.csv", content), Options{})
		if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
			t.Errorf("%q: %s", content, diff)
		}
	}
}

// The same in a sheet.
func TestCommentedOutRowOfASheet(t *testing.T) {
	sheet := `<row r="2">` + runs("A", 2, "#180012345") + runs("C", 2, "unlink") + `</row><row r="3"><c r="A3"><v>180012346</v></c></row>`
	_, rows := readAll(t, write(t, "roster.xlsx", string(storedWorkbook(t, "", "0", sheet))), Options{})
	want := []string{`roster.xlsx: Clients!A2: account_id "#180012345": begins with #, as if the row were commented out, and other rows do not`}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
}

// An O is a yes among words, and may be a zero among digits, or alone.
func TestLetterOrZero(t *testing.T) {
	for _, header := range []string{"bill_to_client", "bill_to_agency", "suppress_notification", "notify_client"} {
		for cells, want := range map[string]int{"O N": 0, "o oui": 0, "O Vrai O": 0, "O 0": 1, "1 O o": 2, "O": 1, "O O": 2, "O N 0": 1, "O N l": 2, "oui 0": 0} {
			content := "account_id," + header + "\n"
			for i, text := range strings.Fields(cells) {
				content += "18001234" + string(rune('0'+i)) + "," + text + "\n"
			}
			_, rows := readAll(t, write(t, "roster.csv", content), Options{})
			invalid := 0
			for i := range rows {
				if rows[i].Invalid() {
					invalid++
				}
			}
			if invalid != want {
				t.Errorf("%s %s: %d rows are invalid, want %d: %q", header, cells, invalid, want, problemLines(rows))
			}
		}
	}
}

// Both sides of a conflict are in the file, and neither is the roster.
func TestConflictsOfGit(t *testing.T) {
	for content, row := range map[string]int{
		"account_id,action\n180012345,keep\n<<<<<<< HEAD\n180012346,keep\n=======\n180012346,unlink\n>>>>>>> theirs, of May\n": 3,
		"account_id,action\n180012345,keep\n=======\n180012346,unlink\n":                                                       3,
		"account_id,action\n180012345,keep\n>>>>>>> theirs\n":                                                                  3,
		"<<<<<<< HEAD\naccount_id,action\n=======\naccount_id,intent\n>>>>>>> theirs\n180012345,unlink\n":                      1,
	} {
		roster, err := Open(write(t, "roster.csv", content), nil, Options{})
		if err == nil {
			for _, err = range roster.Rows() {
			}
			must(t, roster.Close())
		}
		fault, ok := err.(*FileError)
		if !ok || fault.Row != row || !strings.HasPrefix(fault.Message, "contains a conflict of git") {
			t.Errorf("%q: got %v", content, err)
		}
	}
	_, rows := readAll(t, write(t, "roster.csv", "account_id,action\n180012345,keep\n========\n"), Options{})
	if len(rows) != 1 {
		t.Errorf("a line below the table: %d rows", len(rows))
	}
}

// Two stray quotes swallow the rows between them, whatever those say.
func TestSwallowedRowsOfAnyKind(t *testing.T) {
	for content, swallowed := range map[string]bool{
		"account_number,action,client\nX7F6A6F0,keep,\"The Marble\nXH02EAGG,unlink,Zephyr Fans\"\n":               true,
		"account_number,client\nX7F6A6F0,\"The Marble\nXAABFEHB,Zephyr Fans\"\n":                                  true,
		"account_id,action,client\n180012345,keep,\"The Marble\n1234,unlink,Zephyr\"\n":                           true,
		"client,a,b,c,d,account_id\nx,,,,\"5\"\" pipe\nFabrikam,,,,,77\nz,1\",180012345\n":                        true,
		"account_id,action,note\n180012345,keep,\"Dear Ms Doe,\nplease note, as agreed,\nwelcome, and thanks\"\n": false,
		"account_number,note\nX7F6A6F0,\"Hello,\nTuesdays, as ever\"\n":                                           false,
	} {
		_, rows := readAll(t, write(t, "roster.csv", content), Options{})
		got := len(rows) == 1 && rows[0].Invalid() && strings.Contains(problemLines(rows)[0], "a quote may be open")
		if got != swallowed {
			t.Errorf("%q: %q", content, problemLines(rows))
		}
	}
}

// What a spreadsheet puts below a group is not a client.
func TestSubtotals(t *testing.T) {
	for content, want := range map[string]string{
		"Contoso Count,2,,":                   "looks like a subtotal, whose number is not an account",
		"Contoso Total,17,,":                  "looks like a subtotal, whose number is not an account",
		"Contoso Average,117.0,,":             "looks like a subtotal, whose number is not an account",
		"Anzahl Contoso,2,,":                  "looks like a subtotal, whose number is not an account",
		"Gesamtanzahl,2,,":                    "looks like a total row, but it contains an account",
		"Grand Count,3,,":                     "looks like a total row, but it contains an account",
		"Contoso 合計,3,,":                      "looks like a subtotal, whose number is not an account",
		"Pierre Count,180012345,,":            "",
		"Contoso Total,17,link,":              "",
		"Total Garden Care,180012345,,":       "",
		"Count Basie Theatre,180012345,,yes,": "",
	} {
		_, rows := readAll(t, write(t, "roster.csv", "client,account_id,action,bill_to_client\n"+content+"\n"), Options{})
		got := ""
		if rows[0].Invalid() {
			got = rows[0].Problems[0].Message
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", content, got, want)
		}
	}
	sheet := `<row r="2"><c r="A2"><f>SUM(A3:A4)</f><v>360024690</v></c>` + runs("E", 2, "Contoso Total") + `</row>`
	_, rows := readAll(t, write(t, "roster.xlsx", string(storedWorkbook(t, "", "0", sheet))), Options{})
	if !rows[0].Invalid() {
		t.Error("a sum of ids is read as an id")
	}
}

// An account that somebody has marked is not a remark.
func TestStarredAccounts(t *testing.T) {
	for _, text := range []string{"* XAABFEHB", "*X1234567", "- XH02EAGG"} {
		_, rows := readAll(t, write(t, "roster.csv", "account_number\nX1234567\n"+text+"\n"), Options{})
		if len(rows) != 2 || !rows[1].Invalid() {
			t.Errorf("%s: %d rows", text, len(rows))
		}
	}
}
