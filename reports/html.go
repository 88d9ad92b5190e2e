package reports

import (
	"bufio"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"os"
	"strconv"
)

//go:embed page.html.tmpl
var pageTemplate string

var pageTmpl = template.Must(template.New("page").Parse(pageTemplate))

// pageTables are the reports the page shows, in its order; the workbook and the CSVs
// hold all. Those without a row are left out.
var pageTables = []string{
	"charges_by_app", "trend_by_app", "totals_by_month", "charges_by_x_number", "charges_by_day", "charges_by_app_day", "reconciliation", "reconciliation_reasons",
	"claims", "packages", "package_costs", "idle_numbers", "complaints_by_x_number", "calls_by_release_code", "call_quality", "rejects",
}

// pageRows is how many rows of a report stand on the page.
const pageRows = 200

// htmlPage is what the template tells.
type htmlPage struct {
	o                     Options
	HTMLLang, Title, Told string
	Sections              []htmlSection
	Charts                []htmlChart
	Tables                []htmlTable
	Notes                 []string
	Provenance            []KV
}

// Say is the template's word for a text in the page's language.
func (p htmlPage) Say(zh, en string) string { return p.o.Lang.Pick(zh, en) }

type htmlSection struct {
	ID, Title string
	Cards     bool
	Lines     []htmlLine
}

type htmlLine struct{ Label, Value, Remark, Tone, Target string }

type htmlChart struct {
	Title, Alt string
	SVG        template.HTML // drawn by the library, which escapes words
	Hours      []string
	Heat       []htmlHeatRow
}

type htmlHeatRow struct {
	Name  string
	Cells []htmlHeatCell
}

type htmlHeatCell struct {
	Text string
	Hue  int
}

type htmlTable struct {
	ID, Title, Note, Cut string
	Columns              []htmlColumn
	Rows                 [][]string
	Totals               []string
}

type htmlColumn struct {
	Heading       string
	Number, Words bool
}

// writePage writes the page to path and returns how many rows of reports it shows. It
// is one file that asks the network for nothing.
func writePage(ctx context.Context, db Queryer, path string, chosen []Report, o Options) (rows int64, err error) {
	b := &book{o: o}
	figures, err := gather(ctx, db, o)
	if err != nil {
		return 0, err
	}
	p := htmlPage{
		o: o, Title: b.title(), Told: b.say(b.told(figures, ZH), b.told(figures, EN)), HTMLLang: o.Lang.Pick("zh-CN", "en"),
		Notes: o.Notes, Provenance: o.Provenance,
	}
	if o.Lang == Both {
		p.HTMLLang = "zh-CN"
	}
	for _, name := range pageTables {
		r, ok := Find(name)
		if !ok || !hasReport(chosen, name) {
			continue
		}
		t, err := pageTable(ctx, db, r, o)
		if err != nil {
			return 0, fmt.Errorf("report %s: %w", name, err)
		}
		if len(t.Rows) > 0 {
			rows += int64(len(t.Rows))
			p.Tables = append(p.Tables, t)
		}
	}
	p.addSections()
	if err := p.addCharts(); err != nil {
		return 0, err
	}
	file, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(file)
	return rows, errors.Join(pageTmpl.Execute(w, p), w.Flush(), file.Close())
}

func hasReport(chosen []Report, name string) bool {
	for _, r := range chosen {
		if r.Name == name {
			return true
		}
	}
	return false
}

func (p *htmlPage) addSections() {
	add := func(list []Section, cards bool) {
		for _, s := range list {
			h := htmlSection{ID: "s" + strconv.Itoa(len(p.Sections)+1), Title: s.Title, Cards: cards}
			for _, l := range s.Lines {
				h.Lines = append(h.Lines, htmlLine{l.Label, l.Shown(), l.Remark, l.Tone.String(), p.target(l.Report)})
			}
			p.Sections = append(p.Sections, h)
		}
	}
	add(p.o.Answers, true)
	add(p.o.Sections, false)
}

// target is the table a line leads to, if the page has it.
func (p *htmlPage) target(report string) string {
	for _, t := range p.Tables {
		if t.ID == report {
			return report
		}
	}
	return ""
}

// shown is a figure as a page shows it: with commas between the thousands.
func (f figure) shown() string {
	switch f.kind {
	case kindMoney, kindNumber:
		return grouped(f.text)
	case kindPercent:
		if f.text != "" {
			return f.text + "%"
		}
	}
	return f.text
}

// String is the tone's name, in the page's style too; empty for plain.
func (t Tone) String() string { return [...]string{"", "good", "warn", "bad"}[t] }

// Shown is the line's value as a page or a mail shows it.
func (l Line) Shown() string { return l.figure().shown() }

