package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"linkbatch/internal/msads"
)

// ID is a 64-bit identifier as a world writes it: a JSON string, also read from a
// number; 0 means absent and is written as null. The ID type of msads is not used
// here, so that a mistake in its codec cannot cancel itself out.
type ID int64

// String returns the decimal digits.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// MarshalJSON writes a string of digits, or null for 0.
func (id ID) MarshalJSON() ([]byte, error) {
	if id == 0 {
		return []byte("null"), nil
	}
	return strconv.AppendQuote(nil, id.String()), nil
}

// UnmarshalJSON reads a string of digits, a whole number or null.
func (id *ID) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*id = 0
		return nil
	}
	n, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("id: %s is not a whole number", b)
	}
	*id = ID(n)
	return nil
}

// World is everything the simulator knows. Package doc has an example.
type World struct {
	Clock           time.Time  `json:"clock"`                     // the simulator's time when this world is loaded
	SettleSeconds   int        `json:"settle_seconds,omitzero"`   // LinkInProgress to Active, and UnlinkPending to Inactive; 0 means 120
	Environment     string     `json:"environment,omitzero"`      // production or sandbox: a token for the other one is refused with 105; empty: both are accepted
	Tenants         []string   `json:"tenants,omitzero"`          // tenants in addition to common, organizations and consumers
	DeveloperTokens []string   `json:"developer_tokens,omitzero"` // absent: [DeveloperToken]
	Clients         []Client   `json:"clients,omitzero"`          // absent: [ClientID], [WebClientID] and [GoogleClientID]
	Customers       []Customer `json:"customers"`
	Accounts        []Account  `json:"accounts"`
	Users           []User     `json:"users"`
	Links           []Link     `json:"links"`
}

// Client is an application that is registered with the identity service.
type Client struct {
	ID           string   `json:"id"`
	Secret       string   `json:"secret,omitzero"`        // empty: a public client, which must not send one
	Google       bool     `json:"google,omitzero"`        // registered with Google instead of Microsoft
	RedirectURIs []string `json:"redirect_uris,omitzero"` // absent: http://localhost, http://127.0.0.1 and Microsoft's nativeclient page; the port of a loopback address is free
}

// The environments of the service.
const (
	production = "production"
	sandbox    = "sandbox"
)

// The kinds of login.
const (
	loginWork     = "work"
	loginPersonal = "personal"
	loginGoogle   = "google"
)

// Customer is a manager account: an agency, or the owner of accounts.
type Customer struct {
	ID     ID     `json:"id"`
	Number string `json:"number"` // 10 alphanumerics
	Name   string `json:"name"`
	Switches
}

// Account is an advertiser account.
type Account struct {
	ID             ID     `json:"id"`
	Number         string `json:"number,omitzero"` // 8 alphanumerics; empty: the service shows none
	Name           string `json:"name"`
	CustomerID     ID     `json:"customer_id"`               // its owner
	Prepaid        bool   `json:"prepaid,omitzero"`          // an add is refused with 1471
	ManagedByOther bool   `json:"managed_by_other,omitzero"` // an add is refused with 1424
	Lifecycle      string `json:"lifecycle,omitzero"`        // AccountLifeCycleStatus; Inactive and Suspended refuse an add with 2192
	Switches
}

// Switches make an entity misbehave, or give its links a settle time of their
// own.
type Switches struct {
	SettleSeconds int `json:"settle_seconds,omitzero"` // instead of the world's

	Busy        bool `json:"busy,omitzero"`         // add, accept and unlink are refused with 1472
	LinkFails   bool `json:"link_fails,omitzero"`   // an accepted link ends in LinkFailed instead of Active
	UnlinkFails bool `json:"unlink_fails,omitzero"` // an unlink ends in UnlinkFailed, then Active, instead of Inactive
}

// User is a login.
type User struct {
	ID           ID     `json:"id"`
	UserName     string `json:"user_name"`
	FirstName    string `json:"first_name,omitzero"`
	LastName     string `json:"last_name,omitzero"`
	Email        string `json:"email,omitzero"`
	Phone        string `json:"phone,omitzero"`
	CustomerID   ID     `json:"customer_id"`
	Roles        []Role `json:"roles"`
	RefreshToken string `json:"refresh_token,omitzero"` // absent: RT- and the profile
	Profile      string `json:"profile,omitzero"`       // agency and client are the built-in identities
	Login        string `json:"login,omitzero"`         // work, personal or google; empty: work and personal
	Tenant       string `json:"tenant,omitzero"`        // home tenant of a work account: one of the world's
	Environment  string `json:"environment,omitzero"`   // production or sandbox: the scope of the other one is refused (AADSTS7000012); empty: both do
	RefusedWith  int    `json:"refused_with,omitzero"`  // every call of this user is refused with this code, such as 108, 120 or 123
}

