package ledger

import (
	"fmt"
	"math/rand/v2"
	"time"

	"linkbatch/executor"
	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// random makes plans and results in which every field takes every shape that it
// can have: absent, empty, ordinary and odd.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 4))} }

func pick[T any](r random, of ...T) T { return of[r.IntN(len(of))] }

func (r random) text() string {
	return pick(r, "", "", "Harbour Bakery", "Müller & Söhne <GmbH>", "a\x00b\tc\r\n\u2028", `"quoted" \ back`, "株式会社", "🙂",
		fmt.Sprint("n", r.IntN(1000)), "=1+1", " ")
}

func (r random) texts() []string {
	n := r.IntN(5)
	switch n {
	case 0:
		return nil
	case 1:
		return []string{}
	}
	out := make([]string, n-1)
	for i := range out {
		out[i] = r.text()
	}
	return out
}

func (r random) time() time.Time {
	return pick(r, time.Time{}, time.Date(2026, 11, 23, 4, 5, 6, 789, time.UTC), time.Unix(r.Int64N(1<<32), r.Int64N(1e9)).UTC(),
		time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC))
}

func (r random) id() int64 {
	return pick(r, 0, 1, r.Int64N(1<<40), 9223372036854775807, 9007199254740993)
}

func (r random) flag() *bool { return pick(r, nil, new(true), new(false)) }

func (r random) row(n int) ingest.Row {
	return ingest.Row{
		Sheet: r.text(), Number: n + 2, Cells: r.texts(), AccountID: r.id(), AccountNumber: pick(r, "", fmt.Sprintf("X%07d", r.IntN(1e6))),
		CustomerNumber: r.text(), ManagingCustomerID: r.id(), Action: pick(r, "", ingest.Link, ingest.Unlink), ClientName: r.text(),
		Type: pick(r, "", "AccountLink", "CustomerLink"), Permission: r.text(), BillToClient: r.flag(),
		StartDate: ingest.Date{Time: r.time(), HasTime: r.IntN(2) == 0}, Name: r.text(), Note: r.text(),
		SuppressNotification: r.flag(), ClientProfile: r.text(),
		EndDate: ingest.Date{Time: r.time()}, Reference: r.text(),
	}
}

func (r random) step(i int) planner.Step {
	return planner.Step{
		Index: i, Row: r.row(i), Intent: pick(r, "", ingest.Link, ingest.Accept), Side: pick(r, "", planner.Agency, planner.Client),
		Op: r.op(), Reason: r.text(), Warnings: r.texts(), Profile: r.text(),
		Key: planner.Key{ManagingCustomerID: msads.ID(r.id()), Type: pick(r, "", msads.AccountLink, msads.CustomerLink), EntityID: msads.ID(r.id()), Number: r.text()},
		Before: planner.Seen{
			Status: pick(r, "", msads.Active, "SomethingNew"), LastModified: r.time(), EntityID: msads.ID(r.id()),
			Number: r.text(), Name: r.text(), IsBillToClient: r.flag(), StartDate: r.time(), OtherAgency: r.IntN(2) == 0,
		},
		Former: pick(r, nil, &planner.Terms{}, &planner.Terms{Name: r.text(), Note: r.text(), CustomerNumber: r.text(), Permission: r.text()}),
		Sent:   r.time(), SameAs: r.IntN(4) - 1, Deferred: r.IntN(2) == 0,
		Due: r.time(), Ended: r.IntN(2) == 0, Held: r.text(),
	}
}

func (r random) op() planner.Op {
	return pick(r, planner.OpAdd, planner.OpAccept, planner.OpDecline, planner.OpCancel, planner.OpUnlink, planner.OpNone, planner.OpBlocked, planner.OpReject)
}

func (r random) plan(n int) *planner.Plan {
	p := &planner.Plan{ManagingCustomerID: msads.ID(r.id()), Live: r.IntN(100), Listed: r.IntN(100)}
	for range r.IntN(3) {
		p.Tripped = append(p.Tripped, planner.Tripped{Guard: r.text(), Limit: r.IntN(20), Wanted: r.IntN(20), Text: r.text(), Flag: r.text()})
	}
	for i := range n {
		p.Steps = append(p.Steps, r.step(i))
	}
	return p
}

