// Package ingest turns a roster file into rows.
//
// What enters is a CSV or XLSX file as people make it; what leaves is one
// [Row] for every row of the file, in order, each with all of its problems:
// where, which value, why, and what to do. A row with problems is data, not an
// error: later packages reject it and report it.
//
// The one promise: every row of the file is either read exactly, or named with
// the reason why it is not. An identifier never goes through a float, and
// nothing is guessed about an identifier, a date or who pays.
package ingest
