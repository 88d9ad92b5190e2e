package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// defaultConfig is read when it is there and --config is not given.
const defaultConfig = "xtally.yaml"

// settings are what a user can set: by flag, else environment (XTALLY_DB for
// --db), else xtally.yaml, else the default. The operator owns the file, the
// machine its environment, the person at the keyboard the flags.
type settings struct {
	DB            string   `yaml:"db"`
	Archive       []string `yaml:"archive"`
	Month         string   `yaml:"month"`
	Out           string   `yaml:"out"`
	Format        []string `yaml:"format"`
	Lang          string   `yaml:"lang"`
	MemoryLimit   string   `yaml:"memory_limit"`
	SettleBy      string   `yaml:"settle_by"`
	ZeroSecondMin int      `yaml:"zero_second_min"`

	config  string
	json    bool
	verbose bool
	detail  bool
	unmask  bool
}

func (s *settings) addGlobalFlags(f *pflag.FlagSet) {
	f.StringVar(&s.DB, "db", "xtally.duckdb", "database file, created when missing")
	f.StringVar(&s.config, "config", "", "settings file (default: "+defaultConfig+" here, if there)")
	f.StringVar(&s.MemoryLimit, "memory-limit", "", "memory of the database, such as 1500MB (default: a quarter of the machine, at most 4GB)")
	f.BoolVar(&s.json, "json", false, "print results as JSON")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "tell what is being done")
}

func (s *settings) addArchiveFlag(f *pflag.FlagSet) {
	f.StringArrayVar(&s.Archive, "archive", nil, "file, folder or glob of callbacks; may be repeated")
}

func (s *settings) addRuleFlags(f *pflag.FlagSet) {
	f.StringVar(&s.SettleBy, "settle-by", "end", "moment that decides a call's settlement hour: end or answer")
	f.IntVar(&s.ZeroSecondMin, "zero-second-min", 0, "minutes of an answered call of 0 seconds: 0 or 1")
}

func (s *settings) addReportFlags(f *pflag.FlagSet) {
	f.StringVar(&s.Month, "month", "", "bill month: YYYY-MM, last or current (Beijing time)")
	f.StringVar(&s.Out, "out", "reports", "folder; files go to OUT/YYYY-MM")
	f.StringSliceVar(&s.Format, "format", []string{"csv", "xlsx"}, "formats: csv, xlsx, parquet")
	f.StringVar(&s.Lang, "lang", "zh", "language of headings: zh or en")
	f.BoolVar(&s.detail, "detail", false, "also write calls: one row per call, people's numbers masked")
	f.BoolVar(&s.unmask, "unmask", false, "write people's numbers in full (needs --detail)")
}

// merge reads the settings file and the environment into whatever no flag set.
func (s *settings) merge(cmd *cobra.Command) error {
	file, err := s.readFile()
	if err != nil {
		return err
	}
	var flagErr error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || flagErr != nil {
			return
		}
		env := "XTALLY_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v, ok := os.LookupEnv(env); ok && v != "" {
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				flagErr = usageError{fmt.Errorf("%s: %w", env, err)}
			}
			return
		}
		for _, v := range file[strings.ReplaceAll(f.Name, "-", "_")] {
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				flagErr = usageError{fmt.Errorf("%s: %s: %w", s.config, f.Name, err)}
			}
		}
	})
	return flagErr
}

// readFile reads the settings file strictly: a key nobody knows is an error
// with its line, since a setting that does nothing can cost money.
func (s *settings) readFile() (map[string][]string, error) {
	if s.config == "" {
		s.config = os.Getenv("XTALLY_CONFIG")
	}
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
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&strict); err != nil && len(bytes.TrimSpace(b)) > 0 {
		if text := yaml.FormatError(err, false, true); !strings.Contains(text, "EOF") {
			return nil, usageError{fmt.Errorf("settings %s:\n%s", s.config, text)}
		}
	}
	var raw map[string]any
	if err := yaml.Unmarshal(b, &raw); err != nil {
		return nil, usageError{fmt.Errorf("settings %s: %w", s.config, err)}
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

// sampleConfig is what init writes.
const sampleConfig = `# Settings of xtally. Every line is optional; flags and XTALLY_… variables win.
db: xtally.duckdb          # database file
archive:                   # files, folders or globs of callbacks
  - archive
month: last                # YYYY-MM, last or current
out: reports               # reports go to out/YYYY-MM
format: [csv, xlsx]        # csv, xlsx, parquet
lang: zh                   # zh or en
#memory_limit: 2GB         # default: a quarter of the machine, at most 4GB

# Rules the vendor does not document. Change them only when a bill proves it.
settle_by: end             # a call's hour and month: that of its end, or of its answer
zero_second_min: 0         # minutes of an answered call of 0 seconds: 0 or 1
`
