package reports

import (
	"database/sql"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// page collects the lines of the summary sheet, six columns wide, and then writes
// them; it is short, so it is held as a whole.
type page struct {
	*book
	lines       []pageLine
	sheetsThere map[string]string // sheet of each report that has one
}

// pageLine is one row: cells from column A on. The last cell given may stretch to
// the last column.
type pageLine struct {
	cells   []pageCell
	stretch bool
	height  float64
	link    string // sheet the first cell leads to
}

type pageCell struct {
	figure
	role role
	tone Tone
}

// pageWidths are the widths of columns A to F.
func pageWidths() []int { return []int{42, 18, 14, 14, 14, 34} }

// charsPerLine is how many characters go on a line of words; a Chinese one is two.
const charsPerLine = 124

func (p *page) title(text string) {
	p.lines = append(p.lines, pageLine{cells: []pageCell{{figure: textFigure(text), role: roleTitle}}, stretch: true, height: 26})
}

// section begins a part, after an empty line.
func (p *page) section(text string) {
	p.lines = append(p.lines, pageLine{},
		pageLine{cells: []pageCell{{figure: textFigure(text), role: roleSection}}, stretch: true, height: 20})
}

// words adds a paragraph.
func (p *page) words(text string) {
	lines := (len(text)+len([]rune(text))-1)/2/charsPerLine + 1
	p.lines = append(p.lines, pageLine{
		cells: []pageCell{{figure: textFigure(text), role: roleWords}}, stretch: true, height: float64(16*lines + 2),
	})
}

// remarkChars is how many characters of a remark go on a line.
const remarkChars = 86

// figure adds a label, a value and a remark.
func (p *page) figure(label string, value figure, remark string) {
	height := 0.0 // that of the reader's font
	if wide := (len(remark) + len([]rune(remark))) / 2; wide > remarkChars {
		height = float64(14*((wide-1)/remarkChars+1) + 2)
	}
	p.lines = append(p.lines, pageLine{stretch: true, height: height, cells: []pageCell{
		{figure: textFigure(label)}, {figure: value}, {figure: textFigure(remark), role: roleRemark},
	}})
}

// leadTo has the line added last lead to the sheet of a report.
func (p *page) leadTo(report string) {
	if sheet := p.sheetsThere[report]; sheet != "" {
		line := &p.lines[len(p.lines)-1]
		line.link, line.cells[0].role = sheet, roleLink
	}
}

// told adds a part the caller tells; its lines lead to the sheets they come from.
func (p *page) told(s Section) {
	p.section(s.Title)
	for _, l := range s.Lines {
		p.figure(l.Label, l.figure(), l.Remark)
		p.lines[len(p.lines)-1].cells[1].tone = l.Tone
		p.leadTo(l.Report)
	}
}

// head adds the headings of a list; all but the first stand over numbers.
func (p *page) head(names ...string) {
	var cells []pageCell
	for i, name := range names {
		f := textFigure(name)
		if i > 0 {
			f.kind = kindNumber
		}
		cells = append(cells, pageCell{figure: f, role: roleHead})
	}
	p.lines = append(p.lines, pageLine{cells: cells})
}

// line adds a line of a list.
func (p *page) line(values []figure) {
	var cells []pageCell
	for _, value := range values {
		cells = append(cells, pageCell{figure: value})
	}
	p.lines = append(p.lines, pageLine{cells: cells})
}

// link adds a sheet to go to and a note on it.
func (p *page) link(sheet, note string) {
	p.lines = append(p.lines, pageLine{stretch: true, link: sheet, cells: []pageCell{
		{figure: textFigure(sheet), role: roleLink}, {figure: textFigure(note), role: roleRemark},
	}})
}

// write writes the lines as a sheet.
func (p *page) write(name string) error {
	s, err := p.addSheet(name, len(p.lines), pageWidths())
	if err != nil {
		return err
	}
	hidden := false
	if err := p.file.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &hidden}); err != nil {
		return err
	}
	for _, line := range p.lines {
		if err := p.writeLine(s, line); err != nil {
			return err
		}
	}
	return s.w.Flush()
}

func (p *page) writeLine(s *sheet, line pageLine) error {
	cells := make([]any, len(line.cells))
	for i, c := range line.cells {
		cell, err := p.tonedCell(c.column, sql.NullString{String: c.text, Valid: true}, c.role, c.tone)
		if err != nil {
			return err
		}
		cells[i] = cell
	}
	if err := s.add(cells, excelize.RowOpts{Height: line.height}); err != nil {
		return err
	}
	if line.link != "" {
		at := fmt.Sprintf("A%d", s.row)
		if err := p.file.SetCellHyperLink(s.name, at, "'"+line.link+"'!A1", "Location"); err != nil {
			return err
		}
	}
	last := len(pageWidths())
	if !line.stretch || len(cells) == last {
		return nil
	}
	return s.merge(len(cells), last)
}

// merge joins the cells of the last row written from column from to column to.
func (s *sheet) merge(from, to int) error {
	left, err := excelize.CoordinatesToCellName(from, s.row)
	if err != nil {
		return err
	}
	right, err := excelize.CoordinatesToCellName(to, s.row)
	if err != nil {
		return err
	}
	return s.w.MergeCell(left, right)
}
