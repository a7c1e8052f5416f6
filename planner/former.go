package planner

import (
	"errors"
	"slices"
	"strings"

	"linkbatch/internal/msads"
)

// former is a way in which a link has ended, or never came to be.
type former struct {
	status msads.Status
	word   string // by which --reinvite names it
	how    string // see render
	warns  bool   // whoever adds the link again should know
}

// formers are all of them.
var formers = []former{
	{msads.LinkExpired, "expired", "expired[ on {date}]", false},
	{msads.LinkCanceled, "canceled", "canceled[ on {date}]", false},
	{msads.Inactive, "inactive", "was linked[ until {date}]", true},
	{msads.LinkDeclined, "declined", "declined[ on {date}]", true},
	{msads.LinkFailed, "failed", "linking failed[ on {date}]", true},
}

// formerly is the way in which a link of this status ended; zero if it has not.
func formerly(status msads.Status) former {
	for _, f := range formers {
		if f.status == status {
			return f
		}
	}
	return former{}
}

// ParseReinvite reads a list such as "expired,declined" for [Options.Reinvite].
// "all" is every status that can be in it, and a blank text none.
func ParseReinvite(list string) (named []msads.Status, err error) {
	if strings.TrimSpace(list) == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(list, ",") {
		before := len(named)
		for _, f := range formers {
			if word = strings.TrimSpace(word); word == f.word || word == "all" {
				named = append(named, f.status)
			}
		}
		if len(named) == before {
			return nil, errors.New("want all, or a list of expired, canceled, inactive, declined and failed")
		}
	}
	slices.Sort(named)
	return slices.Compact(named), nil
}

// ReinviteList is the list that [ParseReinvite] reads as these statuses.
func ReinviteList(statuses []msads.Status) string {
	if len(statuses) == len(formers) {
		return "all"
	}
	words := make([]string, len(statuses))
	for i, status := range statuses {
		words[i] = formerly(status).word
	}
	return strings.Join(words, ",")
}
