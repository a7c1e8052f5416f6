package msads

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode"

	"linkbatch/internal/address"
	"linkbatch/internal/redact"
)

// The addresses of the service.
const (
	ProductionEndpoint = "https://clientcenter.api.bingads.microsoft.com"
	SandboxEndpoint    = "https://clientcenter.api.sandbox.bingads.microsoft.com"
)

// basePath is where the REST paths of the service begin.
const basePath = "/CustomerManagement/v13"

// TokenSource gives access tokens. It is safe for concurrent use.
type TokenSource interface {
	// Token returns a valid access token. An error with a method
	// Temporary() bool that returns true may be temporary; every other error is
	// a refusal, after which no further call makes sense.
	Token(ctx context.Context) (string, error)
	// Expire says that the service refused this token, so that the next Token
	// returns another one. Many callers may report one token; it is replaced once.
	Expire(token string)
	// Secrets returns every token and secret that the source has held, so that
	// none of them is shown where the service repeats it.
	Secrets() []string
}

// Options are the settings of a [Client]. DeveloperToken, Tokens and Gate must
// be set.
type Options struct {
	Endpoint         string // scheme and host, and a path if there is one; empty = [ProductionEndpoint]
	DeveloperToken   string
	Tokens           TokenSource
	IdentityProvider string // sent as a header; "Google" for Google sign-in, else empty
	UserAgent        string // empty = linkbatch
	Gate             *Gate  // shared by all clients of a run

	// HTTP provides the Transport; nothing else of it is used: redirects are
	// never followed, and the deadline is Timeout. Nil is a transport of our own.
	HTTP    *http.Client
	Timeout time.Duration // of one exchange, answer included; 0 = 120 s
	Backoff time.Duration // the first pause before a call is repeated, doubled each time; 0 = 1 s
	Log     *slog.Logger  // debug messages, without secrets; nil = none
}

// Client makes calls to Customer Management v13. It is safe for concurrent use.
//
// The context of a search stops it at any moment. The context of an add or
// update stops only what comes before sending (the gate, a pause, a connection
// being made): once the first byte of the body was handed to a connection the
// call continues until it is answered or its own deadline passes, since an
// abandoned write is an ambiguous one.
type Client struct {
	base             string
	developerToken   string
	tokens           TokenSource
	identityProvider string
	userAgent        string
	gate             *Gate
	transport        http.RoundTripper
	timeout          time.Duration
	backoff          time.Duration
	log              *slog.Logger
	clock            clock
}

// New checks the options and makes a client. It makes no call.
func New(o Options) (*Client, error) {
	base, err := baseURL(cmp.Or(o.Endpoint, ProductionEndpoint))
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: %w", redact.Text(o.Endpoint), err)
	}
	switch {
	case o.DeveloperToken == "":
		return nil, errors.New("developer token: not set")
	case strings.ContainsFunc(o.DeveloperToken, unicode.IsControl):
		return nil, errors.New("developer token: contains a line break or another control character")
	case o.Tokens == nil:
		return nil, errors.New("token source: not set")
	case o.Gate == nil:
		return nil, errors.New("gate: not set")
	}
	c := &Client{
		base:             base,
		developerToken:   o.DeveloperToken,
		tokens:           o.Tokens,
		identityProvider: o.IdentityProvider,
		userAgent:        cmp.Or(o.UserAgent, "linkbatch"),
		gate:             o.Gate,
		timeout:          cmp.Or(o.Timeout, 120*time.Second),
		backoff:          cmp.Or(o.Backoff, time.Second),
		log:              cmp.Or(o.Log, slog.New(slog.DiscardHandler)),
	}
	if o.HTTP != nil && o.HTTP.Transport != nil {
		c.transport = o.HTTP.Transport
	} else {
		c.transport = newTransport(o.Gate.max)
	}
	return c, nil
}

