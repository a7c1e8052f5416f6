package msads

import (
	"cmp"
	"net/url"
	"strings"
)

// CanonicalEndpoint returns the one form that all spellings of an endpoint
// share: host in lower case, no default port, no trailing slash, no base path.
// What [New] would refuse is returned unchanged; empty is [ProductionEndpoint].
func CanonicalEndpoint(endpoint string) string {
	base, err := baseURL(cmp.Or(endpoint, ProductionEndpoint))
	if err != nil {
		return endpoint
	}
	u, err := url.Parse(strings.TrimSuffix(base, basePath))
	if err != nil {
		return endpoint
	}
	u.Host = strings.ToLower(u.Host)
	if u.Port() == map[string]string{"https": "443", "http": "80"}[u.Scheme] {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u.String()
}
