package archive

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// noMonth is the month of a call without any time.
const noMonth = -1

// monthOf numbers Beijing months: year*12 + month - 1.
func monthOf(at int64) int {
	if at == 0 {
		return noMonth
	}
	t := time.Unix(at, 0).In(beijing)
	return t.Year()*12 + int(t.Month()) - 1
}

func monthText(month int) string {
	if month == noMonth {
		return ""
	}
	return time.Date(month/12, time.Month(month%12+1), 1, 0, 0, 0, 0, beijing).Format("2006-01")
}

// monthKey is a month and the index of an app, number or code in it.
type monthKey struct{ month, id int }

// sums adds calls up under keys.
type sums[K comparable] map[K]*Sum

func (s sums[K]) add(key K, c *call) {
	sum := s[key]
	if sum == nil {
		sum = new(Sum)
		s[key] = sum
	}
	sum.add(c)
}

// rows returns the sums in the order of their keys' text.
func (s sums[K]) rows(keys func(K) []string) []Row {
	rows := make([]Row, 0, len(s))
	for key, sum := range s {
		rows = append(rows, Row{Keys: keys(key), Sum: sum.priced()})
	}
	slices.SortFunc(rows, func(a, b Row) int { return slices.Compare(a.Keys, b.Keys) })
	return rows
}

// smsSum adds messages up.
type smsSum struct{ messages, sent, parts int64 }

// tally counts the truth while the archive is written.
type tally struct {
	fleet  *fleet
	truth  *Truth
	months sums[int]
	apps   sums[monthKey]
	xs     sums[monthKey]
	modes  sums[[3]int] // month, app, mode
	days   sums[int64]  // days since 1970 in Beijing
	hours  sums[int64]  // hours since 1970 in Beijing
	codes  map[monthKey]int64
	sms    map[monthKey]*smsSum
	files  [kindCount]FileCounts
}

func newTally(cfg Config, f *fleet) *tally {
	return &tally{
		fleet: f,
		truth: &Truth{
			Config: cfg, Files: map[string]FileCounts{}, Months: map[string]Sum{},
			Events: map[string]int64{}, Dirt: map[string]int64{},
		},
		months: sums[int]{}, apps: sums[monthKey]{}, xs: sums[monthKey]{},
		modes: sums[[3]int]{}, days: sums[int64]{}, hours: sums[int64]{},
		codes: map[monthKey]int64{}, sms: map[monthKey]*smsSum{},
	}
}

// call counts a call once, by the version that counts.
func (t *tally) call(c *call) {
	at, x := c.settled(), &t.fleet.numbers[c.x]
	month := monthOf(at)
	t.truth.Calls++
	t.truth.Total.add(c)
	t.months.add(month, c)
	t.apps.add(monthKey{month, x.app}, c)
	t.xs.add(monthKey{month, c.x}, c)
	t.modes.add([3]int{month, x.app, int(x.mode)}, c)
	t.codes[monthKey{month, c.code}]++
	if c.answer != 0 && c.duration() == 0 {
		t.truth.ZeroSecond++
	}
	if at == 0 {
		return // no day, no hour
	}
	t.days.add((at+beijingS)/dayS, c)
	t.hours.add((at+beijingS)/hourS, c)
}

// body counts a body that was written to a file whose position is pos.
func (t *tally) body(k kind, b *body, pos Reject) {
	switch {
	case b.blank:
		return
	case b.reason != "":
		t.files[k].RejectedLines++
		if b.either {
			t.truth.Either.Lines++
		}
		pos.Index, pos.Reason, pos.Either = -1, b.reason, b.either
		t.truth.Rejects = append(t.truth.Rejects, pos)
		return
	}
	t.files[k].Bodies++
	t.truth.Records += int64(b.entries)
	t.truth.Duplicates += int64(b.copies)
	t.truth.ConflictLosers += int64(b.version)
	t.truth.VoiceCalls += int64(b.voice)
	t.truth.RejectedRecords += int64(len(b.rejects))
	for _, r := range b.rejects {
		pos.Index, pos.Reason = r.index, r.reason
		t.truth.Rejects = append(t.truth.Rejects, pos)
	}
	if b.again {
		t.again(k)
	}
}

// corrupt counts a file that is damaged as a whole.
func (t *tally) corrupt(pos Reject) {
	t.truth.CorruptFiles++
	pos.Line, pos.Index, pos.Reason = 0, -1, "corrupt_gzip"
	t.truth.Rejects = append(t.truth.Rejects, pos)
}

// again counts a repeat of what is one message a body.
func (t *tally) again(k kind) {
	switch k {
	case kindEvent:
		t.truth.EventDuplicates++
	case kindSMS:
		t.truth.SMS.Duplicates++
	}
}

// finish returns the truth with its tables filled.
func (t *tally) finish() *Truth {
	for k := range kindCount {
		f := t.files[k]
		t.truth.Files[k.String()] = f
		t.truth.Lines += f.Lines
		t.truth.Bodies += f.Bodies
		t.truth.RejectedLines += f.RejectedLines
	}
	t.truth.Total = t.truth.Total.priced()
	for month, sum := range t.months {
		t.truth.Months[monthText(month)] = sum.priced()
	}
	t.tables()
	return t.truth
}

func (t *tally) tables() {
	t.truth.ByApp = t.apps.rows(func(k monthKey) []string {
		return []string{monthText(k.month), t.fleet.apps[k.id]}
	})
	t.truth.ByX = t.xs.rows(func(k monthKey) []string {
		x := &t.fleet.numbers[k.id]
		return []string{monthText(k.month), x.text, t.fleet.apps[x.app], x.kind()}
	})
	t.truth.ByMode = t.modes.rows(func(k [3]int) []string {
		return []string{monthText(k[0]), t.fleet.apps[k[1]], mode(k[2]).String()}
	})
	t.truth.ByDay = t.days.rows(func(day int64) []string {
		return []string{time.Unix(day*dayS, 0).UTC().Format(time.DateOnly)}
	})
	t.truth.ByHour = t.hours.rows(func(hour int64) []string {
		return []string{time.Unix(hour*hourS, 0).UTC().Format("2006-01-02 15")}
	})
	t.truth.ByCode = t.codeRows()
	t.truth.SMSByX = t.smsRows()
}

func (t *tally) codeRows() []CodeRow {
	rows := make([]CodeRow, 0, len(t.codes))
	for _, k := range slices.SortedFunc(maps.Keys(t.codes), compareMonthKeys) {
		rows = append(rows, CodeRow{Month: monthText(k.month), Code: k.id, Calls: t.codes[k]})
	}
	return rows
}

func (t *tally) smsRows() []SMSRow {
	rows := make([]SMSRow, 0, len(t.sms))
	for _, k := range slices.SortedFunc(maps.Keys(t.sms), compareMonthKeys) {
		x, sum := &t.fleet.numbers[k.id], t.sms[k]
		price := int64(smsCarrierFen)
		if x.virtual {
			price = smsVirtualFen
		}
		rows = append(rows, SMSRow{
			Month: monthText(k.month), XNumber: x.text, Kind: x.kind(),
			Messages: sum.messages, Sent: sum.sent, Parts: sum.parts, ChargeCNY: cny(sum.parts * price),
		})
	}
	return rows
}

func compareMonthKeys(a, b monthKey) int {
	return cmp.Or(cmp.Compare(a.month, b.month), cmp.Compare(a.id, b.id))
}
