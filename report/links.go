package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"linkbatch/internal/atomicfile"
	"linkbatch/planner"
)

// Links is a list of client links as a roster: each has the action that leaves it
// as it is, so that a plan of the roster has nothing to do.
type Links struct {
	AsOf time.Time // the service's own time: a start_date before it is over
	Rows []planner.Listed
}

// linkColumns are those of the roster. ingest reads all but the last four, which
// people read. The account comes first: a name there could look like a remark.
var linkColumns = []struct {
	name  string
	value func(*Links, *planner.Listed) string
}{
	{"account_id", func(_ *Links, l *planner.Listed) string { return l.Link.ClientEntityID.String() }},
	{"account_number", func(_ *Links, l *planner.Listed) string { return l.Link.ClientEntityNumber }},
	{"customer_number", func(_ *Links, l *planner.Listed) string { return l.Link.ClientEntityCustomerNumber }},
	{"client_name", func(_ *Links, l *planner.Listed) string { return l.Link.ClientEntityName }},
	{"type", func(_ *Links, l *planner.Listed) string { return string(l.Link.Type) }},
	{"permission", func(_ *Links, l *planner.Listed) string { return l.Link.CustomerLinkPermission }},
	{"action", func(_ *Links, l *planner.Listed) string { return string(l.Action) }},
	{"bill_to_client", func(_ *Links, l *planner.Listed) string { return truth(l.Link.IsBillToClient) }},
	{"start_date", func(of *Links, l *planner.Listed) string { return instant(of.starts(l)) }},
	{"managing_customer_id", func(_ *Links, l *planner.Listed) string { return l.Link.ManagingCustomerID.String() }},
	{"status", func(_ *Links, l *planner.Listed) string { return string(l.Link.Status) }},
	{"started", (*Links).started},
	{"changed", func(_ *Links, l *planner.Listed) string { return instant(l.Link.LastModifiedDateTime) }},
	{"expires", func(_ *Links, l *planner.Listed) string { return instant(l.Expires) }},
}

// truth is a boolean that may be unknown.
func truth(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

// starts is the day from which a link is to hold, if that is to come: a date that
// is over would be a warning in every row.
func (of *Links) starts(l *planner.Listed) time.Time {
	if !l.Link.StartDate.After(of.AsOf) {
		return time.Time{}
	}
	return l.Link.StartDate
}

// started is the day from which a link holds, or held.
func (of *Links) started(l *planner.Listed) string {
	if l.Link.StartDate.After(of.AsOf) {
		return ""
	}
	return instant(l.Link.StartDate)
}

// names are the columns.
func (of *Links) names() []string {
	names := make([]string, len(linkColumns))
	for i, c := range linkColumns {
		names[i] = c.name
	}
	return names
}

// cells are those of a row, each on one line, since no cell of a roster may have
// control characters.
func (of *Links) cells(i int) []string {
	cells := make([]string, len(linkColumns))
	for c := range linkColumns {
		cells[c] = oneLine(linkColumns[c].value(of, &of.Rows[i]))
	}
	return cells
}

// CSV writes the list as CSV, of the form that reports have.
func (of *Links) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(of.names()); err != nil {
		return err
	}
	for i := range of.Rows {
		cells := of.cells(i)
		for c := range cells {
			cells[c] = neutral(cells[c])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// XLSX writes the list as a workbook of one sheet, in which every cell is text.
func (of *Links) XLSX(w io.Writer) error {
	if len(of.Rows) >= excelize.TotalRows {
		return fmt.Errorf("%d rows do not fit into a sheet, which has %d: use .csv", len(of.Rows), excelize.TotalRows)
	}
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // removes excelize's temporary file
	s := &sheet{book: book, layout: layout{names: of.names()}, name: "Links"}
	if err := s.open(len(of.Rows), fittingWidths(of.names(), len(of.Rows), of.cells)); err != nil {
		return err
	}
	for i := range of.Rows {
		if err := s.texts(i+2, of.cells(i)); err != nil {
			return err
		}
	}
	return s.end(w)
}

// LinksWritable reports whether [Links.File] could write to name, as [Writable]
// does for reports.
func LinksWritable(name string) error {
	switch suffix := strings.ToLower(filepath.Ext(name)); suffix {
	case ".csv", ".xlsx":
		return atomicfile.Check(name)
	case "":
		return fmt.Errorf("the name has no suffix: use .csv or .xlsx")
	default:
		return fmt.Errorf("suffix %q is not known: use .csv or .xlsx", suffix)
	}
}

// File writes the list to the file name, in the format of its suffix (.csv or
// .xlsx), beside it and renamed, as [Run.File] does.
func (of *Links) File(name string) error {
	if err := LinksWritable(name); err != nil {
		return err
	}
	write := of.CSV
	if strings.EqualFold(filepath.Ext(name), ".xlsx") {
		write = of.XLSX
	}
	return atomicfile.ReplaceOrKeep(name, 0o666, write)
}
