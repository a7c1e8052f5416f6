package report

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"linkbatch/internal/atomicfile"
	"linkbatch/internal/latin"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Pack is what [Pending.Pack] wrote.
type Pack struct {
	Files  []string // the file of each invitation of the list, without its folder
	Count  int      // different files
	Others []string // other text files in the folder: letters of earlier packs, perhaps no longer true
}

// Pack writes one letter for each client of the list into a folder, which
// it creates if necessary. Invitations with one customer number are one
// client's, every other is a client of its own. A letter is plain text in UTF-8,
// and replaces an earlier letter to the same client, whole or not at all.
//
// A file's name is made of the client's name and number, in the letters a to z,
// digits and hyphens, as every system takes it.
func (p *Pending) Pack(dir string) (*Pack, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("folder %q: %w", dir, atomicfile.Cause(err))
	}
	pack := &Pack{Files: make([]string, len(p.Waiting))}
	taken := map[string]bool{}
	for _, places := range clients(p.Waiting) {
		waiting := make([]planner.Invitation, len(places))
		for n, at := range places {
			waiting[n] = p.Waiting[at]
		}
		name := fileName(waiting, taken)
		taken[name] = true
		err := atomicfile.Replace(filepath.Join(dir, name), 0o666, func(w io.Writer) error {
			_, err := io.WriteString(w, p.letter(waiting))
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("letter %q: %w", filepath.Join(dir, name), err)
		}
		for _, at := range places {
			pack.Files[at] = name
		}
	}
	pack.Count = len(taken)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("folder %q: %w", dir, atomicfile.Cause(err))
	}
	for _, e := range entries {
		if name := e.Name(); strings.EqualFold(filepath.Ext(name), ".txt") && !taken[strings.ToLower(name)] {
			pack.Others = append(pack.Others, name)
		}
	}
	return pack, nil
}

// clients groups invitations by the customer that answers them: places in the
// list, in its order, both within a group and by what is first in each.
func clients(waiting []planner.Invitation) [][]int {
	var groups [][]int
	byNumber := map[string]int{}
	for at := range waiting {
		number := strings.ToUpper(customerNumber(&waiting[at].Link))
		group, known := byNumber[number]
		if !known || number == "" {
			group = len(groups)
			groups = append(groups, nil)
			byNumber[number] = group
		}
		groups[group] = append(groups[group], at)
	}
	return groups
}

// customerNumber is the number of the customer that answers an invitation;
// empty if the link does not say.
func customerNumber(l *msads.ClientLink) string {
	if l.Type == msads.CustomerLink {
		return l.ClientEntityNumber
	}
	return l.ClientEntityCustomerNumber
}

// Lengths of the parts of a file's name. The whole stays far below the 255
// bytes that file systems take, and short in a path of Windows.
const (
	maxSlug   = 40
	maxNumber = 24
)

// fileName names a client's letter, unlike any name in taken. All names are in
// lower case, so that no two differ by case alone.
func fileName(waiting []planner.Invitation, taken map[string]bool) string {
	l := &waiting[0].Link
	number := cmp.Or(slug(customerNumber(l), maxNumber), slug(l.ClientEntityNumber, maxNumber), l.ClientEntityID.String(), "unknown")
	base := number
	if name := slug(clientOf(waiting), maxSlug); name != "" {
		base = name + "-" + number
	}
	if reserved(base) {
		base = "client-" + base
	}
	name := base + ".txt"
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d.txt", base, n)
	}
	return name
}

// clientOf is the name of a client: that of the customer, else what the names of
// its accounts begin with, all of them, in whole words.
func clientOf(waiting []planner.Invitation) string {
	var common []string
	for n, i := range waiting {
		if i.Link.Type == msads.CustomerLink && i.Link.ClientEntityName != "" {
			return i.Link.ClientEntityName
		}
		words := strings.Fields(i.Link.ClientEntityName)
		if n == 0 {
			common = words
		}
		same := 0
		for same < min(len(common), len(words)) && common[same] == words[same] {
			same++
		}
		common = common[:same]
	}
	return strings.Join(common, " ")
}

// slug is a text in lower-case letters, digits and single hyphens, all ASCII, of
// at most limit characters. Accents are taken off; what has no such letters is
// left out, so that it may be empty.
func slug(s string, limit int) string {
	var b strings.Builder
	gap := false
	s = latin.Plain(strings.ToLower(strings.ReplaceAll(s, "&", " and ")))
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
		case r >= 0x300 && r <= 0x36f || r == '\'' || r == '’': // accents and apostrophes part no words
			continue
		default:
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(r)
	}
	text := b.String()
	if len(text) > limit {
		text = text[:limit]
	}
	return strings.Trim(text, "-")
}

// reserved reports whether Windows takes a name for a device, whatever its
// suffix (Naming Files, Paths, and Namespaces).
func reserved(base string) bool {
	if slices.Contains([]string{"con", "prn", "aux", "nul"}, base) {
		return true
	}
	device := strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt")
	return device && len(base) == 4 && base[3] >= '0' && base[3] <= '9'
}
