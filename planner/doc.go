// Package planner decides what to do for each row of a roster.
//
// What enters is rows and the client links that exist now, read through a
// [Searcher]; what leaves is a [Plan]: one [Step] for every row, in roster
// order, plain data that can be printed, compared and saved.
//
// The one promise: planning writes nothing. The packages after it write what
// a step says and never look at a status again; a dry run is a run that stops
// after the plan.
//
// The decision itself is a table of intent and status, kept as data and
// printed by Rules. It is the only place in linkbatch that reads a status.
package planner
