package archive

// kind is a sort of callback; each has a folder of its own.
type kind uint8

const (
	kindFee kind = iota
	kindEvent
	kindSMS
	kindStatus
	kindCount
)

// String is the folder and the last part of the callback's URL.
func (k kind) String() string {
	return [kindCount]string{"fee", "event", "sms", "numstatus"}[k]
}

// class says what an entry of a feeLst is to the truth.
type class uint8

const (
	classFirst    class = iota // first record of a call
	classCopy                  // the same content again
	classVersion               // the call again with other content
	classVoice                 // record of the sister product
	classRejected              // cannot be charged, see its reason
)

// entry is one feeLst entry on its way into a body.
type entry struct {
	at     int64 // when it is ready to be pushed, Unix seconds
	class  class
	style  style
	call   call
	voice  *voiceCall
	raw    string // stands in place of an object
	reason string // of classRejected
}

// body is one HTTP body, or one line of dirt that is none.
type body struct {
	at   int64 // when it is received, Unix seconds
	app  int
	data []byte

	entries int // records in it, of all classes
	calls   int // of these, records of calls
	copies  int // of these, records whose content was sent before
	version int // of these, further versions of a call
	voice   int
	rejects []rejectedEntry
	again   bool // a repeat of a whole body

	reason string // the whole line is refused
	either bool   // refusing and reading it are both right
	inLog  bool   // dirt that is a log line itself: gets no prefix
	blank  bool   // an empty line
	huge   bool   // too large to be repeated
}

// rejectedEntry is a record a loader must refuse.
type rejectedEntry struct {
	index  int // in feeLst, from 0
	reason string
}

// isBody tells whether the line is a body a loader must accept.
func (b *body) isBody() bool { return b.reason == "" && !b.blank }

// repeat returns the body as it is pushed once more.
func (b body) repeat(at int64) body {
	b.at = at
	b.copies, b.version = b.calls, 0
	b.again = true
	return b
}
