package session

import (
	"fmt"

	"linkbatch/internal/msads"
)

// roleNames are the service's names of roles (the CustomerRole page of its
// documentation).
var roleNames = map[int]string{
	16:                   "Advertiser Campaign Manager",
	33:                   "Aggregator",
	msads.RoleSuperAdmin: "Super Admin",
	100:                  "Viewer",
	msads.RoleStandard:   "Standard",
}

// RoleName is a role in words.
func RoleName(id int) string {
	if name, ok := roleNames[id]; ok {
		return name
	}
	if id == 0 {
		return "no role"
	}
	return fmt.Sprintf("role %d", id)
}

// Identity is who a profile has signed in as.
type Identity struct {
	Profile  string
	User     *msads.User
	Customer msads.ID // the one to act for: the user's, or the one that was asked for
	Login    *Login
}

// Role is the user's best role for managing links in the customer; 0 for none.
func (i *Identity) Role() int {
	best := 0
	for _, r := range i.User.Roles {
		better := best == 0 || r.RoleID == msads.RoleSuperAdmin || r.RoleID == msads.RoleStandard && best != msads.RoleSuperAdmin
		if r.CustomerID == i.Customer && better {
			best = r.RoleID
		}
	}
	return best
}

// MayNot reports whether no page of the documentation lets the role manage
// links, as a Viewer's. Of a role that is not known nothing is said.
func (i *Identity) MayNot() bool {
	role := i.Role()
	return role != 0 && LinkTypes(role) == nil && roleNames[role] != ""
}

// LinkTypes are the types of links that the documentation lets a role manage:
// on the agency's side and on the client's alike.
func LinkTypes(role int) []msads.LinkType {
	switch role {
	case msads.RoleSuperAdmin:
		return []msads.LinkType{msads.AccountLink, msads.CustomerLink}
	case msads.RoleStandard:
		return []msads.LinkType{msads.AccountLink}
	}
	return nil
}

// Warning says what a login may not be allowed to do, and what to do about it.
// Sources disagree on the roles, so it is a warning and the service decides.
func (i *Identity) Warning() (what, next string) {
	ask := fmt.Sprintf("ask a Super Admin of customer %s for the role Super Admin", i.Customer)
	switch role := i.Role(); role {
	case msads.RoleSuperAdmin:
		return "", ""
	case msads.RoleStandard:
		return fmt.Sprintf("the user has the role Standard in customer %s; the service may refuse to add or unlink, and refuses customer links", i.Customer), ask
	case 0:
		if i.Customer != i.User.CustomerID {
			ask = i.Login.Named("check "+CustomerIDVar) + ", or " + ask
		}
		return fmt.Sprintf("the user has no role in customer %s; the service may refuse", i.Customer), ask
	default:
		return fmt.Sprintf("the user's role in customer %s is %d (%s), which is neither Super Admin nor Standard; the service may refuse", i.Customer, role, RoleName(role)), ask
	}
}
