package simulator

import "net/http"

// operationError is one error of the service in PartialErrors, in
// OperationErrors or in an ApiFault. It has no index: its position identifies the link.
type operationError struct {
	Code    int
	Details *string
	Message string
}

// adAPIError is one error of an AdApiFaultDetail; its member is Detail, not Details.
type adAPIError struct {
	Code      int
	Detail    *string
	ErrorCode string
	Message   string
}

// The codes that the simulator answers with, from the service's table of
// operation error codes.
const (
	codeInternalError     = 0
	codeNullRequest       = 100
	codeCredentials       = 105
	codeNotAuthorized     = 106
	codeTokenExpired      = 109
	codeInvalidDate       = 113
	codeMissingHeaders    = 116
	codeCallRate          = 117
	codeIdentityType      = 126
	codeValidation        = 201
	codeNullParameter     = 203
	codeTimestampNotMatch = 209
	codeNotExistent       = 210
	codeNameTooLong       = 211
	codeNoPredicateValue  = 474
	codeDuplicateID       = 515
	codeAlreadyInvited    = 1410
	codeManagedByOther    = 1424
	codePrepaid           = 1471
	codeBusy              = 1472
	codeInvalidAccount    = 2108
	codeFilterTooShort    = 2180
	codeLifecycle         = 2192
	codeBatchTooLarge     = 3024
	codeInvalidPredicate  = 3030
	codeNoPredicates      = 3079
	codeNoPageInfo        = 3080
	codeNotUpdatable      = 3083
	codeEmptyList         = 3087
	codeWrongToken        = 3101
)

// codeTexts has the symbol (used only in an AdApiFaultDetail) and the message of
// every code that the simulator or one of its faults can answer with.
var codeTexts = map[int]struct{ symbol, message string }{
	codeInternalError:     {"InternalError", "An internal error has occurred."},
	codeNullRequest:       {"NullRequest", "The request message is null."},
	codeCredentials:       {"InvalidCredentials", "Authentication failed. Either supplied credentials are invalid or the account is inactive."},
	codeNotAuthorized:     {"UserIsNotAuthorized", "The user does not represent an authorized developer or may not manage this entity."},
	108:                   {"UserCompromised", "The user must change the password."},
	codeTokenExpired:      {"AuthenticationTokenExpired", "Authentication token expired. Please renew it or obtain a new one."},
	codeInvalidDate:       {"InvalidDateObject", "The date is not valid."},
	codeMissingHeaders:    {"RequestMissingHeaders", "A required header is missing from the request."},
	codeCallRate:          {"CallRateExceeded", "You have exceeded the number of calls allowed in a minute."},
	120:                   {"UserLoginAccessDenied", "The user must sign in with the primary login."},
	122:                   {"PersonalIdentityNotAvailable", "No personal identity is available for this user."},
	123:                   {"WorkIdentityNotAvailable", "No work identity is available for this user."},
	124:                   {"PersonalIdentityMigratedToWork", "The personal identity was migrated to a work identity."},
	125:                   {"PersonalIdentityNotAllowedByCustomer", "The customer does not allow personal identities."},
	codeIdentityType:      {"IdentityTypeMismatch", "The type of the identity does not match the user's."},
	codeValidation:        {"ApiInputValidationError", "The input is not valid."},
	202:                   {"ApiExecutionError", "The operation cannot be completed."},
	codeNullParameter:     {"NullParameter", "A required parameter is null."},
	204:                   {"OperationNotSupported", "The operation is not supported."},
	205:                   {"InvalidVersion", "The version is not valid."},
	303:                   {"ApiVersionNoLongerSupported", "The version is no longer supported."},
	codeTimestampNotMatch: {"TimestampNotMatch", "The time stamp does not match: the object has changed."},
	codeNotExistent:       {"EntityNotExistent", "The entity does not exist."},
	codeNameTooLong:       {"NameTooLong", "The name is too long."},
	codeNoPredicateValue:  {"", "A required predicate is missing."},
	codeDuplicateID:       {"DuplicateId", "The request holds the same identifier twice."},
	833:                   {"ServiceTimeOut", "The service is not available."},
	1001:                  {"", "The user is not authorized to perform this operation."},
	codeAlreadyInvited:    {"", "An invitation to manage this client account was sent already."},
	codeManagedByOther:    {"", "The account is managed by another agency already."},
	codePrepaid:           {"", "Prepaid accounts are not supported."},
	codeBusy:              {"", "The account is being linked or unlinked. Wait 5 to 30 minutes."},
	codeInvalidAccount:    {"", "The account identifier is not valid."},
	codeFilterTooShort:    {"", "The filter value is too short."},
	codeLifecycle:         {"", "The life cycle state of the account does not allow this change."},
	2208:                  {"", "A system issue occurred. Try again later."},
	codeBatchTooLarge:     {"", "The batch holds more elements than are allowed."},
	codeInvalidPredicate:  {"", "A predicate is not valid."},
	codeNoPredicates:      {"", "The list of predicates is missing or empty."},
	codeNoPageInfo:        {"", "The page information is missing or not valid."},
	codeNotUpdatable:      {"", "An element of the client link may not be updated."},
	codeEmptyList:         {"", "The list may not be null or empty."},
	codeWrongToken:        {"OAuthTokenInvalid", "The access token is of the wrong kind or has the wrong scope."},
}

// newError is an error with the message of its code. Details say what it is
// about, for people: the service's own are not documented.
func newError(code int, details string) *operationError {
	return &operationError{Code: code, Details: orNull(details), Message: message(code)}
}

func message(code int) string {
	if t, ok := codeTexts[code]; ok {
		return t.message
	}
	return "The service refused the request."
}

// The documentation names the two errors of the dual-id rules without a number;
// here they are validation errors with the name in Details.
func fieldInvalid(member string) *operationError {
	return newError(codeValidation, "ClientLinkFieldInvalid: "+member)
}

func pairMismatch(member string) *operationError {
	return newError(codeValidation, "LinkPairMismatch: "+member)
}

// adAPIFault is how the service refuses a call before the operation sees it.
type adAPIFault struct {
	Errors     []adAPIError
	TrackingId string //lint:ignore ST1003 the wire's spelling
	Type       string
}

// apiFault is how an operation refuses a whole call.
type apiFault struct {
	OperationErrors []operationError
	TrackingId      string //lint:ignore ST1003 the wire's spelling
	Type            string
}

// adFault is a fault of the layers before the operation.
func adFault(code int, detail, tracking string) adAPIFault {
	e := adAPIError{Code: code, Detail: orNull(detail), ErrorCode: codeTexts[code].symbol, Message: message(code)}
	return adAPIFault{Errors: []adAPIError{e}, TrackingId: tracking, Type: "AdApiFaultDetail"}
}

// opFault is a fault of the operation itself.
func opFault(tracking string, errs ...operationError) apiFault {
	return apiFault{OperationErrors: errs, TrackingId: tracking, Type: "ApiFault"}
}

// faultStatus is the HTTP status of a fault. Microsoft documents no status for
// any code, so a client must not depend on them; they are among the five that
// the official clients read as faults.
func faultStatus(code int) int {
	switch code {
	case codeInternalError, 833, 2208:
		return http.StatusInternalServerError
	case codeCredentials, codeTokenExpired, codeWrongToken, 108:
		return http.StatusUnauthorized
	case codeNotAuthorized, 120, 122, 123, 124, 125, codeIdentityType, 1001:
		return http.StatusForbidden
	case codeCallRate:
		return http.StatusTooManyRequests
	}
	return http.StatusBadRequest
}
