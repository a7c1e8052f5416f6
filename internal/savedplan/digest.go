package savedplan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"

	"linkbatch/internal/msads"
	"linkbatch/planner"
)

// Digest is the digest of a decision, "sha256:…": of the service, the agency, the
// roster and each step. The same decision has the same digest, whoever made it and
// when; what a run adds to a step ([planner.Step.Held]) is no part of it.
func Digest(endpoint, roster string, plan *planner.Plan) (string, error) {
	d := newDecision(endpoint, roster, plan.ManagingCustomerID)
	var e encoder
	for i := range plan.Steps {
		form := newStep(&plan.Steps[i])
		of, err := e.digest(&form)
		if err != nil {
			return "", err
		}
		d.add(of)
	}
	return d.sum(), nil
}

// decision adds up the digest of a decision.
type decision struct{ hash.Hash }

func newDecision(endpoint, roster string, agency msads.ID) decision {
	d := decision{sha256.New()}
	for _, text := range []string{"linkbatch plan 1", endpoint, roster, agency.String()} {
		d.add(text)
	}
	return d
}

// add adds a text, ended by a byte that none contains.
func (d decision) add(text string) { d.Write(append([]byte(text), 0)) }

func (d decision) sum() string { return named(d.Sum(nil)) }

// encoder writes JSON on one line, without escaping for HTML. What it returns is
// good until the next call.
type encoder struct{ b bytes.Buffer }

func (e *encoder) encode(v any) ([]byte, error) {
	e.b.Reset()
	j := json.NewEncoder(&e.b)
	j.SetEscapeHTML(false)
	err := j.Encode(v)
	return bytes.TrimSuffix(e.b.Bytes(), []byte("\n")), err
}

// digest is that of the written form of v.
func (e *encoder) digest(v any) (string, error) {
	text, err := e.encode(v)
	sum := sha256.Sum256(text)
	return named(sum[:]), err
}

// named is a digest as it is written.
func named(sum []byte) string { return "sha256:" + hex.EncodeToString(sum) }

// FileDigest is the digest of a file's bytes, as [Roster.Digest] has it.
func FileDigest(r io.Reader) (string, error) {
	h := sha256.New()
	_, err := io.Copy(h, r)
	return named(h.Sum(nil)), err
}