func (r random) result(step, call int) executor.Result {
	res := executor.Result{
		Step: step, Outcome: pick(r, executor.Outcomes...), Reason: r.text(), Warnings: r.texts(),
		StatusAfter: pick(r, "", msads.Active, msads.LinkPending), ModifiedAfter: r.time(), EntityID: msads.ID(r.id()), EntityName: r.text(),
		NextStep: r.text(), TrackingID: r.text(), Call: call, Attempts: r.IntN(4), At: r.time(), Ops: r.ops(),
	}
	res.Errors = r.errors()
	return res
}

func (r random) answer(step, call int) executor.Answer {
	return executor.Answer{
		Step: step, Outcome: pick(r, executor.Outcomes...), Reason: r.text(), Errors: r.errors(), Whole: r.IntN(2) == 0,
		NextStep: r.text(), TrackingID: r.text(), Call: call, At: r.time(),
	}
}

func (r random) errors() (errs []msads.OperationError) {
	switch n := r.IntN(4); n {
	case 0:
	case 1:
		errs = []msads.OperationError{}
	default:
		for range n {
			errs = append(errs, msads.OperationError{Code: r.IntN(4000) - 1, ErrorCode: r.text(), Message: r.text(), Details: r.text()})
		}
	}
	return errs
}

func (r random) ops() []planner.Op {
	return pick(r, nil, []planner.Op{}, []planner.Op{planner.OpAdd}, []planner.Op{planner.OpAdd, planner.OpAccept})
}

// call is a call of steps of a plan, each of them once.
func (r random) call(p *planner.Plan, number int) executor.Call {
	c := executor.Call{Number: number, Op: r.op(), Profile: r.text()}
	for _, i := range r.Perm(len(p.Steps))[:1+r.IntN(min(10, len(p.Steps)))] {
		s := r.step(i) // as it was decided last, which need not be what the plan says
		s.Row = p.Steps[i].Row
		c.Steps = append(c.Steps, &s)
	}
	return c
}

func (r random) answers(c executor.Call) []executor.Answer {
	var out []executor.Answer
	for _, s := range c.Steps {
		out = append(out, r.answer(s.Index, c.Number))
	}
	return out
}

// ordinary is a plan as a run has it: n accounts, most of them invited.
func ordinary(n int, op planner.Op) *planner.Plan {
	p := &planner.Plan{ManagingCustomerID: 1234567, Live: n, Listed: n, Steps: make([]planner.Step, n)}
	for i := range p.Steps {
		id := int64(180000000 + i*7919%10_000_000)
		number := fmt.Sprintf("X%07d", i)
		p.Steps[i] = planner.Step{
			Index: i, Intent: ingest.Link, Side: planner.Agency, Op: op, Profile: "agency", SameAs: -1,
			Reason: "already linked",
			Row: ingest.Row{
				Number: i + 2, AccountID: id, AccountNumber: number, ClientName: fmt.Sprint("Client ", i), BillToClient: new(true), Action: ingest.Link,
				Cells: []string{fmt.Sprint(id), number, fmt.Sprint("Client ", i), "link", "true", "carried through"},
			},
			Key: planner.Key{ManagingCustomerID: 1234567, Type: msads.AccountLink, EntityID: msads.ID(id), Number: number},
			Before: planner.Seen{
				Status: msads.Active, LastModified: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), EntityID: msads.ID(id),
				Number: number, Name: fmt.Sprint("Client ", i), IsBillToClient: new(true), StartDate: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC),
			},
		}
		if op == planner.OpAdd {
			p.Steps[i].Before = planner.Seen{}
			p.Steps[i].Reason = "no link"
		}
	}
	return p
}

// fillSend gives steps what the ledger does not keep, or not whole.
func fillSend(p *planner.Plan) {
	for i := range p.Steps {
		p.Steps[i].Send = &msads.ClientLink{Name: "Agency link", IsBillToClient: new(true), ClientEntityCustomerNumber: "C987654321", CustomerLinkPermission: "Standard", Status: "not stored"}
		p.Steps[i].Row.Problems = []ingest.Problem{{Message: "not stored"}}
	}
}
