package sheet

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"

	"linkbatch/internal/xmlpart"
)

// Merge is a block of cells shown as one. Its value is that of the first cell;
// the others are blank, or contain what nobody sees. Rows are counted from 1,
// columns from 0.
type Merge struct{ FirstRow, FirstColumn, LastRow, LastColumn int }

// String is the block as a spreadsheet writes it: A2:B5.
func (m Merge) String() string {
	return Letters(m.FirstColumn) + strconv.Itoa(m.FirstRow) + ":" + Letters(m.LastColumn) + strconv.Itoa(m.LastRow)
}

// Merges are the merged cells of a sheet, as far as a reader that goes down the
// rows has not left them behind.
type Merges struct {
	later  []Merge // by their first rows
	active []Merge
}

// A sheet has at most maxMerges merged blocks, and a row at most maxMergesOver.
// Blocks do not overlap, so a table has fewer.
const (
	maxMerges     = 1 << 20
	maxMergesOver = 1 << 10
)

var errMerges = errors.New("is covered by more merged cells than a table can have")

// readMerges searches a part for its merged cells, in its bytes and not in its
// tokens, which would take as long as reading the rows. Whether the part is whole
// does not matter here, since it is read again.
func readMerges(part io.Reader) Merges {
	const (
		atOnce     = 1 << 16
		longestTag = 1 << 10 // a tag may be cut in two; longer ones are not written
	)
	var m Merges
	mark := []byte("mergeCell")
	buf := make([]byte, 0, atOnce)
	for {
		n, err := io.ReadFull(part, buf[len(buf):cap(buf)])
		rest := buf[:len(buf)+n]
		for {
			i := bytes.Index(rest, mark)
			if i < 0 {
				break
			}
			end := bytes.IndexByte(rest[i:], '>')
			if end < 0 {
				break
			}
			if startsTag(rest[:i]) && len(m.later) <= maxMerges { // not mergeCells, which has no ref
				m.add(rest[i+len(mark) : i+end])
			}
			rest = rest[i+len(mark):]
		}
		if err != nil {
			break
		}
		keep := rest[max(0, len(rest)-longestTag):]
		buf = buf[:copy(buf[:cap(buf)], keep)]
	}
	slices.SortStableFunc(m.later, func(a, b Merge) int { return cmp.Compare(a.FirstRow, b.FirstRow) })
	return m
}

// startsTag reports whether a name that comes next is that of a tag, perhaps
// with a prefix.
func startsTag(before []byte) bool {
	start := bytes.LastIndexByte(before, '<')
	if start < 0 {
		return false
	}
	prefix, ok := bytes.CutSuffix(before[start+1:], []byte(":"))
	return len(before) == start+1 || ok && xmlpart.ValidName(prefix)
}

// add keeps the block that an attribute such as ref="A2:A5" names.
func (m *Merges) add(raw []byte) {
	attrs, _ := xmlpart.ParseAttrs(bytes.TrimSuffix(raw, []byte("/"))) // a bad tag is found when the part is read
	for _, a := range attrs {
		if string(a.Name) != "ref" {
			continue
		}
		first, last, _ := bytes.Cut(a.Value, []byte(":"))
		var b Merge
		var ok1, ok2 bool
		b.FirstColumn, b.FirstRow, ok1 = cellAt(first)
		b.LastColumn, b.LastRow, ok2 = cellAt(last)
		if ok1 && ok2 {
			m.later = append(m.later, b)
		}
	}
}

// Over returns the blocks that cover cells of a row; they are good until the next
// call. Rows must be asked for in order. The error is that of a row with more
// blocks than a table can have.
func (m *Merges) Over(row int) ([]Merge, error) {
	if len(m.later) == 0 && len(m.active) == 0 {
		return nil, nil
	}
	if len(m.later) > maxMerges {
		return nil, errMerges
	}
	m.active = slices.DeleteFunc(m.active, func(b Merge) bool { return b.LastRow < row })
	for len(m.later) > 0 && m.later[0].FirstRow <= row {
		if m.later[0].LastRow >= row {
			m.active = append(m.active, m.later[0])
		}
		m.later = m.later[1:]
		if len(m.active) > maxMergesOver {
			return nil, errMerges
		}
	}
	return m.active, nil
}
