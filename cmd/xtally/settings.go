package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
	"github.com/xtally/xtally/schedules"
)

// defaultConfig is read when it is there and --config is not given.
const defaultConfig = "xtally.yaml"

// leastMemory is what the database needs at least.
const leastMemory = 256e6

// settings are what a user can set: by flag, else environment (XTALLY_DB for
// --db), else xtally.yaml, else the default. The operator owns the file, the
// machine its environment, the person at the keyboard the flags.
type settings struct {
	DB            string `yaml:"db"`
	Archive       list   `yaml:"archive"`
	Prices        string `yaml:"prices"`
	Packages      string `yaml:"packages"`
	Numbers       string `yaml:"numbers"`
	Complaints    string `yaml:"complaints"`
	Stats         string `yaml:"stats"`
	BillItems     string `yaml:"bill_items"`
	Bill          list   `yaml:"bill"`
	Month         string `yaml:"month"`
	Out           string `yaml:"out"`
	Format        list   `yaml:"format"`
	Lang          string `yaml:"lang"`
	MemoryLimit   string `yaml:"memory_limit"`
	SettleBy      string `yaml:"settle_by"`
	ZeroSecondMin int    `yaml:"zero_second_min"`
	SplitRule     string `yaml:"split_rule"`

	ComplaintLimitPct    string `yaml:"complaint_limit_pct"`
	ComplaintLimitFAQPct string `yaml:"complaint_limit_faq_pct"`
	BillToleranceCNY     string `yaml:"bill_tolerance_cny"`
	NumberKeyFile        string `yaml:"number_key_file"`
	LogFormat            string `yaml:"log_format"`
	Listen               string `yaml:"listen"`
	MetricsFile          string `yaml:"metrics_file"`

	Wait   duration      `yaml:"wait"`
	Alerts alertSettings `yaml:"alerts"` // see alertsettings.go
	S3     storeSettings `yaml:"s3"`     // see storesettings.go
	Mail   mailSettings  `yaml:"mail"`   // see schedulesettings.go
	Jobs   []jobSettings `yaml:"jobs"`

	config  string
	json    bool
	verbose bool
	detail  bool
	unmask  string
	mailTo  []string

	from map[string]string // where a setting that no flag set came from
}

// list is a list in the settings file; one value alone needs no brackets.
type list []string

func (l *list) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		*l = list{one}
		return nil
	}
	return unmarshal((*[]string)(l))
}

func (s *settings) addGlobalFlags(f *pflag.FlagSet) {
	f.StringVar(&s.DB, "db", "xtally.duckdb", "database `FILE`; load and run create it when missing")
	f.StringVar(&s.config, "config", "", "settings `FILE` (default: "+defaultConfig+" here, if there)")
	f.StringVar(&s.MemoryLimit, "memory-limit", "", "memory of the database, a `SIZE` such as 1500MB (default: a quarter of the machine, at most 1250MB)")
	f.DurationVar((*time.Duration)(&s.Wait), "wait", 0, "`TIME` to wait for a database that another process has open, such as 10m")
	f.BoolVar(&s.json, "json", false, "print results as JSON")
	f.StringVar(&s.LogFormat, "log-format", "auto", "`FORMAT` of the log: text, json, or auto (json where schedule writes to no terminal)")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "tell what is being done")
}

func (s *settings) addArchiveFlag(f *pflag.FlagSet) {
	f.StringArrayVar((*[]string)(&s.Archive), "archive", nil, "`PATH` of callbacks: a file, folder or glob; may be repeated")
}

// addTableFlags adds the tables people keep by hand.
func (s *settings) addTableFlags(f *pflag.FlagSet) {
	f.StringVar(&s.Prices, "prices", "", "`FILE` of prices (default: list prices)")
	f.StringVar(&s.Packages, "packages", "", "`FILE` of packages bought in advance")
	f.StringVar(&s.Numbers, "numbers", "", "`FILE` of X numbers")
	f.StringVar(&s.Complaints, "complaints", "", "`FILE` of complaints")
	f.StringVar(&s.Stats, "stats", "", "`FILE` of the console's statistics")
	f.StringVar(&s.BillItems, "bill-items", "", "`FILE` that tells items by the names in a bill")
}

