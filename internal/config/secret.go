package config

import "strings"

// secretKeys are keys that people may give a secret to, in the form of bare, and
// which of ours each means.
var secretKeys = map[string]string{
	"refreshtoken":   "refresh_token",
	"token":          "refresh_token",
	"accesstoken":    "refresh_token",
	"password":       "refresh_token",
	"developertoken": "developer_token",
	"devtoken":       "developer_token",
	"apikey":         "developer_token",
	"clientsecret":   "client_secret",
	"secret":         "client_secret",
	"appsecret":      "client_secret",
}

// bare is a key without what spellings of it differ in.
func bare(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
}

// secretFault is the fault of a key that would hold a secret, or nil for any other
// key. Where the secret belongs depends on which one it is.
func secretFault(name string) *fault {
	ours, ok := secretKeys[bare(name)]
	if !ok {
		return nil
	}
	hint := "store it in a file that only you can read and name that file in " + ours + "_file, or name an environment variable in " + ours + "_env"
	if ours == "refresh_token" {
		hint += ", or run linkbatch login"
	}
	return &fault{"secrets do not belong in this file", hint + "; if the file was shared, replace the secret"}
}

// quiet reports whether a value of this kind may be a secret that was put in the
// wrong place, so that no message repeats it.
func (k *key) quiet() bool { return k.kind == variable || k.kind == filename || k.name == "client_id" }
