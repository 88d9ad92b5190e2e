package baseline

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// record is what the job needs of a call record.
type record struct {
	AppKey        string `json:"appKey"`
	ICID          string `json:"icid"`
	BindNum       string `json:"bindNum"`
	FwdAnswerTime string `json:"fwdAnswerTime"`
	CallEndTime   string `json:"callEndTime"`
}

type callKey struct{ app, icid string }

type sumKey struct{ month, app, x string }

type sum struct{ calls, minutes int64 }

// PlainGo does the job with the standard library alone: encoding/json and a map, a
// worker per processor. It reads files as Limit does, gzip or plain.
func PlainGo(ctx context.Context, in, out string) error {
	paths, err := filesUnder(in)
	if err != nil {
		return err
	}
	var (
		work  = make(chan string)
		group sync.WaitGroup
		mu    sync.Mutex
		seen  = map[callKey]bool{}
		sums  = map[sumKey]sum{}
		errs  []error
	)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for path := range work {
				records, err := readRecords(path)
				mu.Lock()
				if err == nil {
					err = addRecords(records, seen, sums)
				}
				if err != nil {
					errs = append(errs, fmt.Errorf("%s: %w", path, err))
				}
				mu.Unlock()
			}
		})
	}
	for _, path := range paths {
		if ctx.Err() == nil {
			work <- path
		}
	}
	close(work)
	group.Wait()
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return err
	}
	return writeSums(out, sums)
}

func filesUnder(in string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(in, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}

func readRecords(path string) ([]record, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(bufio.NewReaderSize(file, 1<<18)); err != nil {
			return nil, err
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<20), 64<<20)
	var all []record
	for lines.Scan() {
		var body struct {
			FeeLst []record `json:"feeLst"`
		}
		if err := json.Unmarshal(lines.Bytes(), &body); err != nil {
			return nil, err
		}
		all = append(all, body.FeeLst...)
	}
	return all, lines.Err()
}

var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

func addRecords(records []record, seen map[callKey]bool, sums map[sumKey]sum) error {
	for _, r := range records {
		key := callKey{r.AppKey, r.ICID}
		if seen[key] {
			continue
		}
		seen[key] = true
		end, err := time.Parse(time.DateTime, r.CallEndTime)
		if err != nil {
			return err
		}
		var minutes int64
		if r.FwdAnswerTime != "" {
			answer, err := time.Parse(time.DateTime, r.FwdAnswerTime)
			if err != nil {
				return err
			}
			minutes = (int64(end.Sub(answer)/time.Second) + 59) / 60
		}
		at := sumKey{end.In(beijing).Format("2006-01"), r.AppKey, r.BindNum}
		s := sums[at]
		sums[at] = sum{s.calls + 1, s.minutes + minutes}
	}
	return nil
}

func writeSums(out string, sums map[sumKey]sum) error {
	keys := make([]sumKey, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b sumKey) int {
		return cmp.Or(strings.Compare(a.month, b.month), strings.Compare(a.app, b.app), strings.Compare(a.x, b.x))
	})
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	w.Write([]string{"month", "app_key", "x_number", "call_count", "billed_min"})
	for _, k := range keys {
		w.Write([]string{k.month, k.app, k.x, strconv.FormatInt(sums[k].calls, 10), strconv.FormatInt(sums[k].minutes, 10)})
	}
	w.Flush()
	return errors.Join(w.Error(), file.Close())
}
