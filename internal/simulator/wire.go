package simulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// wireLink is a ClientLink in a reply: every member present, null when empty,
// ids as strings. Only ClientEntityCustomerNumber is left out when it is empty:
// older official SDKs reject a member that they do not know.
type wireLink struct {
	Type                       string
	ClientEntityId             string //lint:ignore ST1003 the wire's spelling
	ClientEntityNumber         *string
	ClientEntityName           *string
	ManagingCustomerId         string
	ManagingCustomerNumber     *string
	ManagingCustomerName       *string
	Note                       *string
	Name                       *string
	InviterEmail               *string
	InviterName                *string
	InviterPhone               *string
	IsBillToClient             *bool
	StartDate                  string
	Status                     string
	SuppressNotification       bool
	LastModifiedDateTime       string
	LastModifiedByUserId       string
	Timestamp                  string
	ForwardCompatibilityMap    []KeyValue
	CustomerLinkPermission     *string
	ClientEntityCustomerNumber string `json:",omitempty"`
}

// The service writes StartDate with Z and LastModifiedDateTime without a zone,
// both with as many digits of the fraction as needed.
const (
	startDateLayout    = "2006-01-02T15:04:05.999Z"
	lastModifiedLayout = "2006-01-02T15:04:05.999"
)

// zeroTimestamp is the Timestamp that real links have been seen to have.
var zeroTimestamp = make([]byte, 8)

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// wire writes a link as the strict server shows it.
func wire(l *Link) *wireLink {
	return &wireLink{
		Type:           string(l.Type),
		ClientEntityId: l.ClientEntityID.String(), ClientEntityNumber: orNull(l.ClientEntityNumber), ClientEntityName: orNull(l.ClientEntityName),
		ManagingCustomerId: l.ManagingCustomerID.String(), ManagingCustomerNumber: orNull(l.ManagingCustomerNumber), ManagingCustomerName: orNull(l.ManagingCustomerName),
		Note: orNull(l.Note), Name: orNull(l.Name),
		InviterEmail: orNull(l.InviterEmail), InviterName: orNull(l.InviterName), InviterPhone: orNull(l.InviterPhone),
		IsBillToClient: l.IsBillToClient, StartDate: l.StartDate.Format(startDateLayout), Status: string(l.Status),
		SuppressNotification: l.SuppressNotification,
		LastModifiedDateTime: l.LastModifiedDateTime.Format(lastModifiedLayout),
		LastModifiedByUserId: l.LastModifiedByUserID.String(),
		Timestamp:            base64.StdEncoding.EncodeToString(l.Timestamp), ForwardCompatibilityMap: l.ForwardCompatibilityMap,
		CustomerLinkPermission: orNull(l.CustomerLinkPermission), ClientEntityCustomerNumber: l.ClientEntityCustomerNumber,
	}
}

// futureName and futureValue are the member that the mode unknown-members adds
// to every object: nested, and with an integer that a float would change.
const (
	futureName  = "PartnerTier"
	futureValue = `{"Level":"Gold","Sequence":9007199254740993}`
)

// absentInReplies are the members that the mode absent-members leaves out even
// if they have a value, besides all null members.
var absentInReplies = []string{
	"ClientEntityName", "ManagingCustomerNumber", "ManagingCustomerName", "InviterEmail", "InviterName", "InviterPhone",
	"LastModifiedByUserId", "SuppressNotification", "ForwardCompatibilityMap", "CustomerLinkPermission",
	"JobTitle", "ContactInfo", "LinkedAccountIds", "TrackingId",
}

// idMembers are the members that the mode numeric-ids turns into numbers.
var idMembers = []string{"ClientEntityId", "ManagingCustomerId", "LastModifiedByUserId", "CustomerId", "Id", "AccountIds", "LinkedAccountIds", "ParentCustomerId", "BillToCustomerId", "PrimaryUserId"}

// link returns the reply form of a link in the modes at hand.
func (s *Simulator) link(l *Link) *wireLink {
	w := wire(l)
	if s.modes[ZeroTimestamps] {
		w.Timestamp = base64.StdEncoding.EncodeToString(zeroTimestamp)
	}
	if s.modes[AbsentNumbers] {
		w.ClientEntityNumber = nil
	}
	if s.modes[OldDualID] {
		w.ClientEntityCustomerNumber = ""
	}
	return w
}

// encode writes a reply body in the form that the modes ask for.
func (s *Simulator) encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // replies are made of strings, numbers and booleans
	}
	if !s.modes[AbsentMembers] && !s.modes[NumericIDs] && !s.modes[UnknownMembers] {
		return b
	}
	return s.bend(b)
}

// bend applies the modes to every object of a reply, however deep.
func (s *Simulator) bend(b json.RawMessage) json.RawMessage {
	switch b[0] {
	case '[':
		var list []json.RawMessage
		must(json.Unmarshal(b, &list))
		for i := range list {
			list[i] = s.bend(list[i])
		}
		return marshal(list)
	case '{':
		var members map[string]json.RawMessage
		must(json.Unmarshal(b, &members))
		for name, value := range members {
			members[name] = s.bend(value)
			if s.modes[AbsentMembers] && (string(value) == "null" || slices.Contains(absentInReplies, name)) {
				delete(members, name)
			} else if s.modes[NumericIDs] && slices.Contains(idMembers, name) {
				members[name] = bytes.ReplaceAll(value, []byte(`"`), nil)
			}
		}
		if s.modes[UnknownMembers] {
			members[futureName] = json.RawMessage(futureValue)
		}
		return marshal(members)
	}
	return b
}

func marshal(v any) json.RawMessage {
	b, err := json.Marshal(v)
	must(err)
	return b
}

// must guards what cannot fail, since the JSON in question was written here.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// idList returns ids as strings, never null: an empty list stays a list.
func idList(ids []ID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.FormatInt(int64(id), 10)
	}
	return list
}

// sameSecond reports whether two dates agree within a second, which clients lose
// that write dates without a fraction.
func sameSecond(a, b time.Time) bool { return a.Sub(b).Abs() <= time.Second }
