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
//
// # The columns
//
// A report has the columns of the roster, then fifteen of ours, from outcome to
// at. A roster that was once a report loses its old ones first: more than half
// of our names, outcome among them, must stand in its header in our order,
// otherwise they are taken for somebody else's and keep their place. A name of
// ours that is still taken then gets the prefix linkbatch_. Names are compared
// without case, spaces and the marks _ - . and #.
//
// # The formats
//
// CSV is UTF-8 without a byte order mark, with commas and LF, so that every
// program reads it without being told how. A spreadsheet that opens such a file
// by a double click may take its umlauts for another alphabet: the XLSX report
// is the one for people, and holds the same cells.
//
// XLSX holds text, so that an identifier keeps all its digits; only call and
// attempts are numbers. A control character that XML cannot hold becomes its
// picture (␀ to ␟), and a text longer than a cell is cut with a mark.
//
// In both, a cell that a spreadsheet would run as a formula gets a leading
// apostrophe. Plain numbers, marks without a letter or digit ("-", "+/-") and
// the text formula ="180012345" stay as they are: they run nothing, and a
// roster may need them.
//
// JSON and JSON Lines hold the cells as the roster has them, identifiers as
// strings and blanks as null, in a fixed order of keys. Key "columns" is an object
// in roster order; a header that is blank or repeated gets the name of its
// place, such as "column 5" or "Account ID (2)". Where the CSV joins the errors of
// a row, JSON has them whole in "errors", and in "error_code" the last.
//
// # Invitations that wait
//
// [Pending] is a list of invitations that no client has answered yet. It has
// forms of its own: a table, JSON, CSV that is a roster, and a pack of letters,
// one for each client, in plain text of 72 columns. Names in a letter are made
// safe for whoever reads it: on one line, nothing invisible, nothing that turns
// the direction of writing.
//
// Rendering the same plan and results again gives the same bytes: nothing here
// reads a clock. No function changes what it is given or keeps state, so all may
// run at the same time; two reports written to one name at once do not mix, and
// one of them stays.
package report
