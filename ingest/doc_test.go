package ingest

import (
	"os"
	"regexp"
	"testing"
)

// Every file that the package comment points at exists.
func TestPackageCommentNamesFiles(t *testing.T) {
	for _, name := range []string{"doc.go", "rules.go"} {
		content, err := os.ReadFile(name)
		must(t, err)
		named := regexp.MustCompile(`[a-z]+\.go\b`).FindAllString(string(content), -1)
		if len(named) < 5 {
			t.Errorf("%s names %d files", name, len(named))
		}
		for _, file := range named {
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
