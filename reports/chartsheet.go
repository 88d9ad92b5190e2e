package reports

import (
	"database/sql"
	"fmt"
	"math"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// chartBook draws charts on one sheet from the cells of another.
type chartBook struct {
	*book
	data   *sheet
	sheet  string // the charts'
	name   string // the data's
	charts []Chart
	at     map[string]int // row of the headings of each chart's data
	rows   int            // of data
}

// The sheet of charts is a grid of narrow columns: two charts side by side, and the
// field of hours over all of it.
const (
	chartColumns     = 26
	chartColumnWidth = 5.6
	chartWidth       = 560 // pixels, of one of two charts
	chartHeight      = 320
	chartRows        = 20 // that a chart covers, in the program with the lowest rows
	chartRowHeight   = 15.0
	chartsDown       = 2 // on a printed page
	secondColumn     = 14
)

// drawable are the charts that have anything to show.
func drawable(charts []Chart) []Chart {
	var kept []Chart
	for _, c := range charts {
		if c.HasValues() {
			kept = append(kept, c)
		}
	}
	return kept
}

// planCharts makes the sheet the charts will stand on; they are drawn when the cells
// they are drawn from are written.
func (b *book) planCharts() (*chartBook, error) {
	c := &chartBook{book: b, charts: drawable(b.o.Charts), sheet: b.say("图表", "Charts"), name: b.say("图表数据", "Chart data"), at: map[string]int{}}
	if len(c.charts) == 0 {
		return c, nil
	}
	if err := b.newSheet(c.sheet); err != nil {
		return nil, err
	}
	if err := b.setPage(c.sheet); err != nil {
		return nil, err
	}
	hidden := false
	if err := b.file.SetSheetView(c.sheet, 0, &excelize.ViewOptions{ShowGridLines: &hidden}); err != nil {
		return nil, err
	}
	height, fixed := chartRowHeight, true // programs differ in how high a row is by default
	if err := b.file.SetSheetProps(c.sheet, &excelize.SheetPropsOptions{DefaultRowHeight: &height, CustomHeight: &fixed}); err != nil {
		return nil, err
	}
	last, err := excelize.ColumnNumberToName(chartColumns)
	if err != nil {
		return nil, err
	}
	return c, b.file.SetColWidth(c.sheet, "A", last, chartColumnWidth)
}

// draw writes the data and draws the charts from it.
func (c *chartBook) draw() error {
	if len(c.charts) == 0 {
		return nil
	}
	if err := c.writeData(); err != nil {
		return err
	}
	title, err := c.style("@", roleTitle)
	if err != nil {
		return err
	}
	if err := c.file.SetCellValue(c.sheet, "A1", c.say("图表 ", "Charts ")+c.month()); err != nil {
		return err
	}
	if err := c.file.SetCellStyle(c.sheet, "A1", "A1", title); err != nil {
		return err
	}
	row, column := 3, 1
	page := row
	next := func() error {
		row, column = row+chartRows, 1
		if row-page < chartsDown*chartRows {
			return nil
		}
		page = row
		return c.file.InsertPageBreak(c.sheet, fmt.Sprintf("A%d", row))
	}
	for _, chart := range c.charts {
		if chart.Kind == ChartHeat {
			continue
		}
		if err := c.drawChart(chart, row, column); err != nil {
			return fmt.Errorf("chart %s: %w", chart.Name, err)
		}
		if column == 1 {
			column = secondColumn
			continue
		}
		if err := next(); err != nil {
			return err
		}
	}
	if column != 1 {
		if err := next(); err != nil {
			return err
		}
	}
	for _, chart := range c.charts {
		if chart.Kind == ChartHeat {
			if err := c.drawHeat(chart, row); err != nil {
				return fmt.Errorf("chart %s: %w", chart.Name, err)
			}
			row += len(chart.Series) + 4
		}
	}
	return nil
}

// writeData writes a block for each chart: its title, a row of headings, a row a category.
func (c *chartBook) writeData() error {
	widths := []int{24}
	for _, chart := range c.charts {
		c.rows += len(chart.Categories) + 3
		for len(widths) < 1+len(chart.Series)+2 {
			widths = append(widths, 21)
		}
	}
	var err error
	if c.data, err = c.addSheet(c.name, c.rows, widths); err != nil {
		return err
	}
	for _, chart := range c.charts {
		if err := c.writeBlock(chart); err != nil {
			return err
		}
	}
	return c.data.w.Flush()
}

func (c *chartBook) writeBlock(chart Chart) error {
	section, err := c.style("@", roleSection)
	if err != nil {
		return err
	}
	if err := c.data.add([]any{excelize.Cell{StyleID: section, Value: chart.Title}}); err != nil {
		return err
	}
	columns, names := c.columns(chart)
	c.at[chart.Name] = c.data.row + 1
	head := make([]any, 1+len(columns))
	for i := range head {
		format, text := "@", ""
		if i > 0 {
			format, text = columns[0].format(), names[i-1]
		}
		style, err := c.style(format, roleHead)
		if err != nil {
			return err
		}
		head[i] = excelize.Cell{StyleID: style, Value: text}
	}
	if err := c.data.add(head); err != nil {
		return err
	}
	series := chart.drawn()
	for i, category := range labels(chart.Categories) {
		cells := []any{excelize.Cell{Value: category}}
		for j, s := range series {
			var value any
			if s.Values[i] != "" {
				cell, err := c.cell(columns[j], sql.NullString{String: s.Values[i], Valid: true}, roleBody)
				if err != nil {
					return err
				}
				value = cell
			}
			cells = append(cells, value)
		}
		if err := c.data.add(cells); err != nil {
			return err
		}
	}
	return c.data.add(nil)
}

// columns are the columns of a chart's data, and their headings.
func (c *chartBook) columns(chart Chart) ([]column, []string) {
	series := chart.drawn()
	columns, names := make([]column, len(series)), make([]string, len(series))
	labels := chart.seriesLabels(c.o.Lang)
	for i, s := range series {
		columns[i] = column{name: "n_count", typ: "BIGINT", kind: kindNumber}
		switch {
		case chart.Unit == "cny" && s.Name != "cumulative_pct":
			columns[i] = column{name: "n_cny", typ: "DECIMAL(18,2)", kind: kindMoney}
		case chart.Unit == "pct" || s.Name == "cumulative_pct":
			columns[i] = column{name: "n_pct", typ: "DECIMAL(9,2)", kind: kindPercent}
			if chart.Name == "complaint_rate" {
				columns[i].typ = "DECIMAL(9,4)"
			}
		}
		if names[i] = heading(s.Name, c.o.Lang); chart.Kind != ChartWaterfall {
			names[i] = labels[i]
		}
	}
	return columns, names
}

// drawn are the series as cells: of a waterfall the unseen foot of each step, what it
// adds and what it takes.
func (c Chart) drawn() []Series {
	if c.Kind != ChartWaterfall {
		return c.Series
	}
	foot, total, more, less := Series{Name: "step_foot"}, Series{Name: "step_total"}, Series{Name: "step_more"}, Series{Name: "step_less"}
	last := len(c.Categories) - 1
	for i := range c.Categories {
		amount, end := c.Series[0].Values[i], c.Series[1].Values[i]
		f, t, m, l := "", "", "", ""
		switch {
		case i == 0 || i == last:
			t = end
		case amount != "" && amount[0] == '-':
			f, l = end, amount[1:]
		default:
			f, m = c.Series[1].Values[i-1], amount
		}
		foot.Values, total.Values = append(foot.Values, f), append(total.Values, t)
		more.Values, less.Values = append(more.Values, m), append(less.Values, l)
	}
	return []Series{foot, total, more, less}
}

// axisFont is dark enough to be read in print.
var axisFont = excelize.Font{Size: 9, Color: "444444"}

// palette are the colours of series, told apart in print and by most who see few
// colours.
var palette = []string{"2F6DB5", "E08A1E", "3E9C6B", "B8405E", "7A62B8", "5AA9C4", "A0812B", "8A8F98"}

func (c *chartBook) drawChart(chart Chart, row, column int) error {
	cell, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	main := &excelize.Chart{
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: chart.Title, Font: &excelize.Font{Size: 12, Bold: true}}}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartHeight},
		Format:    excelize.GraphicOptions{AltText: chart.Title},
		XAxis:     excelize.ChartAxis{Font: axisFont},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, Font: axisFont, Minimum: new(float64), NumFmt: excelize.ChartNumFmt{CustomNumFmt: axisFormat(chart)}},
	}
	gap := uint(60)
	series := c.series(chart)
	switch chart.Kind {
	case ChartStacked:
		main.Type, main.Series, main.GapWidth = excelize.ColStacked, series, &gap
	case ChartBars:
		main.Type, main.Series, main.GapWidth = excelize.BarStacked, series, &gap
		main.XAxis.ReverseOrder = true
	case ChartLines:
		main.Type, main.Series = excelize.Line, series
	case ChartWaterfall:
		main.Type, main.Series, main.GapWidth = excelize.ColStacked, series, &gap
		main.Legend.Position = "none"
		main.YAxis.Minimum = waterfallFloor(chart)
	case ChartPareto:
		main.Type, main.Series, main.GapWidth = excelize.Col, series[:1], &gap
		main.XAxis.Alignment = excelize.Alignment{TextRotation: 45}
		full := 100.0
		line := &excelize.Chart{
			Type: excelize.Line, Series: series[1:], Legend: main.Legend,
			YAxis: excelize.ChartAxis{Secondary: true, Font: axisFont, Minimum: new(float64), Maximum: &full, NumFmt: excelize.ChartNumFmt{CustomNumFmt: `0"%"`}},
		}
		return c.file.AddChart(c.sheet, cell, main, line)
	}
	return c.file.AddChart(c.sheet, cell, main)
}

