// Package redact prepares text from outside to be shown.
//
// What enters is text that somebody else wrote: the message of a service, the
// body of a proxy, the error of a library. What leaves is that text on one line,
// fit for a terminal, a log and a report.
//
// The one promise: no secret that the caller names, in any form in which an
// address or a form carries it, is in the result, and nothing that looks like an
// e-mail address or a token.
package redact
