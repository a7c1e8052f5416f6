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
// which roster by digest, which version of linkbatch); the roster's rows as
// they were understood, once for each content, so that a nightly run over the
// same roster adds only its decisions; the decision for each row; each call
// with its links as they were sent; each reply; and the latest knowledge of
// each row. Calls and replies never change.
//
// Never stored: tokens, secrets, e-mail addresses, the object that a call
// carries (it has the Inviter members; a repeated call carries a fresh search),
// and the problems of a row, which reading the roster finds again. There are no
// fields for them.
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
// record there.
//
// The order of events is the order of commits, not of the clock, which can be
// set back.
//
// # A damaged file
//
// A ledger is created under another name and renamed once its tables are in
// it, so an empty file is a damaged one. [Open] and [Read] compare the
// definitions of tables and indexes with those of their schema, and let SQLite
// go through the whole file: its structure, and whether each index has what its
// table has, since a damaged index would hide records. SQLite does not know
// which values belong in a cell, so every record has a CRC-32C over its columns,
// which is checked each time it is read; a run with too few rows, decisions or
// links is reported. The error is [ErrDamaged], and nothing is repaired: a
// person decides whether to restore a copy or to start a new ledger.
//
// The one loss that cannot be seen is that of the end of the -wal file (what
// was recorded since the file was last closed or checkpointed), which looks
// like a power cut a moment earlier.
//
// # Retention
//
// [Ledger.Prune] deletes runs by age, and rosters that no run needs any more,
// and gives the space back. Runs whose calls are not settled are kept.
//
// # Network file systems
//
// WAL mode needs memory that processes share and locks that hold, and the lock
// of a scope dies with its holder: a network file system promises neither.
// The state folder belongs on a local disk.
package ledger
