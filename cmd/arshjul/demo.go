package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/pack"
	"arshjul/internal/rehearsal"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/internal/store"
)

func newDemo() *cobra.Command {
	var h house
	var year int
	var into string
	verb := &cobra.Command{
		Use:   "demo",
		Short: "Visa allt på en gång: starta, spela en övning, verifiera journalen och bevispaketet, och sluta",
		Example: `  arshjul demo
  arshjul demo --wheel arshjul.yaml --organisation organisation.yaml`,
		Args: takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error { return demo(verb, &h, year, into) },
	}
	h.flags(verb)
	verb.Flags().IntVar(&year, "year", 2028, "budgetåret som startas och spelas")
	verb.Flags().StringVar(&into, "pack", "", "spara övningens bevispaket i den här filen (annars slängs det när det är kontrollerat)")
	return verb
}

// demo does what up does in a directory that is thrown away. Its last line is for scripts.
func demo(verb *cobra.Command, h *house, year int, into string) error {
	h.out = verb.OutOrStdout()
	if err := h.rehearse(year); err != nil {
		return err
	}
	dir, err := throwAway()
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left of it harms nothing
	port, err := stack.FreePort()
	if err != nil {
		return err
	}
	h.dir, h.port, h.ephemeral = filepath.Join(dir, "d"), port, true
	if into == "" {
		into = filepath.Join(dir, "pack.zip")
	}
	var done, mails int
	var entries uint64
	err = h.run(verb.Context(), func(ctx context.Context) error {
		if err := h.launch(ctx, year); err != nil {
			return err
		}
		head, err := h.exercise(ctx, year)
		if err != nil {
			return err
		}
		if head.Status != api.CycleEnded || head.Done != head.Steps || head.Steps == 0 {
			return fmt.Errorf("övningen är %s med %d av %d steg klara", head.Status, head.Done, head.Steps)
		}
		done = head.Done
		st, err := store.Open(ctx, h.platform.database)
		if err != nil {
			return err
		}
		defer st.Close()
		if err := h.stages(ctx, st, head.Stream); err != nil {
			return err
		}
		if mails, err = h.mails(ctx, st, head.Stream); err != nil {
			return err
		}
		if err := h.signed(ctx, st); err != nil {
			return err
		}
		if entries, err = h.verify(ctx, st); err != nil {
			return err
		}
		return h.pack(ctx, head.Stream, into)
	})
	if err != nil {
		return err
	}
	if entries == 0 {
		return fmt.Errorf("demon avbröts innan journalen var verifierad")
	}
	_, err = fmt.Fprintf(verb.OutOrStdout(), "demo: %d steps done, %d journal entries, %d mails, journal verified\n", done, entries, mails)
	return err
}

// rehearse plays what the demo will play in memory first: files that do not go together are told before anything starts.
func (h *house) rehearse(year int) error {
	wheel, organisation, err := h.read()
	if err != nil {
		return err
	}
	r, err := rehearsal.Play(domain.Launch{Kommun: h.kommun, Year: year, With: h.with, Wheel: wheel.Wheel, Registry: organisation.Registry})
	if err != nil {
		return err
	}
	if n := len(r.Errors()); n > 0 {
		tellFindings(h.out, rehearsal.Findings(r.Errors()))
		return domain.Refuse(domain.CodeRehearsal, "repetitionen hittade %d fel, så övningen kan inte spelas till slut. Rätta dem, och försök igen.", n)
	}
	return nil
}

// verify recomputes every log and counts the entries.
func (h *house) verify(ctx context.Context, st *store.Store) (entries uint64, err error) {
	logs, err := st.Logs(ctx)
	if err != nil {
		return 0, err
	}
	for _, l := range logs {
		v, err := st.VerifyLog(ctx, l.ID)
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(h.out, "Loggen %s är verifierad: %d poster i %d strömmar, rot %s.\n", l.ID, v.Size, v.Streams, v.Root)
		entries += v.Size
	}
	return entries, nil
}

