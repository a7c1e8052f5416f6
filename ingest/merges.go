package ingest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"linkbatch/internal/xmlpart"
)

// merge is a block of cells shown as one. Its value is that of the first cell;
// the others are blank, or hold what nobody sees.
type merge struct{ firstRow, firstColumn, lastRow, lastColumn int } // rows from 1, columns from 0

// merges are the merged cells of a sheet, in the order of their first rows, as
// far as a reader that goes down the rows has not come to their end.
type merges struct {
	later  []merge
	active []merge
}

// mostMerges is how many merged blocks a sheet may have, and mostMergesOver how
// many of them may lie over one row. Blocks do not overlap, so a table has fewer.
const (
	mostMerges     = 1 << 20
	mostMergesOver = 1 << 10
	mergeBuffer    = 1 << 16 // what is searched at once
)

var errMerges = errors.New("lies under more merged cells than a table has")

// readMerges finds the merged cells of a sheet. They are written behind the rows
// that they change, so the part is searched for them beforehand; whether it is
// whole is not asked here.
func readMerges(part io.Reader) merges {
	var m merges
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
	slices.SortStableFunc(m.later, func(a, b merge) int { return cmp.Compare(a.firstRow, b.firstRow) })
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
func (m *merges) add(raw []byte) {
	raw = bytes.TrimSuffix(raw, []byte("/"))
	for a := xmlpart.ParseAttrs(raw); a.Next(); {
		if string(a.Name) != "ref" {
			continue
		}
		first, last, _ := bytes.Cut(a.Value, []byte(":"))
		var b merge
		var ok1, ok2 bool
		b.firstColumn, b.firstRow, ok1 = cellAt(first)
		b.lastColumn, b.lastRow, ok2 = cellAt(last)
		if ok1 && ok2 {
			m.later = append(m.later, b)
		}
	}
}

// cellAt reads a reference such as C17.
func cellAt(ref []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4 && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z'; i++ {
		column = column*26 + int(ref[i]|0x20-'a') + 1
	}
	row, err := strconv.Atoi(string(ref[i:]))
	return column - 1, row, err == nil && column > 0 && column <= maxSheetColumn && row > 0 && row <= maxSheetRow
}

// over gives the blocks that cover cells of a row. Rows are asked for in order.
func (m *merges) over(row int) ([]merge, error) {
	if len(m.later) == 0 && len(m.active) == 0 {
		return nil, nil
	}
	if len(m.later) > mostMerges {
		return nil, errMerges
	}
	m.active = slices.DeleteFunc(m.active, func(b merge) bool { return b.lastRow < row })
	for len(m.later) > 0 && m.later[0].firstRow <= row {
		if m.later[0].lastRow >= row {
			m.active = append(m.active, m.later[0])
		}
		m.later = m.later[1:]
		if len(m.active) > mostMergesOver {
			return nil, errMerges
		}
	}
	return m.active, nil
}

// merged tells of the cells of a row that lie under a merged one: what a person
// sees there is not what the cell holds. Names are for people, and a warning is
// enough.
func (r *Roster) merged(row *Row, raw *rawRow) {
	for _, b := range raw.merges {
		for _, field := range r.fields {
			i := field.index
			if i < b.firstColumn || i > b.lastColumn || i == b.firstColumn && raw.number == b.firstRow {
				continue
			}
			text := row.Cells[i]
			if text == "" && b.firstRow == b.lastRow {
				continue
			}
			block := columnLetters(b.firstColumn) + strconv.Itoa(b.firstRow) + ":" + columnLetters(b.lastColumn) + strconv.Itoa(b.lastRow)
			f := fault{
				message: fmt.Sprintf("is merged into %s, whose value counts for its first cell only", block),
				hint:    "unmerge the cells and write the value into each row",
			}
			if text != "" {
				f.message = fmt.Sprintf("is merged into %s, so that nobody sees what it holds", block)
			}
			if text == "" && slices.Contains([]string{"client_name", "name", "note"}, field.name) {
				f.severity = Warning
			}
			row.Problems = append(row.Problems, f.problem(r.place(row.Number, i), row.Number, field.name, text))
		}
	}
}
