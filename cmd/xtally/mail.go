package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/xtally/xtally"
	"github.com/xtally/xtally/reports/mail"
	"github.com/xtally/xtally/schedules"
)

// mails prepares sending mails, if there is a server to send them through.
func (a *app) mails() error {
	if a.settings.Mail.Host == "" {
		return nil
	}
	smtp, err := a.settings.sender()
	if err != nil {
		return err
	}
	a.extra = append(a.extra, xtally.WithMailer(smtp, a.settings.retry()...))
	return nil
}

func (s *settings) addMailToFlag(f *pflag.FlagSet) {
	f.StringSliceVar(&s.mailTo, "mail-to", nil, "`LIST` of addresses to mail the month to, by the settings under mail")
}

// mailedRun returns how to run: with recipients as a task that mails, without
// any as it is.
func (a *app) mailedRun(month xtally.Month) (func(context.Context, *xtally.Tally) (xtally.RunResult, error), error) {
	if len(a.settings.mailTo) == 0 {
		return func(ctx context.Context, t *xtally.Tally) (xtally.RunResult, error) { return t.Run(ctx, a.job(month)) }, nil
	}
	if _, err := a.settings.sender(); err != nil {
		return nil, err
	}
	if err := errors.Join(a.mails(), checkRecipients("--mail-to", a.settings.mailTo)); err != nil {
		return nil, err
	}
	o, err := a.settings.mailOptions()
	if err != nil {
		return nil, err
	}
	task := xtally.Task{Name: "run", Kind: xtally.TaskRun, Job: a.job(month), To: a.settings.mailTo, Mail: o, Reason: string(schedules.ByHand)}
	return func(ctx context.Context, t *xtally.Tally) (xtally.RunResult, error) { return t.Do(ctx, task) }, nil
}

// showOutbox is how many mails that do not wait are shown.
const showOutbox = 20

func newMail(a *app) *cobra.Command {
	var test, list bool
	var to []string
	var drop string
	cmd := &cobra.Command{
		Use:   "mail",
		Short: "Send what waits in the outbox, or try the mail settings",
		Long: `Sends the mails that an earlier run could not send, and lists the outbox. With
--test, sends a mail that only proves the settings under mail in the settings
file; it needs no database.`,
		Example: `  xtally mail --test --to you@example.com
  xtally mail --list
  xtally mail --drop gone@example.com`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf(cmd, "test", "list", "drop"); err != nil {
				return err
			}
			if test {
				return a.testMail(cmd, to)
			}
			if len(to) > 0 {
				return usageError{errors.New("--to: only a test mail goes where the flag says; give --test too")}
			}
			if !list && drop == "" {
				if _, err := a.settings.sender(); err != nil {
					return err
				}
			}
			if err := a.mails(); err != nil {
				return err
			}
			t, err := a.existing(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			switch {
			case drop != "":
				n, err := t.DropMail(cmd.Context(), drop)
				if err == nil && n == 0 {
					err = fmt.Errorf("drop: no mail waits for %s; see xtally mail --list", drop)
				}
				if err != nil {
					return err
				}
			case !list:
				err = t.Deliver(cmd.Context())
			}
			posted, listErr := t.Outbox(cmd.Context(), showOutbox)
			if listErr != nil {
				return errors.Join(err, listErr)
			}
			return errors.Join(err, a.showOutbox(posted))
		},
	}
	cmd.Flags().BoolVar(&test, "test", false, "send a test mail")
	cmd.Flags().StringSliceVar(&to, "to", nil, "`LIST` of addresses for the test mail (default: to under mail)")
	cmd.Flags().BoolVar(&list, "list", false, "only list the outbox")
	cmd.Flags().StringVar(&drop, "drop", "", "give up the mails that wait for `ADDRESS`")
	return cmd
}

// oneOf refuses flags together that each ask for something else.
func oneOf(cmd *cobra.Command, names ...string) error {
	var given []string
	for _, name := range names {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() != "false" {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 1 {
		return usageError{fmt.Errorf("%s: want one of them", strings.Join(given, " and "))}
	}
	return nil
}

// testMail sends a test mail to each address and says what came of it.
func (a *app) testMail(cmd *cobra.Command, to []string) error {
	smtp, err := a.settings.sender()
	if err != nil {
		return err
	}
	if len(to) == 0 {
		to = a.settings.Mail.To
	}
	if len(to) == 0 {
		return usageError{errors.New("no address; give --to, or to under mail in the settings file")}
	}
	if err := checkRecipients("--to", to); err != nil {
		return err
	}
	m, err := mail.TestMessage(time.Now(), a.settings.Lang)
	if err != nil {
		return err
	}
	var errs []error
	sent := []string{}
	for _, t := range to {
		if err := smtp.Send(cmd.Context(), m, t); err != nil {
			errs = append(errs, err)
			continue
		}
		sent = append(sent, t)
	}
	if a.settings.json {
		errs = append(errs, a.printJSON(map[string]any{"server": smtp.String(), "sent_to": sent}))
	} else if len(sent) > 0 {
		fmt.Fprintf(a.out, "%s took a test mail for %s\n", smtp, strings.Join(sent, ", "))
	}
	return errors.Join(errs...)
}

func (a *app) showOutbox(posted []xtally.Posted) error {
	if a.settings.json {
		return a.printJSON(append([]xtally.Posted{}, posted...))
	}
	if len(posted) == 0 {
		fmt.Fprintln(a.out, "no mails")
	}
	for _, p := range posted {
		fmt.Fprintf(a.out, "%-8s %s UTC  %s  %s\n", p.Status, p.PostedAt.UTC().Format(time.DateTime), p.To, p.Subject)
		if p.Status == xtally.MailWaiting && p.Error != "" {
			fmt.Fprintf(a.out, "         %s\n", p.Error)
		}
	}
	return nil
}
