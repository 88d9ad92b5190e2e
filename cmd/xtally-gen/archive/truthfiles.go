package archive

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
)

// sumColumns follow the key columns of every table of sums.
var sumColumns = []string{"calls", "answered", "duration_s", "minutes", "charge_cny"}

// table is one CSV file of the truth.
type table struct {
	name   string
	header []string
	rows   [][]string
}

// save writes truth.json and the tables into dir, making it if need be.
func (t *Truth) save(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "truth.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	for _, tb := range t.tables() {
		if err := tb.save(dir); err != nil {
			return err
		}
	}
	return nil
}

func (tb table) save(dir string) error {
	f, err := os.Create(filepath.Join(dir, tb.name+".csv"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	if err := w.Write(tb.header); err != nil {
		return err
	}
	if err := w.WriteAll(tb.rows); err != nil {
		return err
	}
	return f.Close()
}

func (t *Truth) tables() []table {
	return []table{
		sumTable("truth_by_app", t.ByApp, "month", "app_key"),
		sumTable("truth_by_x", t.ByX, "month", "x_number", "app_key", "kind"),
		sumTable("truth_by_mode", t.ByMode, "month", "app_key", "mode"),
		sumTable("truth_by_day", t.ByDay, "day"),
		sumTable("truth_by_hour", t.ByHour, "hour"),
		t.codeTable(), t.conflictTable(), t.rejectTable(), t.lostTable(), t.smsTable(),
	}
}

func sumTable(name string, rows []Row, keys ...string) table {
	tb := table{name: name, header: append(keys, sumColumns...)}
	for _, r := range rows {
		tb.rows = append(tb.rows, append(r.Keys,
			itoa(r.Calls), itoa(r.Answered), itoa(r.DurationS), itoa(r.Minutes), r.ListChargeCNY))
	}
	return tb
}

func (t *Truth) codeTable() table {
	tb := table{name: "truth_by_code", header: []string{"month", "ul_fail_reason", "calls"}}
	for _, r := range t.ByCode {
		tb.rows = append(tb.rows, []string{r.Month, strconv.Itoa(r.Code), itoa(r.Calls)})
	}
	return tb
}

func (t *Truth) conflictTable() table {
	tb := table{name: "truth_conflicts", header: []string{
		"app_key", "x_number", "icid", "session_id", "end_winner", "end_loser",
		"code_winner", "code_loser", "minutes_winner", "minutes_loser", "differs",
	}}
	for _, c := range t.Conflicts {
		tb.rows = append(tb.rows, []string{
			c.AppKey, c.XNumber, c.ICID, c.SessionID, c.WinnerEnd, c.LoserEnd,
			strconv.Itoa(c.WinnerCode), strconv.Itoa(c.LoserCode),
			itoa(c.WinnerMinutes), itoa(c.LoserMinutes), c.Differs,
		})
	}
	return tb
}

func (t *Truth) rejectTable() table {
	tb := table{name: "truth_rejects", header: []string{"file", "line", "index", "reason", "policy", "member"}}
	for _, r := range t.Rejects {
		policy := "must"
		if r.Either {
			policy = "either"
		}
		tb.rows = append(tb.rows, []string{
			r.File, itoa(r.Line), strconv.Itoa(r.Index), r.Reason, policy, r.Member,
		})
	}
	return tb
}

func (t *Truth) lostTable() table {
	tb := table{name: "truth_lost", header: []string{"session_id", "x_number", "answer_utc", "end_utc", "minutes"}}
	for _, l := range t.Lost {
		tb.rows = append(tb.rows, []string{l.SessionID, l.XNumber, l.Answer, l.End, itoa(l.Minutes)})
	}
	return tb
}

func (t *Truth) smsTable() table {
	tb := table{name: "truth_sms_by_x", header: []string{
		"month", "x_number", "kind", "messages", "sent", "parts", "charge_cny",
	}}
	for _, r := range t.SMSByX {
		tb.rows = append(tb.rows, []string{
			r.Month, r.XNumber, r.Kind, itoa(r.Messages), itoa(r.Sent), itoa(r.Parts), r.ChargeCNY,
		})
	}
	return tb
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
