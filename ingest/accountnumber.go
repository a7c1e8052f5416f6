package ingest

import (
	"strings"
	"unicode"
)

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
	if number == "" {
		return f
	}
	switch {
	case row.Type == customerLink && len(number) != customerNumberLength:
		return &fault{message: "is not 10 letters and digits, as the number of a customer link is", hint: "enter the number of the client's manager account"}
	case (row.Type == accountLink || row.Type == "") && len(number) != accountNumberLength:
		return wrongAccountNumber(number, c)
	case len(number) != accountNumberLength && len(number) != customerNumberLength:
		return &fault{message: "is not 8 letters and digits (10 for a customer link)", hint: "account numbers look like X1234567"}
	}
	row.AccountNumber = number
	return f
}

// wrongAccountNumber says what there is where an account's number should be.
func wrongAccountNumber(number string, c cell) *fault {
	f := &fault{message: "is not 8 letters and digits", hint: "account numbers look like X1234567"}
	switch {
	case len(number) == customerNumberLength && !allDigits(number):
		f.message = "has 10 letters and digits, as the number of a manager account has; an account's has 8"
		f.hint = "move it to customer_number; for a link to the manager account itself, enter CustomerLink as the type"
	case allDigits(number) && len(number) > accountNumberLength:
		f.message, f.hint = "is an account id, not a number", "move it to the column account_id"
	case c.kind == numberCell && len(number) < accountNumberLength:
		f.hint = "a number cell drops zeros at the start: if there were some, set the cell to text and enter the number again"
	}
	return f
}

// setCustomerNumber reads the number of the manager account that owns the client
// account, which is always 10 letters and digits.
func setCustomerNumber(row *Row, c cell) *fault {
	number, f := parseNumber(c)
	if number == "" {
		return f
	}
	if len(number) != customerNumberLength {
		f = &fault{message: "is not 10 letters and digits", hint: "enter the number of the manager account that owns the client account"}
		if len(number) == accountNumberLength {
			f.hint = "this has 8, as the number of an account has: " + f.hint
		}
		return f
	}
	row.CustomerNumber = number
	return f
}

// parseNumber reads the number of an account or customer, in upper case. A text
// that cannot be one comes back as it is, so that its length is wrong, or with
// its fault and empty. The fault of a number that was read is a warning. A text
// of invisible characters alone is a blank.
func parseNumber(c cell) (string, *fault) {
	switch {
	case c.kind == longNumber:
		return "", longNumberFault()
	case c.kind == dateCell || c.kind == boolCell:
		return notNumber(c)
	case allAlphanumeric(c.text):
		number := strings.ToUpper(c.text)
		return number, unlikelyNumber(number)
	case c.kind != textCell:
		return notNumber(c)
	}
	text, f := bare(c.text)
	if f != nil || text == "" {
		return "", f
	}
	// Before upper case: that of ı is an I of ASCII.
	number := strings.Map(dropSpace, text)
	if !allAlphanumeric(number) {
		return notNumber(cell{text, c.kind})
	}
	number = strings.ToUpper(number)
	switch {
	case len(number) == len(text):
		return number, unlikelyNumber(number)
	case allDigits(number) || !hasDigit(number):
		return notNumber(cell{text, c.kind})
	}
	return number, &fault{message: "is read as " + number, severity: Warning}
}

// notNumber is the fault of a text that is not the number of an account; without
// one it returns a text of a length that no number has.
func notNumber(c cell) (string, *fault) {
	_, _, f := readDigits(c.text, "aid")
	switch {
	case isGoogleID(c.text):
		return "", googleFault()
	case isExponent(c.text):
		return "", &fault{message: "is shortened to an exponent: digits are lost", hint: "set the column to text in the spreadsheet, enter the number again, and save"}
	case c.kind == textCell && f == nil:
		return "", &fault{message: "is an account id, not a number", hint: "move it to the column account_id"}
	case isAddress(c.text):
		return "", &fault{message: "is an address, not a number of letters and digits", hint: "an address of the account's pages goes into the column account_id"}
	}
	return "?", nil
}

// unlikelyNumber warns of a number that is well formed and yet may be something
// else: an id in the wrong column, or a word.
func unlikelyNumber(number string) *fault {
	like := "numbers of accounts look like X1234567"
	switch len(number) {
	case accountNumberLength:
	case customerNumberLength:
		like = "numbers of manager accounts look like C012345678"
	default:
		return nil
	}
	switch {
	case allDigits(number):
		return &fault{message: "has digits only, as an id has", hint: like + "; an id goes into another column", severity: Warning}
	case !hasDigit(number):
		return &fault{message: "has letters only, as a word has", hint: like, severity: Warning}
	}
	return nil
}

// dropSpace leaves line breaks in: two lines are two values.
func dropSpace(r rune) rune {
	if unicode.IsSpace(r) && r != '\n' && r != '\r' {
		return -1
	}
	return r
}
