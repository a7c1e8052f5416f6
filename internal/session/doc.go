// Package session signs in: it finds the service, the credentials of each
// profile and where they come from, and asks the service who a profile is.
//
// What enters is [Options]: the flags, the configuration, the environment, the
// clock. What leaves is a [Session]: a client of the service for the profile in
// use, and one for every profile that a row names.
//
// Its promise: credentials go to the service that they belong to and to no
// other, and every error says whose sign-in failed, where its credentials come
// from, and what to do. Nothing is printed; warnings go to [Options.Warn] as
// soon as they are known, from whatever goroutine learns of them.
//
// The credentials of the profile in use come from the environment first, then
// from the configuration; a refresh token that neither has is the stored one of
// linkbatch login. Of another profile the environment knows only what belongs
// to the program: the developer token, the client id and its secret.
package session
