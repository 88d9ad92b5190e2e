package reports

import (
	"context"
	"slices"
	"strings"
)

// addSummary writes the first sheet: what the report is, how complete, what it
// comes to, for whom, what was refused and what is not charged.
func (b *book) addSummary(ctx context.Context, db Queryer, chosen []Report) error {
	f, err := gather(ctx, db, b.o)
	if err != nil {
		return err
	}
	p := &page{book: b, sheetsThere: map[string]string{}}
	for _, r := range chosen {
		if !r.Detail {
			p.sheetsThere[r.Name] = r.Title(b.o.Lang)
		}
	}
	b.introduce(p, f)
	for _, s := range b.o.Answers {
		p.told(s)
	}
	b.tellCompleteness(p, f)
	b.tellMoney(p, f)
	b.listApps(p, f)
	for _, s := range b.o.Sections {
		p.told(s)
	}
	b.listRejects(p, f)
	b.tellUncharged(p, f)
	if len(b.o.Notes) > 0 {
		p.section(b.say("说明", "Notes"))
		for _, note := range b.o.Notes {
			p.words(note)
		}
	}
	b.listSheets(p, chosen)
	return p.write(b.say("概要", "Summary"))
}

// say returns the text in the workbook's language.
func (b *book) say(zh, en string) string { return b.o.Lang.Pick(zh, en) }

func (b *book) introduce(p *page, f figures) {
	p.title(b.title())
	p.words(b.say(
		"本报告依据隐私保护通话的回调存档重算当月费用，并分摊到每个应用（app_key）与每个 X 号码。金额单位为人民币元，时间为北京时间。",
		"This report works out the month's privacy-number cost from the archived callbacks and splits it by app_key and X number. Money is CNY, times are Beijing time.",
	))
	if b.o.isDays() {
		p.words(b.say(
			"本报告不是整月：不含号码月租；套餐与账单核对按整月，不在其中。",
			"These are days, not whole months: rent is not in them, and packages and the vendor's bill, which go by the month, are left out.",
		))
	}
	if b.o.Provisional {
		p.words(b.say(
			"本月尚未结束：以下数字为暂估，月底前还会变化。",
			"The month is not over: the figures are provisional and will still change.",
		))
	}
	p.words(b.say(b.told(f, ZH), b.told(f, EN)))
}

// told is the period in a sentence.
func (b *book) told(f figures, lang Lang) string {
	yuan := func(name string) string {
		if f.single[name].kind == kindText {
			return f.grouped(name) // there is none to tell
		}
		return f.grouped(name) + lang.Pick(" 元", " CNY")
	}
	o := b.o
	o.Lang = lang
	told := lang.Pickf(
		"%s：共 %s 通电话，接通 %s 通，计费 %s 分钟；费用合计 %s，其中通话 %s、短信 %s",
		"%s: %s calls, %s of them answered, %s billed minutes. Total %s: calls %s, messages %s",
		o.period(), f.grouped("call_count"), f.grouped("answered_count"), f.grouped("billed_min"),
		yuan("total_cny"), yuan("call_charge_cny"), yuan("sms_charge_cny"),
	)
	if !o.isDays() {
		told += lang.Pick("、号码月租 ", ", rent ") + yuan("rent_cny")
	}
	return told + lang.Pick("。", ".")
}

func (b *book) tellCompleteness(p *page, f figures) {
	p.section(b.say("数据是否齐全", "How complete it is"))
	p.words(b.o.Lang.Pickf(
		"列入本月的文件共 %s 个（%s 行），包括相邻月份和没有时间的文件，按整个文件计数。话单 %s 条 = 通话 %s + 重复 %s + 冲突落选 %s + 拒收的话单 %s。",
		"%s files are listed (%s lines): those of this month, of its neighbours and those without any time, counted whole. %s call records = %s calls + %s duplicates + %s lost to a conflicting version + %s refused.",
		f.grouped("files"), f.grouped("lines"), f.grouped("records"), f.grouped("calls"),
		f.grouped("duplicates"), f.grouped("conflicts"), f.grouped("rejected_records")))
	p.figure(b.say("读入文件", "Files read"), f.single["files"], "")
	p.leadTo("files")
	for _, name := range []string{"lines", "records", "calls", "duplicates", "conflicts", "rejected_records", "rejects"} {
		p.figure(heading(name, b.o.Lang), f.single[name], "")
		p.leadTo("files")
	}
	p.figure(b.say("有多个版本的通话", "Calls in differing versions"), f.single["conflicting"],
		b.say("每通保留一个版本，全部版本见“冲突话单”", "one version is kept, all are listed under Conflicts"))
	p.leadTo("conflicts")
}

