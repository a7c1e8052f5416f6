package auth

import (
	"os"
	"testing"

	"github.com/zalando/go-keyring"
)

// TestMain keeps the tests away from the keyring of whoever runs them, and is
// the other process where a test needs one.
func TestMain(m *testing.M) {
	if os.Getenv("AUTH_TEST_FOLDER") != "" {
		os.Exit(refreshAndPrint())
	}
	keyring.MockInit()
	os.Exit(m.Run())
}
