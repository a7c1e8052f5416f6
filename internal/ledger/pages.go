package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"iter"
	"strings"
)

// pageLines is the length of an average page. A line that changes costs a page
// and the list of all pages, some 8 bytes each: for 10,000 lines of 330 bytes
// the sum is smallest at 16.
const pageLines = 16

// pageRef is a page of a list: its id and how many lines it has.
type pageRef [2]int64

// list is a stored sequence of lines, cut into pages.
type list []pageRef

// length is how many lines a list has.
func (l list) length() (n int64) {
	for _, ref := range l {
		n += ref[1]
	}
	return n
}

// text is a list as a column holds it: [[id,lines],…].
func (l list) text() string {
	text, _ := encode(append(list{}, l...)) // numbers have JSON
	return text
}

// lines is a stored sequence of lines, whichever schema stored it.
type lines interface {
	all() iter.Seq2[string, error] // in order, up to the first error
	at(i int64) (string, error)
}

// paged is a list as a view reads it.
type paged struct {
	v *view
	list
}

func (p paged) all() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, ref := range p.list {
			lines, err := p.v.page(ref)
			if err != nil {
				yield("", err)
				return
			}
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
			}
		}
	}
}

func (p paged) at(i int64) (string, error) {
	ref, i, err := p.locate(i)
	if err != nil {
		return "", err
	}
	lines, err := p.v.page(ref)
	if err != nil {
		return "", err
	}
	return lines[i], nil
}

// locate returns the page that has a line, and which of its lines that is.
func (l list) locate(i int64) (pageRef, int64, error) {
	for _, ref := range l {
		if i < ref[1] {
			return ref, i, nil
		}
		i -= ref[1]
	}
	return pageRef{}, 0, &damage{"a list is too short"}
}

// cachedPages bounds the memory that a view takes: pages have some 5 KB, and lists
// are mostly read in order.
const cachedPages = 100

// page reads a page of a list.
func (v *view) page(ref pageRef) ([]string, error) {
	lines, ok := v.pages[ref[0]]
	if !ok {
		var err error
		if lines, err = v.body(ref[0]); err != nil {
			return nil, err
		}
		if len(v.pages) >= cachedPages {
			clear(v.pages)
		}
		v.pages[ref[0]] = lines
	}
	if int64(len(lines)) != ref[1] {
		return nil, &damage{fmt.Sprintf("page %d has %d lines, and should have %d", ref[0], len(lines), ref[1])}
	}
	return lines, nil
}

// body reads the lines of a page.
func (v *view) body(id int64) ([]string, error) {
	found, err := one(v, &pagesTable, "pages WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, &damage{fmt.Sprintf("page %d is missing", id)}
	}
	return strings.Split(found.text(2), "\n"), nil
}

// pager cuts lines into pages and stores those that are new. Where a page ends
// depends on its lines alone, so that a line that is added or removed changes
// the page that it is in, and none after it.
type pager struct {
	t     *tx
	body  []byte
	lines int64
	list  list
	names strings.Builder // the hashes of the pages, which identify the list
}

// add appends a line. ended reports that it was the last of a page, and fresh
// that the page is new.
func (p *pager) add(line string) (ended, fresh bool, err error) {
	if p.lines > 0 {
		p.body = append(p.body, '\n')
	}
	p.body = append(p.body, line...)
	p.lines++
	if crc32.Checksum([]byte(line), castagnoli)%pageLines != 0 && p.lines < 4*pageLines {
		return false, false, nil
	}
	fresh, err = p.end()
	return true, fresh, err
}

// end ends the page. It reports whether it is new.
func (p *pager) end() (fresh bool, err error) {
	if p.lines == 0 {
		return false, nil
	}
	hash := name(p.body)
	known, err := one(p.t, &pagesTable, "pages WHERE hash = ?", hash)
	if err != nil {
		return false, err
	}
	if fresh = known == nil; fresh {
		known, err = p.store(hash)
	} else if known.text(1) != hash {
		err = &damage{"the index of the pages leads astray"}
	}
	if err != nil {
		return false, err
	}
	p.list = append(p.list, pageRef{known.integer(0), p.lines})
	p.names.WriteString(hash)
	p.body, p.lines = p.body[:0], 0
	return fresh, nil
}

func (p *pager) store(hash string) (record, error) {
	id, err := p.t.serial()
	if err != nil {
		return nil, err
	}
	page := record{id, hash, string(p.body)}
	return page, p.t.insert(&pagesTable, page...)
}

// hash identifies a list by a heading and the content of its pages.
func (p *pager) hash(heading string) string { return name([]byte(heading + p.names.String())) }

// name is the first half of the SHA-256 of content, in hexadecimal.
func name(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16])
}