func (b *book) tellMoney(p *page, f figures) {
	p.section(b.say("费用合计", "What it comes to"))
	for _, line := range []struct{ name, zh, en string }{
		{"call_count", "去重之后，按通话结束的月份（北京时间）", "after deduplication, by the month the call ended (Beijing time)"},
		{"answered_count", "有接听时间的通话", "calls with an answer time"},
		{"billed_min", "每通不足一分钟按一分钟计", "per call, every started minute counts"},
		{"package_min", "由套餐抵扣；套餐价款另列", "covered by packages, whose price is told apart"},
		{"list_charge_cny", "计费分钟 × 目录价", "billed minutes × list price"},
		{"call_charge_cny", "扣除套餐，按折扣，每小时舍去不足一分的零头", "after packages and discounts, cut to the fen each hour"},
		{"sms_charge_cny", "", ""},
		{"rent_cny", "每月 1 日，或发放当日收取", "on the 1st, or on the day of issue"},
		{"total_cny", "通话费 + 短信费 + 号码月租，不含套餐价款", "calls + messages + rent, without the price of packages"},
	} {
		if one, ok := f.single[line.name]; ok {
			p.figure(heading(line.name, b.o.Lang), one, b.say(line.zh, line.en))
			p.leadTo(b.o.charges())
		}
	}
}

func (b *book) listApps(p *page, f figures) {
	p.section(b.say("费用最高的应用", "Apps that cost most"))
	p.head(headingsOf(b.o.Lang, "app_key", "total_cny", "call_count", "answered_count", "billed_min")...)
	for _, app := range f.rows["apps"] {
		p.line(app)
	}
	if rest := f.rows["other apps"]; rest[0][0].text != "0" {
		line := slices.Clone(rest[0])
		line[0] = textFigure(b.o.Lang.Pickf("其余 %s 个应用", "%s other apps", line[0].text))
		p.line(line)
	}
}

func (b *book) listRejects(p *page, f figures) {
	p.section(b.say("拒收", "What was refused"))
	if len(f.rows["rejects"]) == 0 {
		p.words(b.say("没有拒收的记录。", "Nothing was refused."))
		return
	}
	p.words(b.say(
		"以下各行不能读作话单，没有计费；原文位置见“拒收记录”。",
		"These lines could not be read as records and are not charged; where they stand is listed under Rejects.",
	))
	p.head(headingsOf(b.o.Lang, "reason", "rejects")...)
	for _, reason := range f.rows["rejects"] {
		p.line(reason)
	}
}

func (b *book) tellUncharged(p *page, f figures) {
	p.section(b.say("哪些不计费", "What is not charged"))
	p.figure(b.say("未接通的通话", "Calls not answered"), f.single["unanswered_count"],
		b.say("没有接听时间，计费 0 分钟", "no answer time, 0 minutes"))
	p.leadTo("charges_by_app")
	p.figure(heading("package_min", b.o.Lang), f.single["package_min"],
		b.say("已随套餐付费", "paid for with the package"))
	p.leadTo("charges_by_app")
	p.figure(b.say("重复的话单", "Duplicate records"), f.single["duplicates"],
		b.say("同一通话多次送达，只计一次", "the same call delivered again counts once"))
	p.leadTo("files")
	p.figure(b.say("冲突落选的话单", "Conflict losers"), f.single["conflicts"],
		b.say("同一通话内容不同，只计保留的版本", "only the version kept is charged"))
	p.leadTo("conflicts")
	p.figure(b.say("拒收", "Rejects"), f.single["rejects"],
		b.say("含不是话单的行和拒收的话单", "lines that are no record, and records refused"))
	p.leadTo("rejects")
}

func (b *book) listSheets(p *page, chosen []Report) {
	p.section(b.say("各工作表", "The sheets"))
	for _, r := range chosen {
		if !r.Detail {
			p.link(r.Title(b.o.Lang), r.Note(b.o.Lang))
		}
	}
}

func headingsOf(lang Lang, names ...string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = heading(name, lang)
	}
	return list
}

// grouped writes a decimal with commas between the thousands.
func grouped(decimal string) string {
	sign := ""
	if strings.HasPrefix(decimal, "-") {
		sign, decimal = "-", decimal[1:]
	}
	whole, fraction, hasFraction := strings.Cut(decimal, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasFraction {
		whole += "." + fraction
	}
	return sign + whole
}
