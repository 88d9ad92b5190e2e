package reports

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/xuri/excelize/v2"
)

// book is a workbook being written, sheet by sheet.
type book struct {
	file   *excelize.File
	o      Options
	styles map[look]int
	sheets int
}

// writeWorkbook writes the chosen reports that are no detail, one sheet each, to
// path. The rows go through temporary files beside path.
func writeWorkbook(ctx context.Context, db Queryer, path string, chosen []Report, withSummary bool, o Options) (rows int64, err error) {
	b := &book{
		file:   excelize.NewFile(excelize.Options{TmpDir: filepath.Dir(path)}),
		o:      o,
		styles: make(map[look]int),
	}
	defer b.file.Close()
	b.file.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return &stableZip{w: w} })

	if withSummary {
		if err := b.addSummary(ctx, db, chosen); err != nil {
			return 0, fmt.Errorf("workbook: summary: %w", err)
		}
	}
	charts, err := b.planCharts()
	if err != nil {
		return 0, fmt.Errorf("workbook: charts: %w", err)
	}
	for _, r := range chosen {
		if r.Detail {
			continue
		}
		n, err := b.addReport(ctx, db, r)
		if err != nil {
			return 0, fmt.Errorf("workbook: report %s: %w", r.Name, err)
		}
		rows += n
	}
	if withSummary {
		if err := b.addNotes(chosen); err != nil {
			return 0, fmt.Errorf("workbook: notes: %w", err)
		}
	}
	if err := charts.draw(); err != nil {
		return 0, fmt.Errorf("workbook: charts: %w", err)
	}
	if err := b.addProvenance(); err != nil {
		return 0, fmt.Errorf("workbook: provenance: %w", err)
	}
	return rows, b.save(path)
}

// save writes the workbook to path. Its dates are those of the bill month: the
// clock must not change the bytes.
func (b *book) save(path string) error {
	first := b.o.first().Format(time.RFC3339)
	err := b.file.SetDocProps(&excelize.DocProperties{
		Title:          b.title(),
		Creator:        "xtally",
		LastModifiedBy: "xtally",
		Created:        first,
		Modified:       first,
	})
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := b.file.Write(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// sheet is one sheet being written from top to bottom.
type sheet struct {
	book *book
	name string
	w    *excelize.StreamWriter
	row  int // last row written
}

// addSheet begins a sheet of that many rows and columns, with these column widths.
func (b *book) addSheet(name string, rows int, widths []int) (*sheet, error) {
	if err := b.newSheet(name); err != nil {
		return nil, err
	}
	corner, err := excelize.CoordinatesToCellName(max(1, len(widths)), max(1, rows))
	if err != nil {
		return nil, err
	}
	if err := b.file.SetSheetDimension(name, "A1:"+corner); err != nil {
		return nil, err
	}
	if err := b.setPage(name); err != nil {
		return nil, err
	}
	w, err := b.file.NewStreamWriter(name) // from here on the sheet's properties are written
	if err != nil {
		return nil, err
	}
	for i, width := range widths {
		if err := w.SetColWidth(i+1, i+1, float64(width)); err != nil {
			return nil, err
		}
	}
	return &sheet{book: b, name: name, w: w}, nil
}

// newSheet makes an empty sheet; the first takes the one excelize begins with.
func (b *book) newSheet(name string) error {
	b.sheets++
	if b.sheets == 1 {
		return b.file.SetSheetName(b.file.GetSheetName(0), name)
	}
	_, err := b.file.NewSheet(name)
	return err
}

// setPage lays the sheet out for printing: A4 landscape, one page wide, with sheet
// name, month and page number at the foot.
func (b *book) setPage(name string) error {
	fit, size, wide, high, orientation := true, 9, 1, 0, "landscape"
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high,
	})
	if err != nil {
		return err
	}
	return b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddFooter: "&L&A&C" + b.month() + "&R&P / &N",
	})
}

// add writes the next row.
func (s *sheet) add(cells []any, opts ...excelize.RowOpts) error {
	s.row++
	return s.w.SetRow(fmt.Sprintf("A%d", s.row), cells, opts...)
}

// addHeadings writes the headings, keeps them in view and has them printed on
// every page.
func (s *sheet) addHeadings(columns []column) error {
	err := s.w.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: "A2", ActiveCell: "A2", Pane: "bottomLeft"}},
	})
	if err != nil {
		return err
	}
	err = s.book.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: "'" + s.name + "'!$1:$1", Scope: s.name,
	})
	if err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i, c := range columns {
		style, err := s.book.style(c.format(), roleHead)
		if err != nil {
			return err
		}
		cells[i] = excelize.Cell{StyleID: style, Value: heading(c.name, s.book.o.Lang)}
	}
	return s.add(cells)
}

// filter puts filter buttons on the headings, over the rows down to last.
func (s *sheet) filter(columns, last int) error {
	corner, err := excelize.CoordinatesToCellName(columns, max(1, last))
	if err != nil {
		return err
	}
	return s.book.file.AutoFilter(s.name, "A1:"+corner, nil)
}

// month returns the bill month, marked if it is not over.
func (b *book) month() string {
	if b.o.Provisional {
		return b.o.period() + b.o.Lang.Pick("（暂估）", " (provisional)")
	}
	return b.o.period()
}

func (b *book) title() string {
	return b.o.Lang.Pick("隐私号通话费用报告 ", "Privacy number charges ") + b.month()
}
