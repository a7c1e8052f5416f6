package part

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"linkbatch/ingest"
	"linkbatch/internal/edit"
)

// Only are conditions on the cells of a row, all of which must hold. The zero value
// holds for every row.
type Only []condition

// condition is "Column=pattern".
type condition struct{ column, pattern string }

// Type implements pflag.Value.
func (o *Only) Type() string { return "COLUMN=PATTERN" }

// String is what [Only.Set] reads as these conditions, one a line.
func (o *Only) String() string {
	lines := make([]string, len(*o))
	for i, c := range *o {
		lines[i] = c.column + "=" + c.pattern
	}
	return strings.Join(lines, "\n")
}

// Set adds a condition, or one for each line.
func (o *Only) Set(text string) error {
	var read Only
	for line := range strings.SplitSeq(text, "\n") {
		column, pattern, ok := strings.Cut(line, "=")
		if column = strings.TrimSpace(column); !ok || column == "" {
			return errors.New("want a column and a pattern, such as 'Country=D*'; * is any text, ? one character")
		}
		read = append(read, condition{column, strings.TrimSpace(pattern)})
	}
	*o = append(*o, read...)
	return nil
}

// matcher is conditions whose columns are found.
type matcher []struct {
	at      []int // columns of that name: one of them must match
	pattern string
}

// find finds the columns: by the header, or by the name that linkbatch has for it,
// either without regard to case, spaces and punctuation.
func (o Only) find(header, columns []string) (matcher, error) {
	m := make(matcher, len(o))
	for i, c := range o {
		m[i].pattern = c.pattern
		for at := range header {
			key := ingest.HeaderKey(c.column)
			if key == ingest.HeaderKey(header[at]) || at < len(columns) && columns[at] != "" && key == ingest.HeaderKey(columns[at]) {
				m[i].at = append(m[i].at, at)
			}
		}
		if m[i].at == nil {
			return nil, unknown(c.column, header, columns)
		}
	}
	return m, nil
}

// unknown is the error of a column that is not there.
func unknown(column string, header, columns []string) error {
	const longest = 100 // a header may be a whole text, and distance takes the product
	best, least := "", 4
	for _, name := range slices.Concat(header, columns) {
		if name == "" || len(name) > longest || len(column) > longest {
			continue
		}
		if d := edit.Distance(ingest.HeaderKey(column), ingest.HeaderKey(name)); d < least {
			best, least = name, d
		}
	}
	if best != "" {
		return &Error{fmt.Sprintf("--only: the roster has no column %q, did you mean %q?", column, best), ""}
	}
	named := slices.DeleteFunc(slices.Clone(header), func(name string) bool { return strings.TrimSpace(name) == "" })
	return &Error{fmt.Sprintf("--only: the roster has no column %q; it has %s", column, strings.Join(named, ", ")), ""}
}

// match reports whether all conditions hold for a row.
func (m matcher) match(cells []string) bool {
	for _, c := range m {
		holds := func(at int) bool {
			cell := ""
			if at < len(cells) {
				cell = cells[at]
			}
			return glob(c.pattern, cell)
		}
		if !slices.ContainsFunc(c.at, holds) {
			return false
		}
	}
	return true
}

// glob reports whether a text is what a pattern says, without regard to case and
// to blanks at its ends: * stands for any text, ? for one character.
func glob(pattern, text string) bool {
	p, t := []rune(strings.ToLower(pattern)), []rune(strings.ToLower(strings.TrimSpace(text)))
	star, mark := -1, 0 // the last *, and where what it stands for ends so far
	at, i := 0, 0
	for i < len(t) {
		switch {
		case at < len(p) && p[at] == '*':
			star, mark = at, i
			at++
		case at < len(p) && (p[at] == '?' || p[at] == t[i]):
			at++
			i++
		case star >= 0:
			mark++
			at, i = star+1, mark
		default:
			return false
		}
	}
	for at < len(p) && p[at] == '*' {
		at++
	}
	return at == len(p)
}
