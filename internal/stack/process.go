package stack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// process is one run of a child program.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	exited  chan struct{} // closed once the program has ended; err is readable from then on
	err     error         // how it ended; nil for exit code 0
}

// spawn hands the forking of children to one thread that lives as long as we do, because the kernel sends a child its
// parent-death signal when the forking *thread* ends.
var spawn = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// startProcess starts argv in a process group of its own, out of reach of the terminal's Ctrl-C, with its output
// appended to logFile. The kernel sends it orphaned when we die without having stopped it.
func startProcess(argv, env []string, dir, logFile string, as *syscall.Credential, orphaned syscall.Signal) (*process, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = env
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: orphaned, Credential: as}

	result := make(chan error)
	spawn() <- func() { result <- cmd.Start() }
	if err := <-result; err != nil {
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	p := &process{cmd: cmd, started: time.Now(), exited: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		// What the program itself started and left in its group ends with it. No group left is the normal case.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		close(p.exited)
	}()
	return p, nil
}

// stillborn is a run that could not even be started.
func stillborn(err error) *process {
	p := &process{started: time.Now(), exited: make(chan struct{}), err: err}
	close(p.exited)
	return p
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// signal sends sig to the program; that it has ended already is no error.
func (p *process) signal(sig syscall.Signal) error {
	if err := p.cmd.Process.Signal(sig); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// how says how the program ended.
func (p *process) how() string {
	if p.err == nil {
		return "exit status 0"
	}
	return p.err.Error()
}
