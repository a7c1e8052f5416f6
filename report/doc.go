// Package report renders plans and results for people and programs: the plan
// as a table and as JSON, the report of a run as CSV, XLSX and JSON Lines, and
// the summary on the terminal.
//
// What enters is a plan and one result for each of its steps; what leaves is
// text on a writer or a file that is written aside and renamed, so that it is
// there whole or not at all.
//
// The one promise: every row of the roster stands once in a report, in roster
// order, with its own columns in place, and a report is itself a valid roster.
package report
