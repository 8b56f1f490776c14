package domain

import (
	"fmt"
	"testing"
	"time"
)

// What the next run still knows of the commands before it. Each came a while after the one before.
func TestHandOver(t *testing.T) {
	for _, row := range []struct {
		name           string
		commands       int
		apart          time.Duration
		firstRemembers int // the oldest that is remembered
	}{
		{"few", 10, time.Second, 0},
		{"just not too many", mostAnswers, time.Second, 0},
		{"one too many", mostAnswers + 1, time.Second, 1},
		{"twice too many", 2 * mostAnswers, time.Second, mostAnswers},
		{"too many, and all may still be on their way", 2 * mostAnswers, time.Millisecond, 0},
		{"too many, and some may still be on their way", 2 * mostAnswers, 10 * time.Millisecond, 2*mostAnswers - 1500},
		{"all of a month and none from before it", 100, 12 * time.Hour, 39},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := launched(t)
			command := func(n int) Command {
				return Command{ID: fmt.Sprintf("x-%d", n), Kind: CmdComment, Actor: sofPL, Text: text(fmt.Sprint(n))}
			}
			for n := range row.commands {
				g.now += Instant(row.apart / time.Millisecond)
				g.must(command(n))
			}
			g.s.HandOver()
			for n := range row.commands {
				if _, found, err := Answered(g.s, command(n)); err != nil || found != (n >= row.firstRemembers) {
					t.Fatalf("command %d: remembered %t, %v", n, found, err)
				}
			}
		})
	}
}

// A cycle goes on taking commands however many came in a month.
func TestABusyMonth(t *testing.T) {
	g := launched(t)
	for n := range 20_000 {
		g.now += 100
		events, err := Decide(g.s, Command{ID: fmt.Sprintf("%032d", n), Kind: CmdComment, Actor: sofPL, Text: text(fmt.Sprint(n))}, g.now)
		if err != nil {
			t.Fatalf("command %d: %v", n, err)
		}
		g.apply(events)
		if n%500 == 499 {
			g.s.HandOver()
		}
	}
}
