package msads

import (
	"cmp"
	"net/url"
	"strings"
)

// CanonicalEndpoint is an endpoint in the one form that all spellings of it
// share: host in lower case, no default port, no closing slash, no base path.
// What [New] would refuse is returned as it is; empty is [ProductionEndpoint].
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
