package ingest

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"path"
	"strings"
)

// parts are the files within a workbook.
type parts struct {
	byName map[string]*zip.File // in lower case, as names are compared in packages
}

// openParts reads the directory of the workbook and refuses what is no workbook,
// or too big to be unpacked.
func openParts(in *input) (*parts, error) {
	zr, err := zip.NewReader(in.file, in.size)
	if err != nil {
		return nil, in.broken(err)
	}
	p := &parts{byName: make(map[string]*zip.File, len(zr.File))}
	var total, inMemory uint64
	for _, f := range zr.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if p.byName[name] != nil {
			return nil, in.broken(fmt.Errorf("it has two parts named %q", f.Name))
		}
		p.byName[name] = f
		total += f.UncompressedSize64
		if name != sharedStringsPart && !strings.HasPrefix(name, "xl/worksheets/sheet") {
			inMemory += f.UncompressedSize64
		}
		if f.UncompressedSize64 > maxUnpacked || total > maxUnpacked || inMemory > maxInMemory {
			return nil, in.fault("is too big to be unpacked", "remove pictures and sheets that are no part of the roster, or save the sheet as CSV")
		}
	}
	if p.byName["[content_types].xml"] == nil {
		return nil, in.fault("is a zip file, but no workbook", "unpack it, or save the roster as .xlsx or CSV")
	}
	return p, nil
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

// worksheets are the parts of the worksheets, by the id of their relationship to
// the workbook.
func (p *parts) worksheets() (map[string]string, error) {
	root, err := p.relationships("_rels/.rels")
	if err != nil {
		return nil, err
	}
	book := "xl/workbook.xml"
	for _, rel := range root {
		if strings.HasSuffix(rel.Type, "/officeDocument") {
			book = strings.TrimPrefix(rel.Target, "/")
		}
	}
	dir, base := path.Split(book)
	rels, err := p.relationships(dir + "_rels/" + base + ".rels")
	if err != nil {
		return nil, err
	}
	targets := make(map[string]string)
	for _, rel := range rels {
		if !strings.HasSuffix(rel.Type, "/worksheet") {
			continue
		}
		target := path.Join(dir, rel.Target)
		if strings.HasPrefix(rel.Target, "/") {
			target = strings.TrimPrefix(rel.Target, "/")
		}
		targets[rel.ID] = strings.ToLower(target)
	}
	return targets, nil
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

// sharedStrings tells what the table of shared strings holds: how many, and a
// hash of each, which is enough to know whether a cell was read right.
type sharedStrings struct {
	seed   maphash.Seed
	hashes []uint64
}

// readSharedStrings scans the table. A workbook may have none.
func (p *parts) readSharedStrings() (*sharedStrings, error) {
	s := &sharedStrings{seed: maphash.MakeSeed()}
	if p.byName[sharedStringsPart] == nil {
		return s, nil
	}
	part, err := p.open(sharedStringsPart)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	x := newXMLScanner(part)
	var text []byte
	for {
		tok, err := x.next()
		switch {
		case err == io.EOF:
			return s, nil
		case err != nil:
			return nil, fmt.Errorf("its shared strings cannot be read: string %d: %w", len(s.hashes)+1, err)
		case tok.kind != startToken || string(tok.name) != "si":
			continue
		}
		text = text[:0]
		if !tok.empty {
			if text, err = richText(x, text); err != nil {
				return nil, fmt.Errorf("its shared strings cannot be read: string %d: %w", len(s.hashes)+1, err)
			}
		}
		s.hashes = append(s.hashes, maphash.String(s.seed, unescape(string(text))))
	}
}

var errSharedString = errors.New("points to a shared string that there is not")

// holds tells whether a text is the shared string with this index.
func (s *sharedStrings) holds(index int, text string) (bool, error) {
	if index < 0 || index >= len(s.hashes) {
		return false, errSharedString
	}
	return s.hashes[index] == maphash.String(s.seed, text), nil
}
