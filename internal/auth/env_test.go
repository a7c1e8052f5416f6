package auth

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// environment is a getenv over a map.
func environment(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

// file writes content and returns its path.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCredentialsFromTheEnvironment(t *testing.T) {
	got, err := FromEnv(environment(map[string]string{
		"LINKBATCH_DEVELOPER_TOKEN":    "dev",
		"LINKBATCH_REFRESH_TOKEN_FILE": file(t, " refresh \n"),
		"LINKBATCH_CLIENT_ID":          "app",
		"LINKBATCH_CLIENT_SECRET_FILE": file(t, "hush\r\n"),
		"LINKBATCH_CUSTOMER_ID":        "7654321",
	}))
	if want := (Credentials{"dev", " refresh ", "app", "hush", "7654321"}); err != nil || got != want {
		t.Errorf("%q, %v", got.RefreshToken, err)
	}
	if got, err := FromEnv(environment(nil)); err != nil || got != (Credentials{}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAllProblemsOfTheEnvironmentAreNamed(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "nothing-here")
	_, err := FromEnv(environment(map[string]string{
		"LINKBATCH_DEVELOPER_TOKEN":      "hidden-1",
		"LINKBATCH_DEVELOPER_TOKEN_FILE": file(t, "hidden-2"),
		"LINKBATCH_REFRESH_TOKEN_FILE":   missing,
		"LINKBATCH_CLIENT_ID_FILE":       file(t, "\n"),
		"LINKBATCH_CLIENT_SECRET_FILE":   file(t, "hidden-3\nhidden-4\n"),
		"LINKBATCH_CUSTOMER_ID":          "hidden\x00",
	}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"LINKBATCH_DEVELOPER_TOKEN: LINKBATCH_DEVELOPER_TOKEN_FILE is set too",
		"LINKBATCH_REFRESH_TOKEN_FILE: open " + missing,
		"LINKBATCH_CLIENT_ID_FILE: ", "LINKBATCH_CLIENT_SECRET_FILE: ", "LINKBATCH_CUSTOMER_ID: ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
	if strings.Contains(err.Error(), "hidden") {
		t.Errorf("a value is shown: %v", err)
	}
}

func TestCredentialsAreNeverShown(t *testing.T) {
	c := Credentials{"hush1", "hush2", "hush3", "hush4", "hush5"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "credentials", c)
	held := struct{ C Credentials }{c}
	for _, text := range []string{
		log.String(), c.String(), fmt.Sprintf("%v %+v %#v %s %q %x", c, c, c, c, c, c), fmt.Sprintf("%v %+v %#v", &c, held, held),
	} {
		if strings.Contains(text, "hush") || strings.Contains(text, fmt.Sprintf("%x", "hush")) {
			t.Errorf("shown: %s", text)
		}
	}
	if !strings.Contains(c.String(), "LINKBATCH_CLIENT_SECRET") {
		t.Errorf("%s does not say what is set", c)
	}
}
