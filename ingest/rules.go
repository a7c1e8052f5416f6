// # Rules of judgement
//
// What is read as it is, read with a warning that shows the reading, skipped, or
// refused: the row cannot be used, or, where it says so, the file cannot be read.
//
// Files (filetype.go; package sheet for what is in a workbook):
//
//	read     what the bytes say, whatever the file is called: CSV, XLSX, XLSM, strict OOXML
//	refused  known formats that are not read (.xls, .xlsb, .ods, Numbers, PDF, HTML, archives, a
//	         password, rights management, lock files), each by its name and with how to save it instead
//	refused  a zip file without its end; more than 2 GB unpacked; other signs of harm or damage
//
// Encodings of CSV files (decode.go, package charset):
//
//	read     what the mark (BOM) says, else --encoding; the two must not differ
//	read     without either: UTF-16 that looks like it, else UTF-8
//	warned   Windows-1252, if nothing speaks against it; the warning shows the first name concerned
//	refused  anything else, until its encoding is named; any byte that the encoding does not have
//
// Rows of CSV files (dialect.go, rowlimit.go, quotes.go, openquote.go):
//
//	read     lines that end in CR, LF or CRLF, mixed too
//	read     the delimiter of a first line "sep=;", else the one of , ; tab | that gives the most
//	         headers that are understood
//	refused  a file whose lines are one cell each: within quotes, or with another delimiter (onecell.go)
//	warned   a quote inside a cell that is not quoted; it is taken literally
//	refused  a file with a quote that is not closed, since the ends of its rows are not clear
//	refused  a file with a row of more than 16,384 cells, 8 MB or 500,000 delimiters
//	refused  a row with a line in a cell that is cut by the delimiter and contains what looks like
//	         an account, or a word of the column of actions, or is as long as a row: two stray quotes
//	         swallow the rows between them
//	refused  a file with a conflict of git in it (openquote.go): neither side is the roster
//
// Sheets (sheetpick.go, sheetfaults.go, judge.go):
//
//	read     the first visible sheet with a header that names the account; others are named
//	warned   hidden rows and columns; a height or width of 0 hides too. Skipped rows are protected
//	refused  a value that decides (account, action, payer, date, …) and whose number format shows
//	         other digits than it has: 0"7", 0%, ;;;. Grouping, decimals, exponents, zeros in front
//	         and currencies show the same
//	refused  a blank cell below the first of a merged block, where a person sees a value; for names
//	         and notes it is warned of. A value there, which nobody sees
//
// How cells of sheets look, and formulas (looks.go, xlsxrows.go):
//
//	read     the saved value of a formula
//	warned   one in a workbook that asks to be calculated when it is opened
//	refused  a formula without a saved value; the number 0 in such a workbook, which is what programs
//	         that cannot calculate write
//	refused  what decides, and is crossed out or raised in part, or crossed out in a row that is not;
//	         of other texts, what is crossed out is warned of
//	warned   a row of which everything is crossed out, as of a hidden one
//
// The header (table.go, header.go, aliases.go, suggest.go, slip.go):
//
//	read     the first of 50 rows that are not blank that names the account, and in which nothing
//	         looks like one; if the row right below names more columns, that one
//	read     its cells without case, accents, spaces and punctuation, in six languages. A bare word
//	         for an account, a name or a note is not a header of ours
//	refused  one that is a slip away from a decisive column which is not there ("Actoin"), a letter
//	         more, less, other or swapped, until it is renamed or mapped; --map 'Actoin=' carries it
//	         along. A lost column of actions turns unlinks into invitations
//	refused  by --map, a header that says the opposite of its column (opposite.go)
//	warned   one that is nearly a column's, a letter in four wrong at most: it is carried along
//	warned   a text above it that looks like an account (five digits or more, or 8 or 10 letters
//	         and digits with three digits); it is protected
//
// What is not a row (skip.go, totals.go, again.go, example.go):
//
//	skipped  a blank row; more than 1,000 in a row are one entry (blanks.go)
//	skipped  the header again; with other columns it ends the file, since rows below would be read
//	         wrong
//	skipped  a total: a word for it, alone or with a count ("Total: 25"); a remark: its only cell
//	         begins as the lines below tables do ("Exported on", "Page 2", "* "). Neither has an
//	         action, or anything else for an account
//	skipped  a line of a report about a link that no row named (--prune): only the report's own
//	         columns are filled in, outcome, op and entity_id among them
//	skipped  the template's example: EXAMPLE: in its first cell, and no other account than the
//	         example's
//	warned   a row with a word for a total and an account
//	refused  such a row if it says nothing else: the account may be a count; so may that of a subtotal
//	         ("Contoso Count"), if it has few digits or a formula gave it; the mark of the example
//	         beside another account
//	refused  a row that begins with # or // beside rows that do not: it may be commented out. Where all
//	         begin with # it is a number sign (secondlook.go, which reads the column to its end)
//
// Values outside the columns (outside.go):
//
//	warned   a value under a blank header, or beside the table in a sheet
//	refused  one that looks like an account, in a CSV file or under the account's merged header
//	warned   a value under the blank cell that a delimiter at the end of a CSV header makes
//	refused  any value to the right of the header's last cell in a CSV file: a delimiter within a value
//	         has moved the cells
//	read     a column of counted rows before the first header
//
// Ids (ident.go, number.go, forensics.go, address.go):
//
//	read     digits: greater than zero, in 64 bits, no zero in front. A number cell by its decimal
//	         text, however it is shown; of more than 15 digits a spreadsheet keeps only zeros
//	read     without white space around it, zero-width characters, marks of direction at its ends,
//	         quotation marks, the apostrophe or ="…" of a text cell, a number sign, full width, and
//	         one or two zeros after a point or comma (180012345.0)
//	warned   thousands set apart by spaces or apostrophes, by commas or points that come twice
//	         (180,012,345) or before such zeros (1,234.00)
//	warned   scientific notation with every digit (1.80012345E+08), of at most 15
//	warned   aid= or cid= in an address of Microsoft Advertising; others use them for other things
//	refused  180,012, which may be a fraction; groups that are not of three; 1.80012E+08, whose
//	         digits are lost; digits of other scripts; marks of direction between digits, which
//	         change what is seen; ids of Google Ads (123-456-7890); two numbers in one cell
//
// Numbers of accounts and customers (accountnumber.go):
//
//	read     8 ASCII letters and digits, of a customer 10, in upper case, freed of the same marks
//	warned   spaces within; only digits or only letters, which may be an id or a word
//	refused  what has the form of another column's value: it is named, and never moved there
//	refused  a customer link without a number that may be added; by its id alone it can still be
//	         found, accepted or unlinked (judge.go)
//
// Dates (date.go):
//
//	read     YYYY-MM-DD, perhaps with a time; a zone is turned into UTC
//	read     a number cell whose format shows a day or a year, from 1900-03-01 on in the 1900 date
//	         system, in which the days before are not agreed upon
//	read     an end_date with a midnight without a zone, which programs add to a day
//	warned   a start that is over, or whose day is over in UTC, where the row may add the link
//	refused  any other form, with its readings, even if there is only one, unless --date-order
//	         names the order; then a year of two digits is in this century
//	refused  a good date with a time that is not understood, or an end_date with any other
//
// Words (words.go, payer.go, cell.go):
//
//	read     yes and no of six languages, their first letters, TRUE and FALSE, 1 and 0
//	read     the name of a side (client, agency), under bill_to_client and under a header that asks
//	         who pays
//	refused  yes and no under such a header; "us" everywhere: it is the agency in its own roster,
//	         and the client in one that a client has filled in
//	refused  a bare O where the column has 0 or 1 too, or no other word: a zero, or oui (secondlook.go)
//	refused  ticks and crosses: a cross means yes on one form and no on the other
//	refused  letters that only case makes ASCII (ı, ſ, the sign for Kelvin)
//	refused  a spreadsheet's error value, in the languages of the headers, and a row of number
//	         signs, in every column that is understood; elsewhere both are carried along
//
// Texts (freetext.go):
//
//	read     any script, any emoji; a leading = is text. The apostrophe before a formula mark, by
//	         which spreadsheets and our report keep it from being run, is dropped
//	warned   a name with more than 40 characters in UTF-16, where an emoji counts twice; marks that
//	         turn the order of text round; U+FFFD; in a name or a note, what programs write for
//	         nothing (NULL, undefined)
//	refused  a name of more than 40 characters, or with a line break, which a note may have;
//	         control characters, which break workbooks
package ingest