func (s *settings) addBillFlag(f *pflag.FlagSet) {
	f.StringArrayVar((*[]string)(&s.Bill), "bill", nil, "`PATH` of the vendor's bill: a csv, xlsx or zip, a folder or glob; may be repeated")
}

// tablesHelp is the part of a command's help on them.
const tablesHelp = `
The tables people keep by hand are csv or xlsx, headings English or Chinese in any
order, dates like 2026-10-31 or 2026-10-31 23:59:59 in Beijing time:
  prices      item, number_kind, app_key, mode, valid_from, valid_to, price_cny,
              discount (0.85, 85% or 8.5折); an empty filter means any
  packages    package_id, minutes, sms, price_cny, bought_at, valid_from, valid_to
  numbers     x_number, kind (carrier, virtual), app_key, city, issued_date,
              returned_date
  complaints  complaint_date, x_number, complained_party, type, source, note
  stats       date, calls, answered, duration_s
  bill-items  pattern, product, usage_type, unit, charging_mode, item: words that
              must all occur in a bill row, a bar between alternatives
A table holds for the run it is given to and no longer: without it, run and build
go back to what holds without it. A price or package holds from valid_from until
just before valid_to; a package without valid_from begins with the full hour after
bought_at (10:03 and 10:00:00: 11:00) and ends 12 months later. Any error in a
table stops the work before it begins.`

func (s *settings) tables() xtally.Tables {
	return xtally.Tables{Prices: s.Prices, Packages: s.Packages, Numbers: s.Numbers, Complaints: s.Complaints, Stats: s.Stats, BillItems: s.BillItems}
}

func (s *settings) addRuleFlags(f *pflag.FlagSet) {
	f.StringVar(&s.SettleBy, "settle-by", "end", "`MOMENT` that decides a call's settlement hour: end or answer")
	f.IntVar(&s.ZeroSecondMin, "zero-second-min", 0, "`MINUTES` of an answered call of 0 seconds: 0 or 1")
	f.StringVar(&s.SplitRule, "split-rule", "proportional", "`RULE` for an hour that packages cover in part: proportional or first_come")
	f.StringVar(&s.ComplaintLimitPct, "complaint-limit-pct", "0.01", "`PERCENT` a month's complaint rate must stay under (usage rules)")
	f.StringVar(&s.ComplaintLimitFAQPct, "complaint-limit-faq-pct", "0.05", "`PERCENT` of the older limit (FAQ)")
	f.StringVar(&s.BillToleranceCNY, "bill-tolerance-cny", "0.01", "`CNY` of a month's bill that may be unexplained before run ends with 4")
}

// rules are the rules of money as set.
func (s *settings) rules() xtally.Rules {
	return xtally.Rules{
		SettleBy: s.SettleBy, SplitRule: s.SplitRule, ZeroSecondMin: s.ZeroSecondMin,
		ComplaintLimitPct: s.ComplaintLimitPct, ComplaintLimitFAQPct: s.ComplaintLimitFAQPct,
		BillToleranceCNY: s.BillToleranceCNY,
	}
}

func (s *settings) addReportFlags(f *pflag.FlagSet) {
	f.StringVar(&s.Month, "month", "", "bill `MONTH`: YYYY-MM, last or current (Beijing time)")
	f.StringVar(&s.Out, "out", "reports", "`FOLDER` of the reports; files go to FOLDER/YYYY-MM")
	s.addFileFlags(f)
}

