package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// column is one of our own columns of a report.
type column struct {
	name   string
	number bool // a number in XLSX; everything else is text
	value  func(line) string
}

// columns are ours, in the order of the report.
var columns = []column{
	{name: "outcome", value: func(l line) string { return string(l.result.Outcome) }},
	{name: "op", value: func(l line) string { return joinOps(l.ops()) }},
	{name: "reason", value: line.reason},
	{name: "warnings", value: func(l line) string { return strings.Join(l.warnings(), "; ") }},
	{name: "status_before", value: func(l line) string { return string(l.step.Before.Status) }},
	{name: "status_after", value: func(l line) string { return string(l.result.StatusAfter) }},
	{name: "payer", value: func(l line) string { return payer(agreedPayer(l.step)) }},
	{name: "entity_id", value: line.entityID},
	{name: "entity_name", value: line.entityName},
	{name: "error_code", value: func(l line) string { return joinErrors(l.result.Errors, errorCode) }},
	{name: "error", value: func(l line) string { return joinErrors(l.result.Errors, errorText) }},
	{name: "next_step", value: func(l line) string { return l.result.NextStep }},
	{name: "tracking_id", value: func(l line) string { return l.result.TrackingID }},
	{name: "call", number: true, value: func(l line) string { return digits(l.result.Call) }},
	{name: "attempts", number: true, value: func(l line) string { return digits(l.result.Attempts) }},
	{name: "at", value: func(l line) string { return instant(l.result.At) }},
}

// joinOps writes several ops as add+accept.
func joinOps(list []planner.Op) string {
	words := make([]string, len(list))
	for i, op := range list {
		words[i] = string(op)
	}
	return strings.Join(words, "+")
}

// joinErrors renders errors in order, each once: attempts says how often a row
// was sent.
func joinErrors(errs []msads.OperationError, render func(msads.OperationError) string) string {
	var b strings.Builder
	for i, e := range errs {
		if slices.Contains(errs[:i], e) {
			continue
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(render(e))
	}
	return b.String()
}

// errorCode is the number of an error; names of errors are in errorText.
func errorCode(e msads.OperationError) string { return strconv.Itoa(e.Code) }

// errorText is what the service said, details included when they say more.
func errorText(e msads.OperationError) string {
	text := e.Message
	if text == "" {
		text = e.ErrorCode
	}
	switch {
	case e.Details == "" || e.Details == text:
	case text == "":
		text = e.Details
	default:
		text += " (" + e.Details + ")"
	}
	if text == "" {
		return fmt.Sprintf("code %d without a message", e.Code)
	}
	return text
}

// layout is where the columns of one report are.
type layout struct {
	own   []int    // places in Row.Cells of the columns that are the roster's own
	names []string // header of the report: the roster's own, then ours
	keys  []string // names of the roster's own columns in JSON, each different
}

// newLayout takes the roster's header without the columns that an earlier
// report left there. It widens a header that is shorter than a row, so that no
// cell is lost and none slides under a column of ours.
func newLayout(header []string, steps []planner.Step) layout {
	width := len(header)
	for i := range steps {
		width = max(width, filled(steps[i].Row.Cells))
	}
	old := oldReport(header)
	var l layout
	used := make(map[string]int)
	for i := range width {
		if slices.Contains(old, i) {
			continue
		}
		name := cell(header, i)
		l.own = append(l.own, i)
		l.names = append(l.names, name)
		l.keys = append(l.keys, uniqueKey(name, len(l.own), used))
	}
	taken := make(map[string]bool)
	for _, name := range l.names {
		taken[ingest.HeaderKey(name)] = true
	}
	for _, c := range columns {
		l.names = append(l.names, freeName(c.name, taken))
	}
	return l
}

// cells appends the roster's own cells of a row, blanks included, then ours.
func (l *layout) cells(to []string, row line) []string {
	for _, i := range l.own {
		to = append(to, cell(row.step.Row.Cells, i))
	}
	for _, c := range columns {
		to = append(to, c.value(row))
	}
	return to
}

// reportPrefix marks a column of ours whose plain name the roster uses itself.
const reportPrefix = "linkbatch_"

// oldReport returns the places of our columns in the header of a roster that
// was once a report; nothing if it was not one. It looks from the right, where
// a report puts its columns, so that a foreign column of the same name further
// left is never taken for ours.
func oldReport(header []string) []int {
	var old []int
	last := len(header)
	for _, c := range slices.Backward(columns) {
		name, prefixed := ingest.HeaderKey(c.name), ingest.HeaderKey(reportPrefix+c.name)
		for i := last - 1; i >= 0; i-- {
			if key := ingest.HeaderKey(header[i]); key == name || key == prefixed {
				old = append(old, i)
				last = i
				break
			}
		}
	}
	first := len(old) - 1
	if 2*len(old) <= len(columns) || !strings.HasSuffix(ingest.HeaderKey(header[old[first]]), columns[0].name) {
		return nil
	}
	return old
}

// freeName is the name that our column gets beside the roster's own.
func freeName(name string, taken map[string]bool) string {
	free := name
	for n := 1; taken[ingest.HeaderKey(free)]; n++ {
		free = reportPrefix + name
		if n > 1 {
			free += "_" + strconv.Itoa(n)
		}
	}
	return free
}

// uniqueKey names the roster's nth own column in JSON, where two keys of one
// object must differ.
// used counts how often a name was met.
func uniqueKey(name string, n int, used map[string]int) string {
	if strings.TrimSpace(name) == "" {
		name = fmt.Sprintf("column %d", n)
	}
	key := name
	for used[key] > 0 {
		used[name]++
		key = fmt.Sprintf("%s (%d)", name, used[name])
	}
	used[key]++
	return key
}

// cell is a cell of a row, which may be shorter than its header: spreadsheets
// leave out trailing blanks.
func cell(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// filled is the number of cells up to the last that is not blank.
func filled(cells []string) int {
	for n := len(cells); n > 0; n-- {
		if strings.TrimSpace(cells[n-1]) != "" {
			return n
		}
	}
	return 0
}
