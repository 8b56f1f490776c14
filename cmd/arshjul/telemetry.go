package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/internal/server"
	"arshjul/internal/temporalx"
)

// telemetry is where a process tells how it does, as flags name it; "" = nowhere.
type telemetry struct {
	metrics, traces string
}

func (t *telemetry) flags(verb *cobra.Command) *cobra.Command {
	f := verb.Flags()
	f.StringVar(&t.metrics, "metrics", "", "visa mätvärden för Prometheus på den här adressen, till exempel 9100; utan värdnamn bara på den egna datorn")
	f.StringVar(&t.traces, "traces", "", "skicka spår med OTLP/gRPC hit, till exempel http://127.0.0.1:4317")
	return verb
}

// telling is telemetry under way.
type telling struct {
	registry *prometheus.Registry // nil = no metrics
	client   []func(*client.Options)
	stop     []func(context.Context) error
	log      *zap.Logger
}

// start begins to tell about one part of the program: worker or serve.
func (t *telemetry) start(ctx context.Context, part string, log *zap.Logger) (_ *telling, err error) {
	told := &telling{log: log}
	defer func() {
		if err != nil {
			told.end()
		}
	}()
	if t.traces != "" {
		if err := told.trace(ctx, t.traces, part); err != nil {
			return nil, fmt.Errorf("--traces: %w", err)
		}
	}
	if t.metrics != "" {
		if err := told.measure(t.metrics, part); err != nil {
			return nil, fmt.Errorf("--metrics: %w", err)
		}
	}
	return told, nil
}

func (t *telling) trace(ctx context.Context, url, part string) error {
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(url))
	if err != nil {
		return err
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "arshjul-"+part), attribute.String("service.version", version))))
	t.stop = append(t.stop, provider.Shutdown)
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { t.log.Warn("traces", zap.Error(err)) }))
	otel.SetTracerProvider(provider)
	option, err := temporalx.Tracing(provider.Tracer("arshjul"))
	t.client = append(t.client, option)
	return err
}

func (t *telling) measure(address, part string) error {
	registry := prometheus.NewRegistry()
	about := prometheus.NewGauge(prometheus.GaugeOpts{Name: "arshjul_build_info", Help: "What runs.",
		ConstLabels: prometheus.Labels{"part": part, "version": version, "rules": rulesVersions()}})
	about.Set(1)
	for _, c := range []prometheus.Collector{about, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := registry.Register(c); err != nil {
			return err
		}
	}
	m, err := temporalx.NewMetrics(registry)
	if err != nil {
		return err
	}
	t.client = append(t.client, m.Option())
	l, err := net.Listen("tcp", metricsAddress(address))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			t.log.Error("metrics are not served any more", zap.Error(err))
		}
	}()
	t.log.Info("metrics", zap.String("address", l.Addr().String()))
	t.stop = append(t.stop, s.Shutdown)
	t.registry = registry
	return nil
}

// metricsAddress keeps metrics on the loopback address unless somebody has said another.
func metricsAddress(given string) string {
	if !strings.Contains(given, ":") {
		given = ":" + given
	}
	if strings.HasPrefix(given, ":") {
		return "127.0.0.1" + given
	}
	return given
}

// watch adds what the platform shows.
func (t *telling) watch(o *opened) error {
	if t.registry == nil {
		return nil
	}
	return t.registry.Register(&watch{o.store, o.temporal, t.log})
}

// server is watch, and what the server counts; nil when nothing is counted.
func (t *telling) server(o *opened) (*server.Metrics, error) {
	if t.registry == nil {
		return nil, nil
	}
	if err := t.watch(o); err != nil {
		return nil, err
	}
	return server.NewMetrics(t.registry)
}

// end tells the last and stops.
func (t *telling) end() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, stop := range t.stop {
		if err := stop(ctx); err != nil {
			t.log.Warn("telemetry did not end well", zap.Error(err))
		}
	}
}
