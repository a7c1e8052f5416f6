package ingest

import (
	"slices"
	"strings"
	"unicode"
)

// column is one of the columns that this package understands.
type column struct {
	name    string   // as messages, --map and reports spell it
	aliases []string // further spellings, normalised as by normal
	set     func(*Row, cell) *fault
}

// columns is the one table of columns. The aliases are the service's field
// names in v13, those of v11 (ClientAccountId and the like), and plain English.
// Left out on purpose: "entity_id", "op" and the other columns of our own
// report; "notes" and "comments", which contain what an agency writes for itself
// and must not be mailed to a client; a bare "account", which may be a name.
// "Who pays?" is in payer.go, since a yes does not answer it.
var columns = []column{
	{"account_id", []string{"cliententityid", "clientaccountid", "acctid", "accountidentifier"}, setAccountID},
	{"account_number", []string{"cliententitynumber", "clientaccountnumber", "accountno", "accountnum", "accountnbr", "acctnumber", "acctno", "acctnum", "acctnbr", "clientaccountno"}, setAccountNumber},
	{"customer_number", []string{"cliententitycustomernumber", "clientcustomernumber", "customerno", "customernum", "customernbr", "clientcustomerno"}, setCustomerNumber},
	{"managing_customer_id", []string{"managingcustomer", "agencyid", "agencycustomerid"}, setManagingCustomerID},
	{"action", []string{"intent", "requestedaction", "operation"}, setAction},
	{"client_name", []string{"client", "cliententityname", "clientaccountname", "accountname", "customername"}, setClientName},
	{"type", []string{"linktype", "clientlinktype"}, setType},
	{"permission", []string{"customerlinkpermission", "permissions"}, setPermission},
	{"bill_to_client", []string{"isbilltoclient", "billclient", "billtheclient", "clientpays"}, setBillToClient},
	{"bill_to_agency", []string{"billagency", "billtheagency", "billtotheagency", "agencypays", "agencyispaying", "wepay"}, setBillToAgency},
	{"start_date", []string{"start", "startson", "startdateutc", "linkstartdate", "effectivedate"}, setStartDate},
	{"end_date", []string{"end", "ends", "endson", "enddateutc", "linkenddate", "lastday", "until", "validuntil"}, setEndDate},
	{"reference", []string{"referenceno", "referencenumber", "ticket", "ticketid", "ticketno", "ticketnumber", "approval"}, setReference},
	{"name", []string{"linkname", "clientlinkname"}, setName},
	{"note", []string{"linknote", "clientlinknote"}, setNote},
	{"suppress_notification", []string{"suppressnotifications", "suppressemail"}, setSuppressNotification},
	{"notify_client", []string{"notify", "notifytheclient", "notifycustomer", "sendemail", "sendmail", "sendnotification", "emailclient", "emailtheclient", "mailclient"}, setNotifyClient},
	{"client_profile", []string{"profile"}, setClientProfile},
}

// isKey reports whether the column names the account of a row.
func (c *column) isKey() bool { return isKeyName(c.name) }

// isKeyName reports whether a column names the account of a row. The others that
// hold identifiers name somebody else's.
func isKeyName(column string) bool { return column == "account_id" || column == "account_number" }

// decides reports whether the column changes what is done, and is more than a text
// for people.
func (c *column) decides() bool {
	switch c.name {
	case "client_name", "reference", "name", "note", "client_profile":
		return false
	}
	return true
}

// reportColumns are the columns that a report adds. In a roster that was once
// a report they are carried along without a warning.
var reportColumns = []string{
	"outcome", "op", "reason", "warnings", "status_before", "status_after", "payer", "entity_id", "entity_name",
	"error_code", "error", "next_step", "tracking_id", "call", "attempts", "at",
}

// ReportColumns lists the columns that a report adds, in its order.
func ReportColumns() []string { return slices.Clone(reportColumns) }

// HeaderKey is a header as columns are matched by it: without case, spaces,
// separators and invisible characters. Headers with one key name one column.
func HeaderKey(header string) string { return normal(header) }

// normal is a header as the table is searched by: lower case, without spaces,
// separators and invisible characters.
func normal(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("_-.#", r) {
			return -1
		}
		if foldsToASCII(r) {
			return r
		}
		return unicode.ToLower(r)
	}, header)
}

// foldsToASCII reports whether a letter beyond ASCII has one of ASCII as its lower
// or upper case: ı, İ, ſ and the sign for Kelvin. What is written with one is not
// the word that it looks like.
func foldsToASCII(r rune) bool {
	return r >= 0x80 && (unicode.ToLower(r) < 0x80 || unicode.ToUpper(r) < 0x80)
}

// isReportColumn reports whether a header is one that our report adds.
func isReportColumn(header string) bool {
	key := strings.TrimPrefix(normal(header), "linkbatch")
	return slices.ContainsFunc(reportColumns, func(name string) bool { return normal(name) == key })
}

// isReportPayer reports whether a header is the payer that a report has beside the
// status, as the link has it, and not a column that says who is to pay.
func isReportPayer(header []string, i int) bool {
	at := func(i int) string { return strings.TrimPrefix(normal(header[i]), "linkbatch") }
	return i > 0 && at(i) == "payer" && at(i-1) == normal("status_after")
}

// columnNames lists the columns for a message.
func columnNames() string {
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].name
	}
	return strings.Join(names, ", ")
}
