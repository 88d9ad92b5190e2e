// Package mail makes a bill month's mail and sends it. It knows a mail only as
// figures and files; what is kept until it is sent is for the caller to say.
package mail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Message is a mail without its recipient. It marshals to JSON and back, so
// that it can be kept until it could be sent.
type Message struct {
	// Key is the hash of what the mail says. It becomes the Message-ID, so that
	// a copy sent twice can be told as one by servers and mail programs.
	Key      string    `json:"key"`
	Date     time.Time `json:"date"`
	Subject  string    `json:"subject"`
	Text     string    `json:"text"`
	HTML     string    `json:"html"`
	Inline   []File    `json:"inline"` // shown in HTML as cid:NAME
	Attached []File    `json:"attached"`
}

// File is a part of a mail.
type File struct {
	Name    string `json:"name"`
	Content []byte `json:"content"`
}

// Sender sends one mail to one address. The error of a mail that surely was
// not accepted is an [*Error]; after any error the mail may be sent again.
// [SMTP] is a Sender; a host may bring its own.
type Sender interface {
	Send(ctx context.Context, m Message, to string) error
}

// setKey makes the key of a message from all but its date. A protected
// workbook never has the same bytes twice, so the key is made before it is.
func (m *Message) setKey() error {
	m.Key = ""
	said := *m
	said.Date = time.Time{}
	b, err := json.Marshal(said)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	m.Key = hex.EncodeToString(sum[:16])
	return nil
}
