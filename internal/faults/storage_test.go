package faults

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"arshjul/internal/stack"
)

// ambiguous makes Temporal's own storage fail now and then: a write is not done, or is done and its answer is lost, so that
// the server itself does not know. It is the server's own fault injection.
const ambiguous = `      faultInjection:
        targets:
          dataStores:
            ExecutionStore:
              methods:
                UpdateWorkflowExecution:
                  seed: SEED
                  errors:
                    ExecuteAndTimeout: 0.02
                    Unavailable: 0.02
`

func TestExerciseOutlivesTemporalsStorage(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := install(t, 6*time.Minute)
	file := filepath.Join(filepath.Dir(filepath.Dir(in.stack.Temporal().LogFile())), "temporal", "temporal.yaml")
	sound, err := os.ReadFile(file)
	must(t, err)
	const store = "    default:\n"
	if strings.Count(string(sound), store) != 1 {
		t.Fatalf("where is the default store?\n%s", sound)
	}
	fails := strings.Replace(ambiguous, "SEED", "1"+strings.Repeat("0", r.IntN(6)), 1)
	must(t, os.WriteFile(file, []byte(strings.Replace(string(sound), store, store+fails, 1)), 0o600))
	in.restart(in.stack.Temporal(), stack.Clean)
	stream := in.startExercise()
	in.play(stream, func(context.Context) {})
	must(t, os.WriteFile(file, sound, 0o600))
	in.restart(in.stack.Temporal(), stack.Clean)
	in.audit() // the server asks its storage again, so that people need not be left without an answer
	in.noName(stream)
	for _, c := range []*stack.Child{in.stack.Temporal(), in.worker} {
		log, err := os.ReadFile(c.LogFile())
		must(t, err)
		if strings.Contains(string(log), "fault injection error at UpdateWorkflowExecution") {
			return
		}
	}
	t.Error("no write of Temporal's failed")
}
