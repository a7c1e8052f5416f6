// Package latin writes Latin letters as a keyboard without them does.
//
// A text enters; a text leaves. The one promise: letters that Unicode can take
// apart, such as é, are left to golang.org/x/text/unicode/norm, which does it for
// every script.
package latin
