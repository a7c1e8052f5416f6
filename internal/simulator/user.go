package simulator

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"linkbatch/internal/msads"
)

// The objects of GetUser, with every member that the service has.
type (
	userReply struct {
		User          wireUser
		CustomerRoles []wireRole
	}
	wireUser struct {
		ContactInfo             wireContact
		CustomerId              string
		Id                      string
		JobTitle                *string
		LastModifiedByUserId    string
		LastModifiedTime        string
		Lcid                    string
		Name                    wireName
		Password                *string
		SecretAnswer            *string
		SecretQuestion          string
		UserLifeCycleStatus     string
		TimeStamp               string
		UserName                string
		ForwardCompatibilityMap []KeyValue
		AuthenticationToken     *string
	}
	wireName struct {
		FirstName     *string
		LastName      *string
		MiddleInitial *string
	}
	wireContact struct {
		Address             *struct{}
		ContactByPhone      bool
		ContactByPostalMail bool
		Email               *string
		EmailFormat         string
		Fax                 *string
		HomePhone           *string
		Id                  string
		Mobile              *string
		Phone1              *string
		Phone2              *string
	}
	wireRole struct {
		RoleId                 int
		CustomerId             string
		AccountIds             []string
		LinkedAccountIds       []string
		CustomerLinkPermission *string
	}
)

// getUser answers for the caller when UserId is null, or for a user of a
// customer that the caller is Super Admin of.
func (s *Simulator) getUser(c *call) reply {
	var body object
	if err := json.Unmarshal(c.body, &body); err != nil || body == nil {
		return c.refuse(codeNullRequest, "the body is not a JSON object")
	}
	id, err := body.id("UserId")
	if err != nil {
		return c.refuse(codeValidation, err.Error())
	}
	u := s.store.users[cmp.Or(id, c.user.ID)]
	switch {
	case u == nil:
		return c.reject(newError(codeNotExistent, "UserId"))
	case u != c.user && c.user.role(u.CustomerID) != msads.RoleSuperAdmin:
		return c.refuse(codeNotAuthorized, "UserId")
	}
	out := userReply{User: s.wireUser(u), CustomerRoles: []wireRole{}}
	for _, r := range u.Roles {
		out.CustomerRoles = append(out.CustomerRoles, wireRole{
			RoleId: r.RoleID, CustomerId: r.CustomerID.String(), AccountIds: idList(r.AccountIDs),
			LinkedAccountIds: idList(r.LinkedAccountIDs), CustomerLinkPermission: orNull(r.CustomerLinkPermission),
		})
	}
	return ok(out)
}

func (s *Simulator) wireUser(u *User) wireUser {
	return wireUser{
		ContactInfo: wireContact{Email: orNull(u.Email), EmailFormat: "Html", Id: u.ID.String(), Phone1: orNull(u.Phone)},
		CustomerId:  u.CustomerID.String(), Id: u.ID.String(), LastModifiedByUserId: u.ID.String(),
		LastModifiedTime: s.world.Clock.UTC().Format(lastModifiedLayout), Lcid: "EnglishUS",
		Name:           wireName{FirstName: orNull(u.FirstName), LastName: orNull(u.LastName)},
		SecretQuestion: "None", UserLifeCycleStatus: "Active",
		TimeStamp: base64.StdEncoding.EncodeToString(zeroTimestamp), UserName: u.UserName,
	}
}

// addUser indexes a user and checks it.
func (s *store) addUser(u *User) error {
	if u.ID == 0 || s.users[u.ID] != nil {
		return fmt.Errorf("id: %d: missing or used twice", u.ID)
	}
	if err := s.checkUser(u); err != nil {
		return err
	}
	s.users[u.ID] = u
	return nil
}

// checkUser checks the members of a user that refer to something else.
func (s *store) checkUser(u *User) error {
	if s.customer(u.CustomerID) == nil {
		return fmt.Errorf("customer_id: %d: no such customer", u.CustomerID)
	}
	for _, r := range u.Roles {
		if s.customer(r.CustomerID) == nil {
			return fmt.Errorf("roles: customer_id: %d: no such customer", r.CustomerID)
		}
	}
	if !slices.Contains([]string{"", production, sandbox}, u.Environment) {
		return fmt.Errorf("environment: %q: not production or sandbox", u.Environment)
	}
	if !slices.Contains([]string{"", loginWork, loginPersonal, loginGoogle}, u.Login) {
		return fmt.Errorf("login: %q: not work, personal or google", u.Login)
	}
	return nil
}

// role returns the best role that a user has in a customer for managing
// links: Super Admin over Standard over any other; 0 for none.
func (u *User) role(customer ID) int {
	best := 0
	for _, r := range u.Roles {
		if r.CustomerID != customer {
			continue
		}
		if r.RoleID == msads.RoleSuperAdmin || best == 0 || best != msads.RoleSuperAdmin && r.RoleID == msads.RoleStandard {
			best = r.RoleID
		}
	}
	return best
}

// may reports whether a user may manage links of a type in a customer: a Super
// Admin all, a Standard user only account links.
func (u *User) may(customer ID, t msads.LinkType) bool {
	r := u.role(customer)
	return r == msads.RoleSuperAdmin || r == msads.RoleStandard && t == msads.AccountLink
}

// mayAny reports whether a user may manage any link anywhere.
func (u *User) mayAny() bool {
	for _, r := range u.Roles {
		if u.may(r.CustomerID, msads.AccountLink) {
			return true
		}
	}
	return false
}
