// Package auth signs people in and turns refresh tokens into access tokens.
//
// What enters is the credentials of one login: from the environment or from files
// that it names ([FromEnv]), or from a person who signs in with a browser
// ([StartLogin]: authorization code with PKCE). What leaves is a valid access token
// for as long as one is needed ([Source]). A token that is refused or has expired
// is replaced once, however many callers ask.
//
// The one promise: no token and no secret is ever in an error, and a refusal
// ([*Error], with what a person can do next) is never confused with a sign-in
// service that could not be reached ([*UnreachableError]).
//
// # Rotation
//
// The refresh token is rotated: each refresh may bring a new one, after which the
// old one may no longer work. A [Store] keeps the newest, in the system's keyring
// or in a file that only its owner can read. A refresh reads it, asks, and writes
// its successor under a lock, so that two processes at once lose none; the
// successor is stored before its access token is used. A refusal erases nothing:
// the service is known to refuse good tokens occasionally, and is asked once more.
//
// A token of the environment stays where it is. Its successors are stored under
// its hash, and the newest is used instead for as long as the environment has the
// same value; another value starts anew. A person's login and the tokens of jobs
// are never mixed.
//
// A store that cannot be written stops no run: the token in memory remains in use,
// and [Options.Warn] gets a warning, since the next run may need a new login.
// Without a Store nothing is kept.
package auth
