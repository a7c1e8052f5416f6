package ingest

import (
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"testing"
)

// The parts of a workbook that is made up, in the order of madeNames.
const (
	madeSheet = iota
	madeStrings
	madeBook
	madeStyles
)

var madeNames = []string{"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"}

// madeBooks are the parts of workbooks that are made up: of every type of cell,
// with gaps, formats, merged cells, and in both date systems.
type madeBooks struct {
	*rand.Rand
	strings int  // in the table of shared strings
	messy   bool // rows or cells are out of order
}

// dateTime is the style by which both readers show a date with its time.
const dateTime = 3

const madeFormats = `<styleSheet` + spreadsheet + `><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/>` +
	`<numFmt numFmtId="166" formatCode="0&quot;7&quot;"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>` +
	`<cellXfs count="6"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="9"/></cellXfs></styleSheet>`

// makeBook makes a workbook up. In a messy one rows or cells may be out of order.
func makeBook(seed uint64) (parts []string, messy bool) {
	m := &madeBooks{Rand: rand.New(rand.NewPCG(seed, 1)), strings: 1 + int(seed%7)}
	table := `<sst` + spreadsheet + fmt.Sprintf(` count="%d">`, m.strings)
	for range m.strings {
		table += "<si>" + m.text() + "</si>"
	}
	properties := m.one("", `<workbookPr/>`, `<workbookPr date1904="1"/>`, `<workbookPr date1904="false" filterPrivacy="1"/>`)
	book := strings.Replace(bookPart, "<sheets>", properties+"<sheets>", 1)
	if m.IntN(4) == 0 {
		book = strings.Replace(book, `name="Clients"`, `name="R&amp;D" state="hidden"`, 1)
	}
	m.messy = m.IntN(4) == 0
	sheet := m.sheet()
	if m.IntN(4) == 0 {
		sheet = strings.NewReplacer("<!", "<!", "<?", "<?", "</", "</x:", "<b>", "<b>", "<", "<x:", "xmlns=", "xmlns:x=").Replace(sheet)
	}
	return []string{sheet, table + `</sst>`, book, madeFormats}, m.messy
}

func (m *madeBooks) one(of ...string) string { return of[m.IntN(len(of))] }

