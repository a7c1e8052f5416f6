package xmlpart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzTokensAgainstEncodingXML: what this scanner reads to the end has the tokens
// that encoding/xml finds in it, in strict mode; and what it refuses,
// encoding/xml refuses too, or it is in the table of what is refused here alone.
func FuzzTokensAgainstEncodingXML(f *testing.F) {
	for _, seed := range []string{
		`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><x:a xmlns:x="urn:x" x:b='1 &gt; 2'><c/><d>t&#10;&amp;&quot;</d><!-- - --><![CDATA[<&]]></x:a> `,
		"\ufeff<a>\r\n\r</a>", `<a b = "c"  d='"'/>`, `<a/><b/>`, `<a>]]></a>`, `<a></b>`, `<a b="&lt;" b="2"/>`, `<a b="1"c="2"/>`, `<!DOCTYPE a><a/>`, `<a>&nbsp;</a>`,
		"<a>\x00</a>", "<a>\xff</a>", "<a>\ufffe</a>", `<a><!-- -- --></a>`, `<a><![CDATA[x`, `text<a/>`, `<a:b:c/>`, `<:a/>`, `<a:/>`, `<a b:c="d"/>`, `<?xml version="1.1"?><a/>`, `<?xml a="&"?><a/>`, `<a>&#xDFFF;</a>`,
		`<? a?><a/>`, `<?xml encoding="latin1"?><a/>`, "<a><![CDATA[\r\n]]></a>", `<a>&#xD;&#x10ffff;</a>`, `<ä/>`, `<a b=">"></a >`, `</a>`, `<a b="<"/>`, `<a`, `<a>`, `<`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, part []byte) {
		ours, err := ourTokens(bytes.NewReader(part))
		slowly, slowErr := ourTokens(iotest.OneByteReader(bytes.NewReader(part)))
		if slowly != ours || (slowErr == nil) != (err == nil) {
			t.Fatalf("byte by byte it was read as\n%s, %v\nat once as\n%s, %v", slowly, slowErr, ours, err)
		}
		theirs, theirErr := theirTokens(part)
		switch {
		case err == nil && theirErr != nil:
			t.Fatalf("was read, but encoding/xml refuses it: %v", theirErr)
		case err == nil && ours != theirs:
			t.Fatalf("was read as\n%s\nby encoding/xml as\n%s", ours, theirs)
		case err != nil && theirErr == nil && !refusedHereAlone(err):
			t.Fatalf("encoding/xml reads it; here: %v", err)
		}
	})
}

// hereAlone begins the errors of parts that encoding/xml reads: those that are
// well-formed and listed in the package comment, and those that are not and which
// it passes over.
var hereAlone = []string{
	"contains a document type",
	"contains an invalid tag",                   // a name beyond ASCII
	"contains a tag whose attributes",           // likewise; or no white space between two
	"contains a tag with the attribute",         // twice
	"contains text outside of its root element", // encoding/xml knows no root
	"contains a second root element",
	"contains a comment with two hyphens",             // at its end: <!-- --->
	"contains a processing instruction",               // with a name beyond ASCII
	"contains an XML declaration that cannot be read", // its attributes
	"contains the character U+D",                      // a surrogate by its number, which encoding/xml replaces
	"contains the control character",                  // in a comment or an instruction
	"is written in",                                   // "", or an encoding after one that counts
	"contains bytes that are not UTF-8",               // likewise
	"nests its elements more than",
	"the part ends before its last element is closed", // has no root
}

func refusedHereAlone(err error) bool {
	for _, reason := range hereAlone {
		if strings.HasPrefix(err.Error(), reason) {
			return true
		}
	}
	return err == ErrTooLong
}

// ourTokens writes the tokens of a part as lines; texts that follow each other
// are one.
func ourTokens(part io.Reader) (string, error) {
	var lines tokenLines
	for x := New(part); ; {
		tok, err := x.Next()
		if err == io.EOF {
			return lines.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok.Kind {
		case Start:
			lines.add("<%s", tok.Name)
			for _, a := range tok.Attrs {
				lines.add(" %s=%q", a.Name[bytes.IndexByte(a.Name, ':')+1:], a.Decoded())
			}
			if tok.Empty {
				lines.add(">%s", tok.Name)
			}
		case End:
			lines.add(">%s", tok.Name)
		case Text:
			lines.text += string(tok.Text)
		}
	}
}

// theirTokens does the same with encoding/xml.
func theirTokens(part []byte) (string, error) {
	var lines tokenLines
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(string(part), byteOrderMark)))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if !strings.EqualFold(label, "us-ascii") {
			return nil, fmt.Errorf("charset %q", label)
		}
		return r, nil
	}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return lines.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			lines.add("<%s", tok.Name.Local)
			for _, a := range tok.Attr {
				lines.add(" %s=%q", a.Name.Local, a.Value)
			}
		case xml.EndElement:
			lines.add(">%s", tok.Name.Local)
		case xml.CharData:
			lines.text += string(tok)
		}
	}
}

// tokenLines is a list of tokens, one a line.
type tokenLines struct {
	lines strings.Builder
	text  string
}

func (l *tokenLines) add(format string, args ...any) {
	if l.text != "" {
		fmt.Fprintf(&l.lines, "%q\n", l.text)
		l.text = ""
	}
	fmt.Fprintf(&l.lines, format+"\n", args...)
}

func (l *tokenLines) String() string {
	l.add("end")
	return l.lines.String()
}
