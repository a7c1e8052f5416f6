package executor

import (
	"cmp"
	"fmt"

	"linkbatch/internal/msads"
)

// shutOut reports whether a failure is about the credentials of a profile that
// the run can do without; nothing more is sent with them.
func (e *Executor) shutOut(profile string, failure *msads.CallError) bool {
	class := failure.Class()
	if e.Main == "" || profile == e.Main || class != msads.ClassSignIn && class != msads.ClassTokenExpired {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.shut == nil {
		e.shut = make(map[string]error)
	}
	e.shut[profile] = cmp.Or(e.shut[profile], error(failure))
	return true
}

// refused says why nothing is sent with the credentials of a profile; empty if
// they are good.
func (e *Executor) refused(profile string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	err := e.shut[profile]
	if err == nil {
		return ""
	}
	why := fmt.Sprintf("profile %q: %v", profile, err)
	if advice := callError(err).Advice(); advice != "" {
		why += ": " + advice
	}
	return why
}
