package ledger

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// eraser erases what is recorded of one account: the rows that name it, and its
// identifiers in the texts of others, such as a warning that two are alike.
type eraser struct {
	t     *tx
	v     *view
	names *names
	words *regexp.Regexp           // its identifiers in a text
	lines map[int64]map[int64]bool // decisions about its rows, by page
}

// newEraser returns an eraser of an account with at least one identifier.
func newEraser(t *tx, v *view, n *names) *eraser {
	var all []string
	for _, id := range n.ids {
		all = append(all, strconv.FormatInt(id, 10))
	}
	for _, number := range n.numbers {
		all = append(all, regexp.QuoteMeta(number))
	}
	words := regexp.MustCompile(`(?i)\b(` + strings.Join(all, "|") + `)\b`)
	return &eraser{t: t, v: v, names: n, words: words, lines: make(map[int64]map[int64]bool)}
}

// mask takes the account's identifiers out of a text.
func (e *eraser) mask(text string) string { return e.words.ReplaceAllLiteralString(text, "ACCOUNT") }

func (e *eraser) erase(found []mention) error {
	for _, m := range found {
		if !m.over() || m.latest > nanos(time.Now().Add(-searchLag)) {
			return fmt.Errorf("run %s, which has the account, %w", m.ID, ErrUnsettled)
		}
		if err := e.run(m); err != nil {
			return err
		}
	}
	for _, of := range []struct {
		table   *table
		payload int
	}{{&linksTable, 4}, {&repliesTable, 5}, {&keptTable, 4}} {
		if err := e.texts(of.table, of.payload); err != nil {
			return err
		}
	}
	if err := e.pages(); err != nil {
		return err
	}
	return e.t.unpair(e.v, func(p pair) bool { return e.names.has(p.id, p.number) })
}

// run erases what a run recorded for the rows of the account, and the account's
// identifiers where a person may have written them.
func (e *eraser) run(m mention) error {
	if err := e.sent(m); err != nil {
		return err
	}
	for _, p := range m.parts {
		if err := e.part(p); err != nil {
			return err
		}
	}
	run, err := e.t.change(m.seq)
	if err == nil {
		run.Note = e.mask(run.Note)
	}
	return err
}

// sent erases what a run sent and learned for the rows.
func (e *eraser) sent(m mention) error {
	var kept []record
	t, err := e.v.traffic(m.entry, func(step int64, r record) error {
		if m.steps[step] {
			kept = append(kept, r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var links []*sent
	err = t.links(func(s *sent) error {
		if m.steps[s.link.integer(3)] {
			links = append(links, s)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range links {
		if err := e.link(s); err != nil {
			return err
		}
	}
	for _, r := range kept {
		p, err := decode[storedProgress](r.text(4))
		if err != nil {
			return err
		}
		if err := e.rewrite(&keptTable, r, 4, storedProgress{Result: bare(&p.Result), Done: p.Done, Step: p.Step.bare()}); err != nil {
			return err
		}
	}
	return nil
}

// link erases a link and the reply to it.
func (e *eraser) link(s *sent) error {
	step, err := decode[storedStep](s.link.text(4))
	if err != nil {
		return err
	}
	if err := e.rewrite(&linksTable, s.link, 4, step.bare()); err != nil || s.reply == nil {
		return err
	}
	res, err := decode[storedResult](s.reply.text(5))
	if err != nil {
		return err
	}
	return e.rewrite(&repliesTable, s.reply, 5, bare(&res))
}

// part finds the decisions of a part about the account, and masks what a person
// wrote.
func (e *eraser) part(p *part) error {
	places, err := e.names.in(p)
	if err != nil {
		return err
	}
	decided, err := e.v.decided(p)
	if err != nil {
		return err
	}
	for _, at := range places {
		ref, line, err := decided.locate(at)
		if err != nil {
			return err
		}
		if e.lines[ref[0]] == nil {
			e.lines[ref[0]] = make(map[int64]bool)
		}
		e.lines[ref[0]][line] = true
	}
	p.from.Command, p.from.Reason = e.mask(p.from.Command), e.mask(p.from.Reason)
	values, err := p.values()
	if err != nil {
		return err
	}
	_, err = e.t.put(&partsTable, values...)
	return err
}

// texts masks the account in the payloads of a table.
func (e *eraser) texts(tb *table, payload int) error {
	var found []record
	err := each(e.v, []*table{tb}, tb.name, nil, func(r []record) error {
		if e.words.MatchString(r[0].text(payload)) {
			found = append(found, r[0])
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range found {
		scrubbed, err := e.scrub(r.text(payload))
		if err != nil {
			return err
		}
		if err := e.rewrite(tb, r, payload, scrubbed); err != nil {
			return err
		}
	}
	return nil
}

// rewrite replaces the payload of a record.
func (e *eraser) rewrite(tb *table, r record, column int, payload any) error {
	text, err := encode(payload)
	if err != nil {
		return err
	}
	r[column] = text
	_, err = e.t.put(tb, r...)
	return err
}

// bare is what is left of a step; nil of none.
func (s *storedStep) bare() *storedStep {
	if s == nil {
		return nil
	}
	return &storedStep{Intent: s.Intent, Side: s.Side, Op: s.Op, Profile: s.Profile, Same: s.Same, Twin: s.Twin, Reason: erased}
}

// bare is what is left of a result.
func bare(r *storedResult) storedResult {
	return storedResult{Ops: r.Ops, Outcome: r.Outcome, Call: r.Call, Attempts: r.Attempts, At: r.At, Whole: r.Whole, Reason: erased}
}

// scrub decodes a payload, and masks the account in its texts. Times stay, since
// a short id can be a part of one.
func (e *eraser) scrub(payload string) (any, error) {
	d := json.NewDecoder(strings.NewReader(payload))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, &damage{fmt.Sprintf("a record cannot be decoded: %v", err)}
	}
	return e.scrubbed(v), nil
}

func (e *eraser) scrubbed(v any) any {
	switch v := v.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
			return e.mask(v)
		}
	case []any:
		for i := range v {
			v[i] = e.scrubbed(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = e.scrubbed(v[k])
		}
	}
	return v
}
