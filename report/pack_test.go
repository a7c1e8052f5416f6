package report

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// pack writes a pack that must be good, and returns its files by name.
func pack(t *testing.T, dir string, p *Pending) (*Pack, map[string]string) {
	t.Helper()
	got, err := p.Pack(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, name := range got.Files {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(data)
	}
	if got.Count != len(texts) || len(got.Files) != len(p.Waiting) {
		t.Errorf("%d letters of %d, for %d of %d", got.Count, len(texts), len(got.Files), len(p.Waiting))
	}
	return got, texts
}

// TestPackGolden pins the letters of one pack, byte for byte: one for a customer
// with two accounts, one for a manager account, one for each other account.
func TestPackGolden(t *testing.T) {
	got, texts := pack(t, filepath.Join(t.TempDir(), "new", "out"), samplePending())
	want := []string{
		"zinc-works-x0000004.txt", "juniper-f200000001.txt", "cmd-c-calc-a0-31mkase-and-co-mobel-x0000005.txt", "quarry-street-media-f300000001.txt",
		"juniper-f200000001.txt", "f400000001.txt", "1000006.txt",
	}
	if !slices.Equal(got.Files, want) || len(got.Others) > 0 {
		t.Errorf("%q, others %q", got.Files, got.Others)
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			golden(t, "letter-"+name, []byte(text))
			fine(t, text)
		})
	}
}

// fine checks what must be true of every letter.
func fine(t *testing.T, letter string) {
	t.Helper()
	if !utf8.ValidString(letter) || !strings.HasSuffix(letter, "\n") || strings.HasSuffix(letter, "\n\n") {
		t.Errorf("not a text that ends with one line: %q", letter)
	}
	for line := range strings.Lines(letter) {
		line = strings.TrimSuffix(line, "\n")
		if text.StringWidthWithoutEscSequences(line) > letterWidth {
			t.Errorf("longer than %d columns: %q", letterWidth, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("ends with blanks: %q", line)
		}
		if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsGraphic(r) && r != '\u200c' && r != '\u200d' }); i >= 0 {
			t.Errorf("has %q in it: %q", line[i:], line)
		}
	}
}

// TestPackNamesAreSafe: whatever clients are called, each gets a file of its
// own, with a name that every system takes.
func TestPackNamesAreSafe(t *testing.T) {
	for _, c := range []struct{ number, name, want string }{
		{"X1", "../../etc/passwd", "etc-passwd-x1.txt"},
		{"X1", `C:\Windows\..`, "c-windows-x1.txt"},
		{"X1", "CON", "con-x1.txt"},
		{"CON", "", "client-con.txt"},
		{"COM1", "…", "client-com1.txt"},
		{"lpt0", "", "client-lpt0.txt"},
		{" aux ", "", "client-aux.txt"},
		{"COM10", "", "com10.txt"},
		{"X1", "さくら", "x1.txt"},
		{"", "", "7.txt"},
		{"X1", ".hidden. ", "hidden-x1.txt"},
		{"X1", "a\x00b\nc\u202ed", "a-b-c-d-x1.txt"},
		{"X1", "Müller & Söhne Straße", "muller-and-sohne-strasse-x1.txt"},
		{"X1", "Łódź Œuvre Ærø", "lodz-oeuvre-aero-x1.txt"},
		{"X1", "O’Neill's", "oneills-x1.txt"},
		{"X1", strings.Repeat("long name ", 30), "long-name-long-name-long-name-long-name-x1.txt"},
		{strings.Repeat("9", 300), "", strings.Repeat("9", maxNumber) + ".txt"},
	} {
		got := fileName([]planner.Invitation{waiting(accountLink(7, c.number, c.name, ""), day)}, nil)
		if got != c.want || !safeName.MatchString(got) {
			t.Errorf("%q %q: %q, want %q", c.name, c.number, got, c.want)
		}
	}
}

// TestPackNeverMixesClients: two clients with one name, and two numbers that
// look alike once they are made safe, have a letter each.
func TestPackNeverMixesClients(t *testing.T) {
	p := &Pending{AsOf: pendingDay, SignIn: "https://ads.microsoft.com"}
	for _, l := range []msads.ClientLink{
		accountLink(1, "X1", "Oak", ""), accountLink(2, "X2", "Oak", ""), // numbers tell them apart
		accountLink(3, "X-3", "Ash", ""), accountLink(4, "X/3", "Ash", ""), accountLink(5, "x.3", "ASH", ""), // so does a count
		accountLink(6, "", "", ""), accountLink(7, "", "", ""), accountLink(0, "", "", ""), accountLink(0, "", "", ""),
		accountLink(8, "X8", "Elm", "F1"), accountLink(9, "X9", "Elm", "f1"), // one customer
	} {
		p.Waiting = append(p.Waiting, waiting(l, day+1))
	}
	got, texts := pack(t, t.TempDir(), p)
	want := []string{
		"oak-x1.txt", "oak-x2.txt", "ash-x-3.txt", "ash-x-3-2.txt", "ash-x-3-3.txt", "6.txt", "7.txt", "unknown.txt", "unknown-2.txt", "elm-f1.txt", "elm-f1.txt",
	}
	if !slices.Equal(got.Files, want) {
		t.Errorf("%q", got.Files)
	}
	for name, id := range map[string]string{"ash-x-3.txt": "(id 3)", "ash-x-3-2.txt": "(id 4)", "ash-x-3-3.txt": "(id 5)", "oak-x2.txt": "(id 2)"} {
		if !strings.Contains(texts[name], id) || strings.Count(texts[name], "(id ") != 2 { // the other is the agency's
			t.Errorf("%s: not for %s alone:\n%s", name, id, texts[name])
		}
	}
	if both := texts["elm-f1.txt"]; !strings.Contains(both, "Request 2 of 2") || !strings.Contains(both, "(id 9)") {
		t.Errorf("%s", both)
	}
}

