package msads

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// ID is a 64-bit identifier of the service. On the wire it is written as a
// JSON string and read as a string or a number; 0 means absent and is
// written as null. It never passes through a float.
type ID int64

// String returns the decimal digits, or nothing for 0.
func (id ID) String() string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

// ParseID reads a whole number from 1 to 2^63-1.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || s[0] == '+' {
		return 0, fmt.Errorf("%q is not a whole number from 1 to 9223372036854775807", s)
	}
	return ID(n), nil
}

// MarshalJSON writes a JSON string, as every official SDK does, and null for 0.
func (id ID) MarshalJSON() ([]byte, error) {
	if id == 0 {
		return []byte("null"), nil
	}
	return []byte(`"` + id.String() + `"`), nil
}

// UnmarshalJSON reads a string or a number. null, 0 and an empty string are 0:
// where a serialiser of .NET has no id, it writes the default of its type.
// Fractions, exponents, negative and larger numbers are errors, since rounding
// one would name another account.
func (id *ID) UnmarshalJSON(data []byte) error {
	var text string
	switch {
	case string(data) == "null":
	case data[0] != '"':
		text = string(data)
	default:
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	if text == "" || text == "0" {
		*id = 0
		return nil
	}
	n, err := ParseID(text)
	if err != nil {
		return err
	}
	*id = n
	return nil
}
