package ingest

import (
	"slices"

	"linkbatch/internal/sheet"
)

// style is what a style of the workbook does to numbers.
func (b *workbook) style(number int) sheet.Style {
	style, known := b.styles[number]
	if !known {
		style = b.readStyle(number)
		b.styles[number] = style
	}
	return style
}

func (b *workbook) readStyle(number int) sheet.Style {
	styles := b.file.Styles
	if styles == nil || styles.CellXfs == nil || number < 0 || number >= len(styles.CellXfs.Xf) {
		return sheet.Style{}
	}
	format := styles.CellXfs.Xf[number].NumFmtID
	if format == nil {
		return sheet.Style{}
	}
	if styles.NumFmts != nil {
		for _, f := range styles.NumFmts.NumFmt {
			if f.NumFmtID == *format {
				return sheet.Style{Date: sheet.IsDate(f.FormatCode), Alters: sheet.Alters(f.FormatCode)}
			}
		}
	}
	// The built-in formats (ISO/IEC 29500-1, section 18.8.30): 14 to 17 and 22 show
	// a day, 27 to 36 and 50 to 58 are those of East Asian languages; the others
	// that alter a number are percentages and times.
	id := *format
	date := id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 58
	return sheet.Style{Date: date, Alters: date || id == 9 || id == 10 || id >= 18 && id <= 21 || id >= 32 && id <= 35 || id >= 45 && id <= 47}
}

// shownOtherwise tells of the identifiers whose cells show other digits.
func (r *Roster) shownOtherwise(row *Row, raw *rawRow) {
	for _, i := range raw.altered {
		for _, field := range r.fields {
			if field.index != i || !slices.Contains([]string{"account_id", "account_number", "customer_number", "managing_customer_id"}, field.name) {
				continue
			}
			f := fault{
				message:  "is shown otherwise than it is held: the cell holds " + row.Cells[i],
				hint:     "set the cell's format to General, and look whether that is what is meant",
				severity: Warning,
			}
			row.Problems = append(row.Problems, f.problem(r.place(row.Number, i), row.Number, field.name, row.Cells[i]))
		}
	}
}
