package config

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// TestTree reads texts in which positions are hard to know: the value of each
// node is cut out of the text and shown behind its path.
func TestTree(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1":                              "a=1",
		"a . 'b' . \"c d\"  =  'x'  # c":     `a.b."c d"='x'`,
		"[a.b]\nc=1\n[a]\nd=2":               "a.b.c=1 a.d=2",
		"a=[1,\n # ], \n 'x' , [ [],{} ] ,]": "a[0]=1 a[1]='x' a[2][0]=[] a[2][1]={}",
		"a={b=1 , c.d = [ {e=2} ] }\nf=3":    "a.b=1 a.c.d[0].e=2 f=3",
		"a={\n b=1, # }\n c='''\nx}''',\n}":  "a.b=1 a.c='''\nx}'''",
		"[[a]]\nb=1\n[[a]]\n[a.c]\nd=2":      "a[0].b=1 a[1].c.d=2",
		"a = \"\"\"x\\\"\"\"\"\"\"\nb=1":     "a=\"\"\"x\\\"\"\"\"\"\" b=1",
		"é = 1":                              "",
		"\"é\" = 1979-05-27 07:32:00":        `"é"=1979-05-27 07:32:00`,
	} {
		p := &problems{text: text}
		tree, partial := parse(p)
		if partial != (want == "") {
			t.Errorf("%q: %v", text, p.list)
		}
		if got := strings.Join(written(p, tree), " "); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

// written is the single values below a node, and lists and tables of nothing.
func written(p *problems, n *node) (all []string) {
	for _, child := range n.children {
		if len(child.children) == 0 {
			all = append(all, child.dotted()+"="+p.text[child.value.start:child.value.end])
		}
		all = append(all, written(p, child)...)
	}
	return all
}

// TestConflicts are statements that are good TOML one by one.
func TestConflicts(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1\na = 2":                 "f:2:1: a: is already set in line 1",
		"a.b = 1\na.b = 2":             "f:2:3: a.b: is already set in line 1",
		"a = 1\na.b = 2":               "f:2:1: a: is already set in line 1",
		"a.b = 1\na = 2":               "f:2:1: a: is already set in line 1",
		"a = {b = 1}\na.c = 2":         "f:2:1: a: is already set in line 1",
		"a = {b = 1, b = 2}":           "f:1:13: a.b: is already set in line 1",
		"a = [{b = 1, b = 2}]":         "f:1:14: a[0].b: is already set in line 1",
		"[a]\n[a]":                     "f:2:2: a: is already defined in line 1",
		"[a]\nb = 1\n[a]\nb = 2":       "f:3:2: a: is already defined in line 1\nf:4:1: a.b: is already set in line 2",
		"a = 1\nb = 2\n[a]\nb = 3":     "f:3:2: a: is already defined in line 1",
		"a = 1\n[a.b]\nc = 2":          "f:2:2: a: is already defined in line 1",
		"a = {}\n[a.b]":                "f:2:2: a: is already defined in line 1",
		"a.b = 1\n[a]":                 "f:2:2: a: is already defined in line 1",
		"a = [1]\n[[a]]":               "f:2:3: a: is already defined in line 1",
		"[a]\n[[a]]":                   "f:2:3: a: is already defined in line 1",
		"[[a]]\n[a]":                   "f:2:2: a: is already defined in line 1",
		"[a.b]\nc = 1\n[a]\nb.d = 2":   "f:4:1: a.b: is already set in line 1",
		"[a.b.c]\n[a]\nb.d = 2":        "f:3:1: a.b: is already set in line 1",
		"[a.b]\n[a]\nb = 2":            "f:3:1: a.b: is already set in line 1",
		"[a]\nb.c = 1\n[a.b]\nd = 2":   "f:3:4: a.b: is already defined in line 2",
		"[a]\nb.c = 1\n[a.b.d]\ne=2":   "",
		"[a.b]\n[a]\n[a.c]":            "",
		"a.b = 1\na.c = 2":             "",
		"[[a]]\nb = 1\n[[a]]\nb = 2":   "",
		"[[a]]\n[a.b]\n[[a]]\n[a.b]":   "",
		"[a.b]\nc = 1\n[a]\nc = {b=1}": "",
	} {
		p := &problems{file: "f", text: text}
		parse(p)
		got := ""
		if err := p.err(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestTheLibraryAgrees holds random statements over few names, most of which
// conflict, against the library's own reading: both refuse a text, or both read
// the same in it.
func TestTheLibraryAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2026))
	good := 0
	for range 20_000 {
		var text strings.Builder
		for range 1 + r.IntN(5) {
			text.WriteString(randomStatement(r))
		}
		if agree(t, text.String()) {
			good++
		}
	}
	if good < 1000 || good > 19_000 {
		t.Errorf("%d of the texts are good: too few or too many to show anything", good)
	}
}

func randomStatement(r *rand.Rand) string {
	key := func() string {
		parts := make([]string, 1+r.IntN(3))
		for i := range parts {
			parts[i] = string(rune('a' + r.IntN(3)))
		}
		return strings.Join(parts, ".")
	}
	values := []string{"1", `"x"`, "[]", "[1, 2]", "{}", "[[1], {}]", "true", "'''\ny'''", "{" + key() + " = 1, " + key() + " = 2}", "[{" + key() + " = 1}]"}
	switch r.IntN(6) {
	case 0:
		return "[" + key() + "]\n"
	case 1:
		return "[[" + key() + "]]\n"
	}
	return key() + " = " + values[r.IntN(len(values))] + "\n"
}

// FuzzTree is the same for any text.
func FuzzTree(f *testing.F) {
	for _, text := range []string{"a.b = [1, {c = 'x'}]\n[d]\n[[e.f]]\ng = \"\\u00e9\"", "a = 0x1F\nb = 1_0\nc = +3", "a = '''\r\nx'''\r\n[b] # c", "[a\nb = 1", "a = [\n[b]\nc = 1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { agree(t, text) })
}

// agree reports whether a text is TOML, and fails if the library says otherwise.
func agree(t *testing.T, text string) bool {
	t.Helper()
	p := &problems{file: "f", text: text}
	tree, _ := parse(p)
	want := map[string]any{}
	refused := toml.Unmarshal([]byte(text), &want)
	if p.err() != nil {
		if refused == nil {
			t.Errorf("%q: the library reads it: %v", text, p.err())
		}
		return false
	}
	got, plain := meaning(tree)
	if refused != nil {
		if plain {
			t.Errorf("%q is read: %v", text, refused)
		}
		return false
	}
	if diff := cmp.Diff(any(want), got); plain && diff != "" {
		t.Errorf("%q (-want +got):\n%s", text, diff)
	}
	return true
}

// meaning is a node as the library decodes it. It reports false if a value in it
// is of a kind that no key takes, which the reader does not look into.
func meaning(n *node) (v any, plain bool) {
	plain = true
	switch n.kind {
	case unstable.Table, unstable.InlineTable:
		m := map[string]any{}
		for _, child := range n.children {
			sub, ok := meaning(child)
			m[child.name], plain = sub, plain && ok
		}
		return m, plain
	case unstable.Array:
		list := []any{}
		for _, child := range n.children {
			sub, ok := meaning(child)
			list, plain = append(list, sub), plain && ok
		}
		return list, plain
	case unstable.String:
		return n.text, true
	case unstable.Bool:
		return n.text == "true", true
	case unstable.Integer:
		i, err := strconv.ParseInt(n.text, 0, 64)
		return i, err == nil
	}
	return fmt.Sprint(n.kind), false
}
