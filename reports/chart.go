package reports

import "strings"

// Chart is a picture of a month's figures, for whoever draws it: the workbook, the
// page, the mail. Values are decimals as text, so that what is drawn and what is
// written beside it are one.
type Chart struct {
	Name       string // the same in every language
	Title      string
	Kind       ChartKind
	Unit       string // cny, min, pct or count
	Categories []string
	Series     []Series
}

// Series is one value per category; an empty one is not known. Name is a column's, a
// key, or words.
type Series struct {
	Name   string
	Values []string
}

// ChartKind is how a chart is drawn.
type ChartKind int

// The kinds of charts.
const (
	ChartStacked   ChartKind = iota // columns, the series on top of each other
	ChartPareto                     // columns, and the second series as a line in percent
	ChartBars                       // bars from left to right, the series end to end
	ChartLines                      // a line per series
	ChartHeat                       // a field per category and series, coloured by its value
	ChartWaterfall                  // steps: the first series is the step, the second where it ends
)

// seriesName is what a series is called: weekdays, columns and keys by their names.
func (c Chart) seriesName(s Series, lang Lang) string {
	if c.Kind == ChartHeat && len(s.Name) == 1 {
		return lang.Pick(string([]rune("一二三四五六日")[s.Name[0]-'1']), []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}[s.Name[0]-'1'])
	}
	if s.Name == "(others)" {
		return lang.Pick("其余应用", "other apps")
	}
	return heading(s.Name, lang)
}

// labels returns names short enough to stand under a column or in a legend: a long
// key, which has no blank in it, keeps its beginning and its end, unless two would
// then read alike.
func labels(names []string) []string {
	short := make([]string, len(names))
	seen := map[string]bool{}
	for i, name := range names {
		runes := []rune(name)
		if short[i] = name; len(runes) > labelRunes && !strings.Contains(name, " ") {
			short[i] = string(runes[:4]) + "…" + string(runes[len(runes)-labelRunes+5:])
		}
		if seen[short[i]] {
			return names
		}
		seen[short[i]] = true
	}
	return short
}

// labelRunes is how long a label is at most.
const labelRunes = 14

// seriesLabels are the names of the series, fit for a legend.
func (c Chart) seriesLabels(lang Lang) []string {
	names := make([]string, len(c.Series))
	for i, s := range c.Series {
		names[i] = c.seriesName(s, lang)
	}
	return labels(names)
}

// HasValues tells whether there is anything but nothing to draw.
func (c Chart) HasValues() bool {
	for _, s := range c.Series {
		for _, v := range s.Values {
			if v != "" && strings.Trim(v, "0.-") != "" {
				return true
			}
		}
	}
	return false
}
