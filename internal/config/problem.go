package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is one thing that is wrong with a file. It never shows the value of a
// key that may hold a secret.
type Problem struct {
	File         string // as it was given to Load
	Line, Column int    // from 1; the column counts characters
	Key          string // such as profiles.agency.customer; empty if it is about no key
	Message      string
	Hint         string // what to do about it; may be empty
}

// String is file:line:column: key: message, without the hint.
func (p *Problem) String() string {
	where := fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Key != "" {
		where += p.Key + ": "
	}
	return where + p.Message
}

// Error is a file that cannot be used: every problem that was found, in the
// order of the file; there is at least one.
type Error struct{ Problems []Problem }

// Error has a line for each problem.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i := range e.Problems {
		lines[i] = e.Problems[i].String()
	}
	return strings.Join(lines, "\n")
}

// fault is a problem before its place is known.
type fault struct{ message, hint string }

// problems collects what is wrong with a text.
type problems struct {
	file string
	text string
	list []Problem
}

// add notes a fault at an offset of the text.
func (p *problems) add(offset int, key string, f fault) {
	line, column := position(p.text, offset)
	p.list = append(p.list, Problem{File: p.file, Line: line, Column: column, Key: key, Message: f.message, Hint: f.hint})
}

// err is the problems in the order of the file, or nil.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Key, b.Key))
	})
	return &Error{p.list}
}

// position is the line and column of an offset, which is moved into the text: what
// is missing at the end is missing in its last line that is not blank.
func position(text string, offset int) (line, column int) {
	offset = max(0, min(offset, len(strings.TrimRight(text, "\r\n"))))
	for offset > 0 && offset < len(text) && !utf8.RuneStart(text[offset]) {
		offset--
	}
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	return strings.Count(text[:offset], "\n") + 1, utf8.RuneCountInString(text[start:offset]) + 1
}