// Role is what a user may do in one customer: RoleID 41 is Super Admin, 203
// Standard; the service knows 16, 33 and 100 too, which may not manage links.
type Role struct {
	CustomerID             ID     `json:"customer_id"`
	RoleID                 int    `json:"role_id"`
	AccountIDs             []ID   `json:"account_ids,omitzero"`
	LinkedAccountIDs       []ID   `json:"linked_account_ids,omitzero"`
	CustomerLinkPermission string `json:"customer_link_permission,omitzero"`
}

// Link is a client link with the service's own member names. A world may leave
// out what can be derived: the numbers and names of the two ends are filled in
// from accounts and customers (and must agree with them if given).
type Link struct {
	Type                       msads.LinkType `json:"Type,omitzero"` // absent: AccountLink
	ClientEntityID             ID             `json:"ClientEntityId"`
	ClientEntityNumber         string         `json:"ClientEntityNumber,omitzero"`
	ClientEntityName           string         `json:"ClientEntityName,omitzero"`
	ManagingCustomerID         ID             `json:"ManagingCustomerId"`
	ManagingCustomerNumber     string         `json:"ManagingCustomerNumber,omitzero"`
	ManagingCustomerName       string         `json:"ManagingCustomerName,omitzero"`
	Note                       string         `json:"Note,omitzero"`
	Name                       string         `json:"Name,omitzero"` // absent: both names, shortened
	InviterEmail               string         `json:"InviterEmail,omitzero"`
	InviterName                string         `json:"InviterName,omitzero"`
	InviterPhone               string         `json:"InviterPhone,omitzero"`
	IsBillToClient             *bool          `json:"IsBillToClient,omitzero"` // absent: true for an account link
	StartDate                  time.Time      `json:"StartDate,omitzero"`      // absent: LastModifiedDateTime
	Status                     msads.Status   `json:"Status"`
	SuppressNotification       bool           `json:"SuppressNotification,omitzero"`
	LastModifiedDateTime       time.Time      `json:"LastModifiedDateTime,omitzero"` // absent: the clock for a status that settles, else ten days before it
	LastModifiedByUserID       ID             `json:"LastModifiedByUserId,omitzero"`
	Timestamp                  []byte         `json:"Timestamp,omitzero"` // absent: the next one
	ForwardCompatibilityMap    []KeyValue     `json:"ForwardCompatibilityMap,omitzero"`
	CustomerLinkPermission     string         `json:"CustomerLinkPermission,omitzero"`
	ClientEntityCustomerNumber string         `json:"ClientEntityCustomerNumber,omitzero"` // shown only if the link was added with it
}

// KeyValue is one entry of a ForwardCompatibilityMap.
type KeyValue struct {
	Key   string
	Value string
}

// JSON returns the world as New reads it.
func (w World) JSON() []byte {
	b, err := json.Marshal(w)
	if err != nil {
		panic(err) // only a clock beyond the year 9999 can fail to encode
	}
	return b
}

// saved is the state file: a world, and what the simulator counted in it.
type saved struct {
	World
	Version  uint64     `json:"version,omitzero"`        // the last Timestamp given out
	Tokens   int        `json:"tokens,omitzero"`         // the number of tokens given out
	Spent    []string   `json:"spent_tokens,omitzero"`   // codes and refresh tokens that are used up
	Revoked  map[ID]int `json:"revoked,omitzero"`        // by user: the number of tokens given out when the user's were revoked
	Counters *State     `json:"counters,omitzero"`       // without links
	Tracking uint64     `json:"tracking_calls,omitzero"` // the number of tracking ids given out
}

// decodeWorld reads a world or a state file, and fills in the defaults that are
// about one member alone. What refers to something else is checked by newStore.
func decodeWorld(b []byte) (*saved, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var w saved
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	if d.More() {
		return nil, fmt.Errorf("world: text after the JSON object")
	}
	if w.Clock.IsZero() {
		return nil, fmt.Errorf("world: clock: must be an RFC 3339 time")
	}
	if len(w.DeveloperTokens) == 0 {
		w.DeveloperTokens = []string{DeveloperToken}
	}
	if len(w.Clients) == 0 {
		w.Clients = []Client{{ID: ClientID}, {ID: WebClientID, Secret: ClientSecret}, {ID: GoogleClientID, Secret: ClientSecret, Google: true}}
	}
	for i := range w.Clients {
		if c := &w.Clients[i]; len(c.RedirectURIs) == 0 {
			c.RedirectURIs = []string{"http://localhost", "http://127.0.0.1", "https://login.microsoftonline.com/common/oauth2/nativeclient"}
		}
	}
	for i := range w.Users {
		if u := &w.Users[i]; u.RefreshToken == "" && u.Profile != "" {
			u.RefreshToken = "RT-" + u.Profile
		}
	}
	return &w, nil
}
