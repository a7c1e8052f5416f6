package ingest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

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

// decoded is how a file was made UTF-8.
type decoded struct {
	charset.Charset
	odd int64 // where the first byte beyond ASCII was, plus 1, if the encoding was found by its bytes
}

// decode makes the file UTF-8 with line feeds, in a copy if need be.
func (in *input) decode(d dialect, asked string) (decoded, error) {
	found, err := in.charset(asked)
	if err == nil && !found.IsUTF8() {
		err = in.convert(d, found)
	}
	if err != nil {
		return decoded{}, err
	}
	if name, hint := foreignText(in.text.Head); name != "" {
		return decoded{}, in.fault("unsupported format: "+name, hint)
	}
	if at, ok := in.text.Zero(); ok {
		e := in.fault("contains a zero byte (NUL), so it is neither text nor a workbook", "save it as .xlsx, or as CSV in UTF-8")
		e.Row = d.rowAt(in.file, at, in.text.Head)
		return decoded{}, e
	}
	result := decoded{Charset: found}
	if at, cut, ok := in.text.NotUTF8(); ok {
		if e := in.notUTF8(cut, asked); e != nil {
			e.Row = d.rowAt(in.file, at, in.text.Head)
			return decoded{}, e
		}
		result = decoded{charset.Windows1252, at + 1}
		err = in.convert(d, charset.Windows1252)
	}
	if err == nil && in.text.Returns() > 0 {
		err = in.rewrite("lines", d, charset.NewLineReader)
	}
	return result, err
}

// charset is the encoding that the file is in, before a look at all of it: by its
// mark, else as asked for, else UTF-16 if it looks so, else UTF-8.
func (in *input) charset(asked string) (charset.Charset, error) {
	shown, marked := charset.Marked(in.text.Head)
	if shown == charset.UTF32 {
		return shown, in.fault("unsupported format: text in UTF-32", saveAsUTF8)
	}
	unmarked, is16 := charset.Unmarked16(in.text.Head)
	if asked == "" {
		switch {
		case marked:
			return shown, nil
		case is16:
			return unmarked, nil
		}
		return charset.UTF8, nil
	}
	c, ok := charset.Named(asked)
	switch {
	case !ok:
		return c, in.fault(fmt.Sprintf("--encoding: unknown encoding %q", asked), "pass a name such as utf-8, windows-1250 or shift_jis")
	case marked && !strings.HasPrefix(shown.Name, c.Name):
		return c, in.fault(fmt.Sprintf("begins with the mark of %s, but --encoding says %s", strings.TrimSuffix(shown.Name, "-bom"), c.Name), "leave --encoding out")
	case marked:
		return shown, nil
	case c.Name != charset.UTF16:
		return c, nil
	case !is16:
		return c, in.fault("has no mark that shows which UTF-16 it is", "pass --encoding utf-16le or utf-16be")
	}
	return unmarked, nil
}

// notUTF8 is why a text that is not UTF-8 cannot be read; nil if it is clearly
// Windows-1252. cut is whether it ends within a character.
func (in *input) notUTF8(cut bool, asked string) *FileError {
	const notClear = "is not UTF-8 text, and not clearly Windows-1252"
	switch {
	case cut:
		return in.fault("ends within a character of UTF-8: it is cut off, or in another encoding", "copy or export it again; or name its encoding, such as --encoding windows-1252")
	case asked != "":
		return in.fault("is not UTF-8 text", nameCharset)
	case in.text.Returns() > 0 && in.text.Lines == 0:
		return in.fault(notClear, saveAsUTF8+"; or pass --encoding macintosh, as its line ends are those of an old Macintosh")
	case !charset.LooksWestern(io.NewSectionReader(in.file, 0, in.size)):
		return in.fault(notClear, nameCharset)
	}
	return nil
}

// convert decodes the file into a copy.
func (in *input) convert(d dialect, from charset.Charset) error {
	return in.rewrite("decoded", d, func(src io.Reader) io.Reader { return from.NewReader(src, in.size) })
}

// rewrite replaces the file by a converted copy. The digest stays that of the file
// as it came. What cannot be converted is an error at its row.
func (in *input) rewrite(name string, d dialect, convert func(io.Reader) io.Reader) error {
	copied, err := in.create(name)
	if err != nil {
		return in.cause(err)
	}
	in.text = charset.Stats{}
	src := convert(bufio.NewReaderSize(io.NewSectionReader(in.file, 0, in.size), 1<<16))
	size, err := io.Copy(io.MultiWriter(copied, &in.text), src)
	if err != nil {
		e := in.cause(err)
		if bad, ok := errors.AsType[charset.Undecodable](err); ok {
			e.Row, e.Message, e.Hint = d.rowAt(copied, size, in.text.Head), string(bad), saveAsUTF8
		}
		_ = copied.Close() // the first error is the one that counts
		return e
	}
	old := in.file
	in.file, in.size = copied, size
	return old.Close()
}

// warnWestern shows a person how the first character beyond ASCII reads, since
// the file does not say what encoding it is in.
func (r *Roster) warnWestern(d dialect, at int64) {
	comma, _ := d.of(r.in.text.Head)
	f := fault{
		message:  "the file is not UTF-8; it is read as Windows-1252",
		hint:     "check how the name reads; if it is wrong, save the file as CSV in UTF-8, or name its encoding, such as --encoding windows-1250",
		severity: Warning,
		value:    r.in.cellAround(at, comma),
	}
	r.Problems = append(r.Problems, r.problem(d.rowAt(r.in.file, at, r.in.text.Head), &f))
}

// cellAround is the cell that is at an offset of the file, as far as it is near.
func (in *input) cellAround(at int64, comma rune) string {
	const around = 80
	from := max(at-around, 0)
	text := make([]byte, at-from+around)
	n, _ := in.file.ReadAt(text, from) // the file was just written; what is missing is not shown
	outside := func(c rune) bool { return c == comma || c == '\n' || c == '"' }
	before, after := string(text[:min(int64(n), at-from)]), string(text[min(int64(n), at-from):n])
	if end := strings.IndexFunc(after, outside); end >= 0 {
		after = after[:end]
	}
	cell := before[strings.LastIndexFunc(before, outside)+1:] + after
	return strings.TrimSpace(strings.ToValidUTF8(cell, ""))
}
