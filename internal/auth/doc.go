// Package auth turns a refresh token into access tokens.
//
// What enters is the credentials of one login, read from the environment or
// from files that it names; what leaves is a valid access token for as long as
// the service wants one. A token that is refused or has run out is replaced
// once, however many callers ask.
//
// The one promise: no token and no secret ever stands in an error, and a
// refusal ([*Error]) is never confused with a sign-in service that could not
// be reached ([*UnreachableError]).
//
// The refresh token is rotated: each refresh may bring a new one. The newest is
// kept in memory and handed to [Options.Rotated], whose owner can store it.
package auth
