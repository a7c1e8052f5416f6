package sheet

import "errors"

// Type is the t attribute of a cell.
type Type uint8

const (
	Number  Type = iota // n, or none
	Shared              // s: the value is an index into the shared strings
	Inline              // inlineStr
	String              // str: the text that a formula gave
	Bool                // b
	Error               // e
	ISODate             // d: an ISO date
)

// typeOf reads the t attribute (ISO/IEC 29500-1, section 18.18.11).
func typeOf(t []byte) (Type, error) {
	switch string(t) {
	case "n":
		return Number, nil
	case "s":
		return Shared, nil
	case "inlineStr":
		return Inline, nil
	case "str":
		return String, nil
	case "b":
		return Bool, nil
	case "e":
		return Error, nil
	case "d":
		return ISODate, nil
	}
	return 0, errors.New("is of an unknown type")
}

// isBit tells whether a value is one that spreadsheets write for TRUE or FALSE; a
// blank cell has none. They do not agree on what any other text is.
func isBit(value []byte) bool {
	return len(value) == 0 || string(value) == "0" || string(value) == "1"
}
