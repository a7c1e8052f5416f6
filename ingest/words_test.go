package ingest

import (
	"strings"
	"testing"
)

func TestYesAndNoInEveryLanguage(t *testing.T) {
	for word, want := range map[string]bool{
		"YES": true, "y": true, "True": true, "1": true, "Sí": true, "si\u0301": true, "verdadero": true, "Ja": true, "WAHR": true, "oui": true, "Vrai": true, "sim": true, "Verdadeiro": true, "はい": true, "ＴＲＵＥ": true, "有": true,
		"no": false, "N": false, "false": false, "0": false, "falso": false, "Nein": false, "falsch": false, "Non": false, "FAUX": false, "Não": false, "nao": false, "いいえ": false, "無": false, "no\u200b": false,
	} {
		if got, ok := parseBool(word); got != want || !ok {
			t.Errorf("%q is %v, %v", word, got, ok)
		}
	}
	for _, word := range []string{"x", "✓", "×", "maybe", "2", "-", "yes please", "ye\u017f", "\u017fi", "S\u0130M", "faux\u0131"} {
		if got, ok := parseBool(word); ok {
			t.Errorf("%q is %v", word, got)
		}
	}
}

// Under a question a yes answers nothing; the name of a side answers it under
// any header.
func TestWhoPays(t *testing.T) {
	const question = "error: does not say who pays, the client or the agency"
	tests := []struct {
		header, text string
		want         *bool
		said         string
	}{
		{"Who pays?", "client", new(true), ""},
		{"Who pays?", "The Agency", new(false), ""},
		{"¿Quién paga?", "el cliente", new(true), ""},
		{"¿Quién paga?", "Agencia", new(false), ""},
		{"Wer zahlt?", "Kunde", new(true), ""},
		{"Wer zahlt?", "die Agentur", new(false), ""},
		{"Qui paie ?", "l’annonceur", new(true), ""},
		{"Qui paie ?", "Agence", new(false), ""},
		{"Quem paga?", "o cliente", new(true), ""},
		{"Quem paga?", "a agência", new(false), ""},
		{"誰が支払う？", "クライアント", new(true), ""},
		{"請求先", "代理店", new(false), ""},
		{"Bill to client", "client pays", new(true), ""},
		{"Bill to client", "agency", new(false), ""},
		{"Bill to client", "ja", new(true), ""},
		{"Who pays?", "yes", nil, question},
		{"Who pays?", "No", nil, question},
		{"Who pays?", "TRUE", nil, question},
		{"Wer zahlt?", "ja", nil, question},
		{"Who pays?", "us", nil, "error: is ambiguous: \"us\" could be the client or the agency"},
		{"Bill to client", "we", nil, "error: is ambiguous: \"we\" could be the client or the agency"},
		{"Who pays?", "Birch Ltd", nil, "error: is neither the client nor the agency"},
		{"Bill to client", "Birch Ltd", nil, "error: is neither yes nor no"},
	}
	for _, test := range tests {
		row, said := readCell(t, test.header, test.text, Options{})
		if said != test.said || (row.BillToClient == nil) != (test.want == nil) || test.want != nil && *row.BillToClient != *test.want {
			t.Errorf("%s %q: got %v, %q", test.header, test.text, row.BillToClient, said)
		}
	}
}

// A question that --map names bill_to_client is a question still.
func TestMappedQuestion(t *testing.T) {
	_, said := readCell(t, "Who pays?", "yes", Options{Map: map[string]string{"Who pays?": "bill_to_client"}})
	if said != "error: does not say who pays, the client or the agency" {
		t.Errorf("got %q", said)
	}
}

func TestNamesAndNotes(t *testing.T) {
	forty := strings.Repeat("é", 39) + "😀"
	tests := []struct{ column, text, want, said string }{
		{"name", strings.Repeat("字", 40), strings.Repeat("字", 40), ""},
		{"name", forty, forty, "warning: has 40 characters; the service takes at most 40 and may count some of these twice"},
		{"name", strings.Repeat("😀", 41), "", "error: has 41 characters; the service takes at most 40"},
		{"name", "مكتبة النخيل", "مكتبة النخيل", ""},
		{"name", "👩‍🔧 Fix", "👩‍🔧 Fix", ""},
		{"name", "=1+1", "=1+1", ""},
		{"name", "'=1+1", "=1+1", ""},
		{"name", "'s Avonds", "'s Avonds", ""},
		{"name", "a\nb", "", "error: contains a line break"},
		{"name", "a\u2028b", "", "error: contains a line break"},
		{"name", "a\x07b", "", "error: contains the control character U+0007"},
		{"name", "a\ufffeb", "", "error: contains the control character U+FFFE"},
		{"name", "a\u202eb", "a\u202eb", "warning: contains the invisible character U+202E, which can change what is seen"},
		{"name", "Caf\ufffd", "Caf\ufffd", "warning: contains the mark of a lost character (U+FFFD)"},
		{"note", "one\n\ntwo\tthree", "one\n\ntwo\tthree", ""},
		{"note", "a\x0bb", "", "error: contains the control character U+000B"},
		{"note", "@channel", "@channel", ""},
		{"note", "#N/A", "", "error: is a spreadsheet error, not a value"},
	}
	for _, test := range tests {
		row, said := readCell(t, test.column, test.text, Options{})
		if got := row.Name + row.Note; got != test.want || said != test.said {
			t.Errorf("%s %q: got %q, %q; want %q, %q", test.column, test.text, got, said, test.want, test.said)
		}
	}
}
