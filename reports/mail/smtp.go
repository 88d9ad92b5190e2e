package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// The ways to speak TLS with the server.
const (
	StartTLS    = "starttls" // in the clear first, then TLS or nothing; port 587
	ImplicitTLS = "implicit" // TLS from the first byte; port 465
	NoTLS       = "none"     // in the clear, without user and password; port 25
)

// SMTP sends mails through a server. Its text form never shows the password.
type SMTP struct {
	Host     string
	Port     int    // default: that of TLS
	TLS      string // default StartTLS
	User     string // empty: without logging in
	Password string
	From     string         // "Name <box@example.com>" or the address alone
	CAs      *x509.CertPool // nil: those of the system

	// Timeout is how long the server may keep still at any one step. Default 1 min.
	Timeout time.Duration
}

// String names the server.
func (s SMTP) String() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.port())) }

// GoString is String, so that no way of printing shows the password.
func (s SMTP) GoString() string { return s.String() }

func (s SMTP) port() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.TLS == ImplicitTLS:
		return 465
	case s.TLS == NoTLS:
		return 25
	}
	return 587
}

// Check tells what is missing or cannot be meant. Names are those of settings.
func (s SMTP) Check() error {
	switch s.TLS {
	case "", StartTLS, ImplicitTLS:
	case NoTLS:
		if s.User != "" {
			return errors.New("tls none: the password would cross the net in the clear; use starttls or implicit, or no user")
		}
	default:
		return fmt.Errorf("tls %q: want starttls, implicit or none", s.TLS)
	}
	switch {
	case s.Host == "":
		return errors.New("host: no mail server; give its name")
	case s.Port < 0 || s.Port > 65535:
		return fmt.Errorf("port %d: want 1 to 65535", s.Port)
	case s.User != "" && s.Password == "":
		return errors.New("user: no password for it; give one")
	case s.Timeout < 0:
		return fmt.Errorf("timeout %v: want more than 0", s.Timeout)
	}
	if _, err := netmail.ParseAddress(s.From); err != nil {
		return fmt.Errorf("from %q: want an address such as xtally <reports@example.com>", s.From)
	}
	return nil
}

// CheckAddress tells whether a mail can be sent to an address.
func CheckAddress(to string) error {
	if _, err := netmail.ParseAddress(to); err != nil {
		return fmt.Errorf("%q: want an address such as finance@example.com", to)
	}
	return nil
}

// Send sends a mail and returns once the server has taken charge of it. Without
// an error it has; with one it has not, save when the connection broke after
// the last byte, which nobody can tell.
func (s SMTP) Send(ctx context.Context, m Message, to string) error {
	if err := s.Check(); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	msg, err := s.message(m, to)
	if err != nil {
		return fmt.Errorf("mail to %s: %w", to, err)
	}
	line := &line{stall: s.timeout()}
	client, err := s.client(line)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	stop := context.AfterFunc(ctx, line.hangUp)
	defer stop()
	err = client.DialAndSendWithContext(ctx, msg)
	switch {
	case msg.IsDelivered(): // what went wrong after that, when hanging up, does not matter
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return s.explain(to, line, err)
}

// Try connects and logs in, and sends nothing. Its errors are those of Send.
func (s SMTP) Try(ctx context.Context) error {
	if err := s.Check(); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	line := &line{stall: s.timeout()}
	client, err := s.client(line)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	stop := context.AfterFunc(ctx, line.hangUp)
	defer stop()
	if err := client.DialWithContext(ctx); err != nil {
		return s.explain("anybody", line, err)
	}
	return client.Close()
}

func (s SMTP) timeout() time.Duration {
	if s.Timeout == 0 {
		return time.Minute
	}
	return s.Timeout
}

func (s SMTP) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.CAs, MinVersion: tls.VersionTLS12}
}

// client prepares go-mail to speak over our line.
func (s SMTP) client(l *line) (*gomail.Client, error) {
	policy := gomail.TLSMandatory
	if s.TLS == NoTLS || s.TLS == ImplicitTLS {
		policy = gomail.NoTLS // implicit: the line is under TLS already
	}
	options := []gomail.Option{
		gomail.WithPort(s.port()),
		gomail.WithTimeout(s.timeout()),
		gomail.WithTLSPolicy(policy),
		gomail.WithTLSConfig(s.tlsConfig()),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			if err := l.dial(ctx, network, address); err != nil {
				return nil, err
			}
			if s.TLS != ImplicitTLS {
				return l, nil
			}
			c := tls.Client(l, s.tlsConfig())
			return c, c.HandshakeContext(ctx)
		}),
	}
	if s.User != "" {
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(s.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(s.Host, options...)
}

// message writes a mail in go-mail's terms.
func (s SMTP) message(m Message, to string) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(s.From), msg.To(to)); err != nil {
		return nil, err
	}
	from, err := netmail.ParseAddress(s.From)
	if err != nil {
		return nil, err
	}
	msg.SetMessageIDWithValue(m.Key + from.Address[strings.LastIndex(from.Address, "@"):])
	msg.SetDateWithValue(m.Date)
	msg.Subject(m.Subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday notices, please
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	for _, f := range m.Inline {
		if err := msg.EmbedReader(f.Name, bytes.NewReader(f.Content)); err != nil {
			return nil, err
		}
	}
	for _, f := range m.Attached {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Content)); err != nil {
			return nil, err
		}
	}
	return msg, nil
}

// line is a connection that may keep still at any one step for so long and no
// longer, however long the whole takes, and that remembers why it broke.
type line struct {
	net.Conn
	stall time.Duration

	mu     sync.Mutex
	hungUp bool
	broke  error
}

func (l *line) dial(ctx context.Context, network, address string) error {
	c, err := (&net.Dialer{Timeout: l.stall}).DialContext(ctx, network, address)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Conn = c
	if l.hungUp {
		c.Close()
	}
	return nil
}

// hangUp ends the connection from another goroutine.
func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hungUp = true
	if l.Conn != nil {
		l.Conn.Close()
	}
}

func (l *line) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil && l.broke == nil {
		l.broke = err
	}
}

func (l *line) Read(b []byte) (int, error) {
	l.Conn.SetReadDeadline(time.Now().Add(l.stall))
	n, err := l.Conn.Read(b)
	l.note(err)
	return n, err
}

func (l *line) Write(b []byte) (int, error) {
	l.Conn.SetWriteDeadline(time.Now().Add(l.stall))
	n, err := l.Conn.Write(b)
	l.note(err)
	return n, err
}

// The deadlines of others are for the whole of a mail; ours are for each step.
func (l *line) SetDeadline(time.Time) error      { return nil }
func (l *line) SetReadDeadline(time.Time) error  { return nil }
func (l *line) SetWriteDeadline(time.Time) error { return nil }
