package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/stack"
	"arshjul/workflows"
)

// brokenRules is a program whose rules break on a command whose id ends with poison.
var brokenRules = variant{name: "broken-rules", files: func(root string) (map[string][]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, "domain/decide.go"))
	if err != nil {
		return nil, err
	}
	was := []byte("\nfunc Decide(s *State,")
	if n := bytes.Count(text, was); n != 1 {
		return nil, fmt.Errorf("domain/decide.go has %d functions Decide", n)
	}
	return map[string][]byte{
		"domain/decide.go": bytes.Replace(text, was, []byte("\nfunc decideUnlessPoison(s *State,"), 1),
		"domain/poison.go": []byte(`package domain

import "strings"

func Decide(s *State, c Command, now Instant) ([]Event, error) {
	if strings.HasSuffix(c.ID, "poison") {
		panic("the rules break on " + c.ID)
	}
	return decideUnlessPoison(s, c, now)
}
`)}, nil
}}

// A command on which the rules break, and updates and signals that nobody can read, hold up nobody else, change nothing,
// and are seen by whoever looks at the log. A release that can read it carries the command out, by the same id.
func TestPoisonHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	in := setup{program: brokenRules.program(t)}.install(t, 6*time.Minute)
	stream := in.startExercise()
	before := in.size(stream)
	poison := comment("poison", "Ett kommando som reglerna går sönder på")
	var ill []string
	for n := range 3 { // who got no answer asks again
		_, err := in.client(preparer).Give(in.ctx, stream, poison)
		var problem *api.Problem
		if !errors.As(err, &problem) || problem.Code != domain.CodeUnavailable {
			t.Errorf("the %d. time the answer was %v", n+1, err)
		}
	}
	for _, unread := range []struct{ encoding, data string }{
		{"json/plain", "{"}, {"json/plain", `"not a command"`}, {"json/plain", `{"id":7}`}, {"binary/of-nobody", "x"}, {"binary/zstd", "not zstd"}, {"binary/zlib", "not zlib"},
	} {
		payload := converter.NewRawValue(&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte(unread.encoding)}, Data: []byte(unread.data)})
		for name, send := range map[string]func(ctx context.Context) error{
			"update": func(ctx context.Context) error {
				h, err := in.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: stream, UpdateName: workflows.UpdateCommand,
					Args: []any{payload}, WaitForStage: client.WorkflowUpdateStageCompleted})
				if err != nil {
					return err
				}
				return h.Get(ctx, nil)
			},
			"signal": func(ctx context.Context) error {
				return errors.Join(in.temporal.SignalWorkflow(ctx, stream, "", workflows.SignalNudge, payload), errSent)
			},
		} {
			ctx, cancel := context.WithTimeout(in.ctx, 2*time.Minute)
			if err := send(ctx); err == nil || ctx.Err() != nil {
				t.Errorf("%s of %s %q was answered %v", name, unread.encoding, unread.data, err)
			} else if !errors.Is(err, errSent) {
				ill = append(ill, err.Error())
			}
			cancel()
		}
	}
	h, err := in.temporal.UpdateWorkflow(in.ctx, client.UpdateWorkflowOptions{WorkflowID: stream, UpdateName: "no-such-update", WaitForStage: client.WorkflowUpdateStageCompleted})
	if err == nil && h.Get(in.ctx, nil) == nil {
		t.Error("an update of no name was taken")
	}
	t.Logf("told: %.400q", ill)
	if n := in.size(stream); n != before {
		t.Errorf("%d entries came of what nobody can carry out", n-before)
	}
	in.persist("others go on", func() error {
		_, err := in.client(preparer).Give(in.ctx, stream, comment("after", "Efteråt"))
		return err
	})
	text, err := os.ReadFile(in.serve.LogFile())
	must(t, err)
	if !strings.Contains(string(text), "breaks the rules of this build") || !strings.Contains(string(text), `"command":"poison"`) {
		t.Error("the server's log does not say which command breaks the rules")
	}

	// The mended release takes over.
	must(t, in.worker.Halt(in.ctx, stack.Clean))
	in.setup.program = built(t)
	in.others = append(in.others, in.part("worker-mended", "worker", in.setup.mail...))
	in.persist("the command is asked again", func() error { _, err := in.client(preparer).Give(in.ctx, stream, poison); return err })
	in.audit()
}

// errSent says that a signal was sent: signals are not answered.
var errSent = errors.New("sent")
