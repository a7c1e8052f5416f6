package planner

import (
	"fmt"

	"linkbatch/internal/msads"
)

// Sight is what one search showed of the link that a step is about: the link
// itself, that there is no such link, or a doubt. The zero value means that a
// search has shown that there is no such link.
type Sight struct {
	Link *msads.ClientLink // nil if there is no link, or if nothing of it could be seen

	// Doubt says why the search could not show whether the link exists, or its
	// status; empty if it could. A Link beside a doubt is good for its identifiers
	// alone: nothing is decided from it.
	Doubt string

	OtherAgency bool // the search showed a live link of another managing customer to the entity
}

// Shown reports whether the link was seen, with its status.
func (s Sight) Shown() bool { return s.Doubt == "" && s.Link != nil }

// Absent reports whether the search has shown that there is no such link.
func (s Sight) Absent() bool { return s.Doubt == "" && s.Link == nil }

// Live reports whether the link was seen and exists for the service, so that an
// add would duplicate it: invited, being linked, linked or being unlinked.
func (s Sight) Live() bool { return s.Shown() && live(s.Link.Status) }

// Seen is what a plan keeps of the link; zero unless it was shown.
func (s Sight) Seen() Seen {
	if !s.Shown() {
		return Seen{}
	}
	return Seen{
		Status:         s.Link.Status,
		LastModified:   s.Link.LastModifiedDateTime,
		EntityID:       s.Link.ClientEntityID,
		Number:         s.Link.ClientEntityNumber,
		Name:           s.Link.ClientEntityName,
		IsBillToClient: s.Link.IsBillToClient,
		StartDate:      s.Link.StartDate,
		OtherAgency:    s.OtherAgency,
	}
}

// String is what was seen in a word: the link's status, "no link", or the doubt.
func (s Sight) String() string {
	switch {
	case s.Doubt != "":
		return s.Doubt
	case s.Link == nil:
		return "no link"
	}
	return string(s.Link.Status)
}

// sightOf is the sight of a link that a search has found; nil means that it
// found no such link. A link without a status is a doubt, since nothing can be
// decided from it.
func sightOf(link *msads.ClientLink) Sight {
	if link == nil || link.Status != "" {
		return Sight{Link: link}
	}
	return Sight{Link: link, Doubt: fmt.Sprintf("the service lists a link to account %s without a status", link.ClientEntityID)}
}