// addFileFlags adds what the report files are like.
func (s *settings) addFileFlags(f *pflag.FlagSet) {
	f.StringSliceVar((*[]string)(&s.Format), "format", []string{"csv", "xlsx"}, "`LIST` of csv, xlsx, parquet, html")
	f.StringVar(&s.Lang, "lang", "zh", "`LANGUAGE` of headings: zh, en or both")
	f.BoolVar(&s.detail, "detail", false, "also write calls: one row per call, people's numbers masked")
	f.StringVar(&s.unmask, "unmask", "", "write people's numbers in full, for this `REASON`, which is logged (needs --detail)")
}

// langs are the languages of reports; none is Chinese.
var langs = []string{"", "zh", "en", "both"}

// check refuses values that cannot be meant.
func (s *settings) check() error {
	if s.DB == "" {
		return s.bad("db", s.DB, "a file")
	}
	for _, f := range s.Format {
		switch reports.Format(f) {
		case reports.CSV, reports.XLSX, reports.Parquet, reports.HTML:
		default:
			return s.bad("format", f, "csv, xlsx, parquet or html")
		}
	}
	if !slices.Contains(langs, s.Lang) {
		return s.bad("lang", s.Lang, "zh, en or both")
	}
	if s.SettleBy != "" && s.SettleBy != "end" && s.SettleBy != "answer" {
		return s.bad("settle-by", s.SettleBy, "end or answer")
	}
	if s.ZeroSecondMin != 0 && s.ZeroSecondMin != 1 {
		return s.bad("zero-second-min", fmt.Sprint(s.ZeroSecondMin), "0 or 1")
	}
	if s.SplitRule != "" && s.SplitRule != "proportional" && s.SplitRule != "first_come" {
		return s.bad("split-rule", s.SplitRule, "proportional or first_come")
	}
	if n, err := xtally.ParseBytes(s.MemoryLimit); s.MemoryLimit != "" && (err != nil || n < leastMemory) {
		return s.bad("memory-limit", s.MemoryLimit, "at least 256MB, such as 1500MB or 2GB")
	}
	if !slices.Contains([]string{"", "auto", "text", "json"}, s.LogFormat) {
		return s.bad("log-format", s.LogFormat, "auto, text or json")
	}
	if s.unmask != "" && !s.detail {
		return usageError{errors.New("--unmask: only the call list holds people's numbers; give --detail too")}
	}
	return nil
}

// bad names the setting, its value and where it was set.
func (s *settings) bad(flag, value, want string) error {
	return usageError{fmt.Errorf("%s %q: want %s", cmp.Or(s.from[flag], "--"+flag), value, want)}
}

// merge reads the settings file and the environment into whatever no flag set.
func (s *settings) merge(cmd *cobra.Command) error {
	file, err := s.readFile()
	if err != nil {
		return err
	}
	s.from = map[string]string{}
	var flagErr error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || flagErr != nil {
			return
		}
		key := strings.ReplaceAll(f.Name, "-", "_")
		values, from := file[key], s.config+": "+key
		env := "XTALLY_" + strings.ToUpper(key)
		if v := os.Getenv(env); v != "" {
			values, from = []string{v}, env
		}
		for _, v := range values {
			s.from[f.Name] = from
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				flagErr = usageError{fmt.Errorf("%s: %w", from, plain(err))}
			}
		}
	})
	return flagErr
}

