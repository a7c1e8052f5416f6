// Package xmlpart reads the XML parts of an Office Open XML package, strictly
// and fast.
//
// What enters is the bytes of a part; what leaves is its tokens: starts with
// their attributes, ends, and texts. It knows what such parts hold and nothing
// of workbooks or rosters.
//
// The one promise: a part that is read to its end is well-formed XML 1.0 in
// UTF-8, and its tokens are those of any other XML reader. Document types are
// refused, so that no entity can be defined.
package xmlpart
