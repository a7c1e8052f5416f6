package ingest

import (
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"

	"linkbatch/internal/sheet"
)

// openXLSX opens a workbook, chooses its sheet and reads the header.
func (r *Roster) openXLSX(opts Options) error {
	book, err := openWorkbook(r.in)
	if err != nil {
		return err
	}
	r.Format, r.Encoding = "xlsx", "utf-8"
	var src *xlsxSource
	chosen, err := book.choose(opts)
	if err == nil {
		src, err = book.rows(chosen.worksheet)
	}
	if err != nil {
		_ = book.close() // the first error is the one to tell
		return err
	}
	r.src, r.Sheet = src, chosen.name
	if err := r.readHeader(src, opts.Map); err != nil {
		return err
	}
	src.width = len(r.Header)
	if opts.Encoding != "" {
		r.warn(-1, fault{message: "--encoding is not used: the texts of a workbook are UTF-8"})
	}
	r.tellOfSheets(chosen)
	r.tellOfColumns(src.scan)
	src.ahead = newReadAhead(src.scan.Pull, sheet.Row.Size)
	return nil
}

// workbook is an open workbook: excelize reads its cells, and the package's
// parts say what there is to be read.
type workbook struct {
	in      *input
	file    *excelize.File
	parts   *parts
	found   *bookParts
	sheets  []worksheet
	strings *sheet.Strings
	styles  map[int]sheet.Style // as far as they were asked for
	system  bool                // the 1904 date system
}

// worksheet is a sheet of a workbook, in the order of its tabs.
type worksheet struct {
	name    string
	part    string
	visible bool
}

// spillSize is the size from which excelize reads a sheet from a temporary file
// instead of memory.
const spillSize = 4 << 20

func openWorkbook(in *input) (*workbook, error) {
	parts, err := openParts(in)
	if err != nil {
		return nil, err
	}
	found, err := parts.find()
	if err != nil {
		return nil, in.broken(err)
	}
	stripped, err := parts.strip(in, found)
	if err != nil {
		return nil, err
	}
	book := &workbook{in: in, parts: parts, found: found, styles: make(map[int]sheet.Style)}
	err = guard(func() (err error) {
		book.file, err = excelize.OpenFile(stripped, excelize.Options{
			RawCellValue:      true,
			TmpDir:            in.temp,
			UnzipSizeLimit:    maxUnpacked,
			UnzipXMLSizeLimit: spillSize,
		})
		return err
	})
	if err == nil {
		err = book.readSheets(found.sheets)
	}
	if err != nil {
		_ = book.close() // the first error is the one to tell
		return nil, in.broken(err)
	}
	return book, nil
}

// guard turns a panic of the library into an error: it has some on workbooks
// that are not what it expects (v2.11.0: a negative index of a shared string).
func guard(read func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("it cannot be read: %v", v)
		}
	}()
	return read()
}

// broken is the fault of a workbook that is damaged.
func (in *input) broken(err error) *FileError {
	if e, ok := errors.AsType[*FileError](err); ok {
		return e
	}
	e := in.fault("is a damaged workbook: "+err.Error(), saveAgain)
	e.Err = err
	return e
}

const saveAgain = "open it in a spreadsheet program and save it again as .xlsx"

// readSheets lists the worksheets. Chart sheets and the like have no rows.
func (b *workbook) readSheets(targets map[string]string) error {
	if b.file.WorkBook == nil {
		return errors.New("it has no workbook part")
	}
	if props := b.file.WorkBook.WorkbookPr; props != nil {
		b.system = props.Date1904
	}
	for _, s := range b.file.WorkBook.Sheets.Sheet {
		if target, ok := targets[s.ID]; ok {
			b.sheets = append(b.sheets, worksheet{s.Name, target, s.State == "" || s.State == "visible"})
		}
	}
	if len(b.sheets) == 0 {
		return errors.New("it has no worksheet")
	}
	return nil
}

func (b *workbook) close() error {
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}
