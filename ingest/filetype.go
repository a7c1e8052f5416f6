package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	"linkbatch/internal/charset"
)

const (
	saveAsXLSX = "open it in a spreadsheet program and save it as .xlsx, or as CSV in UTF-8"
	unpackIt   = "unpack it and give the roster in it"
	noTable    = "put the rows into a spreadsheet and save it as .xlsx, or as CSV in UTF-8"
	oldExcel   = "an Excel 97-2003 workbook (.xls)"
)

// foreignMagic are the first bytes of files that are known and not read.
var foreignMagic = []struct{ magic, name, hint string }{
	{"\x09\x00\x04\x00", "a workbook of Excel 2 (.xls)", saveAsXLSX},
	{"\x09\x02\x06\x00", "a workbook of Excel 3 (.xls)", saveAsXLSX},
	{"\x09\x04\x06\x00", "a workbook of Excel 4 (.xls)", saveAsXLSX},
	{"\x09\x08", "a workbook of Excel 5 to 2003 (.xls)", saveAsXLSX},
	{"%PDF-", "a PDF document", "ask for the spreadsheet that it was made from, and save that as .xlsx or CSV"},
	{"{\\rtf", "a text document (.rtf)", noTable},
	{"\x1f\x8b", "a gzip file (.gz)", unpackIt},
	{"BZh91AY&SY", "a bzip2 file (.bz2)", unpackIt},
	{"\xfd7zXZ\x00", "an xz file (.xz)", unpackIt},
	{"\x28\xb5\x2f\xfd", "a Zstandard file (.zst)", unpackIt},
	{"7z\xbc\xaf\x27\x1c", "a 7z file (.7z)", unpackIt},
	{"Rar!\x1a\x07", "a RAR file (.rar)", unpackIt},
	{"\x89PNG", "a picture (.png)", noTable},
	{"\xff\xd8\xff", "a picture (.jpg)", noTable},
	{"GIF87a", "a picture (.gif)", noTable},
	{"GIF89a", "a picture (.gif)", noTable},
	{"SQLite format 3\x00", "an SQLite database", "export the table as CSV in UTF-8"},
	{"PAR1\x15", "a Parquet file", "export the table as CSV in UTF-8"},
}

// foreign names a file by its first bytes, if it is of a known format that is not
// read.
func (in *input) foreign() *FileError {
	if in.isLock() {
		return in.fault("is not a roster, but the lock file that a spreadsheet program keeps beside a workbook that is open", "give the workbook itself")
	}
	for _, f := range foreignMagic {
		if in.starts(f.magic) {
			return in.fault("unsupported format: "+f.name, f.hint)
		}
	}
	if in.starts("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
		name, hint := compound(io.NewSectionReader(in.file, 0, in.size))
		return in.fault("unsupported format: "+name, hint)
	}
	return nil
}

// isLock reports whether the file is one by which Excel ("~$roster.xlsx", with the
// name of a user twice) or LibreOffice (".~lock.roster.xlsx#") lock a workbook.
func (in *input) isLock() bool {
	const longest = 1024
	base := filepath.Base(in.label)
	return in.size < longest && (strings.HasPrefix(base, "~$") || strings.HasPrefix(base, ".~lock."))
}

// foreignTexts are the beginnings, in lower case and without white space before
// them, of texts that are not CSV; with also, what the text must contain too.
var foreignTexts = []struct {
	begins     []string
	also       []string
	name, hint string
}{
	{[]string{"mime-version:"}, nil, "a web archive (.mht), as Excel saves one", saveAsXLSX},
	{[]string{"<!doctype html", "<html", "<head", "<meta", "<style", "<table", "<body", "<div"}, nil, htmlPage, saveAsXLSX},
	{[]string{"<"}, []string{"urn:schemas-microsoft-com:office:spreadsheet"}, "an XML Spreadsheet 2003", saveAsXLSX},
	{[]string{"<"}, []string{"urn:oasis:names:tc:opendocument"}, "an OpenDocument file in XML (.fods)", saveAsXLSX},
	{[]string{"<?xml"}, []string{"<html"}, htmlPage, saveAsXLSX},
	{[]string{"<?xml", "<!doctype"}, nil, "an XML file", noTable},
	{[]string{"table\n0,1", "table\r\n0,1"}, nil, "a DIF file (.dif)", saveAsXLSX},
	{[]string{"id;p"}, []string{"\nc;x", "\nc;y"}, "a SYLK file (.slk)", saveAsXLSX},
	{[]string{"{"}, []string{`"doc_id"`}, "a link to a Google document (.gsheet)", "open the document and download it as .xlsx or CSV"},
	{[]string{`{"`, "{\n", "{\r\n", "[{", "[\n", "[\r\n", "[["}, nil, "a JSON file", noTable},
}

const htmlPage = "an HTML page, as some programs save under the name .xls"

// foreignText names a text that is not CSV.
func foreignText(head []byte) (name, hint string) {
	text := string(bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte(charset.MarkUTF8)), " \t\r\n")))
	for _, f := range foreignTexts {
		begins := slices.ContainsFunc(f.begins, func(s string) bool { return strings.HasPrefix(text, s) })
		if begins && (f.also == nil || slices.ContainsFunc(f.also, func(s string) bool { return strings.Contains(text, s) })) {
			return f.name, f.hint
		}
	}
	return "", ""
}

