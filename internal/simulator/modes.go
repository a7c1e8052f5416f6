package simulator

import (
	"fmt"
	"slices"
)

// Mode is one deviation from the strict server. Modes combine, but for the
// two dual-id rules.
type Mode string

// The modes. The strict server is the absence of all.
const (
	Lenient                Mode = "lenient"                  // a duplicate add is accepted and counted instead of refused
	ZeroTimestamps         Mode = "zero-timestamps"          // every Timestamp is eight zero bytes, as seen on real links
	AbsentMembers          Mode = "absent-members"           // null members, and some that only people read, are left out of replies
	AbsentNumbers          Mode = "absent-numbers"           // searches show no ClientEntityNumber
	NumericIDs             Mode = "numeric-ids"              // ids are JSON numbers in replies
	UnknownMembers         Mode = "unknown-members"          // every object has members no client knows, and updates must echo them
	Lag                    Mode = "lag"                      // searches show the links as they were Options.Lag ago
	OldDualID              Mode = "old-dual-id"              // rule before May 2026: id or number for both types, no ClientEntityCustomerNumber
	NewDualID              Mode = "new-dual-id"              // strictest reading of May 2026: a customer link needs its id and its number
	CustomerNumberRequired Mode = "customer-number-required" // an account link needs ClientEntityCustomerNumber
	OnePredicate           Mode = "one-predicate"            // a search with two predicates is refused (3030)
	OffsetsRefused         Mode = "offsets-refused"          // a signed offset in StartDate is refused in an update too
	NullPartialErrors      Mode = "null-partial-errors"      // an add or update that went well has PartialErrors null instead of a list of nulls
	EmptyPartialErrors     Mode = "empty-partial-errors"     // it has an empty list; with null-partial-errors too, null
)

// Modes lists every mode, for help texts and for suites that run in each.
func Modes() []Mode {
	return []Mode{
		Lenient, ZeroTimestamps, AbsentMembers, AbsentNumbers, NumericIDs, UnknownMembers, Lag,
		OldDualID, NewDualID, CustomerNumberRequired, OnePredicate, OffsetsRefused,
		NullPartialErrors, EmptyPartialErrors,
	}
}

// modeSet checks modes by name and for contradictions.
func modeSet(modes []Mode) (map[Mode]bool, error) {
	set := map[Mode]bool{}
	for _, m := range modes {
		if !slices.Contains(Modes(), m) {
			return nil, fmt.Errorf("mode %q: not one of %v", m, Modes())
		}
		set[m] = true
	}
	if set[OldDualID] && (set[NewDualID] || set[CustomerNumberRequired]) {
		return nil, fmt.Errorf("mode %q: contradicts %q and %q", OldDualID, NewDualID, CustomerNumberRequired)
	}
	return set, nil
}
