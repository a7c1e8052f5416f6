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

// Reinvite is a list of statuses for [Options.Reinvite], as --reinvite takes it.
type Reinvite []msads.Status

// Type implements pflag.Value.
func (r *Reinvite) Type() string { return "LIST" }

// Set reads a list such as "expired,declined". "all" is every status that can be
// in it, and a blank text none.
func (r *Reinvite) Set(list string) error {
	var named Reinvite
	for word := range strings.SplitSeq(list, ",") {
		before := len(named)
		for _, f := range formers {
			if word = strings.TrimSpace(word); word == f.word || word == "all" {
				named = append(named, f.status)
			}
		}
		if len(named) == before && strings.TrimSpace(list) != "" {
			return errors.New("want all, or a list of expired, canceled, inactive, declined and failed")
		}
	}
	slices.Sort(named)
	*r = slices.Compact(named)
	return nil
}

// String is the list that [Reinvite.Set] reads as these statuses.
func (r *Reinvite) String() string {
	if len(*r) == len(formers) {
		return "all"
	}
	words := make([]string, len(*r))
	for i, status := range *r {
		words[i] = formerly(status).word
	}
	return strings.Join(words, ",")
}
