// Linkbatch adds, accepts and unlinks client links of Microsoft Advertising
// from rosters. `linkbatch --help` is its manual; README.md shows the way in.
//
// What enters is a command line, an environment and a roster; what leaves is
// text for a person or JSON for a program, report files, and an exit code from
// one table (exit.go). There is one file for each command. job.go is what plan
// and apply share, session.go signs in, guard.go says what may not be written
// without a flag, and rounds.go and settle.go carry a plan out: execute, look
// up what is not settled, decide it again.
//
// The one promise: what may have been applied is never sent again before two
// searches have shown the link as it was, and every row ends with one outcome
// that is known to be true. This is the only package that prints, asks, exits
// or reads the environment.
package main
