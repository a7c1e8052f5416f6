package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

const (
	letterWidth = 72  // columns of a line, as in plain-text mail
	fieldIndent = 19  // columns before what a field says
	maxName     = 120 // characters of a name; the service's names are shorter
)

// How a client accepts. The steps and the words in quotes are those of the help
// page "How to have an agency manage your Microsoft Advertising account", the
// words "Approve" and "Reject" those of "Linking to an existing account", both
// of 2026-06-18; the first names the role too. The address is that of the first
// page, as the documentation of ClientLink links to it.
const (
	acceptRole  = `A user with the Super Admin role can accept on the Microsoft Advertising website:`
	declineStep = `To decline, choose "Decline request" (or "Reject") instead. Do the same if you do not recognise the sender.`
	helpAddress = "https://help.ads.microsoft.com/#apex/3/en/52004/3"
)

var acceptSteps = []string{
	`Sign in at {site} as a user of the requested account.`,
	`From the navigation menu on the left, select "Tools" > "All accounts".`,
	`Select "Accounts Summary".`,
	`Select the "Requests" tab, and then select "Received".`,
	`Find the request by the names and numbers above. Under "Actions", choose "Accept request" (in some views it is called "Approve").`,
}

// letter is the text for one client: who is asking for what, how to accept, until
// when, and what happens otherwise. It is plain text in lines of 72 columns.
func (p *Pending) letter(waiting []planner.Invitation) string {
	l := letterWriter{}
	agency := agencyName(&waiting[0].Link)
	what, them := "a request", "it"
	if n := len(waiting); n > 1 {
		what, them = fmt.Sprintf("%d requests", n), "them"
	}
	l.paragraph("Hello,")
	l.paragraph(fmt.Sprintf("%s has sent you %s in Microsoft Advertising and is waiting for your answer. %s", agency, what, p.deadline(waiting)))

	l.heading("Who is asking")
	l.field("Name", agency)
	l.field("Manager account", identifiers(waiting[0].Link.ManagingCustomerNumber, waiting[0].Link.ManagingCustomerID))
	l.end()
	for n, i := range waiting {
		title := "What they are asking for"
		if len(waiting) > 1 {
			title = fmt.Sprintf("Request %d of %d", n+1, len(waiting))
		}
		l.heading(title)
		p.request(&l, i, agency)
		l.end()
	}

	l.heading("How to accept")
	l.paragraph(acceptRole)
	for n, step := range acceptSteps {
		l.item(fmt.Sprintf("%d. ", n+1), strings.ReplaceAll(step, "{site}", p.SignIn))
	}
	l.end()
	l.paragraph(declineStep)
	l.paragraph("Help: " + helpAddress)

	l.heading("What happens if you do nothing")
	l.paragraph(fmt.Sprintf("A request that is not answered within 30 days expires. Nothing changes for you; "+
		"%s would have to send %s again.", agency, them))
	l.paragraph(fmt.Sprintf("Kind regards\n%s", agency))
	return strings.TrimRight(l.String(), "\n") + "\n"
}

// request describes one link.
func (p *Pending) request(l *letterWriter, i planner.Invitation, agency string) {
	link := &i.Link
	if link.Type == msads.CustomerLink {
		l.field("Manager account", safeText(link.ClientEntityName))
		l.field("Account number", identifiers(link.ClientEntityNumber, link.ClientEntityID))
		access := "manage this manager account and all its accounts"
		if link.CustomerLinkPermission != "" {
			access += ", with the permission " + safeText(link.CustomerLinkPermission)
		}
		l.field("Requested access", access)
	} else {
		l.field("Account", safeText(link.ClientEntityName))
		l.field("Account number", identifiers(link.ClientEntityNumber, link.ClientEntityID))
		if owner := safeText(link.ClientEntityCustomerNumber); owner != "" {
			l.field("Owned by", "manager account "+owner)
		}
		l.field("Requested access", "manage this account")
		l.field("Who pays", payerWords(link.IsBillToClient, agency))
	}
	starts := "as soon as you accept"
	if at := p.starts(i); !at.IsZero() {
		starts = "on " + moment(at) + ", or when you accept if that is later"
	}
	l.field("Starts", starts)
	if i.Expires.IsZero() {
		return
	}
	l.field("Sent", i.Invited.Format(dayForm))
	left := "the 30 days are over; it may expire at any time"
	if rest := i.Expires.Sub(p.AsOf); rest > 0 {
		left = fmt.Sprintf("%s left on %s", longLeft(rest), p.AsOf.UTC().Format(dayForm))
	}
	l.field("Please answer by", moment(i.Expires)+" ("+left+")")
}