// readFile reads the settings file strictly: a key nobody knows is an error
// with its line, since a setting that does nothing can cost money.
func (s *settings) readFile() (map[string][]string, error) {
	s.config = cmp.Or(s.config, os.Getenv("XTALLY_CONFIG"))
	optional := s.config == ""
	if optional {
		s.config = defaultConfig
	}
	b, err := os.ReadFile(s.config)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, usageError{fmt.Errorf("settings: %w; check --config", err)}
	}
	var strict settings
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&strict); err != nil && !errors.Is(err, io.EOF) {
		return nil, usageError{s.fileError(err)}
	}
	s.Alerts, s.Mail, s.Jobs, s.S3, s.NumberKeyFile = strict.Alerts, strict.Mail, strict.Jobs, strict.S3, strict.NumberKeyFile // no flags: these are of the file alone
	var raw map[string]any
	if err := yaml.Unmarshal(b, &raw); err != nil {
		return nil, usageError{s.fileError(err)}
	}
	values := map[string][]string{}
	for k, v := range raw {
		switch v := v.(type) {
		case nil:
		case []any:
			for _, e := range v {
				values[k] = append(values[k], fmt.Sprint(e))
			}
		default:
			values[k] = []string{fmt.Sprint(v)}
		}
	}
	return values, nil
}

// fileError says on one line where in the settings file what is wrong.
func (s *settings) fileError(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("settings %s: %w", s.config, err)
	}
	text := at.GetMessage()
	var unknown *yaml.UnknownFieldError
	var typ *yaml.TypeError
	switch {
	case errors.As(err, &unknown):
		text = fmt.Sprintf("unknown key %q; xtally init writes a file with all keys", at.GetToken().Value)
	case errors.As(err, &typ):
		text = fmt.Sprintf("%q is no value for this key; xtally init writes a file with examples", at.GetToken().Value)
	}
	p := at.GetToken().Position
	return fmt.Errorf("settings %s:%d:%d: %s", s.config, p.Line, p.Column, text)
}

// sampleConfig returns what init writes: the settings, then the shipped jobs.
func sampleConfig() string {
	return sampleSettings + sampleStore + sampleAlerts + sampleMail + schedules.Default()
}

const sampleSettings = `# Settings of xtally. Every line is optional; flags and XTALLY_… variables win.
# Paths are seen from the folder xtally is started in.
db: xtally.duckdb          # database file
archive:                   # files, folders or globs of callbacks
  - archive
# Tables kept by hand, csv or xlsx; xtally run --help tells their columns.
#prices: prices.xlsx       # default: the vendor's list prices
#packages: packages.xlsx   # minutes and SMS bought in advance
#numbers: numbers.xlsx     # X numbers: kind, app, issued and returned
#complaints: complaints.xlsx
#stats: stats.csv          # calls per day as the vendor's console counts them
#bill:                     # the vendor's bills: csv, xlsx or zip, files, folders or globs
#  - bills
#bill_items: items.csv     # which item the names in the bill mean
month: last                # YYYY-MM, last or current
out: reports               # reports go to out/YYYY-MM
format: [csv, xlsx]        # csv, xlsx, parquet, html
lang: zh                   # zh or en
#memory_limit: 2GB         # default: a quarter of the machine, at most 1250MB
#wait: 10m                 # for a database that another process has open; xtally schedule always does

# For whoever keeps the server.
#log_format: auto          # text, json, or auto: json where xtally schedule writes to no terminal
#listen: 127.0.0.1:9489    # /metrics and /healthz of xtally schedule; "" for none
#metrics_file: /var/lib/node_exporter/xtally.prom  # of xtally run

# The secret behind the codes that stand for people's numbers (caller_key): the same
# key gives the same codes in two databases. Default: a random one, kept in the database.
#number_key_file: /etc/xtally/number-key   # or XTALLY_NUMBER_KEY; openssl rand -hex 32 makes one

# Rules the vendor does not document. Change them only when a bill proves it.
settle_by: end             # a call's hour and month: that of its end, or of its answer
zero_second_min: 0         # minutes of an answered call of 0 seconds: 0 or 1

# Who uses a package's minutes in an hour it covers only in part: all by their
# minutes (proportional), or the calls that ended first (first_come).
split_rule: proportional

# The complaint rate must stay under the first; the second is the older limit.
complaint_limit_pct: 0.01
complaint_limit_faq_pct: 0.05

# How much of a month's bill may be without a reason before run ends with 4.
bill_tolerance_cny: 0.01
`
