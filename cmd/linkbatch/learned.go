package main

import (
	"encoding/json"

	"linkbatch/internal/ledger"
	"linkbatch/internal/msads"
)

// paceFact names what runs have learned of how many calls per minute the service
// accepts from the signed-in user.
func (j *job) paceFact() ledger.Fact {
	return ledger.Fact{Endpoint: j.session.Name, UserID: j.session.UserID, Name: "pace"}
}

// recallPace holds the calls to the pace that the last run learned. One that
// cannot be understood, as that of a newer linkbatch, is learned again.
func (j *job) recallPace() error {
	if j.ledger == nil {
		return nil
	}
	value, err := j.ledger.Get(j.paceFact())
	if json.Unmarshal([]byte(value), &j.pace) != nil {
		j.pace = msads.Pace{}
	}
	j.session.Gate().SetPace(j.pace)
	return err
}

// keepPace keeps what a run has learned for the next one. If that is not
// possible, the next one has to learn it again, which costs it some throttled
// calls and nothing else.
func (j *job) keepPace() {
	learned := j.session.Gate().Pace()
	if !j.writes || learned == j.pace {
		return
	}
	value, err := json.Marshal(learned)
	if err == nil {
		err = j.ledger.Put(j.paceFact(), string(value))
	}
	if err != nil {
		j.say("what was learned of the limit of calls per minute was not recorded: %v", err)
	}
}

// recallAgency names the agency in the plan as the service did when it was last
// seen on a link, where this plan has seen none, and remembers what it is called.
// A name that cannot be recalled or kept is none: the question then has its id.
func (j *job) recallAgency() {
	if j.ledger == nil {
		return
	}
	fact := ledger.Fact{Endpoint: j.session.Name, UserID: j.session.UserID, Name: "agency " + j.plan.ManagingCustomerID.String()}
	known, err := j.ledger.Get(fact)
	switch {
	case err != nil:
	case j.plan.Agency == "":
		j.plan.Agency = known
	case j.writes && j.plan.Agency != known:
		if err := j.ledger.Put(fact, j.plan.Agency); err != nil {
			j.say("the name of the agency was not recorded: %v", err)
		}
	}
}
