package mail_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xtally/xtally/reports/mail"
	"github.com/xtally/xtally/reports/mail/mailtest"
)

func start(t *testing.T, implicit bool, fault mailtest.Fault) (*mailtest.Server, mail.SMTP) {
	t.Helper()
	s, err := mailtest.Start(implicit, fault)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Behave("")
		s.Close()
	})
	cas := x509.NewCertPool()
	if !cas.AppendCertsFromPEM(s.CA) {
		t.Fatal("no authority")
	}
	return s, mail.SMTP{
		Host: s.Host, Port: s.Port, From: "xtally <reports@example.com>", User: mailtest.User, Password: mailtest.Password,
		CAs: cas, Timeout: 5 * time.Second,
	}
}

var sample = mail.Message{
	Key: "0123456789abcdef", Date: time.Date(2026, 11, 3, 3, 0, 0, 0, time.UTC),
	Subject: "2026-10 费用", Text: "合计 1.23 元\n", HTML: `<p>合计 1.23 元</p><img src="cid:days.png">`,
	Inline: []mail.File{{Name: "days.png", Content: []byte("picture")}}, Attached: []mail.File{{Name: "xtally-2026-10.xlsx", Content: bytes.Repeat([]byte("book"), 40000)}},
}

// partsOf flattens a mail: type, name and content of every part.
func partsOf(t *testing.T, contentType, encoding, id string, body io.Reader) []string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		if encoding == "base64" { // the reader undoes quoted-printable itself
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), "\r\n", "\n")
		if len(text) > 80 {
			text = fmt.Sprintf("%s… %d", text[:4], len(text))
		}
		return []string{strings.TrimSpace(strings.Join([]string{kind, id, params["name"], text}, " "))}
	}
	var all []string
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, partsOf(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-ID"), p)...)
	}
}

