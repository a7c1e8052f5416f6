package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
)

// table is one kind of record: its columns without the last, which is the sum
// over all of them. A value is an int64 or a string. The first keys of the
// columns identify a record.
type table struct {
	name    string
	keys    int
	columns []string
}

// Columns that a schema added come last, so that a record of an older schema
// is the beginning of a newer one.
var (
	headTable     = table{"head", 1, []string{"id", "tick", "serial", "runs", "accounts", "acts"}}
	runsTable     = table{"runs", 1, append(slices.Clip(runsTable1.columns), "calls", "replies", "kept", "latest")}
	rostersTable  = table{"rosters", 1, append(slices.Clip(rostersTable1.columns), "pages")}
	plansTable    = table{"plans", 1, []string{"id", "hash", "length", "pages"}}
	pagesTable    = table{"pages", 1, []string{"id", "hash", "body"}}
	partsTable    = table{"parts", 2, append(slices.Clip(partsTable1.columns), "decided", "os_user", "host", "command", "reason")}
	callsTable    = table{"calls", 2, []string{"run", "number", "part", "op", "profile", "links", "sent", "tick"}}
	linksTable    = table{"links", 3, []string{"run", "call", "place", "step", "payload"}}
	repliesTable  = table{"replies", 3, []string{"run", "call", "place", "at", "outcome", "payload", "tick"}}
	keptTable     = table{"kept", 2, []string{"run", "step", "call", "at", "payload", "tick"}}
	accountsTable = table{"accounts", 2, []string{"account_id", "number"}}
	holdersTable  = table{"holders", 1, []string{"scope", "pid", "host", "since"}}
	actsTable     = table{"acts", 1, []string{"id", "kind", "os_user", "host", "command", "reason", "detail", "at"}}
	factsTable    = table{"facts", 3, []string{"endpoint", "user_id", "name", "value"}}
)

// Tables of schema 1 that the present schema has otherwise, or not at all.
var (
	runsTable1      = table{"runs", 1, []string{"seq", "id", "endpoint", "customer", "state", "note", "started", "ended", "parts", "steps", "live", "listed", "outcomes"}}
	rostersTable1   = table{"rosters", 1, []string{"id", "hash", "header", "length"}}
	partsTable1     = table{"parts", 2, []string{"run", "part", "roster", "file", "path", "digest", "sheet", "user_id", "profile", "version", "plan", "begun", "tick"}}
	rowsTable1      = table{"roster_rows", 2, []string{"roster", "place", "account_id", "number", "payload"}}
	decisionsTable1 = table{"decisions", 3, []string{"run", "part", "step", "payload"}}
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sum is the CRC-32C of a record: the table's name and each value with its
// type and length. SQLite checks the structure of its file, not the contents of
// its cells.
func (t *table) sum(values []any) int64 {
	b := append(make([]byte, 0, 512), t.name...)
	for _, v := range values {
		switch v := v.(type) {
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
		case string:
			b = binary.BigEndian.AppendUint64(append(b, 's'), uint64(len(v)))
			b = append(b, v...)
		default:
			b = append(b, '?')
		}
	}
	return int64(crc32.Checksum(b, castagnoli))
}

// insert returns the statement that writes n records, each with its sum last.
func (t *table) insert(n int) string {
	values := "(" + strings.Repeat("?, ", len(t.columns)) + "?)"
	return fmt.Sprintf("INTO %s (%s, sum) VALUES %s", t.name, strings.Join(t.columns, ", "), strings.Join(slices.Repeat([]string{values}, n), ", "))
}

// update returns the statement that replaces a record. Its last parameters are
// the columns that identify the record.
func (t *table) update() string {
	return fmt.Sprintf("UPDATE %s SET %s = ?, sum = ? WHERE %s = ?", t.name, strings.Join(t.columns, " = ?, "), strings.Join(t.columns[:t.keys], " = ? AND "))
}

// record is what was read from one table: the values of its columns, nil if an
// outer join found none. A column that the file's schema lacks reads as zero.
type record []any

func (r record) integer(i int) int64 {
	if i >= len(r) {
		return 0
	}
	n, _ := r[i].(int64)
	return n
}

func (r record) text(i int) string {
	if i >= len(r) {
		return ""
	}
	s, _ := r[i].(string)
	return s
}

// querier is a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each reads records of one table, or of several joined ones, and checks their
// sums. from is what follows FROM in the statement; each table keeps its own
// name there. fn gets one record per table, in the order of tables, which it
// may keep.
func each(q querier, tables []*table, from string, args []any, fn func(found []record) error) error {
	var columns []string
	for _, t := range tables {
		for _, c := range t.columns {
			columns = append(columns, t.name+"."+c)
		}
		columns = append(columns, t.name+".sum")
	}
	rows, err := q.QueryContext(context.Background(), "SELECT "+strings.Join(columns, ", ")+" FROM "+from, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	into := make([]any, len(columns))
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		found := make([]record, len(tables))
		for i, t := range tables {
			n := len(t.columns)
			if found[i], err = t.check(values[:n:n], values[n]); err != nil {
				return err
			}
			values = values[n+1:]
		}
		if err := fn(found); err != nil {
			return err
		}
	}
	return rows.Err()
}

// check compares a record with its sum. It returns nil for a record that an
// outer join did not find.
func (t *table) check(values []any, sum any) (record, error) {
	if sum == nil {
		for _, v := range values {
			if v != nil {
				return nil, &damage{fmt.Sprintf("a record of %s has no checksum", t.name)}
			}
		}
		return nil, nil
	}
	if sum != t.sum(values) {
		return nil, &damage{fmt.Sprintf("a record of %s (%s %v) does not match its checksum", t.name, t.columns[0], values[0])}
	}
	return record(values), nil
}

// one reads a single record; it returns nil if none matches.
func one(q querier, t *table, from string, args ...any) (got record, err error) {
	err = each(q, []*table{t}, from, args, func(found []record) error {
		got = found[0]
		return nil
	})
	return got, err
}
