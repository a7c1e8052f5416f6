package ingest

import (
	"slices"

	"linkbatch/internal/sheet"
)

// look is how a cell of a sheet looks, and where its value comes from, where that
// is not plain.
type look struct {
	cell    int
	struck  sheet.Extent // crossed out
	raised  sheet.Extent // raised or lowered
	formula bool         // the value is what a formula gave when the file was saved
}

// lookAt is how cell i of a row looks.
func (r *rawRow) lookAt(i int) look {
	if at := slices.IndexFunc(r.looks, func(l look) bool { return l.cell == i }); at >= 0 {
		return r.looks[at]
	}
	return look{cell: i}
}

var struckRow = fault{message: "the row is crossed out in the sheet; it is read like any other", hint: "delete the row if it does not count", severity: Warning}

// crossedOut finds what is crossed out. People correct a shared sheet so: what they
// mean is the rest of the text, and what the cell contains is both.
func (r *Roster) crossedOut(_ *Row, raw *rawRow) (faults []fault) {
	if len(raw.looks) == 0 {
		return nil
	}
	whole := true // the row is, as far as it is understood
	for _, f := range r.fields {
		switch text := trimmed(raw.cells[f.index]); {
		case text == "":
			continue
		case raw.lookAt(f.index).struck == sheet.All:
			faults = r.refuseStruck(faults, f, "is crossed out, and the row is not", text)
		case raw.lookAt(f.index).struck == sheet.Part:
			faults = r.refuseStruck(faults, f, "is crossed out in part; the cell contains all of it", text)
			fallthrough
		default:
			whole = false
		}
	}
	if whole && len(faults) > 0 {
		return []fault{struckRow}
	}
	return faults
}

// refuseStruck adds the fault of a text that is crossed out: a warning where it is
// only for people.
func (r *Roster) refuseStruck(faults []fault, f field, message, text string) []fault {
	found := fault{message: message, hint: "enter what is meant into the cell, without anything that is crossed out"}
	if !f.decides() {
		found.severity = Warning
	}
	return append(faults, found.in(f.index, f.name, text))
}

// raised refuses a text that decides and is raised or lowered in part: a footnote
// mark beside an id makes another id of it.
func (r *Roster) raised(_ *Row, raw *rawRow) (faults []fault) {
	for _, l := range raw.looks {
		f, ok := r.fieldAt(l.cell)
		if !ok || !f.decides() || l.raised != sheet.Part {
			continue
		}
		found := fault{message: "is raised or lowered in part, as a footnote mark is; the cell contains all of it", hint: "enter the value without the mark"}
		faults = append(faults, found.in(l.cell, f.name, trimmed(raw.cells[l.cell])))
	}
	return faults
}

// outdated warns of what a formula gave, where the workbook says that it is to be
// calculated again: programs that cannot calculate save it so.
func (r *Roster) outdated(row *Row, raw *rawRow) (faults []fault) {
	for _, l := range raw.looks {
		f, ok := r.fieldAt(l.cell)
		if !ok || !l.formula || !r.recalculated || row.faulty(f.name) {
			continue
		}
		found := fault{
			message:  "is the saved value of a formula, and the workbook asks to be calculated again",
			hint:     "open the workbook in a spreadsheet program, check the value, and save it",
			severity: Warning,
		}
		faults = append(faults, found.in(l.cell, f.name, trimmed(raw.cells[l.cell])))
	}
	return faults
}

// fieldAt is the column that is understood at an index of the header.
func (r *Roster) fieldAt(i int) (field, bool) {
	at := slices.IndexFunc(r.fields, func(f field) bool { return f.index == i })
	if at < 0 {
		return field{}, false
	}
	return r.fields[at], true
}
