package run

import "linkbatch/planner"

// Limits are what the plan of a whole run must keep to before anything of it is
// sent. Each is raised on its own; nothing raises all of them.
type Limits struct {
	MaxUnlinks   int  // unlinks and cancels
	BillingPause bool // allow unlinks where the agency pays, which pause the client's ads for up to three hours
	MaxInvalid   int  // rows that cannot be understood; below 0 = no limit
}

// Guard is one of the limits.
type Guard string

// The guards.
const (
	MaxUnlinks   Guard = "max-unlinks"
	BillingPause Guard = "billing-pause"
	MaxInvalid   Guard = "max-invalid"
)

// Tripped is a guard that a plan does not keep to.
type Tripped struct {
	Guard  Guard
	Limit  int // how many are allowed
	Wanted int // how many the plan has
}

// Check returns the guards that a plan trips, in the order of their risk. The
// plan of a run that is resumed holds what its earlier parts did too. Rows that
// repeat another count once.
func (l Limits) Check(p *planner.Plan) (tripped []Tripped) {
	var unlinks, pauses, invalid int
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.SameAs >= 0 {
			continue
		}
		switch s.Op {
		case planner.OpReject:
			invalid++
		case planner.OpUnlink:
			unlinks++
			if s.PausesAds() {
				pauses++
			}
		case planner.OpCancel:
			unlinks++
		}
	}
	if unlinks > l.MaxUnlinks {
		tripped = append(tripped, Tripped{MaxUnlinks, l.MaxUnlinks, unlinks})
	}
	if pauses > 0 && !l.BillingPause {
		tripped = append(tripped, Tripped{BillingPause, 0, pauses})
	}
	if l.MaxInvalid >= 0 && invalid > l.MaxInvalid {
		tripped = append(tripped, Tripped{MaxInvalid, l.MaxInvalid, invalid})
	}
	return tripped
}
