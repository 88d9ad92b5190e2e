// Command xtally-gen invents archives of privacy-number callbacks with a known
// answer. See package archive for what it writes.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/xtally/xtally/cmd/xtally-gen/archive"
)

// Exit statuses, those of xtally.
const (
	exitError       = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := newCommand().ExecuteContext(ctx)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "xtally-gen:", err)
	stop()
	os.Exit(exitStatus(err))
}

// usageError is a mistake in the command line.
type usageError struct{ error }

func exitStatus(err error) int {
	var usage usageError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitError
}

const longHelp = `Invents one bill month of privacy-number callbacks and writes it as an archive,
together with the totals a loader must find in it.

The month is Beijing's, times in the payloads are UTC. Fee records lie in
fee/YYYY-MM-DD/HH.ndjson (UTC), call events in event/, messages in sms/ and
X-number notices in numstatus/. The same flags give the same bytes. All numbers
and keys are invented.

A preset sets every flag that is not given:
  demo   3,000 calls, every form, container and dirt, events and messages
  bench  1,000,000 clean calls, gzip, fee records only

Exit status: 0 done, 1 error, 2 usage, 130 interrupted.`

const examples = `  xtally-gen --preset demo --out demo/in --truth demo/truth
  xtally-gen --preset bench --calls 1000000 --out bench/in --truth bench/truth
  xtally-gen --month 2026-02 --calls 500 --form wrapped-string --container zip --out feb`

// options are the command's flags.
type options struct {
	cfg    archive.Config
	preset string
	out    string
}

func newCommand() *cobra.Command {
	o := options{cfg: archive.Default()}
	cmd := &cobra.Command{
		Use:           "xtally-gen --out DIR [--truth DIR] [--preset demo|bench] [flags]",
		Short:         "Invent an archive of privacy-number callbacks with a known answer",
		Long:          longHelp,
		Example:       examples,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unexpected argument %q", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	o.addFlags(cmd.Flags())
	return cmd
}

func (o *options) addFlags(f *pflag.FlagSet) {
	f.SortFlags = false
	f.StringVar(&o.out, "out", "", "archive folder, empty or missing (required)")
	f.StringVar(&o.cfg.TruthDir, "truth", "", "folder for the truth, outside the archive; none if empty")
	f.StringVar(&o.preset, "preset", "", "demo or bench; flags given override it")
	f.StringVar(&o.cfg.Month, "month", o.cfg.Month, "bill month, Beijing time")
	f.IntVar(&o.cfg.Calls, "calls", o.cfg.Calls, "distinct calls")
	f.Uint64Var(&o.cfg.Seed, "seed", o.cfg.Seed, "same seed and flags, same bytes")
	f.IntVar(&o.cfg.Apps, "apps", o.cfg.Apps, "app keys")
	f.IntVar(&o.cfg.Numbers, "numbers", o.cfg.Numbers, "X numbers")
	f.StringVar((*string)(&o.cfg.Form), "form", string(o.cfg.Form), "shape of bodies in a file: "+names(archive.Forms))
	f.StringVar((*string)(&o.cfg.Container), "container", string(o.cfg.Container), "packing: "+names(archive.Containers))
	f.StringVar((*string)(&o.cfg.FilesPer), "files-per", string(o.cfg.FilesPer), "span of a file: hour or day")
	f.IntVar(&o.cfg.BatchMean, "batch-mean", o.cfg.BatchMean, "mean records in a body, 1 to 50")
	f.Float64Var(&o.cfg.RepushRate, "repush-rate", o.cfg.RepushRate, "share of bodies pushed again, byte for byte")
	f.Float64Var(&o.cfg.RebatchRate, "rebatch-rate", o.cfg.RebatchRate, "share of records sent again in another body")
	f.Float64Var(&o.cfg.ConflictRate, "conflict-rate", o.cfg.ConflictRate, "share of records with a second, different version")
	f.Float64Var(&o.cfg.DirtRate, "dirt-rate", o.cfg.DirtRate, "dirt items per fee file on average, 0 to 5")
	f.Float64Var(&o.cfg.VoiceCallRate, "voicecall-rate", o.cfg.VoiceCallRate, "records of the sister product per call")
	f.Float64Var(&o.cfg.RedialRate, "redial-rate", o.cfg.RedialRate, "share of calls that are blank silent redials")
	f.Float64Var(&o.cfg.LostRate, "lost-rate", o.cfg.LostRate, "calls with events but no record, per call")
	f.BoolVar(&o.cfg.Events, "events", o.cfg.Events, "write call events and number notices")
	f.IntVar(&o.cfg.SMSPerThousandCalls, "sms-per-thousand", o.cfg.SMSPerThousandCalls, "messages per 1,000 calls")
}

func (o *options) run(cmd *cobra.Command) error {
	if o.out == "" {
		return usageError{errors.New("--out is required")}
	}
	if err := o.applyPreset(cmd.Flags()); err != nil {
		return err
	}
	if err := o.cfg.Validate(); err != nil {
		return usageError{err}
	}
	truth, err := archive.Write(cmd.Context(), o.out, o.cfg)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(),
		"%s: %d calls, %d records (%d duplicates, %d conflict losers, %d rejected, %d of another product), %d lines refused\n",
		o.out, truth.Calls, truth.Records, truth.Duplicates, truth.ConflictLosers,
		truth.RejectedRecords, truth.VoiceCalls, truth.RejectedLines)
	return nil
}

// applyPreset replaces the settings by the preset's and then sets the flags
// that were given once more.
func (o *options) applyPreset(flags *pflag.FlagSet) error {
	if o.preset == "" {
		return nil
	}
	preset, known := map[string]func() archive.Config{"demo": archive.Demo, "bench": archive.Bench}[o.preset]
	if !known {
		return usageError{fmt.Errorf("preset %q: want demo or bench", o.preset)}
	}
	given := map[string]string{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = f.Value.String() })
	o.cfg = preset()
	for name, value := range given {
		if err := flags.Set(name, value); err != nil {
			return usageError{err}
		}
	}
	return nil
}

// names lists the values a flag takes.
func names[T ~string](values []T) string {
	text := ""
	for i, v := range values {
		if i > 0 {
			text += ", "
		}
		text += string(v)
	}
	return text
}
