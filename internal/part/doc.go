// Package part picks some of the rows of a roster.
//
// What enters is what a person asks for (row numbers as the spreadsheet shows them,
// patterns of cells, a limit) and the rows; what leaves is the rows that match, in
// their order, and a count of those that do not with the accounts that they name.
//
// The one promise: what is asked for is there, or it is an error that says what is
// not; nothing is picked by a typo.
package part
