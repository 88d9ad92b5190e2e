// Command xtally-bench times xtally beside other ways to the core of its job, on the
// same invented files and in the same run, and prints one table.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally/cmd/xtally-bench/baseline"
	"github.com/xtally/xtally/cmd/xtally-gen/archive"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newCommand().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "xtally-bench:", err)
		stop()
		os.Exit(1)
	}
}

// options are the command's flags.
type options struct {
	calls    int
	rounds   int
	work     string
	binary   string
	full     bool
	only     []string
	baseline string // the child process: which baseline to be
}

const longHelp = `Invents a month of call records in gzip files and times, each as a process of its
own, in turn and --rounds times: one bare DuckDB statement that only reads, drops
repeats and sums (the limit), xtally run with everything included, a second run
with nothing new, and the same core in plain Go (encoding/json) and in pandas
(where python3 has it; PYTHON names another). Of several rounds the median counts.
Then the stages of xtally: load, the layers of the build, the reports.

With --full the run also has three packages that empty within the month and a bill
with a row per hour to reconcile.`

func newCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "xtally-bench [flags]",
		Short: "Time xtally beside the bare minimum, plain Go and pandas",
		Long:  longHelp,
		Example: `  go run ./cmd/xtally-bench
  go run ./cmd/xtally-bench --calls 10000000 --full --only limit,xtally`,
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	f := cmd.Flags()
	f.IntVar(&o.calls, "calls", 1_000_000, "distinct calls in the archive")
	f.IntVar(&o.rounds, "rounds", 3, "how often each program runs")
	f.StringVar(&o.work, "work", "", "`FOLDER` to work in; an archive of these calls that it holds is used again (default: a temporary one)")
	f.StringVar(&o.binary, "xtally", "", "the xtally `FILE` to time (default: built from this checkout)")
	f.BoolVar(&o.full, "full", false, "with packages and a bill")
	f.StringSliceVar(&o.only, "only", []string{"limit", "xtally", "go", "pandas"}, "`LIST` of programs")
	f.StringVar(&o.baseline, "baseline", "", "")
	f.MarkHidden("baseline")
	return cmd
}

func (o *options) run(cmd *cobra.Command) error {
	ctx := cmd.Context()
	if o.baseline != "" {
		return beBaseline(ctx, o.baseline)
	}
	if o.rounds < 1 || o.calls < 1 {
		return errors.New("--rounds and --calls: want 1 or more")
	}
	if o.work == "" {
		dir, err := os.MkdirTemp("", "xtally-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.work = dir
	}
	b := &bench{options: *o, out: cmd.OutOrStdout(), log: cmd.ErrOrStderr()}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	if err := b.compare(ctx); err != nil {
		return err
	}
	return b.stages(ctx)
}

// beBaseline is the child process of a baseline, so that it is measured as a whole one.
func beBaseline(ctx context.Context, name string) error {
	in, out := os.Getenv("XTALLY_BENCH_IN"), os.Getenv("XTALLY_BENCH_OUT")
	switch name {
	case "limit":
		return baseline.Limit(ctx, in, out)
	case "go":
		return baseline.PlainGo(ctx, in, out)
	}
	return fmt.Errorf("baseline %q: want limit or go", name)
}

// prepare makes the archive, the tables and the binary.
func (b *bench) prepare(ctx context.Context) error {
	b.in = filepath.Join(b.work, fmt.Sprintf("in-%d", b.calls))
	cfg := archive.Bench()
	cfg.Calls = b.calls
	b.month = cfg.Month
	truthFile := filepath.Join(b.work, fmt.Sprintf("truth-%d.json", b.calls))
	if err := b.archive(ctx, cfg, truthFile); err != nil {
		return err
	}
	if b.binary != "" {
		return nil
	}
	b.binary = filepath.Join(b.work, "xtally")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.binary, "github.com/xtally/xtally/cmd/xtally")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s; run in the checkout, or give --xtally", err, out)
	}
	return nil
}
