// Package ledger is the durable record of every run: one SQLite file in the
// state folder.
//
// What enters is a run with its plan, each call before it is sent, each reply,
// and the outcome of each row; what leaves is everything recorded about a run:
// enough to resume it, report it again, or look up an account.
//
// The one promise: what a method has recorded when it returns survives a power
// cut, and what is read is what was written, or an error.
//
// # What is stored
//
// A run and its parts (one, and another each time it is resumed: who, when,
// which roster by digest, which version of linkbatch); the roster's rows as they
// were understood; the decision for each row; each call with its links as they
// were sent; each reply; and the latest knowledge of each row. Calls and replies
// never change.
//
// A run that a guard, a missing confirmation or a failed sign-in kept from being
// started is stored too, as [NotStarted] with the reason: it is over from the start.
//
// Never stored: tokens, secrets, e-mail addresses, the object that a call
// carries (it has the Inviter members; a repeated call carries a fresh search),
// and the problems of a row, which reading the roster finds again. There are no
// fields for them.
//
// # What differs is stored
//
// The rows of a roster and the decisions of a plan are lists of lines, cut into
// pages of some 16 lines. A page is stored once for each content and a list names
// its pages, so a night that decides what the night before decided adds a run
// and a part, some 300 bytes, and a row that changes adds a page and a list.
// Where a page ends depends on its lines alone, and numbers in a line are
// relative to its place, so that a row which is added above changes no page but
// its own. Nothing refers to an earlier run: each can be deleted, and pages go
// with the last list that names them.
//
// # Durability
//
// The file is in WAL mode with synchronous=FULL: a commit is flushed before
// the method returns. Methods called during a commit share the next one, so
// that eight callers pay for one flush. If a shared commit fails, each of its
// writes is tried alone, so that one caller's fault does not fail the others. A
// write that fails is rolled back whole, and its [Recorder] refuses to have
// anything more sent. A write also fails if the file or its -wal has been
// removed or replaced since it was opened ([ErrGone]): nobody would find the
// record there. For the same reason a -wal without its file is reported
// ([ErrMissing]), and no new file is put beside it.
//
// The order of events is the order of commits, not of the clock, which can be
// set back.
//
// # A damaged file
//
// A ledger is created under another name and renamed once its tables are in
// it, so an empty file is a damaged one. [Open] and [Read] compare the
// definitions of tables and indexes with those of their schema. If the file was
// not closed cleanly, or has changed since, or was last checked a week ago, they
// let SQLite go through all of it: its structure, and whether each index has
// what its table has. Otherwise opening takes constant time. What the file was
// like when it was closed is in a small file beside it, ledger.db-closed.
//
// Such a check is not what the promise rests on, since a disk can forget a byte
// the moment after. SQLite does not know which values belong in a cell, so every
// record has a CRC-32C over its columns, which is checked each time it is read.
// And a damaged tree can hide records without SQLite noticing, so what is read as
// a whole is counted: the head counts the runs, a run its parts, calls, replies
// and kept rows, a call its links, a list its pages and their lines. The error is
// [ErrDamaged], and nothing is repaired: a person decides whether to restore a
// copy ([Ledger.Backup], [Restore]) or to start a new ledger. [Ledger.Verify]
// reads every record.
//
// The one loss that cannot be seen is that of the end of the -wal file (what
// was recorded since the file was last closed or checkpointed), which looks
// like a power cut a moment earlier.
//
// # Schemas
//
// A file of an older schema is read as it is, and upgraded when it is opened for
// a run, in one transaction; see schema.go. A run of an older linkbatch that is
// in progress keeps its tables until it has ended.
//
// # Retention
//
// [Ledger.Prune] deletes runs by age, and what only they had, and gives the space
// back. Runs whose calls are not settled are kept. [Ledger.Forget] erases one
// account from the runs that stay. Both leave an [Act].
//
// # Network file systems
//
// WAL mode needs memory that processes share and locks that hold, and the lock
// of a scope dies with its holder: a network file system promises neither.
// The state folder belongs on a local disk.
package ledger
