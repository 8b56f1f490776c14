package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

// platform is what the server and the worker stand on, as flags name it.
type platform struct {
	database, temporal, namespace string
}

const defaultNamespace = "arshjul"

func (p *platform) flags(verb *cobra.Command) *cobra.Command {
	verb.Flags().StringVar(&p.database, "database", envOr("ARSHJUL_DATABASE", ""), "Postgres-adress, postgres://… (eller ARSHJUL_DATABASE)")
	return p.temporalFlags(verb)
}

func (p *platform) temporalFlags(verb *cobra.Command) *cobra.Command {
	f := verb.Flags()
	f.StringVar(&p.temporal, "temporal", envOr("ARSHJUL_TEMPORAL", ""), "Temporals adress, värd:port (eller ARSHJUL_TEMPORAL)")
	f.StringVar(&p.namespace, "namespace", envOr("ARSHJUL_NAMESPACE", defaultNamespace), "Temporals namnrymd (eller ARSHJUL_NAMESPACE)")
	return verb
}

// args are the flags for a child of the stack.
func (p *platform) args() []string {
	return []string{"--database", p.database, "--temporal", p.temporal, "--namespace", p.namespace}
}

func (p *platform) check() error {
	if p.database == "" || p.temporal == "" {
		return usagef("ange --database och --temporal, eller kör \"arshjul up\", som startar allt")
	}
	return nil
}

// opened is an open platform.
type opened struct {
	store    *store.Store
	temporal client.Client
	log      *zap.Logger
}

// open connects, and refuses a database that is not of this build.
func (p *platform) open(ctx context.Context, log *zap.Logger, more ...func(*client.Options)) (*opened, error) {
	o, err := p.openAny(ctx, log, more...)
	if err != nil {
		return nil, err
	}
	if err := o.store.SchemaUpToDate(ctx); err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

// openAny connects, also to the database of an older build.
func (p *platform) openAny(ctx context.Context, log *zap.Logger, more ...func(*client.Options)) (*opened, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, p.database)
	if err != nil {
		return nil, fmt.Errorf("det går inte att nå databasen: %w", err)
	}
	c, err := p.dial(ctx, log, more...)
	if err != nil {
		st.Close()
		return nil, err
	}
	return &opened{st, c, log}, nil
}

// dial connects to Temporal alone.
func (p *platform) dial(ctx context.Context, log *zap.Logger, more ...func(*client.Options)) (client.Client, error) {
	if p.temporal == "" {
		return nil, usagef("ange --temporal")
	}
	c, err := temporalx.Dial(ctx, p.temporal, p.namespace, log, more...)
	if err != nil {
		return nil, fmt.Errorf("det går inte att nå Temporal: %w", err)
	}
	return c, nil
}

func (o *opened) close() {
	o.temporal.Close()
	o.store.Close()
}

// newLog writes JSON lines to standard error, every one of them.
func newLog(name string) (*zap.Logger, error) {
	cfg := zap.NewProductionConfig()
	cfg.Sampling = nil
	cfg.InitialFields = map[string]any{"part": name, "version": version}
	return cfg.Build()
}
