-- Times are nanoseconds since 1970 in UTC, 0 for none. A record's sum is the
-- CRC-32C of its other columns (see table.go). tick orders what was recorded
-- by the order of its commits, which a clock that is set back does not.

CREATE TABLE clock (
	id   INTEGER PRIMARY KEY CHECK (id = 1),
	tick INTEGER NOT NULL
) STRICT;
INSERT INTO clock (id, tick) VALUES (1, 0);

CREATE TABLE runs (
	seq      INTEGER PRIMARY KEY,
	id       TEXT NOT NULL UNIQUE,
	endpoint TEXT NOT NULL,
	customer INTEGER NOT NULL,
	state    TEXT NOT NULL,
	note     TEXT NOT NULL,
	started  INTEGER NOT NULL,
	ended    INTEGER NOT NULL,
	parts    INTEGER NOT NULL,
	steps    INTEGER NOT NULL,
	live     INTEGER NOT NULL,
	listed   INTEGER NOT NULL,
	outcomes TEXT NOT NULL,
	sum      INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_scope ON runs (endpoint, customer, state);

-- A roster as it was understood: one for each content, however often it runs.
CREATE TABLE rosters (
	id     INTEGER PRIMARY KEY,
	hash   TEXT NOT NULL UNIQUE,
	header TEXT NOT NULL,
	length INTEGER NOT NULL,
	sum    INTEGER NOT NULL
) STRICT;

CREATE TABLE roster_rows (
	roster     INTEGER NOT NULL REFERENCES rosters ON DELETE CASCADE,
	place      INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	number     TEXT NOT NULL,
	payload    TEXT NOT NULL,
	sum        INTEGER NOT NULL,
	PRIMARY KEY (roster, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX roster_rows_by_id ON roster_rows (account_id) WHERE account_id <> 0;
CREATE INDEX roster_rows_by_number ON roster_rows (number) WHERE number <> '';

-- A run is begun once and perhaps gone on with; each time is a part.
CREATE TABLE parts (
	run     INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	part    INTEGER NOT NULL,
	roster  INTEGER NOT NULL REFERENCES rosters,
	file    TEXT NOT NULL,
	path    TEXT NOT NULL,
	digest  TEXT NOT NULL,
	sheet   TEXT NOT NULL,
	user_id INTEGER NOT NULL,
	profile TEXT NOT NULL,
	version TEXT NOT NULL,
	plan    TEXT NOT NULL,
	begun   INTEGER NOT NULL,
	tick    INTEGER NOT NULL,
	sum     INTEGER NOT NULL,
	PRIMARY KEY (run, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX parts_by_roster ON parts (roster);

CREATE TABLE decisions (
	run     INTEGER NOT NULL,
	part    INTEGER NOT NULL,
	step    INTEGER NOT NULL,
	payload TEXT NOT NULL,
	sum     INTEGER NOT NULL,
	PRIMARY KEY (run, part, step),
	FOREIGN KEY (run, part) REFERENCES parts ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE calls (
	run     INTEGER NOT NULL,
	number  INTEGER NOT NULL,
	part    INTEGER NOT NULL,
	op      TEXT NOT NULL,
	profile TEXT NOT NULL,
	links   INTEGER NOT NULL,
	sent    INTEGER NOT NULL,
	tick    INTEGER NOT NULL,
	sum     INTEGER NOT NULL,
	PRIMARY KEY (run, number),
	FOREIGN KEY (run, part) REFERENCES parts ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX calls_by_time ON calls (sent);
CREATE INDEX calls_by_part ON calls (run, part);

CREATE TABLE links (
	run     INTEGER NOT NULL,
	call    INTEGER NOT NULL,
	place   INTEGER NOT NULL,
	step    INTEGER NOT NULL,
	payload TEXT NOT NULL,
	sum     INTEGER NOT NULL,
	PRIMARY KEY (run, call, place),
	FOREIGN KEY (run, call) REFERENCES calls ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_step ON links (run, step);

CREATE TABLE replies (
	run     INTEGER NOT NULL,
	call    INTEGER NOT NULL,
	place   INTEGER NOT NULL,
	at      INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	payload TEXT NOT NULL,
	tick    INTEGER NOT NULL,
	sum     INTEGER NOT NULL,
	PRIMARY KEY (run, call, place),
	FOREIGN KEY (run, call, place) REFERENCES links ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX replies_by_time ON replies (at);

CREATE TABLE kept (
	run       INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	step      INTEGER NOT NULL,
	call      INTEGER NOT NULL,
	at        INTEGER NOT NULL,
	payload   TEXT NOT NULL,
	tick      INTEGER NOT NULL,
	sum       INTEGER NOT NULL,
	PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;

-- Identifiers that the service has shown to name one account.
CREATE TABLE accounts (
	account_id INTEGER NOT NULL,
	number     TEXT NOT NULL,
	sum        INTEGER NOT NULL,
	PRIMARY KEY (account_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_by_number ON accounts (number);

-- Who runs in a scope; the lock itself is a file.
CREATE TABLE holders (
	scope TEXT PRIMARY KEY,
	pid   INTEGER NOT NULL,
	host  TEXT NOT NULL,
	since INTEGER NOT NULL,
	sum   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