func TestSend(t *testing.T) {
	for _, tls := range []string{mail.StartTLS, mail.ImplicitTLS, mail.NoTLS} {
		t.Run(tls, func(t *testing.T) {
			s, smtp := start(t, tls == mail.ImplicitTLS, "")
			smtp.TLS = tls
			if tls == mail.NoTLS {
				smtp.User, smtp.Password = "", ""
			}
			if err := smtp.Send(t.Context(), sample, "Finance <finance@example.com>"); err != nil {
				t.Fatal(err)
			}
			mails := s.Mails()
			if len(mails) != 1 || mails[0].From != "reports@example.com" || mails[0].To != "finance@example.com" {
				t.Fatalf("%d mails: %.200s", len(mails), mails)
			}
			m, err := netmail.ReadMessage(bytes.NewReader(mails[0].Data))
			if err != nil {
				t.Fatal(err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
			if err != nil || subject != "2026-10 费用" {
				t.Errorf("subject %q, %v", subject, err)
			}
			if id := m.Header.Get("Message-Id"); id != "<0123456789abcdef@example.com>" {
				t.Errorf("message id %s", id)
			}
			if date, err := m.Header.Date(); err != nil || !date.Equal(sample.Date) {
				t.Errorf("date %v, %v", date, err)
			}
			want := []string{
				"text/plain   合计 1.23 元",
				`text/html   <p>合计 1.23 元</p><img src="cid:days.png">`,
				"image/png <days.png> days.png picture",
				"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet  xtally-2026-10.xlsx book… 160000",
			}
			if diff := cmp.Diff(want, partsOf(t, m.Header.Get("Content-Type"), "", "", m.Body)); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSendThatFails(t *testing.T) {
	tests := map[string]struct {
		implicit bool
		fault    mailtest.Fault
		change   func(*mail.SMTP)
		want     string
		soon     bool
		mails    int
	}{
		"wrong password":        {change: func(s *mail.SMTP) { s.Password = "hunter2-secret" }, want: "does not let this user in (535 "},
		"unknown authority":     {change: func(s *mail.SMTP) { s.CAs = x509.NewCertPool() }, want: "not signed by a known authority; give the authority's certificate as ca_file"},
		"the same, implicit":    {implicit: true, change: func(s *mail.SMTP) { s.CAs, s.TLS = x509.NewCertPool(), mail.ImplicitTLS }, want: "not signed by a known authority"},
		"another's certificate": {fault: mailtest.WrongName, want: "its certificate is not for 127.0.0.1"},
		"an old certificate":    {fault: mailtest.Expired, want: "its certificate is not valid"},
		"no STARTTLS":           {fault: mailtest.NoTLS, want: "offers no STARTTLS, and nothing was sent in the clear"},
		"implicit, plain port":  {change: func(s *mail.SMTP) { s.TLS = mail.ImplicitTLS }, want: "does not speak TLS on this port"},
		"refused recipient":     {fault: mailtest.Refuse, want: "it refused (550 5.1.1 No such user here"},
		"put off":               {fault: mailtest.PutOff, want: "it put the mail off (451 4.3.0 Try again later", soon: true},
		"hangs up in the mail":  {fault: mailtest.Drop, want: "the connection broke off before the mail was accepted", soon: true},
		"hangs up after it":     {fault: mailtest.DropAnswer, want: "the connection broke off", soon: true, mails: 1},
		"keeps still":           {fault: mailtest.Stall, change: func(s *mail.SMTP) { s.Timeout = 50 * time.Millisecond }, want: "no answer within 50ms; check host", soon: true},
		"keeps still at last":   {fault: mailtest.StallData, change: func(s *mail.SMTP) { s.Timeout = 300 * time.Millisecond }, want: "no answer within 300ms", soon: true},
		"nobody there":          {change: func(s *mail.SMTP) { s.Port = closedPort() }, want: "nobody answers there; check host and port", soon: true},
		"no such host":          {change: func(s *mail.SMTP) { s.Host = "mail.invalid" }, want: "no such server", soon: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, smtp := start(t, tt.implicit, tt.fault)
			if tt.change != nil {
				tt.change(&smtp)
			}
			err := smtp.Send(t.Context(), sample, "finance@example.com")
			var e *mail.Error
			if !errors.As(err, &e) || !strings.Contains(e.Error(), tt.want) || e.Soon != tt.soon {
				t.Fatalf("error %v (%+v), want %q, soon %v", err, e, tt.want, tt.soon)
			}
			if !strings.HasPrefix(err.Error(), "mail to finance@example.com through "+smtp.String()+": ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q", err)
			}
			if smtp.Password != "" && strings.Contains(err.Error(), smtp.Password) {
				t.Errorf("the password is in %q", err)
			}
			if got := len(server.Mails()); got != tt.mails {
				t.Errorf("the server took %d mails, want %d", got, tt.mails)
			}
		})
	}
}

// closedPort is a port nobody listens at.
func closedPort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 1
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// A stop must not wait for a server that keeps still.
func TestSendStopsWhenTold(t *testing.T) {
	for _, fault := range []mailtest.Fault{mailtest.Stall, mailtest.StallData} {
		_, smtp := start(t, false, fault)
		smtp.Timeout = time.Minute
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		begin := time.Now()
		if err := smtp.Send(ctx, sample, "finance@example.com"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: error %v", fault, err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: took %v", fault, took)
		}
	}
}

func TestCheck(t *testing.T) {
	good := mail.SMTP{Host: "smtp.example.com", From: "a@example.com"}
	tests := map[string]struct {
		change func(*mail.SMTP)
		want   string
	}{
		"good":                      {func(*mail.SMTP) {}, ""},
		"no host":                   {func(s *mail.SMTP) { s.Host = "" }, "host: no mail server"},
		"no sender":                 {func(s *mail.SMTP) { s.From = "" }, `from "": want an address`},
		"unknown tls":               {func(s *mail.SMTP) { s.TLS = "ssl" }, `tls "ssl": want starttls, implicit or none`},
		"password in the clear":     {func(s *mail.SMTP) { s.TLS, s.User, s.Password = "none", "u", "p" }, "in the clear"},
		"user without its password": {func(s *mail.SMTP) { s.User = "u" }, "no password"},
		"port":                      {func(s *mail.SMTP) { s.Port = 70000 }, "port 70000"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := good
			tt.change(&s)
			err := s.Check()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	var ports []string
	for _, tls := range []string{"", mail.ImplicitTLS, mail.NoTLS} {
		ports = append(ports, mail.SMTP{Host: "h", TLS: tls}.String())
	}
	if diff := cmp.Diff([]string{"h:587", "h:465", "h:25"}, ports); diff != "" {
		t.Error(diff)
	}
	secret := mail.SMTP{Host: "h", User: "u", Password: "hunter2-secret"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, secret); strings.Contains(text, "hunter2") {
			t.Errorf("%s shows the password: %s", format, text)
		}
	}
}
