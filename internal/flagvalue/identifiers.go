package flagvalue

import (
	"errors"
	"strings"

	"linkbatch/internal/msads"
)

// Accounts are accounts by their ids or numbers, in the order given. Each Set adds
// one, or several with commas between them.
type Accounts []string

// Type implements [pflag.Value].
func (a *Accounts) Type() string { return "ACCOUNT" }

// String implements [pflag.Value].
func (a *Accounts) String() string { return strings.Join(*a, ",") }

// Set implements [pflag.Value].
func (a *Accounts) Set(s string) error {
	var named Accounts
	for account := range strings.SplitSeq(s, ",") {
		account = strings.ToUpper(strings.TrimSpace(account))
		if _, err := msads.ParseID(account); err != nil && !isNumber(account) {
			return errors.New("want the id or number of an account, such as 180012345 or X1234567")
		}
		named = append(named, account)
	}
	*a = append(*a, named...)
	return nil
}

// isNumber reports whether a text has the form of an account's number (8 letters
// and digits) or a customer's (10).
func isNumber(s string) bool {
	other := strings.ContainsFunc(s, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
	return !other && (len(s) == 8 || len(s) == 10)
}

// Customer is the id of a customer, 0 when it is not set.
type Customer msads.ID

// String implements [pflag.Value].
func (c *Customer) String() string { return msads.ID(*c).String() }

// Type implements [pflag.Value].
func (c *Customer) Type() string { return "ID" }

// Set implements [pflag.Value].
func (c *Customer) Set(s string) error {
	if strings.TrimSpace(s) == "" {
		*c = 0
		return nil
	}
	id, err := msads.ParseID(s)
	*c = Customer(id)
	return err
}
