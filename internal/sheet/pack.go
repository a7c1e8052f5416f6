package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"linkbatch/internal/xmlpart"
)

// The most that may be unpacked. A sheet of 1,000,000 rows and 8 columns takes
// about 500 MB, and its shared strings 300 MB; the other parts that are read are
// small. A part that unpacks to more than bombRatio times its size was made to
// fill a disk.
const (
	maxUnpacked = 2 << 30
	maxStrings  = 512 << 20
	maxSmall    = 16 << 20
	bombSize    = 64 << 20
	bombRatio   = 200
)

// ErrTooBig is the error of a workbook that would unpack to more than is read.
var ErrTooBig = errors.New("is too big to be unpacked")

// A BombError is the error of a workbook with a part that unpacks to far more
// than its size.
type BombError struct{ Part string }

// Error names the part.
func (e *BombError) Error() string {
	return fmt.Sprintf("is a zip bomb: its part %s unpacks to more than %d times its size", e.Part, bombRatio)
}

// pack is the files in a workbook, by the names that partName gives them.
type pack map[string]*zip.File

// The parts that every package has, as pack names them.
const (
	contentTypesPart = "[content_types].xml"
	rootRelsPart     = "_rels/.rels"
)

// newPack lists the files of a zip directory.
func newPack(zr *zip.Reader) (pack, error) {
	p := make(pack, len(zr.File))
	twice := ""
	for _, f := range zr.File {
		name := partName(strings.ReplaceAll(f.Name, `\`, "/"))
		if p[name] != nil {
			twice = f.Name
		}
		p[name] = f
	}
	if twice != "" {
		return nil, fmt.Errorf("it has two parts named %q", twice)
	}
	return p, nil
}

// partName is the name by which a part is compared with others: "/xl/a.xml" and
// "XL/./a.xml" are the same part (ISO/IEC 29500-2, section 6.2.2). A path that
// leads out of the package ends at its root.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+name), "/"))
}

// open opens a part. Its checksum is compared when it is read to its end.
func (p pack) open(name string) (io.ReadCloser, error) {
	f := p[strings.ToLower(name)]
	if f == nil {
		return nil, fmt.Errorf("it has no part %s", name)
	}
	part, err := f.Open()
	if err != nil {
		return nil, p.unreadable(name, err)
	}
	return part, nil
}

// unreadable is the error of a part that cannot be read.
func (p pack) unreadable(name string, err error) error {
	return fmt.Errorf("its part %s cannot be read: %w", p[strings.ToLower(name)].Name, err)
}

// verify reads a part to its end, where its checksum is compared, although nothing
// in it is used: a package of which any part is not what was packed is not
// trusted. A part that does not exist has no checksum.
func (p pack) verify(name string) error {
	if p[name] == nil {
		return nil
	}
	part, err := p.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	if _, err := io.Copy(io.Discard, part); err != nil {
		return p.unreadable(name, err)
	}
	return nil
}

// elements reads a small part to its end and calls use with each of its start
// tags but the root's, and with the names of the elements that the tag is in,
// the root's left out. Elements are known by their names without a namespace: in
// strict OOXML these are other ones than in the transitional form. An error of use
// ends the reading, and names the part like any other.
func (p pack) elements(name string, use func(within []string, tok *xmlpart.Token) error) error {
	part, err := p.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	x := xmlpart.New(io.LimitReader(part, maxSmall))
	var open []string
	for {
		tok, err := x.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			switch tok.Kind {
			case xmlpart.Start:
				if len(open) > 0 {
					err = use(open[1:], tok)
				}
				if !tok.Empty {
					open = append(open, string(tok.Name))
				}
			case xmlpart.End:
				open = open[:len(open)-1]
			}
		}
		if err != nil {
			return p.unreadable(name, err)
		}
	}
}

// measure refuses a workbook that is too big to be unpacked, by what its directory
// says. A part that holds more than that ends with an error when it is read
// (archive/zip), so the directory cannot lie about it. All parts that are read
// count together.
func (p pack) measure(parts *bookParts) error {
	limits := map[string]uint64{
		contentTypesPart: maxSmall, rootRelsPart: maxSmall,
		parts.book: maxSmall, relsOf(parts.book): maxSmall, parts.styles: maxSmall, parts.strings: maxStrings,
	}
	for _, part := range parts.sheets {
		limits[part] = maxUnpacked
	}
	var total uint64
	bomb := ""
	for part, limit := range limits {
		f := p[part]
		if f == nil {
			continue
		}
		size := f.UncompressedSize64
		if total += size; size > limit || total > maxUnpacked {
			return ErrTooBig
		}
		if size > bombSize && size/bombRatio > f.CompressedSize64 {
			bomb = max(bomb, part)
		}
	}
	if bomb != "" {
		return &BombError{bomb}
	}
	return nil
}

// bookParts are the parts of a workbook that are read, as pack names them.
type bookParts struct {
	book    string
	strings string            // empty = none
	styles  string            // empty = none
	sheets  map[string]string // the worksheets, by the id of their relationship
}

// find follows the relationships of the package. Their types end in the same
// words in strict and in transitional OOXML.
func (p pack) find() (*bookParts, error) {
	found := &bookParts{book: "xl/workbook.xml", sheets: make(map[string]string)}
	err := p.relationships(rootRelsPart, func(_, kind, target string) {
		if strings.HasSuffix(kind, "/officeDocument") {
			found.book = partName(target)
		}
	})
	if err != nil {
		return nil, err
	}
	err = p.relationships(relsOf(found.book), func(id, kind, target string) {
		part := path.Join(path.Dir(found.book), target)
		if strings.HasPrefix(target, "/") {
			part = strings.TrimPrefix(target, "/")
		}
		part = strings.ToLower(part)
		switch path.Base(kind) {
		case "worksheet":
			found.sheets[id] = part
		case "sharedStrings":
			found.strings = part
		case "styles":
			found.styles = part
		}
	})
	if err != nil {
		return nil, err
	}
	if p[found.book] == nil {
		return nil, fmt.Errorf("it has no part %s", found.book)
	}
	return found, nil
}

// relsOf is the part with the relationships of a part.
func relsOf(part string) string {
	dir, base := path.Split(part)
	return dir + "_rels/" + base + ".rels"
}

// relationships calls use with each entry of a .rels part.
func (p pack) relationships(name string, use func(id, kind, target string)) error {
	return p.elements(name, func(within []string, tok *xmlpart.Token) error {
		if len(within) > 0 || string(tok.Name) != "Relationship" {
			return nil
		}
		var id, kind, target string
		for _, a := range tok.Attrs {
			switch string(a.Name) {
			case "Id":
				id = a.Decoded()
			case "Type":
				kind = a.Decoded()
			case "Target":
				target = a.Decoded()
			}
		}
		use(id, kind, target)
		return nil
	})
}
