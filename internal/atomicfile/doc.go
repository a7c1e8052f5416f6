// Package atomicfile replaces files in one step.
//
// What enters is a name and a function that writes; what leaves is the file with
// the whole new content. It is written to a file beside it, brought to the disk
// and renamed, so that who opens the name, at any moment and after a power cut,
// finds the old content or the new, and never a part of either.
//
// The one promise: an error, a panic and a process that dies leave the file as it
// was. Of these only the last leaves a file beside it, which [RemoveLeftovers]
// removes, unless the caller asks that what is complete be kept ([ReplaceOrKeep]).
package atomicfile