// pageTable reads the first rows of a report.
func pageTable(ctx context.Context, db Queryer, r Report, o Options) (htmlTable, error) {
	rel, err := describe(ctx, db, r, o)
	if err != nil {
		return htmlTable{}, err
	}
	m, err := measure(ctx, db, rel, o.Lang)
	if err != nil {
		return htmlTable{}, err
	}
	t := htmlTable{ID: r.Name, Title: r.Title(o.Lang), Note: r.Note(o.Lang)}
	if m.rows > pageRows {
		t.Cut = o.Lang.Pickf("共 %s 行，此处为前 %d 行；全部见工作簿与 CSV。", "The first %[2]d of %[1]s rows; the workbook and the CSV hold all.", grouped(strconv.FormatInt(m.rows, 10)), pageRows)
	}
	for i, c := range rel.columns {
		t.Columns = append(t.Columns, htmlColumn{
			Heading: heading(c.name, o.Lang), Number: c.kind == kindNumber || c.kind == kindMoney || c.kind == kindPercent,
			Words: c.kind == kindText && m.widths[i] > 40,
		})
	}
	rows, err := db.QueryContext(ctx, rel.query(func(_ int, c column) string { return c.text() })+" limit "+strconv.Itoa(pageRows))
	if err != nil {
		return htmlTable{}, err
	}
	t.Rows, err = shownRows(rows, rel.columns)
	if r.Totals && m.rows > 0 {
		t.Totals = make([]string, len(rel.columns))
		for i, c := range rel.columns {
			t.Totals[i] = figure{c, m.totals[i].String}.shown()
		}
		if t.Totals[0] == "" {
			t.Totals[0] = o.Lang.Pick("合计", "Total")
		}
	}
	return t, err
}

func shownRows(rows *sql.Rows, columns []column) (all [][]string, err error) {
	err = eachRow(rows, func(row []sql.NullString) error {
		line := make([]string, len(row))
		for i, c := range columns {
			line[i] = figure{c, row[i].String}.shown()
		}
		all = append(all, line)
		return nil
	})
	return all, err
}

// Pixels of a chart on the page; it grows and shrinks with it.
const pageChartWidth, pageChartHeight = 620, 320

func (p *htmlPage) addCharts() error {
	for _, c := range drawable(p.o.Charts) {
		h := htmlChart{Title: c.Title, Alt: c.alt(p.o.Lang)}
		if c.Kind == ChartHeat {
			h.Hours = c.Categories
			for _, s := range c.Series {
				h.Heat = append(h.Heat, htmlHeatRow{c.seriesName(s, p.o.Lang), heatCells(s.Values)})
			}
		} else {
			picture, err := c.draw(svg, pageChartWidth, c.height(), p.o.Lang)
			if err != nil {
				return err
			}
			h.SVG = template.HTML(labelled(picture, c.Title)) //nolint:gosec // made by the library, words escaped
		}
		p.Charts = append(p.Charts, h)
	}
	return nil
}

// height leaves a bar its line.
func (c Chart) height() int {
	if c.Kind == ChartPareto || c.Kind == ChartBars {
		return max(pageChartHeight, 22*len(c.Categories)+60)
	}
	return pageChartHeight
}

// labelled gives a picture the words that those hear who don't see it.
func labelled(picture []byte, title string) string {
	const start = "<svg "
	return start + `role="img" aria-label="` + template.HTMLEscapeString(title) + `" ` + string(picture[len(start):])
}

// heatCells are the values without decimals, from red at 0 to green at 100.
func heatCells(values []string) []htmlHeatCell {
	cells := make([]htmlHeatCell, len(values))
	for i, text := range values {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			cells[i] = htmlHeatCell{strconv.FormatFloat(v, 'f', 0, 64), int(v * 1.3)}
		}
	}
	return cells
}

// alt says a chart in a sentence: its largest value, and where.
func (c Chart) alt(lang Lang) string {
	best, at, in := 0.0, "", ""
	for _, s := range c.Series {
		if s.Name == "cumulative_pct" || s.Name == "end_cny" {
			continue
		}
		for i, text := range s.Values {
			if v, err := strconv.ParseFloat(text, 64); err == nil && (at == "" || v > best) {
				best, at, in = v, c.Categories[i], c.seriesName(s, lang)
			}
		}
	}
	if at == "" {
		return ""
	}
	value := shortNumber(best)
	if c.Unit == "pct" {
		value += "%"
	}
	told := lang.Pickf("最大：%s（%s）%s", "Largest: %s (%s) %s", at, in, value)
	if c.Kind == ChartPareto && len(c.Series) > 1 {
		last := c.Series[1].Values[len(c.Categories)-1]
		told += lang.Pickf("；前 %d 名共占 %s%%", "; the first %d make up %s %%", len(c.Categories), last)
	}
	return told
}
