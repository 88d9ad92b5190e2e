package reports

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// addNotes writes the sheet that says of each sheet what a row is and what it rests on.
func (b *book) addNotes(chosen []Report) error {
	name := b.say("说明", "Notes")
	rows := 1
	for _, r := range chosen {
		if !r.Detail {
			rows++
		}
	}
	widths := []int{26, 44, 84, 60}
	s, err := b.addSheet(name, rows+2, widths)
	if err != nil {
		return err
	}
	headings := []column{
		{name: b.say("工作表", "Sheet")}, {name: b.say("每行是什么", "What a row is")},
		{name: b.say("内容", "What it shows")}, {name: b.say("依据", "What it rests on")},
	}
	if err := s.addHeadings(headings); err != nil {
		return err
	}
	words, err := b.style("@", roleWords)
	if err != nil {
		return err
	}
	link, err := b.style("@", roleLink)
	if err != nil {
		return err
	}
	for _, r := range chosen {
		if r.Detail {
			continue
		}
		title := r.Title(b.o.Lang)
		cells := []any{excelize.Cell{StyleID: link, Value: title}}
		lines := 1
		for i, text := range []string{r.Grain(b.o.Lang), r.Note(b.o.Lang), r.Source(b.o.Lang)} {
			cells = append(cells, excelize.Cell{StyleID: words, Value: text})
			lines = max(lines, linesOf(text, widths[i+1]))
		}
		if err := s.add(cells, excelize.RowOpts{Height: float64(15*lines + 2)}); err != nil {
			return err
		}
		if err := b.file.SetCellHyperLink(name, fmt.Sprintf("A%d", s.row), "'"+title+"'!A1", "Location"); err != nil {
			return err
		}
	}
	if err := s.add(nil); err != nil {
		return err
	}
	units := Units(b.o.Lang)
	if err := s.add([]any{excelize.Cell{StyleID: words, Value: b.say("单位", "Units")}, excelize.Cell{StyleID: words, Value: units}},
		excelize.RowOpts{Height: float64(15*linesOf(units, widths[1]) + 2)}); err != nil {
		return err
	}
	return s.w.Flush()
}

// linesOf is how many lines a text takes in a column so wide; a Chinese character is
// as wide as two others, and words that do not fit leave a gap.
func linesOf(text string, width int) int {
	wide := (len(text) + len([]rune(text))) / 2
	return (wide+width/8)/width + 1
}

// annotate puts the same beside the first heading of a report's sheet.
func (t *table) annotate() error {
	lang := t.o.Lang
	text := t.Grain(lang) + "\n" + t.Note(lang) + "\n" + t.Source(lang) + "\n" + Units(lang)
	return t.file.AddComment(t.sheet.name, excelize.Comment{
		Cell: "A1", Author: "xtally", Width: 420, Height: 150, Paragraph: []excelize.RichTextRun{{Text: text}},
	})
}
