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
	worksheet
	rosters []worksheet // other sheets with a header that names the account
	hidden  []string
}

// choose finds the sheet to read: the one asked for, or the first visible one
// with a header that names the account. A sheet that cannot be looked at is
// chosen too, so that reading it says why.
func (b *workbook) choose(opts Options) (chosen, error) {
	if opts.Sheet != "" {
		s, err := b.named(opts.Sheet)
		return chosen{worksheet: s}, err
	}
	names := newHeaderNames(opts.Map)
	var c chosen
	var filled, visible []worksheet
	found := false
	for _, s := range b.sheets {
		t, err := b.peek(s, names)
		named := err == nil && names.weigh(&t.header) >= aKey
		if !s.visible {
			c.hidden = append(c.hidden, s.name)
		} else {
			visible = append(visible, s)
		}
		if s.visible && err != io.EOF {
			filled = append(filled, s)
		}
		switch {
		case !found && s.visible && (named || err != nil && err != io.EOF):
			c.worksheet, found = s, true
		case named:
			c.rosters = append(c.rosters, s)
		}
	}
	switch {
	case found:
	case len(filled) == 1 && len(c.rosters) == 0:
		c.worksheet = filled[0]
	case len(visible) == 1 && len(c.rosters) == 0:
		c.worksheet = visible[0]
	default:
		return c, b.noSheet(filled, c.rosters)
	}
	return c, nil
}

// noSheet says why none of several sheets can be read.
func (b *workbook) noSheet(filled, hidden []worksheet) *FileError {
	e := b.in.fault("is empty: no visible sheet has a row", "")
	if len(filled) > 0 {
		var names []string
		for _, s := range filled {
			names = append(names, s.name)
		}
		e = b.in.fault(fmt.Sprintf("no visible sheet has a column account_id or account_number in its first %d rows; there are %s", headerWithin, quoted(names)),
			"say --sheet 'Its name' to see what is missing in a sheet")
	}
	if len(hidden) > 0 {
		e.Hint = fmt.Sprintf("the hidden sheet %q has one: show it, or say --sheet '%s'", hidden[0].name, hidden[0].name)
	}
	return e
}

// named is the sheet of that name.
func (b *workbook) named(name string) (worksheet, error) {
	var names []string
	for _, s := range b.sheets {
		if strings.EqualFold(s.name, strings.TrimSpace(name)) {
			return s, nil
		}
		names = append(names, s.name)
	}
	return worksheet{}, b.in.fault(fmt.Sprintf("has no sheet %q", name), "the sheets are "+quoted(names))
}

// peek looks for the header of a sheet, by its bytes alone.
func (b *workbook) peek(s worksheet, names headerNames) (table, error) {
	if err := b.readStrings(); err != nil {
		return table{}, err
	}
	part, err := b.parts.open(s.part)
	if err != nil {
		return table{}, err
	}
	defer part.Close()
	return findTable(&peekSource{sheet.NewReader(part), b.strings}, names)
}

// peekSource gives the rows of a sheet as they are written, for a first look.
// Nothing but headers is taken from it.
type peekSource struct {
	scan    *sheet.Reader
	strings *sheet.Strings
}

func (s *peekSource) next() (rawRow, error) {
	raw := rawRow{}
	err := s.scan.Next()
	raw.number = s.scan.Number
	if err != nil {
		return raw, err
	}
	for i := range s.scan.Cells {
		c := &s.scan.Cells[i]
		for len(raw.cells) < c.Column {
			raw.cells, raw.kinds = append(raw.cells, ""), append(raw.kinds, textCell)
		}
		text, k := s.scan.Value(c), textCell
		switch {
		case c.Formula && len(text) == 0:
			k = formulaCell
		case c.Type == sheet.Number && len(text) > 0:
			k = numberCell
		case c.Type == sheet.Shared && len(text) > 0:
			if text, err = s.strings.Get(text); err != nil {
				return raw, err
			}
		}
		raw.cells, raw.kinds = append(raw.cells, sheet.Unescape(string(text))), append(raw.kinds, k)
	}
	return raw, nil
}

// tellOfSheets tells of the sheets that are not read.
func (r *Roster) tellOfSheets(c chosen) {
	tell := func(value, message, hint string) {
		f := fault{message: message, hint: hint, severity: Warning}
		r.Problems = append(r.Problems, f.problem(r.in.label, 0, "", value))
	}
	hidden := slices.Clone(c.hidden)
	for _, s := range c.rosters {
		what := "this sheet"
		if !s.visible {
			what = "this hidden sheet"
			hidden = slices.DeleteFunc(hidden, func(name string) bool { return name == s.name })
		}
		tell(s.name, fmt.Sprintf("%s looks like a roster too; only %q is read", what, c.name), fmt.Sprintf("say --sheet '%s' to read it", s.name))
	}
	if len(hidden) > 0 {
		tell("", "hidden sheets are not read: "+quoted(hidden), "")
	}
}

// tellOfColumns tells of the columns that nobody sees.
func (r *Roster) tellOfColumns(scan *sheet.Reader) {
	for i, h := range r.Header {
		if strings.TrimSpace(h) == "" {
			continue
		}
		for _, span := range scan.HiddenColumns {
			if i >= span[0] && i <= span[1] {
				r.warn(i, fault{message: "its column is hidden in the sheet; it is read like any other", hint: "show the column and look at what it holds"})
				break
			}
		}
	}
}
