package ingest

import (
	"strings"
	"testing"
)

// A file of one column by mistake says how it came to that, and what to do.
func TestLinesThatAreOneCell(t *testing.T) {
	for content, want := range map[string]string{
		"account_id^action\n180012345^keep\n":           "add a first line sep=^",
		"account_id,action\n":                           "",
		"account_id\uff0caction\n180012345\uff0ckeep\n": "save it as CSV with commas",
		"account_id\x01action\n180012345\x01keep\n":     "save it as CSV with commas",
		"account_id  action\n180012345  keep\n":         "save it as CSV with commas",
		"\"account_id;action\"\n\"180012345;keep\"\n":   "split the column by this one",
		"\"account_id\taction\"\n\"180012345\tkeep\"\n": "split the column by this one",
		"a^b\n1^2\n": "name one column account_id",
		"the account_id of our clients\n180012345\n":         "rename it",
		"sep=^\naccount_id^action\n180012345^keep\n":         "",
		"account_id^action\x1b[31m\n180012345^keep\x1b[0m\n": "",
	} {
		roster, err := Open(write(t, "roster.csv", content), nil, Options{})
		if err == nil {
			must(t, roster.Close())
			if want != "" {
				t.Errorf("%q is read", content)
			}
			continue
		}
		fault, ok := err.(*FileError)
		if !ok || !strings.Contains(fault.Hint, want) || strings.Contains(fault.Hint+fault.Error(), "\x1b") {
			t.Errorf("%q: %v, %s", content, err, fault.Hint)
		}
	}
}

// A delimiter at the end of the header names a column without a header, and the
// cells of the header are counted as they are.
func TestNamelessLastColumn(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", "account_id,client,\n180012345,a,b\n180012346,a,b,c\n180012347,a,180012348\n"), Options{})
	want := `roster.csv:2: "b": is under a blank header and is not used
roster.csv:3: "b": is under a blank header and is not used
roster.csv:3: "c": is to the right of the last column: the row has 4 cells, the header 3
roster.csv:4: "180012348": looks like an account, and is under a blank header`
	if got := strings.Join(problemLines(rows), "\n"); got != want || rows[0].Invalid() || !rows[2].Invalid() {
		t.Errorf("got %s", got)
	}
}

// The place of a missing account is its cell.
func TestPlaceOfAMissingAccount(t *testing.T) {
	sheet := `<row r="2">` + runs("E", 2, "a note") + "</row>"
	_, rows := readAll(t, write(t, "roster.xlsx", string(storedWorkbook(t, "", "0", sheet))), Options{})
	if want := "roster.xlsx: Clients!A2: neither account_id nor account_number is filled in"; problemLines(rows)[0] != want {
		t.Errorf("got %s", problemLines(rows))
	}
}
