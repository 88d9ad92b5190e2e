package main

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
	"github.com/xtally/xtally/reports/mail"
	"github.com/xtally/xtally/schedules"
)

// jobSettings is one entry of jobs in the settings file. Empty keys take the
// settings of the same name above, so that a job says only what is its own.
type jobSettings struct {
	Name      string   `yaml:"name"`
	Cron      string   `yaml:"cron"`
	Zone      string   `yaml:"zone"`
	Jitter    duration `yaml:"jitter"`
	Run       string   `yaml:"run"`
	Month     string   `yaml:"month"`
	Format    list     `yaml:"format"`
	Lang      string   `yaml:"lang"`
	To        list     `yaml:"to"`
	AgainWhen list     `yaml:"again_when"`
}

// duration is a time such as 30s or 10m. A value that is none is an error with
// its line, which the library's own reading does not give.
type duration time.Duration

func (d *duration) UnmarshalYAML(node ast.Node) error {
	v, err := time.ParseDuration(node.GetToken().Value)
	if err != nil || v < 0 {
		return &yaml.TypeError{DstType: reflect.TypeFor[time.Duration](), SrcType: reflect.TypeFor[string](), Token: node.GetToken()}
	}
	*d = duration(v)
	return nil
}

// mailSettings is the section mail of the settings file. Passwords are in the
// environment or in files of their own, never here.
type mailSettings struct {
	Host                 string     `yaml:"host"`
	Port                 int        `yaml:"port"`
	TLS                  string     `yaml:"tls"`
	CAFile               string     `yaml:"ca_file"`
	User                 string     `yaml:"user"`
	PasswordFile         string     `yaml:"password_file"`
	From                 string     `yaml:"from"`
	To                   list       `yaml:"to"`
	Timeout              duration   `yaml:"timeout"`
	Retry                []duration `yaml:"retry"`
	ZipAbove             string     `yaml:"zip_above"`
	AttachAtMost         string     `yaml:"attach_at_most"`
	WorkbookPasswordFile string     `yaml:"workbook_password_file"`
}

// The variables that hold passwords. They win over the files.
const (
	envPassword         = "XTALLY_SMTP_PASSWORD"
	envWorkbookPassword = "XTALLY_WORKBOOK_PASSWORD"
)

// mailBad says which setting of mail cannot be meant.
func (s *settings) mailBad(err error) error {
	return usageError{fmt.Errorf("%s: mail: %w", s.config, err)}
}

// sender returns who sends mails, by the settings.
func (s *settings) sender() (mail.SMTP, error) {
	m := s.Mail
	if m.Host == "" {
		return mail.SMTP{}, usageError{fmt.Errorf("%s: no mail server; set host and from under mail (xtally init writes an example)", s.config)}
	}
	smtp := mail.SMTP{Host: m.Host, Port: m.Port, TLS: m.TLS, User: m.User, From: m.From, Timeout: time.Duration(m.Timeout)}
	var err error
	if m.User != "" {
		if smtp.Password, err = secret(envPassword, "password_file", m.PasswordFile); err != nil {
			return smtp, s.mailBad(err)
		}
		if smtp.Password == "" {
			return smtp, s.mailBad(fmt.Errorf("user: no password; set %s or password_file", envPassword))
		}
	}
	if m.CAFile != "" {
		pem, err := os.ReadFile(m.CAFile)
		if err != nil {
			return smtp, s.mailBad(fmt.Errorf("ca_file: %w", err))
		}
		if smtp.CAs = x509.NewCertPool(); !smtp.CAs.AppendCertsFromPEM(pem) {
			return smtp, s.mailBad(fmt.Errorf("ca_file: no certificate in %s; want PEM", m.CAFile))
		}
	}
	if err := smtp.Check(); err != nil {
		return smtp, s.mailBad(err)
	}
	return smtp, checkRecipients(s.config+": mail", m.To)
}

