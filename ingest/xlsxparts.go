package ingest

import (
	"archive/zip"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"linkbatch/internal/sheet"
)

// parts are the files within a workbook.
type parts struct {
	byName map[string]*zip.File // in lower case, as names are compared in packages
}

// The most that may be unpacked. A sheet of 1,000,000 rows and 8 columns has
// about 500 MB, and its shared strings 300 MB; the other parts that are read are
// small. What unpacks to more than bombRatio times its size is made to fill a
// disk.
const (
	maxUnpacked = 2 << 30
	maxStrings  = 512 << 20
	maxSmall    = 16 << 20
	bombSize    = 64 << 20
	bombRatio   = 200
)

// The parts that every package has, as byName names them.
const (
	contentTypesPart = "[content_types].xml"
	rootRelsPart     = "_rels/.rels"
)

// openParts reads the directory of the workbook and refuses what is no workbook,
// or one of a kind that is not read.
func openParts(in *input) (*parts, error) {
	zr, err := zip.NewReader(in.file, in.size)
	if err != nil {
		return nil, in.badZip(err)
	}
	p := &parts{byName: make(map[string]*zip.File, len(zr.File))}
	twice, locked := "", false
	for _, f := range zr.File {
		const encrypted = 1 // general purpose bit 0 (APPNOTE.TXT, section 4.4.4)
		locked = locked || f.Flags&encrypted != 0
		name := partName(strings.ReplaceAll(f.Name, `\`, "/"))
		if p.byName[name] != nil {
			twice = f.Name
		}
		p.byName[name] = f
	}
	name, hint := foreignPart(p.byName)
	if name == "" && p.byName[contentTypesPart] == nil {
		name, hint = foreignZip(zr)
	}
	switch {
	case locked:
		return nil, in.fault("unsupported format: a zip file with a password", "unpack it, and save the roster as .xlsx without a password, or as CSV in UTF-8")
	case name != "":
		return nil, in.fault("unsupported format: "+name, hint)
	case twice != "":
		return nil, in.broken(fmt.Errorf("it has two parts named %q", twice))
	}
	return p, nil
}

// partName is the name by which a part is compared with others: "/xl/a.xml" and
// "XL/./a.xml" are one.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+name), "/"))
}

// strip copies the parts that hold rows into a workbook of their own: no
// pictures, which the library would keep in memory, and no shared strings, of
// which it makes ten times their size, or one read of a file for each cell. Each
// part gets the name by which the library finds it, whatever it was called.
func (p *parts) strip(in *input, book *bookParts) (name string, err error) {
	var rels strings.Builder
	copies := [][2]string{{"xl/styles.xml", book.styles}}
	for i, id := range slices.Sorted(maps.Keys(book.sheets)) {
		target := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		copies = append(copies, [2]string{"xl/" + target, book.sheets[id]})
		fmt.Fprintf(&rels, `<Relationship Id="%s" Type="%sworksheet" Target="%s"/>`, escape(id), relationshipType, target)
	}
	if p.byName[book.book] == nil {
		return "", in.broken(fmt.Errorf("it has no part %s", book.book))
	}
	if err := p.measure(in, book); err != nil {
		return "", err
	}
	content, err := p.readBook(book.book)
	if err = cmp.Or(err, p.verify(contentTypesPart), p.verify(book.styles)); err != nil {
		return "", in.broken(err)
	}
	file, err := in.create("stripped.xlsx")
	if err != nil {
		return "", in.cause(err)
	}
	w := zip.NewWriter(file)
	err = errors.Join(
		writePart(w, "[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`),
		writePart(w, "_rels/.rels", relationshipsOf(`<Relationship Id="rId1" Type="`+relationshipType+`officeDocument" Target="xl/workbook.xml"/>`)),
		writePart(w, "xl/_rels/workbook.xml.rels", relationshipsOf(rels.String())),
		writePart(w, "xl/workbook.xml", string(content)),
	)
	for _, c := range copies {
		if f := p.byName[c[1]]; f != nil && err == nil {
			err = copyPart(w, f, c[0])
		}
	}
	if err := errors.Join(err, w.Close(), file.Close()); err != nil {
		return "", in.broken(err)
	}
	return file.Name(), nil
}

// measure refuses a workbook that is too big to be unpacked. A part that holds
// more than its entry says cannot be read to its end.
func (p *parts) measure(in *input, book *bookParts) error {
	limits := map[string]uint64{
		contentTypesPart: maxSmall, rootRelsPart: maxSmall,
		book.book: maxSmall, relsOf(book.book): maxSmall, book.styles: maxSmall, book.strings: maxStrings,
	}
	for _, part := range book.sheets {
		limits[part] = maxUnpacked
	}
	var total uint64
	bomb := ""
	for part, limit := range limits {
		f := p.byName[part]
		if f == nil {
			continue
		}
		size := f.UncompressedSize64
		if total += size; size > limit || total > maxUnpacked {
			return in.fault("is too big to be unpacked", "split the roster, or save the sheet as CSV")
		}
		if size > bombSize && size/bombRatio > f.CompressedSize64 {
			bomb = max(bomb, part)
		}
	}
	if bomb != "" {
		return in.fault(fmt.Sprintf("is a zip bomb: its part %s unpacks to more than %d times its size", bomb, bombRatio), saveAgain)
	}
	return nil
}

// verify reads a part to its end, where its checksum is compared: the library does
// not look at the error. A part that is not there has none.
func (p *parts) verify(name string) error {
	f := p.byName[name]
	if f == nil {
		return nil
	}
	part, err := p.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	if _, err := io.Copy(io.Discard, part); err != nil {
		return fmt.Errorf("its part %s cannot be read: %w", f.Name, err)
	}
	return nil
}

// copyPart copies a part as it is packed, under another name.
func copyPart(w *zip.Writer, f *zip.File, name string) error {
	packed, err := f.OpenRaw()
	if err != nil {
		return err
	}
	header := f.FileHeader
	header.Name = name
	dst, err := w.CreateRaw(&header)
	if err == nil {
		_, err = io.Copy(dst, packed)
	}
	return err
}

func writePart(w *zip.Writer, name, content string) error {
	f, err := w.Create(name)
	if err == nil {
		_, err = io.WriteString(f, content)
	}
	return err
}

// relationshipType begins the types of relationships that the library knows,
// which are those of transitional OOXML.
const relationshipType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

func relationshipsOf(entries string) string {
	return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + entries + `</Relationships>`
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder never fails
	return b.String()
}

// relationship is an entry of a .rels part.
type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// bookParts are the parts of a workbook that are read, by their names in
// parts.byName.
type bookParts struct {
	book    string
	strings string            // empty = there is none
	styles  string            // empty = there is none
	sheets  map[string]string // the worksheets, by the id of their relationship
}

// find follows the relationships of the package. Their types end in the same
// words in strict and in transitional OOXML.
func (p *parts) find() (*bookParts, error) {
	root, err := p.relationships(rootRelsPart)
	if err != nil {
		return nil, err
	}
	found := &bookParts{book: "xl/workbook.xml", sheets: make(map[string]string)}
	for _, rel := range root {
		if strings.HasSuffix(rel.Type, "/officeDocument") {
			found.book = partName(rel.Target)
		}
	}
	rels, err := p.relationships(relsOf(found.book))
	if err != nil {
		return nil, err
	}
	for _, rel := range rels {
		target := path.Join(path.Dir(found.book), rel.Target)
		if strings.HasPrefix(rel.Target, "/") {
			target = strings.TrimPrefix(rel.Target, "/")
		}
		target = strings.ToLower(target)
		switch path.Base(rel.Type) {
		case "worksheet":
			found.sheets[rel.ID] = target
		case "sharedStrings":
			found.strings = target
		case "styles":
			found.styles = target
		}
	}
	return found, nil
}

// relsOf is the part with the relationships of a part.
func relsOf(part string) string {
	dir, base := path.Split(part)
	return dir + "_rels/" + base + ".rels"
}

func (p *parts) relationships(name string) ([]relationship, error) {
	part, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	var rels struct {
		Relationship []relationship
	}
	limited := io.LimitReader(part, maxSmall)
	err = xml.NewDecoder(limited).Decode(&rels)
	if err == nil {
		_, err = io.Copy(io.Discard, limited) // the checksum is compared at the end
	}
	if err != nil {
		return nil, fmt.Errorf("its part %s cannot be read: %w", name, err)
	}
	return rels.Relationship, nil
}

// open opens a part. Its checksum is compared when it is read to its end.
func (p *parts) open(name string) (io.ReadCloser, error) {
	f := p.byName[strings.ToLower(name)]
	if f == nil {
		return nil, fmt.Errorf("it has no part %s", name)
	}
	part, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("its part %s cannot be read: %w", name, err)
	}
	return part, nil
}

// readStrings reads the table of shared strings. A workbook may have none.
func (p *parts) readStrings(name string) (*sheet.Strings, error) {
	if p.byName[name] == nil {
		return &sheet.Strings{}, nil
	}
	part, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	return sheet.ReadStrings(part)
}
