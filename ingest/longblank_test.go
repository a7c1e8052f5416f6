package ingest

import (
	"strings"
	"testing"
)

// Blank lines belong to no row, however many they are: above, between and below
// the rows.
func TestMoreBlankLinesThanARowHasBytes(t *testing.T) {
	blank := strings.Repeat("\n", longestRow+1<<16)
	for name, content := range map[string]string{
		"below":   "account_id,client\n180012345,a\n180012346,b\n" + blank,
		"returns": "account_id,client\n180012345,a\n180012346,b\n" + strings.Repeat("\r\n", longestRow/2+1<<16),
		"between": "account_id,client\n180012345,a\n" + blank + "180012346,b\n",
		"above":   blank + "account_id,client\n180012345,a\n180012346,b\n",
	} {
		t.Run(name, func(t *testing.T) {
			roster, rows := readAll(t, write(t, "roster.csv", content), Options{TempDir: "."})
			if len(rows) != 2 || rows[1].AccountID != 180012346 {
				t.Fatalf("got %d rows", len(rows))
			}
			if name == "between" && rows[1].Number != 2+len(blank)+1 {
				t.Errorf("got row %d", rows[1].Number)
			}
			_ = roster
		})
	}
	// Within quotes they do.
	fault := openError(t, write(t, "roster.csv", "account_id,client\n180012345,\"a"+blank+"\"\n"), Options{TempDir: "."})
	if want := "roster.csv:2: a row is longer than 8 MB: a quote that is never closed may be why"; fault.Error() != want {
		t.Errorf("got %s", fault)
	}
}
