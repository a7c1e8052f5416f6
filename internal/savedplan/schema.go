package savedplan

import _ "embed"

// Schema is the JSON Schema (draft 2020-12) of the form that [File.Write] writes.
//
//go:embed schema.json
var Schema string
