package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Bodies small enough to be read in a table.
const (
	bodyA = `{"eventType":"fee","feeLst":[{"n":1}]}`
	bodyB = `{"eventType":"fee","feeLst":[{"n":2}]}`
	bodyC = `{"eventType":"fee","feeLst":[{"n":3},{"n":4}]}`
)

// jackson prints an array as Java's usual writer does: brackets hug braces.
func jackson(bodies ...string) string {
	var parts []string
	for _, b := range bodies {
		parts = append(parts, indented("", "  ")(b))
	}
	return "[ " + strings.Join(parts, ", ") + " ]"
}

type frameCase struct {
	name string
	text string
	want []string // see got.String
}

var frameCases = []frameCase{
	// one body a line
	{"empty", "", []string{}},
	{"white space only", " \n\t\r\n\n  ", []string{}},
	{"byte order mark only", "\xef\xbb\xbf", []string{}},
	{"one line", bodyA + "\n", []string{"1+1 " + bodyA}},
	{"no line break at the end", bodyA, []string{"1+1 " + bodyA}},
	{"lines", bodyA + "\n" + bodyB + "\n", []string{"1+1 " + bodyA, "2+1 " + bodyB}},
	{"byte order mark", "\xef\xbb\xbf" + bodyA, []string{"1+1 " + bodyA}},
	{"byte order mark of an appended file", bodyA + "\n\xef\xbb\xbf" + bodyB,
		[]string{"1+1 " + bodyA, "2+1 " + bodyB + " <\ufeff >"}},
	{"CRLF and blank lines", bodyA + "\r\n\r\n  \r\n" + bodyB + "\r\n", []string{"1+1 " + bodyA, "4+1 " + bodyB}},
	{"indented line", "\t " + bodyA + " \t", []string{"1+1 " + bodyA}},
	{"empty object", "{}\n{ }", []string{"1+1 {}", "2+1 { }"}},
	{"trailing comma", bodyA + ",\n" + bodyB + " , \n", []string{"1+1 " + bodyA, "2+1 " + bodyB}},
	{"two objects on a line", bodyA + bodyB + "\n" + bodyC, []string{"1+1 " + bodyA + bodyB, "2+1 " + bodyC}},
	{"text behind an object", bodyA + " 12ms\n" + bodyB, []string{"1+1 malformed_json " + bodyA + " 12ms", "2+1 " + bodyB}},
	{"wrapped body", `{"at":"2026-10-01 00:00:00","body":` + bodyA + `}`, []string{"1+1 " + bodyA + ` <{"at":"2026-10-01 00:00:00","body": }>`}},
	{"wrapped as a string", `{"at":"x","body":"{\"eventType\":\"fee\",\n\"feeLst\":[]}"}`, []string{`1+1 {"eventType":"fee", "feeLst":[]} <{"at":"x","body": }>`}},
	{"wrapped, two callbacks: left to SQL", `{"x":` + bodyA + `,"y":` + bodyB + `}`, []string{`1+1 {"x":` + bodyA + `,"y":` + bodyB + `}`}},
	{"braces in strings", `{"a":"}{][\"","b":"\\"}`, []string{`1+1 {"a":"}{][\"","b":"\\"}`}},

	// no objects
	{"JSON, but no object", "null\n42\n\"x\"\n[]\n[1,2]\ntrue\n-1.5e3\n[\"{\"]",
		[]string{
			"1+1 not_an_object null", "2+1 not_an_object 42", `3+1 not_an_object "x"`, "4+1 not_an_object []",
			"5+1 not_an_object [1,2]", "6+1 not_an_object true", "7+1 not_an_object -1.5e3", `8+1 not_an_object "{"`,
		}},
	{"not JSON", "<html><body>502</body></html>\neventType=fee&feeLst=%5B%5D\n---\n",
		[]string{"1+1 malformed_json <html><body>502</body></html>", "2+1 malformed_json eventType=fee&feeLst=%5B%5D", "3+1 malformed_json ---"}},
	{"another language's dump", "{'eventType': 'fee', 'feeLst': None}\narray ( 'eventType' => 'fee', )",
		[]string{"1+1 {'eventType': 'fee', 'feeLst': None}", "2+1 malformed_json array ( 'eventType' => 'fee', )"}},

	// torn lines
	{"torn in a string", `{"eventType":"fee","feeLst":[{"n":"1` + "\n" + bodyB,
		[]string{`1+1 malformed_json {"eventType":"fee","feeLst":[{"n":"1`, "2+1 " + bodyB}},
	{"torn behind a comma", `{"eventType":"fee",` + "\n" + bodyB + "\n" + bodyC,
		[]string{`1+1 malformed_json {"eventType":"fee",`, "2+1 " + bodyB, "3+1 " + bodyC}},
	{"torn behind a bracket", `{"eventType":"fee","feeLst":[` + "\n" + bodyB + "\n" + bodyC,
		[]string{`1+1 malformed_json {"eventType":"fee","feeLst":[`, "2+1 " + bodyB, "3+1 " + bodyC}},
	{"torn behind a brace", `{"eventType":"fee","feeLst":[{` + "\n" + bodyB,
		[]string{`1+1 malformed_json {"eventType":"fee","feeLst":[{`, "2+1 " + bodyB}},
	{"only a brace", "{\n" + bodyB, []string{"1+1 malformed_json {", "2+1 " + bodyB}},
	{"only a bracket", "[\n" + bodyB + "\n" + bodyC,
		[]string{"2+2 " + bodyB, "3+1 " + bodyC, "3+0 unclosed_array  <" + unclosedDetail + ">"}},
	{"torn array behind a comma", bodyA + "\n[" + bodyB + ",\n" + bodyC + "\n" + bodyA,
		[]string{"1+1 " + bodyA, "2+1 " + bodyB, "2+0 unclosed_array  <" + unclosedDetail + ">", "3+1 " + bodyC, "4+1 " + bodyA}},
	{"torn array in an element", bodyA + "\n[" + bodyB + `,{"eventType":"fe` + "\n" + bodyC,
		[]string{"1+1 " + bodyA, "2+1 " + bodyB, `2+0 malformed_json {"eventType":"fe`, "3+1 " + bodyC}},
	{"both halves of a torn line", `{"eventType":"fee","feeLst":[{"n":"1` + "\n" + `2"}]}` + "\n" + bodyB,
		[]string{`1+1 malformed_json {"eventType":"fee","feeLst":[{"n":"1`, `2+1 malformed_json 2"}]}`, "3+1 " + bodyB}},
	{"body broken between members", `{"eventType":"fee",` + "\r\n" + `"feeLst":[]}` + "\r\n" + bodyB,
		[]string{`1+2 {"eventType":"fee", "feeLst":[]}`, "3+1 " + bodyB}},
	{"torn at the end", bodyA + "\n" + `{"eventType":"fee","feeLst":[{"n":`,
		[]string{"1+1 " + bodyA, `2+1 malformed_json {"eventType":"fee","feeLst":[{"n":`}},

	// pretty-printed
	{"pretty", "{\n  \"a\": 1,\n\n  \"b\": [\n    2\n  ]\n}\n" + bodyB,
		[]string{`1+6 {   "a": 1,    "b": [     2   ] }`, "8+1 " + bodyB}},
	{"pretty, several", "{\n\t\"a\": 1\n}\n{\n\t\"b\": 2\n}\n", []string{"1+3 { \t\"a\": 1 }", "4+3 { \t\"b\": 2 }"}},
	{"pretty with commas between", "{\r\n \"a\": 1\r\n},\r\n{\r\n \"b\": 2\r\n},\r\n", []string{`1+3 {  "a": 1 }`, `4+3 {  "b": 2 }`}},
	{"pretty without indentation", "{\n\"feeLst\":\n[\n{\n\"n\": 1\n}\n]\n}\n", []string{`1+8 { "feeLst": [ { "n": 1 } ] }`}},
	{"pretty, torn: one reject", "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": \"x\n}\n{\n  \"d\": 4\n}\n",
		[]string{`1+5 malformed_json { "a": 1, "b": { "c": "x }`, `6+3 {   "d": 4 }`}},
	{"pretty, unclosed at the end", bodyA + "\n{\n  \"a\": 1,\n  \"b\": [\n",
		[]string{"1+1 " + bodyA, `2+3 malformed_json { "a": 1, "b": [`}},
	{"pretty, unclosed before a line", "{\n  \"a\": 1,\n" + bodyB,
		[]string{`1+2 malformed_json { "a": 1,`, "3+1 " + bodyB}},
	{"pretty, unclosed before an indented line", "{\n  \"a\": 1,\n  " + bodyB, []string{`1+2 malformed_json { "a": 1,`, "3+1 " + bodyB}},
	{"text behind a pretty body", "{\n  \"a\": 1\n} ok\n" + bodyB,
		[]string{`1+2 malformed_json { "a": 1`, "3+1 malformed_json } ok", "4+1 " + bodyB}},

	// arrays
	{"array on one line", "[" + bodyA + "," + bodyB + "]\n", []string{"1+1 " + bodyA, "1+0 " + bodyB}},
	{"array with blanks", " [ " + bodyA + " , " + bodyB + " ] \n", []string{"1+1 " + bodyA, "1+0 " + bodyB}},
	{"array, an element a line", "[\n" + bodyA + ",\n" + bodyB + "\n]\n", []string{"2+2 " + bodyA, "3+1 " + bodyB}},
	{"array, commas first", "[" + bodyA + "\n," + bodyB + "\n\n]\n", []string{"1+1 " + bodyA, "2+1 " + bodyB}},
	{"array with a trailing comma", "[" + bodyA + ",]", []string{"1+1 " + bodyA}},
	{"array with a byte order mark", "\xef\xbb\xbf[\r\n" + bodyA + "\r\n]", []string{"2+2 " + bodyA}},
	{"array, closing bracket indented", "[\n" + bodyA + "\n  ]\n", []string{"2+2 " + bodyA}},
	{"array, unclosed", "[\n" + bodyA + ",\n" + bodyB + "\n",
		[]string{"2+2 " + bodyA, "3+1 " + bodyB, "3+0 unclosed_array  <" + unclosedDetail + ">"}},
	{"array, unclosed in an element", "[" + bodyA + `,{"eventType":"f`,
		[]string{"1+1 " + bodyA, `1+0 malformed_json {"eventType":"f`}},
	{"array with other elements", "[" + bodyA + `,5,null,"a,b",[1,2],` + bodyB + "]",
		[]string{"1+1 " + bodyA, "1+0 not_an_object 5", "1+0 not_an_object null", `1+0 not_an_object "a,b"`, "1+0 not_an_object [1,2]", "1+0 " + bodyB}},
	{"array behind a line", bodyC + "\n[" + bodyA + `,5,"a,b",` + bodyB + "]\n",
		[]string{"1+1 " + bodyC, "2+1 " + bodyA, "2+0 not_an_object 5", `2+0 not_an_object "a,b"`, "2+0 " + bodyB}},
	{"array behind a line, an element a line", bodyC + "\n[\n" + bodyA + ",\n" + bodyB + "\n]\n" + bodyC,
		[]string{"1+1 " + bodyC, "2+4 " + bodyA, "2+0 " + bodyB, "6+1 " + bodyC}},
	{"array with brackets that do not match", bodyC + "\n" + `[{"a":1],{"b":2}] {"c":3}`,
		[]string{"1+1 " + bodyC, `2+1 malformed_json {"a":1]`, `2+0 {"b":2}`, `2+0 malformed_json ] {"c":3}`}},
	{"lines of arrays", "[" + bodyA + "]\n[" + bodyB + "," + bodyC + "]\n[]\n" + bodyA,
		[]string{"1+1 " + bodyA, "2+1 " + bodyB, "2+0 " + bodyC, "4+2 " + bodyA}},
	{"array, then lines", "[" + bodyA + "]\n" + bodyB + "\n" + bodyC + "\n",
		[]string{"1+1 " + bodyA, "2+1 " + bodyB, "3+1 " + bodyC}},
	{"array with a torn element line", "[\n" + bodyA + ",\n{\"eventType\":\"fee\",\"feeLst\":[{\"n\":\"1\n" + bodyB + ",\n" + bodyC + "\n]",
		[]string{"2+2 " + bodyA, `3+1 malformed_json {"eventType":"fee","feeLst":[{"n":"1`, "4+1 " + bodyB, "5+1 " + bodyC}},
	{"torn array, then arrays", "[" + bodyA + `,{"a":"` + "\n[" + bodyB + "]\n",
		[]string{"1+1 " + bodyA, `1+0 malformed_json {"a":"`, "2+1 " + bodyB}},
	{"one brace too many in an array", "[{\"a\":1}},\n" + bodyB + "," + bodyC + "]",
		[]string{`1+1 {"a":1}}`, "2+1 " + bodyB, "2+0 " + bodyC}},

	// pretty-printed arrays
	{"pretty array", "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  }\n]\n", []string{`2+4 {     "a": 1   }`, `5+3 {     "b": 2   }`}},
	{"pretty array with tabs", "[\n\t{\n\t\t\"a\": 1\n\t},\n\t{\n\t\t\"b\": 2\n\t}\n]\n", []string{"2+4 { \t\t\"a\": 1 \t}", "5+3 { \t\t\"b\": 2 \t}"}},
	{"Jackson array", jackson(`{"a":1}`, `{"b":[2,3]}`), []string{`1+3 {   "a": 1 }`, `3+5 {   "b": [     2,     3   ] }`}},
	{"Jackson array behind a line", bodyC + "\n" + jackson(`{"a":1}`, `{"b":2}`) + "\n" + bodyC,
		[]string{"1+1 " + bodyC, `2+5 {   "a": 1 }`, `2+0 {   "b": 2 }`, "7+1 " + bodyC}},
	{"pretty array with a torn element", "[\n  {\n    \"a\": {\n  },\n  {\n    \"b\": 2\n  },\n  {\n    \"c\": 3\n  }\n]\n",
		[]string{`2+4 malformed_json { "a": { },`, `5+3 {     "b": 2   }`, `8+3 {     "c": 3   }`}},
	{"Jackson array with a torn element", "[ {\n  \"a\" : {\n}, {\n  \"b\" : 2\n}, {\n  \"c\" : 3\n} ]\n",
		[]string{`1+3 malformed_json { "a" : { },`, `3+2 {   "b" : 2 }`, `5+2 {   "c" : 3 }`}},
	{"pretty array, unclosed in an element", "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\":", []string{`2+4 {     "a": 1   }`, `5+2 malformed_json { "b":`}},

	// HTTP request dumps
	{"HTTP", "POST /fee HTTP/1.1\r\nHost: example.com\r\nContent-Length: 37\r\n\r\n" + bodyA + "\r\n",
		[]string{"5+4 " + bodyA + " <POST /fee HTTP/1.1\nHost: example.com\nContent-Length: 37>"}},
	{"HTTP, several", "POST /fee HTTP/1.1\nA: 1\n\n" + bodyA + "\n\nPOST /sms HTTP/1.1\nA: 2\n\n" + bodyB,
		[]string{"4+3 " + bodyA + " <POST /fee HTTP/1.1\nA: 1>", "9+3 " + bodyB + " <POST /sms HTTP/1.1\nA: 2>"}},
	{"HTTP, pretty body", "POST /fee HTTP/1.1\nA: 1\n\n{\n  \"a\": 1\n}\n", []string{`4+5 {   "a": 1 } <POST /fee HTTP/1.1` + "\nA: 1>"}},
	{"HTTP, pretty array", "POST /fee HTTP/1.1\n\n[\n  {\n    \"a\": 1\n  }\n]\n", []string{`3+6 {     "a": 1   } <POST /fee HTTP/1.1>`}},
	{"HTTP, array: headers for each", "POST /fee HTTP/1.1\nA: 1\n\n[" + bodyA + "," + bodyB + "]",
		[]string{"4+3 " + bodyA + " <POST /fee HTTP/1.1\nA: 1>", "4+0 " + bodyB + " <POST /fee HTTP/1.1\nA: 1>"}},
	{"HTTP without bodies", "POST /1 HTTP/1.1\nA: 1\n\nPOST /2 HTTP/1.1\n\n\nGET /3 HTTP/1.1\nA: 3\n",
		[]string{"1+2 http_without_body POST /1 HTTP/1.1\nA: 1", "4+1 http_without_body POST /2 HTTP/1.1", "7+2 http_without_body GET /3 HTTP/1.1\nA: 3"}},
	{"HTTP without a blank line", "POST /fee HTTP/1.1\nA: 1\n" + bodyA, []string{"3+3 " + bodyA + " <POST /fee HTTP/1.1\nA: 1>"}},
	{"HTTP response", "POST /fee HTTP/1.1\n\n" + bodyA + "\nHTTP/1.1 200 OK\nDate: x\n\n{\"resultcode\":\"0\"}\n",
		[]string{"3+2 " + bodyA + " <POST /fee HTTP/1.1>", `7+3 {"resultcode":"0"} <HTTP/1.1 200 OK` + "\nDate: x>"}},
	{"HTTP, malformed body", "POST /fee HTTP/1.1\n\nfee=1\n" + bodyB,
		[]string{"3+2 malformed_json fee=1 <POST /fee HTTP/1.1>", "4+1 " + bodyB}},
	{"HTTP, body in what looks like a header", "POST /fee HTTP/1.1\nA: 1\nbody: " + bodyA,
		[]string{"3+3 " + bodyA + " <POST /fee HTTP/1.1\nA: 1\nbody:  >"}},
	{"request line with the body in it", "POST /fee HTTP/1.1 200 " + bodyA, []string{"1+1 " + bodyA + " <POST /fee HTTP/1.1 200  >"}},
	{"a word like a method", "POST office closed\n" + bodyA, []string{"1+1 malformed_json POST office closed", "2+1 " + bodyA}},

	// log lines
	{"log", "2026-10-01 00:00:01.5 INFO 收到话单: " + bodyA, []string{"1+1 " + bodyA + " <2026-10-01 00:00:01.5 INFO 收到话单:  >"}},
	{"log, text behind", "INFO body=" + bodyA + " cost=12ms", []string{"1+1 " + bodyA + " <INFO body=  cost=12ms>"}},
	{"log, doubled braces", "INFO {" + bodyA + "}", []string{"1+1 " + bodyA + " <INFO { }>"}},
	{"doubled braces, no text", "{" + bodyA + "}", []string{"1+1 " + bodyA + " <{ }>"}},
	{"log, brackets in front", "[2026-10-01 00:00:01] [] [{main}] " + bodyA, []string{"1+1 " + bodyA + " <[2026-10-01 00:00:01] [] [{main}]  >"}},
	{"log, empty brackets first", "[] INFO " + bodyA, []string{"1+1 " + bodyA + " <[] INFO  >"}},
	{"log, braces in brackets first", "[{main}] INFO " + bodyA, []string{"1+1 " + bodyA + " <[{main}] INFO  >"}},
	{"log, an object in brackets first", bodyB + "\n" + `[{"traceId":"x"}] INFO ` + bodyA,
		[]string{"1+1 " + bodyB, "2+1 " + bodyA + ` <[{"traceId":"x"}] INFO  >`}},
	{"log, headers first", `INFO headers={"A":"1"} body=` + bodyA + ` answer={"resultcode":"0"}`,
		[]string{"1+1 " + bodyA + ` <INFO headers={"A":"1"} body=  answer={"resultcode":"0"}>`}},
	{"log, no callback: the first object", `INFO headers={"A":"1"} answer={"B":"0"}`, []string{`1+1 {"A":"1"} <INFO headers=  answer={"B":"0"}>`}},
	{"log, two callbacks", "INFO " + bodyA + " " + bodyB, []string{"1+1 several_bodies INFO " + bodyA + " " + bodyB}},
	{"log, quoted", `time="10:00" body="{\"eventType\":\"fee\",\"feeLst\":[]}" n=1`,
		[]string{`1+1 {"eventType":"fee","feeLst":[]} <time="10:00" body=  n=1>`}},
	{"log, quoted with line breaks", `INFO "{\n  \"eventType\": \"fee\"\n}"`, []string{`1+1 {   "eventType": "fee" } <INFO  >`}},
	{"log, headers first, body quoted", `INFO headers={"A":"1"} body="{\"eventType\":\"fee\",\"feeLst\":[]}"`,
		[]string{`1+1 {"eventType":"fee","feeLst":[]} <INFO headers={"A":"1"} body= >`}},
	{"log, wrapped as a string", `INFO headers={"A":"1"} {"body":"{\"eventType\":\"fee\"}"}`,
		[]string{`1+1 {"eventType":"fee"} <INFO headers={"A":"1"}  {"body": }>`}},
	{"log, broken quoted", `INFO "{\"eventType\":\"fe`, []string{`1+1 malformed_json INFO "{\"eventType\":\"fe`}},
	{"a quoted body alone", `"{\"eventType\":\"fee\",\"feeLst\":[]}"`, []string{`1+1 {"eventType":"fee","feeLst":[]} < >`}},
	{"log, pretty body", "INFO {main} body={\n  \"a\": 1\n}\n" + bodyB, []string{`1+3 {   "a": 1 } <INFO {main} body= >`, "4+1 " + bodyB}},
	{"log, torn pretty body", "INFO body={\n" + bodyB, []string{"1+1 malformed_json INFO body={", "2+1 " + bodyB}},
	{"log, no JSON", "WARN 推送超时, 等待重试 attempt=2\n" + bodyA, []string{"1+1 malformed_json WARN 推送超时, 等待重试 attempt=2", "2+1 " + bodyA}},
	{"log, Python dict", "INFO {'eventType': 'fee', 'feeLst': []}", []string{"1+1 malformed_json INFO {'eventType': 'fee', 'feeLst': []}"}},
	{"log, torn", "INFO " + bodyA[:20] + "\nINFO " + bodyB, []string{"1+1 malformed_json INFO " + bodyA[:20], "2+1 " + bodyB + " <INFO  >"}},

	// bytes that do not belong
	{"zero byte", "{\"a\":\"\x00\"}\n" + bodyA, []string{"1+1 malformed_json {\"a\":\"\x00\"}", "2+1 " + bodyA}},
	{"zeros before a body", "\x00\x00\x00" + bodyA, []string{"1+1 " + bodyA + " <\x00\x00\x00 >"}},
	{"zeros after a body", bodyA + "\n\x00\x00\x00", []string{"1+1 " + bodyA, "2+1 malformed_json \x00\x00\x00"}},
	{"0x01", "{\"a\":\"\x01\"}\n" + bodyA, []string{"1+1 malformed_json {\"a\":\"\x01\"}", "2+1 " + bodyA}},
	{"0x1e in a line", "{\"a\":\"\x1e\"}\n" + bodyA, []string{"1+1 {\"a\":\"\x1e\"}", "2+1 " + bodyA}},
	{"0x1e before a body", "\x1e" + bodyA + "\n\x1e" + bodyB, []string{"1+1 " + bodyA + " <\x1e >", "2+1 " + bodyB + " <\x1e >"}},
	{"0x1e in an array's string", "[{\"a\":\"\x1e\"},\x1e" + bodyA + "]", []string{"1+1 malformed_json {\"a\":\"\x01\"}", "1+0 " + bodyA + " <\x01 >"}},
	{"lone CR as white space", "{\"a\":1,\r\"b\":2}", []string{`1+1 {"a":1, "b":2}`}},
	{"lone CR in a string", "{\"a\":\"1\r2\"}", []string{"1+1 malformed_json {\"a\":\"1\r2\"}"}},
	{"lone CR between bodies", bodyA + "\r" + bodyB, []string{"1+1 malformed_json " + bodyA + "\r" + bodyB}},
	{"invalid UTF-8", "{\"a\":\"\xff\"}\nlog \xe8\xae {\"b\":1}\n\xfe", []string{"1+1 {\"a\":\"\ufffd\"}", "2+1 {\"b\":1} <log \ufffd  >", "3+1 malformed_json \ufffd"}},
}

