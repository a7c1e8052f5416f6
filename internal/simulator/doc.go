// Package simulator is a server that behaves like the service: the operations
// of Customer Management v13 over REST that clients of client links use
// (SearchClientLinks, AddClientLinks, UpdateClientLinks, GetUser and
// SearchAccounts), the sign-in pages and token endpoints of the identity
// service, and doors for tests.
//
// What enters is a world in JSON and HTTP requests from any client; what
// leaves is what the service would answer, and an exact count of what was
// done to the world. The one promise: nothing is accepted here that the
// documented service refuses. A lenient server hides bugs, so every deviation has
// a name ([Mode]) and must be asked for.
//
// # World
//
// A world is one JSON object; unknown members are errors.
//
//	{
//	  "clock": "2026-11-20T16:00:00Z",
//	  "settle_seconds": 120,
//	  "customers": [{"id": "9100001", "number": "F100000001", "name": "Harbour Lane Agency"},
//	                {"id": "9200001", "number": "F200000001", "name": "Juniper Trading"}],
//	  "accounts":  [{"id": "1000001", "number": "X0000001", "name": "Juniper North", "customer_id": "9200001", "prepaid": true}],
//	  "users":     [{"id": "9100101", "user_name": "agency@example.com", "customer_id": "9100001", "profile": "agency",
//	                 "login": "work", "roles": [{"customer_id": "9100001", "role_id": 41}]}],
//	  "links":     [{"ClientEntityId": "1000001", "ManagingCustomerId": "9100001", "Status": "LinkPending"}]
//	}
//
// Links have the members of the service's ClientLink; what can be derived may
// be left out ([Link]). Ids are strings or numbers of four digits or more, one
// set for accounts and customers. Any number of customers may have links with
// one account, one each. A user has the lasting refresh token RT-<profile>
// unless the world gives another one, and may sign in; developer_tokens defaults
// to SIMULATOR, clients to simulator (native), simulator-web and
// simulator-google (both with the secret simulator-secret). The state file is
// a world too, with the counters added.
//
// # Sign-in
//
//	GET, POST /{tenant}/oauth2/v2.0/authorize   Microsoft's page; POST user=ID, profile or user name, or cancel=1
//	POST      /{tenant}/oauth2/v2.0/token       grants authorization_code and refresh_token
//	GET, POST /o/oauth2/v2/auth                 Google's page
//	POST      /token                            Google's token endpoint
//
// The page has a button for every user of the world who may sign in there (the
// element user-<id>, with data-profile) and one to cancel (the element
// cancel); it needs no script. An unknown tenant, application or redirect URI
// and a login of another tenant are refused on the page, everything else by
// redirect. A redirect URI must be one of the client's, as registered; only
// the port of a loopback address may vary. A code is valid once, for five
// minutes, with the client, tenant, redirect URI and verifier that it was
// issued for. The scopes are msads.manage of either environment, those of
// older clients, openid, profile, email and offline_access, without which no
// refresh token is given.
//
// A refresh returns a successor; the old token stays valid for the rest of its
// 90 days unless rotation is strict. Google's is never replaced. Refused are:
// an unknown, used or singly revoked token with AADSTS70000, an old one with
// 700082, one of a user whose grants were revoked with 50173, the scope of
// the other environment with 7000012, a login that the tenant does not have
// with 50020. Access tokens last an hour, whatever happens to the grant; the
// service refuses one without msads.manage (3101), one for another
// environment than the world's (105), and one of a user with refused_with
// (122 to 126 are the wrong kinds of login). 105 and 126 have their reason in
// Detail (InvalidAccessToken, UserNotFound, AccountInactive; which kind of account
// is required: the user's login). PKCE and state are not required;
// a sign-in without them is recorded as no-pkce, plain-challenge or no-state,
// and a call whose header IdentityProvider does not match its token as
// identity-provider.
//
// # Clock
//
// The simulator's time starts at the world's clock, runs with real time while
// the process runs, and jumps when the clock door moves it. It is saved with
// the state, so it stops between processes and a shipped world gives the same
// results on any day. Every reply of an operation states it in the header
// Simulator-Clock; Date is the time of the machine. Statuses change when a
// request comes and the clock has reached their time: LinkPending expires after 30
// days; LinkInProgress becomes Active (LinkFailed with the switch link_fails)
// after settle_seconds and not before StartDate; UnlinkPending becomes
// UnlinkInProgress after half of settle_seconds and Inactive (with
// unlink_fails UnlinkFailed, then Active) after the other half; an account or
// customer may have settle_seconds of its own. A link that is accepted reads
// LinkInProgress at once, one that is unlinked UnlinkPending.
//
// # Decisions where the documentation is silent or contradicts itself
//
//   - StartDate with a signed offset. Microsoft's samples say the service
//     refuses +00:00, yet official clients write it when they echo a date that
//     they read. So an add with a signed offset is refused (113), and an update
//     accepts any form of the same instant, within the second that clients lose.
//     Both are recorded as the violation offset-date; the mode
//     offsets-refused refuses both.
//   - Faults before the operation (headers 116, tokens 105, 109 and 3101, no
//     role at all 106) are AdApiFaultDetail; calls that an operation refuses
//     as a whole (3024, 3087, every search rule) are ApiFault with HTTP 400. A user
//     who has a role, but not for one link of a call, gets 106 at its position in
//     PartialErrors.
//   - Errors without a published number. A bad transition, an op of the wrong side or a
//     changed read-only member is 3083; an unshown or changed Timestamp 209; a
//     long name 211; ClientLinkFieldInvalid and LinkPairMismatch are 201 with
//     the name in Details; one link twice in a call is 515.
//   - A call whose JSON a typed decoder could not read (a quoted boolean, an
//     unknown Status) is refused as a whole with 201.
//   - An update that an HTTP library sends twice is applied once; the second
//     one finds another Timestamp and gets 209.
//   - A customer link is added with its number, with or without its id; an
//     account link with either of them and, if it is known,
//     ClientEntityCustomerNumber, which is shown only on links that were added
//     with it.
//   - A search by id shows the links of all managers to whoever manages or owns
//     the entity; with DirectManagingCustomerId, which needs a role there, only
//     that manager's. A client's login asks for one entity at a time, with Equals
//     or, as the official samples do, with In.
//   - PartialErrors of an add or update is as long as the request, with null where
//     a link was applied, also when all were: the documentation says so, and the
//     official samples walk through it without a check. Modes answer null or [].
//   - SearchAccounts shows the accounts that the caller's roles reach, by their
//     owner or by a live link, and refuses another user's UserId (106).
//   - A user may be an agency for one link and the client of another: rights
//     follow the roles, link by link.
//
// # Doors
//
//	GET    /__simulator/state    the links and every counter ([State])
//	POST   /__simulator/clock    {"seconds": n}, n >= 0
//	POST   /__simulator/faults   replaces the faults by a list of [Fault]
//	PUT    /__simulator/links    creates or replaces one link, or each of a list
//	PATCH  /__simulator/links    changes the members given, as a colleague would elsewhere
//	DELETE /__simulator/links    removes links: {"ClientEntityId", "ManagingCustomerId", "Type"}
//	PATCH  /__simulator/users    {"user": "client", "set": {"refused_with": 125}}: changes members of one user
//	POST   /__simulator/revoke   {"user": "client"}: all that the user was granted, or {"token": "…"}: one refresh token
//	POST   /__simulator/reset    restores the world and the faults of the start
//
// Besides the counts of calls, the state has callers: calls by login and
// operation; and link_callers: for each link that an add or update named
// (managing customer/type/client entity) who asked for what, granted or not.
//
// # Faults
//
// A rule names an operation, a kind and a share or number of calls, for example
//
//	[{"operation": "AddClientLinks", "kind": "drop-after-commit", "rate": 0.1, "first": 3},
//	 {"operation": "write", "kind": "error-after-commit", "status": 502, "body": "any", "rate": 0.05},
//	 {"operation": "SearchClientLinks", "kind": "429", "retry_after": 0, "every": 10},
//	 {"kind": "117", "per_minute": 60},
//	 {"operation": "Token", "kind": "oauth-error", "code": 70000, "user": "client", "first": 1}]
//
// The operations of the identity service are Token, Authorize (the page) and
// SignIn (the answer of the person at it); a rule must name them. There,
// oauth-error accepts any AADSTS number, 65001 (no consent), 7000215 (wrong
// secret) and 90033 (out of order, HTTP 503) among them; latency makes a slow
// server and error-before-commit one that is down; wrong-state answers for
// another sign-in. At the service error-before-commit with code 3101 or 122
// to 126 refuses a login, and clock-skew sets the reply's Date ahead.
//
// Which call is struck depends on the seed, the content of the call and how
// often that content came before; not on the order of concurrent calls (skip,
// every, first and per_minute count calls as they come). A fault may hide the
// truth but never states a falsehood: an error after commit is always a 5xx, and
// an applied link is only ever reported with a transient code.
package simulator
