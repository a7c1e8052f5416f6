package config

import "strings"

// secretKeys are keys that people would give a secret to, as bare has them.
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

// bare is a key without what its spellings differ in.
func bare(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
}

// secretFault is the fault of a key that would hold a secret, or nil for any
// other key. Where the secret is to go depends on which it is.
func secretFault(name string) *fault {
	ours, ok := secretKeys[bare(name)]
	if !ok {
		return nil
	}
	hint := "put it into a file that only you can read and name that with " + ours + "_file, or name an environment variable with " + ours + "_env"
	if ours == "refresh_token" {
		hint += ", or leave it to linkbatch login"
	}
	return &fault{"a secret never stands in this file", hint + "; a secret that was shared with the file should be replaced"}
}

// quiet tells whether a value of this kind may be a secret that was put in the
// wrong place, so that it is not repeated.
func (k *key) quiet() bool { return k.kind == variable || k.kind == filename || k.name == "client_id" }
