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
// the others are blank, or hold what nobody sees.
type Merge struct{ FirstRow, FirstColumn, LastRow, LastColumn int } // rows from 1, columns from 0

// Merges are the merged cells of a sheet, in the order of their first rows, as
// far as a reader that goes down the rows has not come to their end.
type Merges struct {
	later  []Merge
	active []Merge
}

// mostMerges is how many merged blocks a sheet may have, and mostMergesOver how
// many of them may lie over one row. Blocks do not overlap, so a table has fewer.
const (
	mostMerges     = 1 << 20
	mostMergesOver = 1 << 10
	mergeBuffer    = 1 << 16 // what is searched at once
)

var errMerges = errors.New("lies under more merged cells than a table has")

// ReadMerges finds the merged cells of a sheet. They are written behind the rows
// that they change, so the part is searched for them beforehand; whether it is
// whole is not asked here.
func ReadMerges(part io.Reader) Merges {
	var m Merges
	mark := []byte("mergeCell ")
	buf := make([]byte, 0, mergeBuffer)
	for {
		n, err := io.ReadFull(part, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		rest := buf
		for {
			i := bytes.Index(rest, mark)
			if i < 0 {
				break
			}
			end := bytes.IndexByte(rest[i:], '>')
			if end < 0 {
				break
			}
			if isTag(rest[:i]) && len(m.later) <= mostMerges {
				m.add(rest[i+len(mark) : i+end])
			}
			rest = rest[i+len(mark):]
		}
		if err != nil {
			break
		}
		// A tag may be cut in two; one longer than this is not written.
		const longestTag = 1024
		keep := rest[max(0, len(rest)-longestTag):]
		buf = buf[:copy(buf[:cap(buf)], keep)]
	}
	slices.SortStableFunc(m.later, func(a, b Merge) int { return cmp.Compare(a.FirstRow, b.FirstRow) })
	return m
}

// isTag tells whether a tag begins right before a name, with a prefix perhaps.
func isTag(before []byte) bool {
	start := bytes.LastIndexByte(before, '<')
	if start < 0 {
		return false
	}
	prefix := before[start+1:]
	return len(prefix) == 0 || prefix[len(prefix)-1] == ':' && xmlpart.ValidName(prefix[:len(prefix)-1])
}

// add keeps the block that an attribute such as ref="A2:A5" names.
func (m *Merges) add(raw []byte) {
	raw = bytes.TrimSuffix(raw, []byte("/"))
	for a := xmlpart.ParseAttrs(raw); a.Next(); {
		if string(a.Name) != "ref" {
			continue
		}
		first, last, _ := bytes.Cut(a.Value, []byte(":"))
		var b Merge
		var ok1, ok2 bool
		b.FirstColumn, b.FirstRow, ok1 = CellAt(first)
		b.LastColumn, b.LastRow, ok2 = CellAt(last)
		if ok1 && ok2 {
			m.later = append(m.later, b)
		}
	}
}

// CellAt reads a reference such as C17.
func CellAt(ref []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4 && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z'; i++ {
		column = column*26 + int(ref[i]|0x20-'a') + 1
	}
	row, err := strconv.Atoi(string(ref[i:]))
	return column - 1, row, err == nil && column > 0 && column <= MaxColumns && row > 0 && row <= MaxRows
}

// Over gives the blocks that cover cells of a row. Rows are asked for in order.
func (m *Merges) Over(row int) ([]Merge, error) {
	if len(m.later) == 0 && len(m.active) == 0 {
		return nil, nil
	}
	if len(m.later) > mostMerges {
		return nil, errMerges
	}
	m.active = slices.DeleteFunc(m.active, func(b Merge) bool { return b.LastRow < row })
	for len(m.later) > 0 && m.later[0].FirstRow <= row {
		if m.later[0].LastRow >= row {
			m.active = append(m.active, m.later[0])
		}
		m.later = m.later[1:]
		if len(m.active) > mostMergesOver {
			return nil, errMerges
		}
	}
	return m.active, nil
}