func axisFormat(c Chart) string {
	switch {
	case c.Name == "complaint_rate":
		return `0.00##"%"`
	case c.Unit == "pct":
		return `0"%"`
	}
	return "#,##0"
}

// waterfallFloor is where the axis begins: the steps are small beside the totals.
func waterfallFloor(c Chart) *float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, text := range c.Series[1].Values {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			low, high = min(low, v), max(high, v)
		}
	}
	floor := math.Floor(low - max(1, (high-low)/2))
	if math.IsInf(low, 1) || floor < 0 && low >= 0 {
		floor = 0
	}
	return &floor
}

// series refers to the cells of a chart's data.
func (c *chartBook) series(chart Chart) []excelize.ChartSeries {
	head := c.at[chart.Name]
	first, last := head+1, head+len(chart.Categories)
	drawn := chart.drawn()
	all := make([]excelize.ChartSeries, len(drawn))
	for i, s := range drawn {
		letter, err := excelize.ColumnNumberToName(i + 2)
		if err != nil {
			continue // there are not so many columns
		}
		all[i] = excelize.ChartSeries{
			Name:       fmt.Sprintf("'%s'!$%s$%d", c.name, letter, head),
			Categories: fmt.Sprintf("'%s'!$A$%d:$A$%d", c.name, first, last),
			Values:     fmt.Sprintf("'%s'!$%s$%d:$%s$%d", c.name, letter, first, letter, last),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{palette[i%len(palette)]}},
			Line:       excelize.LineOptions{Width: 2, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{palette[i%len(palette)]}}},
			Marker:     excelize.ChartMarker{Symbol: "none"},
		}
		switch s.Name {
		case "step_foot":
			all[i].Fill = excelize.Fill{Type: "pattern", Pattern: 0}
		case "step_more":
			all[i].Fill.Color = []string{"B8405E"}
		case "step_less":
			all[i].Fill.Color = []string{"3E9C6B"}
		case "step_total":
			all[i].Fill.Color = []string{"2F6DB5"}
		}
	}
	return all
}

