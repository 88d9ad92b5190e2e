package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/klauspost/compress/gzip"
)

// stages tells where a run's time goes: each step as a process of its own, and of the
// build the time each layer says it took.
func (b *bench) stages(ctx context.Context) error {
	dir, err := os.MkdirTemp(b.work, "stages-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db := filepath.Join(dir, "x.duckdb")
	step := func(args ...string) *exec.Cmd {
		return exec.CommandContext(ctx, b.binary, append(args, "--db", db)...)
	}
	report := func(format string) *exec.Cmd {
		return step("report", "--month", b.month, "--out", filepath.Join(dir, format), "--format", format)
	}
	fmt.Fprintln(b.out)
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "stage\twall s\tCPU s\tpeak MB\t")
	for _, s := range []struct {
		name string
		cmd  *exec.Cmd
	}{
		{"load", step(append([]string{"load", "--archive", b.in}, b.bill...)...)},
		{"build", step(append([]string{"build", "-v"}, b.packages...)...)},
		{"reports: csv", report("csv")},
		{"reports: workbook", report("xlsx")},
		{"reports: parquet", report("parquet")},
	} {
		m, err := measure(s.cmd)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.0f\t\n", s.name, m.wall.Seconds(), m.cpu.Seconds(), float64(m.peakBytes)/1e6)
		for _, l := range layersOf(m.stderr) {
			fmt.Fprintf(w, "· %s\t%.2f\t\t\t\n", l.name, l.took.Seconds())
		}
	}
	return w.Flush()
}

type layer struct {
	name string
	took time.Duration
}

var builtLine = regexp.MustCompile(`msg=built relation=(\w+)\.\w+ took=(\S+)`)

// layersOf sums up a build's log by layer, in its order.
func layersOf(log []byte) []layer {
	var all []layer
	for _, m := range builtLine.FindAllSubmatch(log, -1) {
		took, err := time.ParseDuration(string(m[2]))
		if err != nil {
			continue
		}
		if n := len(all); n == 0 || all[n-1].name != string(m[1]) {
			all = append(all, layer{name: string(m[1])})
		}
		all[len(all)-1].took += took
	}
	return all
}

// writeTables writes three packages that empty within the month, and the bill that the
// vendor would write for calls alone: a row per hour.
func (b *bench) writeTables() error {
	var minutes int64
	for _, h := range b.facts.Hours {
		minutes += h.Minutes
	}
	var packages, bill bytes.Buffer
	fmt.Fprintln(&packages, "package_id,minutes,sms,price_cny,valid_from,valid_to")
	left := int64(0)
	for i := range 3 {
		fmt.Fprintf(&packages, "p-%d,%d,0,2500,%s-01,202%d-10-01\n", i, minutes/5, b.month, 7+i)
		left += minutes / 5
	}
	fmt.Fprintln(&bill, "账期,账号,产品类型编码,产品类型,产品,使用开始时间,使用结束时间,订单号/交易号,账单类型,单价(¥),使用量,套餐内使用量,官网价(¥),应付金额(¥)")
	for i, h := range b.facts.Hours {
		from, err := time.Parse("2006-01-02 15", h.Keys[len(h.Keys)-1])
		if err != nil {
			return fmt.Errorf("truth by hour: %w", err)
		}
		if !strings.HasPrefix(h.Keys[len(h.Keys)-1], b.month) {
			continue
		}
		packaged := min(left, h.Minutes)
		left -= packaged
		fen := (h.Minutes - packaged) * 6
		const stamp = "2006-01-02 15:04:05 GMT+08:00"
		fmt.Fprintf(&bill, "%s,bench,hws.service.type.privatenumber,隐私保护通话,通话时长,%s,%s,t-%d,消费-使用,0.06,%d,%d,%d.%02d,%d.%02d\n", b.month,
			from.Format(stamp), from.Add(time.Hour).Format(stamp), i, h.Minutes, packaged, fen/100, fen%100, fen/100, fen%100)
	}
	first, err := time.Parse("2006-01", b.month)
	if err != nil {
		return err
	}
	last := first.AddDate(0, 1, -1)
	billFile := filepath.Join(b.work, "bench_PriceFactorBillDetail_"+first.Format("20060102")+"-"+last.Format("20060102")+"_1.csv")
	packagesFile := filepath.Join(b.work, "packages.csv")
	b.packages, b.bill = []string{"--packages", packagesFile}, []string{"--bill", billFile}
	if err := os.WriteFile(packagesFile, packages.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(billFile, bill.Bytes(), 0o644)
}

// unpackedSize is a gzip file's size unpacked, or that of a plain one.
func unpackedSize(path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			return 0, err
		}
	}
	n, err := io.Copy(io.Discard, r)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", strconv.Quote(path), err)
	}
	return n, nil
}
