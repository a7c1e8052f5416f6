package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A header that asks for the opposite is read as the opposite, in six languages.
func TestOppositeColumns(t *testing.T) {
	for _, header := range []string{
		"bill_to_agency", "Agency pays?", "Bill to agency", "We pay", "We pay?", "La agencia paga", "Facturar a la agencia", "Agentur zahlt", "Wir zahlen", "L'agence paie",
		"L’agence paie ?", "Nous payons", "Agência paga", "A agência paga?", "代理店払い", "代理店に請求",
	} {
		for text, want := range map[string]bool{"yes": false, "TRUE": false, "ja": false, "no": true, "0": true, "client": true, "the agency": false} {
			row, said := readCell(t, header, text, Options{})
			if said != "" || row.BillToClient == nil || *row.BillToClient != want {
				t.Errorf("%s %q: bill to client %v, %q; want %t", header, text, row.BillToClient, said, want)
			}
		}
		if row, said := readCell(t, header, "us", Options{}); row.BillToClient != nil || said != `error: is ambiguous: "us" could be the client or the agency` {
			t.Errorf("%s: got %q", header, said)
		}
	}
	for _, header := range []string{
		"notify_client", "Notify client", "Notify the client?", "Send e-mail", "Send email?", "E-mail client?", "Notificar al cliente", "Enviar correo", "Kunden benachrichtigen", "E-Mail senden",
		"Notifier le client", "Envoyer un e-mail", "Notificar o cliente", "Enviar e-mail", "クライアントに通知", "メールを送信",
	} {
		for text, suppress := range map[string]bool{"yes": false, "no": true, "1": false} {
			row, said := readCell(t, header, text, Options{})
			if said != "" || row.SuppressNotification == nil || *row.SuppressNotification != suppress {
				t.Errorf("%s %q: suppress %v, %q; want %t", header, text, row.SuppressNotification, said, suppress)
			}
		}
	}
}

// Both columns of a pair may be there, as long as they say the same.
func TestOppositeColumnsBothThere(t *testing.T) {
	_, rows := readAll(t, write(t, "roster.csv", "account_id,Client pays,Agency pays,suppress_notification,Send e-mail\n"+
		"180012345,yes,no,no,yes\n180012346,yes,yes,,\n180012347,,yes,yes,yes\n180012348,client,client,,no\n"), Options{})
	want := []string{
		`roster.csv:3: bill_to_agency "yes": contradicts the other cell of this row that says who pays`,
		`roster.csv:4: notify_client "yes": contradicts the other cell of this row that says whether an e-mail is sent`,
	}
	if diff := cmp.Diff(want, problemLines(rows)); diff != "" {
		t.Error(diff)
	}
	if !*rows[0].BillToClient || *rows[2].BillToClient || !*rows[3].BillToClient || !*rows[3].SuppressNotification {
		t.Errorf("got %+v", rows)
	}
}

// No mapping turns money, or an e-mail to the client, round.
func TestMapRefusesTheOpposite(t *testing.T) {
	for header, wrong := range map[string]string{
		"Agency pays?": "bill_to_client", "We pay": "bill_to_client", "Agency is invoiced": "bill_to_client", "Wir tragen die Kosten": "bill_to_client", "À charge de l'agence": "bill_to_client", "代理店負担": "bill_to_client",
		"Client pays?": "bill_to_agency", "Customer is invoiced": "bill_to_agency", "Kunde trägt die Kosten": "bill_to_agency",
		"Notify client": "suppress_notification", "E-mail client?": "suppress_notification", "Mail": "suppress_notification", "Kunde informieren per E-Mail": "suppress_notification", "通知": "suppress_notification",
		"Suppress notification": "notify_client", "No e-mail": "notify_client", "Keine Benachrichtigung": "notify_client", "Sans notification": "notify_client", "通知しない": "notify_client",
	} {
		name := write(t, "roster.csv", "account_id,"+header+"\n180012345,yes\n")
		fault := openError(t, name, Options{Map: map[string]string{header: wrong}})
		if want := `roster.csv:1: --map: the header "` + header + `" says the opposite of ` + wrong; fault.Error() != want || fault.Hint != "map it to "+opposites[wrong]+", or rename it" {
			t.Errorf("got %s\nhint %s", fault, fault.Hint)
		}
		if _, rows := readAll(t, name, Options{Map: map[string]string{header: opposites[wrong]}}); rows[0].Invalid() || rows[0].BillToClient == nil && rows[0].SuppressNotification == nil {
			t.Errorf("%s as %s: got %v", header, opposites[wrong], rows[0].Problems)
		}
	}
}

// A header that asks which side pays is not answered by yes, whatever it is mapped to.
func TestMapOfAQuestion(t *testing.T) {
	for _, header := range []string{"Who pays?", "Agency or client?", "Kunde/Agentur"} {
		for _, column := range []string{"bill_to_client", "bill_to_agency"} {
			_, rows := readAll(t, write(t, "roster.csv", "account_id,"+header+"\n180012345,agency\n180012346,yes\n"), Options{Map: map[string]string{header: column}})
			if rows[0].BillToClient == nil || *rows[0].BillToClient || !rows[1].Invalid() {
				t.Errorf("%s as %s: got %v, %v", header, column, rows[0].BillToClient, rows[1].Problems)
			}
		}
	}
}