// TestPackFolder: the folder is made, an older letter to the same client is
// replaced, other texts are told, and nothing is left beside them.
func TestPackFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	p := samplePending()
	pack(t, dir, p)
	p.AsOf = p.AsOf.Add(day)
	p.Waiting = p.Waiting[3:4]
	for _, name := range []string{"notes.md", "OLD.TXT"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, texts := pack(t, dir, p)
	if text := strings.Join(strings.Fields(texts["quarry-street-media-f300000001.txt"]), " "); !strings.Contains(text, "5 days left on 21 November 2026") {
		t.Errorf("not replaced:\n%s", text)
	}
	if len(got.Others) != 6 || !slices.Contains(got.Others, "OLD.TXT") || slices.Contains(got.Others, "notes.md") {
		t.Errorf("others %q", got.Others)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q %v", left, err)
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(filepath.Join(dir, got.Files[0]))
		if err != nil || info.Mode().Perm()&0o111 != 0 {
			t.Errorf("mode %v %v", info.Mode(), err)
		}
	}
}

// TestPackRefused: what is in the way is named, and stays.
func TestPackRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := samplePending().Pack(filepath.Join(file, "out")); err == nil || !strings.HasPrefix(err.Error(), "folder ") {
		t.Errorf("a file as folder: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "zinc-works-x0000004.txt"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := samplePending().Pack(dir)
	if err == nil || !strings.Contains(err.Error(), "zinc-works-x0000004.txt") || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder as letter: %v", err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "mine" {
		t.Errorf("%q %v", data, err)
	}
}

// TestLetterNames: hostile and strange names become one safe line.
func TestLetterNames(t *testing.T) {
	for in, want := range map[string]string{
		"Oak":                                  "Oak",
		" Oak \t\r\n & \u2028 Ash ":            "Oak & Ash",
		"Oak\x00\x1b[31m\x7f\u0085":            "Oak [31m",
		"evil\u202egnp.exe\u202c\u2066x\u2069": "evilgnp.exex",
		"\u200eשלום\u200f":                     "שלום",
		"نمی\u200cخواهم":                       "نمی\u200cخواهم",
		"a\u200bb\ufeffc\u00add":               "abcd",
		"\xff\xfeOak":                          "\ufffdOak",
		"👩\u200d🔧 Oak":                         "👩\u200d🔧 Oak",
		strings.Repeat("x", maxName):           strings.Repeat("x", maxName),
		strings.Repeat("ü", maxName+1):         strings.Repeat("ü", maxName) + "…",
		"\u202e\x00":                           "",
	} {
		if got := safeText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

var safeName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*\.txt$`)

// FuzzLetter: no name or number of the service makes a file's name or a letter
// unsafe.
func FuzzLetter(f *testing.F) {
	f.Add("Oak & Söhne", "X0000001", "F200000001", "Harbour Lane Agency", int64(1), true, false)
	f.Add("../..\x00", "CON", "", "\u202e\r\n", int64(0), false, true)
	f.Add("aux", "nul", "lpt1", "", int64(5), true, true)
	f.Add(strings.Repeat("漢字", 99), strings.Repeat("9", 99), "a/b", strings.Repeat("x", 300), int64(1<<62), false, false)
	f.Fuzz(func(t *testing.T, name, number, owner, agency string, id int64, bill, customer bool) {
		l := accountLink(msads.ID(max(0, id)), number, name, owner)
		l.IsBillToClient = &bill
		if customer {
			l.Type, l.CustomerLinkPermission = msads.CustomerLink, owner
		}
		one := waiting(l, day)
		one.Link.ManagingCustomerName = agency
		other := one
		other.Link.ClientEntityNumber += "0"
		p := &Pending{AsOf: pendingDay, SignIn: "https://ads.microsoft.com", Waiting: []planner.Invitation{one, other}}
		fine(t, p.letter(p.Waiting))
		taken := map[string]bool{}
		for range 3 {
			file := fileName(p.Waiting, taken)
			if !safeName.MatchString(file) || len(file) > 90 || reserved(strings.TrimSuffix(file, ".txt")) || taken[file] || !fs.ValidPath(file) {
				t.Fatalf("%q", file)
			}
			taken[file] = true
		}
	})
}
