package ingest

import (
	"fmt"
	"strings"
)

// payerColumn is bill_to_client under a header that asks who pays. Yes does not
// answer that: only the name of a side does.
var payerColumn = column{name: "bill_to_client", set: setPayer}

// payerQuestions are headers that ask who pays: in English, Spanish, German,
// French, Portuguese and Japanese.
var payerQuestions = []string{
	"Who pays?", "Who is paying?", "Who will pay?", "Payer", "Paid by", "Billed to", "Bill to", "Invoice to", "Billing party", "Bill payer",
	"¿Quién paga?", "Pagador", "Pagado por", "Facturar a",
	"Wer zahlt?", "Wer bezahlt?", "Zahler", "Rechnung an", "Rechnungsempfänger",
	"Qui paie ?", "Qui paye ?", "Payeur", "Payé par", "Facturer à",
	"Quem paga?", "Pago por", "Faturar para",
	"誰が支払う", "誰が支払いますか", "誰が払う", "支払者", "支払い者", "支払元", "請求先",
}

const payerHint = "enter client if the client pays, agency if the agency pays"

// setPayer reads who pays, as the name of a side.
func setPayer(row *Row, c cell) *fault {
	clientPays, ok := parsePayer(c.text)
	if ok {
		return row.pays(clientPays)
	}
	if _, yesno := parseBool(c.text); yesno {
		return &fault{message: "does not say who pays, the client or the agency", hint: payerHint}
	}
	return unknownPayer(c.text, "is neither the client nor the agency", payerHint)
}

// setBillToClient reads whether the client pays: yes or no, or the name of the
// side that does.
func setBillToClient(row *Row, c cell) *fault {
	value, ok := parseBool(c.text)
	if !ok {
		value, ok = parsePayer(c.text)
	}
	if !ok {
		return unknownPayer(c.text, "is neither yes nor no", "enter yes if the client pays, no if the agency pays")
	}
	return row.pays(value)
}

// unknownPayer is the fault of a text that names no side. "We" are the agency
// in its own roster and the client in one that a client has filled in.
func unknownPayer(text, message, hint string) *fault {
	switch folded(text) {
	case "us", "we", "ourselves", "me", "them", "they", "you",
		"nosotros", "ellos", "wir", "uns", "sie", "nous", "eux", "vous", "nos", "eles", "弊社", "当社", "自社", "御社", "貴社":
		return &fault{message: fmt.Sprintf("is ambiguous: %q could be the client or the agency", text), hint: payerHint}
	}
	return &fault{message: message, hint: hint}
}

// parsePayer reads the name of a side: true is the client.
func parsePayer(word string) (client, ok bool) {
	key := strings.TrimSuffix(folded(word), " pays")
	for _, article := range []string{"the ", "el ", "la ", "der ", "die ", "le ", "l'", "l’", "o ", "a "} {
		key = strings.TrimPrefix(key, article)
	}
	switch key {
	case "client", "customer", "advertiser", "cliente", "anunciante", "kunde", "werbekunde", "annonceur", "クライアント", "顧客", "お客様", "広告主":
		return true, true
	case "agency", "agencia", "agentur", "agence", "代理店", "広告代理店", "エージェンシー":
		return false, true
	}
	return false, false
}
