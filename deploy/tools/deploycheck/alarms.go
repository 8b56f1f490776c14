package main

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// checkAlarms parses the alarms as Prometheus does when it starts: members, expressions, templates.
func checkAlarms(root string) error {
	file := filepath.Join(root, "deploy/prometheus/alerts.yml")
	groups, errs := rulefmt.ParseFile(file, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			if r.Labels["severity"] == "" || r.Annotations["summary"] == "" || r.Annotations["runbook"] == "" {
				return fmt.Errorf("%s: %s needs a severity, a summary and a place in the runbook", file, r.Alert)
			}
		}
	}
	return nil
}
