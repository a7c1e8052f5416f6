// Package edit counts how many slips of a typist lie between two texts.
//
// Two texts enter; a number leaves. The one promise: the number does not depend
// on the order of the two, and 0 means that they are equal. Whether few enough
// slips make one text a misspelling of the other is for the caller to decide.
package edit
