// Package auth signs people in and turns refresh tokens into access tokens.
//
// What enters is the credentials of one login: read from the environment or
// from files that it names ([FromEnv]), or had from a person who signs in with
// a browser ([StartLogin]: authorization code with PKCE). What leaves is a
// valid access token for as long as the service wants one ([Source]). A token
// that is refused or has run out is replaced once, however many callers ask.
//
// The one promise: no token and no secret ever stands in an error, and a
// refusal ([*Error], with what a person can do next) is never confused with a
// sign-in service that could not be reached ([*UnreachableError]).
//
// # Rotation
//
// The refresh token is rotated: each refresh may bring a new one, and the old
// one may be dead from then on. A [Store] keeps the newest, in the keyring of
// the system or in a file that only its owner can read. A refresh reads it,
// asks, and writes its successor under a lock, so that two processes at once
// lose none, and the successor is stored before its access token is used. A
// refusal erases nothing: the service is known to refuse good tokens now and
// then, and is asked once more.
//
// A token of the environment stays where it is. Its successors are stored
// under its hash, and the newest is used in its place for as long as the
// environment has the same value; another value begins anew. A person's login
// and the tokens of jobs are never mixed.
//
// A store that cannot be written stops no run: the token in memory goes on
// serving, and [Options.Warn] is told, since the next run may need a new
// login. Without a Store nothing is kept.
package auth
