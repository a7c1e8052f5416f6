package simulator

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"linkbatch/internal/msads"
)

// maxAccountsPage is the largest page of SearchAccounts (the Paging page of the
// documentation).
const maxAccountsPage = 1000

// The predicate fields of SearchAccounts that the code treats apart.
const (
	byLifecycle = "AccountLifeCycleStatus"
	byUser      = "UserId"
)

// accountOperators lists the fields and operators that SearchAccounts knows
// (the Predicate page of the documentation).
var accountOperators = map[string][]string{
	"AccountId":     {equals, oneOf},
	"AccountName":   {equals, contains},
	"AccountNumber": {equals, contains, oneOf},
	"CustomerId":    {equals},
	byLifecycle:     {equals},
	byUser:          {equals},
}

// searchAccounts is SearchAccounts: the accounts that the caller can reach. The
// official samples ask for those of the user when they sign in, and go on with
// the first.
func (s *Simulator) searchAccounts(c *call) reply {
	var body struct {
		searchRequest
		ReturnAdditionalFields *string
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return c.refuse(codeValidation, err.Error())
	}
	w, predicates, refused := body.parse(maxAccountsPage)
	refused = cmp.Or(refused, accountPredicates(predicates))
	if refused != nil {
		s.violate(c, "bad-search", fmt.Sprintf("%d %s", refused.Code, *refused.Details))
		return c.reject(refused)
	}
	if len(c.user.Roles) == 0 {
		return c.refuse(codeNotAuthorized, "role")
	}
	for _, p := range predicates {
		if p.field == byUser && p.value != c.user.ID.String() {
			return c.refuse(codeNotAuthorized, byUser)
		}
	}
	var found []*entity
	for i := range s.world.Accounts {
		ent := s.store.entities[s.world.Accounts[i].ID]
		if s.reaches(c.user, ent) && !slices.ContainsFunc(predicates, func(p predicate) bool { return !ent.matches(p) }) {
			found = append(found, ent)
		}
	}
	slices.SortStableFunc(found, w.compareAccounts)
	mode := body.ReturnAdditionalFields != nil && strings.Contains(*body.ReturnAdditionalFields, "AccountMode")
	out := struct{ Accounts []*wireAccount }{[]*wireAccount{}}
	for _, ent := range cut(w, found) {
		out.Accounts = append(out.Accounts, s.wireAccount(ent, mode))
	}
	return ok(out)
}

// accountPredicates checks the predicates of SearchAccounts: one, and with the
// life cycle status exactly one more.
func accountPredicates(list []predicate) *operationError {
	others := 0
	for _, p := range list {
		if !slices.Contains(accountOperators[p.field], p.operator) {
			return newError(codeInvalidPredicate, p.field+" "+p.operator)
		}
		if p.field != byLifecycle {
			others++
		}
		if _, refused := p.values(); refused != nil {
			return refused
		}
	}
	if others != 1 || len(list) > 2 {
		return newError(codeInvalidPredicate, fmt.Sprintf("%d predicates", len(list)))
	}
	return nil
}

// matches reports whether an account meets a predicate. Who may reach it is
// another question, and the only one that UserId asks.
func (ent *entity) matches(p predicate) bool {
	var own string
	switch p.field {
	case "AccountId":
		own = ent.id.String()
	case "AccountName":
		own = ent.name
	case "AccountNumber":
		own = ent.number
	case "CustomerId":
		own = ent.owner.String()
	case byLifecycle:
		own = ent.lifecycle()
	default:
		return true
	}
	if p.operator == contains {
		return strings.Contains(own, p.value)
	}
	values, _ := p.values() // checked before
	return slices.Contains(values, own)
}

// lifecycle is the AccountLifeCycleStatus of an account.
func (ent *entity) lifecycle() string { return cmp.Or(ent.account.Lifecycle, "Active") }

// reaches reports whether a user can work with an account: by a role in the
// customer that owns it, or in one that is linked to the account or its owner.
// A role that lists accounts reaches only those in its own customer.
func (s *Simulator) reaches(u *User, ent *entity) bool {
	for _, r := range u.Roles {
		switch {
		case r.CustomerID != ent.owner:
			if slices.Contains(s.managers(ent), r.CustomerID) {
				return true
			}
		case len(r.AccountIDs) == 0 || slices.Contains(r.AccountIDs, ent.id):
			return true
		}
	}
	return false
}

