package msads

import (
	"encoding/json"
	"time"
)

// LinkType says what the client entity of a link is.
type LinkType string

// The link types of the service. An empty Type in an add means AccountLink.
const (
	AccountLink  LinkType = "AccountLink"  // ClientEntity is an advertiser account
	CustomerLink LinkType = "CustomerLink" // ClientEntity is a customer (manager account)
)

// Status is the life-cycle state of a client link, exactly as the service
// spells it. A value outside the constants is possible (the service may grow)
// and must be treated as unknown, never guessed.
type Status string

// The fourteen values of ClientLinkStatus.
const (
	LinkPending      Status = "LinkPending"
	LinkAccepted     Status = "LinkAccepted"
	LinkDeclined     Status = "LinkDeclined"
	LinkCanceled     Status = "LinkCanceled"
	LinkExpired      Status = "LinkExpired"
	LinkInProgress   Status = "LinkInProgress"
	Active           Status = "Active"
	LinkFailed       Status = "LinkFailed"
	UnlinkRequested  Status = "UnlinkRequested"
	UnlinkPending    Status = "UnlinkPending"
	UnlinkInProgress Status = "UnlinkInProgress"
	UnlinkFailed     Status = "UnlinkFailed"
	UnlinkCanceled   Status = "UnlinkCanceled"
	Inactive         Status = "Inactive"
)

// Statuses returns the fourteen values of ClientLinkStatus, in the order of a
// link's life.
func Statuses() []Status {
	return []Status{
		LinkPending, LinkAccepted, LinkInProgress, Active, UnlinkRequested, UnlinkPending, UnlinkInProgress, Inactive,
		LinkDeclined, LinkCanceled, LinkExpired, LinkFailed, UnlinkFailed, UnlinkCanceled,
	}
}

// ClientLink is the service's ClientLink. A link has no id of its own; it is
// named by ManagingCustomerID, Type and ClientEntityID.
//
// A ClientLink that was searched remembers the object it was decoded from, so
// that an update can send it back whole, members unknown to us included. The
// Inviter members are never decoded into fields: they are personal data that
// only the echo needs.
type ClientLink struct {
	Type                       LinkType
	ClientEntityID             ID     // 0 = absent
	ClientEntityNumber         string // account number (8 characters) or customer number (10)
	ClientEntityName           string // read-only
	ClientEntityCustomerNumber string // account links: number of the customer that owns the account
	ManagingCustomerID         ID
	ManagingCustomerNumber     string
	ManagingCustomerName       string // read-only
	Note                       string
	Name                       string // at most 40 characters
	IsBillToClient             *bool  // true: the client pays; nil for customer links
	StartDate                  time.Time
	Status                     Status // empty in an add: the service sets LinkPending
	SuppressNotification       bool   // true: no e-mail to the client
	LastModifiedDateTime       time.Time
	Timestamp                  string // base64, echoed as it came
	CustomerLinkPermission     string // Administrative or Standard; customer links only

	raw json.RawMessage // the object as searched; nil for a link that was made here
}

// Predicate is one condition of a search.
type Predicate struct {
	Field    string // ClientAccountId, ClientCustomerId or DirectManagingCustomerId
	Operator string // Equals or In
	Value    string // for In: at most MaxIDsPerSearch values, separated by commas
}

// Limits that the service sets.
const (
	MaxLinksPerCall = 10  // links in one AddClientLinks or UpdateClientLinks call
	MaxIDsPerSearch = 10  // values of one In predicate
	MaxPageSize     = 100 // links in one page of SearchClientLinks
	MaxNameLength   = 40  // characters of ClientLink.Name
)

// Search describes one page of client links, ordered by Id ascending.
type Search struct {
	Predicates []Predicate // one or two, joined by AND
	Index      int         // page, from 0
	Size       int         // links a page, 1 to MaxPageSize
}

// Reply is the service's answer to an add or update that it processed.
type Reply struct {
	PartialErrors [][]OperationError // one entry a link sent, in order; an empty entry means applied
	TrackingID    string
}

// User is the part of GetUser's answer that linkbatch uses. The rest holds
// personal data and is never decoded.
type User struct {
	ID         ID
	CustomerID ID
	Roles      []CustomerRole
}

// CustomerRole is what a user may do in one customer.
type CustomerRole struct {
	CustomerID ID
	RoleID     int // 41 Super Admin, 203 Standard; others may not manage links
}

// The roles that may manage client links.
const (
	RoleSuperAdmin = 41
	RoleStandard   = 203 // account links only
)
