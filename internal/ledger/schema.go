package ledger

import (
	"context"
	_ "embed"
	"fmt"
	"hash/crc32"
	"strings"
)

// applicationID marks a SQLite file as a ledger of linkbatch ("lbat").
const applicationID = 0x6c626174

//go:embed migrations/001.sql
var migration1 string

//go:embed migrations/002.sql
var migration2 string

// migration is a step from one schema to the next.
type migration struct {
	sql  string
	fill func(*tx) error // afterwards; may be nil
}

// migrations lead from an empty file to the current schema. A file's
// user_version is the number of migrations that it has had. A published
// migration never changes; a change of the schema is another migration.
var migrations = []migration{{migration1, nil}, {migration2, upgrade1}}

// Schema is the newest schema that this linkbatch knows, from 1.
func Schema() int { return len(migrations) }

// schemaSums are the CRC-32C of the tables and indexes after each migration. A
// table or an index whose definition is damaged can still be a valid one.
var schemaSums = []uint32{0xd9d1f5ac, 0xd5a59ed6}

// schemaText selects what the sums cover.
const schemaText = "SELECT coalesce(group_concat(type || name || tbl_name || coalesce(sql, ''), ';' ORDER BY name), '') FROM sqlite_schema"

// maxVersion is more than linkbatch will ever have: a higher number is noise.
const maxVersion = 10_000

// version returns the schema of the file, or an error if it is not a ledger that
// can be used.
func (l *Ledger) version() (version int, err error) {
	var id int
	var schema string
	for _, q := range []struct {
		query string
		into  any
	}{
		{"PRAGMA application_id", &id},
		{"PRAGMA user_version", &version},
		{schemaText, &schema},
	} {
		if err := l.db.QueryRow(q.query).Scan(q.into); err != nil {
			return 0, err
		}
	}
	switch {
	case id != applicationID || version < 1 || version > maxVersion:
		return 0, &damage{"it is not a linkbatch ledger"}
	case version > len(migrations):
		return 0, &Error{l.path, fmt.Errorf("%w (schema %d; this version knows %d)", ErrNewer, version, len(migrations))}
	case schemaSums[version-1] != crc32.Checksum([]byte(schema), castagnoli):
		return 0, &damage{fmt.Sprintf("its tables do not match schema %d", version)}
	}
	return version, nil
}

// migrate applies the steps that the file has not had, each in a transaction.
// If two processes do so at once, each step is applied once.
func (l *Ledger) migrate(steps []migration) error {
	for done := false; !done; {
		err := l.write(func(t *tx) error {
			var version int
			if err := t.conn.QueryRowContext(context.Background(), "PRAGMA user_version").Scan(&version); err != nil {
				return err
			}
			if done = version >= len(steps); done {
				return nil
			}
			return t.migrate(steps[version], version+1)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// migrate applies one step, which leads to a version.
func (t *tx) migrate(m migration, version int) error {
	_, err := t.conn.ExecContext(context.Background(), strings.ReplaceAll(m.sql, "\r\n", "\n")+fmt.Sprintf(
		";\nPRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version))
	if err != nil || m.fill == nil {
		return err
	}
	return m.fill(t)
}
