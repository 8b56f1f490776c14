package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/wheelfile"
)

// run carries out one command line and gives its exit code.
func run(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return api.ExitOK
	}
	var told toldError
	if !errors.As(err, &told) {
		fmt.Fprintln(errOut, "arshjul:", err)
	}
	return exitCode(err)
}

// ranError is an error of a verb that was understood and begun; what is not one is a fault in flags or arguments.
type ranError struct{ error }

func (e ranError) Unwrap() error { return e.error }

// usageError is a verb's own complaint about its flags or arguments.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// toldError has been told to the person already.
type toldError struct{ error }

func (e toldError) Unwrap() error { return e.error }

func exitCode(err error) int {
	var (
		ran         ranError
		usage       *usageError
		problem     *api.Problem
		unreachable *api.Unreachable
		refusal     *domain.Refusal
		faults      wheelfile.Errors
	)
	switch {
	case !errors.As(err, &ran) || errors.As(err, &usage):
		return api.ExitUsage
	case errors.As(err, &problem):
		return problem.Exit()
	case errors.As(err, &unreachable):
		return api.ExitUnreachable
	case errors.As(err, &refusal):
		return api.RowOf(refusal.Code).Exit
	case errors.As(err, &faults):
		return api.ExitUsage
	}
	return api.ExitFault
}

const about = `Årshjul driver kommunens årliga process för mål och ekonomi: vilka steg varje organ har,
när de öppnar, vem som gör dem, och vad som beslutades om vilken version.

Kommandona frågar servern (--server). Med --json kommer svaret som JSON.

Slutkoder:
  0  gjort
  1  fel i programmet eller driften, eller doctor eller demo hittade ett fel
  2  frågan är fel ställd: flagga, argument, datum, årshjulsfil, eller ingen är inloggad (arshjul login, --as)
  3  nekat: reglerna säger nej, och meningen säger vad som saknas
  4  svaret är okänt, eller det är för tidigt: fråga igen med samma --id
  5  ingen server svarar`

func newRoot() *cobra.Command {
	root := group(&cobra.Command{
		Use:           "arshjul",
		Short:         "Kommunens årshjul för mål och ekonomi",
		Long:          about,
		SilenceUsage:  true,
		SilenceErrors: true,
	})
	var c connection
	root.AddGroup(
		&cobra.Group{ID: groupWork, Title: "Arbeta i cykeln:"},
		&cobra.Group{ID: groupRun, Title: "Driva årshjul:"},
	)
	swedish(root)
	add(root, groupWork, newLaunch(&c), newCycles(&c), newStatus(&c), newReport(&c), newInbox(&c), newStep(&c), newBatch(&c), newRegistry(&c), newExercise(&c), newMail(&c), newReceipt(&c), newExport(&c), newWheel(), newRehearse(), newWhatIf(&c), newPath(&c),
		newLogin(&c), newLogout(&c), newSessions(&c), newAccess(&c))
	add(root, groupRun, newUp(), newDemo(), newServe(), newWorker(), newSigner(), newMigrate(), newDoctor(), newReplayCheck(), newRoll(), newDeploy(), newReconcile(), newVerify(), newVersion(), newCompletion())
	tidy(root)
	return root
}

const (
	groupWork = "work"
	groupRun  = "run"
)

func add(root *cobra.Command, group string, verbs ...*cobra.Command) {
	for _, v := range verbs {
		v.GroupID = group
		root.AddCommand(v)
	}
}

// tidy lets exitCode tell a verb's own errors from cobra's about flags and arguments, in every verb.
func tidy(c *cobra.Command) {
	c.DisableFlagsInUseLine = true
	if do := c.RunE; do != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			if err := do(c, args); err != nil {
				return ranError{err}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		tidy(sub)
	}
}
