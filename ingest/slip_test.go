package ingest

import (
	"strings"
	"testing"
)

// A header that was mistyped is not carried along when the column would have said
// what to do, and --map has both ways out.
func TestHeaderASlipAway(t *testing.T) {
	for header, column := range map[string]string{
		"Actoin": "action", "Acton": "action", "Actionn": "action", "aktoin": "action", "Aktioon": "action", "Acciónn": "action", "アクショソ": "action",
		"Асtion": "action", "Αction": "action", "Bill to cleint": "bill_to_client", "Agency pay": "bill_to_agency", "Starts": "start_date", "Begin": "start_date", "Startdatumm": "start_date",
		"Enddate.": "", "End-datw": "end_date", "Custmer number": "customer_number", "Managing customer ids": "managing_customer_id", "Acount number": "account_number",
		"Option": "", "Status": "", "Notes": "", "Ends on": "", "Sent": "", "Creation": "", "Permision": "", "Typ": "", "Ref": "", "Region": "", "Manager": "", "Custom": "", "Comments": "",
	} {
		rows := "account_id," + header + "\n180012345,x\n"
		if column == "" {
			rows = strings.Replace(rows, ",x", ",", 1)
			if _, err := Open(write(t, "roster.csv", rows), nil, Options{}); err != nil {
				t.Errorf("%s: %v", header, err)
			}
			continue
		}
		fault := openError(t, write(t, "roster.csv", rows), Options{})
		if want := `roster.csv:1: the header "` + header + `" is most likely meant as ` + column; fault.Error() != want {
			t.Errorf("got %s, want %s", fault, want)
		}
		if want := "rename it to " + column + ", or pass --map '" + header + "=" + column + "'; if it is something else, pass --map '" + header + "=', which carries it along"; fault.Hint != want {
			t.Errorf("hint %s, want %s", fault.Hint, want)
		}
		roster, read := readAll(t, write(t, "roster.csv", rows), Options{Map: map[string]string{header: ""}})
		if read[0].Invalid() || len(roster.Problems) > 0 || roster.Columns[1] != "" {
			t.Errorf("%s carried along: %+v, %v", header, read[0], roster.Problems)
		}
		roster, _ = readAll(t, write(t, "roster.csv", rows), Options{Map: map[string]string{header: column}})
		if roster.Columns[1] != column {
			t.Errorf("%s mapped: %q", header, roster.Columns)
		}
	}
}

// A column that is there makes another one of a header that is near it.
func TestHeaderASlipFromAColumnThatIsThere(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", "account_id,action,Actions\n180012345,unlink,three\n"), Options{})
	if rows[0].Action != Unlink || rows[0].Invalid() {
		t.Errorf("got %+v", rows[0])
	}
	fault := openError(t, write(t, "roster.csv", "account_id,'Actoin'\n180012345,unlink\n"), Options{})
	if want := "rename it to action, or to something else that is not so near"; fault.Hint != want {
		t.Errorf("hint %s", fault.Hint)
	}
}

// Nothing from a roster can write to the terminal through a command to copy.
func TestHintsCanBeCopied(t *testing.T) {
	for _, header := range []string{"account_id \x1b]0;pwned\a\x1b[31m", "account_id\u009b31m", "my account_id \u202e", "the client's account_id", "my account_id\u2028"} {
		fault := openError(t, write(t, "roster.csv", "\""+header+"\",action\n180012345,keep\n"), Options{})
		if strings.Contains(fault.Hint, "--map") && !strings.Contains(fault.Hint, "Their header") || strings.ContainsAny(fault.Error()+fault.Hint, "\x1b\a\u009b\u202e\u2028") {
			t.Errorf("%s\n%s", fault, fault.Hint)
		}
	}
}

// Nor through a message about an id in an address.
func TestAddressesDoNotReachTheTerminal(t *testing.T) {
	if _, said := readCell(t, "account_id", "aid=180012345&aid=\u009b31m", Options{}); said != "error: is an address whose aid is not a whole number" {
		t.Errorf("got %q", said)
	}
}

// A letter that only looks right is named: nobody can see it.
func TestLookAlikeLetters(t *testing.T) {
	for _, test := range []struct{ header, text, said string }{
		{"account_number", "Х1234567", "error: contains the character U+0425, which looks like X"},
		{"account_number", "X123456З", "error: contains the character U+0417, which looks like 3"},
		{"account_id", "18OО12345", "error: contains the character U+041E, which looks like O"},
		{"action", "асcept", "error: contains the character U+0430, which looks like a"},
		{"bill_to_client", "уes", "error: contains the character U+0443, which looks like y"},
		{"type", "Ассоunt", "error: contains the character U+0410, which looks like A"},
		{"action", "принять", "error: is not an action"},
		{"name", "Ресторан Х", ""},
	} {
		if _, said := readCell(t, test.header, test.text, Options{}); said != test.said {
			t.Errorf("%s %q: got %q, want %q", test.header, test.text, said, test.said)
		}
	}
}
