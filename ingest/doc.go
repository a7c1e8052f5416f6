// Package ingest turns a roster file into rows.
//
// What enters is a CSV or XLSX file as people make it; what leaves is one
// [Row] for every row of the file, in order, each with all of its problems:
// where, which value, why, and what to do. A row with problems is data, not an
// error: later packages reject it and report it. A file that cannot be read at
// all, or not to its end, is a [FileError], and then nothing of it may be used.
//
// The one promise: every row of the file is either read exactly, or named with
// the reason why it is not. An identifier never goes through a float, and
// nothing is guessed about an identifier, a date or who pays.
//
// # How a file is read
//
// [Open] takes the measure of all bytes first (digest, encoding), tells the
// format by the content, reads the header, and makes sure that there is a row.
// [Roster.Rows] then streams. A source (csv.go, xlsxrows.go) gives cells as
// text with their kind; header.go knows which column each is; the functions of
// the one table in columns.go read them. So both formats obey the same rules.
//
// Row numbers are those that a spreadsheet shows: blank lines count, a record
// with line breaks within quotes is one row, and a "sep=" line is none. Blank
// rows are kept in Roster.Skipped, so that rows and skipped rows are all rows
// below the header, and the blank ones above it.
//
// CSV comes through gocsv, as text and one record at a time. A quote within a
// cell that is not quoted is read as it stands, with a warning; a quoted cell
// that is not closed ends the file, since its rows cannot be told apart. The
// delimiter is the one that gives the most headers that are understood. The
// file must be UTF-8, or UTF-16 with its mark.
//
// XLSX comes through excelize, which passes over damage in silence (rows.go of
// v2.11.0 drops the errors of its XML decoder). Therefore a strict scanner goes
// over the same bytes beside it (xmlscan.go, sheetscan.go), row by row, and
// each cell must be what is written; what a lenient reader would pass over
// (characters that XML does not allow, rows or cells out of order or twice, a
// missing shared string, a part that is cut off or whose checksum is wrong) is
// an error with its place. The shared strings are read by the scanner alone.
//
// # Rules of judgement
//
// An identifier is digits only, greater than zero, in 64 bits. A number cell
// is read by its decimal text (1.80012345E8 is exact); one of more than 15
// digits is refused, since spreadsheets turn the others into zeros. The same
// forms as text are refused: nobody knows what was cut off.
//
// A date is YYYY-MM-DD, with a time if wanted (a zone is turned into UTC), or
// a number cell whose format shows a day or a year. Any other form is refused
// with the readings that it has, even when only one is possible.
//
// The name of a client link has at most 40 characters, counted as characters
// and not as bytes. Hidden rows are read, with a warning. In a CSV file a value
// to the right of the last header is an error, since a delimiter within a value
// has moved the cells; in a sheet it is a remark, and a warning. A customer
// link without a number is an error only where the row may add it: by its id
// alone such a link can still be found, accepted or unlinked.
package ingest
