package ingest

import (
	"archive/zip"
	"errors"

	"linkbatch/internal/sheet"
)

const saveAgain = "open it in a spreadsheet program and save it again as .xlsx"

// workbook is an open workbook.
type workbook struct {
	in *input
	*sheet.Book
}

// openXLSX opens a workbook, chooses its sheet and reads the header.
func (r *Roster) openXLSX(opts Options) error {
	book, err := r.in.workbook()
	if err != nil {
		return err
	}
	r.Format, r.Encoding = "xlsx", "utf-8"
	chosen, err := book.choose(opts)
	if err != nil {
		return err
	}
	src, err := book.rows(chosen.Worksheet)
	if err != nil {
		return err
	}
	r.src, r.Sheet = src, chosen.Name
	r.reopen = func() (source, error) { return book.rows(chosen.Worksheet) }
	if src.merges, err = book.Merges(chosen.Worksheet); err != nil {
		return r.in.broken(err)
	}
	if err := r.readHeader(src, opts.Map); err != nil {
		return err
	}
	src.width, r.recalculated = len(r.Header), book.Recalculated
	if opts.Encoding != "" {
		r.warn(-1, fault{message: "--encoding is not used: the texts of a workbook are UTF-8"})
	}
	r.warnOfSheets(chosen)
	r.warnOfColumns(src.rows)
	src.ahead = newReadAhead(func(row *sheet.Row) (err error) {
		*row, err = src.rows.Next()
		return err
	}, (*sheet.Row).Size)
	return nil
}

// workbook opens a zip file as a workbook. The error names what it is if it is
// something else.
func (in *input) workbook() (*workbook, error) {
	zr, err := zip.NewReader(in.file, in.size)
	if err != nil {
		return nil, in.badZip(err)
	}
	if name, hint := foreignZip(zr); name != "" {
		return nil, in.fault("unsupported format: "+name, hint)
	}
	book, err := sheet.Open(zr)
	if err != nil {
		return nil, in.broken(err)
	}
	return &workbook{in, book}, nil
}

// broken is the fault of a workbook that is damaged, or was made to do harm.
func (in *input) broken(err error) *FileError {
	var e *FileError
	switch _, bomb := errors.AsType[*sheet.BombError](err); {
	case errors.Is(err, sheet.ErrTooBig):
		e = in.fault(err.Error(), "split the roster, or save the sheet as CSV")
	case bomb:
		e = in.fault(err.Error(), saveAgain)
	default:
		e = in.fault("is a damaged workbook: "+err.Error(), saveAgain)
	}
	e.Err = err
	return e
}
