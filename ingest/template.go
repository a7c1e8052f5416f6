package ingest

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// templateColumn is a column as a template explains it to the person who fills
// it in.
type templateColumn struct {
	name    string
	need    string   // when the cell must be filled in
	says    string   // what goes in
	words   []string // the words to choose from, if there are only some
	example string
	width   float64 // in characters, as spreadsheets count
}

// template is every column, in the order in which people fill them in. Of those
// that are opposites, it has the one of each pair that the service knows.
var template = []templateColumn{
	{"client_name", "optional", "The client's name, for people. It is compared with the name that the service has for the account.", nil, exampleMark + " Harbour Bakery", 28},
	{"account_id", "this or account_number", "The account's id, a whole number such as 180012345. The column is text, so that no digit gets lost.", nil, exampleID, 16},
	{"account_number", "this or account_id", "The account's number, 8 letters and digits such as X1234567; for a customer link the 10 of the client's manager account.", nil, exampleNumber, 16},
	{"customer_number", "when you know it", "The number of the manager account that owns the account, 10 letters and digits such as C012345678.", nil, "C012345678", 17},
	{"action", "optional", "What to do. Blank means link: invite, and accept where a client_profile is given.", actionWords(), string(Link), 12},
	{"bill_to_client", "for an invitation", "Who pays: yes for the client, no for the agency. There is no silent default; --bill-to-client fills in blanks.", []string{"yes", "no"}, "yes", 14},
	{"start_date", "optional", "When the link starts, as YYYY-MM-DD; blank means at once. On an unlink, the day from which it is due. With a time it is UTC.", nil, "2030-01-15", 13},
	{"end_date", "optional", "The last day of the link, as YYYY-MM-DD. The first run after it unlinks the account.", nil, "", 13},
	{"reference", "optional", "On whose word: a ticket, an order, an approval. It is carried to the plan and the report.", nil, "", 16},
	{"name", "optional", "A name for the link, at most 40 characters.", nil, "Winter launch", 20},
	{"note", "optional", "A note for the client, who can read it.", nil, "", 28},
	{"suppress_notification", "optional", "yes sends the client no e-mail.", []string{"yes", "no"}, "no", 22},
	{"type", "optional", "AccountLink (also if blank), or CustomerLink for a client's whole manager account.", []string{accountLink, customerLink}, accountLink, 14},
	{"permission", "optional", "For a CustomerLink only.", []string{"Administrative", "Standard"}, "", 14},
	{"managing_customer_id", "where a client's login accepts or declines", "The agency's customer id, if it is not the one that linkbatch runs for.", nil, "", 22},
	{"client_profile", "optional", "The profile whose credentials accept or decline for this client.", nil, "", 16},
}

// actionWords are the words that a template offers: one for each intent, in the order
// in which they are explained.
func actionWords() []string {
	words := make([]string, len(intents))
	for i, t := range intents {
		words[i] = string(t.intent)
	}
	return words
}

// isDate reports whether the column is formatted as a date.
func (c *templateColumn) isDate() bool { return strings.HasSuffix(c.name, "_date") }

// sentence is all that a template says about a column.
func (c *templateColumn) sentence() string {
	text := c.says
	if c.words != nil {
		text += " One of: " + strings.Join(c.words, ", ") + "."
	}
	return text
}

// WriteTemplate writes a roster to be filled in: a header with every column of
// this package, and an example row, which [Open] knows and skips. The format is
// csv or xlsx, as in Roster.Format; the bytes are the same each time. A workbook
// has a comment and a choice or a prompt on each column, keeps identifiers as
// text, and explains the columns on a second sheet.
func WriteTemplate(w io.Writer, format string) error {
	switch format {
	case "csv":
		return writeTemplateCSV(w)
	case "xlsx":
		return writeTemplateXLSX(w)
	}
	return fmt.Errorf("template format %q: is neither csv nor xlsx", format)
}

// writeTemplateCSV has no place for explanations; the names of the columns must do.
func writeTemplateCSV(w io.Writer) error {
	var names, examples []string
	for i := range template {
		names, examples = append(names, template[i].name), append(examples, template[i].example)
	}
	out := csv.NewWriter(w)
	return out.WriteAll([][]string{names, examples})
}
