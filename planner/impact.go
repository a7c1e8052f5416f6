package planner

import (
	"fmt"

	"linkbatch/internal/msads"
)

// AdsPauseHours is for how long, at most, the ads of an account can pause when an
// agency that pays for it is unlinked (help page of client links; it happens to
// accounts with a post-pay threshold or an invoice).
const AdsPauseHours = 3

// Impact is what an unlink brings with it, as far as the link and the help pages
// say. That it cannot be taken back is true of every unlink: a new link takes a
// new invitation, which the client must accept.
type Impact struct {
	ClientPays  *bool // now; nil = the service does not say, or nobody pays, as for a customer link
	AdsCanPause bool  // for up to [AdsPauseHours]: the agency pays, or may pay
	ClientToPay bool  // the client becomes the payer, or may, and needs a payment method
	OtherAgency bool  // a live link of another agency to this account was seen; without it, there may still be one
}

// Impact is what the step brings with it if it unlinks; nil if it does not.
func (s *Step) Impact() *Impact {
	if s.Op != OpUnlink {
		return nil
	}
	pauses := s.PausesAds()
	return &Impact{s.Before.IsBillToClient, pauses, pauses, s.Before.OtherAgency}
}

// warnUnlink says what an unlink does to the account beyond ending the link.
func (s *Step) warnUnlink(link *msads.ClientLink) {
	if s.PausesAds() {
		payer := "the agency pays: unlinking"
		if link.IsBillToClient == nil {
			payer = "the service does not say who pays; if the agency does, unlinking"
		}
		s.warn(fmt.Sprintf("%s can pause the account's ads for up to three hours, and makes the client the payer, who needs a payment method", payer))
	}
	if s.Op == OpUnlink && s.Before.OtherAgency {
		s.warn("another agency is linked to this account too; its link stays")
	}
}
