package simulator

import (
	"cmp"
	"encoding/json"
	"net/http"
)

// before answers a call that a fault strikes before anything is done.
func (s *Simulator) before(c *call) (reply, bool) {
	f := c.inject
	if !f.struck {
		return reply{}, false
	}
	switch f.Kind {
	case FaultThrottled:
		out := reply{status: cmp.Or(f.Status, http.StatusTooManyRequests), value: adFault(codeCallRate, "", c.tracking)}
		out.retryAfter = retryAfter(f.RetryAfter)
		return out, true
	case FaultTooMany:
		return reply{status: http.StatusTooManyRequests, contentType: "text/plain", raw: []byte("Too Many Requests"), retryAfter: retryAfter(f.RetryAfter)}, true
	case FaultExpired:
		if c.op == Token {
			out := c.oauthFault(70000, "")
			out.status = cmp.Or(f.Status, out.status)
			return out, true
		}
		return reply{status: cmp.Or(f.Status, http.StatusUnauthorized), value: adFault(codeTokenExpired, "", c.tracking)}, true
	case FaultErrorBefore:
		return s.errorReply(c, ok(writeReply{})), true
	case FaultDropBefore:
		return reply{drop: true}, true
	case FaultOpErrors:
		if c.op == AddClientLinks || c.op == UpdateClientLinks {
			return ok(writeReply{OperationErrors: []operationError{*newError(f.Code, "")}}), true
		}
		return reply{status: faultStatus(f.Code), value: opFault(c.tracking, *newError(f.Code, ""))}, true
	case FaultFaultIn200:
		return ok(opFault(c.tracking, *newError(f.Code, ""))), true
	}
	return reply{}, false
}

// after spoils the reply to a call that was processed.
func (s *Simulator) after(c *call, out reply) reply {
	f := c.inject
	if !f.struck {
		return out
	}
	switch f.Kind {
	case FaultSlowReply:
		out.slow = f.delay()
	case FaultErrorAfter:
		return s.errorReply(c, out)
	case FaultDropAfter:
		out.drop = true
	case FaultCut:
		out.cut = true
	case FaultGarbled:
		out = reply{status: http.StatusOK, contentType: "application/json", raw: []byte(`{"ClientLinks":"AQID","User":[],"OperationErrors":7,"PartialErrors":{"0":"x"}}`)}
	case FaultShort, FaultLong, FaultFlat:
		return f.misshape(c, out)
	}
	return out
}

// misshape changes the form of the PartialErrors of a write that was processed.
func (f *injection) misshape(c *call, out reply) reply {
	w, ok := out.value.(writeReply)
	if !ok {
		return out
	}
	var body struct{ ClientLinks []json.RawMessage }
	must(json.Unmarshal(c.body, &body)) // it was processed
	n := len(body.ClientLinks)
	list := make([]any, n)
	for i := range w.PartialErrors {
		if f.Kind != FaultFlat {
			list[i] = w.PartialErrors[i]
		} else if len(w.PartialErrors[i]) > 0 {
			list[i] = w.PartialErrors[i][0]
		}
	}
	switch {
	case f.Kind == FaultShort && n > 1: // an empty list would mean success
		list = list[:n-1]
	case f.Kind != FaultFlat:
		list = append(list, nil)
	}
	out.value = struct {
		OperationErrors []operationError
		PartialErrors   []any
	}{nil, list}
	return out
}

// errorReply is an error in one of the forms of FaultBody, whether or not
// anything was done before it.
func (s *Simulator) errorReply(c *call, success reply) reply {
	f := c.inject
	body, code := cmp.Or(f.Body, BodyAdAPIFault), f.Code
	if body == BodyAny {
		body, code = faultBodies[f.rnd.IntN(len(faultBodies))], anyCodes[f.rnd.IntN(len(anyCodes))]
	}
	out := reply{status: cmp.Or(f.Status, http.StatusInternalServerError)}
	switch body {
	case BodyAdAPIFault:
		out.value = adFault(code, "", c.tracking)
	case BodyAPIFault:
		out.value = opFault(c.tracking, *newError(code, ""))
	case BodyBatchFault:
		fault := opFault(c.tracking, *newError(code, ""))
		fault.Type = "ApiBatchFault"
		out.value = struct {
			apiFault
			BatchErrors []operationError
		}{fault, []operationError{}}
	case BodyWrapped:
		out.value = struct{ ApplicationFault apiFault }{opFault(c.tracking, *newError(code, ""))}
	case BodyText:
		out.raw, out.contentType = []byte("The service is unavailable."), "text/plain"
	case BodyHTML:
		out.raw, out.contentType = []byte("<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"), "text/html"
	case BodyEmpty:
		out.raw, out.contentType = []byte{}, "text/plain"
	case BodySuccess:
		out.value, out.raw, out.contentType = success.value, success.raw, success.contentType
	case BodyCut:
		out.raw, out.contentType = []byte(`{"TrackingId":"`+c.tracking+`","OperationErrors":[{"Code":`), "application/json"
	}
	return out
}

// skipped returns the error that a fault gives link i of n instead of
// applying it, or nil. The link is drawn from the seed.
func (f *injection) skipped(i, n int) *operationError {
	if f.chosen(i, n) && (f.Kind == FaultStale || !f.Committed) {
		return f.partial()
	}
	return nil
}

// marked returns the error that a fault gives link i of n though it was
// applied, or nil.
func (f *injection) marked(i, n int) *operationError {
	if f.chosen(i, n) && f.Kind == FaultPartialCode && f.Committed {
		return f.partial()
	}
	return nil
}

// chosen reports whether a fault is about link i of n. The link is drawn once, at
// the first question, and then stays.
func (f *injection) chosen(i, n int) bool {
	if !f.struck || f.Kind != FaultStale && f.Kind != FaultPartialCode {
		return false
	}
	if f.link == nil {
		f.link = new(f.rnd.IntN(n))
	}
	return *f.link == i
}

func (f *injection) partial() *operationError {
	if f.Kind == FaultStale {
		return newError(codeTimestampNotMatch, "")
	}
	return newError(f.Code, "")
}
