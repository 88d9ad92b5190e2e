package mail

import (
	"bytes"
	"embed"
	"fmt"
	htmltemplate "html/template"
	"path"
	"text/template"
	"time"
)

// Figures are what a month's mail says. Money is decimal text in CNY.
type Figures struct {
	Month       string // 2026-10
	Provisional bool   // the month is not over: the mail says as of when
	AsOf        string // 2026-10-12, Beijing
	TotalCNY    string
	Calls       int64
	BilledMin   int64
	Messages    int64
	Apps        []App    // dearest first
	Answers     []Answer // the month in a few lines, and what needs a decision, in the mail's language
	Charts      []Chart  // beside the picture of the days, where there are any
	Alerts      []string // what needs a person, in the mail's language
	NewAlerts   int      // of them, told by no mail before: for the subject, and no part of the key
	Notes       []string // what a reader should know, in the mail's language
	Days        []Day    // ascending; those without a charge may be left out
	Folder      string   // where the reports lie
}

// Answer is a label, a value and a remark. Tone is good, warn, bad or empty.
type Answer struct{ Label, Value, Remark, Tone string }

// Color is the ground of the value, as mail programs read it.
func (a Answer) Color() string {
	return map[string]string{"good": "#d6ecd8", "warn": "#ffe7b8", "bad": "#f6ccd0"}[a.Tone]
}

// Chart is a picture in the mail. Name becomes its Content-ID and ends in .png.
type Chart struct {
	Name, Title string
	PNG         []byte
	Width       int // as shown; height follows
}

// App is one line of the table.
type App struct {
	AppKey    string
	Calls     int64
	BilledMin int64
	Messages  int64
	TotalCNY  string
}

// Day is one bar of the picture. A fen is a hundredth of a CNY.
type Day struct {
	Day int // of the month, 1 to 31
	Fen int64
}

// Options say how a mail is made. The zero value is a mail in Chinese with the
// workbook as it is.
type Options struct {
	Lang         string // zh (default) or en
	ZipAbove     int64  // bytes: a larger workbook is zipped; default 5 MB
	AttachAtMost int64  // bytes: what is larger even zipped is left out, and the mail says where it lies; default 20 MB
	Password     string // protects the attached copy of the workbook; empty: not
}

const (
	defaultZipAbove     = 5_000_000
	defaultAttachAtMost = 20_000_000
)

// mostApps is how many apps the mail lists; the workbook has all.
const mostApps = 15

// picture is the name of the inline image.
const picture = "days.png"

//go:embed templates
var templates embed.FS

// said is what templates see.
type said struct {
	Figures
	More     int    // apps not listed
	Attached string // name of the attached file, empty without
	Zipped   bool
	Locked   bool
	LeftOut  string // name of a workbook too large to attach
	Picture  string
	Test     bool
}

// Compose makes the mail of a month with its workbook, which may have no
// content when there is none.
func Compose(f Figures, workbook File, date time.Time, o Options) (Message, error) {
	if o.ZipAbove == 0 {
		o.ZipAbove = defaultZipAbove
	}
	if o.AttachAtMost == 0 {
		o.AttachAtMost = defaultAttachAtMost
	}
	png, err := drawDays(f.Month, f.Days)
	if err != nil {
		return Message{}, err
	}
	m := Message{Date: date, Inline: []File{{picture, png}}}
	for _, c := range f.Charts {
		m.Inline = append(m.Inline, File{c.Name, c.PNG})
	}
	s := said{Figures: f, Picture: picture, Locked: o.Password != "" && len(workbook.Content) > 0}
	if n := len(f.Apps) - mostApps; n > 0 {
		s.Apps, s.More = f.Apps[:mostApps], n
	}
	packed, err := pack(workbook, o)
	if err != nil {
		return Message{}, err
	}
	switch {
	case packed != nil:
		s.Attached, s.Zipped = packed.Name, path.Ext(packed.Name) == ".zip"
		m.Attached = []File{{packed.Name, workbook.Content}} // plain, for the key
	case len(workbook.Content) > 0:
		s.LeftOut = workbook.Name
	}
	// An alert is new in one mail only. Were that part of the key, the same mail
	// would go once more with the alert no longer new.
	s.NewAlerts = 0
	if err := m.write(o.Lang, s); err != nil {
		return Message{}, err
	}
	if err := m.setKey(); err != nil {
		return Message{}, err
	}
	s.NewAlerts = f.NewAlerts
	if err := m.write(o.Lang, s); err != nil {
		return Message{}, err
	}
	if packed != nil {
		m.Attached = []File{*packed}
	}
	return m, nil
}

// TestMessage is a mail that only proves that mails arrive.
func TestMessage(date time.Time, lang string) (Message, error) {
	f := Figures{Month: date.Format("2006-01"), TotalCNY: "0.00"}
	for d := 1; d <= 28; d++ {
		f.Days = append(f.Days, Day{d, int64(100 + 10*d*(28-d))})
	}
	png, err := drawDays(f.Month, f.Days)
	if err != nil {
		return Message{}, err
	}
	m := Message{Date: date, Inline: []File{{picture, png}}}
	if err := m.write(lang, said{Figures: f, Picture: picture, Test: true}); err != nil {
		return Message{}, err
	}
	err = m.setKey()
	m.Key += fmt.Sprintf("-%d", date.UnixNano()) // each test is a mail of its own
	return m, err
}

// write fills subject, text and HTML from the templates of a language.
func (m *Message) write(lang string, s said) error {
	if lang != "en" {
		lang = "zh"
	}
	text, err := template.ParseFS(templates, "templates/"+lang+".txt")
	if err != nil {
		return err
	}
	page, err := htmltemplate.ParseFS(templates, "templates/"+lang+".html")
	if err != nil {
		return err
	}
	var subject, plain, html bytes.Buffer
	if err := text.ExecuteTemplate(&subject, "subject", s); err != nil {
		return err
	}
	if err := text.ExecuteTemplate(&plain, lang+".txt", s); err != nil {
		return err
	}
	if err := page.Execute(&html, s); err != nil {
		return err
	}
	m.Subject, m.Text, m.HTML = subject.String(), plain.String(), html.String()
	return nil
}
