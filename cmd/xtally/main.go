// Command xtally splits the bill of Huawei Cloud's privacy-number service by
// application and X number, from archives of its callbacks.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
)

// The exit codes that cron jobs and host scripts rely on.
const (
	exitDone        = 0
	exitError       = 1
	exitUsage       = 2
	exitCheckFailed = 3
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(&app{out: stdout, err: stderr})
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		fmt.Fprintln(stderr, "xtally: interrupted; what was committed is whole, run it again to go on")
		return exitInterrupted
	}
	if err != nil {
		fmt.Fprintf(stderr, "xtally: %v\n", err)
	}
	return exitCode(err)
}

// usageError is a command line that cannot be meant.
type usageError struct{ error }

func exitCode(err error) int {
	var usage usageError
	var check *xtally.CheckError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage), errors.Is(err, xtally.ErrUnknownReport):
		return exitUsage
	case errors.As(err, &check):
		return exitCheckFailed
	}
	return exitError
}

const rootHelp = `xtally splits the bill of Huawei Cloud's privacy-number service
(隐私保护通话) by application (app_key) and X number, from archives of its callbacks.

Exit status: 0 done, 1 error, 2 wrong usage, 3 a check failed and nothing was
published, 130 interrupted. Results go to standard output, progress and errors
to standard error.`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "xtally",
		Short:         "Split the privacy-number bill by app_key and X number",
		Long:          rootHelp,
		Example:       "  xtally run --db xtally.duckdb --archive testdata/demo/in --month 2026-10 --out reports",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.configure(cmd)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	a.settings.addGlobalFlags(root.PersistentFlags())
	root.AddCommand(newInit(a), newLoad(a), newBuild(a), newReport(a), newRun(a), newExplain(a), newStatus(a), newVersion(a))
	return root
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("unknown command or argument %q; see %s --help", args[0], cmd.CommandPath())}
	}
	return nil
}
