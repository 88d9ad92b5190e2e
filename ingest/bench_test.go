package ingest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// benchBytes is about how much text each benchmark reads per round.
const benchBytes = 32 << 20

// feeLine is a push of one call record as the platform sends it, with ids and
// numbers as hard to compress as real ones.
func feeLine(i int) string {
	rng := rand.New(rand.NewPCG(uint64(i), 1))
	number := func() string { return fmt.Sprintf("+861%010d", rng.Int64N(1e10)) }
	at := func() string { return fmt.Sprintf("2026-09-30 15:%02d:%02d", rng.IntN(60), rng.IntN(60)) }
	uuid := fmt.Sprintf("%08x-%04x-%04x-%012x", rng.Uint32(), rng.IntN(1<<16), rng.IntN(1<<16), rng.Int64N(1<<48))
	x := number()
	return fmt.Sprintf(`{"eventType":"fee","feeLst":[{"direction":1,"spId":"demo_tenant","appKey":"DEMOAPPKEY%020d",`+
		`"icid":"%016x%016x.3999770975.%09d.9","bindNum":"%s","sessionId":"1200_%d_4294967295_20260930152935@callenabler001.example.com",`+
		`"subscriptionId":"%s","callerNum":"%s","calleeNum":"%s","fwdDisplayNum":"%s","fwdDstNum":"%s",`+
		`"callInTime":"%s","fwdStartTime":"%s","fwdAlertingTime":"%s","fwdAnswerTime":"%s","callEndTime":"%s",`+
		`"fwdUnaswRsn":0,"ulFailReason":0,"sipStatusCode":0,"callOutUnaswRsn":0,"recordFlag":1,"recordStartTime":"%s",`+
		`"recordDomain":"recorddomain.example.com","recordBucketName":"sp-demo","recordObjectName":"2609300000%012d.wav",`+
		`"ttsPlayTimes":0,"ttsTransDuration":0,"mptyId":"%s","serviceType":"004","hostName":"callenabler001.example.com",`+
		`"userData":"订单-%d"}]}`, i%7, rng.Uint64(), rng.Uint64(), i, x, i, uuid, number(), x, x, number(),
		at(), at(), at(), at(), at(), at(), i, uuid, i)
}

// feeText is about benchBytes of pushes, each shaped by form.
func feeText(form func(string) string, separator string) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < benchBytes; i++ {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(form(feeLine(i)))
	}
	return b.Bytes()
}

func plainForm(s string) string { return s }

func BenchmarkFrames(b *testing.B) {
	array := append(append([]byte("["), feeText(plainForm, ",")...), ']')
	prettyArray := append(append([]byte("[\n  "), feeText(indented("  ", "  "), ",\n  ")...), "\n]\n"...)
	for _, c := range []struct {
		name string
		text []byte
	}{
		{"lines", feeText(plainForm, "\n")},
		{"array", array},
		{"pretty", feeText(indented("", "  "), "\n")},
		{"pretty_array", prettyArray},
		{"log", feeText(func(s string) string { return "2026-09-30 15:31:03.114 INFO  推送 body=" + s }, "\n")},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				drain(b, bytes.NewReader(c.text))
			}
		})
	}
}

// BenchmarkGzip reads the lines form through the container reader, as a
// nightly archive comes.
func BenchmarkGzip(b *testing.B) {
	text := feeText(plainForm, "\n")
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(text)
	w.Close()
	f := tempFile(b, packed.Bytes())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		err := openContainer(f, int64(packed.Len()), func(_ string, r io.Reader) error {
			drain(b, r)
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func drain(tb testing.TB, r io.Reader) {
	st, err := frames(r, func(f frame) error {
		if f.problem != "" {
			tb.Fatalf("line %d: %s", f.line, f.problem)
		}
		return nil
	})
	if err != nil || st.frames == 0 {
		tb.Fatal(st, err)
	}
}
