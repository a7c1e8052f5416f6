package latin

import "strings"

// Plain replaces the lower-case letters that Unicode does not take apart by the
// ones that people write in their place: ß is ss, ø is o.
func Plain(s string) string { return plain.Replace(s) }

var plain = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i",
)
