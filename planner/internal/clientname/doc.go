// Package clientname compares the names that two people have for one client.
//
// What enters is two names as they are written; what leaves is whether both can
// mean one client. A roster with the right numbers for the wrong client looks
// right otherwise, so that a clear mismatch is worth a warning; but people write
// a name in many ways, and a warning about each of them would not be read.
//
// Case, accents (ü is u or ue), width, punctuation, the words for "and", and the
// legal form at either end (Inc, GmbH, S.A., 株式会社, …) do not count. What is
// left can mean one client if
//
//   - every word of one name is in the other, in any order, where a word of five
//     letters or more may have one slip, though not in a digit;
//   - the letters of one appear in a row in the other: at least four, or two of
//     Kana, Han or Hangul;
//   - one name is the initials of the other, three or more;
//   - they share no script, so that one may be the other's transliteration;
//   - one of them is blank, or has no letters and digits.
//
// Every other pair is a mismatch, "Harbour Bakery" and "Harbour Books" too.
package clientname
