package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

// demoYear is the budget year that the demo launches and plays.
const demoYear = 2028

func newDemo() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Visa allt på en gång: starta, spela en övning, verifiera journalen och sluta",
		Args:  takes(0, 0, ""),
		RunE:  func(verb *cobra.Command, _ []string) error { return demo(verb) },
	}
}

// demo does what up does in a directory that is thrown away. Its last line is for scripts.
func demo(verb *cobra.Command) error {
	dir, err := throwAway()
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left of it harms nothing
	port, err := freePort()
	if err != nil {
		return err
	}
	h := &house{dir: filepath.Join(dir, "d"), port: port, ephemeral: true, out: verb.OutOrStdout()}
	var done int
	var entries uint64
	err = h.run(verb.Context(), func(ctx context.Context) error {
		if err := h.launch(ctx, demoYear); err != nil {
			return err
		}
		head, err := h.exercise(ctx, demoYear)
		if err != nil {
			return err
		}
		if head.Status != api.CycleEnded || head.Done != head.Steps || head.Steps == 0 {
			return fmt.Errorf("övningen är %s med %d av %d steg klara", head.Status, head.Done, head.Steps)
		}
		done = head.Done
		entries, err = h.verify(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if entries == 0 {
		return fmt.Errorf("demon avbröts innan journalen var verifierad")
	}
	_, err = fmt.Fprintf(verb.OutOrStdout(), "demo: %d steps done, %d journal entries, journal verified\n", done, entries)
	return err
}

// verify recomputes every log and counts the entries.
func (h *house) verify(ctx context.Context) (entries uint64, err error) {
	st, err := store.Open(ctx, h.platform.database)
	if err != nil {
		return 0, err
	}
	defer st.Close()
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

// throwAway makes a directory that Postgres' user can enter, with a name short enough for a socket.
func throwAway() (string, error) {
	dir, err := os.MkdirTemp("", "arshjul-demo-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711)
}

// freePort finds a port that nobody listens on right now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }() // nothing was accepted on it
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}
