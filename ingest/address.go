package ingest

import "strings"

// isAddress reports whether a text is a web address, or the part of one that
// names ids.
func isAddress(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "://") || strings.Contains(text, "aid=") || strings.Contains(text, "cid=")
}

// fromAddress takes an id out of a pasted address of the Microsoft Advertising
// pages, which name the account as aid and the customer as cid:
// https://ui.ads.microsoft.com/campaign/Campaigns.m?cid=7654321&aid=180012345.
// Other pages use the same words for other things, so their addresses are
// refused; so is one that names two accounts.
func fromAddress(text, member string) (string, *fault) {
	if strings.ContainsAny(text, " \t\n\r") {
		return "", &fault{message: "contains more than an address", hint: digitsOnly}
	}
	rest, ours := ourAddress(text)
	if !ours {
		return "", &fault{message: "is an address of a site other than Microsoft Advertising", hint: digitsOnly}
	}
	found := ""
	for pair := range strings.FieldsFuncSeq(rest, func(r rune) bool { return strings.ContainsRune("/?#&;", r) }) {
		name, value, ok := strings.Cut(pair, "=")
		switch {
		case !ok || !strings.EqualFold(name, member):
		case !allDigits(value):
			return "", &fault{message: "is an address whose " + member + " is not a whole number", hint: digitsOnly}
		case found != "" && found != value:
			return "", &fault{message: "names two ids: " + found + " and " + value, hint: digitsOnly}
		default:
			found = value
		}
	}
	if found == "" {
		return "", &fault{message: "is an address without " + member + "=", hint: digitsOnly}
	}
	return found, nil
}

// ourAddress is an address without its scheme, and whether it is one of Microsoft
// Advertising: its host says so, or only the part that names ids was pasted.
func ourAddress(text string) (rest string, ours bool) {
	_, rest, whole := strings.Cut(text, "://")
	if !whole {
		rest = text
	}
	at := strings.IndexAny(rest, "/?#&=")
	part := !whole && at >= 0 && (rest[at] == '=' || at == 0 && rest[0] != '/')
	return rest, part || isOurHost(rest[:max(at, 0)])
}

// isOurHost reports whether a host is one of Microsoft's, where the pages of
// Microsoft Advertising are.
func isOurHost(host string) bool {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	for _, domain := range []string{"microsoft.com", "bingads.com"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
