package temporalx_test

import (
	"strings"
	"testing"

	"go.temporal.io/sdk/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"arshjul/internal/temporalx"
)

func TestLogger(t *testing.T) {
	core, seen := observer.New(zapcore.DebugLevel)
	l := temporalx.Logger(zap.New(core, zap.AddCaller()))
	l.Debug("d")
	l.Info("i", "WorkflowID", "cycle/1283/2028")
	log.With(l, "Attempt", 3).Warn("w")
	l.Error("e")
	var got []string
	for _, e := range seen.All() {
		got = append(got, e.Level.String()+" "+e.Message)
		if !strings.HasSuffix(e.Caller.File, "logger_test.go") && e.Message != "w" {
			t.Errorf("%s is said to come from %s", e.Message, e.Caller.File)
		}
	}
	if s := strings.Join(got, ", "); s != "debug d, info i, warn w, error e" {
		t.Error(s)
	}
	if f := seen.All()[1].ContextMap(); f["WorkflowID"] != "cycle/1283/2028" {
		t.Errorf("fields %v", f)
	}
	if f := seen.All()[2].ContextMap(); f["Attempt"] != int64(3) {
		t.Errorf("fields %v", f)
	}
}
