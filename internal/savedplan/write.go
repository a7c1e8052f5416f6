package savedplan

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"time"

	"linkbatch/internal/msads"
)

// kind marks a file as a saved plan.
const kind = "linkbatch plan"

// headForm is everything in a file but its steps.
type headForm struct {
	Kind      string            `json:"kind"`
	Version   int               `json:"format_version"`
	Digest    string            `json:"digest"`
	Seal      string            `json:"seal"` // over the head with a blank seal; by the digest over the steps too
	Linkbatch string            `json:"linkbatch"`
	Made      time.Time         `json:"made"`
	Expires   *time.Time        `json:"expires"`
	By        Author            `json:"by"`
	Service   Service           `json:"service"`
	Managing  msads.ID          `json:"managing_customer_id"`
	Agency    string            `json:"agency,omitzero"`
	Roster    Roster            `json:"roster"`
	Options   map[string]string `json:"options"`
	Guards    map[string]string `json:"guards"`
	Live      int               `json:"live"`
	Listed    int               `json:"listed"`
	Accounts  int               `json:"accounts"`
	Counts    map[string]int    `json:"counts"`
}

// sealedStep is a step with its own digest, by which a changed one is found.
type sealedStep struct {
	stepForm
	Digest string `json:"digest"`
}

// Write writes the plan, one step a line, and gives it its digest and its seal.
// Writing the same plan again writes the same bytes.
func (f *File) Write(w io.Writer) error {
	head, err := f.head()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(head, "", "  ")
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	out.Write(bytes.TrimSuffix(text, []byte("\n}"))) // a bufio.Writer keeps its first error for Flush
	out.WriteString(",\n  \"steps\": [")
	var e encoder
	for i := range f.Plan.Steps {
		step := sealedStep{stepForm: newStep(&f.Plan.Steps[i])}
		if step.Digest, err = e.digest(&step.stepForm); err != nil {
			return err
		}
		line, err := e.encode(&step)
		if err != nil {
			return err
		}
		out.WriteString([]string{"\n    ", ",\n    "}[min(i, 1)])
		out.Write(line)
	}
	out.WriteString("\n  ]\n}\n")
	return out.Flush()
}

// head gives the file its digest and its seal.
func (f *File) head() (*headForm, error) {
	h := &headForm{
		Kind: kind, Version: FormatVersion, Linkbatch: f.Linkbatch, Made: f.Made.UTC(), By: f.By, Service: f.Service,
		Managing: f.Plan.ManagingCustomerID, Agency: f.Plan.Agency, Roster: f.Roster, Options: f.Options, Guards: f.Guards,
		Live: f.Plan.Live, Listed: f.Plan.Listed, Accounts: f.Plan.Accounts, Counts: make(map[string]int),
	}
	h.Roster.Header, h.Roster.Skipped = orEmpty(h.Roster.Header), orEmpty(h.Roster.Skipped)
	if !f.Expires.IsZero() {
		h.Expires = new(f.Expires.UTC())
	}
	for i := range f.Plan.Steps {
		h.Counts[string(f.Plan.Steps[i].Op)]++
	}
	var err error
	if h.Digest, err = Digest(f.Service.Endpoint, f.Roster.Digest, f.Plan); err != nil {
		return nil, err
	}
	h.Seal, err = h.seal()
	f.digest, f.seal = h.Digest, h.Seal
	return h, err
}

// seal is what the seal of the head should be.
func (h *headForm) seal() (string, error) {
	blank := *h
	blank.Seal = ""
	return new(encoder).digest(&blank)
}
