package ingest

import "testing"

func TestUnwrap(t *testing.T) {
	event := `{"eventType":"answer","statusInfo":{"sessionId":"s"}}`
	quoted := `"{\"eventType\":\"answer\",\"statusInfo\":{\"sessionId\":\"s\"}}"`
	for name, c := range map[string]struct{ body, inner, around string }{
		"plain":               {event, "", ""},
		"object":              {`{"at":"2026-10-01 01:00:02","body":` + event + `}`, event, `{"at":"2026-10-01 01:00:02","body": }`},
		"string":              {`{"body":` + quoted + `,"path":"/fee"}`, event, `{"body": ,"path":"/fee"}`},
		"two levels":          {`{"request":{"body":` + event + `}}`, event, `{"request":{"body": }}`},
		"text in the string":  {`{"msg":"got {\"eventType\":\"answer\"}"}`, "", ""},
		"two events":          {`{"a":` + event + `,"b":` + event + `}`, "", ""},
		"an event and an SMS": {`{"a":` + event + `,"b":{"smsEvent":{}}}`, "", ""},
		"torn wrapper":        {`{"at":"x","body":` + event, "", ""},
		"two values":          {`{"x":1}` + event, "", ""},
		"junk behind":         {`{"body":` + event + `} junk}`, "", ""},
		"torn inside":         {`{"body":{"eventType":"answer"`, "", ""},
		"not a member name":   {`{"note":"eventType"}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			inner, around := unwrap([]byte(c.body))
			if string(inner) != c.inner || string(around) != c.around {
				t.Errorf("inner %q, around %q; want %q, %q", inner, around, c.inner, c.around)
			}
		})
	}
}