// sheet is a worksheet with a few rows.
func (m *madeBooks) sheet() string {
	var rows []string
	for number := 1; len(rows) < 1+m.IntN(9); {
		ref := ""
		if gap := max(0, m.IntN(8)-4); gap > 0 || m.IntN(2) == 0 {
			number += gap
			ref = fmt.Sprintf(` r="%d"`, number)
		}
		rows = append(rows, "<row"+ref+m.one("", "", ` spans="1:5"`, ` hidden="1"`, ` ht="20" customHeight="1"`)+m.one(">", " >\n")+m.cells(number)+"</row>"+m.one("", "", "\n", "<!-- x -->"))
		number++
	}
	m.mess(rows)
	before := m.one("", `<dimension ref="A1:Z99"/>`, `<sheetPr filterMode="1"/>`, `<cols><col min="2" max="3" hidden="1"/></cols>`, `<sheetViews><sheetView workbookViewId="0"/></sheetViews>`)
	after := m.one("", `<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>`, `<mergeCells><mergeCell ref="C3:C4"/><mergeCell ref="A5:A6"/></mergeCells>`)
	return m.one("", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\r\n") + "<worksheet" + spreadsheet + ">" + before + "<sheetData>" + strings.Join(rows, "") + "</sheetData>" + after + "</worksheet>"
}

// mess puts pieces out of order, or twice.
func (m *madeBooks) mess(pieces []string) {
	if len(pieces) > 1 && m.messy {
		i, j := m.IntN(len(pieces)), m.IntN(len(pieces))
		if m.IntN(2) == 0 {
			pieces[i] = pieces[j]
		} else {
			pieces[i], pieces[j] = pieces[j], pieces[i]
		}
	}
}

// cells are those of a row.
func (m *madeBooks) cells(row int) string {
	var cells []string
	for column := 0; len(cells) < m.IntN(6); column++ {
		ref := ""
		if gap := max(0, m.IntN(6)-3); gap > 0 || m.IntN(3) > 0 {
			column += gap
			ref = fmt.Sprintf(` r="%c%d"`, 'A'+column, row)
		}
		cells = append(cells, m.cell(ref))
	}
	m.mess(cells)
	return strings.Join(cells, m.one("", " "))
}

// cell is a cell of any type, with or without a formula and a value.
func (m *madeBooks) cell(ref string) string {
	attributes := ref + m.one("", "", fmt.Sprintf(` s="%d"`, m.IntN(7)))
	formula := m.one("", "", `<f>A1+1</f>`, `<f t="shared" si="0"/>`)
	switch m.IntN(9) {
	case 0:
		return "<c" + attributes + "/>"
	case 1:
		return "<c" + attributes + ">" + formula + "</c>"
	case 2:
		return "<c" + attributes + fmt.Sprintf(` t="s"><v>%d</v></c>`, m.IntN(m.strings))
	case 3:
		return "<c" + attributes + ` t="inlineStr"><is>` + m.text() + "</is></c>"
	case 4:
		return "<c" + attributes + ` t="str">` + formula + "<v>" + m.plain() + "</v></c>"
	case 5:
		return "<c" + attributes + ` t="b">` + formula + m.one("<v>0</v>", "<v>1</v>", "<v/>") + "</c>"
	case 6:
		return "<c" + attributes + ` t="e">` + formula + m.one("<v>#N/A</v>", "<v>#REF!</v>") + "</c>"
	case 7:
		return "<c" + attributes + ` t="d">` + m.one("<v>2026-12-01</v>", "<v>2026-12-01T08:30:00</v>") + "</c>"
	}
	number := m.one("180012345", "1.80012345E8", "0.1", "-5", "12345678901234567890", "0", "46000", fmt.Sprint(61+m.IntN(70000)), fmt.Sprint(61+70000*m.Float64()))
	return "<c" + attributes + m.one("", ` t="n"`) + ">" + formula + "<v>" + number + "</v></c>"
}

// text is what is within an inline or shared string.
func (m *madeBooks) text() string {
	t := func() string { return m.one("<t>", `<t xml:space="preserve">`) + m.plain() + "</t>" }
	switch m.IntN(5) {
	case 0:
		return m.one("<t/>", "", t()+`<rPh sb="0" eb="1"><t>no</t></rPh><phoneticPr fontId="1"/>`)
	case 1:
		return "<r><rPr><b/><sz val=\"9\"/></rPr>" + t() + "</r><r>" + t() + "</r>"
	}
	return t()
}

// plain is the text of a cell as XML has it.
func (m *madeBooks) plain() string {
	return m.one("account_id", "180012345", "X1234567", "Birch &amp; Alder", "Größe 𝄞", "  two  ", "a\nb", "_x000D_", "_x005F_x000D_", "x_", "_xD800_", "_xZZZZ_", "&#66;&#x1F600;",
		"<![CDATA[<b>]]>", "", html.EscapeString(`<"'>`), strings.Repeat("long ", 60), "a&#13;b", "#N/A", "TRUE", "46000")
}

// pieces are what damage puts into a part.
var pieces = []string{
	"<c>", "</c>", "<c/>", "<v>1</v>", "<v/>", "<is><t>x</t></is>", "<is/>", ` r="B2"`, ` r="A1"`, ` t="s"`, ` t="inlineStr"`, ` t="str"`, ` t="b"`, ` t="n"`, ` s="3"`, "<row/>", `<row r="3">`, "</row>", "<row>",
	"&amp;", "&#10;", "&#0;", "&", "<", ">", `"`, "<!-- x -->", "<![CDATA[x]]>", "_x000A_", "<extLst><ext><v>7</v></ext></extLst>", "<f>1</f>", "<si><t>n</t></si>", "<si/>", "<t>y</t>", "<r><t>z</t></r>",
	"\r\n", "\x01", "\xff", ` hidden="1"`, ` ht="0"`, "<sheetData/>", "<x:y/>", "9", " ", "<?x?>", `<mergeCell ref="A1:A9"/>`, "<v>99</v>", "<rPh><t>p</t></rPh>", ` x:r="C1"`,
}

// damage changes the parts of a workbook, as its bytes say, four for each change.
func damage(parts []string, how []byte) {
	const most = 64
	for n := 0; len(how) >= 4 && n < most; how, n = how[4:], n+1 {
		part := &parts[[]int{madeSheet, madeSheet, madeSheet, madeStrings, madeStrings, madeSheet, madeBook, madeStyles}[how[0]%8]]
		if len(*part) == 0 {
			continue
		}
		at := (int(how[1])<<8 | int(how[2])) % len(*part)
		if tag := strings.IndexByte((*part)[at:], '<'); how[0]&8 != 0 && tag >= 0 {
			at += tag // more often between tags
		}
		end := min(len(*part), at+1+int(how[3])/8)
		before, changed, after := (*part)[:at], (*part)[at:end], (*part)[end:]
		switch how[0] >> 4 & 3 {
		case 0:
			changed = pieces[int(how[3])%len(pieces)] + changed
		case 1:
			changed = ""
		case 2:
			changed += changed
		case 3:
			changed = pieces[int(how[3])%len(pieces)]
		}
		*part = before + changed + after
	}
}

// packBook packs the parts of a workbook that was made up.
func packBook(tb testing.TB, parts []string) []byte {
	rels := strings.Replace(bookRels, "</Relationships>", `<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`, 1)
	all := []string{"[Content_Types].xml", contentTypes, "_rels/.rels", rootRels, "xl/_rels/workbook.xml.rels", rels}
	for i, name := range madeNames {
		all = append(all, name, parts[i])
	}
	return []byte(zipOf(tb, all...))
}
