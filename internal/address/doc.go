// Package address decides where tokens may go.
//
// What enters is the address of a server as a person wrote it, in a flag, a
// variable or the configuration; what leaves is a URL that tokens may be sent to.
//
// The one promise: that is https to any machine, or plain http to this one, and
// nothing in the address is a secret. No error repeats the address, which may hold
// a password that does not belong there.
package address
