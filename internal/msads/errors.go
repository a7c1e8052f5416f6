package msads

// OperationError is one error of the service, as it came.
type OperationError struct {
	Code      int
	ErrorCode string // the symbol; only in an AdApiFaultDetail
	Message   string
	Details   string
}

// Class is what an error asks of the caller. Classes follow the code and
// never the HTTP status.
type Class int

// The classes, from harmless to fatal, so that the worst of several is their
// maximum.
const (
	ClassNone         Class = iota
	ClassTransient          // 0, 202, 833, 2208, and failures of the network: may work later, a write must be looked up first
	ClassThrottled          // 117, HTTP 429: all callers pause
	ClassTokenExpired       // 109, HTTP 401: refresh and send again
	ClassStale              // 209: the link changed since it was searched
	ClassLater              // 1472: being linked or unlinked, wait 5 to 30 minutes
	ClassPermanent          // this link cannot be done; also every unknown code
	ClassPermission         // 106, 1001: this login may not do this, for one row or for all
	ClassFatal              // our fault or the set-up's: no further call makes sense
	ClassSignIn             // credentials are refused: no further call makes sense
)

// CallError is a call that did not bring a usable reply. Operation, HTTPStatus,
// TrackingID and Errors are as the service sent them; Err is set when the
// failure is not the service's answer (network, decoding, cancellation).
type CallError struct {
	Operation  string // SearchClientLinks, AddClientLinks, UpdateClientLinks or GetUser
	HTTPStatus int    // 0 when no response came
	TrackingID string
	Errors     []OperationError
	Body       string // the first line of a body that is not a fault, shortened
	Err        error

	nothingApplied bool
}
