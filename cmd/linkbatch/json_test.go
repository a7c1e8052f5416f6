package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestOneDialectOfJSON: with --output json every command that has the flag writes
// one object to standard output, which has format_version at its top and null for a
// blank; so does a failure. The keys come in the same order each time.
func TestOneDialectOfJSON(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	t.Setenv("LINKBATCH_ENV", "simulator")
	t.Setenv("LINKBATCH_WORLD", "world.json")
	t.Setenv("LINKBATCH_TOKEN_STORE", "file")
	for name, text := range map[string]string{
		"world.json": string(scriptWorld()),
		"roster.csv": "account_id,action,bill_to_client,client_name\n1000001,add,true,\n1000002,add,,Oak\nx,add,true,\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := map[string][]string{ // in the order of names: apply comes before those that look into the ledger
		"apply": {"roster.csv", "--yes"}, "check": {"roster.csv"}, "config check": {}, "config show": {}, "doctor": {}, "history": {"1000001"},
		"pending": {}, "plan": {"roster.csv"}, "report": {"last"}, "rules": {}, "runs": {}, "show": {"last"}, "version": {}, "whoami": {},
		"runs prune": {"--older-than", "1h", "--dry-run"}, "retry": {"last", "--dry-run"}, "undo": {"last", "--dry-run"},
	}
	root := newRootCommand(newApp(nil, io.Discard, io.Discard))
	var names []string
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Runnable() && cmd.Flags().Lookup("output") != nil {
			names = append(names, strings.TrimPrefix(cmd.CommandPath(), "linkbatch "))
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
	slices.Sort(names)
	for _, name := range names {
		args, known := good[name]
		if !known {
			t.Errorf("%s has --output and is not tried here", name)
			continue
		}
		args = append(append(strings.Fields(name), args...), "--output", "json")
		first, second := jsonKeys(t, args), []string(nil)
		if name != "apply" {
			if second = jsonKeys(t, args); !slices.Equal(first, second) {
				t.Errorf("%s: the keys are %q, and then %q", name, first, second)
			}
		}
		if keys := jsonKeys(t, append(slices.Clone(args), "--no-such-flag")); !slices.Equal(keys, []string{"format_version", "error", "message", "hint", "code"}) {
			t.Errorf("%s: the keys of an error are %q", name, keys)
		}
	}
}

// jsonKeys runs a command and returns the keys of the object that it writes, as
// they come.
func jsonKeys(t *testing.T, args []string) (keys []string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := execute(args, strings.NewReader(""), &stdout, &stderr)
	d := json.NewDecoder(&stdout)
	var whole json.RawMessage
	if err := d.Decode(&whole); err != nil {
		t.Errorf("%q: exit %d, %v; %s", args, code, err, &stderr)
		return nil
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("%q: more than one object", args)
	}
	collectKeys(t, args, json.NewDecoder(bytes.NewReader(whole)), &keys)
	if !slices.Contains(keys[:min(len(keys), 2)], "format_version") { // a run comes before it
		t.Errorf("%q: format_version is not at the top: %.100s", args, whole)
	}
	return keys
}

// collectKeys reads one value.
func collectKeys(t *testing.T, args []string, d *json.Decoder, keys *[]string) {
	t.Helper()
	token, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	switch token {
	case "":
		t.Errorf("%q: the value after %q is an empty string, not null", args, (*keys)[len(*keys)-1])
	case json.Delim('{'):
		for d.More() {
			key, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			*keys = append(*keys, key.(string))
			collectKeys(t, args, d, keys)
		}
		_, _ = d.Token()
	case json.Delim('['):
		for d.More() {
			collectKeys(t, args, d, keys)
		}
		_, _ = d.Token()
	}
}
