// Package simulator is a server that behaves like the service: the four
// client-link operations of Customer Management v13 over REST, the token
// endpoint of the identity service, and doors for tests.
//
// What enters is a world in JSON and HTTP requests from any client; what
// leaves is what the service would answer, and an exact count of what was
// done to the world. The one promise: nothing is accepted here that the
// documented service refuses. A kind server hides bugs, so every deviation
// has a name ([Mode]) and is asked for.
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
//	                 "roles": [{"customer_id": "9100001", "role_id": 41}]}],
//	  "links":     [{"ClientEntityId": "1000001", "ManagingCustomerId": "9100001", "Status": "LinkPending"}]
//	}
//
// Links have the members of the service's ClientLink; what can be derived may
// be left out ([Link]). Ids are strings or numbers of four digits or more, one
// set for accounts and customers. A user signs in with the refresh token
// RT-<profile> unless it has another; developer_tokens and clients default to
// SIMULATOR and the public client simulator. The state file is a world too,
// with the counters beside it.
//
// # Clock
//
// The simulator's time starts at the world's clock, runs with real time while
// the process runs, and jumps when the clock door moves it. It is saved with
// the state, so it stands still between processes and a shipped world gives
// the same results on any day. Statuses move on when a request comes and the
// clock says so: LinkPending expires after 30 days; LinkInProgress becomes
// Active (LinkFailed with the switch link_fails) after settle_seconds and not
// before StartDate; UnlinkPending becomes UnlinkInProgress after half of
// settle_seconds and Inactive (with unlink_fails UnlinkFailed, then Active)
// after the other half. A link that is accepted reads LinkInProgress at once,
// one that is unlinked UnlinkPending.
//
// # Decisions where the documentation is silent or torn
//
//   - StartDate with a signed offset. Microsoft's samples say the service
//     refuses +00:00, yet official clients write it when they echo a date that
//     they read. So an add with a signed offset is refused (113), and an update
//     takes any spelling of the same instant, within the second that clients
//     lose. Both are noted as the violation offset-date; the mode
//     offsets-refused refuses both.
//   - Faults before the operation (headers 116, tokens 105, 109 and 3101, no
//     role at all 106) are AdApiFaultDetail; calls that an operation refuses
//     whole (3024, 3087, every search rule) are ApiFault with HTTP 400. A user
//     who has a role, but not for one link of a call, gets 106 in its place in
//     PartialErrors.
//   - What has no number. A bad transition, an op of the wrong side or a
//     changed read-only member is 3083; an unshown or changed Timestamp 209; a
//     long name 211; ClientLinkFieldInvalid and LinkPairMismatch are 201 with
//     the name in Details; one link twice in a call is 515.
//   - A call whose JSON a typed decoder could not read (a quoted boolean, an
//     unknown Status) is refused whole with 201.
//   - An update that an HTTP library sends twice is applied once; the second
//     one finds another Timestamp and gets 209.
//   - A customer link is added with its number, with or without its id; an
//     account link with either and, if it is known, ClientEntityCustomerNumber.
//     That member is shown only on links that were added with it.
//   - A search by id shows the links of all managers to whoever manages or owns
//     the entity; with DirectManagingCustomerId, which needs a role there, only
//     that manager's. A client's login may not use In.
//   - A user may be an agency for one link and the client of another: rights
//     follow the roles, link by link.
//
// # Doors
//
//	GET    /__simulator/state    the links and every counter ([State])
//	POST   /__simulator/clock    {"seconds": n}, n >= 0
//	POST   /__simulator/faults   replaces the faults by a list of [Fault]
//	PUT    /__simulator/links    makes one link, or each of a list, what the body says
//	PATCH  /__simulator/links    changes the members given, as a colleague would elsewhere
//	DELETE /__simulator/links    removes links: {"ClientEntityId", "ManagingCustomerId", "Type"}
//	POST   /__simulator/reset    back to the world and the faults of the start
//
// # Faults
//
// A rule names an operation, a kind and a share or number of calls, for example
//
//	[{"operation": "AddClientLinks", "kind": "drop-after-commit", "rate": 0.1, "first": 3},
//	 {"operation": "write", "kind": "error-after-commit", "status": 502, "body": "any", "rate": 0.05},
//	 {"operation": "SearchClientLinks", "kind": "429", "retry_after": 0, "every": 10}]
//
// Which call is struck depends on the seed, the content of the call and how
// often that content came before; not on the order of concurrent calls (skip,
// every and first count calls as they come). A fault may hide the truth but
// never states a falsehood: an error after commit is always a 5xx, and an
// applied link is reported with none but transient codes.
package simulator
