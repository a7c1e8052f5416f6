package ingest

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// translations are the headers that the columns have in other languages, as
// they are usually written: Spanish, German, French, Portuguese and Japanese, in
// this order. The English ones are in columns.go, and what is left out there is
// left out here: words for a name, a note or an account alone, and questions
// that a yes does not answer.
var translations = map[string][]string{
	"account_id": {
		"ID de cuenta", "ID de la cuenta", "ID cuenta", "Identificador de cuenta", "Identificador de la cuenta",
		"Konto-ID", "Kontokennung",
		"ID de compte", "ID du compte", "ID compte", "Identifiant de compte", "Identifiant du compte",
		"ID da conta", "ID de conta", "ID conta", "Identificador da conta",
		"アカウントID", "アカウント識別子",
	},
	"account_number": {
		"Número de cuenta", "Número de la cuenta", "Número cuenta", "Nº de cuenta", "Nº cuenta", "Núm. de cuenta", "Núm. cuenta",
		"Kontonummer", "Konto-Nr.", "Accountnummer", "Account-Nr.",
		"Numéro de compte", "Numéro du compte", "Numéro compte", "N° de compte", "N° du compte", "N° compte",
		"Número da conta", "Número de conta", "Número conta", "Nº da conta", "Nº de conta", "Nº conta",
		"アカウント番号", "アカウントナンバー",
	},
	"customer_number": {
		"Número de cliente", "Número del cliente", "Nº de cliente", "Nº cliente", "Núm. de cliente",
		"Kundennummer", "Kunden-Nr.",
		"Numéro de client", "Numéro du client", "Numéro client", "N° de client", "N° du client", "N° client",
		"Número do cliente", "Nº do cliente",
		"顧客番号", "お客様番号", "カスタマー番号",
	},
	"managing_customer_id": {
		"ID de la agencia", "ID de agencia", "ID agencia",
		"Agentur-ID",
		"ID de l’agence", "ID d’agence", "ID agence",
		"ID da agência", "ID de agência",
		"代理店ID",
	},
	"action": {"Acción", "Aktion", "Ação", "アクション", "操作"},
	"client_name": {
		"Cliente", "Nombre del cliente", "Nombre de cliente", "Nombre de la cuenta", "Nombre de cuenta",
		"Kunde", "Kundenname", "Name des Kunden", "Kontoname",
		"Nom du client", "Nom client", "Nom du compte", "Nom de compte",
		"Nome do cliente", "Nome da conta",
		"顧客", "顧客名", "クライアント", "クライアント名", "アカウント名", "お客様名",
	},
	"type": {
		"Tipo", "Tipo de vínculo", "Tipo de enlace",
		"Typ", "Verknüpfungstyp", "Typ der Verknüpfung",
		"Type de lien",
		"Tipo de vinculação", "Tipo de link",
		"種類", "タイプ", "リンクの種類",
	},
	"permission": {"Permiso", "Permisos", "Berechtigung", "Berechtigungen", "Autorisation", "Permissão", "Permissões", "権限"},
	"bill_to_client": {
		"Facturar al cliente", "Cobrar al cliente", "El cliente paga",
		"Rechnung an Kunden", "Rechnung an den Kunden", "Abrechnung an Kunden", "Kunde zahlt",
		"Facturer au client", "Facturer le client", "Facturation au client", "Le client paie",
		"Faturar ao cliente", "Faturar para o cliente", "Cobrar do cliente", "Cliente paga", "O cliente paga",
		"クライアントに請求", "クライアント請求", "顧客に請求", "顧客請求", "クライアント払い",
	},
	"bill_to_agency": {
		"Facturar a la agencia", "Cobrar a la agencia", "La agencia paga", "Agencia paga", "Pagamos nosotros", "Nosotros pagamos",
		"Rechnung an Agentur", "Rechnung an die Agentur", "Abrechnung an Agentur", "Agentur zahlt", "Wir zahlen",
		"Facturer à l’agence", "Facturer l’agence", "Facturation à l’agence", "L’agence paie", "Agence paie", "Nous payons",
		"Faturar à agência", "Faturar para a agência", "Cobrar da agência", "Agência paga", "A agência paga", "Nós pagamos",
		"代理店に請求", "代理店請求", "代理店払い", "当社払い", "弊社払い",
	},
	"start_date": {
		"Fecha de inicio", "Fecha inicio", "Inicio",
		"Startdatum", "Anfangsdatum", "Beginn",
		"Date de début", "Date début", "Début",
		"Data de início", "Data início", "Início",
		"開始日", "開始日付",
	},
	"end_date": {
		"Fecha de fin", "Fecha fin", "Fecha de finalización", "Último día",
		"Enddatum", "Endet am", "Letzter Tag", "Gültig bis",
		"Date de fin", "Date fin", "Dernier jour",
		"Data de término", "Data de fim", "Data fim", "Término",
		"終了日", "終了日付", "最終日",
	},
	"reference": {"Referencia", "Referenz", "Ticketnummer", "Référence", "Referência", "参照番号", "チケット番号"},
	"name": {
		"Nombre del vínculo", "Nombre del enlace",
		"Verknüpfungsname", "Name der Verknüpfung",
		"Nom du lien",
		"Nome do vínculo", "Nome do link",
		"リンク名",
	},
	"notify_client": {
		"Notificar", "Notificar al cliente", "Avisar al cliente", "Enviar correo", "Enviar correo electrónico", "Enviar notificación",
		"Benachrichtigen", "Kunde benachrichtigen", "Kunden benachrichtigen", "Benachrichtigung senden", "E-Mail senden", "Mail senden",
		"Notifier", "Notifier le client", "Prévenir le client", "Envoyer un e-mail", "Envoyer e-mail", "Envoyer une notification",
		"Notificar o cliente", "Notificar cliente", "Avisar o cliente", "Enviar e-mail", "Enviar notificação",
		"クライアントに通知", "顧客に通知", "通知する", "通知を送信", "メール送信", "メールを送信",
	},
	"suppress_notification": {
		"Suprimir notificación", "Suprimir la notificación",
		"Benachrichtigung unterdrücken",
		"Supprimer la notification", "Ne pas notifier",
		"Suprimir notificação", "Suprimir a notificação",
		"通知を抑制", "通知しない",
	},
}

