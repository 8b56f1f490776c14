package server_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/store"
)

// What people are answered is counted by its code, and no label is made of what they typed.
func TestMetrics(t *testing.T) {
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	registry := prometheus.NewRegistry()
	metrics, err := server.NewMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	slots, err := store.NewSlots(d.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = slots.Close() })
	config := d.Server.Config
	config.Slots, config.Log, config.Metrics = slots, zap.NewNop(), metrics
	s, err := server.New(config)
	if err != nil {
		t.Fatal(err)
	}
	seen := tracetest.NewSpanRecorder()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(seen)))
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	door := httptest.NewServer(s.Handler())
	t.Cleanup(door.Close)

	as := func(person domain.PersonID, c api.Command) {
		_, err := api.NewClient(door.URL, person).Give(t.Context(), stream, c)
		t.Logf("%s: %v", c.Kind, err)
	}
	as(servertest.Launcher, api.Command{ID: "m1", Kind: domain.CmdComment, Text: "Hej (påhittat)"})
	as(servertest.Launcher, api.Command{ID: "m1", Kind: domain.CmdComment, Text: "Hej (påhittat)"})
	as(servertest.Launcher, api.Command{ID: "m1", Kind: domain.CmdComment, Text: "Något annat (påhittat)"})
	as("p-nobody", api.Command{ID: "m2", Kind: domain.CmdComment, Text: "Hej (påhittat)"})
	as(servertest.Launcher, api.Command{ID: "m3", Kind: "påhittat-personnummer"})

	lines := exposed(t, registry)
	for _, want := range []string{
		`arshjul_commands_total{code="klar",kind="comment"} 2`,
		`arshjul_commands_total{code="id_reused",kind="comment"} 1`,
		`arshjul_commands_total{code="unknown_person",kind="comment"} 1`,
		`arshjul_commands_total{code="unknown_command",kind="other"} 1`,
		`arshjul_command_seconds{kind="comment"} 4 observations`,
		`arshjul_http_seconds{route="POST /api/v1/exercise/{kommun}/{year}/{n}/commands",status="200"} 2 observations`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("missing: %s\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if all := strings.Join(lines, "\n"); strings.Contains(all, "personnummer") || strings.Contains(all, "p-nobody") {
		t.Errorf("what somebody typed is a label:\n%s", all)
	}
	spans := seen.Ended()
	if len(spans) != 5 || spans[0].Name() != "POST /api/v1/exercise/{kommun}/{year}/{n}/commands" {
		t.Errorf("%d requests are traced: %v", len(spans), spans)
	}
}

// exposed writes each series on a line.
func exposed(t *testing.T, from prometheus.Gatherer) (lines []string) {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"=\""+l.GetValue()+"\"")
			}
			line := f.GetName() + "{" + strings.Join(labels, ",") + "} "
			if h := m.GetHistogram(); h != nil {
				line += fmt.Sprint(h.GetSampleCount(), " observations")
			} else {
				line += fmt.Sprint(m.GetCounter().GetValue())
			}
			lines = append(lines, line)
		}
	}
	return lines
}
