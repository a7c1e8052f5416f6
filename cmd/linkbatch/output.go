package main

import (
	"encoding/json"
	"io"
)

// encode prints a value as indented JSON, without escaping for HTML.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// orNull is s, or null for a blank.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