// managers lists the customers with a live link to an account or to its owner.
func (s *Simulator) managers(ent *entity) []ID {
	var list []ID
	for _, e := range slices.Concat(s.store.byEntity[ent.id], s.store.byEntity[ent.owner]) {
		if e.link != nil && live(e.link.Status) {
			list = append(list, e.key.manager)
		}
	}
	return list
}

// live reports whether a link in this status gives its manager access: it is
// Active, or about to end.
func live(status msads.Status) bool {
	return slices.Contains([]msads.Status{
		msads.Active, msads.UnlinkRequested, msads.UnlinkPending, msads.UnlinkInProgress, msads.UnlinkFailed,
	}, status)
}

// compareAccounts orders accounts as asked, and by id where that makes no
// difference.
func (w window) compareAccounts(a, b *entity) int {
	by := 0
	switch w.order {
	case "Name":
		by = cmp.Compare(a.name, b.name)
	case "Number":
		by = cmp.Compare(a.number, b.number)
	}
	by = cmp.Or(by, cmp.Compare(a.id, b.id))
	if w.desc {
		return -by
	}
	return by
}

// wireAccount is an AdvertiserAccount, with every member that the service has.
// TaxCertificate, which nobody asks for here, and AccountMode are left out when
// they are null, as their schema says.
type wireAccount struct {
	BillToCustomerId          string
	CurrencyCode              string
	AccountFinancialStatus    string
	Id                        string
	Language                  string
	LastModifiedByUserId      *string
	LastModifiedTime          string
	Name                      string
	Number                    *string
	ParentCustomerId          string
	PaymentMethodId           *string
	PaymentMethodType         *string // the service never shows it
	PrimaryUserId             *string
	AccountLifeCycleStatus    string
	TimeStamp                 string
	TimeZone                  string
	PauseReason               *int
	ForwardCompatibilityMap   []KeyValue
	LinkedAgencies            []wireCustomer
	SalesHouseCustomerId      *string
	TaxInformation            []KeyValue
	BackUpPaymentInstrumentId *string
	BillingThresholdAmount    *float64
	BusinessAddress           *struct{}
	AutoTagType               string
	SoldToPaymentInstrumentId *string
	AccountMode               string `json:",omitempty"`
}

// wireCustomer is a CustomerInfo.
type wireCustomer struct {
	Id   string //lint:ignore ST1003 the wire's spelling
	Name string
}

// wireAccount writes an account; withMode adds AccountMode.
func (s *Simulator) wireAccount(ent *entity, withMode bool) *wireAccount {
	w := &wireAccount{
		BillToCustomerId: ent.owner.String(), CurrencyCode: "USD", AccountFinancialStatus: "ClearFinancialStatus",
		Id: ent.id.String(), Language: "English", LastModifiedTime: s.world.Clock.UTC().Format(lastModifiedLayout),
		Name: ent.name, Number: orNull(ent.number), ParentCustomerId: ent.owner.String(),
		AccountLifeCycleStatus: ent.lifecycle(), TimeStamp: base64.StdEncoding.EncodeToString(zeroTimestamp),
		TimeZone: "PacificTimeUSCanadaTijuana", LinkedAgencies: []wireCustomer{}, AutoTagType: "Inactive",
	}
	if u := s.store.userOf(ent.owner); u != nil {
		w.PrimaryUserId = new(u.ID.String())
		w.LastModifiedByUserId = w.PrimaryUserId
	}
	for _, e := range s.store.byEntity[ent.id] {
		if e.link == nil || !live(e.link.Status) {
			continue
		}
		w.LinkedAgencies = append(w.LinkedAgencies, wireCustomer{e.key.manager.String(), s.store.customer(e.key.manager).name})
		if !*e.link.IsBillToClient {
			w.BillToCustomerId = e.key.manager.String()
		}
	}
	if withMode {
		w.AccountMode = "Expert"
	}
	return w
}