// secret reads a password from the environment, else from a file. An error
// names the place, never what is in it.
func secret(env, key, file string) (string, error) {
	if v := os.Getenv(env); v != "" || file == "" {
		return v, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	v := strings.TrimRight(string(b), "\r\n")
	if v == "" {
		return "", fmt.Errorf("%s: %s is empty", key, file)
	}
	return v, nil
}

func checkRecipients(where string, to []string) error {
	for _, t := range to {
		if err := mail.CheckAddress(t); err != nil {
			return usageError{fmt.Errorf("%s: %w", where, err)}
		}
	}
	return nil
}

// mailOptions says how mails are made, by the settings.
func (s *settings) mailOptions() (mail.Options, error) {
	var o mail.Options
	for _, size := range []struct {
		key, value string
		into       *int64
	}{{"zip_above", s.Mail.ZipAbove, &o.ZipAbove}, {"attach_at_most", s.Mail.AttachAtMost, &o.AttachAtMost}} {
		if size.value == "" {
			continue
		}
		n, err := xtally.ParseBytes(size.value)
		if err != nil || n == 0 {
			return o, s.mailBad(fmt.Errorf("%s %q: want a size such as 5MB", size.key, size.value))
		}
		*size.into = n
	}
	var err error
	if o.Password, err = secret(envWorkbookPassword, "workbook_password_file", s.Mail.WorkbookPasswordFile); err != nil {
		return o, s.mailBad(err)
	}
	return o, nil
}

// retry returns how long to wait before trying a mail again.
func (s *settings) retry() []time.Duration {
	if s.Mail.Retry == nil {
		return []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute}
	}
	var waits []time.Duration
	for _, d := range s.Mail.Retry {
		waits = append(waits, time.Duration(d))
	}
	return waits
}

// jobs returns the jobs of the settings file, else the shipped ones, complete
// and checked.
func (s *settings) jobs() ([]jobSettings, error) {
	jobs := s.Jobs
	if jobs == nil {
		var shipped struct {
			Jobs []jobSettings `yaml:"jobs"`
		}
		if err := yaml.UnmarshalWithOptions([]byte(schedules.Default()), &shipped, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("shipped jobs: %w", err)
		}
		jobs = shipped.Jobs
	}
	if len(jobs) == 0 {
		return nil, usageError{fmt.Errorf("%s: jobs: there are none; leave the key out for the shipped ones", s.config)}
	}
	complete := make([]jobSettings, len(jobs))
	for i, j := range jobs {
		j.Zone = cmp.Or(j.Zone, "Asia/Shanghai")
		j.Month = cmp.Or(j.Month, s.Month, "last")
		j.Lang = cmp.Or(j.Lang, s.Lang)
		if len(j.Format) == 0 {
			j.Format = s.Format
		}
		if j.To == nil && j.Run != string(xtally.TaskLoad) {
			j.To = s.Mail.To
		}
		if err := j.check(); err != nil {
			return nil, usageError{fmt.Errorf("%s: job %q: %w", s.config, j.Name, err)}
		}
		if err := checkRecipients(fmt.Sprintf("%s: job %q", s.config, j.Name), j.To); err != nil {
			return nil, err
		}
		if len(j.To) > 0 && s.Mail.Host == "" {
			return nil, usageError{fmt.Errorf("%s: job %q: to: no mail server; set host and from under mail", s.config, j.Name)}
		}
		complete[i] = j
	}
	return complete, nil
}

// check refuses what cannot be meant. The times are checked by the schedule.
func (j jobSettings) check() error {
	switch xtally.TaskKind(j.Run) {
	case xtally.TaskRun, xtally.TaskReport:
	case xtally.TaskLoad:
		if len(j.To) > 0 {
			return errors.New("to: a job that only loads has nothing to mail; make it run: run")
		}
	default:
		return fmt.Errorf("run %q: want run, load or report", j.Run)
	}
	if _, err := xtally.ParseMonth(j.Month, time.Now()); err != nil {
		return err
	}
	if _, err := time.LoadLocation(j.Zone); err != nil {
		return fmt.Errorf("zone %q: no such time zone; want one such as Asia/Shanghai", j.Zone)
	}
	if !slices.Contains(langs, j.Lang) {
		return fmt.Errorf("lang %q: want zh, en or both", j.Lang)
	}
	for _, f := range j.Format {
		switch reports.Format(f) {
		case reports.CSV, reports.XLSX, reports.Parquet, reports.HTML:
		default:
			return fmt.Errorf("format %q: want csv, xlsx, parquet or html", f)
		}
	}
	return nil
}

// sampleMail is the section mail of the sample settings.
const sampleMail = `
# Mail. The password is in XTALLY_SMTP_PASSWORD or in a file of its own. Try it
# with: xtally mail --test --to you@example.com
#mail:
#  host: smtp.example.com
#  from: xtally <reports@example.com>
#  user: reports@example.com
#  password_file: /etc/xtally/smtp-password
#  to: [finance@example.com]  # for jobs that do not say to whom
#  tls: starttls              # starttls (port 587), implicit (port 465) or none (port 25, no user)
#  port: 587
#  ca_file: ca.pem            # authority of the server's certificate, if it is your own
#  timeout: 1m                # how long the server may keep still
#  retry: [5s, 30s, 2m]       # waits before trying again; then the next run does
#  zip_above: 5MB             # a larger workbook is zipped
#  attach_at_most: 20MB       # what is larger even so is left out, and the mail says where it lies
#  workbook_password_file: /etc/xtally/workbook-password  # or XTALLY_WORKBOOK_PASSWORD

`
