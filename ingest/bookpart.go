package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"linkbatch/internal/xmlpart"
)

// readBook reads the part that lists the sheets, for the library: of the
// workbook's properties nothing is left but the date system, in the one spelling
// of a boolean that the library is sure to know.
func (p *parts) readBook(name string) ([]byte, error) {
	part, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	content, err := io.ReadAll(part)
	if err == nil {
		content, err = plainProperties(content)
	}
	if err != nil {
		return nil, fmt.Errorf("its part %s cannot be read: %w", p.byName[name].Name, err)
	}
	return content, nil
}

// plainProperties replaces the attributes of each workbookPr by date1904 alone.
func plainProperties(content []byte) ([]byte, error) {
	x := xmlpart.New(bytes.NewReader(content))
	for {
		tok, err := x.Next()
		if err == io.EOF {
			return content, nil
		}
		if err != nil {
			return nil, err
		}
		if tok.Kind != xmlpart.Start || string(tok.Name) != "workbookPr" || len(tok.Attrs.Raw()) == 0 {
			continue
		}
		raw := bytes.Clone(tok.Attrs.Raw())
		plain := ""
		for a := tok.Attrs; a.Next(); {
			if string(a.Name) != "date1904" {
				continue
			}
			switch string(a.Value) {
			case "1", "true", "on":
				plain = ` date1904="1"`
			case "0", "false", "off":
			default:
				return nil, fmt.Errorf("%w: date1904=%q", errDateSystem, xmlpart.Shorten(a.Value))
			}
		}
		content = bytes.Replace(content, raw, []byte(plain), 1)
	}
}

var errDateSystem = errors.New("does not say whether its dates count from 1904")
