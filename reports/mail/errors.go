package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"syscall"

	gomail "github.com/wneessen/go-mail"
)

// Error is a mail that was not accepted.
type Error struct {
	Server string // host:port
	To     string
	Reason string // what happened and what to do
	Soon   bool   // trying again in a minute may help; else somebody must act
	ForAll bool   // no other mail would fare better through this server now
}

// Error says on one line what happened and what to do.
func (e *Error) Error() string {
	return fmt.Sprintf("mail to %s through %s: %s", e.To, e.Server, e.Reason)
}

// explain puts what the network or the server said into words with a remedy.
func (s SMTP) explain(to string, l *line, err error) error {
	l.mu.Lock()
	broke := l.broke
	l.mu.Unlock()
	e := &Error{Server: s.String(), To: to}
	switch {
	case e.aboutTLS(s, err), e.aboutReply(err):
	case e.aboutLine(s, errors.Join(err, broke)):
		e.Soon = true
	default:
		e.Reason, e.Soon = err.Error(), true
	}
	if s.Password != "" {
		e.Reason = strings.ReplaceAll(e.Reason, s.Password, "***") // should a server repeat it
	}
	return e
}

// aboutTLS words what is wrong with encryption and certificates.
func (e *Error) aboutTLS(s SMTP, err error) bool {
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &name):
		e.Reason = fmt.Sprintf("its certificate is not for %s (%v); give host as the certificate names it", s.Host, name)
	case errors.As(err, &unknown):
		e.Reason = "its certificate is not signed by a known authority; give the authority's certificate as ca_file"
	case errors.As(err, &invalid), errors.As(err, &verify):
		e.Reason = fmt.Sprintf("its certificate is not valid (%v); have it renewed", err)
	case errors.As(err, &record):
		e.Reason = "it does not speak TLS on this port; use tls implicit with port 465, starttls with port 587"
	case strings.Contains(err.Error(), "does not support STARTTLS"):
		e.Reason = "it offers no STARTTLS, and nothing was sent in the clear; use tls implicit with port 465, or another server"
	default:
		return false
	}
	e.ForAll = true
	return true
}

// aboutReply words what the server answered.
func (e *Error) aboutReply(err error) bool {
	var reply *textproto.Error
	var send *gomail.SendError
	code, text := 0, ""
	switch {
	case errors.As(err, &reply):
		code, text = reply.Code, fmt.Sprintf("%d %s", reply.Code, strings.Join(strings.Fields(reply.Msg), " "))
	case errors.As(err, &send) && send.ErrorCode() != 0:
		code, text = send.ErrorCode(), sendReply(send)
	case strings.Contains(err.Error(), "does not support SMTP AUTH"), errors.Is(err, gomail.ErrNoSupportedAuthDiscovered):
		e.Reason, e.ForAll = "it takes no user and password here; leave user out, or use the port for sending mail (587 or 465)", true
		return true
	default:
		return false
	}
	switch {
	case code == 530 || code == 534 || code == 535 || code == 538:
		e.Reason, e.ForAll = fmt.Sprintf("it does not let this user in (%s); check user and password", text), true
	case code >= 500:
		e.Reason = fmt.Sprintf("it refused (%s); check from and to, or ask its administrator", text)
	default:
		e.Reason, e.Soon = fmt.Sprintf("it put the mail off (%s); it is tried again", text), true
	}
	return true
}

// sendReply cuts the server's reply out of go-mail's text.
func sendReply(send *gomail.SendError) string {
	text := send.Error()
	if i := strings.Index(text, fmt.Sprint(send.ErrorCode())); i >= 0 {
		text = text[i:]
	}
	text, _, _ = strings.Cut(text, ", affected ")
	return strings.Join(strings.Fields(strings.ReplaceAll(text, `"`, "")), " ")
}

// aboutLine words what is wrong with the connection. All of it may pass.
func (e *Error) aboutLine(s SMTP, err error) bool {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		e.Reason, e.ForAll = fmt.Sprintf("no such server (%v); check host", dns), true
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Reason, e.ForAll = "nobody answers there; check host and port, and whether the server runs", true
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		e.Reason, e.ForAll = fmt.Sprintf("no answer within %v; check host, port and firewall", s.timeout()), true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		e.Reason = "the connection broke off before the mail was accepted; it is tried again"
	default:
		return false
	}
	return true
}
