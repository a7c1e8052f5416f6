-- The rows of a roster and the decisions of a plan are lists of lines, cut into
-- pages. A page is stored once for each content, and so is a list: a night that
-- decides what the night before decided adds neither.

CREATE TABLE pages (
	id   INTEGER PRIMARY KEY,
	hash TEXT NOT NULL UNIQUE,
	body TEXT NOT NULL,
	sum  INTEGER NOT NULL
) STRICT;

ALTER TABLE rosters ADD COLUMN pages TEXT NOT NULL DEFAULT '[]';

CREATE TABLE plans (
	id     INTEGER PRIMARY KEY,
	hash   TEXT NOT NULL UNIQUE,
	length INTEGER NOT NULL,
	pages  TEXT NOT NULL,
	sum    INTEGER NOT NULL
) STRICT;

-- decided is the plan; the others say who ran the part.
ALTER TABLE parts ADD COLUMN decided INTEGER NOT NULL DEFAULT 0;
ALTER TABLE parts ADD COLUMN os_user TEXT NOT NULL DEFAULT '';
ALTER TABLE parts ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE parts ADD COLUMN command TEXT NOT NULL DEFAULT '';
ALTER TABLE parts ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- How many records a run has of each kind, so that a lost one is noticed, and
-- when the latest of its calls was sent or answered.
ALTER TABLE runs ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN replies INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN latest INTEGER NOT NULL DEFAULT 0;

-- The head counts what no other record counts. serial is the highest number
-- that a run, roster, plan, page or act has had; none is used again.
CREATE TABLE head (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	tick     INTEGER NOT NULL,
	serial   INTEGER NOT NULL,
	runs     INTEGER NOT NULL,
	accounts INTEGER NOT NULL,
	acts     INTEGER NOT NULL,
	sum      INTEGER NOT NULL
) STRICT;

-- What was done to the ledger itself: what it deleted, and for whom.
CREATE TABLE acts (
	id      INTEGER PRIMARY KEY,
	kind    TEXT NOT NULL,
	os_user TEXT NOT NULL,
	host    TEXT NOT NULL,
	command TEXT NOT NULL,
	reason  TEXT NOT NULL,
	detail  TEXT NOT NULL,
	at      INTEGER NOT NULL,
	sum     INTEGER NOT NULL
) STRICT;

-- What runs learned of a service. It is worth keeping, and no loss.
CREATE TABLE facts (
	endpoint TEXT NOT NULL,
	user_id  INTEGER NOT NULL,
	name     TEXT NOT NULL,
	value    TEXT NOT NULL,
	sum      INTEGER NOT NULL,
	PRIMARY KEY (endpoint, user_id, name)
) STRICT, WITHOUT ROWID;

-- Runs are few, and what one of them sent is read as a whole.
DROP INDEX runs_by_scope;
DROP INDEX calls_by_time;
DROP INDEX replies_by_time;
DROP INDEX links_by_step;
DROP INDEX accounts_by_number;