// byHeader is each column by the keys of its headers.
var byHeader = func() map[string]*column {
	index := make(map[string]*column)
	for i := range columns {
		c := &columns[i]
		index[headerKey(c.name)] = c
		for _, alias := range c.aliases {
			index[headerKey(alias)] = c
		}
		for _, alias := range translations[c.name] {
			index[headerKey(alias)] = c
		}
	}
	for _, question := range payerQuestions {
		index[headerKey(question)] = &payerColumn
	}
	return index
}()

// headerKey is a header as columns are found by: lower case, in full characters,
// without accents, spaces, separators, punctuation and invisible characters.
func headerKey(header string) string {
	ascii := true
	for i := range len(header) {
		ascii = ascii && header[i] < 0x80
	}
	if !ascii {
		// The sign for number would decompose into letters that say less.
		header = strings.NewReplacer("№", "#", "º", "", "°", "", "ª", "").Replace(header)
		header = norm.NFKD.String(header)
	}
	key := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("_-.#:;*?!/()[]'\"’‘¿¡–—", r) {
			return -1
		}
		if r >= 0x300 && r <= 0x36f { // the accents of Latin letters
			return -1
		}
		return unicode.ToLower(r)
	}, header)
	if ascii {
		return key
	}
	return norm.NFC.String(key)
}

// lookup is the column that a header means, or nil. A "#" is first read as the
// word number ("Account #"), then left out ("#account_id").
func lookup(header string) *column {
	if strings.ContainsAny(header, "#№") {
		if c := byHeader[headerKey(strings.NewReplacer("#", "number", "№", "number").Replace(header))]; c != nil {
			return c
		}
	}
	return byHeader[headerKey(header)]
}
