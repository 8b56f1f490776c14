package faults

import (
	"context"
	"testing"
	"time"

	"arshjul/internal/stack"
)

// Two servers stand side by side, and every request of a person may go to the other one than the last did. Either dies at
// any time.
func TestTwoServersSideBySide(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := setup{servers: 2}.install(t, 6*time.Minute)
	stream := in.startExercise()
	in.clickEverything(stream)
	const times = 4
	in.play(stream, func(ctx context.Context) {
		hits := in.atRandom(ctx, r, stream, times, func(n int) { in.restart(in.serves[n%2], stack.Kill) })
		if hits <= times/2 { // work may be done before the last
			t.Errorf("a server was killed %d times of %d", hits, times)
		}
	})
	in.outlived(stream)
}
