// Package report renders plans, runs and checks for people and programs: the
// plan as a table and as JSON; the report of a run as CSV, XLSX and JSON Lines,
// and its results and summary on the terminal; what a check found in a roster;
// the list of pending invitations, and the links of an agency as a roster.
//
// What enters is a value that was checked once ([NewPlan], [New]) or that
// another package vouches for; what leaves is text on a writer, or a file that
// is written beside its place and renamed, so that it is there whole or not at
// all.
//
// The one promise: every row of the roster appears exactly once in a report, in
// roster order, with its own columns in place, and a report is itself a valid
// roster.
//
// # The columns
//
// A report has the columns of the roster, then sixteen of ours, from outcome to
// at. In a roster that was once a report ours are found and replaced: more than
// half of our names, outcome among them, must be in its header in our order,
// otherwise they are taken for somebody else's and keep their place. A name of
// ours that is still taken then gets the prefix linkbatch_. Names are compared
// as ingest compares them.
//
// # The formats
//
// CSV is UTF-8 without a byte order mark, with commas and LF, which every
// program reads by default. A spreadsheet that opens such a file by a double
// click may show its umlauts as something else: the XLSX report is the one for
// people, and holds the same cells.
//
// XLSX holds text, so that an identifier keeps all its digits; only call and
// attempts are numbers. A control character that XML cannot hold becomes its
// picture (␀ to ␟). A sheet has bounds, see [Plan.Fits]; a text of ours that is
// longer than a cell is cut with a mark.
//
// # Formulas
//
// A cell of the CSV that a spreadsheet would run as a formula gets a leading
// apostrophe, and no other cell does. An apostrophe shows, and what is read again
// as a roster has it, so it is no precaution to be taken everywhere.
//
// CSV says nothing of types: whoever opens it guesses. Excel takes what begins
// with =, +, - or @ for a formula if it can be read as one, LibreOffice (tried:
// 7.4) only what begins with =, in quotes or not. Some skip blanks, a tab, a
// carriage return or an invisible character before it (the CSV injection pages of
// OWASP, CWE-1236), and East Asian versions take wide marks for the plain ones. So
// such a mark counts wherever it is the first visible character. What is left as
// it is:
//
//   - a number: -5, +1,5, -1 234.50, -1e5, -5 %, -$5, and with it +49 170 12345,
//     which is no more than digits;
//   - a number, a blank and more: +1 Fitness, +49 (0)30 1234-56. Two operands with
//     no operator between them are no formula after a + or -. What could call
//     something if a program thought otherwise is not spared: ( | ! " [ { = @;
//   - marks alone: -, ---, +/-, and the text formula ="180012345".
//
// All else may run: +49-170-12345 is a subtraction, "- call them" a name with a
// sign, @SUM(1) a call.
//
// XLSX says of each cell what it is. Ours are strings (inlineStr) in the format
// Text (@): no program runs one when it opens the workbook, and with that format
// none becomes a formula when a person edits the cell. An apostrophe in such a cell
// is a character like any other, which everybody sees. What a person saves from
// the workbook as CSV has the text as it is, and may run where that is opened, as
// from any workbook: who needs a CSV gets a safe one with --report x.csv.
//
// # JSON
//
// JSON and JSON Lines hold the cells as the roster has them, identifiers as
// strings and blanks as null, in a fixed order of keys. The key "columns" is an
// object in roster order; a header that is blank or repeated is named by its
// place, such as "column 5" or "Account ID (2)". CSV and XLSX join the errors
// of a row by semicolons; JSON has them whole in "errors", and in "error_code"
// the code of the last.
//
// # Pending invitations
//
// [Pending] is a list of invitations that no client has answered yet. It has
// forms of its own: a table, JSON, CSV that is a roster, and a pack of letters,
// one for each client, in plain text of 72 columns. Names in a letter are made
// safe for whoever reads it: on one line, nothing invisible, nothing that turns
// the direction of writing.
//
// # Tables
//
// Every list that a command shows to people is a [Table]: columns told apart by
// blanks, wrapped within the width of a terminal, one line for each row anywhere
// else.
//
// Rendering the same value again gives the same bytes: nothing here reads a
// clock. Nothing is changed that was given, so that all forms may be written at
// the same time; of two reports that are written to one name at once, one stays
// whole.
package report