// baseURL brings an endpoint into the form that the paths are added to.
func baseURL(endpoint string) (string, error) {
	u, err := address.Parse(endpoint)
	if err != nil {
		return "", err
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	return u.Scheme + "://" + u.Host + strings.TrimSuffix(path, basePath) + basePath, nil
}

// newTransport is a transport for calls that must never be sent twice.
//
// HTTP/1.1 keeps each call on a connection of its own, so that a connection
// that breaks leaves one call in doubt and not all of them. Idle connections
// are closed after 30 s, sooner than servers and load balancers do (60 s and
// more), so that no call is sent on a connection that is being closed.
func newTransport(concurrency int) *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    15 * time.Second,
		IdleConnTimeout:        30 * time.Second,
		MaxIdleConnsPerHost:    concurrency,
		MaxResponseHeaderBytes: 1 << 18,
		Protocols:              &protocols,
	}
}

// operation is an operation of the service, with its REST method and path.
type operation struct {
	name, method, path string
	writes             bool
}

var (
	searchClientLinks = operation{"SearchClientLinks", "POST", "/ClientLinks/Search", false}
	addClientLinks    = operation{"AddClientLinks", "POST", "/ClientLinks", true}
	updateClientLinks = operation{"UpdateClientLinks", "PUT", "/ClientLinks", true}
	getUser           = operation{"GetUser", "POST", "/User/Query", false}
)

// SearchClientLinks returns one page of links. Ordering is by Id, ascending,
// the only order that does not depend on the agency. It repeats failures that
// may be temporary; the error is a [*CallError]. The answer can contain links
// of other agencies.
func (c *Client) SearchClientLinks(ctx context.Context, s Search) ([]ClientLink, error) {
	type orderBy struct{ Field, Order string }
	type paging struct{ Index, Size int }
	body, err := marshal(struct {
		Predicates []Predicate
		Ordering   []orderBy
		PageInfo   paging
	}{s.Predicates, []orderBy{{"Id", "Ascending"}}, paging{s.Index, s.Size}})
	if err != nil {
		return nil, invalid(searchClientLinks, err)
	}
	var links []ClientLink
	_, err = c.call(ctx, searchClientLinks, body, func(o object) (err error) {
		links, err = decodeLinks(o)
		return err
	})
	return links, err
}

// AddClientLinks sends invitations for 1 to [MaxLinksPerCall] links. Only what
// an add may carry is sent: no Status, no names that the service fills in.
//
// With a nil error the reply has one entry for every link. Else the error is a
// [*CallError], and its [CallError.NothingApplied] reports whether it is certain
// that no link was added.
func (c *Client) AddClientLinks(ctx context.Context, links []ClientLink) (*Reply, error) {
	return c.write(ctx, addClientLinks, links, ClientLink.forAdd)
}

// UpdateClientLinks sends 1 to [MaxLinksPerCall] links that were searched and
// changed by [ClientLink.WithStatus]. Reply and error are those of
// [Client.AddClientLinks].
func (c *Client) UpdateClientLinks(ctx context.Context, links []ClientLink) (*Reply, error) {
	return c.write(ctx, updateClientLinks, links, ClientLink.MarshalJSON)
}

func (c *Client) write(ctx context.Context, op operation, links []ClientLink, encode func(ClientLink) ([]byte, error)) (*Reply, error) {
	if len(links) < 1 || len(links) > MaxLinksPerCall {
		return nil, invalid(op, fmt.Errorf("%d links: a call takes 1 to %d", len(links), MaxLinksPerCall))
	}
	body, err := linksBody(links, encode)
	if err != nil {
		return nil, invalid(op, err)
	}
	var reply *Reply
	trackingID, err := c.call(ctx, op, body, func(o object) (err error) {
		reply, err = decodeReply(o, len(links))
		return err
	})
	if err != nil {
		return nil, err
	}
	secrets := c.secrets()
	reply.TrackingID = excerpt(trackingID, secrets...)
	for _, errs := range reply.PartialErrors {
		cleanErrors(errs, secrets...)
	}
	return reply, nil
}

// GetUser returns the user whom the credentials belong to. It repeats failures
// that may be temporary; the error is a [*CallError].
func (c *Client) GetUser(ctx context.Context) (*User, error) {
	var user *User
	_, err := c.call(ctx, getUser, []byte(`{"UserId":null}`), func(o object) (err error) {
		user, err = decodeUser(o)
		return err
	})
	return user, err
}

// invalid is the error of a call that was never made, since it cannot be valid.
func invalid(op operation, err error) *CallError {
	return &CallError{Operation: op.name, Err: err, stage: unsent, class: ClassFatal}
}
