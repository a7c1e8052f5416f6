// Package samples holds a roster to try linkbatch on, and the world that goes
// with it.
//
// What enters is nothing; what leaves is [World], which --env simulator serves
// when no other world is named. The files beside it are the same roster as
// CSV and XLSX, results.csv, the report of applying it to that world,
// handshake.csv, a roster for both sides of a link that goes with
// linkbatch.toml, offboard.csv, a roster of links that end on a day, and
// offboarding.csv, one with more unlinks than the guards let pass.
//
// The one promise: the files are exercised by a test, so that what a reader
// tries first works as shown.
package samples
