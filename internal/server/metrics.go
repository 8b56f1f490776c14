package server

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// Metrics counts what people ask for and what they are answered. A nil one counts nothing.
type Metrics struct {
	commands *prometheus.CounterVec
	took     *prometheus.HistogramVec
	requests *prometheus.HistogramVec
}

// seconds are the buckets of what people wait for.
var seconds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// NewMetrics makes the metrics and registers them.
func NewMetrics(to prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "arshjul_commands_total",
			Help: "Commands by kind and answer: klar, mottaget, or the code of a refusal; unavailable = nobody knows."}, []string{"kind", "code"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "arshjul_command_seconds", Buckets: seconds,
			Help: "How long commands took that were given to their stream, whatever the answer."}, []string{"kind"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "arshjul_http_seconds", Buckets: seconds,
			Help: "How long requests took."}, []string{"route", "status"}),
	}
	for _, c := range []prometheus.Collector{m.commands, m.took, m.requests} {
		if err := to.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// kindLabel keeps what people make up out of the labels.
func kindLabel(kind domain.CommandKind) string {
	if domain.Row(kind) == nil {
		return "other"
	}
	return string(kind)
}

// gave counts a command that was given to its stream. One that failed is counted as it is answered.
func (m *Metrics) gave(kind domain.CommandKind, r api.Receipt, err error, took time.Duration) {
	if m == nil {
		return
	}
	m.took.WithLabelValues(kindLabel(kind)).Observe(took.Seconds())
	if err == nil {
		m.commands.WithLabelValues(kindLabel(kind), string(r.Status)).Inc()
	}
}

// answered counts a command that was not carried out, as its problem says.
func (m *Metrics) answered(kind domain.CommandKind, err error) {
	var p *api.Problem
	if m == nil || !errors.As(err, &p) {
		return
	}
	m.commands.WithLabelValues(kindLabel(kind), string(p.Code)).Inc()
}

func (m *Metrics) request(route string, status int, took time.Duration) {
	if m == nil {
		return
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// traced begins the trace of a request. Without --traces it costs nothing and goes nowhere.
func traced(r *http.Request) (*http.Request, trace.Span) {
	ctx, span := otel.Tracer("arshjul").Start(r.Context(), r.Method, trace.WithSpanKind(trace.SpanKindServer))
	return r.WithContext(ctx), span
}

// routeOf names the pattern that a request was served by; nothing that a person has typed is in it.
func routeOf(r *http.Request) string {
	if r.Pattern == "" {
		return "none"
	}
	return r.Pattern
}

func endTrace(span trace.Span, route string, status int) {
	span.SetName(route)
	span.SetAttributes(attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		span.SetStatus(otelcodes.Error, "")
	}
	span.End()
}
