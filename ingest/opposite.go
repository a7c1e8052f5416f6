package ingest

import (
	"fmt"
	"strings"
	"unicode"
)

// opposites are the columns that answer a question the other way round.
var opposites = map[string]string{
	"bill_to_client": "bill_to_agency", "bill_to_agency": "bill_to_client",
	"suppress_notification": "notify_client", "notify_client": "suppress_notification",
}

// The words by which a header says whom it is about, or what is done, in English,
// Spanish, German, French, Portuguese and Japanese. Those with a ~ may be part of a
// longer word.
var (
	agencyWords = []string{"~agenc", "~agentur", "~代理店", "~エージェンシー", "we", "us", "wir", "uns", "nous", "nos", "nosotros", "~弊社", "~当社", "~自社"}
	clientWords = []string{"~client", "~customer", "~advertiser", "~anunciante", "~kunde", "~annonceur", "~クライアント", "~顧客", "~お客様", "~広告主"}
	notifyWords = []string{"~notif", "~mail", "~correo", "~benachrichtig", "send", "senden", "enviar", "envoyer", "inform", "informer", "informar", "avisar", "~prevenir", "~通知", "~メール"}
	quietWords  = []string{
		"no", "not", "dont", "don", "never", "without", "skip", "mute", "silent", "silence", "quiet", "stop", "off", "block", "~suppress", "~supprim", "~suprim", "~unterdruck",
		"nicht", "kein", "keine", "ohne", "sin", "sans", "pas", "nao", "sem", "~抑制", "~しない", "~不要",
	}
)

// mentions reports whether a header has one of these words.
func mentions(header string, words []string) bool {
	text := folded(header)
	tokens := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range words {
		if part, ok := strings.CutPrefix(word, "~"); ok {
			if strings.Contains(text, part) {
				return true
			}
			continue
		}
		for _, token := range tokens {
			if token == word {
				return true
			}
		}
	}
	return false
}

// saysOpposite reports whether a header says the opposite of a column, by its words:
// "Agency is billed" of bill_to_client, "E-mail client?" of suppress_notification.
func saysOpposite(header string, c *column) bool {
	switch c.name {
	case "bill_to_client":
		return mentions(header, agencyWords) && !mentions(header, clientWords)
	case "bill_to_agency":
		return mentions(header, clientWords) && !mentions(header, agencyWords)
	case "suppress_notification":
		return mentions(header, notifyWords) && !mentions(header, quietWords)
	case "notify_client":
		return mentions(header, quietWords)
	}
	return false
}

// under is the column as it is read under a header that --map gives it. A header
// that asks who pays, or names both sides, is answered by the name of a side. The
// fault is that of a header that says the opposite: a yes in it would be read as a
// no, and bill somebody else.
func (c *column) under(header string) (*column, *fault) {
	if c == nil {
		return nil, nil
	}
	pays := c.name == "bill_to_client" || c.name == "bill_to_agency"
	if pays && (lookup(header) == &payerColumn || mentions(header, agencyWords) && mentions(header, clientWords)) {
		return &payerColumn, nil
	}
	meant := lookup(header)
	if meant != nil && meant.name == c.name {
		return c, nil
	}
	opposite := opposites[c.name]
	if meant != nil && meant.name == opposite || opposite != "" && saysOpposite(header, c) {
		return nil, &fault{
			message: fmt.Sprintf("--map: the header %q says the opposite of %s", header, c.name),
			hint:    "map it to " + opposite + ", or rename it",
		}
	}
	return c, nil
}

// pays takes who pays, from one of the columns that say so.
func (r *Row) pays(client bool) *fault {
	if r.BillToClient != nil && *r.BillToClient != client {
		return &fault{message: "contradicts the other cell of this row that says who pays", hint: "correct one of them, or empty it"}
	}
	r.BillToClient = &client
	return nil
}

// setBillToAgency reads whether the agency pays: yes or no, or the name of the side
// that does.
func setBillToAgency(row *Row, c cell) *fault {
	if client, ok := parsePayer(c.text); ok {
		return row.pays(client)
	}
	agency, ok := parseBool(c.text)
	if !ok {
		return unknownPayer(c.text, "is neither yes nor no", "enter yes if the agency pays, no if the client pays")
	}
	return row.pays(!agency)
}

// notifies takes whether the client gets an e-mail, from one of the columns that
// say so.
func (r *Row) notifies(suppress bool) *fault {
	if r.SuppressNotification != nil && *r.SuppressNotification != suppress {
		return &fault{message: "contradicts the other cell of this row that says whether an e-mail is sent", hint: "correct one of them, or empty it"}
	}
	r.SuppressNotification = &suppress
	return nil
}

// setSuppressNotification reads whether the client gets no e-mail.
func setSuppressNotification(row *Row, c cell) *fault {
	value, ok := parseBool(c.text)
	if !ok {
		return &fault{message: "is neither yes nor no", hint: "enter yes to send no e-mail, or no"}
	}
	return row.notifies(value)
}

// setNotifyClient reads whether the client gets an e-mail.
func setNotifyClient(row *Row, c cell) *fault {
	value, ok := parseBool(c.text)
	if !ok {
		return &fault{message: "is neither yes nor no", hint: "enter yes to send an e-mail, or no"}
	}
	return row.notifies(!value)
}
