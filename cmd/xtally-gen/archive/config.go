package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Form is the shape bodies have inside a file.
type Form string

// The forms. FormMixed lets every file pick one of the others.
const (
	FormLines         Form = "lines"          // one body a line
	FormArray         Form = "array"          // one JSON array a file
	FormPretty        Form = "pretty"         // indented bodies one after another
	FormFilePerBody   Form = "file-per-body"  // one file a body
	FormWrappedObject Form = "wrapped-object" // {"received_at":…,"headers":…,"body":{…}}
	FormWrappedString Form = "wrapped-string" // the same with the body as escaped text
	FormHTTP          Form = "http"           // request dumps: headers, blank line, body
	FormLog           Form = "log"            // application log with the body after a label
	FormMixed         Form = "mixed"
)

// Forms lists every form, FormMixed last.
var Forms = []Form{
	FormLines, FormArray, FormPretty, FormFilePerBody, FormWrappedObject,
	FormWrappedString, FormHTTP, FormLog, FormMixed,
}

// Container is what a file is packed in.
type Container string

// The containers. Zip and the two tars hold the files of one day as members.
// ContainerMixed lets every kind and day pick one of the others.
const (
	ContainerPlain Container = "plain"
	ContainerGzip  Container = "gz"
	ContainerZstd  Container = "zst"
	ContainerZip   Container = "zip"
	ContainerTar   Container = "tar"
	ContainerTarGz Container = "tar.gz"
	ContainerMixed Container = "mixed"
)

// Containers lists every container, ContainerMixed last.
var Containers = []Container{
	ContainerPlain, ContainerGzip, ContainerZstd, ContainerZip,
	ContainerTar, ContainerTarGz, ContainerMixed,
}

// FilesPer is the span of time one file covers.
type FilesPer string

// The spans, in UTC as the payloads are.
const (
	PerHour FilesPer = "hour"
	PerDay  FilesPer = "day"
)

// Config says what to invent. The zero value is not usable; start from Demo,
// Bench or Default. Rates are shares from 0 to 1.
type Config struct {
	// Month is the bill month in Beijing time, "2026-10".
	Month string `json:"month"`
	// Calls is the number of distinct calls, a few of them just outside the month.
	Calls int `json:"calls"`
	// Seed decides everything: same Config, same bytes.
	Seed uint64 `json:"seed"`
	// Apps is the number of app keys, Numbers that of X numbers; each number
	// belongs to one app and one mode.
	Apps    int `json:"apps"`
	Numbers int `json:"numbers"`

	Form      Form      `json:"form"`
	Container Container `json:"container"`
	FilesPer  FilesPer  `json:"files_per"`
	// BatchMean is the mean number of records in a fee body (1 to 50 occur).
	BatchMean int `json:"batch_mean"`

	// RepushRate is the share of bodies that are pushed again, byte for byte.
	RepushRate float64 `json:"repush_rate"`
	// RebatchRate is the share of records sent again inside another body.
	RebatchRate float64 `json:"rebatch_rate"`
	// ConflictRate is the share of records with a second version that differs
	// in its end or release code.
	ConflictRate float64 `json:"conflict_rate"`
	// DirtRate is the expected number of dirt items in a fee file, 0 to 5; other
	// files get a quarter of it.
	DirtRate float64 `json:"dirt_rate"`
	// VoiceCallRate is the number of records of the sister product per call.
	VoiceCallRate float64 `json:"voicecall_rate"`
	// RedialRate is the share of calls that are the blank second record of a
	// handset's silent redial.
	RedialRate float64 `json:"redial_rate"`
	// LostRate is the number of calls with events but no record, per call.
	// It needs Events.
	LostRate float64 `json:"lost_rate"`

	// Events switches call events and X-number status notices on.
	Events bool `json:"events"`
	// SMSPerThousandCalls is the number of messages per 1,000 calls.
	SMSPerThousandCalls int `json:"sms_per_thousand_calls"`

	// TruthDir is the folder the truth is written to; "" writes none. It must
	// not lie inside the archive, whose every file is taken for data.
	TruthDir string `json:"-"`
}

// Default is a clean month of fee records: one body a line, plain hourly files.
func Default() Config {
	return Config{
		Month: "2026-10", Calls: 10_000, Seed: 1, Apps: 6, Numbers: 60,
		Form: FormLines, Container: ContainerPlain, FilesPer: PerHour, BatchMean: 8,
	}
}

