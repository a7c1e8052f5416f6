package session

import (
	"log/slog"
	"net/http"
	"time"

	"linkbatch/internal/config"
)

// The environments.
const (
	Production = "production"
	Sandbox    = "sandbox"
	Simulator  = "simulator" // a server in this process, see [Options.World]
)

// Options say which service to use, as whom, and what the outside world is.
type Options struct {
	Env        string // Production, Sandbox or Simulator
	Endpoint   string // another server than the environment's; empty = its own
	TokenURL   string // another token address than the environment's; empty = its own
	Profile    string // the profile in use
	TokenStore string // where sign-ins are stored: auto, keyring or file
	StateDir   string // the folder of stored tokens and of the simulator's state
	World      string // world file of the simulator; empty = the built-in one

	Concurrency       int // calls at once
	MaxCallsPerMinute int // 0 = no limit but the service's
	Version           string

	Config   *config.File // nil = none
	Getenv   func(string) string
	Unsetenv func(string) error
	Now      func() time.Time
	HTTP     *http.Client // nil = each client's own
	Log      *slog.Logger
	Warn     func(format string, args ...any) // safe for concurrent use
	OnPause  func(time.Duration)              // the service asks for a pause; safe for concurrent use, may be nil
}
