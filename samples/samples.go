package samples

import _ "embed"

// World is samples/world.json: accounts, links in every status and two users,
// in the form that package simulator describes. It must not be changed.
//
//go:embed world.json
var World []byte