func TestFrames(t *testing.T) {
	for _, c := range frameCases {
		t.Run(c.name, func(t *testing.T) {
			all, _ := readFrames(t, strings.NewReader(c.text))
			if diff := cmp.Diff(c.want, texts(all)); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
			sameInPieces(t, []byte(c.text), all)
		})
	}
}

// sameInPieces proves that what a reader gives at once makes no difference.
func sameInPieces(tb testing.TB, text []byte, want []got) {
	tb.Helper()
	for name, r := range map[string]io.Reader{
		"one byte":     iotest.OneByteReader(bytes.NewReader(text)),
		"halves":       iotest.HalfReader(bytes.NewReader(text)),
		"data and EOF": iotest.DataErrReader(bytes.NewReader(text)),
	} {
		all, _ := readFrames(tb, r)
		if diff := cmp.Diff(texts(want), texts(all)); diff != "" {
			tb.Errorf("%s (-at once +in pieces):\n%s", name, diff)
		}
	}
}

func TestFramesCountBlankAndRepaired(t *testing.T) {
	text := "\n" + bodyA + "\n \t\r\n{\"a\":\"\xff\"}\n\xfe\n\nlog \xff " + bodyA + "\n"
	_, st := readFrames(t, strings.NewReader(text))
	want := stats{lines: 7, blank: 3, frames: 4, frameLines: 4, repaired: 3}
	if st != want {
		t.Errorf("got %+v, want %+v", st, want)
	}
}

