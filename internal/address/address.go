package address

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"unicode"
)

// ErrPlainHTTP is the error for an address that is right but for its scheme: it
// would carry tokens over the network in the clear.
var ErrPlainHTTP = errors.New("plain http is for this machine only (localhost, 127.0.0.1, ::1): use https")

// Parse returns an address as a URL with a host: https, or http when [Local] holds
// for the host, and without user, query and fragment. The error is [ErrPlainHTTP]
// when nothing is wrong but that.
func Parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsFunc(address, unicode.IsSpace) {
		return nil, errors.New("not a URL such as https://host/path")
	}
	if u.User != nil || strings.ContainsAny(address, "?#") {
		return nil, errors.New("a user, a query or a fragment does not belong in it")
	}
	if u.Scheme == "http" && !Local(u.Hostname()) {
		return nil, ErrPlainHTTP
	}
	return u, nil
}

// Local reports whether a host, given without a port, is this machine by name or
// by address. It asks no name server, so that nobody else can say so.
func Local(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
