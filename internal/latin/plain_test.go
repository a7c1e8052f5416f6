package latin

import "testing"

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"":         "",
		"straße":   "strasse",
		"łódź":     "lódź", // what Unicode can take apart stays
		"blåbærøl": "blåbaerol",
		"þórður":   "thórdur",
		"ırmak":    "irmak",
		"青空":       "青空",
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}
