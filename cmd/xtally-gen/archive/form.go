package archive

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"
)

// formEncoder writes bodies into a file's data in the file's form.
type formEncoder struct {
	file    *file
	account *fleet
}

// open writes what precedes the first body.
func (e *formEncoder) open(bodies []body) {
	if len(bodies) == 0 {
		return
	}
	if e.file.bom {
		e.file.data = append(e.file.data, "\xef\xbb\xbf"...)
	}
	if e.file.form == FormArray {
		e.file.data = append(e.file.data, '[')
	}
}

// close writes what follows the last body.
func (e *formEncoder) close(bodies []body) {
	if e.file.form == FormArray && len(bodies) > 0 {
		e.file.data = append(e.file.data, "]\n"...)
		e.file.line++
	}
}

// append writes one body and returns the lines before its first one. With
// request dumps that is the line of the JSON, not of the request.
func (e *formEncoder) append(b *body, index int) (before int64) {
	f := e.file
	from := len(f.data)
	before = f.line
	switch f.form {
	case FormArray:
		before += e.array(b, index)
	case FormPretty, FormFilePerBody:
		e.pretty(b)
	case FormWrappedObject, FormWrappedString:
		e.wrapped(b)
	case FormHTTP:
		before += e.request(b)
	case FormLog:
		e.log(b)
	default:
		f.data = append(f.data, b.data...)
		e.endLine()
	}
	f.line += int64(bytes.Count(f.data[from:], []byte{'\n'}))
	return before
}

func (e *formEncoder) endLine() {
	if e.file.crlf {
		e.file.data = append(e.file.data, '\r')
	}
	e.file.data = append(e.file.data, '\n')
}

// array writes one element of the file's only array, each on a line of its own.
func (e *formEncoder) array(b *body, index int) (skipped int64) {
	if index > 0 {
		e.file.data = append(e.file.data, ",\n"...)
		skipped = 1
	}
	e.file.data = append(e.file.data, b.data...)
	return skipped
}

func (e *formEncoder) pretty(b *body) {
	f := e.file
	if f.form == FormFilePerBody || b.blank {
		f.data = append(f.data, b.data...)
		e.endLine()
		return
	}
	out := bytes.NewBuffer(f.data)
	if json.Indent(out, b.data, "", "  ") != nil {
		out.Write(b.data) // dirt cannot be indented
	}
	f.data = out.Bytes()
	e.endLine()
}

// wrapped writes an object with the time received (UTC), path, headers, body.
func (e *formEncoder) wrapped(b *body) {
	f := e.file
	if b.blank {
		e.endLine()
		return
	}
	f.data = append(f.data, `{"received_at":"`...)
	f.data = appendUTC(f.data, b.at)
	f.data = append(f.data, `","path":"/`...)
	f.data = append(f.data, f.kind.String()...)
	f.data = append(f.data, `","headers":{"Content-Type":"application/json;charset=UTF-8","Authorization":"`...)
	f.data = appendEscaped(f.data, []byte(authorization))
	f.data = append(f.data, `","X-AKSK":"`...)
	f.data = appendEscaped(f.data, e.token(b))
	f.data = append(f.data, `"},"body":`...)
	if f.form == FormWrappedObject {
		f.data = append(f.data, b.data...)
	} else {
		f.data = append(f.data, '"')
		f.data = appendEscaped(f.data, b.data)
		f.data = append(f.data, '"')
	}
	f.data = append(f.data, '}')
	e.endLine()
}

const authorization = `AKSK realm="SDP",profile="UsernameToken",type="Appkey"`

// token is the header that names the app. Digest and nonce are invented.
func (e *formEncoder) token(b *body) []byte {
	seed := scramble(uint64(b.at) ^ uint64(len(b.data))<<20)
	digest := appendHex(appendHex(nil, seed), scramble(seed))
	text := append([]byte(`UsernameToken Username="`), e.account.apps[b.app]...)
	text = append(text, `",PasswordDigest="`...)
	text = base64.StdEncoding.AppendEncode(text, digest)
	text = append(text, `",Nonce="`...)
	text = appendHex(text, scramble(seed+1))
	text = append(text, `",Created="`...)
	text = time.Unix(b.at, 0).UTC().AppendFormat(text, "2006-01-02T15:04:05Z")
	return append(text, '"')
}

// request writes a dump: request line, headers, blank line, body. Wires end
// header lines with CR LF. It returns the lines before the body.
func (e *formEncoder) request(b *body) (skipped int64) {
	f := e.file
	from := len(f.data)
	f.data = append(f.data, "POST /"...)
	f.data = append(f.data, f.kind.String()...)
	f.data = append(f.data, " HTTP/1.1\r\nHost: callback.example.com\r\n"...)
	f.data = append(f.data, "Content-Type: application/json;charset=UTF-8\r\nContent-Length: "...)
	f.data = strconv.AppendInt(f.data, int64(len(b.data)), 10)
	f.data = append(f.data, "\r\nAuthorization: "+authorization+"\r\nX-AKSK: "...)
	f.data = append(f.data, e.token(b)...)
	f.data = append(f.data, "\r\nConnection: keep-alive\r\n\r\n"...)
	skipped = int64(bytes.Count(f.data[from:], []byte{'\n'}))
	f.data = append(f.data, b.data...)
	f.data = append(f.data, "\r\n\r\n"...)
	return skipped
}

// logLabels is what the application wrote before the JSON of each kind.
var logLabels = [kindCount]string{"收到话单推送: ", "收到呼叫事件: ", "收到短信通知: ", "收到号码状态: "}

// log writes an application's log line. Its clock is Beijing's.
func (e *formEncoder) log(b *body) {
	if !b.inLog && !b.blank {
		e.file.data = appendLogPrefix(e.file.data, b.at, "INFO ")
		e.file.data = append(e.file.data, logLabels[e.file.kind]...)
	}
	e.file.data = append(e.file.data, b.data...)
	e.endLine()
}

func appendLogPrefix(buf []byte, at int64, level string) []byte {
	buf = time.Unix(at, 0).In(beijing).AppendFormat(buf, time.DateTime)
	buf = append(buf, '.')
	buf = appendPadded(buf, int(scramble(uint64(at))%1000), 3)
	buf = append(buf, ' ')
	buf = append(buf, level...)
	buf = append(buf, " [http-"...)
	buf = strconv.AppendInt(buf, 1+at%8, 10)
	return append(buf, "] "...)
}

// appendEscaped appends text as the inside of a JSON string. Bodies hold no
// control characters, so quote and backslash are all there is to escape.
func appendEscaped(buf, text []byte) []byte {
	for _, c := range text {
		if c == '"' || c == '\\' {
			buf = append(buf, '\\')
		}
		buf = append(buf, c)
	}
	return buf
}
