package auth

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"unicode"
)

// Credentials are the settings of one login in the environment. A field that is
// not set is empty. Printing or logging them shows only which are set.
type Credentials struct {
	DeveloperToken string // LINKBATCH_DEVELOPER_TOKEN
	RefreshToken   string // LINKBATCH_REFRESH_TOKEN
	ClientID       string // LINKBATCH_CLIENT_ID
	ClientSecret   string // LINKBATCH_CLIENT_SECRET
	CustomerID     string // LINKBATCH_CUSTOMER_ID, not checked
}

// variables pairs each field with its variable.
func (c *Credentials) variables() []variable {
	return []variable{
		{"LINKBATCH_DEVELOPER_TOKEN", &c.DeveloperToken},
		{"LINKBATCH_REFRESH_TOKEN", &c.RefreshToken},
		{"LINKBATCH_CLIENT_ID", &c.ClientID},
		{"LINKBATCH_CLIENT_SECRET", &c.ClientSecret},
		{"LINKBATCH_CUSTOMER_ID", &c.CustomerID},
	}
}

type variable struct {
	name  string
	value *string
}

// FromEnv reads the credentials from LINKBATCH_… variables, or from the files that
// LINKBATCH_…_FILE variables name (one line break at the end of a file is not part
// of the value). getenv is [os.Getenv] or a replacement. The error has all
// problems, each with its variable; none shows a value.
func FromEnv(getenv func(string) string) (Credentials, error) {
	var (
		c    Credentials
		errs []error
	)
	for _, v := range c.variables() {
		value, err := secret(getenv, v.name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		*v.value = value
	}
	return c, errors.Join(errs...)
}

// secret reads one variable or the file that its _FILE form names.
func secret(getenv func(string) string, name string) (string, error) {
	value, file := getenv(name), getenv(name+"_FILE")
	switch {
	case value != "" && file != "":
		return "", fmt.Errorf("%s: %s_FILE is set too: set only one of them", name, name)
	case file != "":
		value, err := SecretFile(file)
		if err != nil {
			return "", fmt.Errorf("%s_FILE: %w", name, err)
		}
		return value, nil
	}
	if err := oneLine(value); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return value, nil
}

// SecretFile reads a secret that is alone in a file; one line break at its end is
// not part of it. The error names the file and shows nothing of its content.
func SecretFile(name string) (string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return "", err // a PathError names the file
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if value == "" {
		return "", fmt.Errorf("%q is empty", name)
	}
	return value, oneLine(value)
}

// oneLine rejects what cannot be a token: most likely the wrong file was named.
func oneLine(value string) error {
	if strings.ContainsFunc(value, unicode.IsControl) {
		return errors.New("the value has more than one line, or contains a control character")
	}
	return nil
}

// String names the variables that are set, and no value.
func (c Credentials) String() string {
	var set []string
	for _, v := range c.variables() {
		if *v.value != "" {
			set = append(set, v.name)
		}
	}
	return "credentials{" + strings.Join(set, " ") + "}"
}

// GoString is String, for %#v.
func (c Credentials) GoString() string { return c.String() }

// LogValue is String, for logs.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }
