package ingest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"linkbatch/internal/sheet"
)

// field is a column of the roster that is understood.
type field struct {
	*column
	index int // in Roster.Header
}

// matchHeader finds which headers are which columns. What --map says overrides
// the table; a header that it maps to nothing is carried along.
func matchHeader(header []string, mapping map[string]string) ([]field, *fault) {
	mapped, f := mapHeaders(header, mapping)
	if f != nil {
		return nil, f
	}
	taken := make(map[string]bool)
	for _, c := range mapped {
		if c != nil {
			taken[c.name] = true
		}
	}
	seen := make(map[string]int)
	var fields []field
	for i, h := range header {
		c, explicit := mapped[i]
		if !explicit {
			if c = lookup(h); c != nil && (taken[c.name] || isReportPayer(header, i)) {
				c = nil
			}
		}
		if c == nil {
			continue
		}
		if first, ok := seen[c.name]; ok {
			return nil, &fault{
				message: fmt.Sprintf("the headers %q (%s) and %q (%s) both mean %s", header[first], sheet.Letters(first), h, sheet.Letters(i), c.name),
				hint:    "rename one of them" + orMap(header, i, c.name),
			}
		}
		seen[c.name] = i
		fields = append(fields, field{c, i})
	}
	_, id := seen["account_id"]
	_, number := seen["account_number"]
	if !id && !number {
		return nil, noKey(header)
	}
	return fields, slipped(header, mapped, seen)
}

// mapHeaders is what --map says about each header, by index. A nil column means
// that the header is carried along.
func mapHeaders(header []string, mapping map[string]string) (map[int]*column, *fault) {
	mapped := make(map[int]*column)
	for _, theirs := range slices.Sorted(maps.Keys(mapping)) {
		var c *column
		if ours := strings.TrimSpace(mapping[theirs]); ours != "" {
			if c = lookup(ours); c == nil {
				return nil, &fault{message: fmt.Sprintf("--map: no such column %q", ours), hint: "the columns are " + columnNames()}
			}
		}
		at, f := findHeader(header, theirs)
		if f != nil {
			return nil, f
		}
		if slices.Contains(slices.Collect(maps.Values(mapped)), c) && c != nil {
			return nil, &fault{message: fmt.Sprintf("--map: two headers are mapped to %s", c.name)}
		}
		if mapped[at], f = c.under(header[at]); f != nil {
			return nil, f
		}
	}
	return mapped, nil
}

// findHeader is the index of the header that --map names: the one that is spelt
// so, else the one that differs only in what headers are matched without. If two
// are alike, neither is.
func findHeader(header []string, theirs string) (int, *fault) {
	for _, same := range []func(string) bool{
		func(h string) bool { return h == theirs },
		func(h string) bool { return headerKey(h) == headerKey(theirs) },
	} {
		at := slices.IndexFunc(header, same)
		if at < 0 {
			continue
		}
		if next := slices.IndexFunc(header[at+1:], same); next >= 0 {
			return 0, &fault{
				message: fmt.Sprintf("--map: two columns have the header %q (%s and %s)", theirs, sheet.Letters(at), sheet.Letters(at+1+next)),
				hint:    "rename one of them",
			}
		}
		return at, nil
	}
	return 0, &fault{message: fmt.Sprintf("--map: no such header %q", theirs), hint: "the headers are " + quoted(header)}
}

// orMap is the alternative to renaming header i: ", or pass --map '…=column'". It
// is empty where that would say nothing: two headers are spelt so, or the header
// has a character that cannot be in the flag.
func orMap(header []string, i int, column string) string {
	if at, f := findHeader(header, strings.TrimSpace(header[i])); f != nil || at != i || strings.Contains(header[i], "=") || !canQuote(header[i]) {
		return ""
	}
	return ", or pass --map '" + header[i] + "=" + column + "'"
}

// canQuote reports whether a text from a roster can be shown in a command to copy:
// a shell would take an apostrophe for its own, and a terminal a control character.
func canQuote(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r == '\'' || r == utf8.RuneError || unicode.In(r, unicode.C, unicode.Zl, unicode.Zp)
	})
}

// quoted lists headers for a message, at most 20 of them.
func quoted(header []string) string {
	const most = 20
	var names []string
	for _, h := range header {
		if strings.TrimSpace(h) != "" {
			names = append(names, strconv.Quote(h))
		}
	}
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	return strings.Join(names, ", ")
}

// setHeader takes the header row and what it means.
func (r *Roster) setHeader(t table, fields []field, mapping map[string]string) {
	r.HeaderRow, r.last = t.header.number, t.header.number
	r.Header, r.titles = t.header.cells, t.header.merges
	r.Columns = make([]string, len(r.Header))
	r.fields, r.typeAt = fields, -1
	r.width, r.gaps = tableWidth(r.Header)
	r.begins = slices.IndexFunc(r.Header, func(h string) bool { return strings.TrimSpace(h) != "" })
	for _, f := range fields {
		r.Columns[f.index] = f.name
		if f.name == "type" {
			r.typeAt = f.index
		}
		if opposites[f.name] != "" {
			r.yesno = append(r.yesno, f)
		}
	}
	r.skipAbove(t)
	for i := range t.header.faults {
		r.warn(-1, t.header.faults[i])
	}
	r.warnOfCarried(mapping)
}

// warnOfCarried warns of the headers that mean nothing here, but for those of which
// --map says so.
func (r *Roster) warnOfCarried(mapping map[string]string) {
	mapped, _ := mapHeaders(r.Header, mapping) // matchHeader has found no fault in it
	seen := make(map[string]bool)
	var carried []string
	for i, h := range r.Header {
		if _, said := mapped[i]; said || r.Columns[i] != "" || isReportColumn(h) || strings.TrimSpace(h) == "" {
			continue
		}
		if seen[h] {
			r.warn(i, fault{message: "is the header of two columns; both are carried along"})
			continue
		}
		seen[h] = true
		if c := near(h); i < mostGuessed && c != nil && c.decides() && !slices.Contains(r.Columns, c.name) {
			r.warn(i, fault{message: "may be meant as " + c.name + "; it is carried along, not used", hint: "rename it" + orMap(r.Header, i, c.name)})
			continue
		}
		carried = append(carried, h)
	}
	if len(carried) > 0 {
		r.warn(-1, fault{message: "carried along, not used: " + quoted(carried), hint: "pass --map 'Their header=column' if one of them is meant"})
	}
}
