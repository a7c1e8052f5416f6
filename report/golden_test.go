package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestGolden pins every form of one small plan and its run, byte for byte.
func TestGolden(t *testing.T) {
	head := sampleHead()
	plan, results := sample()
	forms := map[string]func(*bytes.Buffer) error{
		"run.csv":         func(b *bytes.Buffer) error { return made(t, head, plan, results).writeCSV(b) },
		"run.jsonl":       func(b *bytes.Buffer) error { return made(t, head, plan, results).writeJSONL(b) },
		"run.json":        func(b *bytes.Buffer) error { return made(t, head, plan, results).JSON(b) },
		"plan.json":       func(b *bytes.Buffer) error { return planned(t, head, plan).JSON(b) },
		"plan.txt":        func(b *bytes.Buffer) error { return planned(t, Head{}, plan).Table(b, TableOptions{Width: 100}) },
		"plan-narrow.txt": func(b *bytes.Buffer) error { return planned(t, Head{}, plan).Table(b, TableOptions{Width: 60}) },
		"plan-all.txt":    func(b *bytes.Buffer) error { return planned(t, Head{}, plan).Table(b, TableOptions{All: true}) },
		"plan.csv":        func(b *bytes.Buffer) error { return planned(t, head, plan).run(false).writeCSV(b) },
		"plan-all.csv":    func(b *bytes.Buffer) error { return planned(t, head, plan).run(true).writeCSV(b) },
		"plan-color.txt": func(b *bytes.Buffer) error {
			return planned(t, Head{}, plan).Table(b, TableOptions{Color: true, Width: 100})
		},
		"results.txt": func(b *bytes.Buffer) error { return made(t, Head{}, plan, results).Table(b, TableOptions{Width: 100}) },
		"results-all.txt": func(b *bytes.Buffer) error {
			return made(t, Head{}, plan, results).Table(b, TableOptions{All: true, Width: 120})
		},
		"summary.txt":      func(b *bytes.Buffer) error { return made(t, head, plan, results).Summary(b, TableOptions{Width: 80}) },
		"summary-wide.txt": func(b *bytes.Buffer) error { return made(t, head, plan, results).Summary(b, TableOptions{}) },
	}
	for name, do := range forms {
		t.Run(name, func(t *testing.T) {
			got := write(t, do)
			golden(t, name, []byte(got))
			if again := write(t, do); again != got {
				t.Error("two renderings differ")
			}
		})
	}
}

// TestTerminalIsSafe guards that no text of a roster or of the service drives
// the terminal, and that colours come only when asked for.
func TestTerminalIsSafe(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if strings.Contains(name, "color") {
			text = strings.NewReplacer(red, "", green, "", yellow, "", plain, "").Replace(text)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s: %q", name, text[i:min(i+20, len(text))])
		}
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"Oak\x1b[31m":       `Oak\x1b[31m`,
		"a\u202eb\u2066c":   `a\u202eb\u2066c`,
		"a\r\nb\tc":         "a  b c",
		"a\u2028b":          `a\u2028b`,
		"\u009b2J\x7f":      `\x9b2J\x7f`,
		"bad \xff byte":     `bad \xff byte`,
		"kept \ufffd":       "kept \ufffd",
		"می\u200cخواهم":     "می\u200cخواهم",
		"soft\u00adhyphen":  `soft\u00adhyphen`,
		" Brücke \u00a0":    "Brücke",
		"\U000e0041 tagged": `\U000e0041 tagged`,
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzVisible: whatever comes in, nothing that a terminal obeys comes out.
func FuzzVisible(f *testing.F) {
	for _, s := range []string{"", "Oak", "\x1b]0;x\a", "\u202e", "\xc2", "\u009b", "\u2029", "\U000e0001", "\u200d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Visible(s)
		if !utf8.ValidString(got) {
			t.Errorf("%q: not UTF-8", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("%q holds %U", got, r)
			}
		}
	})
}
