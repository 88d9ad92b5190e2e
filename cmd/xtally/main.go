// Command xtally splits the bill of Huawei Cloud's privacy-number service by
// application and X number, from archives of its callbacks.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports"
)

// The exit codes that cron jobs and host scripts rely on.
const (
	exitDone        = 0
	exitError       = 1
	exitUsage       = 2
	exitCheckFailed = 3
	exitBillDiffers = 4
	exitInterrupted = 130
)

func main() {
	// Nearly all memory is the database's; collecting Go's small heap as often as
	// by default costs a load a twentieth of its time.
	// From a gigabyte on, which a million small files reach, it is worth the time.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(1 << 30)
	}
	// DuckDB's threads come into Go for the records that a load reads, and have to wait
	// while the readers hold every place to run: with twice the places a load takes a
	// twelfth less time.
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	results := &sticky{w: stdout}
	root := newRoot(&app{out: results, err: stderr, isWatched: isTerminal(stdout) && os.Getenv("TERM") != "dumb"})
	root.SetArgs(args)
	root.SetOut(results)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		fmt.Fprintln(stderr, "xtally: interrupted; what was committed is whole, run it again to go on")
		return exitInterrupted
	}
	if err == nil && results.err != nil {
		err = fmt.Errorf("write results: %w; check where standard output goes", results.err)
	}
	printError(stderr, err)
	return exitCode(err)
}

// sticky remembers the first failed write, so that a result that went nowhere
// is an error without every print being checked.
type sticky struct {
	w   io.Writer
	err error
}

func (s *sticky) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	if s.err == nil {
		s.err = err
	}
	return n, err
}

// printError prints an error, and each of several joined ones on its own line.
func printError(w io.Writer, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // only the outermost counts
		for _, e := range joined.Unwrap() {
			printError(w, e)
		}
		return
	}
	if err != nil {
		fmt.Fprintf(w, "xtally: %s%s\n", words(err), remedy(err))
	}
}

// words are an error's, without the database's advice to those who write its SQL.
func words(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n\nPossible solutions:")
	return text
}

// remedy says what to do about an error of the system that came without advice.
func remedy(err error) string {
	switch {
	case strings.Contains(err.Error(), "; "):
		return ""
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "; check the rights of the file and its folder"
	case errors.Is(err, syscall.ENOSPC), strings.Contains(err.Error(), "No space left on device"): // the second in the database's words
		return "; free disk space there"
	case strings.Contains(err.Error(), "Corrupt database file"), strings.Contains(err.Error(), "IO Error: Corrupted "), strings.Contains(err.Error(), "Could not read enough bytes from file"):
		return "; the database is damaged: put a backup in its place (xtally backup makes them), remove the .wal file beside it and run again, or load the archive into a new --db"
	case strings.Contains(err.Error(), "Out of Memory Error"):
		return "; nothing was lost, raise --memory-limit and run again"
	}
	return ""
}

// usageError is a command line that cannot be meant.
type usageError struct{ error }

func exitCode(err error) int {
	var usage usageError
	var check *xtally.CheckError
	var load *xtally.LoadError
	var bill *xtally.BillDiffersError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage), errors.Is(err, xtally.ErrUnknownReport), errors.Is(err, reports.ErrNoSheet):
		return exitUsage
	case errors.As(err, &check):
		return exitCheckFailed
	case errors.As(err, &bill) && !errors.As(err, &load):
		return exitBillDiffers
	}
	return exitError
}

const rootHelp = `xtally splits the bill of Huawei Cloud's privacy-number service
(隐私保护通话) by application (app_key) and X number, from archives of its callbacks.

Results go to standard output, progress and errors to standard error. Every flag
can also be set in the environment (XTALLY_DB for --db), most of them in
` + defaultConfig + ` too (xtally init writes one). Flags win over the environment, and
the environment over the file.`

// exitHelp ends the help of every command.
const exitHelp = `
Exit status:
  0 done, 1 error, 2 wrong usage, 3 a check failed and nothing was published,
  4 done, but more of the bill than the tolerance is unexplained,
  130 interrupted
`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "xtally",
		Short:         "Split the privacy-number bill by app_key and X number",
		Long:          rootHelp,
		Example:       "  xtally run --db xtally.duckdb --archive testdata/demo/in --month 2026-10 --out reports",
		Version:       xtally.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.configure(cmd)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", plain(err), cmd.CommandPath())}
	})
	root.SetUsageTemplate(root.UsageTemplate() + exitHelp)
	root.SetVersionTemplate(versionLine())
	root.Flags().Bool("version", false, "print the version")
	root.SetHelpCommand(newHelp())
	a.settings.addGlobalFlags(root.PersistentFlags())
	root.AddCommand(newInit(a), newLoad(a), newBuild(a), newReport(a), newRun(a), newSchedule(a), newMail(a), newClose(a), newReopen(a), newClaim(a), newDispute(a), newExplain(a), newStatus(a), newDoctor(a), newBackup(a), newPrune(a), newVersion(a))
	return root
}

// plain words a flag's value error without Go's own terms.
func plain(err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err
	}
	switch f := bad.GetFlag(); f.Value.Type() {
	case "int":
		return fmt.Errorf("--%s %q: want a whole number", f.Name, bad.GetValue())
	case "duration":
		return fmt.Errorf("--%s %q: want a time such as 30s or 10m", f.Name, bad.GetValue())
	case "bool":
		return fmt.Errorf("--%s %q: want true or false", f.Name, bad.GetValue())
	}
	return err
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasSubCommands() {
		return usageError{fmt.Errorf("unknown argument %q; see %s --help", args[0], cmd.CommandPath())}
	}
	return unknownCommand(cmd, args[0])
}

func unknownCommand(root *cobra.Command, name string) error {
	if near := root.SuggestionsFor(name); len(near) > 0 {
		return usageError{fmt.Errorf("unknown command %q; did you mean %s? see %s --help", name, strings.Join(near, " or "), root.CommandPath())}
	}
	return usageError{fmt.Errorf("unknown command %q; see %s --help", name, root.CommandPath())}
}