// drawHeat writes a field of numbers coloured by their size.
func (c *chartBook) drawHeat(chart Chart, row int) error {
	set := func(column, row int, value any, role role, format string) error {
		cell, err := excelize.CoordinatesToCellName(column, row)
		if err != nil {
			return err
		}
		style, err := c.style(format, role)
		if err != nil {
			return err
		}
		if err := c.file.SetCellStyle(c.sheet, cell, cell, style); err != nil {
			return err
		}
		return c.file.SetCellValue(c.sheet, cell, value)
	}
	if err := set(1, row, chart.Title, roleSection, "@"); err != nil {
		return err
	}
	for i, hour := range chart.Categories {
		if err := set(i+2, row+1, hour, roleHead, "@"); err != nil {
			return err
		}
	}
	for j, s := range chart.Series {
		if err := set(1, row+2+j, chart.seriesName(s, c.o.Lang), roleHead, "@"); err != nil {
			return err
		}
		for i, text := range s.Values {
			if text == "" {
				continue
			}
			value, _ := exactFloat(text)
			if err := set(i+2, row+2+j, value, roleBody, "0"); err != nil {
				return err
			}
		}
	}
	last, err := excelize.CoordinatesToCellName(len(chart.Categories)+1, row+1+len(chart.Series))
	if err != nil {
		return err
	}
	return c.file.SetConditionalFormat(c.sheet, fmt.Sprintf("B%d:%s", row+2, last), []excelize.ConditionalFormatOptions{{
		Type: "3_color_scale", Criteria: "=", MinType: "min", MidType: "percentile", MidValue: "50", MaxType: "max",
		MinColor: "#E8919B", MidColor: "#FBF3D0", MaxColor: "#8CC7A1",
	}})
}
