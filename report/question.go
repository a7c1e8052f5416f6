package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"linkbatch/planner"
)

// Yes is the question that the whole word yes answers, and that word.
func Yes(question string) (text, want string) {
	return question + "\nType \"yes\" to continue: ", "yes"
}

// Question says what is about to be sent: on whose behalf, where, and what comes
// of it for the clients. todo are the steps that wait to be sent, at least one;
// where names the service, from what is applied. It returns the text, which ends with what to type, and
// the answer that it wants: the number of unlinks, if there are any.
func (p *Plan) Question(todo []*planner.Step, where, from string) (text, want string) {
	agency := p.head.ManagingCustomerID
	if p.agency != "" {
		agency, where = Visible(p.agency), agency+", "+where
	}
	count := make(map[planner.Op]int)
	for _, s := range todo {
		count[s.Op]++
	}
	var what []string
	for _, op := range ops {
		if count[op] > 0 {
			what = append(what, fmt.Sprintf("%s %d", op, count[op]))
		}
	}
	text = fmt.Sprintf("About to %s %s for agency %s (%s), from %s.", enumerate(what), either(len(todo), "link", "links"), agency, where, from)
	text += aboutInvitations(todo) + aboutUnlinks(todo) + aboutPruned(todo)
	if n := count[planner.OpUnlink]; n > 0 {
		want = strconv.Itoa(n)
		return fmt.Sprintf("%s\nType %s, the number of unlinks, to continue: ", text, want), want
	}
	return Yes(text)
}

// aboutInvitations says to how many clients e-mails go out, who will pay, and how
// many were linked or invited before; nothing if nobody is invited.
func aboutInvitations(todo []*planner.Step) string {
	var mails, clients, agencies, again, all int
	for _, s := range todo {
		if s.Op != planner.OpAdd {
			continue
		}
		all++
		if !s.Send.SuppressNotification {
			mails++
		}
		if s.Before.Found() {
			again++
		}
		if toClient := s.Send.IsBillToClient; toClient != nil && *toClient {
			clients++
		} else if toClient != nil {
			agencies++
		}
	}
	if all == 0 {
		return ""
	}
	facts := []string{fmt.Sprintf("%s by e-mail", cmp.Or(digits(mails), "none"))}
	if clients > 0 {
		facts = append(facts, fmt.Sprintf("the client pays for %d", clients))
	}
	if agencies > 0 {
		facts = append(facts, fmt.Sprintf("the agency pays for %d", agencies))
	}
	if again > 0 {
		facts = append(facts, fmt.Sprintf("%d to clients who were linked or invited before", again))
	}
	return fmt.Sprintf("\n  %s: %s", Plural(all, "invitation"), strings.Join(facts, ", "))
}

// aboutUnlinks says what unlinks bring with them; nothing if there are none.
func aboutUnlinks(todo []*planner.Step) string {
	var n unlinks
	for _, s := range todo {
		n.add(s)
	}
	var b strings.Builder
	for _, line := range n.lines() {
		b.WriteString("\n  " + line)
	}
	return b.String()
}

// aboutPruned says how many links are ended that no row names; nothing if none is.
func aboutPruned(todo []*planner.Step) string {
	n := 0
	for _, s := range todo {
		if s.Pruned() {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("\n  %s that no row of the roster names (--prune)", Plural(n, "link"))
}

// unlinks counts what unlinks bring with them.
type unlinks struct{ all, pause, others int }

func (n *unlinks) add(s *planner.Step) {
	impact := s.Impact()
	if impact == nil || s.Held != "" {
		return
	}
	n.all++
	if impact.AdsCanPause {
		n.pause++
	}
	if impact.OtherAgency {
		n.others++
	}
}

// lines say so, a line for each thing; none without an unlink.
func (n *unlinks) lines() (lines []string) {
	if n.pause > 0 {
		lines = append(lines, fmt.Sprintf("%s where the agency pays (or may pay): the %s ads can pause for up to three hours, and the %s from then on",
			Plural(n.pause, "unlink"), either(n.pause, "client's", "clients'"), either(n.pause, "client pays", "clients pay")))
	}
	if n.others > 0 {
		lines = append(lines, fmt.Sprintf("%s where another agency is linked too: its link stays", Plural(n.others, "unlink")))
	}
	if n.all > 0 {
		lines = append(lines, fmt.Sprintf("%s cannot be taken back: a new link takes a new invitation, which the client must accept", Plural(n.all, "unlink")))
	}
	return lines
}

// enumerate joins words as a sentence does: "a, b and c".
func enumerate(words []string) string {
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " and " + words[last]
	}
	return strings.Join(words, "")
}
