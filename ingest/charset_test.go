package ingest

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"

	"linkbatch/internal/charset"
)

// utf16Of is a text in UTF-16 without a mark.
func utf16Of(text string, bigEndian bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		low, high := byte(u), byte(u>>8)
		if bigEndian {
			low, high = high, low
		}
		b = append(b, low, high)
	}
	return string(b)
}

// in1252 is a text in Windows-1252.
func in1252(t *testing.T, text string) string {
	t.Helper()
	out, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	oddRoster = "Account ID,Client\n180012345,plain\n"
	readAs    = "the file is not UTF-8; it is read as Windows-1252"
)

// Every encoding gives the same rows, and is named.
func TestEncodings(t *testing.T) {
	const western = oddRoster + "180012346,Café “Ålder” – d’Été\n"
	const japaneseText = oddRoster + "180012346,東京の商店\n"
	const clef = oddRoster + "180012346,𝄞 and 東\n"
	sjis, err := japanese.ShiftJIS.NewEncoder().String(japaneseText)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, content, asked, encoding, client string }{
		{"UTF-8 asked for", western, "utf8", "utf-8", "Café “Ålder” – d’Été"},
		{"UTF-8 with mark, asked for", charset.MarkUTF8 + western, "UTF-8", "utf-8-bom", "Café “Ålder” – d’Été"},
		{"Windows-1252", in1252(t, western), "", "windows-1252", "Café “Ålder” – d’Été"},
		{"Windows-1252 asked for", in1252(t, western), "latin1", "windows-1252", "Café “Ålder” – d’Été"},
		{"UTF-16LE without mark", utf16Of(clef, false), "", "utf-16le", "𝄞 and 東"},
		{"UTF-16BE without mark", utf16Of(clef, true), "", "utf-16be", "𝄞 and 東"},
		{"UTF-16LE without mark, asked for", utf16Of(clef, false), "utf-16", "utf-16le", "𝄞 and 東"},
		{"UTF-16BE without mark, asked for", utf16Of(clef, true), "UTF-16BE", "utf-16be", "𝄞 and 東"},
		{"UTF-16BE with mark, asked for", utf16Of("\ufeff"+clef, true), "utf-16", "utf-16be", "𝄞 and 東"},
		{"Shift_JIS asked for", sjis, "Shift_JIS", "shift_jis", "東京の商店"},
		{"DOS asked for", oddRoster + "180012346,J\x81rg\n", "IBM850", "ibm850", "Jürg"},
		{"Cyrillic asked for", oddRoster + "180012346,\xca\xe0\xf4\xe5\n", "windows-1251", "windows-1251", "Кафе"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			roster, rows := readAll(t, write(t, "roster.csv", test.content), Options{Encoding: test.asked, TempDir: "."})
			if roster.Encoding != test.encoding {
				t.Errorf("encoding %s, want %s", roster.Encoding, test.encoding)
			}
			if len(rows) != 2 || rows[1].ClientName != test.client || rows[1].Number != 3 || rows[0].ClientName != "plain" {
				t.Errorf("got %+v", rows)
			}
			var want []string
			if test.name == "Windows-1252" {
				want = []string{`roster.csv:3: "Café “Ålder” – d’Été": ` + readAs}
			}
			if diff := cmp.Diff(want, rosterProblems(roster)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// rosterProblems are the problems of the file as a whole, as messages.
func rosterProblems(r *Roster) (lines []string) {
	for _, p := range r.Problems {
		lines = append(lines, p.String())
	}
	return lines
}

// What cannot be decoded is reported with its row, as a person counts rows.
func TestUndecodableText(t *testing.T) {
	const notClear = "is not UTF-8 text, and not clearly Windows-1252"
	tests := []struct{ name, content, asked, want string }{
		{"damaged UTF-8", "account_id,client\n1,Café\n2,Alder \xff\n", "", "roster.csv:3: " + notClear},
		{"damaged UTF-8 below line breaks", "account_id,client\n1,\"a\n\nb\"\n\n2,é \xff\n", "", "roster.csv:4: " + notClear},
		{"damaged UTF-8 below sep=", "sep=;\naccount_id;client\n1;é \xff\n", "", "roster.csv:2: " + notClear},
		{"damaged UTF-8 with mark", charset.MarkUTF8 + "account_id\n1\n\xff\xffé\n", "", "roster.csv:3: " + notClear},
		{"damaged UTF-8 with lone returns", "account_id,client\r1,a\r2,é \xff\r", "", "roster.csv:3: " + notClear},
		{"UTF-8 cut off", "account_id,client\n1,Caf\xc3", "", "roster.csv:2: ends within a character of UTF-8: it is cut off, or in another encoding"},
		{"UTF-8 asked for", "account_id,client\n1,Caf\xe9 Alder\n", "utf-8", "roster.csv:2: is not UTF-8 text"},
		{"a byte that Windows-1252 has not", "account_id,client\n1,J\x81rg\n", "", "roster.csv:2: " + notClear},
		{"the same, asked for", "account_id,client\n1,J\x81rg\n", "windows-1252", "roster.csv:2: contains a byte that is not a character of windows-1252"},
		{"Cyrillic", "account_id,client\n1,\xca\xe0\xf4\xe5\n", "", "roster.csv:2: " + notClear},
		{"Shift_JIS", "account_id,client\n1,\x93\x8c\x8b\x9e\n", "", "roster.csv:2: " + notClear},
		{"Polish", "account_id,client\n1,Sp\xf3\xb3ka\n", "", "roster.csv:2: " + notClear},
		{"euro of ISO 8859-15", "account_id,client\n1,10 \xa4\n", "", "roster.csv:2: " + notClear},
		{"DOS", "account_id,client\n1,J\x94rg\n", "", "roster.csv:2: " + notClear},
		{"old Macintosh", "account_id,client\r1,a\r2,Caf\x8e\r", "", "roster.csv:3: " + notClear},
		{"Shift_JIS, half a character", "account_id,client\n1,\x93\x8c\n2,\x93", "shift_jis", "roster.csv:3: contains a byte that is not a character of shift_jis"},
		{"lone surrogate", utf16Of("\ufeffaccount_id,client\n1,a\n2,", false) + "\x00\xd8" + utf16Of("x\n", false), "", "roster.csv:3: contains half a character of UTF-16 (a lone surrogate), or U+FFFD, the mark of a lost character"},
		{"low surrogate alone", utf16Of("\ufeffaccount_id,client\n1,a\n\n2,", true) + "\xdc\x00" + utf16Of("x\n", true), "", "roster.csv:4: contains half a character of UTF-16 (a lone surrogate), or U+FFFD, the mark of a lost character"},
		{"surrogate at the end", utf16Of("\ufeffaccount_id,client\n1,a", false) + "\x00\xd8", "", "roster.csv:2: contains half a character of UTF-16 (a lone surrogate), or U+FFFD, the mark of a lost character"},
		{"UTF-16 cut off", utf16Of("\ufeffaccount_id,client\n1,a\n2", false) + "x", "", "roster.csv:3: ends within a character of UTF-16: it is cut off"},
		{"UTF-16 without a mark, cut off", utf16Of("account_id,client\n1,a\n2", false) + "x", "", "roster.csv:3: ends within a character of UTF-16: it is cut off"},
		{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", "", "roster.csv: unsupported format: text in UTF-32"},
		{"mark and request differ", charset.MarkUTF8 + "account_id\n1\n", "windows-1252", "roster.csv: begins with the mark of utf-8, but --encoding says windows-1252"},
		{"marks of UTF-16 differ", charset.MarkUTF16LE + "a\x00", "utf-16be", "roster.csv: begins with the mark of utf-16le, but --encoding says utf-16be"},
		{"UTF-16 of unknown order", "account_id\n1\n", "utf-16", "roster.csv: has no mark that shows which UTF-16 it is"},
		{"unknown encoding", "account_id\n1\n", "nonsense", `roster.csv: --encoding: unknown encoding "nonsense"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fault := openError(t, write(t, "roster.csv", test.content), Options{Encoding: test.asked, TempDir: "."})
			if fault.Error() != test.want {
				t.Errorf("got  %s\nwant %s", fault, test.want)
			}
			if fault.Hint == "" {
				t.Error("there is no hint")
			}
		})
	}
}

// A character that is cut by the buffers of the decoders is read whole.
func TestCharactersAcrossBuffers(t *testing.T) {
	for pad := range 6 {
		name := strings.Repeat("x", pad) + strings.Repeat("é𝄞東 ", 20_000)
		text := "\ufeffaccount_id,crm\n180012345," + name + "\n"
		_, rows := readAll(t, write(t, "roster.csv", utf16Of(text, false)), Options{})
		if len(rows) != 1 || rows[0].Cells[1] != name {
			t.Fatalf("pad %d: UTF-16 is read otherwise", pad)
		}
		sjis, err := japanese.ShiftJIS.NewEncoder().String("account_id,crm\n180012345," + strings.NewReplacer("é", "e", "𝄞", "の").Replace(name) + "\n")
		if err != nil {
			t.Fatal(err)
		}
		_, rows = readAll(t, write(t, "roster.csv", sjis), Options{Encoding: "sjis"})
		if len(rows) != 1 || rows[0].Cells[1] != strings.NewReplacer("é", "e", "𝄞", "の").Replace(name) {
			t.Fatalf("pad %d: Shift_JIS is read otherwise", pad)
		}
		if _, rows = readAll(t, write(t, "roster.csv", text[3:]), Options{}); len(rows) != 1 || rows[0].Cells[1] != name {
			t.Fatalf("pad %d: UTF-8 is read otherwise", pad)
		}
	}
}

// FuzzText: whatever the bytes, a text is decoded exactly or refused; what is
// read as UTF-16 or Windows-1252 gives the same bytes when it is written again.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"account_id\n1\n", utf16Of("account_id\n1\n", false), utf16Of("\ufeffaccount_id\n1\n", true), "account_id,client\n1,Caf\xe9 Alder\n", "account_id\r1\r\n\"a\rb\"", "\xff\xfe\x00\xd8"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		in, err := openInput("-", strings.NewReader(string(content)), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		found, err := in.decode(dialect{}, "")
		if err != nil {
			return
		}
		decoded := make([]byte, in.size)
		if _, err := in.file.ReadAt(decoded, 0); err != nil && in.size > 0 {
			t.Fatal(err)
		}
		back := string(decoded)
		switch found.Name {
		case "utf-16le", "utf-16be":
			back = utf16Of(back, found.Name == "utf-16be")
			if len(content) > 1 && len(back) == len(content)-2 {
				content = content[2:] // the mark
			}
		case "windows-1252":
			if back, err = charmap.Windows1252.NewEncoder().String(back); err != nil {
				t.Fatal(err)
			}
		}
		lines := func(s string) string { return strings.ReplaceAll(s, "\r", "\n") }
		if lines(back) != lines(string(content)) {
			t.Fatalf("%q was decoded as %q (%s)", content, decoded, found.Name)
		}
	})
}

func TestEncodingOfAWorkbookIsNotUsed(t *testing.T) {
	name := write(t, "roster.xlsx", string(rawWorkbook(t, sheetOf(goodRow2), twoStrings)))
	roster, rows := readAll(t, name, Options{Encoding: "windows-1251"})
	want := []string{"roster.xlsx: Clients!1: --encoding is not used: the texts of a workbook are UTF-8"}
	if diff := cmp.Diff(want, rosterProblems(roster)); diff != "" || roster.Encoding != "utf-8" || len(rows) != 1 {
		t.Error(roster.Encoding, len(rows), diff)
	}
}
