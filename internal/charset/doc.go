// Package charset decodes text files strictly.
//
// What enters is the bytes of a text; what leaves is which encoding it is in, as
// far as its bytes show, and the text in UTF-8. It knows nothing of rosters.
//
// The one promise: a text is decoded exactly, or reading it ends with an error.
// No byte is replaced by another character.
//
// # How an encoding is found
//
//	a mark (BOM) at the beginning      UTF-8, UTF-16; UTF-32 is known and not read
//	zero bytes on one side of pairs    UTF-16 without a mark, see Unmarked16
//	all of it is UTF-8                 UTF-8
//	nothing speaks against it          Windows-1252, see LooksWestern
//	otherwise                          not at all: the caller must ask
package charset
