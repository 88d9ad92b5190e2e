package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/xtally/xtally"
)

// newProgress shows a load's progress: a bar with rate and time left on a
// terminal, a plain line every ten seconds elsewhere.
func newProgress(w io.Writer) func(xtally.Progress) {
	if isTerminal(w) {
		return barProgress(w)
	}
	last := time.Now()
	return func(p xtally.Progress) {
		if time.Since(last) < 10*time.Second {
			return
		}
		last = time.Now()
		fmt.Fprintf(w, "xtally: read %d of %d files, %d of %d MB, %d records\n",
			p.Files, p.FilesTotal, p.Bytes>>20, p.BytesTotal>>20, p.Records)
	}
}

func barProgress(w io.Writer) func(xtally.Progress) {
	var bar *progressbar.ProgressBar
	return func(p xtally.Progress) {
		if bar == nil {
			bar = progressbar.NewOptions64(p.BytesTotal,
				progressbar.OptionSetWriter(w),
				progressbar.OptionShowBytes(true),
				progressbar.OptionSetPredictTime(true),
				progressbar.OptionClearOnFinish())
		}
		bar.Describe(fmt.Sprintf("%d/%d files, %d records", p.Files, p.FilesTotal, p.Records))
		bar.Set64(min(p.Bytes, p.BytesTotal))
	}
}

// isTerminal tells whether a person looks on.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
