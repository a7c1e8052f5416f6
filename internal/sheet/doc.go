// Package sheet reads the worksheets of a workbook (.xlsx) as they are written.
//
// What enters is a zip file with the parts of a workbook; what leaves is its list
// of worksheets, and for each of them its rows: cells with their type, raw value
// and style. It knows what a number format does to a number, which cells are
// merged, and nothing of rosters.
//
// The one promise: every cell is what is written, or reading ends with an error.
// Where a lenient reader would carry on (rows or cells out of order or twice, a
// shared string that does not exist, a part that is cut off, a wrong checksum),
// this one stops. That makes it the only reader of cells; excelize judges it in
// tests.
//
// # What is refused
//
//	a part whose XML is not well-formed                     see package xmlpart
//	a part with a wrong checksum                            compared by archive/zip
//	more than 2 GB unpacked, or 512 MB of shared strings    pack.go
//	a part over 64 MB that unpacks to more than 200 times   pack.go; files that people
//	its size                                                make reach 15 times
//	rows or cells twice, out of order, or outside a sheet   reader.go
//	a text of more than 1 MB, a row of more than 16 MB      a spreadsheet's cell takes
//	                                                        32,767 characters
//	a boolean other than 0 and 1, two values in a cell      cell.go
//	a shared string that does not exist                     strings.go
//	more than 1,024 merged blocks over one row              merges.go
package sheet
