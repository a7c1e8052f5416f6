package ingest

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// parts are the files within a workbook.
type parts struct {
	byName map[string]*zip.File // in lower case, as names are compared in packages
}

// The most that may be unpacked. A sheet of 1,000,000 rows and 8 columns has
// about 500 MB; the parts that are neither sheets nor shared strings are small.
const (
	maxUnpacked = 2 << 30
	maxSmall    = 64 << 20
)

// openParts reads the directory of the workbook and refuses what is no workbook,
// or too big to be unpacked.
func openParts(in *input) (*parts, error) {
	zr, err := zip.NewReader(in.file, in.size)
	if err != nil {
		return nil, in.broken(err)
	}
	p := &parts{byName: make(map[string]*zip.File, len(zr.File))}
	for _, f := range zr.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if p.byName[name] != nil {
			return nil, in.broken(fmt.Errorf("it has two parts named %q", f.Name))
		}
		p.byName[name] = f
	}
	if p.byName["[content_types].xml"] == nil {
		return nil, in.fault("is a zip file, but no workbook", "unpack it, or save the roster as .xlsx or CSV")
	}
	return p, nil
}

// stylesPart is where excelize looks for the styles.
const stylesPart = "xl/styles.xml"

// strip copies the parts that hold rows into a workbook of their own: no
// pictures, which the library would keep in memory, and no shared strings, of
// which it makes ten times their size, or one read of a file for each cell.
func (p *parts) strip(in *input, book string, sheets map[string]string) (name string, err error) {
	small := []string{"[content_types].xml", "_rels/.rels", book, relsOf(book), stylesPart}
	var total uint64
	for _, part := range slices.Concat(small, slices.Collect(maps.Values(sheets)), []string{sharedStringsPart}) {
		if f := p.byName[part]; f != nil {
			total += f.UncompressedSize64
			if f.UncompressedSize64 > maxUnpacked || total > maxUnpacked || slices.Contains(small, part) && f.UncompressedSize64 > maxSmall {
				return "", in.fault("is too big to be unpacked", "split the roster, or save the sheet as CSV")
			}
		}
	}
	file, err := in.create("stripped.xlsx")
	if err != nil {
		return "", in.cause(err)
	}
	w := zip.NewWriter(file)
	for _, part := range slices.Concat(small, slices.Compact(slices.Sorted(maps.Values(sheets)))) {
		if f := p.byName[part]; f != nil && err == nil {
			err = w.Copy(f)
		}
	}
	if err := errors.Join(err, w.Close(), file.Close()); err != nil {
		return "", in.broken(err)
	}
	return file.Name(), nil
}

// sharedStringsPart is where excelize looks for the shared strings, whatever the
// workbook says.
const sharedStringsPart = "xl/sharedstrings.xml"

// relationship is an entry of a .rels part.
type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// worksheets are the workbook's part, and the parts of its worksheets by the id
// of their relationship to it.
func (p *parts) worksheets() (book string, sheets map[string]string, err error) {
	root, err := p.relationships("_rels/.rels")
	if err != nil {
		return "", nil, err
	}
	book = "xl/workbook.xml"
	for _, rel := range root {
		if strings.HasSuffix(rel.Type, "/officeDocument") {
			book = strings.ToLower(strings.TrimPrefix(rel.Target, "/"))
		}
	}
	rels, err := p.relationships(relsOf(book))
	if err != nil {
		return "", nil, err
	}
	sheets = make(map[string]string)
	for _, rel := range rels {
		if !strings.HasSuffix(rel.Type, "/worksheet") {
			continue
		}
		target := path.Join(path.Dir(book), rel.Target)
		if strings.HasPrefix(rel.Target, "/") {
			target = strings.TrimPrefix(rel.Target, "/")
		}
		sheets[rel.ID] = strings.ToLower(target)
	}
	return book, sheets, nil
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
	if err := xml.NewDecoder(part).Decode(&rels); err != nil {
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

// sharedStrings is the table of shared strings: their texts one after the other,
// and where each of them ends.
type sharedStrings struct {
	text []byte
	ends []uint32 // maxUnpacked is less than 4 GB
}

// readSharedStrings scans the table. A workbook may have none.
func (p *parts) readSharedStrings() (*sharedStrings, error) {
	s := &sharedStrings{}
	if p.byName[sharedStringsPart] == nil {
		return s, nil
	}
	part, err := p.open(sharedStringsPart)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	x := newXMLScanner(part)
	for {
		tok, err := x.next()
		if err == io.EOF {
			return s, nil
		}
		if err == nil && tok.kind == startToken && string(tok.name) == "si" {
			err = s.add(x, tok.empty)
		}
		if err != nil {
			return nil, fmt.Errorf("its shared strings cannot be read: string %d: %w", len(s.ends)+1, err)
		}
	}
}

// add takes the string that was just opened into the table.
func (s *sharedStrings) add(x *xmlScanner, empty bool) (err error) {
	start := len(s.text)
	if !empty {
		if s.text, err = richText(x, s.text); err != nil {
			return err
		}
		if text := s.text[start:]; bytes.Contains(text, []byte("_x")) {
			s.text = append(s.text[:start], unescape(string(text))...)
		}
	}
	s.ends = append(s.ends, uint32(len(s.text)))
	return nil
}

var errSharedString = errors.New("points to a shared string that there is not")

// get is the string that a cell's value points to. It is not to be changed.
func (s *sharedStrings) get(value []byte) ([]byte, error) {
	index, err := strconv.Atoi(string(bytes.TrimSpace(value)))
	if err != nil || index < 0 || index >= len(s.ends) {
		return nil, errSharedString
	}
	start := uint32(0)
	if index > 0 {
		start = s.ends[index-1]
	}
	return s.text[start:s.ends[index]], nil
}