// Demo is a small month with everything in it: every form, container and kind
// of dirt, call events and messages.
func Demo() Config {
	cfg := Default()
	cfg.Calls = 3_000
	cfg.Form, cfg.Container, cfg.FilesPer = FormMixed, ContainerMixed, PerDay
	cfg.RepushRate, cfg.RebatchRate, cfg.ConflictRate = 0.05, 0.03, 0.002
	cfg.DirtRate, cfg.VoiceCallRate = 2, 0.005
	cfg.RedialRate, cfg.LostRate = 0.004, 0.002
	cfg.Events, cfg.SMSPerThousandCalls = true, 60
	return cfg
}

// Bench is a large clean month of fee records for measuring.
func Bench() Config {
	cfg := Default()
	cfg.Calls, cfg.Apps, cfg.Numbers = 1_000_000, 20, 2_000
	cfg.Container = ContainerGzip
	cfg.RepushRate, cfg.RebatchRate = 0.05, 0.03
	return cfg
}

// beijing is the zone of the bill: fixed, because China keeps no summer time.
var beijing = time.FixedZone("Beijing", 8*60*60)

// monthBounds returns the month's first and past-the-end second (Unix).
func (c Config) monthBounds() (from, to int64, err error) {
	t, err := time.ParseInLocation("2006-01", c.Month, beijing)
	if err != nil {
		return 0, 0, fmt.Errorf("month %q: want YYYY-MM", c.Month)
	}
	return t.Unix(), t.AddDate(0, 1, 0).Unix(), nil
}

// Validate reports every setting that cannot be used, together.
func (c Config) Validate() error {
	var errs []error
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	_, _, err := c.monthBounds()
	errs = append(errs, err)
	bad(c.Calls < 1 || c.Calls > maxCalls, "calls %d: want 1 to %d", c.Calls, maxCalls)
	bad(c.Apps < 1, "apps %d: want at least 1", c.Apps)
	bad(c.Numbers < c.Apps, "numbers %d: want at least one for each of %d apps", c.Numbers, c.Apps)
	bad(c.BatchMean < 1 || c.BatchMean > maxBatch, "batch mean %d: want 1 to %d", c.BatchMean, maxBatch)
	bad(!slices.Contains(Forms, c.Form), "form %q: want one of %s", c.Form, join(Forms))
	bad(!slices.Contains(Containers, c.Container), "container %q: want one of %s", c.Container, join(Containers))
	bad(c.FilesPer != PerHour && c.FilesPer != PerDay, "files per %q: want hour or day", c.FilesPer)
	bad(c.SMSPerThousandCalls < 0 || c.SMSPerThousandCalls > 1000, "sms per thousand %d: want 0 to 1000", c.SMSPerThousandCalls)
	bad(c.DirtRate < 0 || c.DirtRate > maxDirtPerFile, "dirt rate %g: want 0 to %d", c.DirtRate, maxDirtPerFile)
	bad(c.LostRate > 0 && !c.Events, "lost rate %g: a lost record shows in events only, which are off", c.LostRate)
	for _, r := range c.rates() {
		bad(r.share < 0 || r.share > 1, "%s rate %g: want 0 to 1", r.name, r.share)
	}
	return errors.Join(errs...)
}

// namedRate is a rate with the word its error names it by.
type namedRate struct {
	name  string
	share float64
}

func (c Config) rates() []namedRate {
	return []namedRate{
		{"repush", c.RepushRate}, {"rebatch", c.RebatchRate}, {"conflict", c.ConflictRate},
		{"voicecall", c.VoiceCallRate}, {"redial", c.RedialRate}, {"lost", c.LostRate},
	}
}

// checkDirs refuses a used archive folder, whose old files would spoil the
// truth, and a truth inside the archive.
func checkDirs(dir, truthDir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty", dir)
	}
	if truthDir == "" {
		return nil
	}
	rel, err := relative(dir, truthDir)
	if err != nil {
		return err
	}
	if rel == "." || rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return fmt.Errorf("truth %s lies inside the archive %s", truthDir, dir)
	}
	return nil
}

// relative is filepath.Rel of two paths made absolute first.
func relative(base, target string) (string, error) {
	base, err := filepath.Abs(base)
	if err != nil {
		return "", err
	}
	target, err = filepath.Abs(target)
	if err != nil {
		return "", err
	}
	return filepath.Rel(base, target)
}

// join lists names for a message.
func join[T ~string](names []T) string {
	text := make([]string, len(names))
	for i, n := range names {
		text[i] = string(n)
	}
	return strings.Join(text, ", ")
}
