package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"
)

// Picture formats of a drawn chart.
const (
	svg = "svg"
	png = "png"
)

// draw draws a chart in a picture format, so many pixels wide and high. Of a Pareto
// chart the columns are drawn, as bars, so that long keys can be read; a heat map is
// no picture but a table.
func (c Chart) draw(format string, width, height int, lang Lang) ([]byte, error) {
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: format, Width: width, Height: height, Theme: c.theme(format)})
	var err error
	switch c.Kind {
	case ChartLines:
		err = p.LineChart(c.lines(lang))
	case ChartStacked, ChartBars, ChartPareto, ChartWaterfall:
		err = p.BarChart(c.bars(lang))
	default:
		err = fmt.Errorf("chart %s: is drawn as a table", c.Name)
	}
	if err != nil {
		return nil, err
	}
	return p.Bytes()
}

// PNG draws a chart as a picture for a mail, as large as on the page.
func (c Chart) PNG(lang Lang) ([]byte, error) { return c.draw(png, pageChartWidth, c.height(), lang) }

// theme gives the series their colours; the ground shows the page's own, but in a
// picture for a mail, which may be read on any.
func (c Chart) theme(format string) charts.ColorPalette {
	var colors []charts.Color
	for _, s := range c.drawn() {
		switch s.Name {
		case "step_foot":
			colors = append(colors, charts.ColorTransparent)
		case "step_total":
			colors = append(colors, charts.ColorFromHex("#"+palette[0]))
		case "step_more":
			colors = append(colors, charts.ColorFromHex("#"+palette[3]))
		case "step_less":
			colors = append(colors, charts.ColorFromHex("#"+palette[2]))
		default:
			colors = append(colors, charts.ColorFromHex("#"+palette[len(colors)%len(palette)]))
		}
	}
	ground := charts.ColorTransparent
	if format == png {
		ground = charts.ColorWhite
	}
	return charts.GetDefaultTheme().WithSeriesColors(colors).WithBackgroundColor(ground).
		WithAxisSplitLineColor(charts.Color{R: 128, G: 136, B: 148, A: 70})
}

// labelSize is that of all words in a picture, in points.
const labelSize = 9

func (c Chart) bars(lang Lang) charts.BarChartOption {
	series := c.drawn()
	if c.Kind == ChartPareto {
		series = series[:1]
	}
	categories := labels(c.Categories)
	across := c.Kind == ChartPareto || c.Kind == ChartBars
	list := make(charts.BarSeriesList, len(series))
	names := c.seriesLabels(lang)
	for i, s := range series {
		list[i].Values = floats(s.Values, 0)
		if c.Kind == ChartStacked || c.Kind == ChartBars {
			list[i].Name = names[i]
		}
		if across { // the first on top
			slices.Reverse(list[i].Values)
		}
	}
	if across {
		categories = slices.Clone(categories)
		slices.Reverse(categories)
	}
	if len(list) == 1 { // one series alone is not drawn as stacked, and its axis then begins below 0
		list = append(list, charts.BarSeries{Values: make([]float64, len(categories))})
	}
	opt := charts.NewBarChartOptionWithSeries(list)
	opt.Theme = nil
	opt.Padding = charts.NewBoxEqual(12)
	opt.Horizontal = across
	opt.StackSeries = charts.Ptr(true)
	opt.CategoryAxis.Labels = categories
	opt.ValueFormatter = shortNumber
	opt.Legend = c.legend(names)
	opt.ValueAxis[0].Min = charts.Ptr(0.0)
	if across { // its labels stand side by side
		opt.ValueAxis[0].LabelCount = 5
	}
	opt.ValueAxis[0].LabelFontStyle.FontSize, opt.CategoryAxis.LabelFontStyle.FontSize = labelSize, labelSize
	if c.Kind == ChartWaterfall { // stacked columns begin at 0: what is below the floor is left off
		floor := *waterfallFloor(c)
		opt.CategoryAxis.LabelCount = len(categories)
		for i, s := range series {
			if s.Name == "step_foot" || s.Name == "step_total" {
				for j, v := range list[i].Values {
					list[i].Values[j] = max(0, v-floor)
				}
			}
		}
		opt.ValueFormatter = func(v float64) string { return grouped(strconv.FormatFloat(v+floor, 'f', 1, 64)) }
		opt.ValueAxis[0].ValueFormatter = opt.ValueFormatter
	}
	return opt
}

func (c Chart) lines(lang Lang) charts.LineChartOption {
	data := make([][]float64, len(c.Series))
	for i, s := range c.Series {
		data[i] = floats(s.Values, charts.GetNullValue())
	}
	opt := charts.NewLineChartOptionWithData(data)
	opt.Theme = nil
	opt.Padding = charts.NewBoxEqual(12)
	opt.XAxis.Labels = c.Categories
	opt.Symbol = charts.Symbol{Shape: charts.SymbolNone}
	opt.ValueFormatter = shortNumber
	opt.YAxis[0].Min = charts.Ptr(0.0)
	opt.YAxis[0].LabelFontStyle.FontSize, opt.XAxis.LabelFontStyle.FontSize = labelSize, labelSize
	opt.Legend = c.legend(c.seriesLabels(lang))
	return opt
}

func (c Chart) legend(names []string) charts.LegendOption {
	show := len(c.Series) > 1 && c.Kind != ChartPareto && c.Kind != ChartWaterfall
	return charts.LegendOption{Show: charts.Ptr(show), SeriesNames: names, Padding: charts.NewBox(0, 0, 0, 10), Symbol: charts.SymbolSquare, FontStyle: charts.FontStyle{FontSize: labelSize}}
}

// floats are where values stand in a picture; nothing is computed from them.
func floats(values []string, none float64) []float64 {
	all := make([]float64, len(values))
	for i, text := range values {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			v = none
		}
		all[i] = v
	}
	return all
}

// shortNumber writes a value of an axis.
func shortNumber(v float64) string {
	if math.Abs(v) >= 10 || v == 0 {
		return grouped(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 3, 64), "0"), ".")
}
