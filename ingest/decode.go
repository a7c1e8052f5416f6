package ingest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"linkbatch/internal/charset"
)

const (
	saveAsUTF8  = "save it as CSV in UTF-8, or as .xlsx"
	nameCharset = saveAsUTF8 + "; or name its encoding, such as --encoding shift_jis or windows-1250"
)

// KnownEncoding reports whether Options.Encoding may be this name: one of the
// WHATWG or IANA indexes of encodings, such as windows-1250 or shift_jis.
func KnownEncoding(name string) bool {
	_, ok := charset.Named(name)
	return ok
}

// charset tells which encoding the file is in, before a look at all of it: by
// its mark, else as asked for, else UTF-16 if it looks so, else UTF-8.
func (in *input) charset(asked string) (charset.Charset, error) {
	mark := charset.Marked(in.text.Head)
	if mark == "utf-32" {
		return charset.Charset{}, in.fault("unsupported format: text in UTF-32", saveAsUTF8)
	}
	if asked == "" {
		if mark == "" {
			mark = charset.Unmarked16(in.text.Head)
		}
		if mark == "" {
			mark = "utf-8"
		}
		return charset.Charset{Name: mark}, nil
	}
	c, ok := charset.Named(asked)
	switch {
	case !ok:
		return c, in.fault(fmt.Sprintf("--encoding names %q, which is no known encoding", asked), "write a name such as utf-8, windows-1250 or shift_jis")
	case mark != "" && !strings.HasPrefix(mark, c.Name):
		return c, in.fault(fmt.Sprintf("begins with the mark of %s, but --encoding says %s", strings.TrimSuffix(mark, "-bom"), c.Name), "leave --encoding out")
	case mark != "":
		c.Name = mark
	case c.Name == "utf-16":
		c.Name = charset.Unmarked16(in.text.Head)
		if c.Name == "" {
			return c, in.fault("has no mark that tells which UTF-16 it is", "say --encoding utf-16le or utf-16be")
		}
	}
	return c, nil
}

// decode makes the file UTF-8 with line feeds, in a copy if need be.
func (in *input) decode(d dialect, asked string) (found charset.Charset, err error) {
	if found, err = in.charset(asked); err != nil {
		return found, err
	}
	switch {
	case found.Name == "utf-16le":
		err = in.rewrite("decoded", d, func(src io.Reader) io.Reader { return charset.NewUTF16Reader(src, binary.LittleEndian) })
	case found.Name == "utf-16be":
		err = in.rewrite("decoded", d, func(src io.Reader) io.Reader { return charset.NewUTF16Reader(src, binary.BigEndian) })
	case found.Decoder != nil:
		err = in.rewrite("decoded", d, func(src io.Reader) io.Reader { return charset.NewStrictReader(found, src) })
	}
	if err != nil {
		return found, err
	}
	if name, hint := foreignText(in.text.Head); name != "" {
		return found, in.fault("unsupported format: "+name, hint)
	}
	if at := in.text.NulAt - 1; at >= 0 {
		e := in.fault("holds a zero byte (NUL), so it is neither text nor a workbook", "save it as .xlsx, or as CSV in UTF-8")
		e.Row = d.rowAt(in.file, at, in.text.Head)
		return found, e
	}
	if in.text.BadAt > 0 || len(in.text.Carry) > 0 {
		if found, err = in.western(d, asked); err != nil {
			return found, err
		}
	}
	if in.text.LoneReturns() > 0 {
		err = in.rewrite("lines", d, charset.LineFeeds)
	}
	return found, err
}

// western reads a text that is not UTF-8 as Windows-1252 if it clearly is that,
// and refuses it otherwise.
func (in *input) western(d dialect, asked string) (charset.Charset, error) {
	const notClear = "is not UTF-8 text, and not clearly Windows-1252"
	at := in.text.BadAt - 1
	refuse := func(message, hint string) (charset.Charset, error) {
		e := in.fault(message, hint)
		e.Row = d.rowAt(in.file, at, in.text.Head)
		return charset.Charset{}, e
	}
	if at < 0 {
		at = in.text.Size - int64(len(in.text.Carry))
		return refuse("ends within a character of UTF-8: it is cut off, or in another encoding", "copy or export it again; or name its encoding, such as --encoding windows-1252")
	}
	if asked != "" {
		return refuse("is not UTF-8 text", nameCharset)
	}
	if in.text.LoneReturns() > 0 && in.text.Lines == 0 {
		return refuse(notClear, saveAsUTF8+"; or say --encoding macintosh, as its line ends are those of an old Macintosh")
	}
	if !charset.LooksWestern(bufio.NewReaderSize(io.NewSectionReader(in.file, 0, in.size), 1<<16)) {
		return refuse(notClear, nameCharset)
	}
	c := charset.Charset{Name: "windows-1252", Decoder: charmap.Windows1252, Odd: at + 1}
	return c, in.rewrite("decoded", d, func(src io.Reader) io.Reader { return charset.NewStrictReader(c, src) })
}

// warnWestern shows a person how the first character beyond ASCII reads, since
// the file does not say what encoding it is in.
func (r *Roster) warnWestern(d dialect, at int64) {
	row := d.rowAt(r.in.file, at, r.in.text.Head)
	comma, _ := d.of(r.in.text.Head)
	const around = 80
	from := max(at-around, 0)
	text := make([]byte, at-from+around)
	n, _ := r.in.file.ReadAt(text, from) // the file was just written; what is missing is not shown
	outside := func(c rune) bool { return c == comma || c == '\n' || c == '"' }
	before, after := string(text[:min(int64(n), at-from)]), string(text[min(int64(n), at-from):n])
	if end := strings.IndexFunc(after, outside); end >= 0 {
		after = after[:end]
	}
	cell := strings.ToValidUTF8(before[strings.LastIndexFunc(before, outside)+1:]+after, "")
	f := fault{
		message:  "the file is not UTF-8; it is read as Windows-1252",
		hint:     "look how the name reads; if it is wrong, save the file as CSV in UTF-8, or name its encoding, such as --encoding windows-1250",
		severity: Warning,
	}
	r.Problems = append(r.Problems, f.problem(r.place(row, -1), row, "", strings.TrimSpace(cell)))
}

// rewrite puts a converted copy in the place of the file. The digest stays that
// of the file as it came. What cannot be converted is told with its row.
func (in *input) rewrite(name string, dialect dialect, convert func(io.Reader) io.Reader) error {
	copied, err := in.create(name)
	if err != nil {
		return in.cause(err)
	}
	in.text = charset.Stats{}
	src := convert(bufio.NewReaderSize(io.NewSectionReader(in.file, 0, in.size), 1<<16))
	size, err := io.Copy(io.MultiWriter(copied, &in.text), src)
	if err != nil {
		e := in.cause(err)
		if bad, ok := err.(charset.Undecodable); ok {
			e.Row, e.Message, e.Hint = dialect.rowAt(copied, size, in.text.Head), string(bad), saveAsUTF8
		}
		_ = copied.Close() // the first error is the one to tell
		return e
	}
	old := in.file
	in.file, in.size = copied, size
	return old.Close()
}
