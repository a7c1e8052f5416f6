package ingest

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// intents are the words of the action column, each intent with its synonyms.
// A word that removes something has few synonyms on purpose.
var intents = []struct {
	intent Intent
	words  []string
}{
	{Link, []string{"link", "connect", "onboard"}},
	{Add, []string{"add", "invite", "sendinvitation"}},
	{Accept, []string{"accept", "approve"}},
	{Unlink, []string{"unlink", "remove", "delink"}},
	{Cancel, []string{"cancel", "withdraw", "revoke", "cancelinvitation"}},
	{Decline, []string{"decline", "reject"}},
	{Keep, []string{"keep", "ignore", "skip"}},
}

// ParseIntent reads a word of the action column, or of --default-action: an
// intent or one of its synonyms, in any case. It reports false for any other
// word; a word is never guessed.
func ParseIntent(word string) (Intent, bool) {
	for _, t := range intents {
		if word == string(t.intent) {
			return t.intent, true
		}
	}
	key := normal(word)
	for _, t := range intents {
		if slices.Contains(t.words, key) {
			return t.intent, true
		}
	}
	return "", false
}

// intentWords lists the intents for a message.
func intentWords() string {
	words := make([]string, len(intents))
	for i, t := range intents {
		words[i] = string(t.intent)
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// parseType reads the type of a link: the service's names, or the words for
// the entity at its client end.
func parseType(word string) (string, bool) {
	switch normal(word) {
	case "accountlink", "account":
		return accountLink, true
	case "customerlink", "customer", "manager", "manageraccount":
		return customerLink, true
	}
	return "", false
}

// The service's names of the two types of link, and the mark of a type that was
// not understood, which a row has only while its cells are read.
const (
	accountLink  = "AccountLink"
	customerLink = "CustomerLink"
	unknownType  = "?"
)

// parsePermission reads a permission of a customer link, as the service names
// them.
func parsePermission(word string) (string, bool) {
	switch normal(word) {
	case "administrative", "admin", "administrator":
		return "Administrative", true
	case "standard":
		return "Standard", true
	}
	return "", false
}

// parseBool reads a yes or no in English, Spanish, German, French, Portuguese
// or Japanese. A tick or a cross is not a word: a cross means yes on one form and
// no on the other.
func parseBool(word string) (value, ok bool) {
	switch folded(word) {
	case "true", "yes", "y", "t", "1",
		"si", "s", "verdadero", "ja", "j", "wahr", "oui", "o", "vrai", "sim", "verdadeiro",
		"はい", "ハイ", "有", "あり", "真":
		return true, true
	case "false", "no", "n", "f", "0",
		"falso", "nein", "falsch", "non", "faux", "nao",
		"いいえ", "無", "なし", "偽":
		return false, true
	}
	return false, false
}

// folded is a word as the tables of words are searched by: lower case, in
// characters of the usual width, without accents. One with a letter that case
// alone would make one of ASCII is left alone: it is in no table.
func folded(word string) string {
	for i := range len(word) {
		if word[i] < 0x80 {
			continue
		}
		if strings.ContainsFunc(word, foldsToASCII) {
			return word
		}
		word = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) || r >= 0x300 && r <= 0x36f { // accents of Latin letters
				return -1
			}
			return r
		}, norm.NFKD.String(word))
		word = norm.NFC.String(word)
		break
	}
	return strings.ToLower(strings.TrimSpace(word))
}
