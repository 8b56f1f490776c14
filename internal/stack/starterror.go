package stack

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// startError is a child that ended before it could be used.
type startError struct {
	name, how, log, tail string
}

func (e *startError) Error() string {
	return fmt.Sprintf("%s startade inte (%s). Slutet av %s:\n%s", e.name, e.how, e.log, e.tail)
}

// tail returns the last lines of a log, as much of them as a person wants to see in an error.
func tail(file string) string {
	const lines, most = 8, 4096
	f, err := os.Open(file)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > most {
		if _, err := f.Seek(-most, io.SeekEnd); err != nil {
			return err.Error()
		}
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
