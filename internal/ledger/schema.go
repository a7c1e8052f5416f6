package ledger

import (
	"context"
	_ "embed"
	"fmt"
)

// applicationID marks a SQLite file as a ledger of linkbatch ("lbat").
const applicationID = 0x6c626174

//go:embed migrations/001.sql
var migration1 string

// migrations lead from an empty file to the present schema. A file's
// user_version is the number of those that it has had. What is published is
// not changed any more; a change of the schema is one more step.
var migrations = []string{migration1}

// version is the schema of the file, or an error if it is not a ledger that
// can be used.
func (l *Ledger) version() (version int, err error) {
	var id, tables int
	for _, q := range []struct {
		query string
		into  *int
	}{
		{"PRAGMA application_id", &id},
		{"PRAGMA user_version", &version},
		{"SELECT count(*) FROM sqlite_schema", &tables},
	} {
		if err := l.db.QueryRow(q.query).Scan(q.into); err != nil {
			return 0, err
		}
	}
	switch {
	case id != applicationID:
		return 0, &damage{"it is not a ledger of linkbatch"}
	case version > len(migrations):
		return 0, &Error{l.path, fmt.Errorf("%w (schema %d, this one knows %d)", ErrNewer, version, len(migrations))}
	case version < 1 || tables == 0:
		return 0, &damage{fmt.Sprintf("it has %d tables of schema %d", tables, version)}
	}
	return version, nil
}

// migrate takes the steps that the file has not had, each in a transaction.
// Two processes that come at once take each step once.
func (l *Ledger) migrate(steps []string) error {
	for done := false; !done; {
		err := l.write(func(t *tx) error {
			var version int
			if err := t.conn.QueryRowContext(context.Background(), "PRAGMA user_version").Scan(&version); err != nil {
				return err
			}
			if done = version >= len(steps); done {
				return nil
			}
			_, err := t.conn.ExecContext(context.Background(), steps[version]+fmt.Sprintf(
				";\nPRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version+1))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
