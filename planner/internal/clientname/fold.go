package clientname

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"linkbatch/internal/latin"
)

// fold takes from a text what names are compared without: case, accents, the
// width of letters, full stops and apostrophes.
func fold(s string) string {
	s = latin.Plain(strings.ToLower(norm.NFKD.String(s)))
	s = strings.Map(func(r rune) rune {
		// Only the general accents: the marks of Kana, Arabic and Indic scripts
		// make other letters.
		if r >= 0x300 && r <= 0x36f || strings.ContainsRune(".'’‘`´", r) {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// spellUmlauts writes a text as German and Nordic keyboards without the letters
// do: Mueller for Müller.
func spellUmlauts(s string) string {
	return umlauts.Replace(strings.ToLower(norm.NFC.String(s)))
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "å", "aa")

// joiners are the words for "and" and "the" in the names of firms.
var joiners = []string{"and", "the", "und", "et", "y", "e", "och", "og", "en"}

// legalForms are the words for the legal form of a firm, as fold leaves them.
// They say nothing about which firm is meant. Those that are common words too
// ("spa", "zoo", "group") are left out.
var legalForms = wordSet(`
	inc incorporated corp corporation co company llc llp lp ltd limited plc pllc cic
	pty proprietary pvt private pte
	gmbh mbh ggmbh ag kg kgaa ohg gbr ug ev eg se
	sa sas sasu sarl eurl snc sci de cv rl
	sl slu sau sll lda ltda eireli epp
	srl sapa bv nv vof bvba cvba
	oy oyj ab as asa aps ivs ehf
	kk gk yk kabushiki kaisha kabushikikaisha godo gaisha yugen
	sp z oo spzoo sro doo eood kft zrt nyrt uab sia
	ooo oao zao pao ооо оао зао пао ао
	sdn bhd tbk jsc pjsc fze fzco fzllc dmcc
`)

func wordSet(list string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(list) {
		set[fold(w)] = true
	}
	return set
}

// writtenTogether are legal forms in scripts that put no space around them, as
// fold leaves them; the longer of two before the one that it holds.
var writtenTogether = []string{
	fold("株式会社"), fold("有限会社"), fold("合同会社"), fold("(株)"), fold("(有)"), fold("(合)"),
	fold("股份有限公司"), fold("有限责任公司"), fold("有限公司"), fold("集团"),
	fold("주식회사"), fold("유한회사"), fold("(주)"),
}
