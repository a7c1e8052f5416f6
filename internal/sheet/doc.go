// Package sheet reads the worksheets of a workbook (.xlsx) as they are written.
//
// What enters is the parts of a workbook; what leaves is rows of cells with
// their types and raw values, the table of shared strings, merged blocks, and
// what number formats do to a number. It knows nothing of rosters.
//
// The one promise: every cell is what is written, or the reading ends with an
// error. Whatever a lenient reader would pass over (rows or cells out of order or
// twice, a missing shared string, a part that is cut off) is such an error.
package sheet
