package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/xtally/xtally"
)

func newInit(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "init",
		Short:   "Write a commented " + defaultConfig + " here",
		Long:    "Writes " + defaultConfig + " with every setting and its default. A file that is there stays as it is.",
		Example: "  xtally init && xtally run",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := writeNew(defaultConfig, sampleConfig()); err != nil {
				return err
			}
			if a.settings.json {
				return a.printJSON(map[string]string{"wrote": defaultConfig})
			}
			fmt.Fprintln(a.out, "wrote "+defaultConfig+"; set archive in it to your folder of callbacks, then: xtally run")
			return nil
		},
		// init must work where the settings file is missing or broken.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
}

// writeNew writes a file that must not be there yet.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("init: %s is there already and was left as it is; move it away to get a new one", name)
	}
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Prints the version of xtally and of the Go that built it.",
		Example: "  xtally version",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.settings.json {
				return a.printJSON(map[string]string{
					"version": xtally.Version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
				})
			}
			_, err := fmt.Fprint(a.out, versionLine())
			return err
		},
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
}

func versionLine() string {
	return fmt.Sprintf("xtally %s (%s %s/%s)\n", xtally.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Tell how to use a command",
		Long:    "Tells what a command does, with its flags and an example; the same as COMMAND --help.",
		Example: "  xtally help run",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), args[0])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
}
