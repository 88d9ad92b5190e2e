package xtally

import (
	"context"
	"fmt"

	"github.com/xtally/xtally/reports"
)

// chartQuery is a query of sql/summary and the chart drawn from it. The columns
// category and series, or their _zh and _en, name what a value is of; measures are
// the columns of values, a series each where the query has no series of its own.
type chartQuery struct {
	name, query string
	kind        reports.ChartKind
	unit        string
	measures    []string
	zh, en      string
}

// chartQueries are the charts of a month, in their order.
func chartQueries() []chartQuery {
	return []chartQuery{
		{"daily_charge", "chart_days", reports.ChartStacked, "cny", []string{"total_cny"}, "每日费用（元，不含月租）", "Charge by day (CNY, without rent)"},
		{"daily_minutes", "chart_days", reports.ChartStacked, "min", []string{"billed_min"}, "每日计费分钟", "Billed minutes by day"},
		{"top_apps", "chart_apps", reports.ChartPareto, "cny", []string{"total_cny", "cumulative_pct"}, "费用最高的应用", "Apps that cost most"},
		{"top_numbers", "chart_numbers", reports.ChartPareto, "cny", []string{"total_cny", "cumulative_pct"}, "费用最高的 X 号码", "X numbers that cost most"},
		{"fault_owners", "chart_owners", reports.ChartBars, "count", []string{"call_count"}, "呼叫结果按责任方", "Calls by fault owner"},
		{"answer_rate", "chart_answer_rate", reports.ChartHeat, "pct", []string{"asr_pct"}, "接通率：星期与小时（%）", "Answer rate by weekday and hour (%)"},
		{"packages", "chart_packages", reports.ChartLines, "min", []string{"left_min", "forecast_min"}, "套餐剩余分钟", "Package minutes left"},
		{"waterfall", "chart_waterfall", reports.ChartWaterfall, "cny", []string{"amount_cny", "end_cny"}, "从我方合计到账单（元）", "From our total to the bill (CNY)"},
		{"complaint_rate", "chart_complaints", reports.ChartLines, "pct", []string{"rate_pct", "limit_pct", "limit_faq_pct"}, "投诉率（%）", "Complaint rate (%)"},
	}
}

// charts reads a month's charts from the marts. Those without a row are left out.
func (t *Tally) charts(ctx context.Context, month Month, lang reports.Lang) ([]reports.Chart, error) {
	var all []reports.Chart
	rows := map[string][]map[string]*string{}
	for _, q := range chartQueries() {
		found, ok := rows[q.query]
		if !ok {
			if err := t.summarize(ctx, q.query, month.String()+"-01", &found); err != nil {
				return nil, fmt.Errorf("summary %s: %w", q.query, err)
			}
			rows[q.query] = found
		}
		if len(found) > 0 {
			all = append(all, q.chart(found, lang))
		}
	}
	return all, nil
}

// chart sets the rows of a query out as categories and series.
func (q chartQuery) chart(rows []map[string]*string, lang reports.Lang) reports.Chart {
	c := reports.Chart{Name: q.name, Title: words{lang: lang}.say(q.zh, q.en), Kind: q.kind, Unit: q.unit}
	at, in := map[string]int{}, map[string]int{}
	for _, row := range rows {
		if name := rowText(row, "category", lang); in[name] == 0 {
			c.Categories = append(c.Categories, name)
			in[name] = len(c.Categories)
		}
	}
	for _, row := range rows {
		for _, measure := range q.measures {
			key := measure
			if name := rowText(row, "series", lang); name != "" {
				key = name
			}
			if at[key] == 0 {
				c.Series = append(c.Series, reports.Series{Name: key, Values: make([]string, len(c.Categories))})
				at[key] = len(c.Series)
			}
			if v := row[measure]; v != nil {
				c.Series[at[key]-1].Values[in[rowText(row, "category", lang)]-1] = *v
			}
		}
	}
	return c
}

// rowText is a column, or that of the language.
func rowText(row map[string]*string, name string, lang reports.Lang) string {
	if v := row[name]; v != nil {
		return *v
	}
	if zh, en := row[name+"_zh"], row[name+"_en"]; zh != nil && en != nil {
		return lang.Pick(*zh, *en)
	}
	return ""
}
