package ingest

import "errors"

// cellType is the t attribute of a cell.
type cellType uint8

const (
	numberType cellType = iota // n, or none
	sharedType                 // s: the value is an index into the shared strings
	inlineType                 // inlineStr
	stringType                 // str: the text that a formula gave
	boolType                   // b
	errorType                  // e
	isoType                    // d: an ISO date
)

// typeOf reads the t attribute (ISO/IEC 29500-1, section 18.18.11).
func typeOf(t []byte) (cellType, error) {
	switch string(t) {
	case "n":
		return numberType, nil
	case "s":
		return sharedType, nil
	case "inlineStr":
		return inlineType, nil
	case "str":
		return stringType, nil
	case "b":
		return boolType, nil
	case "e":
		return errorType, nil
	case "d":
		return isoType, nil
	}
	return 0, errors.New("is of an unknown type")
}

// isBit tells whether a value is one that spreadsheets write for TRUE or FALSE; a
// blank cell has none. They do not agree on what any other text is.
func isBit(value []byte) bool {
	return len(value) == 0 || string(value) == "0" || string(value) == "1"
}
