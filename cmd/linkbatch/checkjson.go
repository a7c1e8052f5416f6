package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"linkbatch/ingest"
)

// checkFormat is the version of the object that check --output json prints.
const checkFormat = 1

// rowObject is a row as check prints it: what its cells say, null for a blank.
type rowObject struct {
	Sheet                *string `json:"sheet"`
	Row                  int     `json:"row"`
	AccountID            *string `json:"account_id"`
	AccountNumber        *string `json:"account_number"`
	CustomerNumber       *string `json:"customer_number"`
	ManagingCustomerID   *string `json:"managing_customer_id"`
	Action               *string `json:"action"`
	ClientName           *string `json:"client_name"`
	Type                 *string `json:"type"`
	Permission           *string `json:"permission"`
	BillToClient         *bool   `json:"bill_to_client"`
	StartDate            *string `json:"start_date"`
	Name                 *string `json:"name"`
	Note                 *string `json:"note"`
	SuppressNotification *bool   `json:"suppress_notification"`
	ClientProfile        *string `json:"client_profile"`
}

// problemObject is a problem as check prints it.
type problemObject struct {
	Row      *int            `json:"row"`
	Column   *string         `json:"column"`
	Value    *string         `json:"value"`
	Severity ingest.Severity `json:"severity"`
	Message  string          `json:"message"`
	Hint     *string         `json:"hint"`
}

func object(r *ingest.Row) rowObject {
	return rowObject{
		Sheet: orNull(r.Sheet), Row: r.Number,
		AccountID: digits(r.AccountID), AccountNumber: orNull(r.AccountNumber), CustomerNumber: orNull(r.CustomerNumber),
		ManagingCustomerID: digits(r.ManagingCustomerID), Action: orNull(string(r.Action)), ClientName: orNull(r.ClientName),
		Type: orNull(r.Type), Permission: orNull(r.Permission), BillToClient: r.BillToClient, StartDate: orNull(r.StartDate.String()),
		Name: orNull(r.Name), Note: orNull(r.Note), SuppressNotification: r.SuppressNotification, ClientProfile: orNull(r.ClientProfile),
	}
}

// orNull is s, or null for a blank.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func digits(id int64) *string {
	if id == 0 {
		return nil
	}
	return new(strconv.FormatInt(id, 10))
}

// writeJSON prints one object. Rows are held back as encoded bytes, since
// whether a row is usable shows only when the last one has been read.
func (c *checker) writeJSON(out io.Writer) error {
	var rows bytes.Buffer
	var ends []int // where each row ends in rows; an unusable one is empty
	err := c.read(func(r *ingest.Row) error {
		if !r.Invalid() {
			b, err := json.Marshal(object(r))
			if err != nil {
				return err
			}
			rows.Write(b)
		}
		ends = append(ends, rows.Len())
		return nil
	})
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	r := c.roster
	fmt.Fprintf(w, "{\n  \"format_version\": %d", checkFormat)
	for _, m := range []struct {
		name  string
		value any
	}{
		{"file", r.File}, {"format", r.Format}, {"encoding", orNull(r.Encoding)}, {"delimiter", orNull(r.Delimiter)},
		{"sheet", orNull(r.Sheet)}, {"header_row", r.HeaderRow},
	} {
		b, err := json.Marshal(m.value)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, ",\n  %q: %s", m.name, b)
	}
	w.WriteString(",\n  \"rows\": [")
	begin, sep := 0, "\n    "
	for i, end := range ends {
		if end > begin && !c.bad[i] {
			w.WriteString(sep)
			w.Write(rows.Bytes()[begin:end])
			sep = ",\n    "
		}
		begin = end
	}
	w.WriteString("\n  ],\n")
	if err := c.writeTail(w); err != nil {
		return err
	}
	return w.Flush()
}

// writeTail prints the members after the rows.
func (c *checker) writeTail(w io.Writer) error {
	tail := struct {
		Problems []problemObject `json:"problems"`
		Skipped  []skippedObject `json:"skipped"`
		Counts   countsObject    `json:"counts"`
	}{Problems: []problemObject{}, Skipped: []skippedObject{}}
	for i := range c.problems {
		p := &c.problems[i]
		o := problemObject{Column: orNull(p.Column), Value: orNull(p.Value), Severity: p.Severity, Message: p.Message, Hint: orNull(p.Hint)}
		if p.Row > 0 {
			o.Row = &p.Row
		}
		tail.Problems = append(tail.Problems, o)
		if p.Severity == ingest.Warning {
			tail.Counts.Warnings++
		}
	}
	for _, s := range c.roster.Skipped {
		tail.Skipped = append(tail.Skipped, skippedObject(s))
	}
	tail.Counts.Rows, tail.Counts.Usable, tail.Counts.Invalid, tail.Counts.Skipped = c.rows, c.usable, c.invalid, c.roster.SkippedRows
	b, err := json.MarshalIndent(tail, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", b[2:])
	return err
}

type skippedObject struct {
	Row    int    `json:"row"`
	Reason string `json:"reason"`
}

type countsObject struct {
	Rows     int `json:"rows"`
	Usable   int `json:"usable"`
	Invalid  int `json:"invalid"`
	Warnings int `json:"warnings"`
	Skipped  int `json:"skipped"`
}

// encode prints a value as indented JSON, without escaping for HTML.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