// deadline says by when the first of the requests must be answered.
func (p *Pending) deadline(waiting []planner.Invitation) string {
	first, it := waiting[0].Expires, "it"
	if len(waiting) > 1 {
		it = "the first of them"
	}
	switch {
	case first.IsZero():
		return "Please answer soon: a request expires 30 days after it was sent."
	case !first.After(p.AsOf):
		return fmt.Sprintf("Please answer at once: 30 days have passed since %s was sent, so it may expire at any time.", it)
	}
	return fmt.Sprintf("Please answer before %s, when %s expires.", moment(first), it)
}

// longLeft is the time until an end in words.
func longLeft(d time.Duration) string {
	n, unit := remaining(d)
	if n == 0 {
		return "less than 1 hour"
	}
	return Plural(n, unit)
}

// payerWords says in plain words what IsBillToClient means.
func payerWords(client *bool, agency string) string {
	switch {
	case client == nil:
		return "the request does not say; check its details before you accept"
	case *client:
		return "you: Microsoft Advertising bills you for this account"
	}
	return agency + ": Microsoft Advertising bills them for this account"
}

// dayForm writes the month as a word: no reader takes day and month for each
// other.
const dayForm = "2 January 2006"

// moment is a time as one that no reader takes for another day.
func moment(t time.Time) string { return t.UTC().Format(dayForm + ", 15:04 UTC") }

// agencyName is the managing customer by the first thing that the service says.
func agencyName(l *msads.ClientLink) string {
	if name := safeText(l.ManagingCustomerName); name != "" {
		return name
	}
	return "Manager account " + cmp.Or(safeText(l.ManagingCustomerNumber), l.ManagingCustomerID.String())
}

// identifiers is a number and an id, as far as they are known.
func identifiers(number string, id msads.ID) string {
	number = safeText(number)
	switch {
	case id == 0:
		return number
	case number == "":
		return "id " + id.String()
	}
	return fmt.Sprintf("%s (id %s)", number, id)
}

// safeText is a name of the service as a letter has it: on one line, and not
// longer than a name.
func safeText(s string) string {
	s = oneLine(s)
	if runes := []rune(s); len(runes) > maxName {
		return string(runes[:maxName]) + "…"
	}
	return s
}

// oneLine makes a text one line that a mail program, a spreadsheet and their
// readers take as it is: no control characters, nothing invisible but the
// joiners that some scripts need, nothing that turns the direction of what
// follows.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case r == '\u200c' || r == '\u200d' || unicode.IsGraphic(r):
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
	return strings.Join(strings.Fields(s), " ")
}

// letterWriter lays text out.
type letterWriter struct{ strings.Builder }

// end closes a block with a blank line.
func (l *letterWriter) end() { l.WriteByte('\n') }

// heading is a line that is underlined, since plain text has no bold.
func (l *letterWriter) heading(s string) {
	fmt.Fprintf(l, "%s\n%s\n", s, strings.Repeat("-", len(s)))
}

// paragraph keeps the line breaks of s.
func (l *letterWriter) paragraph(s string) {
	for part := range strings.SplitSeq(s, "\n") {
		l.item("", part)
	}
	l.end()
}

// field is a name and what it says, on lines of its own, so that a name in a
// script that runs from right to left moves nothing else. Nothing said is left
// out.
func (l *letterWriter) field(name, s string) {
	if s != "" {
		l.item(fmt.Sprintf("%-*s", fieldIndent, name+":"), s)
	}
}

// item is a text after a mark; its further lines are indented as its first.
func (l *letterWriter) item(mark, s string) {
	indent := strings.Repeat(" ", len(mark))
	lines := strings.Split(wrap(s, letterWidth-len(mark)), "\n")
	for n, line := range lines {
		if n > 0 {
			mark = indent
		}
		l.WriteString(strings.TrimRight(mark+strings.TrimSpace(line), " ") + "\n")
	}
}
