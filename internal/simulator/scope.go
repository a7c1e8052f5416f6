package simulator

import (
	"slices"
	"strings"
)

// The scopes that the service accepts.
const (
	scopeProduction = "https://ads.microsoft.com/msads.manage"
	scopeSandbox    = "https://si.ads.microsoft.com/msads.manage"
	scopeOffline    = "offline_access"
	scopeOpenID     = "openid"
)

// deadScopes are those of older clients: the identity service still grants
// them, and the service refuses their tokens with 3101.
var deadScopes = []string{
	"https://ads.microsoft.com/ads.manage", "https://ads.microsoft.com/bingads.manage", "bingads.manage", "ads.manage",
}

// signInScopes identify the user; a token with only these opens nothing.
var signInScopes = []string{scopeOpenID, "profile", "email", scopeOffline}

func hasScope(scope, want string) bool { return slices.Contains(strings.Fields(scope), want) }

// scopeFault returns the AADSTS code that refuses a scope, and what is wrong
// with it; 0 for a valid one.
func scopeFault(scope string) (code int, what string) {
	for _, s := range strings.Fields(scope) {
		if s != scopeProduction && s != scopeSandbox && !slices.Contains(deadScopes, s) && !slices.Contains(signInScopes, s) {
			return 70011, s
		}
	}
	if hasScope(scope, scopeProduction) && hasScope(scope, scopeSandbox) {
		return 28000, scope
	}
	return 0, ""
}

// environmentOf returns the environment that a scope asks for, empty if it asks
// for neither.
func environmentOf(scope string) string {
	switch {
	case hasScope(scope, scopeProduction):
		return production
	case hasScope(scope, scopeSandbox):
		return sandbox
	}
	return ""
}

// contradict reports whether two environments are given and differ.
func contradict(a, b string) bool { return a != "" && b != "" && a != b }

// scopeOfService returns the scope of an environment; empty means production.
func scopeOfService(environment string) string {
	if environment == sandbox {
		return scopeSandbox
	}
	return scopeProduction
}
