package ingest

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"linkbatch/internal/sheet"
)

// chosen is the sheet to read, and the others that a person may have meant.
type chosen struct {
	sheet.Worksheet
	rosters []sheet.Worksheet // other sheets with a header that names the account
	hidden  []string
}

// choose finds the sheet to read: the one asked for, or the first visible one
// with a header that names the account. A sheet that cannot be read is chosen
// too, so that reading it says why. If no sheet has such a header, the only one
// that has rows, or the only visible one, is chosen, to say what is missing in it.
func (b *workbook) choose(opts Options) (chosen, error) {
	if opts.Sheet != "" {
		s, err := b.named(opts.Sheet)
		return chosen{Worksheet: s}, err
	}
	names := newHeaderNames(opts.Map)
	var c chosen
	var filled, visible []sheet.Worksheet
	found := false
	for _, s := range b.Sheets {
		what := b.peek(s, names)
		if s.Visible {
			visible = append(visible, s)
			if what != emptySheet {
				filled = append(filled, s)
			}
		} else {
			c.hidden = append(c.hidden, s.Name)
		}
		switch {
		case !found && s.Visible && (what == rosterSheet || what == brokenSheet):
			c.Worksheet, found = s, true
		case what == rosterSheet:
			c.rosters = append(c.rosters, s)
		}
	}
	switch {
	case found:
	case len(c.rosters) > 0:
		return c, b.noSheet(filled, c.rosters)
	case len(filled) == 1:
		c.Worksheet = filled[0]
	case len(visible) == 1:
		c.Worksheet = visible[0]
	default:
		return c, b.noSheet(filled, nil)
	}
	return c, nil
}

// sheetKind is what a first look at a sheet shows.
type sheetKind uint8

const (
	emptySheet  sheetKind = iota
	otherSheet            // it has rows
	rosterSheet           // it has a header that names the account
	brokenSheet           // its first rows cannot be read
)

// peek looks for the header of a sheet.
func (b *workbook) peek(s sheet.Worksheet, names headerNames) sheetKind {
	src, err := b.rows(s)
	if err != nil {
		return brokenSheet
	}
	defer src.Close()
	switch t, err := findTable(src, names); {
	case err == io.EOF:
		return emptySheet
	case err != nil:
		return brokenSheet
	case names.weigh(&t.header) >= aKey:
		return rosterSheet
	}
	return otherSheet
}

// noSheet says why none of several sheets can be read.
func (b *workbook) noSheet(filled, hidden []sheet.Worksheet) *FileError {
	e := b.in.fault("is empty: no visible sheet has a row", "")
	if len(filled) > 0 {
		e = b.in.fault(fmt.Sprintf("no visible sheet has a column account_id or account_number in its first %d rows; there are %s", headerWithin, sheetNames(filled)),
			"pass --sheet 'Its name' to see what is missing in a sheet")
	}
	if len(hidden) > 0 {
		e.Hint = fmt.Sprintf("the hidden sheet %q has one: show it, or %s", hidden[0].Name, passSheet(hidden[0].Name))
	}
	return e
}

// named is the sheet of that name.
func (b *workbook) named(name string) (sheet.Worksheet, error) {
	i := slices.IndexFunc(b.Sheets, func(s sheet.Worksheet) bool { return strings.EqualFold(s.Name, strings.TrimSpace(name)) })
	if i < 0 {
		return sheet.Worksheet{}, b.in.fault(fmt.Sprintf("has no sheet %q", name), "the sheets are "+sheetNames(b.Sheets))
	}
	return b.Sheets[i], nil
}

// sheetNames lists sheets for a message.
func sheetNames(sheets []sheet.Worksheet) string {
	var names []string
	for _, s := range sheets {
		names = append(names, s.Name)
	}
	return quoted(names)
}

// passSheet is the flag for a sheet, to be copied if its name can be.
func passSheet(name string) string {
	if !canQuote(name) {
		return "pass its name to --sheet"
	}
	return "pass --sheet '" + name + "'"
}

// warnOfSheets warns of the sheets that are not read.
func (r *Roster) warnOfSheets(c chosen) {
	warn := func(value, message, hint string) {
		f := fault{message: message, hint: hint, severity: Warning, value: value}
		r.Problems = append(r.Problems, r.problem(0, &f))
	}
	hidden := slices.Clone(c.hidden)
	for _, s := range c.rosters {
		what := "this sheet"
		if !s.Visible {
			what = "this hidden sheet"
			hidden = slices.DeleteFunc(hidden, func(name string) bool { return name == s.Name })
		}
		warn(s.Name, fmt.Sprintf("%s looks like a roster too; only %q is read", what, c.Name), passSheet(s.Name)+" to read it")
	}
	if len(hidden) > 0 {
		warn("", "hidden sheets are not read: "+quoted(hidden), "")
	}
}

// warnOfColumns warns of the columns that nobody sees.
func (r *Roster) warnOfColumns(rows *sheet.Reader) {
	for i, h := range r.Header {
		if strings.TrimSpace(h) != "" && rows.Hides(i) {
			r.warn(i, fault{message: "its column is hidden in the sheet; it is read like any other", hint: "show the column and check what it contains"})
		}
	}
}
