package archive_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xtally/xtally/cmd/xtally-gen/archive"
)

// reading is what an independent and slow reader makes of an archive.
type reading struct {
	bodies, records, duplicates, losers, rejectedRecords, voice int64
	rejects                                                     map[string]int // place or file and reason
	calls                                                       map[string]*versions
	events                                                      map[string]int64
	eventSeen, smsSeen                                          map[string]bool
	months                                                      map[string]archive.Sum
	smsParts, corrupt                                           int64
}

// versions are the different contents under one identity.
type versions struct {
	contents map[string]bool
	best     record
}

// record is a feeLst entry, all members as text, those without value left out.
type record map[string]string

func read(t *testing.T, dir string) *reading {
	t.Helper()
	r := &reading{
		rejects: map[string]int{}, calls: map[string]*versions{}, events: map[string]int64{},
		eventSeen: map[string]bool{}, smsSeen: map[string]bool{}, months: map[string]archive.Sum{},
	}
	for _, u := range unpack(t, dir) {
		if u.corrupt {
			r.corrupt++
		}
		for _, f := range bodiesOf(t, u) {
			r.body(u, f)
		}
	}
	r.sum()
	return r
}

// reject notes a refusal by file and, where it is known, line.
func (r *reading) reject(u unit, f found, index int, reason string) {
	r.rejects[rejectKey(u.file, u.member, f.line, index, reason)]++
}

// rejectKey leaves out the line where bodies take several.
func rejectKey(file, member string, line int64, index int, reason string) string {
	name := unit{file: file, member: member}.name()
	if strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".http") {
		line = 0
	}
	return fmt.Sprintf("%s!%s:%d[%d] %s", file, member, line, index, reason)
}

func (r *reading) body(u unit, f found) {
	var value any
	switch {
	case !utf8.Valid(f.text):
		r.reject(u, f, -1, "invalid_utf8")
		return
	case json.Unmarshal(f.text, &value) != nil:
		r.reject(u, f, -1, "malformed_json")
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		r.reject(u, f, -1, "not_an_object")
		return
	}
	if sms, ok := object["smsEvent"].(map[string]any); ok {
		r.bodies++
		r.sms(sms)
		return
	}
	eventType, _ := object["eventType"].(string)
	switch {
	case strings.EqualFold(eventType, "fee"):
		r.fee(u, f, object["feeLst"])
	case eventType == "numStatus":
		r.bodies++
	case strings.Contains("callin callout alerting answer disconnect collectInfo", eventType):
		r.bodies++
		if key := fmt.Sprint(object); !r.eventSeen[key] { // a map prints in key order
			r.eventSeen[key] = true
			r.events[eventType]++
		}
	default:
		r.reject(u, f, -1, "unknown_event_type")
	}
}

func (r *reading) sms(sms map[string]any) {
	key := fmt.Sprint(sms["smsIdentifier"], sms["notificationMode"])
	if r.smsSeen[key] || sms["notificationMode"] != "Notify" {
		return
	}
	r.smsSeen[key] = true
	if result := fmt.Sprint(sms["sendResult"]); result != "0" && result != "9" {
		return
	}
	for _, p := range sms["extInfo"].(map[string]any)["extParas"].([]any) {
		if p := p.(map[string]any); p["key"] == "splitNum" {
			n, _ := strconv.ParseInt(p["value"].(string), 10, 64)
			r.smsParts += n
		}
	}
}

func (r *reading) fee(u unit, f found, feeLst any) {
	entries, ok := feeLst.([]any)
	if lone, isObject := feeLst.(map[string]any); isObject {
		entries, ok = []any{lone}, true
	}
	if !ok {
		r.reject(u, f, -1, "missing_feelst")
		return
	}
	r.bodies++
	for i, entry := range entries {
		r.records++
		object, ok := entry.(map[string]any)
		if !ok {
			r.rejectedRecords++
			r.reject(u, f, i, "record_not_object")
			continue
		}
		if reason := r.call(textOf(object)); reason != "" {
			r.rejectedRecords++
			r.reject(u, f, i, reason)
		}
	}
}

// textOf takes numbers and text alike and leaves empty members out.
func textOf(object map[string]any) record {
	rec := record{}
	for name, value := range object {
		text := ""
		switch v := value.(type) {
		case nil:
		case float64:
			text = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			text = fmt.Sprint(v)
		}
		if text != "" {
			rec[name] = text
		}
	}
	return rec
}

// at parses a member as a UTC time; two blanks are one.
func (rec record) at(name string) (at time.Time, present, readable bool) {
	text, present := rec[name]
	at, err := time.Parse(time.DateTime, strings.ReplaceAll(text, "  ", " "))
	return at, present, err == nil
}

// call files a record and returns why it must be refused, if so.
func (r *reading) call(rec record) (reason string) {
	if rec["serviceType"] == "001" || rec["serviceType"] == "002" {
		r.voice++
		return ""
	}
	answer, answered, readable := rec.at("fwdAnswerTime")
	end, ended, _ := rec.at("callEndTime")
	switch {
	case answered && !readable:
		return "bad_time"
	case answered && !ended:
		return "answered_without_end"
	case answered && end.Before(answer):
		return "end_before_answer"
	}
	key := rec["appKey"] + "/" + rec["icid"]
	if rec["icid"] == "" {
		key = rec["appKey"] + "/session/" + rec["sessionId"]
	}
	v := r.calls[key]
	if v == nil {
		v = &versions{contents: map[string]bool{}, best: rec}
		r.calls[key] = v
	}
	v.add(r, rec)
	return ""
}

func (v *versions) add(r *reading, rec record) {
	content := ""
	for _, name := range slices.Sorted(maps.Keys(rec)) {
		content += name + "=" + rec[name] + "\n"
	}
	switch {
	case v.contents[content]:
		r.duplicates++
		return
	case len(v.contents) > 0:
		r.losers++
	}
	v.contents[content] = true
	if rec.rank() > v.best.rank() {
		v.best = rec
	}
}

// rank orders versions: latest end, latest answer, lowest release code.
func (rec record) rank() string {
	code, _ := strconv.Atoi(rec["ulFailReason"])
	return fmt.Sprintf("%19s %19s %06d", rec["callEndTime"], rec["fwdAnswerTime"], 100_000-code)
}

// sum adds the calls up by Beijing month.
func (r *reading) sum() {
	for _, v := range r.calls {
		end, ended, _ := v.best.at("callEndTime")
		if !ended {
			end, ended, _ = v.best.at("callInTime")
		}
		month := ""
		if ended {
			month = end.Add(8 * time.Hour).Format("2006-01")
		}
		s := r.months[month]
		s.Calls++
		if answer, answered, _ := v.best.at("fwdAnswerTime"); answered {
			seconds := int64(end.Sub(answer).Seconds())
			s.Answered++
			s.DurationS += seconds
			s.Minutes += (seconds + 59) / 60
		}
		s.ListChargeCNY = fmt.Sprintf("%d.%02d", s.Minutes*6/100, s.Minutes*6%100)
		r.months[month] = s
	}
}
