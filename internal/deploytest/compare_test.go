package deploytest

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// Run with -compare this package's tests are another program: it folds the journal's streams with the rules it was built
// with, and compares with what the workflows know. So a release that only exists in a test can be asked.
var (
	compareFlag   = flag.String("compare", "", "streams to compare, separated by commas, instead of running tests")
	databaseFlag  = flag.String("database", "", "with -compare")
	temporalFlag  = flag.String("temporal", "", "with -compare")
	namespaceFlag = flag.String("namespace", "", "with -compare")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *compareFlag == "" {
		os.Exit(test(m))
	}
	if err := compare(context.Background(), strings.Split(*compareFlag, ",")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func test(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "arshjul-releases-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}()
	built.dir, built.all = dir, map[string]release{}
	return m.Run()
}

func compare(ctx context.Context, streams []string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	s, err := store.Open(ctx, *databaseFlag)
	if err != nil {
		return err
	}
	defer s.Close()
	c, err := temporalx.Dial(ctx, *temporalFlag, *namespaceFlag, zap.NewNop())
	if err != nil {
		return err
	}
	defer c.Close()
	for _, stream := range streams {
		answer, err := c.QueryWorkflow(ctx, stream, "", workflows.QueryState)
		if err != nil {
			return fmt.Errorf("%s: %w", stream, err)
		}
		var v workflows.View
		if err := answer.Get(&v); err != nil {
			return fmt.Errorf("%s: %w", stream, err)
		}
		err = s.View(ctx, stream, func(folded *domain.State) error {
			known, folds := v.State, *folded
			known.Size, folds.Size = 0, 0 // a bound, measured anew at each jump
			if !bytes.Equal(domain.Canonical(known), domain.Canonical(folds)) {
				return fmt.Errorf("%s: the workflow's state is not the folded journal (entries %d and %d, rules %d and %d, forms %d and %d)",
					stream, known.Seq, folds.Seq, known.Rules, folds.Rules, known.Schema, folds.Schema)
			}
			fmt.Printf("%s: %d entries, rules %d, form %d\n", stream, known.Seq, known.Rules, known.Schema)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
