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
// with line breaks within quotes is one row, and a "sep=" line is none. The
// header, the rows, and those in Roster.Skipped, each with its reason, are all
// rows of the file, each once. More than 1,000 blank rows in a row are one entry
// there, as is any run of them once there are 100,000 entries.
//
// CSV comes through gocsv, as text and one record at a time. A goroutine takes the
// file apart some hundred rows ahead; in a workbook that is what reads the bytes. A quote within a
// cell that is not quoted is read as it stands, with a warning; a quoted cell
// with a line break is an error when one of its lines is cut by the delimiter and
// a piece of it looks like an account, since two stray quotes swallow the rows
// between them; one
// that is not closed ends the file, since its rows cannot be told apart. A first
// line such as "sep=;" names the delimiter; else it is the one of , ; tab |
// that gives the most headers that are understood, and then the most cells. CR,
// LF and CRLF each end a row, also in one file; within quotes they are line
// breaks. A row has at most 16,384 cells, as in a spreadsheet, and 8 MB and 500,000
// delimiters, so that a quote that is never closed does not fill the memory. Blank
// lines are none of it.
//
// XLSX comes through excelize, which passes over damage in silence (rows.go of
// v2.11.0 drops the errors of its XML decoder). Therefore a strict scanner goes
// over the same bytes beside it (xmlscan.go, sheetscan.go), row by row, and
// each cell must be what is written; what a lenient reader would pass over
// (characters that XML does not allow, rows or cells out of order or twice, a
// missing shared string, a boolean other than 0 and 1, a part that is cut off or
// whose checksum is wrong) is an error with its place. The shared strings are
// read by the scanner alone. The library gets a copy of the parts that it needs,
// under the names by which it finds them: so strict OOXML, XLSM, and parts of
// other names are read alike.
//
// # Rules of judgement
//
// A file is what its bytes say, whatever it is called. Known formats that are not
// read (.xls, .xlsb, .ods, Numbers, a password, PDF, HTML, XML Spreadsheet 2003,
// archives, …) are named by their first bytes, the entries of their directory, or
// the parts in them. A zip file without its end is cut off. A workbook may unpack
// to 2 GB, its shared strings to 512 MB, and no part over 64 MB to more than 200
// times its size: sheets that people make come to 15 times.
//
// The encoding of a text is what its mark says, else what --encoding says; the two
// must not differ. Without either it is UTF-16 when all zero bytes of its first
// 64 KB stand on one side of their pairs, each beside a character of Latin text, in
// at least one pair of ten; else UTF-8 when all of it is; else Windows-1252, with a
// warning that shows the first name with such a character, when nothing speaks
// against that. What does: a byte that it has not, or ¤ (ISO 8859-15); more than
// three characters beyond ASCII in a row (Cyrillic, East Asian); a sign between two
// letters other than an apostrophe, a dash, an ellipsis or a middle dot (Polish,
// DOS, Macintosh); line ends of CR alone (Macintosh); as many whole characters of
// UTF-8 as other bytes (damaged UTF-8). Such a text is refused until its encoding
// is named. Identifiers read alike in all of these; names do not. Half a character
// of UTF-16 and any byte that an encoding does not have are errors with their row.
//
// An identifier is digits only, greater than zero, in 64 bits, and its first
// digit is no zero. A number cell is read by its decimal text (1.80012345E8 is
// exact, however it is shown); one of more than 15 digits is refused, since
// spreadsheets turn the others into zeros. One whose number format shows other
// digits or letters than it has (0"7", 0%, a scaling comma, ;;;, a time) is read
// with a warning; grouping, decimals, exponents, zeros in front and currencies are
// no others.
//
// A text is an id when the digits that a person sees in it are the id, all of
// them and in their order. Without a word are taken off: white space around it,
// zero-width characters, marks of direction at its ends, quotation marks, the
// apostrophe or ="…" of a text cell, a number sign, full width, and one or two
// zeros behind a point or comma (180012345.0). With a warning that shows the
// reading: thousands set apart by spaces, apostrophes, or commas or points that
// come twice (180,012,345) or stand before such zeros (1,234.00); scientific
// notation of which every digit is written (1.80012345E+08, but not 1.80012E+08,
// and never of more than 15 digits); aid= or cid= in an address of the Microsoft
// Advertising pages, and only there, since others use aid for partners. Refused:
// 180,012, which may be a fraction; groups that are not of three; digits of other
// scripts; marks of direction between digits, which change their order on the
// screen; ids of Google Ads (123-456-7890); two numbers in one cell.
//
// A number of an account is 8 ASCII letters and digits, of a customer 10, in
// upper case. Letters that only case makes ASCII (ı, ſ, the sign for Kelvin) are
// none of these, nor of the words of actions, types, and yes and no. It is freed of the same marks; spaces within are dropped, with a
// warning, when it has letters and digits. Digits alone or letters alone are
// warned of, since they may be an id or a word. What has the form of another
// column's value is refused with that column's name and never moved there.
//
// A text that is a spreadsheet's error value, in any of the languages that the
// headers have, is refused in every column that is understood, and so is a row
// of number signs. In a column that is carried along it is carried along.
//
// A date is YYYY-MM-DD, with a time if wanted (a zone is turned into UTC), or
// a number cell whose format shows a day or a year, from 1900-03-01 on in the
// 1900 date system, whose days before that are not agreed upon. A good date with
// a time that is not understood is refused as a whole. Any other form is refused
// with the readings that it has, even when only one is possible, unless the
// order of its numbers is told (dmy, mdy, ymd); then it must be in that order,
// and a year of two digits is one of this century. A start is in the past, and
// warned of where the row may add the link, when its time is over or, for a date
// alone, its day in UTC.
//
// Yes and no are words of English, Spanish, German, French, Portuguese and
// Japanese, their first letters, TRUE and FALSE, 1 and 0. Ticks and crosses are
// refused, since a cross means yes on one form and no on the other. Under a
// header that asks who pays, a yes or no is refused; the name of a side (client,
// agency, and their translations) is read there and under bill_to_client. "Us" is
// refused everywhere: it is the agency in its own roster, and the client in one
// that a client has filled in.
//
// The name of a client link has at most 40 characters, counted as characters
// and not as bytes; a warning says when it has more in UTF-16, in which an emoji
// counts twice. A line break is refused in a name and kept in a note. Control
// characters and those that Unicode keeps from text are refused, since they break
// workbooks; marks that turn the order of text round are warned of. A leading =
// is text; the apostrophe before a formula mark, by which spreadsheets and our
// report keep it from being run, is none of it.
//
// The header is the first row, among the first 50 that are not blank, with a cell
// that names the account and no cell that looks like an account. If the row right
// below it names more columns, that one is the header. What stands above is a
// title, skipped; a text there that looks like an account (five digits or more,
// or 8 or 10 letters and digits with three digits) is warned of and protected.
// Headers are compared without case, accents, spaces and punctuation, and never
// by likeness: one that is nearly a column's, a letter in four wrong at most, is
// asked about. A bare word for an account, a name or a note, in any language, is
// no header of ours.
//
// Below the header a row is the roster's unless it is blank, or one of these. A
// header again: each of its cells names the column that it stands in. A total: a
// cell is a word for it, alone or with a count ("Total: 25"). A remark: its one
// cell begins as the lines below tables do ("Exported on …", "Page 2", "* …",
// which under client_name is none). A total or remark has no action, and no other
// text in the columns of the account; with an identifier it is never skipped. A
// header with other columns is an error: the rows below it would be read wrong. It
// is one too when it has no account, something else stands in the columns of the
// account, and one of its cells names the account's column. A
// row with a word for a total and an account is read, with a warning; if it says
// nothing else, with an error, since the account may be a count.
//
// Of several sheets the first visible one with such a header is read; others that
// have one are named, and so are hidden ones. Hidden rows and columns are read,
// with a warning; a height or width of zero hides too. Hidden rows can be skipped
// instead: what they name is then in Roster.Protected, an account that cannot be
// read included, so that nobody concludes from the roster that it is not there.
//
// The value of a merged block is its first cell's. A row that lies below in it
// has an error in that column, as the person sees a value and the cell is blank;
// a warning is enough for names and notes. So has any cell that holds a value
// below a merged one, where nobody sees it. What is carried along is let be.
//
// In a CSV file a value
// to the right of the last header is an error, since a delimiter within a value
// has moved the cells; in a sheet it is a remark, and a warning. So is a value under
// a blank header between others, but one that looks like an account is an error in a
// CSV file, and in a sheet under the account's own merged header. A column of counted
// rows before the first header is let be. A customer
// link without a number is an error only where the row may add it: by its id
// alone such a link can still be found, accepted or unlinked.
//
// An example row is the one that [WriteTemplate] writes: its first cell that is
// filled begins with "EXAMPLE:", in capitals, and it has no other account than
// the example's (180012345, X1234567). It is skipped. A row with that mark and
// another account is refused: somebody has filled it in and left the mark.
//
// A workbook is refused as one that is made to do harm, or as damaged, when it
// holds a text or tag of more than 1 MB (a spreadsheet's cell takes 32,767
// characters), a row of more than 16 MB, more than 1,024 merged blocks over one
// row, or more hidden columns than a sheet has. The library is shown no row, and
// nothing between two rows, before the scanner has found it within these bounds.
package ingest
