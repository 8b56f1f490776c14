package deploytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	metricName = regexp.MustCompile(`\b(?:arshjul|temporal|process|go)_[a-z_]+`)
	alarmName  = regexp.MustCompile(`(?m)^ *- alert: (\w+)$`)
	alarmRead  = regexp.MustCompile(`(?m)^#### (Arshjul\w+)$`)
)

const (
	dashboardFile = "../../deploy/grafana/arshjul.json"
	alarmsFile    = "../../deploy/prometheus/alerts.yml"
	runbookFile   = "../../deploy/runbook.md"
)

// watchedFor sees that each metric that the dashboard and the alarms ask for is one that running processes export.
func (in *installation) watchedFor(addresses ...string) {
	in.t.Helper()
	asked := map[string][]string{}
	for _, e := range append(alarmExpressions(in.t), dashboardExpressions(in.t)...) {
		for _, name := range metricName.FindAllString(e, -1) {
			asked[name] = append(asked[name], e)
		}
	}
	if len(asked) < 15 {
		in.t.Errorf("dashboard and alarms ask for no more than %v", slices.Sorted(maps.Keys(asked)))
	}
	in.until("what is watched is exported", func() error {
		exported := map[string]bool{}
		for _, address := range addresses {
			series, err := scrape(in.ctx, address)
			if err != nil {
				return err
			}
			for s := range series {
				name, _, _ := strings.Cut(s, "{")
				exported[name] = true
			}
		}
		var err error
		for name, by := range asked {
			if !exported[name] {
				err = errors.Join(err, fmt.Errorf("no process exports %s, which is in %q", name, by))
			}
		}
		return err
	})
}

func dashboardExpressions(t *testing.T) (all []string) {
	t.Helper()
	text, err := os.ReadFile(dashboardFile)
	must(t, err)
	var board struct {
		Panels []struct {
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	must(t, json.Unmarshal(text, &board))
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	return all
}

func alarmExpressions(t *testing.T) (all []string) {
	t.Helper()
	text, err := os.ReadFile(alarmsFile)
	must(t, err)
	for line := range strings.Lines(string(text)) {
		if expr, found := strings.CutPrefix(strings.TrimSpace(line), "expr: "); found {
			all = append(all, expr)
		}
	}
	return all
}

// The runbook says what each alarm means, and of no other.
func TestEveryAlarmIsInTheRunbook(t *testing.T) {
	t.Parallel()
	names := func(file string, pattern *regexp.Regexp) (found []string) {
		text, err := os.ReadFile(file)
		must(t, err)
		for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
			found = append(found, m[1])
		}
		slices.Sort(found)
		return found
	}
	rings, read := names(alarmsFile, alarmName), names(runbookFile, alarmRead)
	if len(rings) == 0 || len(rings) != len(alarmExpressions(t)) || !slices.Equal(rings, read) {
		t.Errorf("alarms %v, in the runbook %v", rings, read)
	}
}
