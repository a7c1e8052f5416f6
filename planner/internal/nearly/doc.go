// Package nearly finds values of a list that are one edit apart and look like a
// slip of the hand.
//
// What enters is the identifiers of a roster, each with the name of its client;
// what leaves is pairs of places. An edit is a character changed, left out or
// added, or two neighbours swapped. Identifiers that a service gave out one
// after another are near each other too, so that a pair counts only if
//
//   - each is the other's only neighbour in the list, or among the values under
//     the same name: in a series a value has several;
//   - it is not one character changed, or that is before the last two, where a
//     service does not count, and the names can mean one client, or the names
//     are the same;
//   - the values have six characters or more.
//
// The time grows with the length of the list, not with the number of pairs in
// it.
package nearly
