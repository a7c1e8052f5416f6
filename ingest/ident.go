package ingest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// setAccountID reads the id of the entity at the client end: of the account, or
// of the customer where the type, which is set before, is a customer link.
func setAccountID(row *Row, c cell) (f *fault) {
	member := "aid"
	if row.Type == customerLink {
		member = "cid"
	}
	row.AccountID, f = parseID(c, member)
	return f
}

// setManagingCustomerID reads the id of the agency. Some rosters have its name
// there, or its number.
func setManagingCustomerID(row *Row, c cell) (f *fault) {
	row.ManagingCustomerID, f = parseID(c, "cid")
	if f.stops() && allAlphanumeric(c.text) && !allDigits(c.text) {
		f.hint = "enter the agency's customer id, in digits only"
	}
	return f
}

// parseID reads an identifier: digits only, greater than zero, in 64 bits as
// the service holds it. A text is read when the digits that a person sees in it
// are the id, and only then (see readDigits). The fault of an id that was read
// is a warning. A text of invisible characters alone is a blank.
func parseID(c cell, member string) (int64, *fault) {
	switch {
	case c.kind == longNumber:
		return 0, longNumberFault()
	case c.kind == dateCell:
		return 0, &fault{message: "is shown as a date, not as a whole number", hint: "set the cell's format to text, enter the id again, and save"}
	case c.kind == boolCell:
		return 0, notWhole(c.text)
	case allDigits(c.text):
		return wholeID(c.text)
	case c.kind != textCell:
		return 0, notWhole(c.text)
	}
	digits, remark, f := readDigits(c.text, member)
	if f != nil || digits == "" {
		return 0, f
	}
	id, f := wholeID(digits)
	if f == nil && remark {
		f = &fault{message: "is read as " + digits, severity: Warning}
	}
	return id, f
}

// wholeID is the id that a text of digits is.
func wholeID(digits string) (int64, *fault) {
	if digits[0] == '0' && strings.Trim(digits, "0") != "" {
		return 0, &fault{message: "starts with a zero, as no id does", hint: "enter the id without it if it was added to fill the cell; an account number goes into the column account_number"}
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, &fault{message: "is greater than any id", hint: "ids have at most 19 digits and end at 9223372036854775807"}
	case err != nil:
		return 0, notWhole(digits)
	case id == 0:
		return 0, &fault{message: "is not greater than zero"}
	}
	return id, nil
}

const digitsOnly = "enter the id in digits only, such as 180012345"

// notWhole is the fault of a text that is not an id, as exactly as its form shows.
func notWhole(text string) *fault {
	if f := otherNumber(text); f != nil {
		return f
	}
	if rest, ok := strings.CutPrefix(text, "-"); ok && allDigits(rest) {
		return &fault{message: "is not greater than zero"}
	}
	f := &fault{message: "is not a whole number", hint: digitsOnly}
	switch {
	case isExponent(text):
		f.message, f.hint = "is shortened to an exponent: digits are lost", "set the column to text in the spreadsheet, enter the id again, and save"
	case isPlaceholder(text):
		f.hint = "leave the cell empty if there is none"
	case severalIDs(text):
		f.message, f.hint = "contains more than one number", "write one row for each account"
	case allDigits(strings.Map(likeDigit, text)):
		f.hint = "it contains letters that look like digits, such as O for 0 or l for 1; " + digitsOnly
	}
	return f
}

// otherNumber is the fault of a text that is an identifier, but not an id of
// Microsoft Advertising.
func otherNumber(text string) *fault {
	if isGoogleID(text) {
		return googleFault()
	}
	if text == "" || text[0]|0x20 < 'a' || text[0]|0x20 > 'z' || !hasDigit(text) || !allAlphanumeric(text) {
		return nil
	}
	switch len(text) {
	case accountNumberLength:
		return &fault{message: "is an account number, not an id", hint: "move it to the column account_number"}
	case customerNumberLength:
		return &fault{message: "is the number of a manager account, not an id", hint: "move it to the column customer_number"}
	}
	return nil
}

// isPlaceholder reports whether a text is what people write for nothing.
func isPlaceholder(text string) bool {
	switch strings.ToLower(text) {
	case "n/a", "na", "n.a.", "-", "--", "–", "—", "none", "null", "nil", "nan", "tbd", "tbc", "?", "unknown":
		return true
	}
	return false
}

// likeDigit is the digit that a letter may be taken for.
func likeDigit(r rune) rune {
	switch r {
	case 'O', 'o', 'Q':
		return '0'
	case 'I', 'l', 'i', '|':
		return '1'
	case 'S':
		return '5'
	case 'B':
		return '8'
	}
	return r
}

// severalIDs reports whether a text has two numbers of six digits or more, which
// no way of grouping one number gives. A number with decimals is one.
func severalIDs(text string) bool {
	if _, _, _, ok := splitNumber(text); ok {
		return false
	}
	long := 0
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(part) >= 6 {
			long++
		}
	}
	return long > 1 && !strings.ContainsFunc(text, unicode.IsLetter)
}

// longNumberFault is the fault of digits that were lost before the file was saved.
func longNumberFault() *fault {
	return &fault{
		message: fmt.Sprintf("has more than %d digits in a number cell, which keeps no more than that", maxNumberDigits),
		hint:    "set the cell to text, enter the value again, and save",
	}
}

// googleFault is the fault of an identifier that many rosters of agencies have beside
// ours.
func googleFault() *fault {
	return &fault{
		message: "is an id of Google Ads (123-456-7890), not of Microsoft Advertising",
		hint:    "enter the account's id at Microsoft Advertising, in digits only, such as 180012345",
	}
}

// allDigits reports whether a text is of ASCII digits alone. A blank is not.
func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// hasDigit reports whether a text has an ASCII digit.
func hasDigit(s string) bool {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
	}
	return false
}

// allAlphanumeric reports whether a text is of ASCII letters and digits alone. A
// blank is not.
func allAlphanumeric(s string) bool {
	for i := range len(s) {
		b := s[i] | 0x20
		if (b < 'a' || b > 'z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}

// isExponent reports whether a text is a number in scientific notation, as a
// spreadsheet writes it: with a point, or with a sign in the exponent.
func isExponent(s string) bool {
	_, fraction, exponent, ok := splitNumber(strings.ReplaceAll(s, ",", "."))
	return ok && exponent != "" && (fraction != "" || exponent[0] == '+' || exponent[0] == '-')
}
