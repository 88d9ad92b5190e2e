package archive

import (
	"fmt"
)

const (
	// callPriceFen is the list price of a minute in fen (0.01 CNY).
	callPriceFen = 6
	// Message list prices by kind of number, in fen.
	smsVirtualFen = 28
	smsCarrierFen = 27
)

// Truth is what a loader must find in the archive. It is counted while the
// archive is written and never read back from it. Days, hours and months are
// Beijing's; a call belongs to the hour of its end, else of its beginning; the
// month "" holds calls without any time.
type Truth struct {
	Config Config `json:"config"`

	// Files counts by kind: fee, event, sms, numstatus.
	Files map[string]FileCounts `json:"files"`
	Lines int64                 `json:"lines"`
	// Bodies are those to be accepted, repeats included.
	Bodies int64 `json:"bodies"`
	// Records are the feeLst entries of accepted bodies:
	// Calls + Duplicates + ConflictLosers + RejectedRecords + VoiceCalls.
	Records         int64 `json:"records"`
	Calls           int64 `json:"calls"`
	Duplicates      int64 `json:"duplicates"`
	ConflictLosers  int64 `json:"conflict_losers"`
	RejectedRecords int64 `json:"rejected_records"`
	RejectedLines   int64 `json:"rejected_lines"`
	VoiceCalls      int64 `json:"voicecall_records"`
	// CorruptFiles are gzips that end too early or with a wrong checksum; the
	// whole lines before that count.
	CorruptFiles int64 `json:"corrupt_files"`

	Total  Sum            `json:"total"`
	Months map[string]Sum `json:"months"`

	// Events counts distinct call events by type.
	Events          map[string]int64 `json:"events"`
	EventDuplicates int64            `json:"event_duplicates"`
	SMS             SMSCounts        `json:"sms"`
	Statuses        int64            `json:"number_statuses"`
	LostCalls       int64            `json:"lost_calls"`
	Redials         int64            `json:"silent_redials"`
	ZeroSecond      int64            `json:"answered_zero_second"`

	// Dirt counts what was planted, by name.
	Dirt   map[string]int64 `json:"dirt"`
	Either Either           `json:"either"`

	ByApp, ByX, ByMode, ByDay, ByHour []Row      `json:"-"`
	ByCode                            []CodeRow  `json:"-"`
	Conflicts                         []Conflict `json:"-"`
	Rejects                           []Reject   `json:"-"`
	Lost                              []LostCall `json:"-"`
	SMSByX                            []SMSRow   `json:"-"`
}

// FileCounts are totals of one kind of callback. A member of a zip or tar is a
// file. Lines are physical and include blank ones.
type FileCounts struct {
	Files         int64 `json:"files"`
	Lines         int64 `json:"lines"`
	Bodies        int64 `json:"bodies"`
	RejectedLines int64 `json:"rejected_lines"`
}

// Sum adds up calls. ListChargeCNY is exact: minutes times 0.06.
type Sum struct {
	Calls         int64  `json:"calls"`
	Answered      int64  `json:"answered"`
	DurationS     int64  `json:"duration_s"`
	Minutes       int64  `json:"minutes"`
	ListChargeCNY string `json:"list_charge_cny"`
}

// SMSCounts adds up messages; Notify and Block are distinct ones.
type SMSCounts struct {
	Notify     int64 `json:"notify"`
	Block      int64 `json:"block"`
	Duplicates int64 `json:"duplicates"`
}

// Either counts what may be read or refused: both are right.
type Either struct {
	// Lines is how many of the rejected lines that concerns.
	Lines int64 `json:"lines"`
	// RecordsIfUTF8Repaired are further versions of calls, equal in money.
	RecordsIfUTF8Repaired int64 `json:"records_if_invalid_utf8_is_repaired"`
	// RecordsIfTwoObjectsRead are duplicates on lines of two objects.
	RecordsIfTwoObjectsRead int64 `json:"records_if_two_objects_are_read"`
}

// Row is a sum with the values of its key columns.
type Row struct {
	Keys []string
	Sum
}

// CodeRow counts calls by release code.
type CodeRow struct {
	Month string
	Code  int
	Calls int64
}

// Conflict is a call with two versions and the one that counts. Times are UTC.
type Conflict struct {
	AppKey, XNumber, ICID, SessionID string
	WinnerEnd, LoserEnd              string
	WinnerCode, LoserCode            int
	WinnerMinutes, LoserMinutes      int64
	Differs                          string
}

// Reject is a line or record to be refused. Member is the name inside a zip or
// tar, else "". Line counts from 1, 0 is the whole file; with forms of several
// lines a body it is the body's first. Index is -1 for a whole line.
type Reject struct {
	File, Member string
	Line         int64
	Index        int
	Reason       string
	Either       bool
}

// LostCall has events but no record. Times are UTC.
type LostCall struct {
	SessionID, XNumber, Answer, End string
	Minutes                         int64
}

// SMSRow adds up the Notify messages of a number: Sent those of result 0 and
// 9, Parts what they are charged for.
type SMSRow struct {
	Month, XNumber, Kind  string
	Messages, Sent, Parts int64
	ChargeCNY             string
}

func (s *Sum) add(c *call) {
	s.Calls++
	if c.answer == 0 {
		return
	}
	s.Answered++
	s.DurationS += c.duration()
	s.Minutes += c.minutes()
}

// priced fills the charge in.
func (s Sum) priced() Sum {
	s.ListChargeCNY = cny(s.Minutes * callPriceFen)
	return s
}

// cny writes fen as exact decimal text.
func cny(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// outranks tells whether version a of a call counts rather than b: the latest
// end, then the latest answer, then the lowest release code.
func outranks(a, b *call) bool {
	if a.end != b.end {
		return a.end > b.end
	}
	if a.answer != b.answer {
		return a.answer > b.answer
	}
	return a.code < b.code
}