// pack fetches the evidence pack as an official would, and checks it as an auditor would: with the signer's key and its newest
// checkpoint, which are not in the pack.
func (h *house) pack(ctx context.Context, stream, path string) error {
	size, err := exportPack(ctx, h.client, stream, path)
	if err != nil {
		return err
	}
	log := strings.ReplaceAll(domain.LogOf(stream), "/", "_")
	ask := pack.Asked{File: path, Keys: []string{filepath.Join(h.checkpoints(), "keys.txt")}, Checkpoints: []string{filepath.Join(h.checkpoints(), log, "latest.checkpoint")}}
	fmt.Fprintf(h.out, "Bevispaketet för %s (%d byte) kontrolleras utan databas och nät:\n", stream, size)
	if code := ask.Check(h.out, h.out); code != pack.ExitHolds {
		return fmt.Errorf("bevispaketet %s stämmer inte", path)
	}
	return nil
}

// stages tells of the steps of a cycle by stage. All of them were played: none was let fall, but for the förklaring of nämnder
// that revisorerna had nothing against.
func (h *house) stages(ctx context.Context, st *store.Store, stream string) error {
	steps, err := st.Steps(ctx, stream)
	if err != nil {
		return err
	}
	fmt.Fprintf(h.out, "%-12s %6s %6s %6s   %s\n", "Skede", "Steg", "Klara", "Sena", "Från och till (senast-dagar)")
	uncalledFor := map[string]bool{}
	err = st.View(ctx, stream, func(s *domain.State) error {
		for _, def := range s.Cycle.Wheel.Steps {
			uncalledFor[def.ID] = def.Matter == domain.MatterExplanation
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range steps {
		if (s.Status == domain.StatusVoid || s.Status == domain.StatusBefore) && !uncalledFor[s.Def] {
			return fmt.Errorf("%s i %s är %s, och inte spelat", s.ID, stream, s.Status.Swedish())
		}
	}
	for _, stage := range domain.Stages {
		var all, done, late int
		var first, last domain.Date
		for _, s := range steps {
			if s.Stage != stage {
				continue
			}
			all++
			if s.Done {
				done++
			}
			if s.Late {
				late++
			}
			if first == "" || s.Plan < first {
				first = s.Plan
			}
			last = max(last, s.Plan)
		}
		if all > 0 {
			fmt.Fprintf(h.out, "%-12s %6d %6d %6d   %s – %s\n", stage.Swedish(), all, done, late, first.Swedish(), last.Swedish())
		}
	}
	return nil
}

// mailTime is how long the last mails of an exercise may take to reach the sink.
const mailTime = 2 * time.Minute

// mails waits until everything that the exercise had to tell people is told, and counts the mails.
func (h *house) mails(ctx context.Context, st *store.Store, stream string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	poll := time.NewTicker(200 * time.Millisecond)
	defer poll.Stop()
	for {
		waiting, err := st.WaitingExercises(ctx, h.kommun)
		if err != nil {
			return 0, err
		}
		counts, err := st.MailCounts(ctx, h.kommun, stream)
		if err != nil {
			return 0, err
		}
		if counts[store.MailFailed] > 0 {
			return 0, fmt.Errorf("%d av övningens mejl kom inte fram", counts[store.MailFailed])
		}
		if len(waiting)+counts[store.MailNew]+counts[store.MailSending]+counts[store.MailLater] == 0 {
			fmt.Fprintf(h.out, "Övningens mejl: %d, alla i övningens egen brevlåda.\n", counts[store.MailSent])
			return counts[store.MailSent], nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("övningens mejl blev inte skickade i tid: %d kvar", len(waiting)+counts[store.MailNew]+counts[store.MailSending]+counts[store.MailLater])
		case <-poll.C:
		}
	}
}

// throwAway makes a directory that Postgres' user can enter, with a name short enough for a socket.
func throwAway() (string, error) {
	dir, err := os.MkdirTemp("", "arshjul-demo-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711)
}