// A broken source gives what came before, and one reject that names the break.
func TestFramesOfBrokenSource(t *testing.T) {
	named := " <the break>"
	for _, c := range []frameCase{
		{"between lines", bodyA + "\n", []string{"1+1 " + bodyA, "2+0 corrupt_gzip " + named}},
		{"at once", "", []string{"1+0 corrupt_gzip " + named}},
		{"behind a whole body", bodyA, []string{"1+1 " + bodyA, "2+0 corrupt_gzip " + named}},
		{"in a line", bodyA + "\n" + `{"eventType":"fe`, []string{"1+1 " + bodyA, `2+1 corrupt_gzip {"eventType":"fe` + named}},
		{"in a log line's body", "INFO " + bodyA + "\nINFO " + bodyA[:20],
			[]string{"1+1 " + bodyA + " <INFO  >", "2+1 corrupt_gzip INFO " + bodyA[:20] + named}},
		{"behind a log line's body", "INFO " + bodyA + " co", []string{"1+1 " + bodyA + " <INFO   co>", "2+0 corrupt_gzip " + named}},
		{"in an array", "[" + bodyA + "," + bodyB[:20], []string{"1+1 " + bodyA, "1+0 corrupt_gzip " + bodyB[:20] + named}},
		{"between an array's elements", "[" + bodyA + ",", []string{"1+1 " + bodyA, "2+0 corrupt_gzip " + named}},
		{"in a pretty body", "{\n  \"a\": 1\n}\n{\n  \"b\": [\n    2", []string{`1+3 {   "a": 1 }`, `4+3 corrupt_gzip { "b": [ 2` + named}},
		{"between the lines of a pretty body", "{\n  \"b\": [\n", []string{`1+2 corrupt_gzip { "b": [` + named}},
		{"in a pretty array", "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": {\n      \"c\": \"", []string{`2+4 {     "a": 1   }`, `5+3 corrupt_gzip { "b": { "c": "` + named}},
		{"in an HTTP header", "POST / HTTP/1.1\nHos", []string{"2+2 corrupt_gzip Hos" + named}},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := io.MultiReader(strings.NewReader(c.text), &brokenReader{&damage{"corrupt_gzip", errors.New("the break")}})
			all, _ := readFrames(t, broken)
			if diff := cmp.Diff(c.want, texts(all)); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFramesNamesOtherReadErrors(t *testing.T) {
	all, _ := readFrames(t, iotest.ErrReader(errors.New("disk on fire")))
	if want := []string{"1+0 read_error  <disk on fire>"}; !cmp.Equal(want, texts(all)) {
		t.Error(texts(all))
	}
}

func TestFramesReturnsErrorOfEmit(t *testing.T) {
	stop := errors.New("stop")
	for _, c := range frameCases {
		if len(c.want) == 0 {
			continue
		}
		if _, err := frames(strings.NewReader(c.text), func(frame) error { return stop }); err != stop {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

// unraced skips a test that is about figures and not about goroutines when the race
// detector is on: it would only take longer.
func unraced(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("told without the race detector")
	}
}

// A line of any length costs itself only.
func TestFramesOfLongLines(t *testing.T) {
	unraced(t)
	long := func(n int) string { return `{"a":"` + strings.Repeat("x", n-len(`{"a":""}`)) + `"}` }
	for _, c := range []struct {
		name, text string
		want       []string // bodies by length, rejects by reason
	}{
		{"5 MB", bodyA + "\n" + long(5<<20) + "\n" + bodyB, []string{"1 38", "2 5242880", "3 38"}},
		{"as long as may be", long(maxBodyBytes) + "\n" + bodyB, []string{"1 15728640", "2 38"}},
		{"one more", long(maxBodyBytes+1) + "\n" + bodyB, []string{"1 line_too_long", "2 38"}},
		{"one more at the end", bodyA + "\n" + long(maxBodyBytes+1), []string{"1 38", "2 line_too_long"}},
		{"40 MB", bodyA + "\n" + long(40<<20) + "\n\n" + bodyB + "\n", []string{"1 38", "2 line_too_long", "4 38"}},
		{"blanks are no blank line", strings.Repeat(" ", maxBodyBytes+1) + "\n" + bodyB, []string{"1 line_too_long", "2 38"}},
		{"an array's element", "[" + bodyA + "," + long(maxBodyBytes+9) + "," + bodyB + "]", []string{"1 38", "1 line_too_long", "1 38"}},
		{"behind a torn line", "{\"a\":[\n" + long(maxBodyBytes+1) + "\n" + bodyB, []string{"1 malformed_json", "2 line_too_long", "3 38"}},
		{"joined", "{\n\"a\":[\n" + long(9<<20) + ",\n" + long(9<<20) + "]}\n" + bodyB, []string{"1 line_too_long", "5 38"}},
		{"much around a body", `{"a":"` + strings.Repeat("号", 30000) + `","body":` + bodyA + "}\n" + bodyB, []string{"1 38", "2 38"}},
		{"grown by the repair", `{"a":"` + strings.Repeat("x\xff", 7<<20) + "\"}\n" + bodyB, []string{"1 line_too_long", "2 38"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, st := readFrames(t, strings.NewReader(c.text))
			have := []string{}
			for _, g := range all {
				what := g.problem
				if what == "" {
					what = fmt.Sprint(len(g.body))
				} else if len(g.body) > rejectTextBytes {
					t.Errorf("reject keeps %d bytes", len(g.body))
				}
				have = append(have, fmt.Sprint(g.line, " ", what))
			}
			if diff := cmp.Diff(c.want, have); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
			if c.name != "grown by the repair" && st.repaired > 0 {
				t.Errorf("%d repaired", st.repaired)
			}
		})
	}
}

// An array longer than any buffer is read element by element.
func TestFramesOfLongArray(t *testing.T) {
	unraced(t)
	for name, shape := range map[string]struct {
		open, between, end string
		form               func(string) string
	}{
		"one line":  {"[", ",", "]", plainForm},
		"lines":     {"[\n", ",\n", "\n]\n", plainForm},
		"pretty":    {"[\n  ", ",\n  ", "\n]\n", indented("  ", "  ")},
		"Jackson":   {"[ ", ", ", " ]\n", indented("", "  ")},
		"of arrays": {"[", "]\n[", "]\n", plainForm},
	} {
		t.Run(name, func(t *testing.T) {
			const elements = 14000
			parts := []io.Reader{strings.NewReader(shape.open)}
			for i := range elements {
				if i > 0 {
					parts = append(parts, strings.NewReader(shape.between))
				}
				parts = append(parts, strings.NewReader(shape.form(feeLine(i))))
			}
			parts = append(parts, strings.NewReader(shape.end))
			n := 0
			st, err := frames(io.MultiReader(parts...), func(f frame) error {
				if f.problem != "" || !bytes.Contains(f.body, fmt.Appendf(nil, `"订单-%d"`, n)) {
					return fmt.Errorf("element %d, line %d: %s %.80s", n, f.line, f.problem, f.body)
				}
				n++
				return nil
			})
			if err != nil || n != elements {
				t.Errorf("%d elements, %v", n, err)
			}
			if st.lines != st.blank+st.frameLines {
				t.Errorf("%+v", st)
			}
		})
	}
}

// dirtLines stand between good lines in TestGoodLinesSurvive.
var dirtLines = []string{
	"", "  ", "{", "[", "}", "]", "},", "],", "{{", "[{", "[[", "{[", ",", `"`, `"x`, `\`, "null", "42", "[]", "[1,2]", "}]", "}}", "]}",
	`{"eventType":"fee",`, `{"eventType":"fee","feeLst":[`, `{"eventType":"fee","feeLst":[{`, `{"eventType":"fee","feeLst":[{"n":1},`,
	`{"eventType":"fee","feeLst":[{"n":"1`, `n":1}]}`, `"n":1}]}`, `[{"n":1},`, `[{"n":1},{"n":`, `[{"n":1}]`, `[{"n":1},{"n":2}]`,
	"INFO nothing", "INFO body={", "INFO body={\"a\":", "INFO {main} [", "POST / HTTP/1.1", "Host: x", "HTTP/1.1 200 OK",
	"<html>", "\x00", "\x01", "\x1e", "\xff", "\r", "{\r", "{'a': 1}", "  \"a\": 1,", "  {", "  }", "  [", "  ]", "} ]", "}, {", "[ {",
}

// Whatever stands between them, good lines are read: a torn line costs itself
// only. Rarely does the text before and behind a good line make one JSON value
// with it; then it must be in that.
func TestGoodLinesSurvive(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	rounds := 20000
	if testing.Short() {
		rounds = 1000
	}
	for range rounds {
		var text strings.Builder
		good := map[string]int64{}
		for line := range int64(2 + rng.IntN(12)) {
			body := dirtLines[rng.IntN(len(dirtLines))]
			if rng.IntN(2) == 0 {
				body = fmt.Sprintf(`{"eventType":"fee","feeLst":[{"id":"%d"}]}`, line)
				good[body] = line + 1
			}
			text.WriteString(body + "\n")
		}
		all, _ := readFrames(t, strings.NewReader(text.String()))
		for _, g := range all {
			if g.problem == "" && good[g.body] == g.line {
				delete(good, g.body)
			}
		}
		for body := range good {
			if !inWholeValue(all, body) {
				t.Fatalf("lost %s in\n%s\nread as\n%s", body, text.String(), strings.Join(texts(all), "\n"))
			}
		}
	}
}

// inWholeValue tells whether a body was read as part of a valid one.
func inWholeValue(all []got, body string) bool {
	for _, g := range all {
		if g.problem == "" && strings.Contains(g.body, body) && json.Valid([]byte(g.body)) {
			return true
		}
	}
	return false
}

// No text takes long, whatever it makes the framer look for.
func TestFramesIsQuick(t *testing.T) {
	unraced(t)
	const size, limit = 64 << 10, 3 * time.Second // quadratic would be 8 s and more
	tails := []string{"\n", "\n" + bodyA + "\n", "\n}\n", "\n {\n"}
	for _, dirt := range dirtLines {
		for _, tail := range tails {
			unit := dirt + tail
			start := time.Now()
			st, err := frames(strings.NewReader(strings.Repeat(unit, size/len(unit))), func(frame) error { return nil })
			if took := time.Since(start); took > limit {
				t.Errorf("%q over and over took %v", unit, took)
			}
			if err != nil || st.lines != st.blank+st.frameLines {
				t.Errorf("%q over and over: %+v, %v", unit, st, err)
			}
		}
	}
}