// compound names a compound file (OLE2) by the entries of its directory, which
// are 128 bytes each and lie on multiples of that ([MS-CFB], section 2.6.1).
func compound(src io.Reader) (name, hint string) {
	const entry = 128
	r := bufio.NewReaderSize(src, 1<<16)
	found := make(map[string]bool)
	for {
		e, err := r.Peek(entry)
		if err != nil {
			break
		}
		found[entryName(e)] = true
		_, _ = r.Discard(entry) // it is in the buffer
	}
	switch {
	case found["EncryptedPackage"] && found["DRMEncryptedDataSpace"]:
		return "a workbook or document that a sensitivity label or rights management protects", "remove the protection, or save a copy with a label that does not encrypt, as .xlsx or as CSV in UTF-8"
	case found["EncryptedPackage"]:
		return "a workbook or document with a password", "open it, remove the password, and save it as .xlsx, or as CSV in UTF-8"
	case found["Workbook"], found["Book"]:
		return oldExcel, saveAsXLSX
	case found["WordDocument"]:
		return "a Word 97-2003 document (.doc)", noTable
	case found["PowerPoint Document"]:
		return "a PowerPoint 97-2003 presentation (.ppt)", noTable
	case found["__properties_version1.0"]:
		return "an Outlook message (.msg)", "save the file that is attached to it"
	}
	return "an OLE2 file that is not a workbook, or only part of one", saveAsXLSX
}

// entryName is the name of an entry of a compound file's directory, if it is that
// of a storage or a stream; empty otherwise.
func entryName(e []byte) string {
	const (
		nameLength = 64 // where the length of the name is, its zero included
		kind       = 66
	)
	length := int(binary.LittleEndian.Uint16(e[nameLength:]))
	if length <= 2 || length > nameLength || length%2 != 0 || e[kind] != 1 && e[kind] != 2 {
		return ""
	}
	units := make([]uint16, length/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(e[2*i:])
	}
	return string(utf16.Decode(units))
}

// foreignZip names a zip file that is not a workbook that can be read; empty = it
// may be one.
func foreignZip(zr *zip.Reader) (name, hint string) {
	var files []string
	types := false
	for _, f := range zr.File {
		const encrypted = 1 // general purpose bit 0 (APPNOTE.TXT, section 4.4.4)
		if f.Flags&encrypted != 0 {
			return "a zip file with a password", "unpack it, and save the roster as .xlsx without a password, or as CSV in UTF-8"
		}
		part := strings.ToLower(strings.TrimLeft(path.Clean(strings.ReplaceAll(f.Name, `\`, "/")), "/"))
		types = types || part == "[content_types].xml"
		for _, known := range foreignParts {
			if part == known.part {
				name, hint = known.name, known.hint
			}
		}
		if !strings.HasSuffix(f.Name, "/") && !strings.HasPrefix(part, "__macosx/") {
			files = append(files, f.Name)
		}
	}
	switch {
	case name != "" || types:
		return name, hint
	case openDocument(zr) != "":
		return openDocument(zr), saveAsXLSX
	case slices.ContainsFunc(files, isIWork):
		return "a Numbers, Pages or Keynote document", "export it from Numbers as Excel (.xlsx) or CSV"
	case len(files) == 0:
		return "a zip file with nothing in it", "give the roster itself, as .xlsx or CSV"
	case len(files) == 1:
		return fmt.Sprintf("a zip file that contains %q", path.Base(files[0])), unpackIt
	}
	return fmt.Sprintf("a zip file, but not a workbook: it contains %s", quoted(files)), unpackIt
}

// isIWork reports whether a file is one of those that Apple's programs write.
func isIWork(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".iwa") || name == "index.apxl" || name == "index.zip"
}

// foreignParts are the parts by which other formats in zip files are known.
var foreignParts = []struct{ part, name, hint string }{
	{"xl/workbook.bin", "a binary workbook (.xlsb)", saveAsXLSX},
	{"word/document.xml", "a Word document (.docx)", noTable},
	{"ppt/presentation.xml", "a PowerPoint presentation (.pptx)", noTable},
	{"visio/document.xml", "a Visio drawing (.vsdx)", noTable},
}

// openDocument names a file of the OpenDocument family by its first entry.
func openDocument(zr *zip.Reader) string {
	i := slices.IndexFunc(zr.File, func(f *zip.File) bool { return f.Name == "mimetype" })
	if i < 0 {
		return ""
	}
	part, err := zr.File[i].Open()
	if err != nil {
		return ""
	}
	defer part.Close()
	mime, _ := io.ReadAll(io.LimitReader(part, 100)) // a type that cannot be read names nothing
	switch kind, ok := strings.CutPrefix(strings.TrimSpace(string(mime)), "application/vnd.oasis.opendocument."); {
	case ok && strings.HasPrefix(kind, "spreadsheet"):
		return "an OpenDocument spreadsheet (.ods)"
	case ok:
		return "an OpenDocument file that is not a spreadsheet (" + kind + ")"
	}
	return ""
}

// badZip is the fault of a file that begins as a zip file and cannot be opened
// as one.
func (in *input) badZip(err error) *FileError {
	const (
		directoryEnd = "PK\x05\x06"
		within       = 1<<16 + 22 // its longest comment, and its size (APPNOTE.TXT, section 4.3.16)
	)
	tail := make([]byte, min(in.size, within))
	if _, readErr := in.file.ReadAt(tail, in.size-int64(len(tail))); readErr != nil && readErr != io.EOF {
		return in.cause(readErr)
	}
	if !bytes.Contains(tail, []byte(directoryEnd)) {
		e := in.fault("is a workbook or zip file that is cut off: its end is missing", "copy or download it again, or open it in a spreadsheet program and save it again as .xlsx")
		e.Err = err
		return e
	}
	return in.broken(err)
}
