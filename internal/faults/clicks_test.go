package faults

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// comment is a small command that anybody with a role may give at any time.
func comment(id, text string) api.Command {
	return api.Command{ID: id, Kind: domain.CmdComment, Text: text + " (påhittat)"}
}

// A person who clicks fifty times, or whose browser sends a form again, has done one thing and gets one answer.
func TestFiftyClicksAtOnce(t *testing.T) {
	t.Parallel()
	in := install(t, 6*time.Minute)
	stream := in.startExercise()
	in.clickEverything(stream)
	in.audit()
}

// clickEverything clicks fifty times at once on each of some things.
func (in *installation) clickEverything(stream string) {
	in.t.Helper()
	t := in.t
	const clicks = 50
	commands := []api.Command{comment("click", "Samma kommentar"), in.firstSubmission(stream, "click-2")}
	for _, c := range commands {
		before := in.size(stream)
		receipts := make([]api.Receipt, clicks)
		var wg sync.WaitGroup
		for i := range receipts {
			wg.Go(func() {
				for again := true; again; {
					var err error
					receipts[i], err = in.client(preparer).Give(in.ctx, stream, c)
					if again = err != nil && askAgain(err) && in.ctx.Err() == nil; !again && err != nil {
						t.Errorf("a click was told no: %v", err)
					}
				}
			})
		}
		wg.Wait()
		in.until("the receipt is final", func() error { return in.final(stream, c.ID, &receipts[0]) })
		for _, r := range receipts[1:] {
			if r.First != receipts[0].First || r.Last != receipts[0].Last || r.Index != nil && (*r.Index != *receipts[0].Index || r.Leaf != receipts[0].Leaf) {
				t.Errorf("%s: one click was answered %+v and another %+v", c.Kind, receipts[0], r)
			}
		}
		if n := in.size(stream) - before; n != 1 {
			t.Errorf("%s: %d clicks made %d entries", c.Kind, clicks, n)
		}
	}
	// The same id for something else is no click.
	_, err := in.client(preparer).Give(in.ctx, stream, comment("click", "En annan kommentar"))
	var problem *api.Problem
	if !errors.As(err, &problem) || problem.Code != domain.CodeIDReused {
		t.Errorf("the same id with another body: %v", err)
	}
}

// preparer is who prepares the first step of Helsingborg's wheel.
const preparer domain.PersonID = "p-slf-stadens-processledare"

// firstSubmission is what the preparer hands in for the first step: links without files.
func (in *installation) firstSubmission(stream, id string) api.Command {
	in.t.Helper()
	var tasks api.Tasks
	in.persist("tasks", func() error { return in.client(preparer).Get(in.ctx, "/"+stream+"/tasks", &tasks) })
	i := slices.IndexFunc(tasks.Tasks, func(t api.Task) bool {
		return t.Command == domain.CmdSubmit && slices.Contains(t.People, preparer)
	})
	if i < 0 {
		in.t.Fatalf("%s has nothing to hand in in %s", preparer, stream)
	}
	c := api.Command{ID: id, Kind: domain.CmdSubmit, Step: tasks.Tasks[i].Step, Reference: "KS 1/2026 (påhittat)"}
	var step api.Step
	in.persist("step", func() error { return in.client(preparer).Get(in.ctx, api.StepPath(stream, c.Step), &step) })
	for _, w := range step.Wants {
		c.Documents = append(c.Documents, api.Document{Def: w.ID, Link: "https://exempel.invalid/" + w.ID})
	}
	for _, w := range step.WantsFields {
		c.Fields = append(c.Fields, api.Field{ID: w.ID, Value: w.Title + " (påhittat)"})
	}
	return c
}

// size is how many entries a stream has in the journal.
func (in *installation) size(stream string) int {
	in.t.Helper()
	rows, err := in.store.Entries(in.ctx, stream, 1, 10_000)
	must(in.t, err)
	return len(rows)
}

// final asks for a receipt until the journal has it.
func (in *installation) final(stream, id string, r *api.Receipt) error {
	return in.client(launcher).Get(in.ctx, "/"+stream+"/receipts/"+id, r)
}
