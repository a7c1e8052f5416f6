package msads

import (
	"slices"
	"strings"
)

// Code is what is known of one error code of the service.
type Code struct {
	Number  int    // 0 for InternalError, and for the two that only have a name
	Symbol  string // the service's name for it or for its reason; empty if it has none
	Class   Class
	Meaning string // in a few words, lower case
	Next    string // what a person can do about it, lower case
}

// Codes returns every code that this package knows, by number. The reasons that
// the service gives with one number (105, 126) follow, and the two codes without
// a number come last. Numbers and meanings are those of the service's list of
// operation error codes, as far as it concerns Customer Management. An
// OperationError has no symbol, so the number decides; other services give some
// of the numbers other meanings.
func Codes() []Code { return slices.Concat(codes[:], named[:]) }

// What to do, where it is the same for several codes.
const (
	nextBug     = "the roster is not the cause: report it with the TrackingId"
	nextSignIn  = "sign in again as the user who manages the links"
	nextRole    = "ask a Super Admin of that customer for the Super Admin role (Standard is enough for account links), or use another profile"
	nextEntity  = "compare the identifier in the roster with the one on the account's page"
	nextKinds   = "check the account on the Microsoft Advertising website: " + notLinkable
	nextAgain   = "run it again in a few minutes; linkbatch checks the links first, so nothing is sent twice"
	nextVersion = "update linkbatch, which may be too old for the service, and check --endpoint"
)

// notLinkable names the accounts that cannot be linked (help page "Managing your
// clients as an agency"). The service has no code of their own for them.
const notLinkable = "an account that was created under another manager account, has no Super Admin, or is inactive or restricted cannot be linked"

// CodeAlreadyInvited refuses an add since an invitation for that account was
// sent before. It settles nothing by itself: the invitation can be this run's.
const CodeAlreadyInvited = 1410

// The codes that decide what happens to a call.
const (
	codeCredentials  = 105
	codeTokenExpired = 109
	codeThrottled    = 117
	codeIdentityType = 126 // the kind of sign-in (personal, work, Google) does not fit the user
)

var codes = [...]Code{
	{0, "InternalError", ClassTransient, "unspecified error of the service", nextAgain},
	{100, "NullRequest", ClassFatal, "the request was empty", nextBug},
	{codeCredentials, "InvalidCredentials", ClassSignIn, "the token or developer token is wrong, or belongs to the other environment", "check LINKBATCH_DEVELOPER_TOKEN, --env, and which user the refresh token belongs to"},
	{106, "UserIsNotAuthorized", ClassPermission, "this login has no access to something in the request", nextRole},
	{108, "UserCompromised", ClassSignIn, "suspicious activity on the login", "change the password, then sign in again"},
	{codeTokenExpired, "AuthenticationTokenExpired", ClassTokenExpired, "the access token has expired", nextSignIn},
	{113, "InvalidDateObject", ClassPermanent, "a date is not valid", "check start_date in the roster"},
	{116, "RequestMissingHeaders", ClassFatal, "a header is missing", "check that no proxy removes headers (DeveloperToken, Authorization)"},
	{codeThrottled, "CallRateExceeded", ClassThrottled, "too many calls in a minute", "wait a minute; lower --concurrency or set --max-calls-per-minute"},
	{120, "UserLoginAccessDenied", ClassSignIn, "not the primary login of this user", "sign in with the primary login"},
	{122, "PersonalIdentityNotAvailable", ClassSignIn, "this user has no personal account to sign in with", "sign in with the user's work account"},
	{123, "WorkIdentityNotAvailable", ClassSignIn, "this user has no work account to sign in with", "sign in with the user's personal Microsoft account"},
	{124, "PersonalIdentityMigratedToWork", ClassSignIn, "the personal login was moved to a work account", "sign in with the work account"},
	{125, "PersonalIdentityNotAllowedByCustomer", ClassSignIn, "the customer allows work accounts only", "sign in with a work account"},
	{codeIdentityType, "IdentityTypeMismatch", ClassSignIn, "the wrong kind of sign-in (personal, work or Google)", "sign in with the kind of account this user was set up with"},
	{201, "ApiInputValidationError", ClassPermanent, "a value is not valid", "correct the value that the message names in the roster"},
	{202, "ApiExecutionError", ClassTransient, "the operation could not be completed", nextAgain},
	{203, "NullParameter", ClassFatal, "a required value is missing", nextBug},
	{204, "OperationNotSupported", ClassFatal, "the operation is not supported here", "client links may not be available in this environment: check --env and --endpoint"},
	{205, "InvalidVersion", ClassFatal, "this version of the service does not exist", nextVersion},
	{206, "NullArrayArgument", ClassFatal, "a required list is missing", nextBug},
	{207, "", ClassPermanent, "an address is not valid", "correct the address of the account on the Microsoft Advertising website"},
	{208, "InvalidAccount", ClassPermanent, "the account is not valid", nextKinds},
	{209, "TimestampNotMatch", ClassStale, "the link changed after it was read", "run it again: linkbatch reads the link again first"},
	{210, "EntityNotExistent", ClassPermanent, "no such account or customer", nextEntity},
	{211, "NameTooLong", ClassPermanent, "the name is too long", "shorten name in the roster to 40 characters"},
	{303, "ApiVersionNoLongerSupported", ClassFatal, "this version of the service has been switched off", nextVersion},
	{474, "", ClassFatal, "a required predicate is missing", nextBug},
	{515, "DuplicateId", ClassPermanent, "the same id twice in one request", "remove the repeated row from the roster"},
	{532, "", ClassPermanent, "a date is out of range", "check start_date in the roster"},
	{833, "ServiceTimeOut", ClassTransient, "the service took too long or is not available", nextAgain},
	{1001, "", ClassPermission, "this login is not authorised; some customers accept work accounts only", nextRole},
	{CodeAlreadyInvited, "", ClassPermanent, "an invitation for this account was already sent", "if the invitation is yours, nothing; otherwise wait until the client answers or it expires (after 30 days)"},
	{1424, "", ClassPermanent, "the account is already managed by another agency", "ask the client to end the other agency's link first; that agency gets an e-mail about each invitation unless suppress_notification is true"},
	{1471, "", ClassPermanent, "prepaid accounts cannot be linked", "ask the client to change to post-pay, or link another account"},
	{1472, "", ClassLater, "the account is being linked or unlinked", "run it again in 5 to 30 minutes"},
	{2108, "", ClassPermanent, "the account id is not valid", nextEntity},
	{2180, "", ClassPermanent, "a filter is too short", nextEntity},
	{2192, "", ClassPermanent, "the state of the account forbids this", nextKinds},
	{2208, "", ClassTransient, "a temporary problem of the service", nextAgain},
	{3024, "", ClassPermanent, "too many links in one call", nextBug},
	{3030, "", ClassFatal, "a predicate is not valid", nextBug},
	{3079, "", ClassFatal, "the predicate is missing", nextBug},
	{3080, "", ClassFatal, "the paging information is missing", nextBug},
	{3083, "", ClassPermanent, "this cannot be changed on the link in its present status", "run linkbatch plan to see the status of the link"},
	{3087, "", ClassFatal, "a required list is empty", nextBug},
	{3101, "OAuthTokenInvalid", ClassSignIn, "the token is of the wrong kind (scope, environment or second factor)", "sign in again, so that the token gets the scope msads.manage"},
}

