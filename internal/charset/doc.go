// Package charset decodes text files strictly.
//
// What enters is the bytes of a text; what leaves is which encoding it is in, as
// far as its bytes show, and the text in UTF-8. It knows nothing of rosters.
//
// The one promise: a text is decoded exactly, or reading it ends with an error.
// No byte is replaced by another character, and no encoding is guessed.
package charset
