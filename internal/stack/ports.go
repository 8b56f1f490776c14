package stack

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
)

// temporalServices are the four services of the one Temporal process, in the order of its documentation.
var temporalServices = []string{"frontend", "history", "matching", "worker"}

// servicePorts are the two loopback ports of one of Temporal's services.
type servicePorts struct {
	GRPC       int `json:"grpc"`
	Membership int `json:"membership"`
}

// pickPorts gives each of Temporal's services its ports: those of the last start when they are still free, so that
// addresses stay the same, otherwise new ones. The frontend's is the configuration's if that names one.
func pickPorts(cfg Config) (map[string]servicePorts, error) {
	remembered := map[string]servicePorts{}
	b, err := os.ReadFile(cfg.path("ports"))
	switch {
	case os.IsNotExist(err):
	case err != nil:
		return nil, err
	case json.Unmarshal(b, &remembered) != nil:
		remembered = map[string]servicePorts{} // cut short by a crash: pick anew
	}
	var taken []int
	pick := func(remembered int) (int, error) {
		if remembered != 0 && !slices.Contains(taken, remembered) && CheckPort(remembered, "") == nil {
			taken = append(taken, remembered)
			return remembered, nil
		}
		p, err := freePort(taken)
		taken = append(taken, p)
		return p, err
	}
	if cfg.TemporalPort != 0 {
		if err := CheckPort(cfg.TemporalPort, "--temporal-port"); err != nil {
			return nil, err
		}
		taken = append(taken, cfg.TemporalPort)
	}
	ports := map[string]servicePorts{}
	for _, service := range temporalServices {
		old := remembered[service]
		var p servicePorts
		if service == "frontend" && cfg.TemporalPort != 0 {
			p.GRPC = cfg.TemporalPort
		} else if p.GRPC, err = pick(old.GRPC); err != nil {
			return nil, err
		}
		if p.Membership, err = pick(old.Membership); err != nil {
			return nil, err
		}
		ports[service] = p
	}
	if b, err = json.MarshalIndent(ports, "", "  "); err != nil {
		return nil, err
	}
	if err := writeWhole(cfg.path("ports"), append(b, '\n')); err != nil {
		return nil, notWritable(cfg, err)
	}
	return ports, nil
}

// FreePort finds a free loopback port for a program to listen on, which is free also when the program is started again.
func FreePort() (int, error) { return freePort(nil) }

// freePort finds a free loopback port below the range that the kernel gives to outgoing connections, so that none of
// those takes it before it is listened on.
func freePort(not []int) (int, error) {
	const first, last, attempts = 15000, 32000, 200
	for range attempts {
		port := first + rand.IntN(last-first)
		if !slices.Contains(not, port) && CheckPort(port, "") == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free loopback port between %d and %d in %d attempts", first, last, attempts)
}

// writeWhole replaces a file so that a crash leaves the old or the new, never a part.
func writeWhole(file string, content []byte) error {
	part := file + ".new"
	if err := os.WriteFile(part, content, 0o600); err != nil {
		return err
	}
	return os.Rename(part, file)
}
