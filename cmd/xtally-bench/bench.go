package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/xtally/xtally/cmd/xtally-bench/baseline"
	"github.com/xtally/xtally/cmd/xtally-gen/archive"
)

// bench is one run of the benchmark.
type bench struct {
	options
	out, log io.Writer
	in       string // the archive
	month    string
	facts    facts
	packages []string // flags of --full
	bill     []string
}

// facts are what the archive holds.
type facts struct {
	Records int64         `json:"records"`
	Bytes   int64         `json:"json_bytes"`
	Hours   []archive.Row `json:"hours"` // keys: hour, Beijing
}

// archive invents the archive, unless the folder holds it from an earlier run.
func (b *bench) archive(ctx context.Context, cfg archive.Config, factsFile string) error {
	if text, err := os.ReadFile(factsFile); err == nil {
		return json.Unmarshal(text, &b.facts)
	}
	fmt.Fprintf(b.log, "inventing %d calls in %s\n", b.calls, b.in)
	if err := os.RemoveAll(b.in); err != nil {
		return err
	}
	truth, err := archive.Write(ctx, b.in, cfg)
	if err != nil {
		return err
	}
	b.facts = facts{Records: truth.Records, Hours: truth.ByHour}
	if b.facts.Bytes, err = plainBytes(b.in); err != nil {
		return err
	}
	text, err := json.Marshal(b.facts)
	if err != nil {
		return err
	}
	return os.WriteFile(factsFile, text, 0o644)
}

// measured is one finished process.
type measured struct {
	wall, cpu time.Duration
	peakBytes int64
	stderr    []byte
}

// measure runs a process and reads the system's own accounting of it.
func measure(cmd *exec.Cmd) (measured, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == billDiffers {
		err = nil
	}
	if err != nil {
		return measured{}, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, stderr.Bytes())
	}
	m := measured{wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), stderr: stderr.Bytes()}
	if ru, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.peakBytes = ru.Maxrss * 1024 // kB on Linux
	}
	return m, nil
}

// billDiffers is xtally's exit status for a bill that is not explained to the fen: the
// invented one knows no rent.
const billDiffers = 4

// program is one line of the table.
type program struct {
	key, name string
	command   func(ctx context.Context, dir string) *exec.Cmd // dir: of this round
	runs      []measured
}

func (b *bench) programs(ctx context.Context) []*program {
	child := func(name string) func(context.Context, string) *exec.Cmd {
		return func(ctx context.Context, dir string) *exec.Cmd {
			cmd := exec.CommandContext(ctx, os.Args[0], "--baseline", name)
			cmd.Env = append(os.Environ(), "XTALLY_BENCH_IN="+b.in, "XTALLY_BENCH_OUT="+filepath.Join(dir, name+".csv"))
			return cmd
		}
	}
	xtally := func(ctx context.Context, dir string) *exec.Cmd {
		return exec.CommandContext(ctx, b.binary, append([]string{"run", "--db", filepath.Join(dir, "x.duckdb"), "--archive", b.in,
			"--month", b.month, "--out", filepath.Join(dir, "out"), "--json"}, slices.Concat(b.packages, b.bill)...)...)
	}
	all := []*program{
		{key: "limit", name: "bare DuckDB (the limit)", command: child("limit")},
		{key: "xtally", name: "xtally run", command: xtally},
		{key: "xtally", name: "xtally run again", command: xtally},
		{key: "go", name: "plain Go, encoding/json", command: child("go")},
	}
	if _, ok := baseline.Pandas(ctx, b.in, ""); ok {
		all = append(all, &program{key: "pandas", name: "pandas script", command: func(ctx context.Context, dir string) *exec.Cmd {
			cmd, _ := baseline.Pandas(ctx, b.in, filepath.Join(dir, "pandas.csv"))
			return cmd
		}})
	} else if slices.Contains(b.only, "pandas") {
		fmt.Fprintln(b.log, "no python3 with pandas here: left out")
	}
	return slices.DeleteFunc(all, func(p *program) bool { return !slices.Contains(b.only, p.key) })
}

// compare times the programs in turn, so that a machine that slows down slows all.
func (b *bench) compare(ctx context.Context) error {
	if b.full {
		if err := b.writeTables(); err != nil {
			return err
		}
	}
	programs := b.programs(ctx)
	var database int64
	for round := range b.rounds {
		dir, err := os.MkdirTemp(b.work, "round-")
		if err != nil {
			return err
		}
		for _, p := range programs {
			fmt.Fprintf(b.log, "round %d of %d: %s\n", round+1, b.rounds, p.name)
			m, err := measure(p.command(ctx, dir))
			if err != nil {
				return err
			}
			p.runs = append(p.runs, m)
		}
		if info, err := os.Stat(filepath.Join(dir, "x.duckdb")); err == nil {
			database = info.Size()
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return b.print(programs, database)
}

func (b *bench) print(programs []*program, database int64) error {
	fmt.Fprintf(b.out, "\n%d calls, %d records, %.0f MB of JSON; medians of %d\n\n", b.calls, b.facts.Records, float64(b.facts.Bytes)/1e6, b.rounds)
	limit := time.Duration(0)
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "program\twall s\tCPU s\tpeak MB\trecords/s\t× limit\t")
	for _, p := range programs {
		wall := median(p.runs, func(m measured) time.Duration { return m.wall })
		if p.key == "limit" {
			limit = wall
		}
		ratio := "–"
		if limit > 0 {
			ratio = fmt.Sprintf("%.2f", wall.Seconds()/limit.Seconds())
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.0f\t%.0f\t%s\t\n", p.name, wall.Seconds(),
			median(p.runs, func(m measured) time.Duration { return m.cpu }).Seconds(),
			float64(median(p.runs, func(m measured) int64 { return m.peakBytes }))/1e6,
			float64(b.facts.Records)/wall.Seconds(), ratio)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if database > 0 {
		fmt.Fprintf(b.out, "\nxtally's database: %.0f MB, %.1f %% of the JSON\n", float64(database)/1e6, 100*float64(database)/float64(b.facts.Bytes))
	}
	return nil
}

func median[T cmp.Ordered](runs []measured, of func(measured) T) T {
	values := make([]T, len(runs))
	for i, m := range runs {
		values[i] = of(m)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// plainBytes is how much JSON the archive holds, unpacked.
func plainBytes(in string) (n int64, err error) {
	err = filepath.WalkDir(in, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		m, err := unpackedSize(path)
		n += m
		return err
	})
	return n, err
}
