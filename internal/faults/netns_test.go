package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A network of this test's own: every process of ours, and what stands between Temporal and Postgres, has a network
// namespace of its own, and each pair that talks is joined by a cable of its own (a veth pair), with a relay at the end
// where the other listens on nothing but the loopback. Taking a cable's end down cuts that pair and no other.
//
// The test itself runs in a namespace too, so that nothing of the machine's network is touched: TestNetworkCut starts
// this test binary again by unshare.

// cable joins two parts.
type cable struct {
	name string // of the pair: "worker–postgres"
	link string // its end in the test's namespace
	near string // address there
	far  string // address at the other end
}

// network is what this test's processes are joined by.
type network struct {
	t      *testing.T
	cables []*cable
	rooms  map[string]int // by part: the process that keeps its namespace
}

const inNamespace = "ARSHJUL_FAULTS_NAMESPACE"

// isolated tells whether this process has a network of its own; if not, it runs the test once more, in one.
func isolated(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inNamespace) != "" {
		return true
	}
	if out, err := exec.Command("unshare", "--net", "--", "ip", "link", "add", "near", "type", "veth", "peer", "name", "far").CombinedOutput(); err != nil {
		t.Skipf("a network of one's own takes the right to make one, iproute2 and util-linux: run this test as root (%v: %s)", err, out)
	}
	c := exec.CommandContext(t.Context(), "unshare", "--net", "--", os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v", "-test.timeout", "12m",
		"-seed", strconv.FormatUint(*seedFlag, 10))
	c.Env = append(os.Environ(), inNamespace+"="+built(t))
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := c.CombinedOutput()
	t.Logf("in a network of its own:\n%s", out)
	if err != nil {
		t.Errorf("in a network of its own: %v", err)
	}
	return false
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	n := &network{t: t, rooms: map[string]int{}}
	n.run("ip", "link", "set", "lo", "up")
	return n
}

func (n *network) run(argv ...string) {
	n.t.Helper()
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		n.t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
}

// in is a command line that runs in a part's namespace.
func (n *network) in(part string, argv ...string) []string {
	return append([]string{"nsenter", "--target", strconv.Itoa(n.rooms[part]), "--net", "--"}, argv...)
}

// room makes a namespace for a part.
func (n *network) room(part string) {
	n.t.Helper()
	if n.rooms[part] != 0 {
		return
	}
	c := exec.Command("unshare", "--net", "--", "cat")
	keep, err := c.StdinPipe() // cat ends when this does
	must(n.t, err)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(n.t, c.Start())
	n.t.Cleanup(func() {
		must(n.t, keep.Close())
		must(n.t, c.Wait())
	})
	own, err := os.Readlink("/proc/self/ns/net")
	must(n.t, err)
	must(n.t, poll(n.t.Context(), func() error {
		has, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", c.Process.Pid))
		if err == nil && has == own {
			err = errors.New("it has none yet")
		}
		return err
	}))
	n.rooms[part] = c.Process.Pid
	n.run(n.in(part, "ip", "link", "set", "lo", "up")...)
}

// join lays a cable from the test's namespace to a part's.
func (n *network) join(name, part string) *cable {
	n.t.Helper()
	n.room(part)
	i := len(n.cables) + 1
	c := &cable{name: name, link: fmt.Sprintf("near%d", i), near: fmt.Sprintf("10.77.%d.1", i), far: fmt.Sprintf("10.77.%d.2", i)}
	n.cables = append(n.cables, c)
	far := fmt.Sprintf("far%d", i)
	n.run("ip", "link", "add", c.link, "type", "veth", "peer", "name", far, "netns", strconv.Itoa(n.rooms[part]))
	n.run("ip", "address", "add", c.near+"/30", "dev", c.link)
	n.run("ip", "link", "set", c.link, "up")
	n.run(n.in(part, "ip", "address", "add", c.far+"/30", "dev", far)...)
	n.run(n.in(part, "ip", "link", "set", far, "up")...)
	return c
}

// cut takes a cable's end away for a while: what is sent is lost, and nobody is told.
func (n *network) cut(c *cable, long time.Duration, done <-chan struct{}) {
	n.run("ip", "link", "set", c.link, "down")
	select {
	case <-time.After(long):
	case <-done:
	}
	n.run("ip", "link", "set", c.link, "up")
}

// relayAs makes this test binary a relay and nothing else: "network address network address", from where to where.
const relayAs = "ARSHJUL_FAULTS_RELAY"

// relayIn starts a relay in a part's namespace.
func (n *network) relayIn(part, fromNetwork, from, toNetwork, to string) {
	n.t.Helper()
	argv := n.in(part, os.Args[0])
	c := exec.Command(argv[0], argv[1:]...)
	c.Env = append(os.Environ(), relayAs+"="+strings.Join([]string{fromNetwork, from, toNetwork, to}, " "))
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	c.Stderr = os.Stderr
	ready, err := c.StdoutPipe()
	must(n.t, err)
	must(n.t, c.Start())
	n.t.Cleanup(func() {
		_ = c.Process.Kill() // its end is awaited
		_ = c.Wait()
	})
	if _, err := io.ReadFull(ready, make([]byte, 1)); err != nil {
		n.t.Fatalf("the relay %s does not begin: %v", c.Env[len(c.Env)-1], err)
	}
}

// relay passes connections on until the test ends.
func (n *network) relay(from, toNetwork, to string) {
	n.t.Helper()
	l, err := net.Listen("tcp", from)
	must(n.t, err)
	n.t.Cleanup(func() { must(n.t, l.Close()) })
	go pass(l, toNetwork, to)
}

// pass hands on what comes to a listener, until that is closed. A connection lives as long as both its ends.
func pass(l net.Listener, network, to string) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer in.Close()
			out, err := (&net.Dialer{Timeout: time.Minute}).DialContext(context.Background(), network, to)
			if err != nil {
				return
			}
			defer out.Close()
			var both sync.WaitGroup
			for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
				both.Go(func() {
					_, _ = io.Copy(way[0], way[1]) // how it ends is the ends' own affair
					_ = way[0].Close()
					_ = way[1].Close()
				})
			}
			both.Wait()
		}()
	}
}

// relayOnly is what TestMain does in a process that is to be a relay.
func relayOnly(what string) error {
	w := strings.Fields(what)
	if len(w) != 4 {
		return fmt.Errorf("%s=%q", relayAs, what)
	}
	if w[0] == "unix" {
		if err := os.Remove(w[1]); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	l, err := net.Listen(w[0], w[1])
	if err != nil {
		return err
	}
	if w[0] == "unix" {
		if err := os.Chmod(w[1], 0o777); err != nil {
			return err
		}
	}
	fmt.Print("+")
	pass(l, w[2], w[3])
	return nil
}

// postgresSocket is where a stack's Postgres is reached, and where it shall be so that a relay can stand in its place.
func postgresSocket(dir string) (relay, itself string) {
	return filepath.Join(dir, "run", ".s.PGSQL.5432"), filepath.Join(dir, "run", ".s.PGSQL.5433")
}
