// Package xmlpart reads the XML parts of an Office Open XML package, strictly
// and fast: about ten times as fast as encoding/xml, whose speed would be the
// budget of reading a whole roster.
//
// What enters is the bytes of a part; what leaves is its tokens: starts with
// their attributes, ends, and texts. It knows what such parts contain and nothing
// of workbooks or rosters.
//
// The one promise: a part that is read to its end is well-formed XML 1.0 in
// UTF-8, and its tokens are those that encoding/xml finds in it. A fuzz test
// holds that. What is refused although it is well-formed:
//
//	document types                    so that no entity can be defined
//	encodings other than UTF-8        no writer of workbooks uses them
//	names beyond ASCII                workbooks have none
//	texts and tags of more than 1 MB  nothing in a workbook is that long
//	elements more than 256 deep       so that a few bytes do not fill the memory
package xmlpart
