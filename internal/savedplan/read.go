package savedplan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"linkbatch/planner"
)

// Recognise reports whether a file that begins with these bytes, a few hundred of
// them, is meant to be a saved plan, whole or not.
func Recognise(head []byte) bool {
	head = bytes.TrimLeftFunc(bytes.TrimPrefix(head, []byte("\ufeff")), unicode.IsSpace)
	return bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"`+kind+`"`))
}

const (
	planAgain = "make the plan again with linkbatch plan ROSTER -o FILE"
	unaltered = "a plan is applied as it was saved: change the roster and plan again"
)

// Read reads a plan and checks that it is as it was written. The error is a
// [*RefusedError], or one of r.
func Read(r io.Reader) (*File, error) {
	p := reading{dec: json.NewDecoder(r), head: make(map[string]json.RawMessage)}
	err := p.read()
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return nil, refused
	}
	if cause := cutOff(err); cause != "" {
		return nil, refuse(planAgain, "the plan is damaged: %s", cause)
	}
	if err != nil {
		return nil, err
	}
	return p.file()
}

// cutOff words an error of JSON; it is empty for any other.
func cutOff(err error) string {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends in the middle"
	case syntax || kind || errors.Is(err, errForm):
		return err.Error()
	}
	return ""
}

// errForm is the error of JSON that is no plan.
var errForm = errors.New("it does not have the form of a plan")

// reading is a plan that is being read: its steps one by one, then the rest.
type reading struct {
	dec     *json.Decoder
	head    map[string]json.RawMessage
	steps   []planner.Step
	digests []string
	changed []string // places that are not as they were written
}

// read reads the object to its end.
func (p *reading) read() error {
	if err := p.expect(json.Delim('{')); err != nil {
		return err
	}
	for p.dec.More() {
		name, err := p.dec.Token()
		if err != nil {
			return err
		}
		if name == "steps" && p.steps == nil {
			if err := p.version(); err != nil {
				return err
			}
			if err := p.readSteps(); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := p.dec.Decode(&value); err != nil {
			return err
		}
		p.head[fmt.Sprint(name)] = value
	}
	if err := p.expect(json.Delim('}')); err != nil {
		return err
	}
	if _, err := p.dec.Token(); err != io.EOF {
		return fmt.Errorf("%w: something follows it", errForm)
	}
	return p.version()
}

// expect reads a bracket.
func (p *reading) expect(want json.Delim) error {
	got, err := p.dec.Token()
	if err == nil && got != want {
		err = fmt.Errorf("%w: there is %v in place of %s", errForm, got, want)
	}
	return err
}

// version refuses a plan of another version before its members are looked at.
func (p *reading) version() error {
	var version int
	if json.Unmarshal(p.head["format_version"], &version) != nil {
		return fmt.Errorf("%w: format_version is missing", errForm)
	}
	if version != FormatVersion {
		var by string
		_ = json.Unmarshal(p.head["linkbatch"], &by) // it is for the message alone
		return refuse("plan again with the linkbatch that applies the plan",
			"the plan has the form %d, written by linkbatch %s; this one reads the form %d", version, by, FormatVersion)
	}
	return nil
}

// readSteps reads the steps, and compares each with its digest.
func (p *reading) readSteps() error {
	if err := p.expect(json.Delim('[')); err != nil {
		return err
	}
	p.steps = []planner.Step{}
	var e encoder
	for p.dec.More() {
		var text json.RawMessage
		if err := p.dec.Decode(&text); err != nil {
			return err
		}
		var form sealedStep
		if err := strictly(text, &form); err != nil {
			return fmt.Errorf("step %d: %w", len(p.steps)+1, err)
		}
		step, err := form.step(len(p.steps))
		if err != nil {
			return fmt.Errorf("step %d: %w: %w", len(p.steps)+1, errForm, err)
		}
		is, err := e.digest(&form.stepForm)
		if err != nil {
			return err
		}
		if is != form.Digest {
			p.changed = append(p.changed, place(&step))
		}
		p.steps, p.digests = append(p.steps, step), append(p.digests, is)
	}
	return p.expect(json.Delim(']'))
}

// strictly decodes JSON, whose members are all to be known.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err != nil && strings.Contains(err.Error(), "unknown field") {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	return err
}

// file is the plan, if it is whole.
func (p *reading) file() (*File, error) {
	text, err := json.Marshal(p.head)
	if err != nil {
		return nil, err
	}
	var h headForm
	if err := strictly(text, &h); err != nil || h.Kind != kind || p.steps == nil {
		return nil, refuse(planAgain, "the plan is damaged: %s", cmp.Or(err, errForm))
	}
	if err := p.whole(&h); err != nil {
		return nil, err
	}
	f := &File{
		Linkbatch: h.Linkbatch, Made: h.Made, By: h.By, Service: h.Service, Roster: h.Roster, Options: h.Options, Guards: h.Guards,
		Plan:   &planner.Plan{ManagingCustomerID: h.Managing, Agency: h.Agency, Steps: p.steps, Live: h.Live, Listed: h.Listed, Accounts: h.Accounts},
		digest: h.Digest, seal: h.Seal,
	}
	if h.Expires != nil {
		f.Expires = *h.Expires
	}
	return f, nil
}

// whole refuses a plan that is not as it was written.
func (p *reading) whole(h *headForm) error {
	d := newDecision(h.Service.Endpoint, h.Roster.Digest, h.Managing)
	for _, digest := range p.digests {
		d.add(digest)
	}
	seal, err := h.seal()
	if err != nil {
		return err
	}
	if len(p.changed) == 0 && d.sum() != h.Digest {
		p.changed = append(p.changed, "the list of steps")
	}
	if len(p.changed) == 0 && seal != h.Seal {
		p.changed = append(p.changed, "what comes before the steps")
	}
	if len(p.changed) > 0 {
		return refuse(unaltered, "the plan was altered since it was saved: %s", list(p.changed))
	}
	for i := range p.steps {
		if !sound(p.steps, i) {
			return refuse(planAgain, "the plan is damaged: %s: %s", place(&p.steps[i]), errForm)
		}
	}
	return nil
}

// sound reports whether a step can be looked at without harm.
func sound(steps []planner.Step, i int) bool {
	s := &steps[i]
	known := []planner.Op{planner.OpNone, planner.OpBlocked, planner.OpReject}
	return (s.Op.Writes() || slices.Contains(known, s.Op)) && s.SameAs >= -1 && s.SameAs < len(steps) && s.SameAs != i && s.Row.Number >= 0
}

// place names a step for people.
func place(s *planner.Step) string {
	account := s.Key.EntityID.String()
	if account == "" {
		account = s.Key.Number
	}
	where := fmt.Sprintf("row %d", s.Row.Number)
	if s.Row.Number == 0 {
		where = "a link that no row names"
	}
	if account != "" {
		where += fmt.Sprintf(" (account %s)", account)
	}
	return where
}

// list joins places: the first few, and how many more there are.
func list(places []string) string {
	const most = 5
	text := strings.Join(places[:min(len(places), most)], ", ")
	if more := len(places) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
