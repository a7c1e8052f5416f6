PRAGMA application_id = 1818386804;
PRAGMA user_version = 1;
CREATE TABLE clock (
	id   INTEGER PRIMARY KEY CHECK (id = 1),
	tick INTEGER NOT NULL
) STRICT;
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
CREATE TABLE accounts (
	account_id INTEGER NOT NULL,
	number     TEXT NOT NULL,
	sum        INTEGER NOT NULL,
	PRIMARY KEY (account_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE holders (
	scope TEXT PRIMARY KEY,
	pid   INTEGER NOT NULL,
	host  TEXT NOT NULL,
	since INTEGER NOT NULL,
	sum   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_by_scope ON runs (endpoint, customer, state);
CREATE INDEX roster_rows_by_id ON roster_rows (account_id) WHERE account_id <> 0;
CREATE INDEX roster_rows_by_number ON roster_rows (number) WHERE number <> '';
CREATE INDEX parts_by_roster ON parts (roster);
CREATE INDEX calls_by_time ON calls (sent);
CREATE INDEX calls_by_part ON calls (run, part);
CREATE INDEX links_by_step ON links (run, step);
CREATE INDEX replies_by_time ON replies (at);
CREATE INDEX accounts_by_number ON accounts (number);
INSERT INTO clock VALUES (1, 6);
INSERT INTO runs VALUES (1, '20261123-1', 'simulator', 1234567, 'running', '', 1795407725737532645, 0, 1, 3, 3, 3, 'null', 1328901508);
INSERT INTO rosters VALUES (1, 'c8ba753b10cf49b2858105da190c1a40080eff4e503c6cea4efb761f174245a5', '["account_id"]', 3, 4176004079);
INSERT INTO roster_rows VALUES (1, 0, 180000000, 'X0000000', '{"row":2,"cells":["180000000","X0000000","Client 0","link","true","carried through"],"id":180000000,"number":"X0000000","action":"link","client":"Client 0","bill":true}', 2064930907);
INSERT INTO roster_rows VALUES (1, 1, 180007919, 'X0000001', '{"row":3,"cells":["180007919","X0000001","Client 1","link","true","carried through"],"id":180007919,"number":"X0000001","action":"link","client":"Client 1","bill":true}', 1200763612);
INSERT INTO roster_rows VALUES (1, 2, 180015838, 'X0000002', '{"row":4,"cells":["180015838","X0000002","Client 2","link","true","carried through"],"id":180015838,"number":"X0000002","action":"link","client":"Client 2","bill":true}', 4123244166);
INSERT INTO parts VALUES (1, 1, 1, 'r.csv', '', '', '', 4, 'agency', 'v1', '{"managing":1234567,"live":3,"listed":3}', 1795407725737651372, 2, 3854764013);
INSERT INTO decisions VALUES (1, 1, 0, '{"intent":"link","side":"agency","op":"add","reason":"no link","profile":"agency","key":{"managing":1234567,"type":"AccountLink","id":180000000,"number":"X0000000"}}', 3810469982);
INSERT INTO decisions VALUES (1, 1, 1, '{"intent":"link","side":"agency","op":"add","reason":"no link","profile":"agency","key":{"managing":1234567,"type":"AccountLink","id":180007919,"number":"X0000001"}}', 2115506488);
INSERT INTO decisions VALUES (1, 1, 2, '{"intent":"link","side":"agency","op":"none","reason":"already linked","profile":"agency","key":{"managing":1234567,"type":"AccountLink","id":180015838,"number":"X0000002"},"before":{"status":"Active","modified":"2026-03-04T05:06:07Z","id":180015838,"number":"X0000002","name":"Client 2","bill":true,"start":"2026-03-04T00:00:00Z"}}', 866173136);
INSERT INTO calls VALUES (1, 1, 1, 'add', 'agency', 1, 1795407725738605202, 3, 1363053388);
INSERT INTO calls VALUES (1, 2, 1, 'add', 'agency', 1, 1795407725740059877, 4, 2950728212);
INSERT INTO links VALUES (1, 1, 0, 0, '{"intent":"link","side":"agency","op":"add","reason":"no link","profile":"agency","key":{"managing":1234567,"type":"AccountLink","id":180000000,"number":"X0000000"}}', 1626076822);
INSERT INTO links VALUES (1, 2, 0, 1, '{"intent":"link","side":"agency","op":"add","reason":"no link","profile":"agency","key":{"managing":1234567,"type":"AccountLink","id":180007919,"number":"X0000001"}}', 2242082691);
INSERT INTO replies VALUES (1, 1, 0, 1795407725741407392, 'refused', '{"ops":["add"],"outcome":"refused","reason":"no","errors":[{"code":1410,"message":"already sent"}],"tracking":"t","call":1,"attempts":1,"at":"2026-11-23T01:02:03.000000004Z"}', 5, 3871593596);
INSERT INTO kept VALUES (1, 0, 1, 1795407725852510624, '{"result":{"ops":["add"],"outcome":"refused","reason":"no","errors":[{"code":1410,"message":"already sent"}],"tracking":"t","call":1,"attempts":1,"at":"2026-11-23T01:02:03.000000004Z"}}', 6, 1359221503);
INSERT INTO accounts VALUES (180015838, 'X0000002', 3097730453);
