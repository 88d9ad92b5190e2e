// Package mailtest is a mail server for tests: a real one, on this machine,
// that can be told to misbehave.
package mailtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// User and Password are what the server lets in.
const (
	User     = "reports@example.com"
	Password = "open-sesame-12345" //nolint:gosec // of the test server
)

// Fault is how a server misbehaves.
type Fault string

// The faults there are.
const (
	Stall      Fault = "stall"       // takes the connection and keeps still
	StallData  Fault = "stall-data"  // keeps still once it has the mail
	StallReply Fault = "stall-reply" // takes the mail and keeps still before it says so
	Drop       Fault = "drop"        // hangs up in the middle of the mail
	DropAnswer Fault = "drop-answer" // takes the mail and hangs up before it says so
	PutOff     Fault = "put-off"     // 451 to every recipient
	Refuse     Fault = "refuse"      // 550 to every recipient
	RefuseOne  Fault = "refuse-one"  // 550 to nobody@example.com
	NoTLS      Fault = "no-tls"      // offers no STARTTLS
	WrongName  Fault = "wrong-name"  // its certificate is for another name
	Expired    Fault = "expired"     // its certificate is of last year
)

// Mail is a mail the server took.
type Mail struct {
	From, To string
	Data     []byte
}

// Server is a running mail server.
type Server struct {
	Host string
	Port int
	CA   []byte // the authority of its certificate, PEM

	server *smtp.Server
	mu     sync.Mutex
	fault  Fault
	mails  []Mail
}

// Start starts a server that speaks STARTTLS or, if implicit, TLS at once. The
// caller closes it.
func Start(implicit bool, fault Fault) (*Server, error) {
	s := &Server{Host: "127.0.0.1", fault: fault}
	config, err := s.certificate(fault)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain = "mail.example.com"
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	if fault != NoTLS {
		s.server.TLSConfig = config
	}
	if implicit {
		l = tls.NewListener(l, config)
	}
	go s.server.Serve(l)
	return s, nil
}

// Close stops the server and hangs up.
func (s *Server) Close() error { return s.server.Close() }

// Behave changes how the server misbehaves; "" makes it good.
func (s *Server) Behave(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

func (s *Server) has(fault Fault) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault == fault
}

// Mails returns what the server took, in order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// certificate makes an authority and a certificate of it.
func (s *Server) certificate(fault Fault) (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: now.AddDate(-2, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: now.AddDate(-2, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	switch fault {
	case WrongName:
		leaf.IPAddresses, leaf.DNSNames = nil, []string{"other.example.com"}
	case Expired:
		leaf.NotAfter = now.AddDate(-1, 0, 0)
	}
	caDER, caErr := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	leafDER, leafErr := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, key)
	s.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leafDER}, PrivateKey: key}}}, errors.Join(caErr, leafErr)
}

// session is one connection.
type session struct {
	*Server
	conn *smtp.Conn
	mail Mail
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	if s.has(Stall) {
		s.wait()
	}
	return &session{Server: s, conn: c}, nil
}

// wait keeps still until the server behaves.
func (s *Server) wait() {
	for s.has(Stall) || s.has(StallData) || s.has(StallReply) {
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *session) Reset()        { s.mail = Mail{} }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail.From = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch {
	case s.has(PutOff):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
	case s.has(Refuse), s.has(RefuseOne) && to == "nobody@example.com":
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user here"}
	}
	s.mail.To = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	if s.has(Drop) {
		io.CopyN(io.Discard, r, 100)
		return s.hangUp()
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, r); err != nil {
		return err
	}
	if s.has(StallData) {
		s.wait()
		return s.hangUp()
	}
	s.mail.Data = b.Bytes()
	s.mu.Lock()
	s.mails = append(s.mails, s.mail)
	s.mu.Unlock()
	if s.has(StallReply) {
		s.wait()
		return s.hangUp()
	}
	if s.has(DropAnswer) {
		return s.hangUp()
	}
	return nil
}

func (s *session) hangUp() error {
	s.conn.Conn().Close()
	return errors.New("hung up")
}
