package stack

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// lockDir takes the stack directory's lock, which the kernel lets go of when we die, however we die.
func lockDir(cfg Config) (*os.File, error) {
	f, err := os.OpenFile(cfg.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, notWritable(cfg, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, readErr := io.ReadAll(f)
		f.Close()
		who := "okänd"
		if readErr == nil {
			who = strings.TrimSpace(string(holder))
		}
		return nil, &Problem{"already_running", fmt.Sprintf("En stack kör redan i %s (process %s). Stoppa den med Ctrl-C där "+
			"den kör, eller välj en annan katalog med --dir.", cfg.Dir, who)}
	}
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", cfg.Dir, err)
	}
	return f, nil
}
