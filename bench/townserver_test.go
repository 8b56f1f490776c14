package bench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"go.uber.org/zap"

	"arshjul/domain/wheels"
	"arshjul/internal/server"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/internal/wheelfile"
)

// asTowns in the environment makes the test program what arshjul serve would be for many municipalities: one process with
// one server for each, which share the connections.
const asTowns = "ARSHJUL_BENCH_TOWNS"

// code is the kommunkod of the nth municipality, from 0. All but the codes are Helsingborg's.
func code(n int) string { return strconv.Itoa(2000 + n) }

// ofTown makes a file another municipality's.
func ofTown(file []byte, code string) []byte {
	return []byte(strings.ReplaceAll(string(file), `kommun: "`+kommun+`"`, `kommun: "`+code+`"`))
}

// townAddress is where the nth municipality's server listens: each has an address of its own, as behind a proxy each has a
// name.
func townAddress(n int) string { return fmt.Sprintf("127.8.%d.%d:8028", n/200, 1+n%200) }

// serveTowns serves as many municipalities as the environment says, until it is asked to end.
func serveTowns(args string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	of := strings.Split(args, " ") // database, Temporal's address, number
	many, err := strconv.Atoi(of[2])
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, of[0])
	if err != nil {
		return err
	}
	defer st.Close()
	slots, err := store.NewSlots(of[0])
	if err != nil {
		return err
	}
	temporal, err := temporalx.Dial(ctx, of[1], namespace, zap.NewNop())
	if err != nil {
		return err
	}
	defer temporal.Close()
	var wait sync.WaitGroup
	for n := range many {
		wheel, err := wheelfile.Read("helsingborg.yaml", ofTown(wheels.Helsingborg, code(n)))
		if err != nil {
			return err
		}
		s, err := server.New(server.Config{Store: st, Slots: slots, Temporal: temporal, Kommun: code(n), Wheel: wheel, Version: "bench", Log: zap.NewNop()})
		if err != nil {
			return err
		}
		l, err := net.Listen("tcp", townAddress(n))
		if err != nil {
			return err
		}
		if n == 0 && os.Getenv(asTowns+"_PROFILE") != "" {
			go func() { _ = http.ListenAndServe("127.0.0.1:7937", nil) }() // for whoever looks what it does
		}
		wait.Go(func() {
			if err := s.Serve(ctx, l); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		})
	}
	wait.Wait()
	return nil
}
