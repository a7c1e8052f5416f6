package config

import (
	"fmt"
	"strings"
	"testing"
)

// TestSecretKeys: a key that would hold a secret is refused however it is
// spelled, wherever it is, and the advice names where that secret belongs.
func TestSecretKeys(t *testing.T) {
	const (
		refresh   = "store it in a file that only you can read and name that file in refresh_token_file, or name an environment variable in refresh_token_env, or run linkbatch login; if the file was shared, replace the secret"
		developer = "store it in a file that only you can read and name that file in developer_token_file, or name an environment variable in developer_token_env; if the file was shared, replace the secret"
		client    = "store it in a file that only you can read and name that file in client_secret_file, or name an environment variable in client_secret_env; if the file was shared, replace the secret"
	)
	for key, hint := range map[string]string{
		"refresh_token": refresh, "RefreshToken": refresh, "refresh-token": refresh, "REFRESH_TOKEN": refresh, "token": refresh, "access_token": refresh, "password": refresh,
		"refresh_tokn": refresh, "refresh_tokens": refresh,
		"developer_token": developer, "dev-token": developer, "ApiKey": developer, "api_key": developer, "developer_tokne": developer,
		"client_secret": client, "secret": client, "app_secret": client, "clientSecret": client, "client_secrets": client,
	} {
		for _, table := range []string{"profiles.a.", ""} {
			if table == "" && (strings.HasSuffix(key, "tokn") || strings.HasSuffix(key, "s") || strings.HasSuffix(key, "ne")) {
				continue // a misspelling is recognised in the table that has such keys
			}
			want := fmt.Sprintf("1:%d %s: secrets do not belong in this file (%s)", len(table)+1, table+key, hint)
			if got := reported(table + key + " = 'hush'"); got != want {
				t.Errorf("%s:\n got %s\nwant %s", table+key, got, want)
			}
		}
	}
}

// TestNoSecretIsShown puts a secret, in every way in which one writes a value,
// well or badly, under each key that may be given one, and looks for it in all
// that is reported. Of an unquoted one no part is shown either.
func TestNoSecretIsShown(t *testing.T) {
	keys := []string{"refresh_token", "password", "clientSecret"}
	for i := range profileKeys {
		if profileKeys[i].quiet() {
			keys = append(keys, profileKeys[i].name)
		}
	}
	if len(keys) != 3+7 {
		t.Errorf("keys %q: want the three above, client_id, and two for each of three secrets", keys)
	}
	for _, key := range keys {
		for _, value := range []string{
			`HUSH`, `HUSH.1`, `'HUSH`, `"HUSH`, `"\HUSH"`, `"\uHUSH"`, `"x\xHUSH"`, "\"HUSH\x01\"", "'HU\xffSH'", `"HUSH" HUSH`, `["HUSH"]`, `[HUSH]`, `["HUSH" HUSH`, `{HUSH = "HUSH"}`, `{a = HUSH}`,
			"\"\"\"\nHUSH", "\"\"\"\nHUSH = HUSH\n\"\"\"", "\"\"\"\nHUSH\\q\"\"\"", "[\nHUSH\n]", "[\n'HUSH',\n", "= HUSH", "'HU SH'", "'~HUSH'", "'HUSH\tHUSH'", "0HUSH", "2000-01-01HUSH", "+HUSH", "1_HUSH", "0xHUSH",
		} {
			for _, text := range []string{"profiles.a." + key + " = " + value, "[profiles.a]\n" + key + "=" + value + "\n[limits]", "profiles.a = {" + key + " = " + value + "}", key + " = " + value} {
				got := reported(text)
				if strings.Contains(got, "HUSH") || got == "" && secretFault(key) != nil {
					t.Errorf("%q: %s", text, got)
				}
			}
		}
	}
}