// named are the codes that are recognised by their name in the text of an
// error: the reasons that the service gives with one number, and two codes for
// which it publishes no number at all.
var named = [...]Code{
	{codeCredentials, "AccountInactive", ClassSignIn, "the account of this user is inactive", "reactivate the account on the Microsoft Advertising website, or sign in as a user whose account is active"},
	{codeCredentials, "InvalidAccessToken", ClassSignIn, "the access token or the developer token is not one of this environment", "check LINKBATCH_DEVELOPER_TOKEN, which must belong to --env, then sign in again"},
	{codeCredentials, "UserNotFound", ClassSignIn, "the service does not know the user who signed in", "sign in as a user of Microsoft Advertising"},
	{codeIdentityType, "PersonalAccountIsRequired", ClassSignIn, "this user has to sign in with a personal Microsoft account", "sign in with the user's personal Microsoft account"},
	{codeIdentityType, "GoogleAccountIsRequired", ClassSignIn, "this user has to sign in with a Google account", "sign in with the user's Google account"},
	{codeIdentityType, "WorkAccountIsRequired", ClassSignIn, "this user has to sign in with a work account", "sign in with the user's work account"},
	{0, "ClientLinkFieldInvalid", ClassPermanent, "a required field of the link is missing", "add customer_number (the number of the manager account that owns the account) to the roster"},
	{0, "LinkPairMismatch", ClassPermanent, "the account and the customer number do not belong together", "check account_id, account_number and customer_number in the roster; if they were right once, ask the client whether the account was moved to another manager account, which changes its customer_number"},
}

// byNumber looks a number up in the table.
func byNumber(number int) (Code, bool) {
	for _, c := range codes {
		if c.Number == number {
			return c, true
		}
	}
	return Code{}, false
}

// lookup finds the code of an error. A name in its text refines the number that
// it belongs to. A name without a number counts only for a permanent or unknown
// number, so that it never makes a code of another class look harmless.
func lookup(err OperationError) (Code, bool) {
	numbered, ok := byNumber(err.Code)
	refinable := !ok || numbered.Class == ClassPermanent
	for _, c := range named {
		if !err.names(c.Symbol) {
			continue
		}
		if c.Number == 0 && refinable {
			c.Number = err.Code
			return c, true
		}
		if c.Number != 0 && c.Number == err.Code {
			return c, true
		}
	}
	return numbered, ok
}

// names reports whether a text of the error contains a symbol.
func (e OperationError) names(symbol string) bool {
	return strings.Contains(e.ErrorCode, symbol) || strings.Contains(e.Message, symbol) || strings.Contains(e.Details, symbol)
}

// Classify returns the class of an error. An unknown code is permanent: the
// error is shown as it is, and a call is never repeated in the hope that it
// helps.
func Classify(err OperationError) Class {
	if c, ok := lookup(err); ok {
		return c.Class
	}
	return ClassPermanent
}

// Advice says in plain words what a person can do about an error.
func Advice(err OperationError) string {
	if c, ok := lookup(err); ok {
		return c.Next
	}
	return "linkbatch does not know this code: read the message, and give the TrackingId to the service's support; " + notLinkable
}
