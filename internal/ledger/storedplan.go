package ledger

import "linkbatch/planner"

// storedPlan is what is stored of a plan beside its rows and steps, with what the
// run has of its own beside the columns of its part.
type storedPlan struct {
	Managing int64  `json:"managing,omitzero"`
	Live     int    `json:"live,omitzero"`
	Listed   int    `json:"listed,omitzero"`
	Saved    string `json:"saved,omitzero"`
	Expected string `json:"expected,omitzero"`
	Accounts int    `json:"accounts,omitzero"`
	Doubtful bool   `json:"doubtful,omitzero"` // the roster may be cut off, or pruning by it was refused

	Guards  []storedGuard `json:"guards,omitzero"` // that tripped
	Purpose storedPurpose `json:"purpose,omitzero"`
}

type storedPurpose struct {
	Undoes  string `json:"undoes,omitzero"`
	Retries string `json:"retries,omitzero"`
	Part    string `json:"part,omitzero"`
}

type storedGuard struct {
	Guard  string `json:"guard,omitzero"`
	Limit  int    `json:"limit,omitzero"`
	Wanted int    `json:"wanted,omitzero"`
	Text   string `json:"text,omitzero"`
	Flag   string `json:"flag,omitzero"`
}

func storePlan(r *Run, p *planner.Plan) storedPlan {
	s := storedPlan{
		Managing: int64(p.ManagingCustomerID), Live: p.Live, Listed: p.Listed, Saved: r.SavedPlan, Expected: r.Expected,
		Accounts: p.Accounts, Doubtful: p.Shrunk || len(p.Refusals) > 0, Purpose: storedPurpose(r.Purpose),
	}
	for _, t := range p.Tripped {
		s.Guards = append(s.Guards, storedGuard(t))
	}
	return s
}

// tripped are the guards that a plan did not keep to.
func (s *storedPlan) tripped() (tripped []planner.Tripped) {
	for _, g := range s.Guards {
		tripped = append(tripped, planner.Tripped(g))
	}
	return tripped
}
