package ingest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxNumberDigits is how many digits a number cell of a spreadsheet keeps; it
// turns the others into zeros without a word.
const maxNumberDigits = 15

func setAccountID(row *Row, c cell) (f *fault) {
	row.AccountID, f = parseID(c)
	return f
}

func setManagingCustomerID(row *Row, c cell) (f *fault) {
	row.ManagingCustomerID, f = parseID(c)
	return f
}

// parseID reads an identifier: digits only, greater than zero, in 64 bits as
// the service holds it. Everything else is a fault, however likely a reading
// may seem.
func parseID(c cell) (int64, *fault) {
	if c.kind == longNumber {
		return 0, longNumberFault()
	}
	if c.kind == boolCell || c.kind == dateCell || !allDigits(c.text) {
		return 0, notWhole(c)
	}
	if c.text[0] == '0' && strings.Trim(c.text, "0") != "" {
		return 0, &fault{message: "starts with a zero, as no id does", hint: "an account number goes into the column account_number"}
	}
	id, err := strconv.ParseInt(c.text, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, &fault{message: "is greater than any id", hint: "ids have at most 19 digits and end at 9223372036854775807"}
	case err != nil:
		return 0, notWhole(c)
	case id == 0:
		return 0, &fault{message: "is not greater than zero"}
	}
	return id, nil
}

// notWhole is the fault of a text that is no plain whole number.
func notWhole(c cell) *fault {
	if c.kind == textCell && isExponent(c.text) {
		return &fault{message: "is shortened to an exponent: digits are gone", hint: "set the column to text in the spreadsheet, enter the id again, and save"}
	}
	if rest, ok := strings.CutPrefix(c.text, "-"); ok && allDigits(rest) {
		return &fault{message: "is not greater than zero"}
	}
	return &fault{message: "is not a whole number", hint: "write the id in digits only, such as 180012345"}
}

func longNumberFault() *fault {
	return &fault{
		message: fmt.Sprintf("has more than %d digits in a number cell, which keeps no more than that", maxNumberDigits),
		hint:    "set the cell to text, enter the value again, and save",
	}
}

// The lengths of numbers at the service: X1234567 is an account, C012345678 a
// customer (a manager account).
const (
	accountNumberLength  = 8
	customerNumberLength = 10
)

// setAccountNumber takes the length from the type of the link, which is set
// before; a type that was not understood allows both.
func setAccountNumber(row *Row, c cell) *fault {
	number, f := parseNumber(c)
	if f != nil {
		return f
	}
	switch {
	case row.Type == customerLink && len(number) != customerNumberLength:
		return &fault{message: "is not 10 letters and digits, as the number of a customer link is", hint: "write the number of the client's manager account"}
	case (row.Type == accountLink || row.Type == "") && len(number) != accountNumberLength:
		return &fault{message: "is not 8 letters and digits", hint: "account numbers look like X1234567"}
	case len(number) != accountNumberLength && len(number) != customerNumberLength:
		return &fault{message: "is not 8 letters and digits (10 for a customer link)", hint: "account numbers look like X1234567"}
	}
	row.AccountNumber = number
	return nil
}

func setCustomerNumber(row *Row, c cell) *fault {
	number, f := parseNumber(c)
	if f != nil {
		return f
	}
	if len(number) != customerNumberLength {
		return &fault{message: "is not 10 letters and digits", hint: "write the number of the manager account that owns the client account"}
	}
	row.CustomerNumber = number
	return nil
}

// parseNumber reads the number of an account or customer, in upper case. A
// text with anything but ASCII letters and digits comes back empty, so that
// its length is wrong.
func parseNumber(c cell) (string, *fault) {
	switch {
	case c.kind == longNumber:
		return "", longNumberFault()
	case c.kind == dateCell || c.kind == boolCell || !allAlphanumeric(c.text):
		return "", nil
	}
	return strings.ToUpper(c.text), nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func allAlphanumeric(s string) bool {
	for i := range len(s) {
		b := s[i] | 0x20
		if (b < 'a' || b > 'z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}

// isExponent tells whether a text is a number in scientific notation.
func isExponent(s string) bool {
	_, _, exponent, ok := splitNumber(strings.ReplaceAll(s, ",", "."))
	return ok && exponent != ""
}

// splitNumber takes a decimal number apart: sign and digits before the point,
// digits after it, exponent with its sign. It reports false for any other text.
func splitNumber(s string) (whole, fraction, exponent string, ok bool) {
	mantissa, exponent, hasExponent := strings.Cut(strings.ToUpper(s), "E")
	whole, fraction, hasPoint := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole, "+-")
	if len(whole)-len(digits) > 1 || (digits != "" && !allDigits(digits)) || (digits == "" && fraction == "") {
		return "", "", "", false
	}
	if hasPoint && fraction != "" && !allDigits(fraction) {
		return "", "", "", false
	}
	if hasExponent {
		if e := strings.TrimLeft(exponent, "+-"); len(exponent)-len(e) > 1 || !allDigits(e) {
			return "", "", "", false
		}
	}
	return whole, fraction, exponent, true
}

// plainNumber is the raw value of a number cell in plain decimal digits,
// computed on the text and never through a float for a whole number: 1.8E8 is
// 180000000. A whole number of more than 15 digits comes back as it is written,
// as longNumber. A text that is no number comes back as textCell.
func plainNumber(raw string) (string, kind) {
	raw = strings.TrimSpace(raw)
	if len(raw) <= maxNumberDigits && allDigits(raw) {
		return raw, numberCell
	}
	whole, fraction, exponent, ok := splitNumber(raw)
	if !ok {
		return raw, textCell
	}
	digits, sign := strings.TrimLeft(whole, "+-"), ""
	if strings.HasPrefix(whole, "-") {
		sign = "-"
	}
	shift, err := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	if exponent != "" && (err != nil || shift > 400 || shift < -400) {
		return raw, textCell
	}
	if shift < 0 {
		shift = max(shift, -len(digits))
		if strings.Trim(digits[len(digits)+shift:], "0") != "" || strings.Trim(fraction, "0") != "" {
			return fractional(raw), numberCell
		}
		digits, fraction, shift = digits[:len(digits)+shift], "", 0
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > shift {
		return fractional(raw), numberCell
	}
	digits = strings.TrimLeft(digits+fraction+strings.Repeat("0", shift-len(fraction)), "0")
	switch {
	case len(digits) > maxNumberDigits:
		return raw, longNumber
	case digits == "":
		return "0", numberCell
	}
	return sign + digits, numberCell
}

// fractional is a number that is not whole, with the 15 digits that a
// spreadsheet shows. No identifier comes this way.
func fractional(raw string) string {
	value, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return raw
	}
	value, err = strconv.ParseFloat(strconv.FormatFloat(value, 'g', maxNumberDigits, 64), 64)
	if err != nil {
		return raw
	}
	// An integral result ("180012344.99999999" shown as 180012345) would pass
	// for the id that it is not.
	if text := strconv.FormatFloat(value, 'f', -1, 64); strings.Contains(text, ".") {
		return text
	}
	return raw
}
