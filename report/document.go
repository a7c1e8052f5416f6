package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
)

// document writes one JSON object member by member, indented by two spaces, so
// that a list of 100,000 members is never held as a whole. The first failure
// is kept and returned by close.
type document struct {
	w       *bufio.Writer
	members int
	err     error
}

// newDocument begins the object. Nothing reaches w before the buffer is full or
// the document is closed.
func newDocument(w io.Writer) *document {
	d := &document{w: bufio.NewWriterSize(w, 64<<10)}
	d.text("{")
	return d
}

// field writes one member.
func (d *document) field(name string, v any) {
	d.key(name)
	d.value(v, "  ")
}

// array writes a member that is a list of n values.
func (d *document) array(name string, n int, at func(int) any) {
	d.key(name)
	if n == 0 {
		d.text("[]")
		return
	}
	d.text("[")
	for i := range n {
		if i > 0 {
			d.text(",")
		}
		d.text("\n    ")
		d.value(at(i), "    ")
		if d.err != nil {
			return
		}
	}
	d.text("\n  ]")
}

// lines writes a member that is a list of values, each on one line.
func (d *document) lines(name string, values []json.RawMessage) {
	d.key(name)
	d.text("[")
	for i, v := range values {
		d.text([]string{"\n    ", ",\n    "}[min(i, 1)])
		d.text(string(v))
	}
	d.text("\n  ]")
}

// close ends the object and returns the first failure.
func (d *document) close() error {
	d.text("\n}\n")
	if err := d.w.Flush(); d.err == nil {
		d.err = err
	}
	return d.err
}

// key begins a member.
func (d *document) key(name string) {
	if d.members > 0 {
		d.text(",")
	}
	d.members++
	d.text("\n  ")
	d.value(name, "")
	d.text(": ")
}

// value writes v as it is indented below prefix, with <, > and & as they are.
func (d *document) value(v any, prefix string) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent(prefix, "  ")
	if err := enc.Encode(v); err != nil && d.err == nil {
		d.err = err
	}
	d.text(string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
}

func (d *document) text(s string) {
	if d.err == nil {
		_, d.err = d.w.WriteString(s)
	}
}

// compact is v on one line, with <, > and & as they are.
func compact(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // strings and numbers only, into memory
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// tally counts n items by kind, with every kind of order as a key, also at 0.
func tally[K ~string](order []K, n int, kind func(int) K) json.RawMessage {
	counts := make(map[K]int)
	for i := range n {
		counts[kind(i)]++
	}
	var b bytes.Buffer
	for i, k := range order {
		b.WriteByte("{,"[min(i, 1)])
		b.Write(compact(k))
		b.WriteByte(':')
		b.Write(compact(counts[k]))
	}
	b.WriteByte('}')
	return b.Bytes()
}
