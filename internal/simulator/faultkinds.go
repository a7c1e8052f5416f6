package simulator

// FaultKind says what happens to a call.
type FaultKind string

// The kinds of fault.
const (
	FaultLatency      FaultKind = "latency"              // the reply comes Millis later
	FaultSlowReply    FaultKind = "slow-reply"           // the second half of the body comes Millis later
	FaultThrottled    FaultKind = "117"                  // code 117 in an AdApiFaultDetail, nothing done
	FaultTooMany      FaultKind = "429"                  // HTTP 429 without a fault body, nothing done
	FaultExpired      FaultKind = "expired-token"        // code 109, nothing done; for Token: invalid_grant, AADSTS70000
	FaultOAuthError   FaultKind = "oauth-error"          // the identity service refuses with AADSTS number Code: by JSON (Token), on a page (Authorize), by redirect (SignIn)
	FaultWrongState   FaultKind = "wrong-state"          // SignIn redirects with the state of another sign-in
	FaultSkew         FaultKind = "clock-skew"           // the reply's Date is Millis ahead; adds to any other fault
	FaultErrorBefore  FaultKind = "error-before-commit"  // an error of Status and Body, nothing done
	FaultErrorAfter   FaultKind = "error-after-commit"   // an error of Status and Body, all done
	FaultDropBefore   FaultKind = "drop-before-commit"   // the connection closes, nothing done
	FaultDropAfter    FaultKind = "drop-after-commit"    // the connection closes, all done
	FaultCut          FaultKind = "cut-reply"            // the connection closes within the body, all done
	FaultShort        FaultKind = "short-partial-errors" // PartialErrors lacks its last entry (for one link: has one more), all done
	FaultLong         FaultKind = "long-partial-errors"  // PartialErrors has one entry more, all done
	FaultFlat         FaultKind = "flat-partial-errors"  // entries are bare objects, as a page of the documentation has them, all done
	FaultGarbled      FaultKind = "garbled-reply"        // 200 with JSON of other types, all done
	FaultPartialCode  FaultKind = "partial-code"         // one link gets Code (0 unless given) and is applied only if Committed
	FaultStale        FaultKind = "stale"                // one link gets 209 and is not applied
	FaultOpErrors     FaultKind = "operation-errors"     // 200 with OperationErrors of Code, nothing done
	FaultFaultIn200   FaultKind = "fault-in-200"         // 200 with an ApiFault of Code, nothing done
	defaultFaultDelay           = 1000                   // milliseconds
)

// FaultBody says what an error looks like. Code is in it where it can be.
type FaultBody string

// The bodies of an error. Real ones of all these shapes have been seen, and a
// body must never decide whether a write was done.
const (
	BodyAdAPIFault FaultBody = "ad-api-fault" // AdApiFaultDetail; the default
	BodyAPIFault   FaultBody = "api-fault"    // ApiFault
	BodyBatchFault FaultBody = "batch-fault"  // ApiBatchFault
	BodyWrapped    FaultBody = "wrapped"      // an ApiFault within an ApplicationFault member
	BodyText       FaultBody = "text"         // plain text
	BodyHTML       FaultBody = "html"         // a gateway's page
	BodyEmpty      FaultBody = "empty"        // nothing at all
	BodySuccess    FaultBody = "success"      // the body of a success
	BodyCut        FaultBody = "cut"          // half a JSON object
	BodyAny        FaultBody = "any"          // one of the above, drawn from the seed, with a code drawn too
)

var faultBodies = []FaultBody{BodyAdAPIFault, BodyAPIFault, BodyBatchFault, BodyWrapped, BodyText, BodyHTML, BodyEmpty, BodySuccess, BodyCut}

// transientCodes leave open whether a link was applied.
var transientCodes = []int{codeInternalError, 202, 833, 2208}

// anyCodes are the codes that BodyAny draws: harmless ones, misleading ones and
// one that the service does not have.
var anyCodes = []int{codeInternalError, codeCallRate, codeTokenExpired, codePrepaid, codeAlreadyInvited, 833, 2208, codeBatchTooLarge, 99999}

var faultKinds = []FaultKind{
	FaultLatency, FaultSlowReply, FaultThrottled, FaultTooMany, FaultExpired, FaultErrorBefore, FaultErrorAfter,
	FaultDropBefore, FaultDropAfter, FaultCut, FaultShort, FaultLong, FaultFlat, FaultGarbled, FaultPartialCode,
	FaultStale, FaultOpErrors, FaultFaultIn200, FaultOAuthError, FaultWrongState, FaultSkew,
}
