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
	s, err := b.addSheet(name, rows+2, []int{26, 40, 60, 60})
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
		for _, text := range []string{r.Grain(b.o.Lang), r.Note(b.o.Lang), r.Source(b.o.Lang)} {
			cells = append(cells, excelize.Cell{StyleID: words, Value: text})
		}
		if err := s.add(cells); err != nil {
			return err
		}
		if err := b.file.SetCellHyperLink(name, fmt.Sprintf("A%d", s.row), "'"+title+"'!A1", "Location"); err != nil {
			return err
		}
	}
	if err := s.add(nil); err != nil {
		return err
	}
	if err := s.add([]any{excelize.Cell{StyleID: words, Value: b.say("单位", "Units")}, excelize.Cell{StyleID: words, Value: Units(b.o.Lang)}}); err != nil {
		return err
	}
	return s.w.Flush()
}

// annotate puts the same beside the first heading of a report's sheet.
func (t *table) annotate() error {
	lang := t.o.Lang
	text := t.Grain(lang) + "\n" + t.Note(lang) + "\n" + t.Source(lang) + "\n" + Units(lang)
	return t.file.AddComment(t.sheet.name, excelize.Comment{
		Cell: "A1", Author: "xtally", Width: 420, Height: 150, Paragraph: []excelize.RichTextRun{{Text: text}},
	})
}
