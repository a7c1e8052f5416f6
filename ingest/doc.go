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
// # The pipeline
//
//	bytes     input.go        all bytes are measured first: digest, encoding, what the file is (filetype.go)
//	text      decode.go       CSV becomes UTF-8 with line feeds, by package charset
//	cells     csv.go          records through gocsv, as text; or
//	          xlsxrows.go     cells of a sheet, by packages sheet and xmlpart alone
//	columns   table.go        where the header is, and which column each header means (header.go, aliases.go)
//	judgement judge.go        eighteen judges, each of which returns what is wrong with a row
//	places    fault.go        where that is, as messages print it; added once
//
// [Open] does all of it down to the first row; [Roster.Rows] then streams. A source
// gives rows of cells with their kind, so both formats obey the same rules. A
// goroutine takes the file apart some hundred rows ahead (readahead.go), so that
// reading and judging have a core each.
//
// Row numbers are those that a spreadsheet shows: blank lines count, a record
// with line breaks within quotes is one row, and a "sep=" line is none. The
// header, the rows, and those in Roster.Skipped, each with its reason, are all
// rows of the file, each once.
//
// What is accepted silently, with a warning, or not at all is in rules.go.
package ingest
