package reports

import (
	"database/sql"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// role is where in a sheet a cell stands.
type role int

const (
	roleBody role = iota
	roleHead
	roleTotal
	roleTitle
	roleSection
	roleWords
	roleRemark
	roleLink
)

// look is all that tells one cell style from another.
type look struct {
	format string // Excel number format
	role   role
	tone   Tone
}

// style returns the style of that look, made when first needed.
func (b *book) style(format string, in role) (int, error) { return b.toned(format, in, Plain) }

// toned is style with the colour of a tone behind the value.
func (b *book) toned(format string, in role, tone Tone) (int, error) {
	key := look{format, in, tone}
	if id, ok := b.styles[key]; ok {
		return id, nil
	}
	id, err := b.file.NewStyle(key.style())
	if err != nil {
		return 0, err
	}
	b.styles[key] = id
	return id, nil
}

// style spells the look out. Headings of numbers stand over them, to the right.
func (l look) style() *excelize.Style {
	s := &excelize.Style{
		CustomNumFmt: &l.format,
		Alignment:    &excelize.Alignment{Vertical: "center"},
	}
	if l.role <= roleTotal && (l.format == "@" || strings.HasPrefix(l.format, "yyyy")) {
		// Words and times keep their distance from the number before them.
		s.Alignment.Horizontal, s.Alignment.Indent = "left", 1
	}
	switch l.role {
	case roleHead:
		s.Font = &excelize.Font{Family: fontName, Size: 11, Bold: true}
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE6F0"}}
		s.Border = line("bottom", 1)
		if strings.ContainsAny(l.format, "#0") {
			s.Alignment.Horizontal = "right"
		}
	case roleTotal:
		s.Font = &excelize.Font{Family: fontName, Size: 11, Bold: true}
		s.Border = line("top", 6)
	case roleTitle:
		s.Font = &excelize.Font{Family: fontName, Size: 16, Bold: true}
	case roleSection:
		s.Font = &excelize.Font{Family: fontName, Size: 12, Bold: true}
		s.Border = line("bottom", 1)
	case roleWords:
		s.Alignment = &excelize.Alignment{Vertical: "top", WrapText: true}
	case roleRemark:
		s.Font = &excelize.Font{Family: fontName, Size: 10, Color: "5F6B7A"}
		s.Alignment.Horizontal, s.Alignment.Indent, s.Alignment.WrapText = "left", 1, true
	case roleLink:
		s.Font = &excelize.Font{Family: fontName, Size: 11, Color: "1F4E9E", Underline: "single"}
	}
	if fill := l.tone.fill(); fill != "" {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
	}
	return s
}

// fontName is the font of excelize's own default style.
const fontName = "Calibri"

// line returns a border on one side, of that Excel line style.
func line(side string, style int) []excelize.Border {
	return []excelize.Border{{Type: side, Color: "7F8FA6", Style: style}}
}

// cell returns the cell for a value given as text. What the text cannot be, a
// number with more than 15 digits or a day before 1900, stays text.
func (b *book) cell(c column, value sql.NullString, in role) (excelize.Cell, error) {
	return b.tonedCell(c, value, in, Plain)
}

func (b *book) tonedCell(c column, value sql.NullString, in role, tone Tone) (excelize.Cell, error) {
	style, err := b.toned(c.format(), in, tone)
	if err != nil || !value.Valid {
		return excelize.Cell{StyleID: style}, err
	}
	if v, ok := typed(c.kind, value.String); ok {
		return excelize.Cell{StyleID: style, Value: v}, nil
	}
	if in != roleHead {
		style, err = b.toned("@", in, tone)
	}
	return excelize.Cell{StyleID: style, Value: cellText(value.String)}, err
}

// typed returns the value a sheet stores for text of that kind.
func typed(k kind, text string) (value any, ok bool) {
	switch k {
	case kindNumber, kindMoney, kindPercent:
		return exactFloat(text)
	case kindMoment:
		return excelTime(time.DateTime, text)
	case kindDate:
		return excelTime(time.DateOnly, text)
	case kindBool:
		return text == "true", true
	}
	return nil, false
}

// exactFloat returns the float whose shortest text is the decimal given, so that
// the sheet stores the decimal itself. That holds up to 15 digits.
func exactFloat(decimal string) (any, bool) {
	digits := strings.TrimLeft(decimal, "+-0.")
	if strings.Contains(decimal, ".") {
		digits = strings.TrimRight(digits, "0.")
	}
	if len(strings.Replace(digits, ".", "", 1)) > 15 {
		return nil, false
	}
	f, err := strconv.ParseFloat(decimal, 64)
	return f, err == nil
}

// excelTime reads a moment that Excel's calendar, which begins in 1900, has.
func excelTime(layout, text string) (any, bool) {
	t, err := time.Parse(layout, text)
	return t, err == nil && t.Year() > 1900
}

// cellText cuts text that is longer than a cell holds, and says so.
func cellText(text string) string {
	const limit, ending = excelize.TotalCellChars, " …（全文见 CSV / full text in the CSV）"
	if len(text) <= limit {
		return text
	}
	units := utf16.Encode([]rune(text))
	if len(units) <= limit {
		return text
	}
	return strings.TrimSuffix(string(utf16.Decode(units[:limit-len(ending)])), "\ufffd") + ending
}
