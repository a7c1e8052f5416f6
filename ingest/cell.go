package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a cell holds. All cells of a CSV file are text.
type kind uint8

const (
	textCell    kind = iota
	numberCell       // a number; the text is its plain decimal form
	longNumber       // a whole number of more digits than a number cell keeps
	dateCell         // a number shown as a date; the text is ISO
	boolCell         // the text is TRUE or FALSE
	errorCell        // a spreadsheet's error value, such as #N/A
	formulaCell      // a formula without a saved value; the text is empty
)

// cell is one cell as its column reads it: the text without the white space
// around it (no-break spaces included).
type cell struct {
	text string
	kind kind
}

// bad is the fault of a cell that no column can read, whatever it expects.
func (c cell) bad() *fault {
	switch c.kind {
	case errorCell:
		return &fault{message: "is a spreadsheet error, not a value", hint: "correct the formula, or replace it with its value"}
	case formulaCell:
		return &fault{message: "is a formula without a saved value", hint: "open the workbook in a spreadsheet program, let it calculate, and save it again"}
	}
	return nil
}

func setAction(row *Row, c cell) *fault {
	intent, ok := ParseIntent(c.text)
	if !ok {
		return &fault{message: "is not an action", hint: "write " + intentWords()}
	}
	row.Action = intent
	return nil
}

func setType(row *Row, c cell) *fault {
	typ, ok := parseType(c.text)
	if c.text == "" {
		return nil
	}
	if !ok {
		row.Type = unknownType
		return &fault{message: "is not a type of link", hint: "write AccountLink or CustomerLink"}
	}
	row.Type = typ
	return nil
}

func setPermission(row *Row, c cell) *fault {
	permission, ok := parsePermission(c.text)
	if !ok {
		return &fault{message: "is not a permission", hint: "write Administrative or Standard"}
	}
	row.Permission = permission
	return nil
}

func setBillToClient(row *Row, c cell) *fault {
	value, ok := parseBool(c.text)
	if !ok {
		return &fault{message: "is neither yes nor no", hint: "write yes when the client pays, no when the agency pays"}
	}
	row.BillToClient = &value
	return nil
}

func setSuppressNotification(row *Row, c cell) *fault {
	value, ok := parseBool(c.text)
	if !ok {
		return &fault{message: "is neither yes nor no", hint: "write yes to send no e-mail, or no"}
	}
	row.SuppressNotification = &value
	return nil
}

// maxName is the longest Name of a client link that the service takes.
const maxName = 40

func setName(row *Row, c cell) *fault {
	if f := controls(c.text, ""); f != nil {
		return f
	}
	if n := utf8.RuneCountInString(c.text); n > maxName {
		return &fault{message: "has " + strconv.Itoa(n) + " characters; the service takes at most " + strconv.Itoa(maxName), hint: "shorten the name"}
	}
	row.Name = c.text
	return nil
}

// setNote takes line breaks and tabs: a note may have paragraphs.
func setNote(row *Row, c cell) *fault {
	if f := controls(c.text, "\t\n\r"); f != nil {
		return f
	}
	row.Note = c.text
	return nil
}

func setClientName(row *Row, c cell) *fault {
	if f := controls(c.text, "\t\n\r"); f != nil {
		return f
	}
	row.ClientName = c.text
	return nil
}

func setClientProfile(row *Row, c cell) *fault {
	if f := controls(c.text, ""); f != nil {
		return f
	}
	row.ClientProfile = c.text
	return nil
}

// controls is the fault of a text with control characters other than those
// allowed: nobody sees them, and they break workbooks.
func controls(text, allowed string) *fault {
	for _, r := range text {
		if r >= ' ' && r < 0x7f {
			continue
		}
		if unicode.IsControl(r) && !strings.ContainsRune(allowed, r) {
			return &fault{message: fmt.Sprintf("holds the control character %U", r), hint: "delete the text and type it again"}
		}
	}
	return nil
}
