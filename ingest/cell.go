package ingest

import (
	"strings"
)

// kind is what a cell contains. All cells of a CSV file are text.
type kind uint8

const (
	textCell    kind = iota
	numberCell       // a number; the text is its plain decimal form
	longNumber       // a whole number of more digits than a number cell keeps
	dateCell         // a number shown as a date; the text is ISO
	strayDate        // a number with the format of a date that is not a day; the text is its plain decimal form
	boolCell         // the text is TRUE or FALSE
	errorCell        // a spreadsheet's error value, such as #N/A
	formulaCell      // a formula without a saved value, or with a placeholder; the text is empty, or the placeholder
)

// cell is one cell as its column reads it: the text without the white space
// around it (no-break spaces included).
type cell struct {
	text string
	kind kind
}

// bad is the fault of a cell that no column can read, whatever it expects.
func (c cell) bad() *fault {
	if c.kind == textCell && (c.text == "" || c.text[0] != '#' && c.text[0] != 'E') {
		return nil // nearly every cell
	}
	switch {
	case c.kind == errorCell, c.kind == textCell && isErrorValue(c.text):
		return &fault{message: "is a spreadsheet error, not a value", hint: "correct the formula, or replace it with its value"}
	case c.kind == textCell && len(c.text) > 1 && strings.Trim(c.text, "#") == "":
		return &fault{message: `is "####": the column was too narrow when the file was saved`, hint: "widen the column and save the file again"}
	case c.kind == formulaCell:
		return &fault{message: "is a formula without a saved value", hint: "open the workbook in a spreadsheet program, let it calculate, and save it again"}
	}
	return nil
}

// isErrorValue reports whether a text is an error value as spreadsheet programs
// save it in a CSV file.
func isErrorValue(text string) bool {
	if !strings.HasPrefix(text, "#") && !strings.HasPrefix(text, "Err:") {
		return false
	}
	switch strings.ToUpper(text) {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!",
		"#BUSY!", "#UNKNOWN!", "#EXTERNAL!", "#PYTHON!", "#GETTING_DATA", "#ERROR!",
		"#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!", // German
		"#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#PROPAGATION!", // French
		"#N/D", "#¡REF!", "#¡VALOR!", "#¿NOMBRE?", "#¡DIV/0!", "#¡NUM!", "#¡NULO!", "#¡DESBORDAMIENTO!", "#VALOR!", "#NOMBRE?", // Spanish
		"#NOME?", "#NÚM!", "#NULO!", "#DESPEJAR!", // Portuguese
		"#N/B", "#VERW!", "#WAARDE!", "#NAAM?", "#DEEL/0!", "#GETAL!", "#LEEG!", // Dutch
		"#RIF!", "#VALORE!", "#NULLO!", // Italian
		"#N/D!", "#ADR!", "#ARG!", "#NAZWA?", "#DZIEL/0!", "#LICZBA!", "#ZERO!", // Polish
		"#SAKNAS!", "#REFERENS!", "#VÄRDEFEL!", "#NAMN?", "#DIVISION/0!", "#OGILTIGT!", "#SKÄRNING!", // Swedish
		"#I/T", "#REFERENCE!", "#VÆRDI!", "#NAVN?", "#VERDI!": // Danish, Norwegian
		return true
	}
	code, ok := strings.CutPrefix(text, "Err:") // LibreOffice
	return ok && len(code) == 3 && allDigits(code)
}

// setAction never takes a word for the action that it is nearest to: "unlinked" may
// say what was done, and "link" does the opposite of "unlink".
func setAction(row *Row, c cell) *fault {
	intent, ok := ParseIntent(c.text)
	if !ok {
		return &fault{message: "is not an action", hint: "enter " + intentWords()}
	}
	row.Action = intent
	return nil
}

// setType marks a type that is not understood, so that other columns do not judge
// by the default.
func setType(row *Row, c cell) *fault {
	typ, ok := parseType(c.text)
	if c.text == "" {
		return nil
	}
	if !ok {
		row.Type = unknownType
		return &fault{message: "is not a type of link", hint: "enter AccountLink or CustomerLink"}
	}
	row.Type = typ
	return nil
}

// setPermission reads what the manager account may do, in the service's words.
func setPermission(row *Row, c cell) *fault {
	permission, ok := parsePermission(c.text)
	if !ok {
		return &fault{message: "is not a permission", hint: "enter Administrative or Standard"}
	}
	row.Permission = permission
	return nil
}
